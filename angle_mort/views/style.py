"""How figures look: one narrow width that reads on a phone, colours told apart by everyone, direct labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def panels(height: float, count: int) -> tuple[Figure, Sequence[Axes]]:
    """A figure with panels side by side, outside pyplot, so that nothing piles up in a kernel."""
    import seaborn as sns
    from matplotlib.figure import Figure

    with sns.axes_style("white", {"axes.edgecolor": MUTED, "text.color": INK, "xtick.color": MUTED}):
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        axes = figure.subplots(1, count, squeeze=False)
    return figure, axes[0]


def points_axis(axes: Axes, rows: float, label: str, step: int = 20, ticks: Sequence[str] = ()) -> None:
    """0-100 from left to right, one row per line, first row on top; without ``step`` no number under the axis."""
    axes.set(xlim=(0, 100), ylim=(rows, -0.05), yticks=[], xticks=range(0, 101, step) if step else [])
    if ticks:
        axes.set_xticks(axes.get_xticks(), ticks)
    axes.set_xlabel(label, fontsize=TEXT, color=MUTED)
    axes.tick_params(axis="x", labelsize=TEXT - 1, length=0)
    for side in ("top", "right", "left", *(() if step else ("bottom",))):
        axes.spines[side].set_visible(False)


def zones(axes: Axes, rule: Mapping) -> None:
    """The three bands behind the dots, named in words at the top and not by colour alone."""
    edges = (0, *rule["thresholds"], 100)
    for left, right, colour, name in zip(edges, edges[1:], ZONES, rule["names"], strict=False):
        axes.axvspan(left, right, color=colour, lw=0, zorder=0)
        axes.axvline(left, color=MUTED, lw=0.6, alpha=0.5, zorder=0)
        axes.text((left + right) / 2, 0, name, ha="center", va="top", fontsize=TEXT - 1.5, color=INK)


def with_margin(mean: float, error: float, level: float) -> str:
    """A mean and the half-width of its interval, in whole points: 58 ± 2."""
    return t("view.margin", mean=number(mean, 0), margin=number(max(1, half_width(level) * error), 0))
