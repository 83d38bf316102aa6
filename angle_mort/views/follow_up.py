"""What several waves say: for the coach, leader by leader and with names; for a page, those who answered both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from angle_mort.errors import AngleMortError, problem
from angle_mort.instrument import Instrument, load_instrument
from angle_mort.results import FollowUp, FollowUpSummary
from angle_mort.text import number, t
from angle_mort.views import style
from angle_mort.views.dots import Dot, draw_dots, put_words
from angle_mort.views.view import View, of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ORDER = ("IDO", "D1", "E", "A", "B", "C", "D3")
_INDEPENDENT = ("A", "B", "C", "D1", "D3", "E")
"""The measures that share no answer: the index is made of two of them."""

_RENAMED = ("D1", "D3")
"""Scales whose name is a sentence that says already which way they go."""

_MORE_MISSING, _CROOKED, _PLANNED = 0.10, 0.05, 8


# ------------------------------------------------------------------------------------------------------ for the coach


def followed_attendance(reading: FollowUp) -> View:
    """Who answered each wave, who can be followed, and whether those who did not come back were like the others."""
    own = reading.attendance
    names = {form.code: form.name for form in load_instrument().forms}
    table = _table(
        "follow.column",
        wave=own["wave"],
        form=own["form"].map(names),
        n=own["n"],
        again=own["again"],
        missing=own["missing"].map(_percent),
    )
    lines = [t("follow.attendance.reading", n=reading.paired, first=reading.waves[0], last=reading.waves[-1])]
    aside = {what: int(own[what].sum()) for what in ("unknown", "several")}
    lines += [t(f"follow.attendance.{what}", people=people) for what, people in aside.items() if people]
    if own["missing"].iloc[-1] - own["missing"].iloc[0] > _MORE_MISSING:
        before, after = (_percent(own["missing"].iloc[place]) for place in (0, -1))
        lines.append(t("follow.attendance.missing", before=before, after=after))
    lines.append(_lost(reading))
    return _view(reading, "followed_attendance", lines, table)


def _lost(reading: FollowUp) -> str:
    own = reading.lost[reading.lost["scale"] == reading.headline] if len(reading.lost) else reading.lost
    if own.empty:
        return t("follow.attendance.lost_few")
    row = own.iloc[0]
    apart = "apart" if row["low"] > 0 or row["high"] < 0 else "alike"
    return t(f"follow.attendance.lost_{apart}", people=int(row["n"]), points=_signed(row["difference"]), **_span(row))


def followed_plan(reading: FollowUp) -> View:
    """How many people it takes to see a change, said before looking at it."""
    own = reading.needed
    table = _table("follow.column", difference=own["difference"], alone=own["alone"], each=own["each"])
    seen = own[own["alone"] <= reading.paired]["difference"]
    index = _label(load_instrument(), reading.headline)
    lines = [t("follow.plan.reading", n=reading.paired, sd=round(float(own["sd"].iloc[0])), index=index)]
    lines.append(t("follow.plan.seen", points=int(seen.min())) if len(seen) else t("follow.plan.unseen"))
    return _view(reading, "followed_plan", lines, table)


def followed_people(reading: FollowUp) -> View:
    """One line per leader: the index, what really changed, and the two weeks."""
    instrument = load_instrument()
    paths = {person: _path(own) for person, own in reading.facts.groupby("person")}
    changes = {person: own.set_index("scale") for person, own in reading.changes.groupby("person")}
    told = [
        (
            row.label,
            *_headline(changes[row.person], reading),
            *_real(changes[row.person], instrument),
            paths[row.person],
        )
        for row in reading.people.itertuples()
    ]
    columns = ("leader", "between", "index", "fell", "rose", "weeks")
    table = pd.DataFrame(told, columns=[t(f"follow.column.{name}") for name in columns])
    by_chance = 1 - reading.level ** len(_INDEPENDENT)
    lines = [t("follow.people.reading", n=len(told)), t("follow.people.chance", chance=_percent(by_chance))]
    return _view(reading, "followed_people", lines, table)


def _headline(changes: pd.DataFrame, reading: FollowUp) -> tuple[str, str]:
    row = changes.loc[reading.headline]
    between = t("follow.between", first=row["first"], last=row["last"])
    return between, _moved(row)


def _moved(row: pd.Series) -> str:
    told = t(f"follow.direction.{row['direction']}")
    if row["direction"] == "unknown":
        return told
    return t("follow.moved", before=number(row["before"], 0), after=number(row["after"], 0), told=told)


def _real(changes: pd.DataFrame, instrument: Instrument) -> Iterator[str]:
    """What got better beyond its threshold, and what got worse."""
    own = changes.reindex([scale for scale in _INDEPENDENT if scale in changes.index])
    for direction in ("better", "worse"):
        told = [_label(instrument, scale) for scale in own.index[own["direction"] == direction]]
        yield t("view.list_join").join(told) or t("view.nothing")


def _path(facts: pd.DataFrame) -> str:
    """The scenario, wave by wave: 1 → 2 → 3."""
    return t("follow.arrow").join(t("view.nothing") if pd.isna(each) else str(int(each)) for each in facts["J"])


def followed_leader(reading: FollowUp, leader: str = "") -> View:
    """One leader: each measure before and after, the change that margins alone could make, and the slope.

    ``leader``: a name of the table of leaders; the first one without it. Raises AM644 for one who is not in it.
    """
    person, label = _person(reading, leader)
    instrument = load_instrument()
    own = reading.changes[reading.changes["person"] == person].set_index("scale")
    own = own.loc[[scale for scale in _ORDER if scale in own.index]]
    slopes = reading.slopes[reading.slopes["person"] == person].set_index("scale").reindex(own.index)
    rows = _turned(own.assign(label=[_label(instrument, scale) for scale in own.index]).reset_index())
    rows["shown"] = [t(f"follow.direction.{each}") for each in rows["direction"]]
    turns = own.index.map(lambda scale: -1 if _is_turned(instrument, scale) else 1)
    table = _table(
        "follow.column",
        label=rows["label"],
        before=rows["before"].map(_whole),
        after=rows["after"].map(_whole),
        threshold=rows["threshold"].map(_whole),
        real=rows["shown"],
        slope=[_slope(row, turn, reading.unit) for row, turn in zip(slopes.itertuples(), turns, strict=True)],
    )
    first, last = own["first"].iloc[0], own["last"].iloc[0]
    lines = [t("follow.leader.reading", first=first, last=last, level=round(reading.level * 100)), *_strain(own)]
    drawn = rows.dropna(subset=["before", "after", "threshold"])
    values = [t("view.list_item", label=row.label, value=row.shown) for row in drawn.itertuples()]
    alt = t("follow.leader.alt", label=label, values=t("view.list_join").join(values))
    return _view(reading, "followed_leader", lines, table, title=label, alt=alt, draw=partial(_draw, drawn))


def _strain(own: pd.DataFrame) -> Iterator[str]:
    """Fatigue that rose for good asks for a person to talk to, not for a measure."""
    if "D3" in own.index and own.loc["D3", "direction"] == "worse":
        yield t("follow.leader.strain")


def _slope(row, turn: int, unit: str) -> str:
    if pd.isna(row.slope):
        return t("view.nothing")
    low, high = sorted((turn * row.low, turn * row.high))
    told = t(f"follow.slope.{unit}", slope=_signed(turn * row.slope), low=_signed(low), high=_signed(high))
    return told + (t("follow.slope.crooked") if row.p_line < _CROOKED else "")


def followed_gains(reading: FollowUp, leader: str = "") -> View:
    """One leader's facts, wave by wave: the two weeks, the four gains, tasks handed over, the place now and wanted."""
    person, label = _person(reading, leader)
    instrument = load_instrument()
    facts = reading.facts[reading.facts["person"] == person].set_index("wave")
    wanted = _wanted(facts)
    rows = [(t("follow.gains.weeks"), *(_choice(instrument, "j101", each) for each in facts["J"]))]
    for item in ("k101", "k102", "k103", "k104"):
        mark = t("follow.gains.wanted") if item == wanted else ""
        rows.append((instrument.items[item].fr + mark, *(_whole(each) for each in facts[item])))
    rows.append((t("follow.gains.tasks"), *(_percent(each / 100) for each in facts["handed"])))
    rows += [(instrument.items[item].fr, *(_whole(each) for each in facts[item])) for item in ("l101", "l102")]
    table = pd.DataFrame(rows, columns=[t("follow.column.fact"), *facts.index])
    lines = [*_gains_read(facts, wanted, instrument), t("follow.gains.never_summed")]
    return _view(reading, "followed_gains", lines, table, title=label)


def _wanted(facts: pd.DataFrame) -> str:
    """The item of the gain that the leader wanted first, when they said so first."""
    said = facts["k105"].dropna()
    return f"k10{int(said.iloc[0]) + 1}" if len(said) else ""


def _gains_read(facts: pd.DataFrame, wanted: str, instrument: Instrument) -> Iterator[str]:
    weeks = facts["J"].dropna()
    if len(weeks) > 1:
        moved = "up" if weeks.iloc[-1] > weeks.iloc[0] else "down" if weeks.iloc[-1] < weeks.iloc[0] else "same"
        yield t(f"follow.gains.moved.{moved}", before=int(weeks.iloc[0]), after=int(weeks.iloc[-1]))
    if wanted and facts[wanted].notna().sum() > 1:
        known = facts[wanted].dropna()
        name = _choice(instrument, "k105", int(wanted[-1]) - 1)
        yield t("follow.gains.first", name=name, before=_whole(known.iloc[0]), after=_whole(known.iloc[-1]))
    place, target = facts["l101"].dropna(), facts["l102"].dropna()
    if len(place) > 1 and len(target):
        told = [_whole(each) for each in (place.iloc[0], target.iloc[0], place.iloc[-1])]
        yield t("follow.gains.place", today=told[0], target=told[1], after=told[2])
    if facts["from_plan"].any():
        yield t("follow.gains.from_plan")
    elif facts["handed"].notna().sum() < 2:
        yield t("follow.gains.no_tasks")


def followed_group(reading: FollowUp) -> View:
    """How many really progressed, stood still, fell back, or cannot be told, of those who answered both ends."""
    instrument = load_instrument()
    own = reading.group.set_index("scale").reindex([*_ORDER, "J"]).dropna().astype(int)
    labels = [t("follow.gains.weeks") if scale == "J" else _label(instrument, scale) for scale in own.index]
    table = _table("follow.column", label=labels, **{each: own[each].to_numpy() for each in own})
    head = own.loc[reading.headline].to_dict()
    chance = (1 - reading.level) / 2 * reading.paired
    told = {"n": reading.paired, "first": reading.waves[0], "last": reading.waves[-1]}
    lines = [t("follow.group.reading", **told, **head)]
    lines.append(t("follow.group.chance", chance=number(chance), n=reading.paired))
    lines += [t("follow.group.weeks", path=_paths(reading))] if len(reading.transitions) else []
    return _view(reading, "followed_group", [*lines, t("follow.group.private")], table)


def _paths(reading: FollowUp) -> str:
    rows = [(int(row.before), int(row.after), int(row.n)) for row in reading.transitions.itertuples()]
    told = [t("follow.path", before=before, after=after, people=people) for before, after, people in rows]
    return t("view.list_join").join(told)


def followed_effect(reading: FollowUp) -> View:
    """Before and after on the group, what picking people could explain, and the waiting list when there is one."""
    instrument = load_instrument()
    own = reading.effect.set_index("scale").reindex(list(_ORDER)).dropna(subset=["mean"])
    waiting = reading.waiting.set_index("scale").reindex(own.index)
    turned = own.index.map(lambda scale: _is_turned(instrument, scale))
    table = _table(
        "follow.column",
        label=[_label(instrument, scale) for scale in own.index],
        people=own["n"].astype(int),
        start=own["before"].where(~turned, 100 - own["before"]).map(number),
        change=_changes(own["mean"], own, turned),
        regression=own["regression"].map(_signed),
        waiting=_changes(waiting["difference"], waiting, turned),
    )
    return _view(reading, "followed_effect", [*_effect_read(reading, own)], table)


def _effect_read(reading: FollowUp, own: pd.DataFrame) -> Iterator[str]:
    row = own.loc[reading.headline]
    told = {"index": _label(load_instrument(), reading.headline), "change": _signed(row["mean"]), **_span(row)}
    yield t("follow.effect.reading", **told, level=round(reading.level * 100))
    needed = reading.needed.set_index("difference")["alone"]
    if reading.paired < needed[_PLANNED]:
        yield t("follow.effect.small", n=reading.paired, needed=int(needed[_PLANNED]), points=_PLANNED)
    yield t("follow.effect.regression")
    if own["regression"].isna().all():
        yield t("follow.effect.no_norms")
    elif pd.isna(row["regression"]):
        yield t("follow.effect.no_index")
    if reading.waiting.empty:
        yield t("follow.effect.no_waiting")
    else:
        row = reading.waiting.set_index("scale").loc[reading.headline]
        told = {"name": reading.waiting_name, "change": _signed(row["difference"]), **_span(row)}
        yield t("follow.effect.waiting", **told)


# --------------------------------------------------------------------------------------------------------- for a page


def group_change(summary: FollowUpSummary) -> View:
    """Group means before and after, of those who answered both, with the margin of the change."""
    instrument = load_instrument()
    own = summary.means.set_index("scale").reindex(list(_ORDER)).dropna(subset=["change"])
    turned = own.index.map(lambda scale: _is_turned(instrument, scale))
    changes = _changes(own["change"], own, turned)
    rows = own.assign(
        label=[_label(instrument, scale) for scale in own.index], threshold=(own["high"] - own["low"]) / 2
    )
    rows["direction"] = (rows["change"].abs() > rows["threshold"]).map({True: "changed", False: "none"})
    rows["shown"] = [_signed(-change if turn else change) for change, turn in zip(own["change"], turned, strict=True)]
    rows = _turned(rows.reset_index())
    table = _table(
        "follow.column",
        label=rows["label"],
        before=rows["before"].map(number),
        after=rows["after"].map(number),
        change=changes,
        people=rows["people"],
    )
    lines = [
        t("follow.shared.who", n=summary.n, first=summary.waves[0], last=summary.waves[1]),
        t("follow.shared.margin", level=round(summary.level * 100)),
        t("follow.shared.regression"),
    ]
    values = [t("view.list_item", label=row.label, value=row.shown) for row in rows.itertuples()]
    alt = t("follow.shared.alt", values=t("view.list_join").join(values))
    draw = partial(_draw, rows) if len(rows) else None
    return _view(summary, "group_change", lines, table, alt=alt, draw=draw)


def group_progress(summary: FollowUpSummary) -> View:
    """How many progressed beyond their margin, in groups of the minimum size at least."""
    rows = [(t(f"follow.shared.{row.figure}"), _merged(row.category), row.shown) for row in summary.counts.itertuples()]
    table = pd.DataFrame(rows, columns=[t(f"follow.column.{name}") for name in ("figure", "category", "leaders")])
    told = {"chance": _percent(summary.chance), "minimum": summary.minimum}
    lines = [t("follow.shared.progress" if rows else "follow.shared.no_progress", **told)]
    return _view(summary, "group_progress", lines, table)


def _merged(category: str) -> str:
    return t("view.or").join(t(f"follow.direction.{each}") for each in category.split("+"))


# ------------------------------------------------------------------------------------------------------------- parts


def _view(summary, name: str, lines: Sequence[str], table: pd.DataFrame, **parts: object) -> View:
    told = {"alt": "", "caption": t(f"follow.caption.{name}")} | parts
    return of(summary, name, reading=tuple(lines), table=table, **told)


def _table(prefix: str, **columns: object) -> pd.DataFrame:
    return pd.DataFrame({t(f"{prefix}.{key}"): list(values) for key, values in columns.items()})


def _person(reading: FollowUp, leader: str) -> tuple[int, str]:
    people = reading.people if not leader else reading.people[reading.people["label"] == leader.strip()]
    if people.empty:
        raise AngleMortError(problem("AM644", cohort=reading.name))
    return int(people["person"].iloc[0]), str(people["label"].iloc[0])


def _label(instrument: Instrument, scale: str) -> str:
    if _is_turned(instrument, scale):
        return t(f"view.turned.{scale}")
    if scale in _RENAMED:
        return t(f"follow.measure.{scale}")
    indices = instrument.scoring["indices"]
    return indices[scale]["name"]["fr"] if scale in indices else instrument.module(scale).name


def _is_turned(instrument: Instrument, scale: str) -> bool:
    return scale in instrument.scoring["bands"]["reversed"]


def _turned(rows: pd.DataFrame) -> pd.DataFrame:
    """A scale read in reverse is turned: high is always blockage."""
    turned = rows["scale"].isin(load_instrument().scoring["bands"]["reversed"])
    return rows.assign(**{side: rows[side].where(~turned, 100 - rows[side]) for side in ("before", "after")})


def _choice(instrument: Instrument, item: str, code: float) -> str:
    return t("view.nothing") if pd.isna(code) else instrument.items[item].format.choice(int(code)).fr


def _whole(value: float) -> str:
    return t("view.nothing") if pd.isna(value) else number(value, 0)


def _percent(share: float) -> str:
    return t("view.nothing") if pd.isna(share) else t("view.percent", value=number(100 * share, 0))


def _signed(value: float) -> str:
    if pd.isna(value):
        return t("view.nothing")
    return ("+" if round(float(value), 1) > 0 else "") + number(value)


def _span(row) -> dict[str, str]:
    return {"low": _signed(row["low"]), "high": _signed(row["high"])}


def _changes(changes: pd.Series, edges: pd.DataFrame, turned: pd.Index) -> list[str]:
    """Each change with its interval, as blockage: that of a scale read in reverse has the other sign."""
    rows = zip(changes, edges["low"], edges["high"], turned, strict=True)
    return [_interval(*((-change, -high, -low) if turn else (change, low, high))) for change, low, high, turn in rows]


def _interval(change: float, low: float, high: float) -> str:
    if pd.isna(change):
        return t("view.nothing")
    return t("follow.change", change=_signed(change), low=_signed(low), high=_signed(high))


@dataclass(frozen=True)
class _Change(Dot):
    """From ``before`` to ``mean``; ``around`` is what margins alone could make of the first."""

    before: float = 0.0
    around: tuple[float, float] = (0.0, 0.0)
    moved: bool = False


def _draw(rows: pd.DataFrame) -> Figure:
    """From before (a ring) to after (a dot); the bar is what margins alone could make of the first."""
    changes = [_change(row, bold=place == 0) for place, row in enumerate(rows.itertuples())]
    return draw_dots([("", changes)], t("view.axis.blockage"), put=_put_change)


def _change(row, bold: bool) -> _Change:
    low, high = max(0.0, row.before - row.threshold), min(100.0, row.before + row.threshold)
    edges = min(low, row.after), max(high, row.after)
    moved = row.direction != "none"
    return _Change(row.label, row.after, *edges, row.shown, bold, before=row.before, around=(low, high), moved=moved)


def _put_change(axes: Axes, row: float, change: _Change, colour: str) -> None:
    colour = colour if change.moved else style.MUTED
    axes.plot(change.around, [row] * 2, color=style.GRID, lw=9, solid_capstyle="butt", zorder=1)
    axes.plot([change.before, change.mean], [row] * 2, color=colour, lw=1.6, zorder=2)
    ends = ((change.before, "white", colour), (change.mean, colour, "white"))
    for order, (place, inside, edge) in enumerate(ends, 3):
        axes.plot([place], [row], "o", color=inside, mec=edge, mew=1.4, ms=7, zorder=order, clip_on=False)
    put_words(axes, row, change, colour)
