"""The four steps: what counts as evidence, and when a weakest one is named."""

import numpy as np
import pandas as pd

from angle_mort.datasets import make_cohort
from angle_mort.instrument import load_instrument
from angle_mort.roadmap import step_evidence, weakest_step
from angle_mort.scores import score_responses

INSTRUMENT = load_instrument()
STEPS = ["role", "delegation", "structure", "acceptance"]


def evidence_of(responses):
    return step_evidence(score_responses(responses), INSTRUMENT)


def test_one_row_per_leader_and_step_in_the_order_of_the_path():
    evidence = evidence_of(make_cohort(n=8, seed=2).responses)
    assert evidence["step"].unique().tolist() == STEPS
    assert len(evidence) == 32
    known = evidence[evidence["value"].notna()]
    assert ((known["low"] <= known["value"]) & (known["value"] <= known["high"])).all()


def test_delegation_is_the_share_of_the_firms_tasks_no_longer_mine():
    answers = make_cohort(n=1, seed=2).responses
    tasks = [item.id for item in INSTRUMENT.module("G").items]
    answers[tasks] = [[0, 0, 1, 2, -1, -1, 2, 2]]
    row = evidence_of(answers).set_index("step").loc["delegation"]
    assert row["value"] == 100 * (1 - 2 / 6)
    assert row["se_measurement"] == 6.25 * 8 / 6


def test_an_unanswered_task_leaves_bounds_and_no_value():
    answers = make_cohort(n=1, seed=2).responses
    tasks = [item.id for item in INSTRUMENT.module("G").items]
    answers[tasks] = [[0, 0, 1, 2, 2, 2, 2, np.nan]]
    row = evidence_of(answers).set_index("step").loc["delegation"]
    assert np.isnan(row["value"])
    assert (row["low"], row["high"]) == (62.5, 75.0)


def test_a_weakest_step_is_named_only_when_it_is_probable():
    steps = pd.DataFrame({"value": [40.0, 44.0, 70.0, 70.0], "se_measurement": 6.0, "target": 70}, index=STEPS)
    assert weakest_step(steps, 0.80)[1] is None
    assert weakest_step(steps.assign(value=[20.0, 60.0, 70.0, 70.0]), 0.80)[1] == "role"


def test_each_step_is_compared_to_its_own_target_since_they_share_no_unit():
    steps = pd.DataFrame({"value": [45.0, 40.0, 60.0, 60.0], "se_measurement": 3.0}, index=STEPS)
    assert weakest_step(steps.assign(target=[50, 75, 67, 65]), 0.80)[1] == "delegation"
    assert weakest_step(steps.assign(target=[90, 50, 67, 65]), 0.80)[1] == "role"


def test_nothing_is_named_while_a_step_is_unknown():
    steps = pd.DataFrame({"value": [1.0, np.nan, 70.0, 70.0], "se_measurement": 6.0, "target": 70}, index=STEPS)
    chances, name = weakest_step(steps, 0.80)
    assert name is None
    assert chances.isna().all()
