"""The table of a plan without a browser: every change, what is refused, what is brought back, what it comes to."""

import datetime
import math
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from angle_mort.errors import AngleMortError
from angle_mort.planner.model import Planner
from angle_mort.roadmap import as_plan
from angle_mort.roadmap.delegation import Week

SHEET = SimpleNamespace(leader="abcdefghij234567", seal="ab" * 32, demonstration=True)
DAY = datetime.date(2026, 11, 25)
TASKS = pd.DataFrame(
    {"task": ["Planning", "Vidange", "Signer"], "priority": ["G1", "G2", ""], "hours": [3.0, math.nan, 1.0]}
).assign(holder=[0, 0, math.nan], only_me=[False, False, True])


@pytest.fixture
def kept():
    return []


@pytest.fixture
def model(kept):
    return Planner(as_plan(TASKS), Week(12, 38, 50, 50), SHEET, kept.append, today=DAY)


def names(model):
    return [task.task for task in model.tasks]


def test_a_task_is_added_changed_and_removed_and_comes_back_where_it_was(model):
    key = model.add(task="Devis", priority="G1")
    model.choose(0, True)
    model.remove(0)
    assert names(model) == ["Vidange", "Signer", "Devis"] and model.chosen == ()
    model.change(key, "who", " Karim ")
    assert model.undo() == 0 and names(model) == ["Planning", "Vidange", "Signer", "Devis"]
    assert model.chosen == (0,) and model.tasks[3].who == "Karim"
    assert model.undo() is None


def test_two_removals_come_back_in_turn(model):
    model.remove(0)
    model.remove(1)
    assert [model.undo(), model.undo()] == [1, 0] and names(model) == ["Planning", "Vidange", "Signer"]


def test_a_task_never_takes_the_key_of_one_that_went(model):
    gone = model.add()
    model.remove(gone)
    assert model.add() > gone


def test_the_guides_order_on_request_and_always_in_the_plan(model):
    model.add(task="Devis", priority="G1")
    assert model.frame["task"].tolist() == ["Planning", "Devis", "Vidange", "Signer"]
    assert names(model)[-1] == "Devis"
    model.order()
    assert names(model) == ["Planning", "Devis", "Vidange", "Signer"]


@pytest.mark.parametrize(
    ("typed", "hours"), [("2,5", 2.5), ("2.5", 2.5), (" 3 h", 3), ("2h30", 2.5), ("0", 0), ("120", 120)]
)
def test_hours_as_people_type_them(model, typed, hours):
    model.change(1, "hours", typed)
    assert model.tasks[1].hours == hours


def test_nothing_typed_is_unknown(model):
    model.change(0, "hours", " ")
    assert math.isnan(model.tasks[0].hours)


@pytest.mark.parametrize("typed", ["-1", "trois", "121", "1e9", "nan", "2h75", "=1+1", "1,2,3", ","])
def test_hours_that_are_none_are_refused_and_the_earlier_ones_stay(model, typed):
    with pytest.raises(AngleMortError, match="AM672"):
        model.change(0, "hours", typed)
    assert model.tasks[0].hours == 3 and not model.unsaved


def test_saving_tells_every_line_that_is_wrong_in_the_order_of_the_screen(model, kept):
    model.add(priority="G4")
    model.change(0, "priority", "")
    with pytest.raises(AngleMortError) as error:
        model.save()
    assert [(each.code, each.fields["row"]) for each in error.value.problems] == [("AM674", 1), ("AM671", 4)]
    assert kept == [] and model.unsaved


def test_what_was_saved_comes_back_as_it_was(model, kept):
    model.change(0, "quarter", "2027-T1")
    assert model.unsaved and model.save() and not model.unsaved
    again = Planner(as_plan(kept[0]), model.week, SHEET, today=DAY)
    pd.testing.assert_frame_equal(again.frame, model.frame)


def test_without_a_vault_nothing_is_kept_and_it_says_so(model):
    shown = Planner(as_plan(TASKS), model.week, SHEET, today=DAY)
    shown.change(0, "who", "Karim")
    assert not shown.keeps and shown.save() is False and shown.unsaved


def test_what_if_follows_the_choice_and_ignores_what_is_kept(model):
    assert model.result.transfer.freed["value"].item() == 0
    model.choose(0, True)
    one = model.result.transfer.freed["value"].item()
    assert one == pytest.approx(3 * 0.85)
    model.choose(2, True)
    assert model.result.transfer.freed["value"].item() == one
    model.choose(0, False)
    assert model.result.transfer.tasks.empty


def test_the_quarters_ahead_and_those_of_the_plan_can_be_chosen(model):
    assert model.quarters()[0] == "2026-T4" and len(model.quarters()) == 8
    model.change(0, "quarter", "2025-T2")
    assert model.quarters()[0] == "2025-T2"


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(["add", "remove", "undo", "order", "choose"]), max_size=12), st.randoms())
def test_whatever_is_done_no_task_is_lost_that_was_not_removed(steps, random):
    model = Planner(as_plan(TASKS), Week(12, 38, 50, 50), SHEET, today=DAY)
    here, gone = {0, 1, 2}, []
    for step in steps:
        key = random.choice(sorted(here)) if here else None
        if step == "add":
            here.add(model.add(task="x"))
        elif step == "undo":
            assert model.undo() == (gone[-1] if gone else None)
            here |= {gone.pop()} if gone else set()
        elif step == "order":
            model.order()
        elif key is not None and step == "remove":
            model.remove(key)
            here.remove(key)
            gone.append(key)
        elif key is not None:
            model.choose(key, True)
        assert sorted(task.key for task in model.tasks) == sorted(here) == sorted(model.frame.index)
        assert set(model.chosen) <= here
