"""Slopes, before and after, regression to the mean, and how many people it takes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from angle_mort.roadmap import (
    against_waiting_list,
    people_needed,
    programme_effect,
    regression_to_mean,
    slopes,
)

MOMENTS = {"T0": 0.0, "T1": 4.0, "T2": 9.0, "T3": 12.0}
VALUES = st.lists(st.floats(0, 100), min_size=4, max_size=4)
ERRORS = st.lists(st.floats(1, 20), min_size=4, max_size=4)


def waves(values, errors, person=1, scale="A"):
    told = {"wave": list(MOMENTS)[: len(values)], "value": values, "se_measurement": errors}
    return pd.DataFrame(told).assign(person=person, scale=scale)


@settings(max_examples=50, deadline=None)
@given(VALUES, ERRORS)
def test_a_slope_is_the_weighted_least_squares_of_known_errors(values, errors):
    (row,) = slopes(waves(values, errors), MOMENTS).itertuples()
    times, weights = np.array(list(MOMENTS.values())), np.array(errors) ** -2
    design = np.column_stack([np.ones(4), times])
    covariance = np.linalg.inv(design.T @ (weights[:, None] * design))
    expected = covariance @ design.T @ (weights * values)
    assert row.slope == pytest.approx(expected[1], abs=1e-6)
    assert row.se == pytest.approx(np.sqrt(covariance[1, 1]), rel=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 100), st.floats(0, 100), st.floats(1, 20), st.floats(1, 20))
def test_two_waves_give_their_difference_over_the_time_between_them(one, other, first, second):
    (row,) = slopes(waves([one, other], [first, second]), MOMENTS).itertuples()
    assert row.slope == pytest.approx((other - one) / 4, abs=1e-9)
    assert row.se == pytest.approx(np.hypot(first, second) / 4)
    assert np.isnan(row.p_line)


def test_facts_missing_scores_and_single_waves_have_no_slope():
    table = pd.concat(
        [
            waves([60, 50, 40], [8, 8, 8]),
            waves([1, 2, 3], [np.nan] * 3, scale="J"),
            waves([60, np.nan, np.nan], [8, np.nan, np.nan], scale="B"),
            waves([70, np.nan, 52], [8, np.nan, 8], person=2),
        ]
    )
    found = slopes(table, MOMENTS)
    assert found[["person", "scale", "waves"]].values.tolist() == [[1, "A", 3], [2, "A", 2]]


def test_a_path_that_turns_back_is_no_line():
    straight, bent = (slopes(waves(each, [5, 5, 5]), MOMENTS).iloc[0] for each in ([70, 62, 52], [70, 40, 70]))
    assert straight["p_line"] > 0.9
    assert bent["p_line"] < 0.001


def test_an_effect_leaves_out_who_has_no_change_and_one_person_has_no_interval():
    changes = pd.DataFrame({"scale": ["A"] * 3 + ["B"], "difference": [-4.0, -8.0, np.nan, 3.0]})
    found = programme_effect(changes).set_index("scale")
    assert (found.loc["A", "n"], found.loc["A", "mean"]) == (2, -6)
    assert found.loc["B", ["n", "mean"]].tolist() == [1, 3] and np.isnan(found.loc["B", "low"])


def test_a_waiting_list_takes_out_what_is_common_to_both():
    draw = np.random.default_rng(4)
    own, theirs = (pd.DataFrame({"scale": "A", "difference": draw.normal(0, 12, n)}) for n in (14, 9))
    found = against_waiting_list(own, theirs).iloc[0]
    drifted = against_waiting_list(
        own.assign(difference=own["difference"] - 7), theirs.assign(difference=theirs["difference"] - 7)
    ).iloc[0]
    assert drifted[["difference", "low", "high"]].tolist() == pytest.approx(
        found[["difference", "low", "high"]].tolist()
    )
    assert against_waiting_list(own, theirs.iloc[:1]).empty


def test_nobody_comes_nearer_to_the_middle_when_the_score_is_sure_or_the_group_is_in_the_middle():
    assert regression_to_mean(72, 55, 1.0) == 0
    assert regression_to_mean(55, 55, 0.7) == 0
    assert regression_to_mean(72, 55, 0.7) < regression_to_mean(72, 55, 0.8) < 0


@pytest.mark.parametrize("groups", [1, 2])
def test_the_people_needed_reach_the_power_and_one_fewer_does_not(groups):
    draw, n, difference, sd = np.random.default_rng(9), people_needed(8, 15, groups), 8, 15
    reached = []
    for size in (n, n - 3):
        own = draw.normal(difference, sd, (20000, size))
        shift = own.mean(axis=1)
        error = own.var(axis=1, ddof=1) / size
        if groups == 2:
            theirs = draw.normal(0, sd, (20000, size))
            shift, error = shift - theirs.mean(axis=1), error + theirs.var(axis=1, ddof=1) / size
        reached.append((np.abs(shift) > t.ppf(0.95, groups * (size - 1)) * np.sqrt(error)).mean())
    assert reached[0] == pytest.approx(0.80, abs=0.015)
    assert reached[1] < 0.79
    assert people_needed(4, 15, groups) > n > people_needed(16, 15, groups)
