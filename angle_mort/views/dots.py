"""One family of figures: a value with its margin, on 0 to 100, named and told where it stands. No dot is a person."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from textwrap import fill
from typing import TYPE_CHECKING

from angle_mort.instrument import load_instrument
from angle_mort.views import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_TITLE = 46
"""Letters of a title that fit in the width of a figure."""
_LETTER = 2.2
"""Points of the axis that a letter of a value takes."""


@dataclass(frozen=True)
class Dot:
    """``mean`` between ``low`` and ``high``; ``shown`` is the value in words, ``mark`` a reference of its own.

    An ``early`` one has its margin only: its value would say more than is known.
    """

    label: str
    mean: float
    low: float
    high: float
    shown: str
    bold: bool = False
    mark: float | None = None
    early: bool = False


Groups = Sequence[tuple[str, Sequence[Dot]]]
"""Rows under their title; rows that need none have an empty one."""


def draw_dots(
    groups: Groups, axis: str, zones: bool = False, ticks: Sequence[str] = (), put: Callable | None = None
) -> Figure:
    """The groups one under the other, on the three bands (``zones``) or on a plain scale.

    ``put(axes, row, dot, colour)`` draws what stands under the name of a row; by default the margin, dot and mark.
    """
    figure, (axes,) = style.panels(_height(groups), 1)
    put_dots(axes, groups, axis, style.ACCENT, zones, ticks, put=put or put_margin)
    return figure


def draw_side_by_side(panels: Sequence[tuple[str, str, Sequence[Dot]]]) -> Figure:
    """Panels of the same rows, each with its title and its axis: their scales differ."""
    figure, axes = style.panels(_height([("", panels[0][2])]) + 0.25, len(panels))
    for own, colour, (title, axis, dots) in zip(axes, (style.ACCENT, style.SECOND), panels, strict=False):
        put_dots(own, [("", dots)], axis, colour, step=50)
        own.set_title(title, fontsize=style.TEXT, color=colour, loc="left", fontweight="bold")
    return figure


def put_dots(
    axes: Axes,
    groups: Groups,
    axis: str,
    colour: str,
    zones: bool = False,
    ticks: Sequence[str] = (),
    step: int = 20,
    put: Callable | None = None,
) -> None:
    """Draw the groups into axes of their own."""
    top, places = (0.42 if zones else 0.0), []
    at = top
    for title, dots in groups:
        if title:
            lines = fill(title, _TITLE, break_long_words=False, break_on_hyphens=False)
            axes.text(1.5, at, lines, ha="left", va="top", fontsize=style.TEXT, fontweight="bold")
            at += 0.38 * (lines.count("\n") + 1)
        places += [(at + place, dot) for place, dot in enumerate(dots)]
        at += len(dots) + (0.3 if title else 0)
    style.points_axis(axes, at, axis, step, ticks)
    if zones:
        style.zones(axes, load_instrument().scoring["bands"])
    else:
        axes.xaxis.grid(True, color=style.GRID, lw=0.8)
    for top, dot in places:
        weight = "bold" if dot.bold else None
        axes.text(1.5, top, dot.label, ha="left", va="top", fontsize=style.TEXT, fontweight=weight)
        (put or put_margin)(axes, top + 0.57, dot, colour)


def put_margin(axes: Axes, row: float, dot: Dot, colour: str) -> None:
    """The margin with its ends, the dot, the value in words; nothing where there is no value."""
    if math.isnan(dot.mean):
        return
    line = partial(axes.plot, color=colour, solid_capstyle="butt", zorder=2)
    line([dot.low, dot.high], [row] * 2, lw=2.4, alpha=0.5 if dot.early else 1)
    for end in (dot.low, dot.high):
        line([end] * 2, [row - 0.11, row + 0.11], lw=1.4)
    if not dot.early:
        line([dot.mean], [row], marker="o", ms=6, mec="white", mew=0.8, zorder=3, clip_on=False)
    if dot.mark is not None:
        axes.plot([dot.mark] * 2, [row - 0.2, row + 0.2], color=style.SECOND, lw=2.2, zorder=1)
    put_words(axes, row, dot, colour)


def put_words(axes: Axes, row: float, dot: Dot, colour: str) -> None:
    """The value in words, where there is room."""
    place, side = _beside(dot)
    axes.text(place, row, dot.shown, ha=side, va="center", fontsize=style.TEXT, color=colour, fontweight="bold")


def _beside(dot: Dot) -> tuple[float, str]:
    """Where the words stand: right of the margin while there is room, and clear of the mark."""
    room = 3 + _LETTER * len(dot.shown)
    mark = dot.mark if dot.mark is not None else math.nan
    right = mark + 1 if dot.high < mark < dot.high + room else dot.high
    left = mark - 1 if dot.low - room < mark < dot.low else dot.low
    return (right + 2, "left") if right <= 100 - room or left < room else (left - 2, "right")


def _height(groups: Groups) -> float:
    rows = sum(len(dots) + (0.3 + 0.38 * (1 + len(title) // _TITLE) if title else 0) for title, dots in groups)
    return 0.75 + 0.52 * rows


def draw_bars(
    labels: Sequence[str],
    values: Sequence[float],
    shown: Sequence[str],
    most: float,
    axis: str,
    colours: Sequence[str] = (),
) -> Figure:
    """A bar per row, its name above and its value beside it."""
    figure, (axes,) = style.panels(0.65 + 0.52 * len(labels), 1)
    style.points_axis(axes, len(labels), axis, 0)
    axes.set_xlim(0, most)
    colours = colours or [style.ACCENT] * len(labels)
    for top, (label, value, text, colour) in enumerate(zip(labels, values, shown, colours, strict=True)):
        axes.text(0, top, label, ha="left", va="top", fontsize=style.TEXT)
        axes.barh([top + 0.57], [value], height=0.3, color=colour)
        inside = value > 0.85 * most
        axes.text(
            value + most * (-0.015 if inside else 0.015), top + 0.57, text, va="center", fontsize=style.TEXT,
            fontweight="bold", ha="right" if inside else "left", color="white" if inside else colour,
        )  # fmt: skip
    return figure
