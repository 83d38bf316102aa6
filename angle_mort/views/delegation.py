"""A leader's delegation plan: the tasks, what handing some over may free, what it costs first, and when."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from angle_mort.instrument import load_instrument
from angle_mort.results import DelegationPlan, Transfer
from angle_mort.text import day, number, t
from angle_mort.views import style
from angle_mort.views.view import View, of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROW, _FRAME, _CURVE = 0.62, 0.9, 3.2
_MOST_ROWS = 12


def priority_name(code: str) -> str:
    """One of the guide's four, with its place in their order."""
    facets = load_instrument().module("G").facets
    return next((f"{place}. {each.name}" for place, each in enumerate(facets, 1) if each.code == code), "")


def holder_name(code: float) -> str:
    """Who does a task today, in the words of the questionnaire."""
    return t("plan.unknown") if math.isnan(code) else load_instrument().module("G").items[0].format.choice(int(code)).fr


def plan_tasks(plan: DelegationPlan) -> View:
    """The tasks in the guide's order, what is kept last."""
    kept = plan.tasks[plan.tasks["only_me"]]
    reading = [t("plan.tasks.order"), t("plan.tasks.kept", n=len(kept)) if len(kept) else t("plan.tasks.nothing_kept")]
    known = plan.tasks[plan.tasks["holder"].notna() & ~plan.tasks["only_me"]]
    if len(known):
        reading.append(t("plan.tasks.no_longer", n=int((known["holder"] > 0).sum()), all=len(known)))
    return of(
        plan, "plan_tasks", reading=tuple(reading), alt="", table=_tasks(plan, _told), caption=t("plan.tasks.caption")
    )


def plan_workbook(plan: DelegationPlan) -> View:
    """``plan_tasks`` for a spreadsheet: hours are numbers, and nothing where they are unknown."""
    return replace(plan_tasks(plan), name="plan_workbook", table=_tasks(plan, lambda hours: hours))


def _told(hours: float) -> str:
    return t("plan.unknown") if math.isnan(hours) else number(hours)


def _tasks(plan: DelegationPlan, hours: Callable[[float], object]) -> pd.DataFrame:
    rows = [_task(row, hours(row.hours)) for row in plan.tasks.itertuples()]
    return pd.DataFrame(rows, columns=[t(f"plan.column.{each}") for each in _COLUMNS])


_COLUMNS = ("task", "priority", "hours", "holder", "who", "quarter")


def _task(row, hours: object) -> tuple[object, ...]:
    if row.only_me:
        return row.task, t("plan.kept"), hours, t("plan.kept_by"), "", ""
    return row.task, priority_name(row.priority), hours, holder_name(row.holder), row.who, row.quarter


# --------------------------------------------------------------------------------------------------- hours and share


def plan_hours(plan: DelegationPlan) -> View:
    """Hours before and after, task by task, and the share of leader time."""
    made = plan.transfer
    rows = made.tasks[made.tasks["before"].notna()].head(_MOST_ROWS)
    table = pd.DataFrame(
        {
            t("plan.column.task"): made.tasks["task"],
            t("plan.column.before"): [_spread(row, "before") for row in made.tasks.itertuples()],
            t("plan.column.after"): [_spread(row, "after") for row in made.tasks.itertuples()],
        }
    )
    told = [t("plan.pair", task=row.task, before=row.before, after=row.after) for row in rows.itertuples()]
    return of(
        plan,
        "plan_hours",
        reading=tuple(_freed(made)) if len(made.tasks) else (t("plan.hours.none"),),
        alt=t("plan.hours.alt", values=t("view.list_join").join(told)) if told else "",
        table=table if len(table) else pd.DataFrame(),
        caption=t("view.table"),
        draw=partial(_draw_hours, rows) if told else None,
    )


def _spread(row, name: str) -> str:
    value, low, high = (getattr(row, f"{name}{end}") for end in ("", "_low", "_high"))
    return t("plan.unknown") if math.isnan(value) else t("plan.spread", value=value, low=low, high=high)


def _freed(made: Transfer) -> Iterator[str]:
    freed = made.freed.iloc[0]
    n, bounded = len(made.tasks), math.isfinite(freed["high"])
    told = {"n": n, "value": freed["value"], "low": freed["low"], "high": freed["high"] if bounded else 0.0}
    yield t("plan.hours.freed" if bounded else "plan.hours.at_least", **told)
    if freed["unknown"]:
        yield t("plan.hours.unknown", n=int(freed["unknown"]))
    yield t("plan.hours.range")
    if made.room < 0:
        yield t("plan.hours.too_many", hours=-made.room)
    yield from _shares(made)


def _shares(made: Transfer) -> Iterator[str]:
    shares = made.shares.set_index("when")
    if shares["low"].isna().any():
        yield t("plan.share.unknown")
        return
    told = {when: _percent(row["low"], row["high"]) for when, row in shares.iterrows()}
    yield t("plan.share.told", **told)


def _percent(low: float, high: float) -> str:
    low, high = (number(each, 0) for each in (low, high))
    return t("plan.share.one", value=low) if low == high else t("plan.share.between", low=low, high=high)


def _draw_hours(rows: pd.DataFrame) -> Figure:
    figure, (axes,) = style.panels(_FRAME + _ROW * len(rows), 1)
    most = max(1.0, rows["before_high"].max()) * 1.35
    axes.set(xlim=(0, most), ylim=(len(rows) - 0.35, -0.55), yticks=[])
    _hours_below(axes, t("plan.axis.hours"))
    for place, row in enumerate(rows.itertuples()):
        axes.text(0, place - 0.12, _short(row.task), ha="left", va="bottom", fontsize=style.TEXT)
        for name, down, colour, marker in (("before", 0.06, style.SECOND, "s"), ("after", 0.34, style.ACCENT, "o")):
            value, low, high = (getattr(row, f"{name}{end}") for end in ("", "_low", "_high"))
            axes.plot([low, high], [place + down] * 2, color=colour, lw=3.2, solid_capstyle="butt")
            axes.plot([value], [place + down], marker=marker, color=colour, ms=7.5, mec="white", mew=1.2)
            label = t(f"plan.hours.{name}", value=value)
            axes.text(high + 0.02 * most, place + down, label, va="center", fontsize=style.TEXT - 1, color=colour)
    return figure


def _hours_below(axes: Axes, label: str) -> None:
    axes.xaxis.set_major_locator(_whole_hours())
    axes.set_xlabel(label, fontsize=style.TEXT, color=style.MUTED)
    axes.tick_params(axis="x", labelsize=style.TEXT - 1, length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def _short(task: str) -> str:
    return task if len(task) <= 48 else task[:47] + "\u2026"


def _whole_hours():
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(6, integer=True)


# -------------------------------------------------------------------------------------------------------- the curve


def plan_curve(plan: DelegationPlan) -> View:
    """The leader's hours week by week, should all chosen tasks be handed over at once: first more, then fewer."""
    made = plan.transfer
    shown = bool(len(made.tasks)) and bool((made.curve["value"] != 0).any() or math.isfinite(made.curve["high"].max()))
    base = 0.0 if math.isnan(made.total) else made.total
    weeks = made.curve[made.curve["week"].isin((0, 1, 4, 8, 13, 26)) & shown]
    table = pd.DataFrame(
        {
            t("plan.column.week"): [number(week, 0) for week in weeks["week"]],
            t("plan.column.change"): [_signed(each) for each in weeks["value"]],
            t("plan.column.from_to"): [
                t("view.interval", low=_signed(row.low), high=_signed(row.high)) for row in weeks.itertuples()
            ],
        }
    )
    first, last = made.curve.iloc[1], made.curve.iloc[-1]
    return of(
        plan,
        "plan_curve",
        reading=(*(_course(made) if shown else [t("plan.hours.none")]), *_suppositions(made)),
        alt=t("plan.curve.alt", first=_signed(first["value"]), last=_signed(last["value"])) if shown else "",
        table=table if shown else pd.DataFrame(),
        caption=t("view.table"),
        draw=partial(_draw_curve, made.curve, base) if shown else None,
    )


def _signed(hours: float) -> str:
    if not math.isfinite(hours):
        return t("plan.unbounded")
    return ("+" if round(hours, 1) > 0 else "") + number(hours)


def _course(made: Transfer) -> Iterator[str]:
    first = made.curve.iloc[1]
    told = {name: _signed(first[name]) for name in ("value", "low", "high")}
    yield t("plan.curve.loss", **told)
    weeks = {
        name: week or t("plan.curve.later", weeks=int(made.curve["week"].iloc[-1]))
        for name, week in made.repaid.items()
    }
    yield t("plan.curve.repaid", **weeks)


def _suppositions(made: Transfer) -> Iterator[str]:
    """What was supposed, each with its range, and whose word it is."""
    yield t("plan.suppose.head")
    yield t("plan.suppose.estimate", error=round(100 * made.suppositions["estimate_error"]))
    for name, scale in (("extra_time", 100), ("learning_weeks", 1), ("follow_up", 100)):
        told = {end: round(scale * made.suppositions[f"{name}_{end}"]) for end in ("value", "low", "high")}
        yield t(f"plan.suppose.{name}", **told)
    yield t("plan.suppose.source")


def _draw_curve(curve: pd.DataFrame, base: float) -> Figure:
    figure, (axes,) = style.panels(_CURVE, 1)
    weeks, hours = curve["week"], base + curve["value"]
    if math.isfinite(curve["high"].max()) and math.isfinite(curve["low"].min()):
        axes.fill_between(weeks, base + curve["low"], base + curve["high"], color=style.ACCENT, alpha=0.18, lw=0)
    axes.axhline(base, color=style.MUTED, lw=1, ls="--")
    axes.plot(weeks, hours, color=style.ACCENT, lw=2.4)
    _label_curve(axes, base, hours)
    axes.set_xlabel(t("plan.axis.week"), fontsize=style.TEXT, color=style.MUTED)
    axes.set(xlim=(0, weeks.iloc[-1]), xticks=range(0, int(weeks.iloc[-1]) + 1, 4))
    axes.tick_params(labelsize=style.TEXT - 1, length=0)
    axes.yaxis.set_major_locator(_whole_hours())
    axes.yaxis.set_major_formatter(lambda value, _: number(value, 0))
    axes.grid(axis="y", color=style.GRID)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    return figure


def _label_curve(axes: Axes, base: float, hours: pd.Series) -> None:
    today = t("plan.curve.today", hours=base) if base else t("plan.curve.as_today")
    axes.set_title(t("plan.axis.total" if base else "plan.axis.change"), fontsize=style.TEXT, loc="left")
    for place, height, words, colour, side in (
        (len(hours) - 1.2, base, today, style.MUTED, "bottom"),
        (len(hours) - 1.2, hours.iloc[-1], t("plan.curve.end", hours=hours.iloc[-1]), style.ACCENT, "top"),
    ):
        lift = {"xytext": (0, 3 if side == "bottom" else -4), "textcoords": "offset points"}
        axes.annotate(words, (place, height), **lift, ha="right", va=side, fontsize=style.TEXT - 1, color=colour)


# ------------------------------------------------------------------------------------------------------ the calendar


def plan_calendar(plan: DelegationPlan) -> View:
    """The hand-overs quarter by quarter, and what all those up to each free in the end."""
    rows = [
        (t("plan.quarter", quarter=row.quarter, day=day(row.starts)), t("plan.task_join").join(row.tasks), _so_far(row))
        for row in plan.calendar.itertuples()
    ]
    columns = [t(f"plan.column.{each}") for each in ("quarter", "tasks", "so_far")]
    table = pd.DataFrame(rows, columns=columns) if rows else pd.DataFrame()
    reading = t("plan.calendar.reading") if rows else t("plan.calendar.none")
    return of(plan, "plan_calendar", reading=(reading,), alt="", table=table, caption=t("plan.calendar.caption"))


def _so_far(row) -> str:
    if not math.isfinite(row.high):
        return t("plan.from", low=row.low)
    return t("plan.spread", value=row.value, low=row.low, high=row.high)
