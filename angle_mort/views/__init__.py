"""What a reader sees: each view is one function from a shareable summary to a figure, its table and its sentence.

Every view has ``.figure``, ``.frame()``, ``.alt`` and ``.reading``, and carries the audience of the summary it was made
from: that mark is what lets it leave a notebook.
"""

from angle_mort.views.charts import (
    areas,
    blocks,
    compared_dependence,
    compared_reasons,
    dependence,
    four_steps,
    two_weeks,
)
from angle_mort.views.delegation import plan_calendar, plan_curve, plan_hours, plan_tasks
from angle_mort.views.follow_up import (
    followed_attendance,
    followed_effect,
    followed_gains,
    followed_group,
    followed_leader,
    followed_people,
    followed_plan,
    group_change,
    group_progress,
)
from angle_mort.views.leader import (
    leader_areas,
    leader_autonomy,
    leader_blocks,
    leader_checks,
    leader_consequences,
    leader_heading,
    leader_hours,
    leader_path,
    leader_pride,
    leader_questions,
    leader_steps,
    leader_strengths,
    leader_tasks,
    leader_two_weeks,
)
from angle_mort.views.profiles import (
    profile_candidates,
    profile_chances,
    profile_consequences,
    profile_model,
    profile_people,
    profile_positions,
    profile_sharpness,
    profile_verdict,
)
from angle_mort.views.progress import progress
from angle_mort.views.questionnaire import block_links, item_quality, one_or_three, scale_reliability
from angle_mort.views.tables import about, answer_care, heading, withheld
from angle_mort.views.view import View

__all__ = [
    "View",
    "about",
    "answer_care",
    "areas",
    "block_links",
    "blocks",
    "compared_dependence",
    "compared_reasons",
    "dependence",
    "followed_attendance",
    "followed_effect",
    "followed_gains",
    "followed_group",
    "followed_leader",
    "followed_people",
    "followed_plan",
    "four_steps",
    "group_change",
    "group_progress",
    "heading",
    "item_quality",
    "leader_areas",
    "leader_autonomy",
    "leader_blocks",
    "leader_checks",
    "leader_consequences",
    "leader_heading",
    "leader_hours",
    "leader_path",
    "leader_pride",
    "leader_questions",
    "leader_steps",
    "leader_strengths",
    "leader_tasks",
    "leader_two_weeks",
    "one_or_three",
    "plan_calendar",
    "plan_curve",
    "plan_hours",
    "plan_tasks",
    "profile_candidates",
    "profile_chances",
    "profile_consequences",
    "profile_model",
    "profile_people",
    "profile_positions",
    "profile_sharpness",
    "profile_verdict",
    "progress",
    "scale_reliability",
    "two_weeks",
    "withheld",
]
