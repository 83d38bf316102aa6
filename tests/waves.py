"""Exports of invented leaders at several waves, as a survey tool would give them, for the tests of what follows people.

A plain module: the tests of the command line and those of the follow-up use it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from angle_mort.datasets import make_cohort
from angle_mort.instrument import load_instrument
from tests.responses.google_forms import write

INSTRUMENT = load_instrument()
EVERYBODY = make_cohort(n=40, seed=5, profiles=4, not_applicable=0).responses
SHORT = [item.id for item in INSTRUMENT.form_items("suivi")]


def later(who: Sequence[int], seed: int = 7, gain: float = 0.0) -> pd.DataFrame:
    """Answers of these people to the short form some months later: another draw, less of everything by ``gain``."""
    again = make_cohort(n=40, seed=seed, profiles=4, not_applicable=0).responses
    kept = EVERYBODY[SHORT].where(again[SHORT] > again[SHORT].median(), again[SHORT])
    scales = [item for item in SHORT if item[0] in "abcd"]
    kept[scales] = (kept[scales] - gain).clip(lower=0).round()
    return kept.iloc[list(who)]


def identities(who: Sequence[int], without_email: Sequence[int] = ()) -> pd.DataFrame:
    """Invented people by number; those ``without_email`` gave their name alone."""
    emails = ["" if each in without_email else f"dirigeant{each}@exemple.example" for each in who]
    return pd.DataFrame({"email": emails, "person": [f"Camille Inventée{chr(97 + each % 26)}{each}" for each in who]})


def export(path: Path, answers: pd.DataFrame, people: pd.DataFrame) -> Path:
    """A Google Forms CSV of these answers."""
    return write(path, INSTRUMENT, answers, people)
