"""Corrected means of outcomes against StepMix (``own/consequences.py``): needs nothing but the committed files."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from angle_mort.profiles import ProfileMixture
from angle_mort.profiles.consequences import corrected_means, corrected_weights

OWN = Path(__file__).with_name("own")
PEOPLE = pd.read_csv(OWN / "consequences.csv")
EXPECTED = json.loads((OWN / "consequences.json").read_text(encoding="utf-8"))
SCORES = PEOPLE[["A", "B", "C"]]


@cache
def same_mixture():
    settings = {"prior": None, "n_init": 20, "tol": 1e-10, "max_iter": 20_000, "random_state": 0}
    return ProfileMixture(3, "VVI", **settings).fit(SCORES)


@pytest.mark.parametrize("outcome", ["whole", "gappy"])
def test_three_steps_with_modal_places_and_the_bch_correction(outcome):
    mixture, expected = same_mixture(), EXPECTED[outcome]
    np.testing.assert_allclose(mixture.means_, expected["positions"], rtol=1e-6)
    weights = corrected_weights(mixture.predict_proba(SCORES), np.ones(len(PEOPLE)))
    means = corrected_means(weights, PEOPLE[outcome].to_numpy())
    np.testing.assert_allclose(means, expected["means"], rtol=1e-6)
    placed = PEOPLE[outcome].groupby(mixture.predict(SCORES)).mean()
    assert np.abs(placed - expected["means"]).max() > 0.1, "the correction changes nothing here: it proves nothing"
