"""The path of four steps, the interview about it and the plan: where a leader stands. It suggests, never decides."""

from angle_mort.roadmap.delegation import (
    as_plan,
    calendar,
    check_plan,
    first_plan,
    hours_freed,
    movable,
    quarter_start,
    quarters,
    transfer,
    week_of,
)
from angle_mort.roadmap.interview import raised, stage_of
from angle_mort.roadmap.steps import step_evidence, weakest_of, weakest_step

__all__ = [
    "as_plan",
    "calendar",
    "check_plan",
    "first_plan",
    "hours_freed",
    "movable",
    "quarter_start",
    "quarters",
    "raised",
    "stage_of",
    "step_evidence",
    "transfer",
    "weakest_of",
    "weakest_step",
    "week_of",
]
