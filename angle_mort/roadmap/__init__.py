"""The path of four steps, the interview about it and the plan: where a leader stands. It suggests, never decides."""

from angle_mort.roadmap.delegation import (
    as_plan,
    calendar,
    check_plan,
    first_plan,
    hours_freed,
    known_tasks,
    movable,
    quarter_start,
    quarters,
    transfer,
    week_of,
)
from angle_mort.roadmap.follow_up import (
    against_waiting_list,
    people_needed,
    programme_effect,
    regression_to_mean,
    slopes,
)
from angle_mort.roadmap.interview import raised, stage_of
from angle_mort.roadmap.steps import step_evidence, weakest_of, weakest_step

__all__ = [
    "against_waiting_list",
    "as_plan",
    "calendar",
    "check_plan",
    "first_plan",
    "hours_freed",
    "known_tasks",
    "movable",
    "people_needed",
    "programme_effect",
    "quarter_start",
    "quarters",
    "raised",
    "regression_to_mean",
    "slopes",
    "stage_of",
    "step_evidence",
    "transfer",
    "weakest_of",
    "weakest_step",
    "week_of",
]
