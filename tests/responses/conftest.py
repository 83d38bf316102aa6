"""Invented leaders, seeded, and the writer of exports beside this file."""

import datetime
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from angle_mort.instrument import load_instrument

sys.path.insert(0, str(Path(__file__).parent))

PARIS = datetime.timezone(datetime.timedelta(hours=1))


@pytest.fixture(scope="session")
def instrument():
    return load_instrument()


@pytest.fixture(scope="session")
def invented(instrument):
    """A maker of (responses, identities, texts): every answer possible, some left out, nobody real."""

    def make(n=6, seed=1, form="complete", blanks=0.05):
        rng = np.random.default_rng(seed)
        items = [item for item in instrument.form_items(form) if item.format.kind != "text"]
        names = [f"r{number:03d}" for number in range(1, n + 1)]
        codes = {item.id: [code(item.format, rng) for _ in names] for item in items}
        responses = pd.DataFrame(codes, index=pd.Index(names, name="respondent"), dtype="float64")
        responses = responses.mask(rng.random(responses.shape) < blanks)
        responses[items[0].id] = 0.0  # nobody leaves everything out
        return responses, people(names), pd.DataFrame(columns=["respondent", "item", "text"])

    return make


def code(form, rng):
    if form.kind == "number":
        return float(rng.integers(int(form.minimum), int(form.maximum), endpoint=True))
    codes = [choice.code for choice in form.choices]
    if form.kind == "multiple":
        return float(sum(2**each for each in rng.choice(codes, form.count, replace=False)))
    return float(rng.choice(codes))


def people(names):
    start = datetime.datetime(2026, 2, 10, 15, 49, 20, tzinfo=PARIS)
    return pd.DataFrame(
        {
            "respondent": names,
            "time": [start + datetime.timedelta(hours=3 * number) for number in range(len(names))],
            "email": [f"personne{number}@example.org" for number in range(len(names))],
            "person": [f"Personne Inventée{number}" for number in range(len(names))],
            "company": [f"Maison {number}" for number in range(len(names))],
        }
    )


@pytest.fixture
def table(instrument, invented):
    """The rows of one small export of the form, header first, to be spoilt by a test."""
    import google_forms

    return google_forms.rows(instrument, *invented())
