"""Climbing: many starts and many cohorts together arrive where each would alone."""

import numpy as np
import pytest

from angle_mort.profiles.evidence import Parameters
from angle_mort.profiles.expectation import climb
from angle_mort.profiles.families import FAMILIES
from angle_mort.profiles.mixture import ProfileMixture, Workshop

COHORTS, STARTS, K = 2, 3, 2


def workshop(family, n=60, d=3):
    rng = np.random.default_rng(1)
    scores = rng.normal(0, 1, (n, d)) + rng.integers(0, 2, (n, 1)) * 2.5
    scores[rng.random(scores.shape) < 0.1] = np.nan
    errors = np.where(rng.random(scores.shape) < 0.5, 0.0, 0.4)
    return Workshop.open(scores, errors, FAMILIES[family], np.ones(n))


def beginnings(shop, d=3):
    rng = np.random.default_rng(2)
    shape = (COHORTS * STARTS, K)
    covariances = np.ones((*shape, 1, 1)) * np.eye(d)
    return Parameters(np.full(shape, 1 / K), rng.normal(0, 0.7, (*shape, d)), np.array(shop.family.packed(covariances)))


def cohorts_of(shop, own_scores):
    rng = np.random.default_rng(3)
    if own_scores:
        return shop.evidence.rescored(rng.normal(0, 1, (COHORTS, *shop.evidence.seen.shape)) + shop.evidence.scores)
    return shop.evidence.reweighted(rng.exponential(1, (COHORTS, len(shop.evidence.seen))))


@pytest.mark.parametrize("own_scores", [True, False])
@pytest.mark.parametrize("family", FAMILIES)
def test_cohorts_together_arrive_where_each_does_alone(family, own_scores):
    """Some starts arrive long before others, so that the rectangle of cohorts x starts shrinks on the way."""
    shop = workshop(family)
    evidence, start, rules = cohorts_of(shop, own_scores), beginnings(shop), shop.rules("weak", 3000, 1e-6)
    together = climb(evidence, start, rules)
    assert together.converged.all()
    for each in range(len(start.weights)):
        cohort, own = slice(each // STARTS, each // STARTS + 1), slice(each, each + 1)
        alone = climb(evidence.take(cohort), start.take(own), rules)
        assert together.objective[each] == pytest.approx(alone.objective[0], abs=1e-5)
        np.testing.assert_allclose(together.parameters.means[each], alone.parameters.means[0], atol=0.01)


def test_the_order_of_starts_changes_nothing():
    shop = workshop("VVI")
    start, rules = beginnings(shop), shop.rules("weak", 3000, 1e-6)
    evidence = shop.evidence.reweighted(shop.evidence.weights[None])
    order = np.random.default_rng(5).permutation(len(start.weights))
    straight, turned = climb(evidence, start, rules), climb(evidence, start.take(order), rules)
    np.testing.assert_allclose(turned.objective, straight.objective[order], rtol=1e-9)
    np.testing.assert_allclose(turned.parameters.means, straight.parameters.means[order], atol=1e-9)


def test_a_large_cohort_starts_from_some_of_its_people_and_climbs_with_all():
    rng = np.random.default_rng(4)
    profile = rng.integers(0, 3, 12_000)
    scores = np.array([[30, 30], [70, 45], [45, 75]])[profile] + rng.normal(0, 9, (12_000, 2))
    scores[rng.random(scores.shape) < 0.05] = np.nan
    mixture = ProfileMixture(3, n_init=6, random_state=0).fit(scores)
    assert mixture.n_respondents_ == len(scores) - np.isnan(scores).all(axis=1).sum()
    assert mixture.log_likelihood_ == pytest.approx(mixture.score_samples(scores).sum())
    assert np.diff(mixture.objective_history_).min() >= 0
    np.testing.assert_allclose(mixture.means_, [[30, 30], [70, 45], [45, 75]], atol=0.5)
