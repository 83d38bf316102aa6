"""How figures look: one narrow width that reads on a phone, colours told apart by everyone, direct labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from angle_mort.margins import half_width
from angle_mort.text import number, t

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, MUTED, ACCENT, SECOND = "#1f2933", "#52606d", "#0b5c8c", "#b45309"
ZONES = ("#dcecdf", "#fbeccd", "#f6d9d3")
GRID = "#e4e7eb"
WIDTH = 4.8
TEXT = 10.8


def canvas(height: float) -> tuple[Figure, Axes]:
    """A figure outside pyplot, so that nothing piles up in a kernel."""
    figure, (axes,) = panels(height, 1)
    return figure, axes


def panels(height: float, count: int) -> tuple[Figure, Sequence[Axes]]:
    """A figure with panels side by side."""
    import seaborn as sns
    from matplotlib.figure import Figure

    with sns.axes_style("white", {"axes.edgecolor": MUTED, "text.color": INK, "xtick.color": MUTED}):
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        axes = figure.subplots(1, count, squeeze=False)
    return figure, axes[0]


def points_axis(axes: Axes, rows: int, label: str, step: int = 20) -> None:
    """0-100 from left to right, one row per line, first row on top."""
    axes.set(xlim=(0, 100), ylim=(rows - 0.45, -0.75), yticks=[], xticks=range(0, 101, step))
    axes.set_xlabel(label, fontsize=TEXT, color=MUTED)
    axes.tick_params(axis="x", labelsize=TEXT - 1, length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def zones(axes: Axes, thresholds: Sequence[float], names: Sequence[str], top: float = -0.72) -> None:
    """The three bands behind the dots, named in words at the top and not by colour alone."""
    edges = (0, *thresholds, 100)
    for left, right, colour, name in zip(edges, edges[1:], ZONES, names, strict=False):
        axes.axvspan(left, right, color=colour, lw=0, zorder=0)
        axes.axvline(left, color=MUTED, lw=0.6, zorder=0)
        axes.text((left + right) / 2, top, name, ha="center", va="top", fontsize=TEXT - 1.5, color=INK)


def row_label(axes: Axes, row: float, text: str, bold: bool = False) -> None:
    """The name of a row, above its dot."""
    axes.text(1.5, row - 0.17, text, ha="left", va="bottom", fontsize=TEXT, fontweight="bold" if bold else "normal")


def interval_dot(
    axes: Axes, row: float, mean: float, low: float, high: float, colour: str = ACCENT, marker: str = "o"
) -> None:
    """A dot, its margin as a bar, and its value written beside it."""
    axes.plot([low, high], [row + 0.08] * 2, color=colour, lw=3.2, solid_capstyle="butt", zorder=2)
    axes.plot([mean], [row + 0.08], marker=marker, color=colour, ms=7.5, mec="white", mew=1.2, zorder=3, clip_on=False)


def value_label(axes: Axes, row: float, text: str, low: float, high: float, colour: str = ACCENT) -> None:
    """The value and its margin in words, beside the bar, on the side where there is room."""
    place, side = (high + 2, "left") if high < 74 else (low - 2, "right")
    axes.text(place, row + 0.08, text, ha=side, va="center", fontsize=TEXT, color=colour, fontweight="bold")


def with_margin(mean: float, error: float, level: float) -> str:
    """A mean and the half-width of its interval, in whole points: 58 ± 2."""
    return t("view.margin", mean=number(mean, 0), margin=number(max(1, half_width(level) * error), 0))
