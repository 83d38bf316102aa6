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


@pytest.mark.slow
def test_the_test_of_equal_means_is_right_as_often_as_it_says():
    """No difference, some placed wrongly: p is below a tenth in a tenth of the cohorts, and even all along."""
    told, rng = [], np.random.default_rng(9)
    for _ in range(200):
        memberships = rng.dirichlet([0.3, 0.3, 0.2], 60)
        told.append(probability_of_chance(corrected_weights(memberships, np.ones(60)), rng.normal(50, 10, 60)))
    assert np.mean(np.array(told) < 0.1) == pytest.approx(0.1, abs=0.06)
    assert np.mean(np.array(told) < 0.5) == pytest.approx(0.5, abs=0.09)


def test_the_test_of_equal_means_sees_a_difference_and_no_order():
    weights, outcome = corrected_weights(SURE[:200], np.ones(200)), OUTCOME[:200]
    assert probability_of_chance(weights, outcome) == 1 / 500
    faint = RNG.normal(50, 10, 200) + PROFILE[:200]
    assert 0.01 < probability_of_chance(weights, faint) == probability_of_chance(weights[::-1], faint[::-1]) < 1
    assert probability_of_chance(weights, np.full(200, 50.0)) == 1
    assert np.isnan(probability_of_chance(weights[:, :1], outcome))


def test_a_missing_outcome_leaves_that_person_out():
    weights = corrected_weights(SURE, np.ones(4000))
    gappy = np.where(np.arange(4000) < 100, np.nan, OUTCOME)
    assert corrected_means(weights, gappy)[0] == pytest.approx(OUTCOME[100:][PROFILE[100:] == 0].mean())
