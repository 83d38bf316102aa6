"""Outcomes compared between profiles, corrected for wrong placements."""

import numpy as np
import pytest

from angle_mort.profiles.consequences import corrected_means, corrected_weights, probability_of_chance, sandwich

RNG = np.random.default_rng(5)
PROFILE = RNG.integers(0, 2, 4000)
SURE = (PROFILE[:, None] == np.arange(2)) * 1.0
OUTCOME = np.array([40.0, 60.0])[PROFILE] + RNG.normal(0, 10, 4000)


def test_when_everybody_is_placed_for_sure_it_is_the_mean_of_each_group_and_its_error():
    weights = corrected_weights(SURE, np.ones(4000))
    for place in (0, 1):
        own = OUTCOME[SURE[:, place] == 1]
        assert corrected_means(weights, OUTCOME)[place] == pytest.approx(own.mean())
        assert np.sqrt(sandwich(weights, OUTCOME)[place, place]) == pytest.approx(own.std() / np.sqrt(len(own)))


def test_means_pulled_together_by_wrong_placements_are_set_apart_again():
    wrong = RNG.random(4000) < 0.2
    seen = np.where(wrong, 1 - PROFILE, PROFILE)
    memberships = np.where(seen[:, None] == np.arange(2), 0.8, 0.2)
    placed = [OUTCOME[seen == place].mean() for place in (0, 1)]
    assert placed == pytest.approx([44, 56], abs=1)
    weights = corrected_weights(memberships, np.ones(4000))
    np.testing.assert_allclose(corrected_means(weights, OUTCOME), [40, 60], atol=1)
    assert (np.diag(sandwich(weights, OUTCOME)) > 100 / 2000).all()


def test_counting_somebody_twice_is_having_that_person_twice():
    memberships = RNG.dirichlet([1, 1], 30)
    weights = np.where(np.arange(30) < 5, 2.0, 1.0)
    twice = np.concatenate([memberships, memberships[:5]]), np.concatenate([OUTCOME[:30], OUTCOME[:5]])
    once = corrected_means(corrected_weights(memberships, weights), OUTCOME[:30])
    np.testing.assert_allclose(once, corrected_means(corrected_weights(twice[0], np.ones(35)), twice[1]))


def test_the_test_of_equal_means_is_right_about_as_often_as_it_says():
    """Everybody placed for sure, no difference: p is below a tenth in a tenth of the cohorts."""
    told = []
    for seed in range(400):
        outcome = np.random.default_rng(seed).normal(50, 10, 120)
        weights = corrected_weights(SURE[:120], np.ones(120))
        told.append(probability_of_chance(corrected_means(weights, outcome), sandwich(weights, outcome)))
    assert np.mean(np.array(told) < 0.1) == pytest.approx(0.1, abs=0.045)
    assert np.isnan(probability_of_chance(np.array([50.0]), np.eye(1)))


def test_a_missing_outcome_leaves_that_person_out():
    weights = corrected_weights(SURE, np.ones(4000))
    gappy = np.where(np.arange(4000) < 100, np.nan, OUTCOME)
    assert corrected_means(weights, gappy)[0] == pytest.approx(OUTCOME[100:][PROFILE[100:] == 0].mean())
