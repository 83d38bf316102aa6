"""The delegation plan on the coach's screen: one leader's tasks in a table, and what handing some over would change.

``model`` holds the tasks and knows no widget; ``panel`` wires widgets to it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from angle_mort.cohort import Cohort, vault_row
from angle_mort.roadmap import as_plan, first_plan, known_tasks, week_of

if TYPE_CHECKING:
    from angle_mort.planner.panel import Panel
    from angle_mort.vault import Vault

__all__ = ["EXPORTS", "forget_exports", "plan_delegation"]

EXPORTS = "plans"
"""The folder of exported plans, beside the vault: a plan may name employees."""


def plan_delegation(cohort: Cohort, leader: str, vault: Vault | None = None, pack: str = "general") -> Panel:
    """The editable plan of one leader; it is shown by the cell it ends, and its ``.model`` works without a screen.

    ``leader`` and ``vault`` are those of ``Cohort.sheet``, whose errors it raises. With the vault open, the plan that
    was saved last comes back, whatever the wave, and saving keeps it there; without it nothing is kept. A first plan is
    made of the answers to G, in the words of a trade ``pack`` (AM670). Exports go to the private folder of
    the workspace (``data/private/plans``).
    """
    from angle_mort.planner.model import Planner
    from angle_mort.planner.panel import Panel

    sheet = cohort.sheet(leader, vault)
    answers = sheet.answers.set_index("item")["code"]
    row = vault_row(vault, cohort, sheet.leader) if vault else None
    saved = vault.plan(*row) if vault else None
    if saved is not None and len(saved):
        plan = as_plan(saved)
    else:
        plan = first_plan(
            known_tasks(answers, sheet.scores, cohort.instrument), cohort.instrument, pack, sheet.own_words
        )
    model = Planner(
        plan,
        week_of(answers, cohort.instrument),
        sheet,
        keep=partial(vault.save_plan, *row) if vault else None,
        folder=_private(cohort),
        known=cohort.folder,
    )
    return Panel(model)


def forget_exports(folder: Path, leaders: Iterable[str]) -> int:
    """Delete the exported plans of these leaders; how many had some."""
    places = [folder / leader for leader in leaders if (folder / leader).is_dir()]
    for place in places:
        shutil.rmtree(place)
    return len(places)


def _private(cohort: Cohort) -> Path:
    """In the workspace that holds this cohort: ``data/private``, next to ``data/cohorts``."""
    return (cohort.folder or Path("data/cohorts/x")).resolve().parent.parent / "private" / EXPORTS
