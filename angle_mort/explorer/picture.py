"""What is painted: axes, zones, rectangles and marks in data units, with its sentences and its table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from angle_mort.explorer.people import Measure, People
from angle_mort.text import number, t

GROUP, LEADER = "group", "leader"
"""The tones of a mark: one leader among others, or a whole group."""

ROWS, DOTS = 60, 250
"""Up to how many leaders each has a row of its own, and a dot of its own; beyond, they are counted."""

POINTS = {"span": [0, 100], "ticks": [[each, str(each)] for each in range(0, 101, 20)]}
BINS = np.arange(0, 101, 5)


@dataclass(frozen=True)
class Picture:
    """One state of the screen.

    ``x`` and ``y`` are axes (``span``, ``ticks`` as place and word, ``label``, see ``row_axis``). ``rows`` is their
    number, 0 for a square. ``zones`` are [from, to, name] on x; ``rects``, ``lines`` and ``marks`` are dictionaries in
    data units. What has an ``id`` is a leader who can be chosen, and has a ``name`` for those who do not see it.
    ``columns`` and ``table`` say the same in words.
    """

    title: str
    reading: Sequence[str]
    alt: str
    x: dict
    y: dict
    columns: Sequence[str]
    table: Sequence[Sequence[str]]
    rows: int = 0
    zones: Sequence[list] = ()
    rects: Sequence[dict] = ()
    lines: Sequence[list] = ()
    marks: Sequence[dict] = ()

    def frame(self) -> pd.DataFrame:
        return pd.DataFrame(list(self.table), columns=list(self.columns))


@dataclass
class Parts:
    """The parts of a picture while its rows are added one by one."""

    ticks: list = field(default_factory=list)
    rects: list = field(default_factory=list)
    marks: list = field(default_factory=list)
    table: list = field(default_factory=list)


def zones(people: People) -> list[list]:
    """The three bands, each with its edges and its name."""
    edges = (0, *people.thresholds, 100)
    return [list(each) for each in zip(edges, edges[1:], people.zones, strict=False)]


def points(label: str) -> dict:
    """An axis of 0-100."""
    return POINTS | {"label": label}


def row_axis(ticks: Iterable[str], height: int = 23, above: bool = False) -> dict:
    """The first row on top, each this many pixels high; ``above`` writes the name of a row at its top."""
    ticks = [[place, word] for place, word in enumerate(ticks)]
    return {"span": [len(ticks) - 0.5, -0.5], "ticks": ticks, "label": "", "height": height, "above": above}


def dot(people: People, place: int, name: str, x: float, y: float) -> dict:
    """One leader, who can be chosen."""
    return {"id": people.ids[place], "name": name, "x": round(float(x), 1), "y": round(float(y), 2)}


def margin(measure: Measure, place: int, axis: str = "x") -> dict:
    """The ends of the bar around a dot, along one axis."""
    low, high = float(measure.low[place]), float(measure.high[place])
    return {f"{axis}l": round(low, 1), f"{axis}h": round(high, 1)} if low <= high else {}


def group_mark(measure: Measure, known: NDArray, y: float) -> dict:
    """The mean of some leaders; its bar is measurement error only, as everywhere in the house."""
    mean = float(measure.value[known].mean())
    half = float(np.sqrt((measure.half[known] ** 2).sum())) / len(known)
    return mean_mark(mean, half, y)


def mean_mark(mean: float, half: float, y: float) -> dict:
    """A mean that stands for a group, with its value written beside it."""
    shown = t("view.margin", mean=number(mean, 0), margin=number(max(1, half), 0))
    ends = {"xl": round(max(0, mean - half), 1), "xh": round(min(100, mean + half), 1)}
    return {"x": round(mean, 1), "y": y, "tone": GROUP, "text": shown, "name": t("explorer.group", value=shown)} | ends


def counted(values: NDArray, y: float) -> list[dict]:
    """A strip of one row: the darker a bin of five points, the more leaders are in it."""
    counts, _ = np.histogram(values, BINS)
    top = max(1, counts.max())
    return [
        rect(left, left + 5, y - 0.18, y + 0.18, n / top, t("explorer.count", n=str(n)))
        for left, n in zip(BINS[:-1].tolist(), counts.tolist(), strict=True)
        if n
    ]


def rect(x0: float, x1: float, y0: float, y1: float, strength: float, name: str = "", text: str = "") -> dict:
    """A rectangle, the darker the higher its ``strength`` (0-1); ``text`` is written in it or beside it."""
    told = {"x0": x0, "x1": x1, "y0": y0, "y1": y1, "strength": round(strength, 3)}
    return told | ({"name": name} if name else {}) | ({"text": text} if text else {})


def spread_out(values: NDArray) -> NDArray:
    """Shifts across a row, so that equal values do not hide each other and neighbours seldom do; the same each time."""
    order = np.argsort(values, kind="stable")
    _, first, size = np.unique(values[order], return_index=True, return_counts=True)
    rank = np.arange(len(values)) - np.repeat(first, size)
    among = np.repeat(size, size)
    even = np.where(np.repeat(np.arange(len(size)), size) % 2, 0.06, -0.06)
    shifts = np.empty(len(values))
    shifts[order] = np.where(among > 1, -0.16 + 0.32 * rank / np.maximum(1, among - 1), even)
    return shifts
