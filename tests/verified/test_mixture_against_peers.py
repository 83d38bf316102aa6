"""Mixtures against the best solutions known of public data sets, prior and errors off."""

import pandas as pd
import pytest

from angle_mort.profiles.families import FAMILIES
from angle_mort.profiles.mixture import ProfileMixture

pytestmark = pytest.mark.needs("reference")

COMPLETE = ["iris", "faithful", "diabetes", "thyroid", "ex4_1", "wine", "judges"]
WITH_GAPS = ["airquality_missing", "mammalsleep_missing"]
LARGE = ["bfi_scales", "bfi_scales_missing"]
NEAR = 0.01  # of log-likelihood


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
    """At these the default starts find it in every family."""
    for fit, mixture, _ in fitted(reference, name, k):
        assert mixture.log_likelihood_ > fit["loglik"] - NEAR, fit


@pytest.mark.slow
def test_the_default_settings_reach_the_best_known_likelihood_in_97_of_100_fits(reference):
    """All that the best known solutions hold outside their floor; bars for several profiles and for few people too."""
    reached = pd.DataFrame(
        {"name": name, "n": fit["n"], "k": fit["K"], "reached": mixture.log_likelihood_ > fit["loglik"] - NEAR}
        for name in COMPLETE + WITH_GAPS + LARGE
        for fit, mixture, _ in fitted(reference, name)
    )
    several, few = reached[reached["k"] > 1], reached[reached["n"] < 100]
    bars = {"all": reached, "two profiles or more": several, "under 100 people": few}
    for bar, fits in bars.items():
        print(f"{bar}: {fits['reached'].sum()} of {len(fits)}, {fits['reached'].mean():.1%}")
    print(reached[~reached["reached"]].to_string(index=False))
    assert len(reached) == 413
    assert reached["reached"].mean() >= 0.97
    assert several["reached"].mean() >= 0.97


def fitted(reference, name, k=None):
    gold = reference.gold(f"lpa_{name}__best_known")
    data = reference.data(f"lpa_{name}")[gold["variables"]]
    fits = [fit for fit in gold["fits"] if k in (None, fit["K"]) and fit["family"] in FAMILIES and fit.get("loglik")]
    assert fits
    for fit in (each for each in fits if not each.get("at_floor")):
        rows = data.dropna() if fit["rows"] == "complete" else data
        yield fit, ProfileMixture(fit["K"], fit["family"], prior=None, random_state=0).fit(rows), rows
