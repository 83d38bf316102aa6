"""The same solution as mclust, StepMix and scikit-learn, prior and errors off: needs nothing but the committed files.

``own/mixtures.R`` asked mclust (complete rows, six families), ``own/mixtures.py`` StepMix (all rows, gaps included, the
two families that it has for them).
"""

import json
import subprocess
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.mixture import GaussianMixture

from angle_mort.profiles.mixture import ProfileMixture

OWN = Path(__file__).with_name("own")
PEOPLE = pd.read_csv(OWN / "mixtures.csv")
COMPLETE = PEOPLE.dropna()
MCLUST, STEPMIX = (
    json.loads((OWN / name).read_text(encoding="utf-8"))["families"]
    for name in ("mixtures.json", "mixtures_with_gaps.json")
)
CLOSE = {"rel": 1e-6}


@cache
def ours(family, gaps):
    settings = {"prior": None, "n_init": 20, "tol": 1e-10, "max_iter": 60_000, "random_state": 0}
    return ProfileMixture(3, family, **settings).fit(PEOPLE if gaps else COMPLETE)


def agrees(mixture, scores, expected):
    assert mixture.log_likelihood_ == pytest.approx(expected["log_likelihood"], **CLOSE)
    assert mixture.n_parameters_ == expected["n_parameters"]
    assert mixture.bic(scores) == pytest.approx(expected["bic"], **CLOSE)
    np.testing.assert_allclose(mixture.weights_, expected["weights"], rtol=1e-4)
    np.testing.assert_allclose(mixture.means_, expected["means"], rtol=1e-5)
    np.testing.assert_array_equal(mixture.predict(scores), expected["profile"])


@pytest.mark.parametrize("family", MCLUST)
def test_mclust(family):
    agrees(ours(family, gaps=False), COMPLETE, MCLUST[family])
    expected = np.array(MCLUST[family]["covariances"])
    np.testing.assert_allclose(ours(family, gaps=False).covariances_, expected, rtol=1e-3, atol=0.01)


@pytest.mark.parametrize("family", STEPMIX)
def test_stepmix_with_gaps(family):
    agrees(ours(family, gaps=True), PEOPLE, STEPMIX[family])


@pytest.mark.parametrize(("family", "kind"), [("VII", "spherical"), ("VVI", "diag"), ("EEE", "tied"), ("VVV", "full")])
def test_scikit_learn(family, kind):
    mixture = ours(family, gaps=False)
    begun = {"weights_init": mixture.weights_, "means_init": mixture.means_ + 1.0}
    theirs = GaussianMixture(3, covariance_type=kind, reg_covar=0, tol=1e-13, max_iter=20_000, **begun)
    theirs.fit(COMPLETE.to_numpy())
    order = np.argsort(theirs.means_.mean(axis=1))
    agrees(mixture, COMPLETE, {
        "log_likelihood": theirs.score(COMPLETE.to_numpy()) * len(COMPLETE),
        "n_parameters": theirs._n_parameters(), "bic": theirs.bic(COMPLETE.to_numpy()),
        "weights": theirs.weights_[order], "means": theirs.means_[order],
        "profile": np.argsort(order)[theirs.predict(COMPLETE.to_numpy())],
    })  # fmt: skip


@pytest.mark.slow
@pytest.mark.needs("R")
def test_mclust_still_gives_these_values(tmp_path):
    subprocess.run(["Rscript", str(OWN / "mixtures.R"), str(tmp_path / "again.json")], check=True, capture_output=True)
    again = json.loads((tmp_path / "again.json").read_text(encoding="utf-8"))["families"]
    for family, expected in MCLUST.items():
        for name, value in expected.items():
            np.testing.assert_allclose(again[family][name], value, rtol=1e-6, atol=1e-6)
