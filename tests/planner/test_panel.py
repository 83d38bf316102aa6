"""The widgets of a plan: that they only carry what is typed, say their names, and leave nothing behind."""

import math

import pytest
from ipywidgets.widgets.widget import _instances

import angle_mort as am
from angle_mort.results import COACH
from angle_mort.shipped import shipped

DEMO = shipped("demo") / "cohorte"


@pytest.fixture(scope="module")
def cohort():
    return am.load_cohort(DEMO)


@pytest.fixture
def panel(cohort):
    return am.plan_delegation(cohort, cohort.leaders["leader"][0], pack="garage")


def row(panel, place=0):
    return panel.rows[panel.model.tasks[place].key]


def type_in(panel, place, **values):
    for name, value in values.items():
        row(panel, place).cells[name].value = value


def test_the_demonstration_has_a_plan_and_says_that_nothing_is_kept(panel):
    assert panel.model.tasks[0].task == "Commander les pièces courantes"
    panel.buttons["save"].click()
    assert "Rien n’est gardé" in panel.status.told
    assert "rien de ce que vous changez ici n’est gardé" in panel.children[0].value


def test_every_control_has_a_name_and_rows_are_told_apart(panel):
    for place, each in enumerate(panel.rows.values(), start=1):
        controls = [*each.cells.values(), each.what_if, each.remove]
        assert all(control.description for control in controls)
        assert all(str(place) in control.tooltip for control in controls)
    assert all(button.description for button in panel.buttons.values())


def test_what_is_typed_goes_to_the_model_and_is_redrawn(panel):
    type_in(panel, 0, hours="2h30", who="Karim", quarter=panel.model.quarters()[1], holder="1", priority="G3")
    task = panel.model.tasks[0]
    assert (task.hours, task.who, task.holder, task.priority) == (2.5, "Karim", 1.0, "G3")
    assert row(panel).cells["hours"].value == "2,5"
    type_in(panel, 1, hours="10")
    assert row(panel, 1).cells["hours"].value == "10"
    before = panel.shown["plan_hours"].value
    row(panel).what_if.value = True
    assert panel.model.chosen == (task.key,)
    assert panel.shown["plan_hours"].value != before and "2,1\u00a0h par semaine" in panel.shown["plan_hours"].value
    assert 'alt="Courbe de votre semaine' in panel.shown["plan_curve"].value
    type_in(panel, 0, holder="")
    assert math.isnan(panel.model.tasks[0].holder)


def test_what_is_refused_goes_and_is_explained(panel):
    type_in(panel, 1, hours="4")
    type_in(panel, 1, hours="trop")
    assert row(panel, 1).cells["hours"].value == "4"
    assert "Ligne 2 du plan" in panel.status.told and "[AM672]" in panel.status.told


def test_rows_come_and_go_and_leave_no_widget_behind(panel):
    words = [task.task for task in panel.model.tasks]
    row(panel).what_if.value = True
    before = len(_instances)
    for _ in range(5):
        panel.buttons["add"].click()
        row(panel, -1).remove.click()
    assert len(_instances) == before
    row(panel).remove.click()
    assert [task.task for task in panel.model.tasks] == words[1:]
    assert row(panel).cells["task"].description.endswith("1")
    panel.buttons["undo"].click()
    assert [task.task for task in panel.model.tasks] == words and row(panel).what_if.value
    assert [child is each for child, each in zip(panel.table.children, panel.rows.values(), strict=False)]
    panel.buttons["undo"].click()  # the last empty one
    type_in(panel, 1, priority="G1")
    panel.buttons["order"].click()
    assert [each.cells["task"].value for each in panel.table.children] == [task.task for task in panel.model.tasks]


def test_a_task_that_is_markup_stays_text(panel):
    type_in(panel, 0, task="<img src=x onerror=alert(1)>", hours="2", quarter=panel.model.quarters()[0])
    row(panel).what_if.value = True
    for shown in panel.shown.values():
        assert "<img src=x" not in shown.value
    assert "&lt;img src=x" in panel.shown["plan_calendar"].value


def test_it_is_marked_for_the_coach_and_its_words_say_nothing(panel):
    data, metadata = panel._repr_mimebundle_()
    assert metadata["angle_mort"]["audience"] == COACH
    assert data["text/plain"] == "Plan de délégation. Réservé au dirigeant et à son coach."
