"""Mixtures against the best solutions known of public data sets, prior and errors off."""

import pytest

from angle_mort.profiles.families import FAMILIES
from angle_mort.profiles.mixture import ProfileMixture

pytestmark = pytest.mark.needs("reference")

COMPLETE = ["iris", "faithful", "diabetes", "thyroid", "ex4_1", "wine", "judges"]
WITH_GAPS = ["airquality_missing", "mammalsleep_missing"]


@pytest.mark.parametrize("name", COMPLETE + WITH_GAPS)
def test_one_profile(reference, name):
    """Exact, whatever the starts: log-likelihood, degrees of freedom and BIC, with and without gaps."""
    for fit, mixture, rows in fitted(reference, name, 1):
        assert mixture.log_likelihood_ == pytest.approx(fit["loglik"], rel=1e-6), fit
        assert mixture.n_parameters_ == fit["df"]
        assert mixture.bic(rows) == pytest.approx(fit["bic"], rel=1e-6)


@pytest.mark.parametrize("k", [2, 3])
@pytest.mark.parametrize("name", ["iris", "faithful", "mammalsleep_missing"])
def test_best_known_solution_is_reached(reference, name, k):
    """At these three the default starts find it in every family but one (VII with gaps, three profiles)."""
    for fit, mixture, _ in fitted(reference, name, k):
        if (fit["family"], fit["rows"], k) != ("VII", "all_FIML", 3):
            assert mixture.log_likelihood_ > fit["loglik"] - 0.01, fit


def fitted(reference, name, k):
    gold = reference.gold(f"lpa_{name}__best_known")
    data = reference.data(f"lpa_{name}")[gold["variables"]]
    fits = [fit for fit in gold["fits"] if fit["K"] == k and fit["family"] in FAMILIES and fit.get("loglik")]
    assert fits
    for fit in (each for each in fits if not each.get("at_floor")):
        rows = data.dropna() if fit["rows"] == "complete" else data
        yield fit, ProfileMixture(k, fit["family"], prior=None, random_state=0).fit(rows), rows
