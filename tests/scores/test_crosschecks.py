"""Two tellings of one story, on figures small enough to be worked out by hand (90 %: z = 1.6448536269514722)."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import angle_mort as am
from angle_mort.errors import AngleMortError
from angle_mort.instrument import load_instrument
from angle_mort.scores.crosschecks import COLUMNS, cross_checks

Z = 1.6448536269514722
CHECKS = ["J_IDO", "C1_C0", "F_L", "self_mirror"]
INSTRUMENT = load_instrument()
MIRRORED = {item.id: item.mirrors for item in INSTRUMENT.module("M").items}
AREAS = ["C0_qualite", "C0_delais", "C0_clients", "C0_equipes", "C0_tresorerie"]


def table(respondent="L1", **scores):
    """A table of scores; a scale is a value, or a value and its standard error."""
    pairs = {scale: each if isinstance(each, tuple) else (each, np.nan) for scale, each in scores.items()}
    rows = [(respondent, scale, float(value), error) for scale, (value, error) in pairs.items()]
    return pd.DataFrame(rows, columns=["respondent", "scale", "value", "se_measurement"])


def check(name, scores, **more):
    return cross_checks(scores, **more).set_index("check").loc[name]


def areas(*values):
    return {area: (value, 12.5 if value == value else np.nan) for area, value in zip(AREAS, values, strict=True)}


# --- J against IDO --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scenario", "index", "left", "answer"),
    [
        (1, 80.0, 80.0, "same"),  # inside 65-100
        (1, 50.0, 65.0, "same"),  # 15 below, margin 1.645 x sqrt(4**2 + 10**2) = 17.72
        (1, 47.0, 65.0, "different"),  # 18 below
        (2, 50.0, 50.0, "same"),
        (2, 83.0, 65.0, "different"),
        (3, 57.0, 40.0, "same"),
        (3, 58.0, 40.0, "different"),
    ],
)
def test_a_scenario_lets_an_interval_of_the_index_be_expected(scenario, index, left, answer):
    told = check("J_IDO", table(J=scenario, IDO=(index, 4.0)))
    assert (told["left"], told["right"], told["answer"]) == (left, index, answer)
    assert told["margin"] == pytest.approx(Z * np.sqrt(116))


# --- C1 against C0 --------------------------------------------------------------------------------------------------


def test_felt_against_fact_by_hand():
    told = check("C1_C0", table(C1=(90.0, 11.0), **areas(50, 50, 75, 50, 25)))
    assert (told["left"], told["right"], told["difference"], told["answer"]) == (90, 50, 40, "different")
    assert told["margin"] == pytest.approx(Z * np.sqrt(11**2 + 12.5**2 / 5 + 10**2))  # 26.2


def test_an_area_without_a_fact_opens_the_margin_by_ten_points():
    whole = check("C1_C0", table(C1=(60.0, 11.0), **areas(50, 50, 50, 50, 50)))
    holed = check("C1_C0", table(C1=(60.0, 11.0), **areas(50, 50, 50, 50, np.nan)))
    assert whole["answer"] == "same"
    assert holed["right"] == 50  # 200 / 5 + the middle of what the fifth may be
    assert holed["margin"] == pytest.approx(Z * np.sqrt(11**2 + 12.5**2 * 4 / 25 + 10**2) + 10)
    assert holed["answer"] == "too_little"  # 35.9 points


def test_a_difference_beyond_a_wide_margin_is_still_a_difference():
    told = check("C1_C0", table(C1=(100.0, 11.0), **areas(0, 0, 0, 0, np.nan)))
    assert (told["difference"], told["answer"]) == (90, "different")


def test_no_fact_at_all_says_nothing():
    told = check("C1_C0", table(C1=(100.0, 11.0), **areas(*[np.nan] * 5)))
    assert told["answer"] == "too_little"
    assert told[["right", "difference", "margin"]].isna().all()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([0.0, 25.0, 50.0, 75.0, 100.0]), min_size=5, max_size=5), st.integers(0, 4))
def test_one_more_missing_area_never_narrows_the_margin(values, hole):
    holed = [np.nan if position == hole else value for position, value in enumerate(values)]
    before, after = (check("C1_C0", table(C1=(50.0, 11.0), **areas(*each)))["margin"] for each in (values, holed))
    assert after >= before


# --- F against L ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "right", "answer"), [(0, 0.0, "different"), (4, 34.0, "same"), (10, 85.0, "different")]
)
def test_a_placement_lets_a_share_of_hours_be_expected(place, right, answer):
    told = check("F_L", table(F=(40.0, 5.0), l101=place))
    assert (told["left"], told["right"], told["answer"]) == (40, right, answer)
    assert told["margin"] == pytest.approx(Z * np.sqrt(125))  # 18.4


# --- self against mirror --------------------------------------------------------------------------------------------


def own(code=4.0, autonomy=0.0):
    modules = {each: INSTRUMENT.items[each].module for each in MIRRORED.values()}
    return pd.DataFrame({each: autonomy if module == "E" else code for each, module in modules.items()}, index=["L1"])


def team(*rows, leader="L1"):
    """Collaborators' answers: eight codes each, in the order m101 to m108."""
    return pd.DataFrame(list(rows), columns=list(MIRRORED), index=[leader] * len(rows), dtype=float)


KEEPS = [3, 3, 2, 2, 2, 2, 1, 1]  # 75, 75, 50, 50, 50, 50 and, turned round, 75, 75: a mean of 62.5


def test_self_against_mirror_by_hand():
    told = check("self_mirror", table(J=2), responses=own(), mirror=team(KEEPS, KEEPS, KEEPS))
    assert (told["left"], told["right"], told["difference"], told["answer"]) == (100, 60, 40, "different")
    answers = 12.5**2 / 8
    assert told["margin"] == pytest.approx(Z * np.sqrt(answers + (15**2 + answers) / 3 + 10**2) + 5)  # 28.3


@pytest.mark.parametrize(
    ("last", "told"),
    [
        ([4, 4, 4, 4, 4, 4, 0, 0], 80),  # (62.5 + 62.5 + 100) / 3 = 75
        ([4, 4, 4, 4, 4, 3, 0, 0], 70),  # 96.875: 73.96
        ([3, 3, 3, 3, 3, 3, 1, 1], 70),  # 75: 66.7
    ],
)
def test_the_mean_of_the_team_is_told_in_steps_of_ten(last, told):
    """Somebody who knows their own answers does not read there what the two others said."""
    assert check("self_mirror", table(J=2), responses=own(), mirror=team(KEEPS, KEEPS, last))["right"] == told


def test_more_collaborators_narrow_the_margin_and_what_was_not_seen_is_left_out():
    few, many = (check("self_mirror", table(J=2), responses=own(), mirror=team(*[KEEPS] * n)) for n in (3, 12))
    assert many["margin"] < few["margin"]
    unseen = team(KEEPS, KEEPS, [*KEEPS[:6], -1, np.nan])
    told = check("self_mirror", table(J=2), responses=own(), mirror=unseen)
    assert told["right"] == 60  # 350 / 6: the two items that only two people saw do not count
    assert told["left"] == 100
    assert told["margin"] > few["margin"]


@pytest.mark.parametrize(
    ("responses", "mirror"),
    [
        (own(), team(KEEPS, KEEPS)),  # two people
        (own(), team(KEEPS, KEEPS, [np.nan] * 8)),
        (own().assign(a101=np.nan, a203=-1, b202=np.nan), team(*[KEEPS] * 4)),  # five items out of eight
        (own(), None),
        (None, team(*[KEEPS] * 4)),
    ],
)
def test_too_few_answers_show_nothing_of_the_mirror(responses, mirror):
    told = check("self_mirror", table(J=2), responses=responses, mirror=mirror)
    assert told["answer"] == "too_little"
    assert told[["left", "right", "difference", "margin"]].isna().all()


def test_the_items_that_are_turned_round_are_those_of_autonomy():
    agreeing = team(*[[4, 4, 4, 4, 4, 4, 0, 0]] * 3)
    told = check("self_mirror", table(J=2), responses=own(), mirror=agreeing)
    assert (told["difference"], told["answer"]) == (0, "same")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"responses": own().assign(a101=7.0), "mirror": team(KEEPS)}, "AM403"),
        ({"responses": own(), "mirror": team([9] * 8)}, "AM403"),
        ({"responses": own(), "mirror": team(KEEPS).assign(z999=1.0)}, "AM401"),
        ({"responses": pd.concat([own(), own()]), "mirror": team(KEEPS)}, "AM404"),
    ],
)
def test_wrong_answers_have_a_code(more, code):
    with pytest.raises(AngleMortError, match=code):
        cross_checks(table(J=2), **more)


# --- The table ------------------------------------------------------------------------------------------------------


def test_every_respondent_has_the_same_four_rows_in_the_order_of_the_table():
    scores = pd.concat([table("L2", J=1, IDO=(70.0, 4.0)), table("L1", F=(20.0, 5.0))], ignore_index=True)
    told = cross_checks(scores)
    assert list(told) == COLUMNS
    assert told["respondent"].tolist() == ["L2"] * 4 + ["L1"] * 4
    assert told["check"].tolist() == CHECKS * 2 == list(INSTRUMENT.scoring["cross_checks"]["checks"]) * 2
    assert set(told["answer"]) == {"same", "too_little"}


def test_a_table_that_repeats_or_lacks_has_a_code():
    with pytest.raises(AngleMortError, match="AM411"):
        cross_checks(pd.concat([table(J=1), table(J=2)]))
    with pytest.raises(AngleMortError, match="AM410"):
        cross_checks(table(J=1).drop(columns="value"))


def test_adding_a_leader_changes_nobody_and_order_does_not_matter():
    responses = am.make_cohort(n=20, seed=5).responses
    whole = cross_checks(am.score_responses(responses))
    part = cross_checks(am.score_responses(responses.iloc[[7, 3]]))
    same = whole.set_index(["respondent", "check"]).loc[part.set_index(["respondent", "check"]).index]
    pd.testing.assert_frame_equal(same.reset_index(), part)


def test_a_released_cohort_can_be_checked_too():
    from angle_mort.shipped import shipped

    told = am.cross_checks(am.load_cohort(shipped("demo") / "cohorte").scores)
    assert len(told) == 24 * 4
    assert set(told["answer"]) == {"same", "different", "too_little"}


def test_a_mirror_about_nobody_of_the_table_is_told():
    mirror = pd.concat([team(*[KEEPS] * 3), team(KEEPS, leader="L7")])
    with pytest.raises(AngleMortError) as caught:
        check("self_mirror", table(A=50), mirror=mirror, responses=own())
    assert [(each.code, dict(each.fields)) for each in caught.value.problems] == [("AM416", {"n": 1})]
