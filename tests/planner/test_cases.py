"""The six invented leaders' delegation plans, worked out by hand: their order, what is freed, and what is said."""

import pytest

import angle_mort as am
from tests.leaders import CASES, house, identity, plain


@pytest.fixture(scope="module")
def vaulted(tmp_path_factory):
    return house(tmp_path_factory.mktemp("house"))


@pytest.fixture(params=CASES, scope="module")
def told(request, vaulted):
    """A case's expectations, and the model of its plan once its hours are typed and its tasks chosen."""
    cohort, vault = vaulted
    expected = CASES[request.param]["plan"]
    model = am.plan_delegation(cohort, identity(request.param), vault, expected["pack"]).model
    keys = {task.task: task.key for task in model.tasks}
    for task, hours in expected["hours"].items():
        model.change(keys[task], "hours", str(hours))
    for task in expected["what_if"]:
        model.choose(keys[task], True)
    return expected, model


def test_the_tasks_are_those_of_the_case_in_the_guides_order(told):
    expected, model = told
    assert [[task.task, task.holder] for task in model.tasks] == expected["order"]


def test_hours_and_shares_are_those_of_the_case(told):
    expected, model = told
    made = model.result.transfer
    assert made.freed[["value", "low", "high"]].iloc[0].tolist() == pytest.approx(expected["freed"])
    shares = made.shares.set_index("when")
    assert {when: row.tolist() for when, row in shares.iterrows()} == {
        when: pytest.approx(bounds, abs=0.001) for when, bounds in expected["shares"].items()
    }


def test_the_views_say_the_sentences_of_the_case(told):
    expected, model = told
    shown = [getattr(am.views, name)(model.result) for name in ("plan_tasks", "plan_hours", "plan_curve")]
    words = plain("\n".join(sentence for view in shown for sentence in view.reading))
    assert [each for each in expected["sentences"] if plain(each) not in words] == []
