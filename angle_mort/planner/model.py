"""The tasks of one plan as a coach changes them, and what they come to; no widget, no kernel, no browser."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from traitlets import Bool, HasTraits, Tuple

from angle_mort.errors import AngleMortError, problem
from angle_mort.publishing import Entry, write_calendar, write_table
from angle_mort.publishing.scanning import Known
from angle_mort.results import DelegationPlan, LeaderSheet
from angle_mort.roadmap import as_plan, calendar, check_plan, movable, quarter_start, quarters, transfer
from angle_mort.roadmap.delegation import COLUMNS, MOST_HOURS, Week
from angle_mort.text import number, t
from angle_mort.views.delegation import plan_workbook, priority_name

_NAME = "plan-de-delegation"
_HOURS = re.compile(r"(\d+)(?:[.,](\d+))?\s*h?|(\d+)\s*h\s*([0-5]?\d)")


@dataclass(frozen=True)
class Task:
    """One row of the table; ``key`` stays the same whatever is changed, and is used once."""

    key: int
    task: str = ""
    priority: str = "G1"
    hours: float = math.nan
    holder: float = 0.0
    who: str = ""
    quarter: str = ""
    only_me: bool = False


class Planner(HasTraits):
    """A plan that is being edited.

    ``tasks`` are in the order of the screen; ``chosen`` holds the keys of « et si »; ``unsaved`` is whether anything
    was changed since it was last kept. Without ``keep`` (a function that takes the plan) nothing can be kept.
    """

    tasks = Tuple()
    chosen = Tuple()
    unsaved = Bool(False)

    def __init__(
        self,
        plan: pd.DataFrame,
        week: Week,
        sheet: LeaderSheet,
        keep: Callable[[pd.DataFrame], None] | None = None,
        folder: Path = Path(),
        known: Path | None = None,
        today: datetime.date | None = None,
    ) -> None:
        self.week, self.sheet, self.folder, self._keep = week, sheet, folder, keep
        self._known, self.today = known, today or datetime.date.today()
        self._removed: list[tuple[int, Task, bool]] = []
        self._next = len(plan)
        rows = plan.fillna({"priority": ""}).to_dict("records")
        super().__init__(tasks=tuple(Task(key, **row) for key, row in enumerate(rows)))

    # ------------------------------------------------------------------------------------------------- changes

    def add(self, **values: object) -> int:
        """A new task at the end; returns its key."""
        task = Task(self._next, **values)
        self._next += 1
        self._set((*self.tasks, task))
        return task.key

    def change(self, key: int, name: str, value: object) -> None:
        """Another value in one cell; hours may be typed (2,5 or 2h30, nothing for
        unknown), and no ``holder`` is an unknown one. Raises AM672."""
        place = self._place(key)
        if name == "hours":
            value = self._hours(value, place)
        if name == "holder":
            value = math.nan if value == "" else float(value)
        if isinstance(value, str):
            value = value.strip()
        self._set((*self.tasks[:place], replace(self.tasks[place], **{name: value}), *self.tasks[place + 1 :]))

    def remove(self, key: int) -> None:
        """Take a task away; ``undo`` brings it back."""
        place = self._place(key)
        self._removed.append((place, self.tasks[place], key in self.chosen))
        self._set((*self.tasks[:place], *self.tasks[place + 1 :]))
        self.choose(key, False)

    def undo(self) -> int | None:
        """Bring back the task that was removed last, where it stood; its key, or None when there is none."""
        if not self._removed:
            return None
        place, task, chosen = self._removed.pop()
        self._set((*self.tasks[:place], task, *self.tasks[place:]))
        self.choose(task.key, chosen)
        return task.key

    def order(self) -> None:
        """The guide's order, what is kept last."""
        by_key = {task.key: task for task in self.tasks}
        self._set(tuple(by_key[key] for key in self.frame.index))

    def choose(self, key: int, chosen: bool) -> None:
        """« Et si » on or off for one task."""
        others = tuple(each for each in self.chosen if each != key)
        self.chosen = (*others, key) if chosen else others

    def _set(self, tasks: tuple[Task, ...]) -> None:
        if tasks != self.tasks:
            self.tasks, self.unsaved = tasks, True

    def _place(self, key: int) -> int:
        return next(place for place, task in enumerate(self.tasks) if task.key == key)

    def _hours(self, typed: object, place: int) -> float:
        if not isinstance(typed, str):
            return float(typed)
        found = _HOURS.fullmatch(typed.strip().lower())
        if not typed.strip():
            return math.nan
        if found and found[3]:
            hours = int(found[3]) + int(found[4]) / 60
        else:
            hours = float(f"{found[1]}.{found[2] or 0}") if found else math.inf
        if hours > MOST_HOURS:
            raise AngleMortError(problem("AM672", row=place + 1, most=int(MOST_HOURS)))
        return hours

    # ------------------------------------------------------------------------------------------------- what it comes to

    @property
    def frame(self) -> pd.DataFrame:
        """The plan, indexed by the keys of its tasks, in the guide's order."""
        rows = [{name: getattr(task, name) for name in COLUMNS} for task in self.tasks]
        return as_plan(pd.DataFrame(rows, columns=list(COLUMNS), index=[task.key for task in self.tasks]))

    @property
    def result(self) -> DelegationPlan:
        """The plan with what the chosen tasks would change."""
        plan, sheet = self.frame, self.sheet
        made = transfer(plan, self.chosen, self.week)
        told = calendar(plan, self.week)
        return DelegationPlan(sheet.leader, sheet.seal, sheet.demonstration, plan.reset_index(drop=True), told, made)

    def quarters(self) -> list[str]:
        """The quarters that can be chosen: the next eight, and those that are in the plan."""
        return sorted({*quarters(self.today), *(task.quarter for task in self.tasks if task.quarter)})

    # ------------------------------------------------------------------------------------------------- keeping

    @property
    def keeps(self) -> bool:
        return self._keep is not None

    def save(self) -> bool:
        """Keep the plan in the vault, if it is open: whether it was kept. Raises those of ``check_plan``."""
        self._check()
        if self._keep is None:
            return False
        self._keep(self.frame.reset_index(drop=True))
        self.unsaved = False
        return True

    def export(self) -> list[Path]:
        """Write the plan as a workbook, and its hand-overs as a calendar, for the leader; the paths.

        A folder for each leader: no file may bear the id of a row.
        Raises those of ``check_plan``, ``write_table`` and ``write_calendar``.
        """
        self._check()
        place, known = self.folder / self.sheet.leader, Known.here(*([self._known] if self._known else []))
        table = write_table(plan_workbook(self.result), place / f"{_NAME}.xlsx", known=known)
        return [table, write_calendar(self.entries(), place / f"{_NAME}.ics", self.today, known)]

    def entries(self) -> list[Entry]:
        """One whole day for each hand-over: the first of its quarter, or today when that is past."""
        plan = self.frame
        planned = plan[movable(plan) & (plan["quarter"] != "")].sort_values("quarter", kind="stable")
        return [
            Entry(max(self.today, quarter_start(row.quarter)), *_words(row), f"{self.sheet.leader} {row.task}")
            for row in planned.itertuples()
        ]

    def _check(self) -> None:
        """In the order of the screen, so that the lines that are named are those that are seen."""
        rows = [{name: getattr(task, name) for name in COLUMNS} for task in self.tasks]
        check_plan(pd.DataFrame(rows, columns=list(COLUMNS)))


def _words(row) -> tuple[str, str]:
    title = t("planner.entry.title" if not row.who else "planner.entry.to", task=row.task, who=row.who)
    hours = [] if math.isnan(row.hours) else [t("planner.entry.hours", hours=number(row.hours))]
    return title, "\n".join([priority_name(row.priority), *hours, t("plan.heading.audience")])
