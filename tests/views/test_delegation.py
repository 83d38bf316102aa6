"""The views of a plan: what they say in words, what they never say, and their pictures."""

import re

import numpy as np
import pandas as pd
import pytest

from angle_mort import views
from angle_mort.results import LEADER, DelegationPlan
from angle_mort.roadmap import as_plan, calendar, transfer
from angle_mort.roadmap.delegation import Week

PLAN = as_plan(
    pd.DataFrame(
        {
            "task": ["Planning", "Devis", "Vidange", "Signer"],
            "priority": ["G1", "G1", "G2", ""],
            "hours": [4.0, 6.0, np.nan, 2.0],
            "holder": [0, 1, 2, np.nan],
            "who": ["Karim", "", "", ""],
            "quarter": ["2027-T1", "", "", ""],
            "only_me": [False, False, False, True],
        }
    )
)
WEEK = Week(12, 38, 50, 50)
UNKNOWN = Week(np.nan, np.nan, np.nan, np.nan)


def made(chosen, week=WEEK, plan=PLAN):
    return DelegationPlan("x", "ab", True, plan, calendar(plan, week), transfer(plan, chosen, week))


def words(view):
    text = "\n".join((*view.reading, view.alt, view.caption, *view.table.to_numpy(str).ravel()))
    return re.sub("[\u00a0\u202f]", " ", text)


def test_the_hours_and_the_share_as_worked_by_hand():
    # 10 h; 15 % stays (5 to 30), 30 % off: 8.5; 10 x .7 x .7 = 4.9; 10 x 1.3 x .95 = 12.35
    # 12 of 50 h: (12 + 4.9) / 50 to (12 + 12.35) / 50; 12 / 45.1 to 12 / 37.65
    told = words(views.plan_hours(made([0, 1])))
    assert "Transmettre ces 2 tâches rendrait 8,5 h par semaine" in told and "entre 4,9 et 12,4 h" in told
    assert "aujourd’hui : 24 %" in told and "vos missions : de 34 à 49 %" in told and "d’autant : de 27 à 32 %" in told
    assert "Planning, de 4,0 à 0,6 h" in told


def test_the_curve_says_the_loss_first_and_every_supposition():
    told = words(views.plan_curve(made([0, 1])))
    # half more of 10 h; a fifth more of 7 h; as much again of 13 h
    assert "la première semaine, +5,0 h (+1,4 à +13,0)" in told and "quatrième étape" in told
    for said in ("provisoire", "30 %", "50 %", "20 à 100 %", "8 semaines (4 à 16)", "15 %", "5 à 30 %", "aucune étude"):
        assert said in told
    assert "Courbe de votre semaine sur deux trimestres : +5,0 h la première semaine, −8,5 h à la fin" in told


def test_unknown_hours_and_an_unknown_week_are_said():
    plan = PLAN.assign(holder=0.0)
    told = words(views.plan_hours(made([0, 2], plan=plan)))
    assert "Les heures d’une de ces tâches ne sont pas connues" in told or "Les heures de 1" in told
    told = words(views.plan_hours(made([0, 2], UNKNOWN, plan)))
    assert "au moins" in told and "la part de temps de dirigeant ne peut pas être dite" in told
    curve = views.plan_curve(made([0, 2], UNKNOWN, plan))
    assert "sans limite connue" in words(curve) and curve.png
    assert "inf" not in words(curve) and "nan" not in words(views.plan_tasks(made([])))


def test_hours_that_do_not_fit_the_week_are_to_be_looked_at_again():
    assert "dépassent de 5,0 h" in words(views.plan_hours(made([0], Week(12, 5, 17, 17))))


def test_the_table_says_what_is_kept_and_how_many_are_no_longer_mine():
    view = views.plan_tasks(made([]))
    told = words(view)
    assert "1 tâche est gardée" in told and "Sur 3 tâches dont on sait qui les fait, 2 ne sont plus « Moi »." in told
    assert view.table.iloc[-1].tolist()[:2] == ["Signer", "Gardée\u00a0: vous seul pouvez la faire"]
    assert "2027-T1, dès le 1 janvier 2027" in words(views.plan_calendar(made([])))


@pytest.mark.parametrize("name", ["plan_tasks", "plan_hours", "plan_curve", "plan_calendar"])
def test_a_view_is_for_the_leader_alone_and_its_picture_has_words(name):
    for chosen in ([], [0, 1]):
        view = getattr(views, name)(made(chosen))
        assert view.mark()["angle_mort"]["audience"] == LEADER and view.mark()["angle_mort"]["leader"] == "x"
        assert view.reading and (view.alt or view.png is None)
    assert (views.plan_hours(made([])).figure is None) and views.plan_hours(made([0])).figure
