"""The path of four steps: where a leader stands on each, and which looks weakest. It suggests and never decides."""

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
    "step_evidence",
    "transfer",
    "weakest_of",
    "weakest_step",
    "week_of",
]
