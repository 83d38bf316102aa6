"""One correlated group told with few numbers: its likelihood, its count, what it keeps from passing for profiles."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import multivariate_normal

from angle_mort.profiles import compare_profiles, verdict
from angle_mort.profiles.mixture import ProfileMixture
from angle_mort.profiles.one_group import ALIKE, EQUAL, FORMS, FREE, one_group, simplest


def people(n=200, d=6, r=0.4, seed=1, missing=0.0, spread=18.0):
    rng = np.random.default_rng(seed)
    scores = 50 + spread * rng.multivariate_normal(np.zeros(d), r + (1 - r) * np.eye(d), n)
    scores[rng.random(scores.shape) < missing] = np.nan
    return scores


def exact(scores):
    return np.zeros(scores.shape)


def by_hand(scores, errors, mean, group):
    """The sum of the densities of what each person answered, from SciPy."""
    covariance = np.outer(group.loading, group.loading) + np.diag(group.own)
    total = 0.0
    for row, error in zip(scores, errors, strict=True):
        seen = ~np.isnan(row)
        total += multivariate_normal.logpdf(row[seen], mean[seen], (covariance + np.diag(error**2))[np.ix_(seen, seen)])
    return total


@pytest.mark.parametrize("form", FORMS)
def test_the_likelihood_is_that_of_its_own_numbers(form):
    scores = people()
    group = one_group(scores, exact(scores), form)
    assert group.log_likelihood == pytest.approx(by_hand(scores, exact(scores), scores.mean(axis=0), group), abs=0.01)


@pytest.mark.parametrize("form", FORMS)
def test_gaps_and_errors_leave_less_to_explain(form):
    scores = people(missing=0.1)
    errors = np.full(scores.shape, 8.0)
    with_errors, without = one_group(scores, errors, form), one_group(scores, exact(scores), form)
    assert np.isfinite(with_errors.log_likelihood)
    assert with_errors.own.mean() < without.own.mean()


def test_each_form_holds_the_one_before_and_the_full_covariance_holds_them_all():
    scores = people()
    likelihoods = [one_group(scores, exact(scores), form).log_likelihood for form in FORMS]
    full = ProfileMixture(1, "EEE", prior=None).fit(scores).log_likelihood_
    assert np.all(np.diff([*likelihoods, full]) >= -0.01)


def test_the_numbers_are_counted():
    scores = people()
    assert [one_group(scores, exact(scores), form).n_parameters for form in (EQUAL, ALIKE, FREE)] == [8, 13, 18]
    two = people(d=2)
    assert one_group(two, exact(two), FREE).n_parameters == 5  # no more than a full covariance has


def test_equal_correlations_are_told_with_the_fewest_numbers():
    scores = people(n=400)
    group = simplest(scores, exact(scores))
    assert group.form == EQUAL
    np.testing.assert_allclose(group.correlation[~np.eye(6, dtype=bool)], 0.4, atol=0.08)


@pytest.mark.parametrize("seed", range(6))
def test_scales_that_move_together_are_no_profiles(seed):
    """Thirty people on eight scales correlated .4: spheres along their common factor pass for profiles more often than
    not when only the full covariance, with its 44 numbers, stands against them."""
    scores = np.clip(np.round(people(30, 8, 0.4, seed=seed, missing=0.07) / 5) * 5, 0, 100)
    frame = pd.DataFrame(scores, columns=list("ABCDEFGH"))
    assert not verdict(compare_profiles(frame, 3, measured="verdict")).shown


def test_scales_that_pile_up_at_one_end_are_no_profiles():
    """Three profiles fit them far better than any single normal group; one group of their own shapes does as well."""
    scores = np.clip(np.random.default_rng(3).gamma(1.0, 18.0, (60, 3)), 0, 100)
    table = compare_profiles(pd.DataFrame(scores, columns=list("ABC")), 3, measured="verdict")
    assert verdict(table).code == "not beyond one group"
    judged = table[table["judged"]].iloc[0]
    assert table["bic"].iloc[0] - judged["bic"] > 6
    assert judged["jaccard"] >= 0.75
    assert judged["shape_p"] > 0.05
