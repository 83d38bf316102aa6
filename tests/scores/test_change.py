"""Reliable change: beyond both margins, in the declared good direction."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from angle_mort.errors import AngleMortError
from angle_mort.instrument import load_instrument
from angle_mort.scores.change import reliable_change

GOOD = {"A": False, "E": True}


def wave(values, scales=("A", "E"), error=8.0):
    return pd.DataFrame({"respondent": "L1", "scale": list(scales), "value": values, "se_measurement": error})


@pytest.mark.parametrize(("level", "points"), [(0.90, 18.61), (0.95, 22.17)])
def test_the_threshold_of_the_blueprint(level, points):
    change = reliable_change(wave([50.0, 50.0]), wave([50.0, 50.0]), level, GOOD)
    assert change["threshold"].round(2).tolist() == [points, points]


def test_two_different_margins_are_both_in_the_threshold():
    change = reliable_change(wave([50.0], ["A"], 3.0), wave([50.0], ["A"], 4.0), 0.90, GOOD)
    assert change["threshold"].iloc[0] == pytest.approx(1.6448536269514722 * 5)


@pytest.mark.parametrize(
    ("after", "directions"),
    [([30.0, 70.0], ["better", "better"]), ([70.0, 30.0], ["worse", "worse"]), ([40.0, 60.0], ["none", "none"])],
)
def test_direction_follows_the_good_side(after, directions):
    assert reliable_change(wave([50.0, 50.0]), wave(after), high_is_good=GOOD)["direction"].tolist() == directions


@pytest.mark.parametrize(
    ("later", "good"),
    [
        (wave([np.nan], ["A"]), GOOD),
        (wave([90.0], ["A"], np.nan), GOOD),
    ],
)
def test_what_cannot_be_said_is_unknown(later, good):
    assert reliable_change(wave([50.0], ["A"]), later, high_is_good=good)["direction"].tolist() == ["unknown"]
    absent = wave([np.nan], ["k105"], np.nan)
    assert reliable_change(wave([1.0], ["k105"], np.nan), absent)["direction"].tolist() == ["unknown"]


def test_a_scenario_is_a_transition_and_a_count_is_a_count():
    first, later = wave([1.0, 5.0], ["J", "G"], np.nan), wave([2.0, 6.0], ["J", "G"], np.nan)
    change = reliable_change(first, later, high_is_good={"J": True, "G": False})
    assert change["direction"].tolist() == ["better", "worse"]
    assert change["threshold"].tolist() == [0.0, 0.0]
    assert reliable_change(first, first, high_is_good={"J": True, "G": False})["direction"].tolist() == ["none", "none"]


@pytest.mark.parametrize("good", [{"A": None}, {}])
def test_a_change_without_a_good_side_is_a_change(good):
    assert reliable_change(wave([50.0], ["A"]), wave([90.0], ["A"]), high_is_good=good)["direction"].item() == "changed"


def test_facts_are_counted_in_the_good_direction_that_the_questionnaire_declares():
    facts = ["j102", "j103", "k101", "k102", "k103", "k104", "l101", "l102"]
    more = reliable_change(wave([3.0] * 8, facts, np.nan), wave([4.0] * 8, facts, np.nan)).set_index("scale")
    assert more["direction"].to_dict() == dict.fromkeys(facts, "better") | {"j103": "worse"}
    assert (more["threshold"] == 0).all()


def test_what_was_chosen_changes_or_not_and_is_never_subtracted():
    before, after = wave([0.0, 3.0], ["k105", "l103"], np.nan), wave([3.0, 3.0], ["k105", "l103"], np.nan)
    change = reliable_change(before, after)
    assert change["direction"].tolist() == ["changed", "none"]
    assert change[["difference", "threshold"]].isna().all(axis=None)


def test_what_was_calculable_in_neither_wave_is_no_fact():
    nothing = wave([np.nan], ["A"], np.nan)
    change = reliable_change(nothing, nothing, high_is_good=GOOD)
    assert np.isnan(change["threshold"].item())
    assert change["direction"].tolist() == ["unknown"]


@pytest.mark.parametrize("scale", ["D1", "zz"])
def test_a_retest_reliability_without_a_reliability_makes_no_margin(scale):
    import dataclasses

    norms = dataclasses.replace(load_instrument().norms, retest={scale: 0.8})
    with pytest.raises(AngleMortError, match=f"AM103.*retest of {scale} alone"):
        reliable_change(wave([50.0, 50.0]), wave([50.0, 50.0]), norms=norms)


def test_a_known_retest_reliability_sets_the_margin():
    import dataclasses

    norms = dataclasses.replace(load_instrument().norms, retest={"A": 0.91})
    plain = reliable_change(wave([50.0, 50.0]), wave([50.0, 50.0]), high_is_good=GOOD)["threshold"]
    retest = reliable_change(wave([50.0, 50.0]), wave([50.0, 50.0]), high_is_good=GOOD, norms=norms)["threshold"]
    assert retest.tolist() == pytest.approx([plain[0] * np.sqrt(0.09 / (1 - norms.reliability["A"])), plain[1]])


def test_a_scale_without_a_good_side_may_still_be_unchanged():
    assert reliable_change(wave([50.0], ["A"]), wave([52.0], ["A"]), high_is_good={})["direction"].tolist() == ["none"]


def test_only_what_stands_in_both_waves_is_kept_in_the_order_of_the_first():
    change = reliable_change(wave([50.0, 50.0]), wave([10.0, 20.0, 30.0], ["X", "E", "A"]), high_is_good=GOOD)
    assert change["scale"].tolist() == ["A", "E"]
    assert change["after"].tolist() == [30.0, 20.0]


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 100), st.floats(0, 100))
def test_swapping_the_waves_swaps_the_direction(first, second):
    there = reliable_change(wave([first], ["A"]), wave([second], ["A"]), high_is_good=GOOD).iloc[0]
    back = reliable_change(wave([second], ["A"]), wave([first], ["A"]), high_is_good=GOOD).iloc[0]
    assert there["difference"] == -back["difference"]
    assert back["direction"] == {"better": "worse", "worse": "better", "none": "none"}[there["direction"]]


def test_the_standard_questionnaire_says_which_side_is_good():
    change = reliable_change(wave([80.0, 20.0]), wave([20.0, 80.0]))
    assert [load_instrument().high_is_good(scale) for scale in ("A", "E")] == [False, True]
    assert change["direction"].tolist() == ["better", "better"]


@pytest.mark.parametrize(
    ("before", "after", "level", "code"),
    [
        (wave([1.0, 2.0]), wave([1.0, 2.0]), 1.0, "AM412"),
        (wave([1.0, 2.0]).drop(columns="value"), wave([1.0, 2.0]), 0.9, "AM410"),
        (wave([1.0, 2.0]), wave([1.0, 2.0], ["A", "A"]), 0.9, "AM411"),
    ],
)
def test_wrong_input_has_a_code(before, after, level, code):
    with pytest.raises(AngleMortError, match=code):
        reliable_change(before, after, level, GOOD)
