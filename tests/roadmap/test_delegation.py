"""The delegation plan: hand-worked figures, and what must hold whatever the plan."""

import datetime
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from angle_mort.datasets import make_cohort
from angle_mort.errors import AngleMortError
from angle_mort.instrument import load_instrument
from angle_mort.roadmap import (
    as_plan,
    calendar,
    check_plan,
    first_plan,
    hours_freed,
    known_tasks,
    quarters,
    transfer,
    week_of,
)
from angle_mort.roadmap.delegation import Range, Week, assumptions
from angle_mort.scores import score_responses
from angle_mort.text import explain

INSTRUMENT = load_instrument()
WEEK = Week(missions=12, outside=38, total=50, parts=50)
SUPPOSED = replace(
    assumptions(),
    estimate_error=0.25,
    follow_up=Range(0.10, 0.0, 0.20),
    learning_weeks=Range(4, 2, 8),
    extra_time=Range(0.5, 0.0, 1.0),
    weeks=12,
)
"""Round suppositions, for figures that can be worked by hand."""


def plan_of(*hours, **columns):
    tasks = [f"t{place}" for place in range(len(hours))]
    return as_plan(pd.DataFrame({"task": tasks, "priority": "G1", "hours": hours, "holder": 0.0} | columns))


def g(*codes):
    return pd.Series(codes, index=[item.id for item in INSTRUMENT.module("G").items], dtype=float)


# ---------------------------------------------------------------------------------------------------------- the plan


def test_the_first_plan_follows_the_guides_order_and_in_each_priority_what_is_still_mine():
    plan = first_plan(g(1, 0, 2, -1, np.nan, 0, 0, 1), INSTRUMENT, "garage", "Signer les devis\n\n Embaucher ")
    assert plan[["task", "priority", "only_me"]].values.tolist() == [
        ["Prendre les rendez-vous de l’atelier", "G1", False],
        ["Commander les pièces courantes", "G1", False],
        ["Faire une vidange", "G2", False],
        ["Saisir les ordres de réparation", "G3", False],
        ["Déplacer les voitures sur le parking", "G3", False],
        ["Partir en dépannage sur la route", "G4", False],
        ["Recevoir une voiture arrivée en panne", "G4", False],
        ["Signer les devis", "", True],
        ["Embaucher", "", True],
    ]
    assert plan["holder"].tolist()[:5] == pytest.approx([0, 1, 2, 0, np.nan], nan_ok=True)
    assert plan["hours"].isna().all()


def test_the_counts_of_a_cohort_tell_what_they_leave_no_doubt_of():
    answers = pd.DataFrame([[0, 0, 0, 1, -1, -1, 2, np.nan]], ["x"], g(*[0] * 8).index)
    whole = make_cohort(n=1, seed=3).responses.set_axis(["x"]).assign(**answers)
    scores = score_responses(whole, INSTRUMENT)
    told = known_tasks(pd.Series(dtype=float), scores, INSTRUMENT)
    assert told.tolist() == pytest.approx([0, 0, np.nan, np.nan, -1, -1, np.nan, np.nan], nan_ok=True)
    assert known_tasks(answers.loc["x"], scores, INSTRUMENT).tolist()[:7] == [0, 0, 0, 1, -1, -1, 2]
    short = score_responses(whole[[item.id for item in INSTRUMENT.form_items("suivi")]], INSTRUMENT)
    assert known_tasks(pd.Series(dtype=float), short, INSTRUMENT).isna().all()  # not asked: unknown, not absent


def test_an_unknown_trade_is_refused_with_those_that_exist():
    with pytest.raises(AngleMortError, match="AM670") as error:
        first_plan(g(*[0] * 8), INSTRUMENT, "plomberie")
    assert "plomberie-chauffage" in explain(error.value)[0]


def test_every_fault_of_a_plan_is_told_at_once_with_its_line():
    plan = as_plan(
        pd.DataFrame(
            {
                "task": [" ", "a", "b", "c"],
                "priority": ["G1", "G2", "G3", "Z"],
                "hours": [1.0, -1.0, 2.0, np.nan],
                "quarter": ["", "", "2027-T5", ""],
            }
        )
    )
    with pytest.raises(AngleMortError) as error:
        check_plan(plan)
    assert [(each.code, each.fields["row"]) for each in error.value.problems] == [
        ("AM671", 1),
        ("AM672", 2),
        ("AM673", 3),
        ("AM674", 4),
    ]
    assert all(sentence.startswith("Ligne") for sentence in explain(error.value))
    check_plan(first_plan(g(*[0] * 8), INSTRUMENT, own_words="Embaucher"))


def test_quarters_follow_each_other_over_new_year():
    assert quarters(datetime.date(2026, 12, 31), 3) == ["2026-T4", "2027-T1", "2027-T2"]


# ------------------------------------------------------------------------------------------------- worked by hand


def test_hours_freed_as_worked_by_hand():
    # 4 + 6 = 10 h, a tenth stays (none to a fifth), all ten may be a quarter off: 9; 10 x .75 x .8; 10 x 1.25 x 1
    assert hours_freed(plan_of(4, 6, 3), [0, 1], WEEK, SUPPOSED) == (9, 6, 12.5, 0)


def test_unknown_hours_may_take_what_the_week_leaves_and_no_more():
    # 38 h outside the missions, 13 of them known: the unknown task takes 0 to 25
    plan = plan_of(4, np.nan, 9)
    assert hours_freed(plan, [0, 1], WEEK, SUPPOSED) == (3.6, 2.4, 36.25, 1)  # high: (4 + 25) x 1.25
    assert hours_freed(plan, [0], WEEK, SUPPOSED) == (3.6, 2.4, 5, 0)
    without = Week(np.nan, np.nan, np.nan, np.nan)
    assert hours_freed(plan, [0, 1], without, SUPPOSED)[2:] == (np.inf, 1)


def test_the_curve_and_the_week_it_is_repaid_as_worked_by_hand():
    # 8 h. Likely: half more at first, a tenth left after 4 weeks: 1.5 1.15 .8 .45 .1 .1 ... of today's 8 h
    made = transfer(plan_of(8), [0], WEEK, SUPPOSED)
    likely = [0, 4, 1.2, -1.6, -4.4, -7.2, -7.2]
    assert made.curve["value"].head(7).tolist() == pytest.approx(likely)
    # Beyond today: .5 .15 -.2 -.55, in all .5 .65 .45 -.1: repaid in week 4. Best: no loss at all. Worst, twice at
    # first and .225 less each week until .2: 1 .775 .55 .325 .1 -.125 -.35 -.575 -.8 -.8 -.8, in all below 0 in week 11
    worst = [1, 0.775, 0.55, 0.325, 0.1]
    assert made.curve["high"].tolist()[1:6] == pytest.approx([10 * each for each in worst])
    assert made.repaid == {"value": 4, "low": 1, "high": 11}
    assert transfer(plan_of(8), [0], WEEK, replace(SUPPOSED, weeks=10)).repaid["high"] is None
    assert made.curve["low"].tolist()[-1] == pytest.approx(-10)  # 8 x 1.25, nothing stays
    assert made.curve.iloc[0].tolist() == [0, 0, 0, 0]


def test_the_share_of_leader_time_as_worked_by_hand():
    # 12 of 50 h; 6 to 12.5 freed. To the missions: 18 to 24.5 of 50. A shorter week: 12 of 44 to 37.5
    shares = transfer(plan_of(4, 6), [0, 1], WEEK, SUPPOSED).shares.set_index("when")
    assert shares.loc["today"].tolist() == [24, 24]
    assert shares.loc["missions"].tolist() == pytest.approx([36, 49])
    assert shares.loc["shorter"].tolist() == pytest.approx([100 * 12 / 44, 32])


def test_a_week_without_f_has_no_share_and_one_that_contradicts_itself_has_both():
    nothing = transfer(plan_of(4), [0], week_of(pd.Series(dtype=float), INSTRUMENT), SUPPOSED)
    assert nothing.shares[["low", "high"]].isna().all(axis=None)
    assert np.isnan(nothing.total)
    answers = pd.Series([2, 2, 2, 2, 2, 20, 10, 50], [f"f10{each}" for each in range(1, 9)])
    today = transfer(plan_of(4), [0], week_of(answers, INSTRUMENT), SUPPOSED).shares.iloc[0]
    assert today[["low", "high"]].tolist() == [20, 25]  # 10 of 50 as declared, 10 of 40 as added


def test_what_is_kept_or_gone_frees_nothing_and_stands_in_no_calendar():
    plan = plan_of(4, 6, 5, only_me=[True, False, False], holder=[0, 2, 0], quarter=["2027-T1", "2027-T1", "2027-T2"])
    assert hours_freed(plan, [0, 1], WEEK, SUPPOSED) == (0, 0, 0, 0)
    told = calendar(plan, WEEK, SUPPOSED)
    assert told["tasks"].tolist() == [["t2"]]


def test_the_calendar_adds_up_quarter_after_quarter():
    told = calendar(plan_of(4, 6, 3, quarter=["2027-T2", "2027-T1", ""]), WEEK, SUPPOSED)
    assert told["quarter"].tolist() == ["2027-T1", "2027-T2"]
    assert told["starts"].tolist() == [datetime.date(2027, 1, 1), datetime.date(2027, 4, 1)]
    assert told[["value", "low", "high"]].values.tolist() == [[5.4, 3.6, 7.5], [9, 6, 12.5]]


# ------------------------------------------------------------------------------------------- whatever the plan

HOURS = st.one_of(st.none(), st.floats(0, 40))
PLANS = st.lists(
    st.tuples(HOURS, st.sampled_from([0, 1, 2, None]), st.booleans(), st.sampled_from(["", "2027-T1", "2027-T3"])),
    min_size=1,
    max_size=7,
)
WEEKS = st.builds(lambda m, o: Week(m, o, m + o, m + o), st.floats(0, 60), st.one_of(st.just(np.nan), st.floats(0, 60)))


def plan_from(rows):
    hours, holders, kept, quarter = zip(*rows, strict=True)
    return plan_of(*hours, holder=list(holders), only_me=list(kept), quarter=list(quarter))


@settings(max_examples=25, deadline=None)
@given(rows=PLANS, week=WEEKS, data=st.data())
def test_handing_over_more_never_frees_less_and_the_bounds_hold_the_plain_sum(rows, week, data):
    plan = plan_from(rows)
    more = data.draw(st.sets(st.sampled_from(sorted(plan.index))))
    fewer = data.draw(st.sets(st.sampled_from(sorted(more)))) if more else set()
    some, all_ = hours_freed(plan, fewer, week), hours_freed(plan, more, week)
    assert all(a <= b + 1e-6 for a, b in zip(some, all_, strict=True))
    can = ~plan["only_me"] & (plan["holder"] != 2) & plan.index.isin(more)
    plain = plan.loc[can, "hours"].sum()
    assert all_.low <= plain + 1e-6 and plain <= all_.high + 1e-6
    assert all_.low <= all_.value <= all_.high


@settings(max_examples=20, deadline=None)
@given(rows=PLANS, week=WEEKS, data=st.data())
def test_the_order_of_rows_changes_nothing(rows, week, data):
    plan = plan_from(rows)
    shuffled = plan.loc[data.draw(st.permutations(list(plan.index)))]
    chosen = list(plan.index)[:3]
    one, other = transfer(plan, chosen, week), transfer(as_plan(shuffled), chosen, week)
    pd.testing.assert_frame_equal(one.freed, other.freed)
    pd.testing.assert_frame_equal(one.curve, other.curve)
    assert calendar(plan, week)["value"].tolist() == pytest.approx(calendar(shuffled, week)["value"].tolist())


@settings(max_examples=20, deadline=None)
@given(rows=PLANS, week=WEEKS)
def test_the_curve_begins_at_nothing_holds_its_line_and_ends_at_what_is_freed(rows, week):
    plan = plan_from(rows)
    made = transfer(plan, plan.index, week)
    curve, freed = made.curve, made.freed.iloc[0]
    assert (curve.iloc[0] == 0).all()
    assert ((curve["low"] <= curve["value"] + 1e-9) & (curve["value"] <= curve["high"] + 1e-9)).all()
    assert curve["value"].iloc[-1] == pytest.approx(-freed["value"], abs=1e-5)
    assert -curve["low"].iloc[-1] == pytest.approx(freed["high"], abs=1e-5)
    assert -curve["high"].iloc[-1] == pytest.approx(freed["low"], abs=1e-5)
    assert curve["value"].iloc[1] >= 0  # first a loss
    shares = made.shares.dropna()
    assert ((shares["low"] >= 0) & (shares["high"] <= 100 + 1e-9)).all()


def test_every_supposition_has_a_value_in_its_range_and_says_that_it_is_provisional():
    suppose = assumptions()
    assert suppose.provisional
    for told in (suppose.follow_up, suppose.learning_weeks, suppose.extra_time):
        assert told.low < told.value < told.high
    assert suppose.learning_weeks.high < suppose.weeks  # the end of the curve is what is freed in the end
    assert (1 - suppose.follow_up.low) * (1 + suppose.estimate_error) > 1  # the plain sum lies inside
