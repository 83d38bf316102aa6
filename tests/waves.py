"""Exports of invented leaders at several waves, as a survey tool would give them, for the tests of what follows people.

A plain module: the tests of the command line and those of the follow-up use it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pandas as pd

from angle_mort.cli.commands import _release
from angle_mort.cohort import score_intake
from angle_mort.datasets import make_cohort
from angle_mort.disclosure import Ledger
from angle_mort.instrument import load_instrument
from angle_mort.responses import Intake
from angle_mort.vault import Vault, sealing
from tests.cohorts import intake_of
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


def wave(answers: pd.DataFrame, people: pd.DataFrame | None = None, form: str = "suivi") -> Intake:
    """An intake of these answers; ``people`` with e-mail and person, else those of the numbers in the index."""
    numbers = [int(each[1:]) - 1 for each in answers.index]
    people = identities(numbers) if people is None else people
    made = intake_of(answers, form)
    told = made.identities.assign(email=list(people["email"]), person=list(people["person"]))
    return replace(made, identities=told, dialect=replace(made.dialect, sha256=str(hash(tuple(answers.sum())))))


FULL = wave(EVERYBODY.iloc[:24], form="complete")


def new_vault(folder: Path) -> Vault:
    """A vault that opens in no time, and its ledger, in a workspace."""
    Ledger.beside(folder / "data" / "cohorts" / "x").begin()
    with mock.patch.object(sealing, "WORK", (2**4, 8, 1)):
        return Vault.create(folder / "data" / "private" / "coffre.bin", "trois chèvres sur un toit")


def keep(vault: Vault, name: str, waves: Sequence[Intake], release: bool = True) -> None:
    """Store waves and release them beside the vault."""
    for place, intake in enumerate(waves):
        vault.store(name, f"T{place}", intake)
        if release:
            with contextlib.chdir(vault.path.parents[2]):
                _release(vault, name, f"T{place}", intake, score_intake(intake, INSTRUMENT), INSTRUMENT)
