"""Figures of a cohort: interval dots and bars that a person reads in ten seconds. No dot is a person."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from angle_mort.instrument import Instrument, load_instrument
from angle_mort.margins import probability_highest
from angle_mort.results import CohortSummary
from angle_mort.text import number, t
from angle_mort.views import style
from angle_mort.views.view import View, of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ROW = 0.62
_FRAME = 0.85


# --------------------------------------------------------------------------------------- dots on the three bands


def dependence(summary: CohortSummary) -> View:
    """The operational dependence index of the group, its two halves, and the two other consequences."""
    rows = _readable(summary.means, ("IDO", "D1", "E", "D2", "D3"))
    index = rows.iloc[0]
    reading = (
        t("view.dependence.reading", mean=_points(index), band=index["band"], n=int(index["n"])),
        t("view.dependence.margin", level=int(summary.level * 100)),
    )
    return _dots(summary, "dependence", rows, reading, bold="IDO")


def blocks(summary: CohortSummary) -> View:
    """Identity of doing, reflex of control, hyper-responsibility: the three causes, as the group answers them."""
    rows = _readable(summary.means, ("A", "B", "C"))
    reading = (_leading(rows), *_tallies(summary, "dominance"), *_tallies(summary, "prototype"))
    return _dots(summary, "blocks", rows, reading)


def _readable(means: pd.DataFrame, scales: Sequence[str]) -> pd.DataFrame:
    """The chosen means in order, with names; a scale read in reverse is turned: high is always blockage."""
    instrument = load_instrument()
    rows = (
        means[means["scale"].isin(scales)].set_index("scale").reindex([s for s in scales if s in set(means["scale"])])
    )
    turned = rows.index.isin(instrument.scoring["bands"]["reversed"])
    rows.loc[turned, "mean"] = 100 - rows.loc[turned, "mean"]
    rows.loc[turned, ["low", "high"]] = 100 - rows.loc[turned, ["high", "low"]].to_numpy()
    rows["label"] = [_label(instrument, scale, turn) for scale, turn in zip(rows.index, turned, strict=True)]
    return rows.reset_index()


def _label(instrument: Instrument, scale: str, turned: bool) -> str:
    if turned:
        return t(f"view.turned.{scale}")
    indices = instrument.scoring["indices"]
    return indices[scale]["name"]["fr"] if scale in indices else instrument.module(scale).name


def _dots(summary: CohortSummary, name: str, rows: pd.DataFrame, reading: tuple[str, ...], bold: str = "") -> View:
    return of(
        summary,
        name,
        reading=reading,
        alt=t(f"view.{name}.alt", values=_listed(rows)),
        table=_dot_table(rows),
        caption=t("view.table"),
        draw=partial(_draw_dots, rows, bold),
    )


def _draw_dots(rows: pd.DataFrame, bold: str) -> Figure:
    rule = load_instrument().scoring["bands"]
    figure, axes = style.canvas(_FRAME + _ROW * len(rows))
    style.points_axis(axes, len(rows), t("view.axis.blockage"))
    style.zones(axes, rule["thresholds"], rule["names"])
    for place, row in enumerate(rows.itertuples()):
        style.row_label(axes, place + 0.1, row.label, bold=row.scale == bold)
        style.interval_dot(axes, place + 0.1, row.mean, row.low, row.high)
        style.value_label(axes, place + 0.1, row.mean, row.low, row.high)
    return figure


def _points(row: pd.Series) -> str:
    return style.with_margin(row["mean"], row["low"], row["high"])


def _listed(rows: pd.DataFrame) -> str:
    return t("view.list_join").join(
        t("view.list_item", label=row["label"], value=_points(row)) for _, row in rows.iterrows()
    )


def _dot_table(rows: pd.DataFrame) -> pd.DataFrame:
    columns = {
        "label": rows["label"],
        "mean": rows["mean"].map(number),
        "interval": [
            t("view.interval", low=low, high=high) for low, high in zip(rows["low"], rows["high"], strict=True)
        ],
        "band": rows["band"],
        "n": rows["n"].astype(int),
    }
    return pd.DataFrame({t(f"view.column.{key}"): values for key, values in columns.items()})


def _leading(rows: pd.DataFrame) -> str:
    chances = probability_highest(rows["mean"].to_numpy(), rows["se_measurement"].to_numpy())
    first = rows.iloc[int(chances.argmax())]
    sure = chances.max() >= load_instrument().scoring["dominance"]["named_at"]
    return t("view.blocks.leading" if sure else "view.blocks.level", label=first["label"], mean=_points(first))


def _tallies(summary: CohortSummary, figure: str) -> list[str]:
    groups = summary.counts[summary.counts["figure"] == figure]
    if groups.empty:
        return [t(f"view.{figure}.none")]
    told = [t("view.tally", label=_group_name(figure, row.category), n=int(row.people)) for row in _rows(groups)]
    return [t(f"view.{figure}.reading", groups=t("view.list_join").join(told))]


def _rows(frame: pd.DataFrame) -> list:
    return list(frame.rename(columns={"count": "people"}).itertuples())


def _group_name(figure: str, category: str) -> str:
    names, merged = _category_names(figure), category.split("+")
    if len(merged) > 1 and figure in ("dominance", "prototype"):
        return t(f"view.rest.{figure}")
    return t("view.or").join(names[each] for each in merged)


def _category_names(figure: str) -> dict[str, str]:
    instrument = load_instrument()
    if figure == "prototype":
        return {each.code: each.name for each in instrument.prototypes.prototypes} | {"between": t("view.between")}
    if figure == "dominance":
        return {code: instrument.module(code).name for code in ("A", "B", "C")} | {"mixte": t("view.mixed")}
    return {str(choice.code): choice.fr for choice in instrument.items["j101"].format.choices}


# -------------------------------------------------------------------------------------------- felt against in fact


def areas(summary: CohortSummary) -> View:
    """The five areas of responsibility: what leaders carry, beside who really took over."""
    names = load_instrument().scoring["areas"]["names"]
    rows = summary.areas.assign(label=[names[area]["fr"] for area in summary.areas["area"]])
    return of(
        summary,
        "areas",
        reading=(_widest_gap(rows), t("view.areas.how")),
        alt=t("view.areas.alt", values=t("view.list_join").join(_area_text(row) for row in rows.itertuples())),
        table=_area_table(rows),
        caption=t("view.table"),
        draw=partial(_draw_areas, rows),
    )


def _area_text(row) -> str:
    return t("view.areas.item", label=row.label, felt=_or_none(row.felt), fact=_or_none(row.fact))


def _or_none(value: float) -> str:
    return t("view.nothing") if pd.isna(value) else number(value, 0)


def _widest_gap(rows: pd.DataFrame) -> str:
    """The area where what is felt and what happened differ most, told only when their margins do not overlap."""
    apart = rows[(rows["felt_low"] > rows["fact_high"]) | (rows["felt_high"] < rows["fact_low"])]
    if apart.empty:
        return t("view.areas.same")
    row = apart.loc[(apart["felt"] - apart["fact"]).abs().idxmax()]
    direction = "more_felt" if row["felt"] > row["fact"] else "less_felt"
    return t(f"view.areas.{direction}", label=row["label"], felt=number(row["felt"], 0), fact=number(row["fact"], 0))


def _area_table(rows: pd.DataFrame) -> pd.DataFrame:
    sides = {
        side: [
            t(
                "view.value_interval",
                value=_or_none(getattr(row, side)),
                low=getattr(row, f"{side}_low"),
                high=getattr(row, f"{side}_high"),
            )
            for row in rows.itertuples()
        ]
        for side in ("felt", "fact")
    }
    people = [t("view.areas.people", felt=int(row.n_felt), fact=int(row.n_fact)) for row in rows.itertuples()]
    columns = {"area": rows["label"], **sides, "n": people}
    return pd.DataFrame({t(f"view.column.{key}"): values for key, values in columns.items()})


def _draw_areas(rows: pd.DataFrame) -> Figure:
    figure, axes = style.canvas(_FRAME + _ROW * len(rows))
    style.points_axis(axes, len(rows), t("view.axis.carried"))
    axes.set_ylim(top=-0.95)
    axes.xaxis.grid(True, color="#e4e7eb", lw=0.8)
    for place, row in enumerate(rows.itertuples()):
        style.row_label(axes, place + 0.05, row.label)
        axes.plot([row.felt, row.fact], [place + 0.13] * 2, color=style.MUTED, lw=1, zorder=1)
        style.interval_dot(axes, place + 0.05, row.felt, row.felt_low, row.felt_high, style.ACCENT)
        style.interval_dot(axes, place + 0.05, row.fact, row.fact_low, row.fact_high, style.SECOND, "D")
        _area_values(axes, place + 0.13, row)
    _direct_legend(axes)
    return figure


def _area_values(axes, height: float, row) -> None:
    """Each value on the outer side of its own margin, so that the two never cover each other."""
    sides = [
        (row.felt, row.felt_low, row.felt_high, style.ACCENT),
        (row.fact, row.fact_low, row.fact_high, style.SECOND),
    ]
    (left, low, _, colour), (right, _, high, other) = sorted(sides, key=lambda side: side[0])
    axes.text(
        low - 1.5,
        height,
        number(left, 0),
        ha="right",
        va="center",
        fontsize=style.TEXT,
        color=colour,
        fontweight="bold",
    )
    axes.text(
        high + 1.5,
        height,
        number(right, 0),
        ha="left",
        va="center",
        fontsize=style.TEXT,
        color=other,
        fontweight="bold",
    )


def _direct_legend(axes) -> None:
    for place, marker, colour, key in ((1.5, "o", style.ACCENT, "felt"), (32, "D", style.SECOND, "fact")):
        axes.plot([place + 1], [-0.78], marker=marker, color=colour, ms=7, clip_on=False)
        axes.text(place + 4, -0.78, t(f"view.column.{key}"), va="center", fontsize=style.TEXT - 0.5, color=colour)


# ------------------------------------------------------------------------------------------------ two weeks without


def two_weeks(summary: CohortSummary) -> View:
    """What leaders expect if they were away for two weeks; neighbouring answers merged until each group is large."""
    groups = summary.counts[summary.counts["figure"] == "scenario"]
    labels = [_group_name("scenario", category) for category in groups["category"]]
    people = [int(count) for count in groups["count"]]
    listed = t("view.list_join").join(t("view.tally", label=a, n=n) for a, n in zip(labels, people, strict=True))
    reading = (t("view.two_weeks.reading", groups=listed) if people else t("view.two_weeks.none"), *_absence(summary))
    return of(
        summary,
        "two_weeks",
        reading=reading,
        alt=t("view.two_weeks.alt", values=listed),
        table=pd.DataFrame({t("view.column.answer"): labels, t("view.column.leaders"): people}),
        caption=t("view.table"),
        draw=partial(_draw_counts, labels, people, summary.n) if people else None,
    )


def _absence(summary: CohortSummary) -> list[str]:
    means = summary.means.set_index("scale")["mean"]
    return [t(f"view.two_weeks.{item}", mean=float(means[item])) for item in ("j102", "j103") if item in means]


def _draw_counts(labels: Sequence[str], people: Sequence[int], n: int) -> Figure:
    import seaborn as sns

    figure, axes = style.canvas(_FRAME + _ROW * len(labels))
    sns.barplot(x=list(people), y=list(range(len(labels))), orient="h", width=0.34, color=style.ACCENT, ax=axes)
    axes.set(xlim=(0, n), ylim=(len(labels) - 0.55, -0.6), yticks=[], ylabel="")
    axes.set_xlabel(t("view.axis.leaders", n=n), fontsize=style.TEXT, color=style.MUTED)
    for place, (label, count) in enumerate(zip(labels, people, strict=True)):
        axes.text(0, place - 0.22, label, ha="left", va="bottom", fontsize=style.TEXT)
        axes.text(
            count + n * 0.015,
            place,
            str(count),
            va="center",
            fontsize=style.TEXT,
            fontweight="bold",
            color=style.ACCENT,
        )
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    return figure


# ---------------------------------------------------------------------------------------------------- the four steps


def four_steps(summary: CohortSummary) -> View:
    """Where the group stands on the path, and the step whose evidence is weakest when one is probable enough."""
    path = {step["code"]: step["name"]["fr"] for step in load_instrument().scoring["steps"]["path"]}
    rows = summary.steps.assign(label=[f"{place}. {path[code]}" for place, code in enumerate(summary.steps["step"], 1)])
    known = rows[rows["mean"].notna()]
    weakest = summary.weakest_step
    told = t("view.four_steps.weakest", label=path[weakest]) if weakest else t("view.four_steps.undecided")
    return of(
        summary,
        "four_steps",
        reading=(told, t("view.four_steps.suggests")),
        alt=t("view.four_steps.alt", values=_listed(known)),
        table=_dot_table(known.assign(band=[t(f"view.evidence.{code}") for code in known["step"]])).rename(
            columns={t("view.column.band"): t("view.column.evidence")}
        ),
        caption=t("view.table"),
        draw=partial(_draw_steps, known),
    )


def _draw_steps(rows: pd.DataFrame) -> Figure:
    figure, axes = style.canvas(_FRAME + _ROW * len(rows))
    style.points_axis(axes, len(rows), t("view.axis.path"))
    axes.xaxis.grid(True, color="#e4e7eb", lw=0.8)
    for place, row in enumerate(rows.itertuples()):
        style.row_label(axes, place, row.label)
        style.interval_dot(axes, place, row.mean, row.low, row.high)
        style.value_label(axes, place, row.mean, row.low, row.high)
    return figure
