"""The delegation plan: which tasks may leave the leader's hands, in which order, and what that may free.

A plan is a tidy frame, one row per task (``COLUMNS``):

- ``task``: text; ``priority``: one of the guide's four, G1 repetitive, G2 standardised, G3 of low value for a leader,
  G4 urgent, or nothing for what is kept
- ``hours``: the leader's own, each week, today (NaN unknown)
- ``holder``: who does it today, as the questionnaire codes it: 0 the leader, 1 another and the leader approves,
  2 another without the leader, NaN unknown
- ``who`` could take it: text; ``quarter``: when, such as ``2027-T1``, or nothing
- ``only_me``: kept, since only the leader can do it

Everything it supposes is in ``handover.yaml``. Bounds are those of plausible suppositions: no confidence level.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd
import yaml

from angle_mort.errors import AngleMortError, Problem, problem
from angle_mort.instrument import NOT_APPLICABLE, Instrument
from angle_mort.results import Transfer

COLUMNS = ("task", "priority", "hours", "holder", "who", "quarter", "only_me")
MODULE, WORDS = "G", "f109"
MINE, APPROVED, GONE = 0, 1, 2
MOST_HOURS = 120.0
"""The longest week that the questionnaire takes."""
_QUARTER = re.compile(r"(20\d\d)-T([1-4])")


class Range(NamedTuple):
    """A supposition: the likely value, and the plausible ones around it."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Assumptions:
    """What a simulation supposes; the shares are of today's hours on the tasks that are handed over."""

    weeks: int
    estimate_error: float
    follow_up: Range
    learning_weeks: Range
    extra_time: Range
    provisional: bool


@cache
def assumptions() -> Assumptions:
    """Those of ``handover.yaml``."""
    told = yaml.safe_load(files("angle_mort.roadmap").joinpath("handover.yaml").read_text(encoding="utf-8"))
    ranges = {name: Range(*(told[name][each] for each in Range._fields)) for name in _RANGES}
    return Assumptions(told["weeks"], told["estimate_error"]["value"], **ranges, provisional=told["provisional"])


_RANGES = ("follow_up", "learning_weeks", "extra_time")


@dataclass(frozen=True)
class Week:
    """An ordinary week in hours, NaN unknown: on the five missions, outside them, in all as declared, and as added."""

    missions: float
    outside: float
    total: float
    parts: float

    @property
    def length(self) -> float:
        """The week that shares are taken of: as declared, else as added."""
        return self.parts if np.isnan(self.total) else self.total


def week_of(answers: pd.Series, instrument: Instrument) -> Week:
    """The week of F, from answers by item; what is not there is unknown."""
    rule = instrument.scoring["time_budget"]
    hours = answers.reindex([*rule["missions"], rule["production"], rule["rest"], rule["total"]]).astype(float)
    missions, outside = (
        hours[rule["missions"]].sum(skipna=False),
        hours[[rule["production"], rule["rest"]]].sum(skipna=False),
    )
    return Week(*map(float, (missions, outside, hours[rule["total"]], missions + outside)))


# --------------------------------------------------------------------------------------------------------- the plan


def as_plan(rows: pd.DataFrame) -> pd.DataFrame:
    """The same tasks with every column and its type, in the guide's order, what is kept last; the index stays.

    Within a priority: still done by the leader, then approved by the leader, then unknown, then gone already.
    """
    plan = rows.reindex(columns=list(COLUMNS)).copy()
    for name in ("task", "priority", "who", "quarter"):
        plan[name] = plan[name].astype(object).where(plan[name].notna(), "").astype(str).str.strip()
    plan["hours"] = pd.to_numeric(plan["hours"]).astype(float)
    plan["holder"] = pd.to_numeric(plan["holder"]).astype(float)
    plan["only_me"] = plan["only_me"].eq(True)
    order = plan.assign(stage=plan["holder"].fillna(APPROVED + 0.5))
    return plan.loc[order.sort_values(["only_me", "priority", "stage"], kind="stable").index]


def first_plan(answers: pd.Series, instrument: Instrument, pack: str = "general", own_words: str = "") -> pd.DataFrame:
    """The plan to begin with: the tasks of G that the firm has, in the words of a trade ``pack``.

    ``answers`` maps items to codes; a task that was not answered has an unknown holder, one that the firm does not have
    is left out. ``own_words`` is what the leader wrote that they alone must do (f109): each line is a row that is kept.
    Raises AM670 for an unknown pack.
    """
    if pack not in instrument.packs:
        raise AngleMortError(problem("AM670", pack=pack, known=", ".join(instrument.packs)))
    module = instrument.module(MODULE)
    holders = answers.reindex([item.id for item in module.items]).astype(float)
    rows = [
        {"task": item.packs.get(pack, item.fr), "priority": item.facet, "holder": holders[item.id]}
        for item in module.items
        if holders[item.id] != NOT_APPLICABLE
    ]
    rows += [{"task": line.strip(), "only_me": True} for line in own_words.splitlines() if line.strip()]
    return as_plan(pd.DataFrame(rows, columns=list(COLUMNS))).reset_index(drop=True)


def known_tasks(answers: pd.Series, scores: pd.DataFrame, instrument: Instrument) -> pd.Series:
    """Who does each task of G, by item: as answered, else as far as the counts of a working cohort leave no doubt.

    ``scores`` are one leader's (``scale``, ``value``, ``n_items``): when all tasks of a priority are still the
    leader's, each one is; when the firm has none of them, none is there; otherwise it is unknown which.
    """
    told, counts = answers.astype(float).to_dict(), scores.set_index("scale")[["value", "n_items"]]
    for facet in instrument.module(MODULE).facets:
        mine, tasks = counts.loc[facet.code] if facet.code in counts.index else (np.nan, np.nan)
        holder = NOT_APPLICABLE if tasks == 0 else MINE if mine == len(facet.items) else np.nan
        told |= {item.id: holder for item in facet.items if np.isnan(told.get(item.id, np.nan))}
    return pd.Series(told)


def check_plan(plan: pd.DataFrame) -> None:
    """Raise AM671 (no words), AM672 (hours), AM673 (quarter), AM674 (priority) for every row that has one of them."""
    problems = [each for place, row in enumerate(plan.itertuples(index=False), start=1) for each in _faults(place, row)]
    if problems:
        raise AngleMortError(*problems)


def _faults(row: int, task: NamedTuple) -> Iterator[Problem]:
    if not task.task.strip():
        yield problem("AM671", row=row)
    if not (np.isnan(task.hours) or 0 <= task.hours <= MOST_HOURS):
        yield problem("AM672", row=row, most=int(MOST_HOURS))
    if task.quarter and not _QUARTER.fullmatch(task.quarter):
        yield problem("AM673", row=row)
    if not (task.only_me or re.fullmatch("G[1-4]", task.priority)):
        yield problem("AM674", row=row)


def quarter_start(quarter: str) -> datetime.date:
    """The first day of a quarter.

    >>> quarter_start("2027-T2")
    datetime.date(2027, 4, 1)
    """
    year, number = _QUARTER.fullmatch(quarter).groups()
    return datetime.date(int(year), 3 * int(number) - 2, 1)


def quarters(day: datetime.date, count: int = 8) -> list[str]:
    """The quarter of a day and those after it.

    >>> quarters(datetime.date(2026, 11, 25), 3)
    ['2026-T4', '2027-T1', '2027-T2']
    """
    first = 4 * day.year + (day.month - 1) // 3
    return [f"{each // 4}-T{each % 4 + 1}" for each in range(first, first + count)]


def movable(plan: pd.DataFrame) -> pd.Series:
    """Whether each task can still leave the leader's hands: not kept, and not gone already."""
    return ~plan["only_me"] & (plan["holder"] != GONE)


def calendar(plan: pd.DataFrame, week: Week, suppose: Assumptions | None = None) -> pd.DataFrame:
    """The hand-overs by quarter: ``quarter``, ``starts`` (day), ``tasks`` (a list), and what all those up to it free in
    the end, hours a week: ``value``, ``low``, ``high``, ``unknown`` (tasks whose hours are not known)."""
    planned = plan[movable(plan) & (plan["quarter"] != "")]
    rows = []
    for quarter in sorted(planned["quarter"].unique()):
        freed = hours_freed(plan, planned.index[planned["quarter"] <= quarter], week, suppose)
        tasks = planned.loc[planned["quarter"] == quarter, "task"].tolist()
        rows.append((quarter, quarter_start(quarter), tasks, *freed))
    return pd.DataFrame(rows, columns=["quarter", "starts", "tasks", *Freed._fields])


# --------------------------------------------------------------------------------------------- what it may free


class Freed(NamedTuple):
    """Hours a week, and the number of tasks whose hours are unknown (``value`` leaves them out, ``high`` does not)."""

    value: float
    low: float
    high: float
    unknown: int


def hours_freed(plan: pd.DataFrame, chosen: Collection, week: Week, suppose: Assumptions | None = None) -> Freed:
    """What handing over the ``chosen`` tasks (labels of the index) frees in the end, hours a week.

    The error of hours that somebody recalls is the same habit for every task: errors add up, they never cancel. Tasks
    of unknown hours may hold whatever the week has outside its missions and the other tasks do not take; without F
    there is no such bound, and ``high`` is infinite. Kept tasks and those gone already free nothing.

    >>> plan = as_plan(pd.DataFrame({"task": ["a", "b"], "priority": "G1", "hours": [4.0, 6.0]}))
    >>> hours_freed(plan, [0, 1], Week(10, 40, 50, 50))
    Freed(value=8.5, low=4.9, high=12.35, unknown=0)
    """
    suppose = suppose or assumptions()
    held = _hours(plan, chosen, week, suppose)
    kept = suppose.follow_up
    low, high = held.low * (1 - kept.high), held.high * (1 - kept.low)
    return Freed(round(held.value * (1 - kept.value), 6), round(low, 6), round(high, 6), held.unknown)


def _hours(plan: pd.DataFrame, chosen: Collection, week: Week, suppose: Assumptions) -> Freed:
    """Today's hours on the chosen tasks: as written, and their bounds."""
    can = movable(plan)
    hours = plan.loc[can & plan.index.isin(chosen), "hours"]
    known, unknown = float(hours.sum()), int(hours.isna().sum())
    room = np.inf if np.isnan(week.outside) else max(0.0, week.outside - plan.loc[can, "hours"].sum())
    error = suppose.estimate_error
    return Freed(known, known * (1 - error), (known + (room if unknown else 0)) * (1 + error), unknown)


def transfer(plan: pd.DataFrame, chosen: Collection, week: Week, suppose: Assumptions | None = None) -> Transfer:
    """What if these tasks are handed over, all today? Hours week by week, hours in the end, share of leader time.

    First a loss: explaining, doing it together, mending errors; it shrinks steadily while the other one learns.
    """
    suppose = suppose or assumptions()
    freed = hours_freed(plan, chosen, week, suppose)
    return Transfer(
        tasks=_before_and_after(plan, chosen, suppose),
        freed=pd.DataFrame([freed]),
        curve=_curve(_hours(plan, chosen, week, suppose), suppose),
        repaid=_repaid(suppose),
        shares=_shares(week, freed),
        total=week.length,
        room=week.outside - float(plan.loc[movable(plan), "hours"].sum()),
        suppositions=_told(suppose),
    )


def _before_and_after(plan: pd.DataFrame, chosen: Collection, suppose: Assumptions) -> pd.DataFrame:
    tasks = plan.loc[movable(plan) & plan.index.isin(chosen), ["task", "priority", "hours"]].reset_index(drop=True)
    error, kept = suppose.estimate_error, suppose.follow_up
    bounds = {"": (1, kept.value), "_low": (1 - error, kept.low), "_high": (1 + error, kept.high)}
    before = {f"before{end}": tasks["hours"] * scale for end, (scale, _) in bounds.items()}
    after = {f"after{end}": tasks["hours"] * scale * share for end, (scale, share) in bounds.items()}
    return tasks.drop(columns="hours").assign(**before, **after)


def _still(suppose: Assumptions, follow_up: float, learning: float, extra: float) -> np.ndarray:
    """The leader's hours on handed-over tasks, week by week, as a share of those today (week 0)."""
    weeks = np.arange(1, suppose.weeks + 1)
    learnt = np.minimum((weeks - 1) / learning, 1)
    return np.r_[1.0, 1 + extra - (1 + extra - follow_up) * learnt]


def _courses(suppose: Assumptions) -> dict[str, np.ndarray]:
    """``_still`` for the likely suppositions, and for the best and the worst of them all."""
    ranges = [getattr(suppose, name) for name in _RANGES]
    return {end: _still(suppose, *(getattr(each, end) for each in ranges)) for end in Range._fields}


def _curve(held: Freed, suppose: Assumptions) -> pd.DataFrame:
    courses = _courses(suppose)
    with np.errstate(invalid="ignore"):
        corners = [
            np.where(courses[end] == 1, 0.0, hours * (courses[end] - 1))
            for hours, end in product((held.low, held.high), ("low", "high"))
        ]
    curve = {
        "value": held.value * (courses["value"] - 1),
        "low": np.min(corners, axis=0),
        "high": np.max(corners, axis=0),
    }
    return pd.DataFrame({"week": np.arange(suppose.weeks + 1), **curve})


def _repaid(suppose: Assumptions) -> dict[str, int | None]:
    """The week in which the time put in has come back, whatever the hours; None beyond the weeks looked at."""
    spent = {end: np.cumsum(course[1:] - 1) for end, course in _courses(suppose).items()}
    return {end: int(np.argmax(each <= 0)) + 1 if (each <= 0).any() else None for end, each in spent.items()}


def _shares(week: Week, freed: Freed) -> pd.DataFrame:
    """The five missions in the week, percent: ``today`` (two totals may disagree), freed hours going to ``missions``,
    or the week getting ``shorter``. ``when``, ``low``, ``high``, NaN without F."""
    totals = [each for each in (week.total, week.parts) if each > 0]
    missions, (low, high) = week.missions, (freed.low, freed.high)
    share = {
        "today": [missions / total for total in totals],
        "missions": [(missions + min(hours, total - missions)) / total for total in totals for hours in (low, high)],
        "shorter": [missions / max(total - hours, missions, 1e-9) for total in totals for hours in (low, high)],
    }
    rows = [
        (when, 100 * min(each), 100 * max(each)) if each else (when, np.nan, np.nan) for when, each in share.items()
    ]
    return pd.DataFrame(rows, columns=["when", "low", "high"])


def _told(suppose: Assumptions) -> Mapping[str, float]:
    ranges = {f"{name}_{end}": value for name in _RANGES for end, value in getattr(suppose, name)._asdict().items()}
    return {"weeks": suppose.weeks, "estimate_error": suppose.estimate_error} | ranges
