"""Pictures made of rows: who stands where, a split by a characteristic, the scenario, the areas, the prototypes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from angle_mort.explorer.people import BANDS, Measure, People
from angle_mort.explorer.picture import (
    BINS,
    DOTS,
    ROWS,
    Parts,
    Picture,
    counted,
    dot,
    group_mark,
    margin,
    mean_mark,
    points,
    rect,
    row_axis,
    spread_out,
    zones,
)
from angle_mort.scores.crosschecks import DIFFERENT
from angle_mort.text import number, t
from angle_mort.views.words import chance, listed

_WHOLE, _OWN = 0.05, 0.33  # where the group and the chosen leader stand in the row of an area
_FEWEST = 5
"""A group of fewer leaders has no mean."""


def standing(people: People, scale: str, leader: str) -> Picture:
    """Who stands where on one scale: a row per leader, or, of many, how many stand where."""
    measure = people.measures[scale]
    told = _ordered if len(people) <= ROWS else _distribution
    return told(people, measure, leader)


def _ordered(people: People, measure: Measure, leader: str) -> Picture:
    order = measure.known[np.argsort(-measure.value[measure.known], kind="stable")]
    marks, table = [], []
    for row, place in enumerate(order.tolist()):
        shown, band = measure.shown(place), BANDS[measure.band[place]]
        name = t("explorer.mark", leader=people.names[place], value=shown, band=band)
        marks.append(dot(people, place, name, measure.value[place], row) | margin(measure, place) | {"text": shown})
        table.append([people.ids[place], shown, band])
    return Picture(
        title=measure.label,
        reading=[t("explorer.standing.how"), _tally(measure), *_unknown(people, measure)],
        alt=t("explorer.standing.alt", label=measure.label, n=len(order), values=_tally(measure)),
        x=points(t("view.axis.blockage")),
        y=row_axis(people.names[place] for place in order.tolist()),
        rows=len(order),
        zones=zones(people),
        marks=marks,
        columns=[t("explorer.column.leader"), measure.label, t("view.column.band")],
        table=table,
    )


def _distribution(people: People, measure: Measure, leader: str) -> Picture:
    dots = len(people) <= DOTS
    marks, bars = (_piled(people, measure, leader), []) if dots else ([], _bars(measure))
    top = max([1, *(mark["y"] for mark in marks), *(bar["y1"] for bar in bars)])
    return Picture(
        title=measure.label,
        reading=[
            t("explorer.standing.dots" if dots else "explorer.standing.many"),
            _tally(measure),
            *_unknown(people, measure),
        ],
        alt=t("explorer.standing.alt", label=measure.label, n=len(measure.known), values=_tally(measure)),
        x=points(t("view.axis.blockage")),
        y={"span": [0, top * 1.12], "ticks": [[0, "0"], [top, number(top, 0)]], "label": t("explorer.axis.count")},
        zones=zones(people),
        rects=bars,
        marks=marks if dots else _own(people, measure, leader, top * 1.06),
        columns=[t("view.column.band"), t("view.column.leaders")],
        table=[[name, number(n, 0)] for name, n in _tallied(measure)],
    )


def _bars(measure: Measure) -> list[dict]:
    counts, _ = np.histogram(measure.value[measure.known], BINS)
    return [
        rect(left, left + 5, 0, n, 1, t("explorer.bin", low=left, high=left + 5, n=n))
        for left, n in zip(BINS[:-1].tolist(), counts.tolist(), strict=True)
        if n
    ]


def _piled(people: People, measure: Measure, leader: str) -> list[dict]:
    """A dot per leader at its value, the first one of each point at 1, the others above."""
    order = measure.known[np.argsort(measure.value[measure.known], kind="stable")]
    point = np.floor(measure.value[order])
    heights = np.arange(len(order)) - np.searchsorted(point, point) + 1
    told = zip(order.tolist(), heights.tolist(), strict=True)
    return [_strip_dot(people, measure, place, height, leader) for place, height in told]


def _own(people: People, measure: Measure, leader: str, y: float) -> list[dict]:
    """The mark of the chosen leader in a picture that shows no other."""
    place = people.place.get(leader)
    if place is None or np.isnan(measure.value[place]):
        return []
    shown = measure.shown(place)
    name = t("explorer.mark", leader=people.names[place], value=shown, band=BANDS[measure.band[place]])
    return [dot(people, place, name, measure.value[place], y) | margin(measure, place) | {"text": shown}]


def _tallied(measure: Measure) -> list[tuple[str, int]]:
    counts = np.bincount(measure.band[measure.known] + 1, minlength=len(BANDS) + 1)[1:].tolist()
    return [(name, n) for name, n in zip(BANDS, counts, strict=True) if n][::-1]


def _tally(measure: Measure) -> str:
    return t("explorer.tally_join").join(t("explorer.tally", label=name, n=n) for name, n in _tallied(measure))


def _unknown(people: People, measure: Measure) -> list[str]:
    missing = len(people) - len(measure.known)
    return [t("explorer.missing", n=missing)] if missing else []


# ------------------------------------------------------------------------------------------ split, scenario


def split(people: People, scale: str, characteristic: str, leader: str) -> Picture:
    """One scale, a strip per answer to a question of context."""
    measure, answers = people.measures[scale], people.characteristics.get(characteristic)
    asked = people.instrument.items[characteristic].fr if characteristic else ""
    names = sorted(set(answers.tolist())) if answers is not None else []
    parts = Parts()
    for name in names:
        _strip(parts, people, measure, np.flatnonzero(answers == name), name, leader)
    reading = [t("explorer.split.how"), t("explorer.split.chance")] if names else [t("explorer.split.none")]
    title = t("explorer.split.title", label=measure.label, asked=asked) if names else measure.label
    return _strips(people, measure, parts, title, reading)


def scenario(people: People, leader: str) -> Picture:
    """What leaders expect of two weeks away, against the index: the line shows what each answer lets expect."""
    measure, format_ = people.measures["IDO"], people.instrument.items["j101"].format
    expected = people.instrument.scoring["cross_checks"]["checks"]["J_IDO"]["intervals"]
    parts, lines = Parts(), []
    for choice in format_.choices:
        lines.append([*expected[choice.code], len(parts.ticks)])
        _strip(parts, people, measure, np.flatnonzero(people.scenario == choice.code), choice.fr, leader)
    *_, told = people.checks["J_IDO"]
    reading = [t("explorer.scenario.how"), t("explorer.scenario.apart", n=int((told == DIFFERENT).sum()))]
    lines = [{"x0": low, "x1": high, "y0": row + 0.46, "y1": row + 0.46} for low, high, row in lines]
    return _strips(people, measure, parts, t("explorer.view.scenario"), reading, lines)


def _strip(parts: Parts, people: People, measure: Measure, members: NDArray, name: str, leader: str) -> None:
    """One more row: dots where everybody has one, else a strip of counts; and the mean where enough are known."""
    row, known = len(parts.ticks), members[~np.isnan(measure.value[members])]
    parts.ticks.append(t("explorer.strip", label=name, n=len(known)))
    if len(people) <= DOTS:
        shifts = row + spread_out(measure.value[known])
        parts.marks += [_strip_dot(people, measure, *each, leader) for each in zip(known.tolist(), shifts, strict=True)]
    else:
        parts.rects += counted(measure.value[known], row)
        parts.marks += _own(people, measure, leader if people.place.get(leader) in set(known.tolist()) else "", row)
    mean = group_mark(measure, known, row + 0.32) if len(known) >= _FEWEST else None
    parts.marks += [mean] if mean else []
    parts.table.append([name, str(len(known)), mean["text"] if mean else t("explorer.few", limit=_FEWEST)])


def _strip_dot(people: People, measure: Measure, place: int, y: float, leader: str) -> dict:
    name = t("explorer.mark", leader=people.names[place], value=measure.shown(place), band=BANDS[measure.band[place]])
    chosen = people.ids[place] == leader
    return dot(people, place, name, measure.value[place], y) | (margin(measure, place) if chosen else {})


def _strips(people: People, measure: Measure, parts: Parts, title: str, reading: list[str], lines=()) -> Picture:
    values = listed(t("explorer.means", label=row[0], n=row[1], value=row[2]) for row in parts.table)
    return Picture(
        title=title,
        reading=reading,
        alt=t("explorer.strips.alt", label=measure.label, values=values),
        x=points(t("explorer.axis.measure", label=measure.label)),
        y=row_axis(parts.ticks, 86, above=True),
        rows=len(parts.ticks),
        zones=zones(people),
        rects=parts.rects,
        lines=lines,
        marks=parts.marks,
        columns=[t("explorer.column.group"), t("view.column.leaders"), t("view.column.mean")],
        table=parts.table,
    )


# -------------------------------------------------------------------------------------------------- areas


def areas(people: People, leader: str) -> Picture:
    """The five areas twice, as carried and as taken over, in two blocks since they have no unit in common."""
    parts = Parts()
    _area_block(parts, t("explorer.areas.felt"))
    for name, mean, half in people.areas:
        _area_row(parts, name, None if np.isnan(mean) else mean_mark(mean, half, len(parts.ticks) + _WHOLE), [])
    if "C1" in people.facts:
        _fact_row(parts, people, people.facts["C1"], leader, t("explorer.areas.all"))
    _area_block(parts, t("explorer.areas.fact"))
    for facet in people.instrument.module("C0").facets:
        if facet.code in people.facts:
            _fact_row(parts, people, people.facts[facet.code], leader, facet.name)
    values = listed(t("view.list_item", label=row[0], value=row[1]) for row in parts.table if row[1])
    return Picture(
        title=t("explorer.view.areas"),
        reading=[t("explorer.areas.how"), t("explorer.areas.own" if leader else "explorer.choose")],
        alt=t("explorer.areas.alt", values=values),
        x=points(t("explorer.axis.points")),
        y=row_axis(parts.ticks, 52, above=True),
        rows=len(parts.ticks),
        marks=parts.marks,
        columns=[t("view.column.area"), t("explorer.column.whole"), t("explorer.column.leader")],
        table=parts.table,
    )


def _area_block(parts: Parts, heading: str) -> None:
    parts.ticks.append(heading)
    parts.table.append([heading, "", ""])


def _area_row(parts: Parts, name: str, mean: dict | None, own: list[dict]) -> None:
    parts.ticks.append(name)
    parts.marks += ([mean] if mean else []) + own
    parts.table.append([name, mean["text"] if mean else t("explorer.unknown"), own[0]["text"] if own else ""])


def _fact_row(parts: Parts, people: People, measure: Measure, leader: str, name: str) -> None:
    row = len(parts.ticks)
    mean = group_mark(measure, measure.known, row + _WHOLE) if len(measure.known) >= _FEWEST else None
    own = _own(people, measure, leader, row + _OWN)
    _area_row(parts, name, mean, own)


# --------------------------------------------------------------------------------------------- prototypes


def prototypes(people: People, leader: str) -> Picture:
    """How probable each declared position is: a row per leader, or, of many, how many resemble each."""
    told = _memberships if len(people) <= ROWS else _resembling
    return told(people, leader)


def _memberships(people: People, leader: str) -> Picture:
    names = [each.name for each in people.instrument.prototypes.prototypes]
    known = np.flatnonzero(people.resembles > -2)
    best = people.membership[known].argmax(axis=1)
    order = known[np.lexsort((-people.membership[known].max(axis=1), best))]
    parts = Parts()
    for row, place in enumerate(order.tolist()):
        shares = people.membership[place].tolist()
        shown = [t("explorer.almost") if each >= 0.995 else chance(each) for each in shares]
        parts.rects += [
            rect(column, column + 1, row - 0.5, row + 0.5, each, text=shown[column])
            for column, each in enumerate(shares)
            if each >= 0.005
        ]
        told = t("explorer.resembles.mark", leader=people.names[place], told=_resembles(people, place))
        whole_row = rect(0, len(names), row - 0.5, row + 0.5, 0, told) | {"id": people.ids[place]}
        parts.rects.append(whole_row)
        parts.table.append([people.ids[place], *shown, _resembles(people, place)])
    return Picture(
        title=t("explorer.view.prototypes"),
        reading=[t("explorer.prototypes.how"), t("explorer.prototypes.theory")],
        alt=t("explorer.prototypes.alt", values=_resembling_told(people)),
        x={"span": [0, len(names)], "ticks": [[k + 0.5, name] for k, name in enumerate(names)], "label": ""},
        y=row_axis(people.names[place] for place in order.tolist()),
        rows=len(order),
        rects=parts.rects,
        columns=[t("explorer.column.leader"), *names, t("explorer.column.resembles")],
        table=parts.table,
    )


def _resembles(people: People, place: int) -> str:
    """The position that may be named, or « between several »."""
    nearest = int(people.resembles[place])
    if nearest == -2:
        return t("explorer.unknown")
    return t("view.between") if nearest < 0 else people.instrument.prototypes.prototypes[nearest].name


def _resembling_tally(people: People) -> list[tuple[str, int]]:
    names = [each.name for each in people.instrument.prototypes.prototypes] + [t("view.between")]
    places = np.where(people.resembles == -1, len(names) - 1, people.resembles)
    return list(zip(names, np.bincount(places[places >= 0], minlength=len(names)).tolist(), strict=True))


def _resembling_told(people: People) -> str:
    told = [t("explorer.tally", label=name, n=n) for name, n in _resembling_tally(people)]
    return t("explorer.tally_join").join(told)


def _resembling(people: People, leader: str) -> Picture:
    tally = _resembling_tally(people)
    top = max(n for _, n in tally) or 1
    return Picture(
        title=t("explorer.view.prototypes"),
        reading=[t("explorer.prototypes.many"), t("explorer.prototypes.theory")],
        alt=t("explorer.prototypes.alt", values=_resembling_told(people)),
        x={"span": [0, top * 1.15], "ticks": [[0, "0"], [top, number(top, 0)]], "label": t("explorer.axis.count")},
        y=row_axis([name for name, _ in tally], 46, above=True),
        rows=len(tally),
        rects=[
            rect(0, n, row - 0.1, row + 0.35, 1, t("explorer.tally", label=name, n=n), number(n, 0))
            for row, (name, n) in enumerate(tally)
        ],
        columns=[t("explorer.column.resembles"), t("view.column.leaders")],
        table=[[name, number(n, 0)] for name, n in tally],
    )
