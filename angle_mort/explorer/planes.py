"""Pictures made of two scales: a block against another, or a consequence against a cause."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from angle_mort.explorer.people import Measure, People
from angle_mort.explorer.picture import BINS, DOTS, ROWS, Picture, dot, margin, points, rect, zones
from angle_mort.margins import half_width
from angle_mort.text import number, t

_FEWEST = 8


def plane(people: People, across: str, up: str, leader: str, caution: str) -> Picture:
    """Two scales against each other: dots with both margins, dots alone beyond 60 leaders, counted squares beyond 250.

    ``caution`` is the key of the sentence that says what may not be read into it.
    """
    x, y = people.measures[across], people.measures[up]
    known = np.flatnonzero(~np.isnan(x.value + y.value))
    many = len(people) > DOTS
    shown = known[[people.ids[place] == leader for place in known.tolist()]] if many else known
    marks = [_mark(people, x, y, place, len(people) <= ROWS, leader) for place in shown.tolist()]
    columns, table = _counted(people, x, y, known) if many else _listed(people, x, y, known)
    return Picture(
        title=t("explorer.plane.title", across=x.label, up=y.label),
        reading=[_linked(x.value[known], y.value[known], people.level), t(caution), *_missing(people, known)],
        alt=t("explorer.plane.alt", across=x.label, up=y.label, n=len(known)),
        x=points(x.label),
        y=points(y.label),
        zones=zones(people),
        rects=_squares(x.value[known], y.value[known]) if many else [],
        marks=marks,
        columns=columns,
        table=table,
    )


def _mark(people: People, x: Measure, y: Measure, place: int, margins: bool, leader: str) -> dict:
    told = {"leader": people.names[place], "x": x.shown(place), "y": y.shown(place)}
    name = t("explorer.plane.mark", across=x.label, up=y.label, **told)
    mark = dot(people, place, name, x.value[place], y.value[place])
    bars = margin(x, place) | margin(y, place, "y") if margins or people.ids[place] == leader else {}
    return mark | bars


def _squares(x: NDArray, y: NDArray) -> list[dict]:
    side = len(BINS) - 1
    i, j = (np.minimum(each // 5, side - 1).astype(int) for each in (x, y))
    counts = np.bincount(i * side + j)
    squares = [(*divmod(square, side), int(counts[square])) for square in np.flatnonzero(counts).tolist()]
    return [
        rect(5 * i, 5 * i + 5, 5 * j, 5 * j + 5, n / counts.max(), t("explorer.count", n=str(n))) for i, j, n in squares
    ]


def _listed(people: People, x: Measure, y: Measure, known: NDArray) -> tuple[list[str], list[list[str]]]:
    columns = [t("explorer.column.leader"), x.label, y.label]
    return columns, [[people.ids[place], x.shown(place), y.shown(place)] for place in known.tolist()]


def _counted(people: People, x: Measure, y: Measure, known: NDArray) -> tuple[list[str], list[list[str]]]:
    """How many stand in each pair of zones, by their values alone."""
    counts = np.zeros((3, 3), int)
    zone = [np.searchsorted(people.thresholds, each.value[known], side="right") for each in (x, y)]
    np.add.at(counts, (zone[1], zone[0]), 1)
    columns = [t("explorer.plane.corner", across=x.label, up=y.label), *people.zones]
    rows = [[name, *(number(n, 0) for n in row)] for name, row in zip(people.zones, counts.tolist(), strict=True)]
    return columns, rows[::-1]


def _linked(x: NDArray, y: NDArray, level: float) -> str:
    """The observed correlation with its interval (Fisher's z), where enough leaders and two spreads allow it."""
    if len(x) < _FEWEST or not (np.ptp(x) and np.ptp(y)):
        return t("explorer.plane.few", n=_FEWEST)
    r = float(np.clip(np.corrcoef(x, y)[0, 1], -0.999, 0.999))
    low, high = np.tanh(np.arctanh(r) + np.array([-1, 1]) * half_width(level) / np.sqrt(len(x) - 3))
    return t("explorer.plane.linked", r=number(r, 2), low=number(low, 2), high=number(high, 2), n=len(x))


def _missing(people: People, known: NDArray) -> list[str]:
    return [t("explorer.missing", n=len(people) - len(known))] if len(known) < len(people) else []
