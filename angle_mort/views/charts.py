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
_LABEL = 22  # points that a value and its margin take


# --------------------------------------------------------------------------------------- dots on the three bands


def dependence(summary: CohortSummary) -> View:
    """The operational dependence index of the group, its two halves, and the two other consequences."""
    rows = _readable(summary, ("IDO", "D1", "E", "D2", "D3"))
    index = rows[rows["scale"] == "IDO"]
    if index.empty:
        told = t("view.dependence.none")
    else:
        index = index.iloc[0]
        told = t("view.dependence.reading", mean=index["shown"], band=index["band"], people=_leaders(index["people"]))
    reading = (told, t("view.dependence.margin", level=int(summary.level * 100)))
    return _dots(summary, "dependence", rows, reading, bold="IDO")


def blocks(summary: CohortSummary) -> View:
    """Identity of doing, reflex of control, hyper-responsibility: the three causes, as the group answers them."""
    rows = _readable(summary, ("A", "B", "C"))
    reading = (_leading(rows), *_tallies(summary, "dominance"), *_tallies(summary, "prototype"))
    return _dots(summary, "blocks", rows, reading)


def _readable(summary: CohortSummary, scales: Sequence[str]) -> pd.DataFrame:
    """The means that exist among those chosen, in order; a scale read in reverse is turned: high is always blockage."""
    instrument, means = load_instrument(), summary.means.set_index("scale")
    rows = means.loc[[scale for scale in scales if scale in means.index]].copy()
    turned = rows.index.isin(instrument.scoring["bands"]["reversed"])
    rows.loc[turned, "mean"] = 100 - rows.loc[turned, "mean"]
    rows.loc[turned, ["low", "high"]] = 100 - rows.loc[turned, ["high", "low"]].to_numpy()
    rows["label"] = [scale_label(instrument, scale, turn) for scale, turn in zip(rows.index, turned, strict=True)]
    return with_shown(rows.reset_index(), summary.level)


def with_shown(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Each mean with its margin in words."""
    shown = [style.with_margin(row.mean, row.se_measurement, level) for row in _tuples(rows)]
    return rows.assign(shown=shown)


def _tuples(rows: pd.DataFrame) -> list:
    return list(rows.itertuples(index=False))


def _leaders(people: str) -> str:
    """A number of leaders in words: 24 dirigeants, au moins 20 dirigeants."""
    return t("view.leaders", people=people)


def scale_label(instrument: Instrument, scale: str, turned: bool) -> str:
    """The name of a scale or an index, as told when high is always blockage."""
    if turned:
        return t(f"view.turned.{scale}")
    indices = instrument.scoring["indices"]
    return indices[scale]["name"]["fr"] if scale in indices else instrument.module(scale).name


def _dots(summary: CohortSummary, name: str, rows: pd.DataFrame, reading: tuple[str, ...], bold: str = "") -> View:
    return of(
        summary,
        name,
        reading=reading,
        alt=t(f"view.{name}.alt", values=listed(rows)) if len(rows) else "",
        table=_dot_table(rows, "band"),
        caption=t("view.table"),
        draw=partial(draw_dots, rows, bold) if len(rows) else None,
    )


def draw_dots(rows: pd.DataFrame, bold: str = "") -> Figure:
    """A dot with its margin per row, on the bands: ``scale``, ``label``, ``mean``, ``low``, ``high``, ``shown``."""
    rule = load_instrument().scoring["bands"]
    figure, axes = style.canvas(_FRAME + _ROW * len(rows))
    style.points_axis(axes, len(rows), t("view.axis.blockage"))
    style.zones(axes, rule["thresholds"], rule["names"])
    for place, row in enumerate(rows.itertuples()):
        style.row_label(axes, place + 0.1, row.label, bold=row.scale == bold)
        style.interval_dot(axes, place + 0.1, row.mean, row.low, row.high)
        style.value_label(axes, place + 0.1, row.shown, row.low, row.high)
    return figure


def listed(rows: pd.DataFrame) -> str:
    """The rows as one line of text: label and value."""
    return t("view.list_join").join(t("view.list_item", label=row.label, value=row.shown) for row in _tuples(rows))


def _dot_table(rows: pd.DataFrame, last: str) -> pd.DataFrame:
    """The numbers of the dots; ``last`` is the column beside the margin (band, or evidence)."""
    columns = {
        "label": rows["label"],
        "mean": rows["mean"].map(number),
        "interval": [t("view.interval", low=row.low, high=row.high) for row in _tuples(rows)],
        last: rows[last],
        "n": rows["people"],
    }
    return pd.DataFrame({t(f"view.column.{key}"): values for key, values in columns.items()})


def _leading(rows: pd.DataFrame) -> str:
    if len(rows) < len(load_instrument().scoring["dominance"]["blocks"]):
        return t("view.blocks.none")
    chances = probability_highest(rows["mean"].to_numpy(), rows["se_measurement"].to_numpy())
    first = rows.iloc[int(chances.argmax())]
    sure = chances.max() >= load_instrument().scoring["dominance"]["named_at"]
    return t("view.blocks.leading" if sure else "view.blocks.level", label=first["label"], mean=first["shown"])


def _tallies(summary: CohortSummary, figure: str) -> list[str]:
    groups = summary.counts[summary.counts["figure"] == figure]
    if groups.empty:
        return [t(f"view.{figure}.none")]
    told = [t("view.tally", label=_group_name(figure, row.category), n=int(row.people)) for row in _rows(groups)]
    named_at = load_instrument().scoring["dominance"]["named_at"]
    return [t(f"view.{figure}.reading", groups=t("view.list_join").join(told), percent=round(named_at * 100))]


def _rows(frame: pd.DataFrame) -> list:
    return list(frame.rename(columns={"count": "people"}).itertuples())


def _group_name(figure: str, category: str) -> str:
    names, merged = _category_names(figure), category.split("+")
    if len(merged) > 1 and figure in ("dominance", "prototype"):
        return t(f"view.rest.{figure}")
    return _inside_quotes(t("view.or").join(names[each] for each in merged))


def _inside_quotes(label: str) -> str:
    """Quotes within quotes, as French sets them."""
    return label.replace("\u00ab\u00a0", "\u201c").replace("\u00a0\u00bb", "\u201d")


def _category_names(figure: str) -> dict[str, str]:
    instrument = load_instrument()
    if figure == "prototype":
        return {each.code: each.name for each in instrument.prototypes.prototypes} | {"between": t("view.between")}
    if figure == "dominance":
        return {code: instrument.module(code).name for code in ("A", "B", "C")} | {"mixte": t("view.mixed")}
    answers = {str(choice.code): choice.fr for choice in instrument.items["j101"].format.choices}
    return answers | {"none": t("view.unanswered")}


# ----------------------------------------------------------------------------------------------- done and taken over

SIDES = {"felt": style.ACCENT, "fact": style.SECOND}


def areas(summary: CohortSummary) -> View:
    """The five areas of responsibility, twice: how often leaders carried them, and who took over when it stuck.

    The two are not on one scale (a frequency of acts, a share of events): each has its own panel, and what is compared
    is which area stands out in each.
    """
    names = load_instrument().scoring["areas"]["names"]
    rows = summary.areas.assign(label=[names[area]["fr"] for area in summary.areas["area"]])
    known = rows[["felt", "fact"]].notna().all(axis=None)
    return of(
        summary,
        "areas",
        reading=(*_areas_told(rows), t("view.areas.how")) if known else (t("view.areas.none"),),
        alt=t("view.areas.alt", values=_areas_listed(rows)) if known else "",
        table=_area_table(rows) if known else pd.DataFrame(),
        caption=t("view.table"),
        draw=partial(draw_areas, rows) if known else None,
    )


def _areas_told(rows: pd.DataFrame) -> list[str]:
    """Which area stands out on each side, when one does, and whether it is the same."""
    named_at = load_instrument().scoring["dominance"]["named_at"]
    first = {side: _standing_out(rows, side, named_at) for side in SIDES}
    told = [
        t(f"view.areas.{side}", label=area) if area else t(f"view.areas.{side}_level") for side, area in first.items()
    ]
    if all(first.values()):
        told.append(t("view.areas.same" if first["felt"] == first["fact"] else "view.areas.other"))
    return told


def _standing_out(rows: pd.DataFrame, side: str, named_at: float) -> str | None:
    chances = probability_highest(rows[side].to_numpy(), rows[f"{side}_se"].to_numpy())
    return rows["label"].iloc[int(chances.argmax())] if chances.max() >= named_at else None


def _areas_listed(rows: pd.DataFrame) -> str:
    told = [
        t("view.areas.item", label=row.label, felt=number(row.felt, 0), fact=number(row.fact, 0))
        for row in _tuples(rows)
    ]
    return t("view.list_join").join(told)


def _area_table(rows: pd.DataFrame) -> pd.DataFrame:
    columns = {"area": rows["label"]}
    for side in SIDES:
        edges = zip(rows[side], rows[f"{side}_low"], rows[f"{side}_high"], strict=True)
        columns[side] = [t("view.value_interval", value=mean, low=low, high=high) for mean, low, high in edges]
        columns[f"people_{side}"] = rows[f"people_{side}"]
    return pd.DataFrame({t(f"view.column.{key}"): values for key, values in columns.items()})


def draw_areas(rows: pd.DataFrame) -> Figure:
    """A panel per side that is known: ``label``, then ``felt`` and ``fact`` with their ``_low`` and ``_high``."""
    known = {side: colour for side, colour in SIDES.items() if rows[side].notna().any()}
    figure, panels = style.panels(_FRAME + _ROW * len(rows), len(known))
    for axes, (side, colour) in zip(panels, known.items(), strict=True):
        style.points_axis(axes, len(rows), t(f"view.axis.{side}"), step=50)
        axes.xaxis.grid(True, color=style.GRID, lw=0.8)
        axes.set_title(t(f"view.column.{side}"), fontsize=style.TEXT, color=colour, loc="left", fontweight="bold")
        for place, row in enumerate(rows.to_dict("records")):
            mean, low, high = row[side], row[f"{side}_low"], row[f"{side}_high"]
            style.row_label(axes, place + 0.05, row["label"])
            if pd.notna(mean):
                style.interval_dot(axes, place + 0.05, mean, low, high, colour)
                style.value_label(axes, place + 0.05, number(mean, 0), low, high, colour)
    return figure


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
        alt=t("view.two_weeks.alt", values=listed) if people else "",
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
    """Where the group stands on the path, and the step furthest below its own mark when one is probable enough."""
    path = {step["code"]: step["name"]["fr"] for step in load_instrument().scoring["steps"]["path"]}
    rows = summary.steps.assign(
        label=[f"{place}. {path[code]}" for place, code in enumerate(summary.steps["step"], 1)],
        evidence=[t(f"view.evidence.{code}") for code in summary.steps["step"]],
    )
    known = with_shown(rows[rows["mean"].notna()], summary.level)
    return of(
        summary,
        "four_steps",
        reading=(_weakest(summary, path, len(known)), t("view.four_steps.suggests")),
        alt=t("view.four_steps.alt", values=listed(known)) if len(known) else "",
        table=_dot_table(known, "evidence"),
        caption=t("view.table"),
        draw=partial(draw_steps, known) if len(known) else None,
    )


def _weakest(summary: CohortSummary, path: dict[str, str], known: int) -> str:
    if known < len(path):
        return t("view.four_steps.none")
    if summary.weakest_step is None:
        return t("view.four_steps.undecided")
    return t("view.four_steps.weakest", label=path[summary.weakest_step])


def draw_steps(rows: pd.DataFrame) -> Figure:
    """A dot with its margin per step, and its mark: ``label``, ``mean``, ``low``, ``high``, ``shown``, ``target``."""
    figure, axes = style.canvas(_FRAME + _ROW * len(rows))
    style.points_axis(axes, len(rows), t("view.axis.path"))
    axes.xaxis.grid(True, color=style.GRID, lw=0.8)
    for place, row in enumerate(rows.itertuples()):
        style.row_label(axes, place, row.label)
        axes.plot([row.target] * 2, [place - 0.06, place + 0.22], color=style.SECOND, lw=2.2, zorder=1)
        style.interval_dot(axes, place, row.mean, row.low, row.high)
        style.value_label(axes, place, row.shown, *_clear_of(row))
    return figure


def _clear_of(row) -> tuple[float, float]:
    """The edges beside which a value may be written without covering the mark of the step."""
    after = row.high < row.target < row.high + _LABEL
    before = row.low - _LABEL < row.target < row.low
    return (row.target - 1 if before else row.low, row.target + 1 if after else row.high)
