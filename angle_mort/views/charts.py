"""Figures of a cohort: interval dots and bars that a person reads in ten seconds. No dot is a person."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from angle_mort.instrument import load_instrument
from angle_mort.margins import probability_highest
from angle_mort.results import CohortSummary, ComparisonSummary
from angle_mort.text import number, t
from angle_mort.views import style
from angle_mort.views.dots import Dot, draw_bars, draw_dots, draw_side_by_side
from angle_mort.views.view import View, of
from angle_mort.views.words import chance, leaders, listed, listed_values, named, scale_label, spans, turned, whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure


# --------------------------------------------------------------------------------------- dots on the three bands


def dependence(summary: CohortSummary) -> View:
    """The operational dependence index of the group, its two halves, and the two other consequences."""
    rows = _readable(summary, ("IDO", "D1", "E", "D2", "D3"))
    index = rows[rows["scale"] == "IDO"]
    if index.empty:
        told = t("view.dependence.none")
    else:
        index = index.iloc[0]
        told = t("view.dependence.reading", mean=index["shown"], band=index["band"], people=leaders(index["people"]))
    reading = (told, t("view.dependence.margin", level=int(summary.level * 100)))
    return _dots(summary, "dependence", rows, reading, bold="IDO")


def blocks(summary: CohortSummary) -> View:
    """Identity of doing, reflex of control, hyper-responsibility: the three causes, as the group answers them."""
    rows = _readable(summary, ("A", "B", "C"))
    reading = (_leading(rows), *_tallies(summary, "dominance"), *_tallies(summary, "prototype"))
    return _dots(summary, "blocks", rows, reading)


def _readable(summary: CohortSummary, scales: Sequence[str]) -> pd.DataFrame:
    """The means that exist among those chosen, in order, and turned: high is always blockage."""
    means = summary.means.set_index("scale")
    rows = turned(means.loc[[scale for scale in scales if scale in means.index]].reset_index())
    return with_shown(rows.assign(label=[scale_label(scale, turned=True) for scale in rows["scale"]]), summary.level)


def with_shown(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Each mean with its margin in words."""
    shown = [style.with_margin(row.mean, row.se_measurement, level) for row in _tuples(rows)]
    return rows.assign(shown=shown)


def _tuples(rows: pd.DataFrame) -> list:
    return list(rows.itertuples(index=False))


def _dots(summary: CohortSummary, name: str, rows: pd.DataFrame, reading: tuple[str, ...], bold: str = "") -> View:
    return of(
        summary,
        name,
        reading=reading,
        alt=t(f"view.{name}.alt", values=listed_values(rows["label"], rows["shown"])) if len(rows) else "",
        table=_dot_table(rows, "band"),
        caption=t("view.table"),
        draw=partial(draw_dots, [("", as_dots(rows, bold))], t("view.axis.blockage"), True) if len(rows) else None,
    )


def as_dots(rows: pd.DataFrame, bold: str = "") -> list[Dot]:
    """Rows with their label, mean, margin and words (and mark: ``target``) as dots; ``bold``: a scale."""
    return [
        Dot(row.label, row.mean, row.low, row.high, row.shown, getattr(row, "scale", None) == bold,
            getattr(row, "target", None))
        for row in rows.itertuples()
    ]  # fmt: skip


def _dot_table(rows: pd.DataFrame, last: str) -> pd.DataFrame:
    """The numbers of the dots; ``last`` is the column beside the margin (band, or evidence)."""
    columns = {
        "label": rows["label"],
        "mean": rows["mean"].map(number),
        "interval": spans(rows["low"], rows["high"], 1),
        last: rows[last],
        "n": rows["people"],
    }
    return named(columns)


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
    return [t(f"view.{figure}.reading", groups=listed(told), percent=round(named_at * 100))]


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

SIDES = ("felt", "fact")
"""What is carried, and what was taken over."""


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
    return listed(told)


def _area_table(rows: pd.DataFrame) -> pd.DataFrame:
    columns = {"area": rows["label"]}
    for side in SIDES:
        edges = zip(rows[side], rows[f"{side}_low"], rows[f"{side}_high"], strict=True)
        columns[side] = [t("view.value_interval", value=mean, low=low, high=high) for mean, low, high in edges]
        columns[f"people_{side}"] = rows[f"people_{side}"]
    return named(columns)


def draw_areas(rows: pd.DataFrame, sides: Sequence[str] = SIDES) -> Figure:
    """The five areas, a panel for each side that is told."""
    panels = [(t(f"view.column.{side}"), t(f"view.axis.{side}"), _side_dots(rows, side)) for side in sides]
    return draw_side_by_side(panels)


def _side_dots(rows: pd.DataFrame, side: str) -> list[Dot]:
    columns = rows["label"], rows[side], rows[f"{side}_low"], rows[f"{side}_high"], rows[side].map(whole)
    return [Dot(*each) for each in zip(*columns, strict=True)]


# ------------------------------------------------------------------------------------------------ two weeks without


def two_weeks(summary: CohortSummary) -> View:
    """What leaders expect if they were away for two weeks; neighbouring answers merged until each group is large."""
    groups = summary.counts[summary.counts["figure"] == "scenario"]
    labels = [_group_name("scenario", category) for category in groups["category"]]
    people = [int(count) for count in groups["count"]]
    tallies = listed(t("view.tally", label=a, n=n) for a, n in zip(labels, people, strict=True))
    reading = (t("view.two_weeks.reading", groups=tallies) if people else t("view.two_weeks.none"), *_absence(summary))
    return of(
        summary,
        "two_weeks",
        reading=reading,
        alt=t("view.two_weeks.alt", values=tallies) if people else "",
        table=named({"answer": labels, "leaders": people}),
        caption=t("view.table"),
        draw=partial(
            draw_bars, labels, people, [str(each) for each in people], summary.n, t("view.axis.leaders", n=summary.n)
        )
        if people
        else None,
    )


def _absence(summary: CohortSummary) -> list[str]:
    means = summary.means.set_index("scale")["mean"]
    return [t(f"view.two_weeks.{item}", mean=float(means[item])) for item in ("j102", "j103") if item in means]


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
        alt=t("view.four_steps.alt", values=listed_values(known["label"], known["shown"])) if len(known) else "",
        table=_dot_table(known, "evidence"),
        caption=t("view.table"),
        draw=partial(draw_dots, [("", as_dots(known))], t("view.axis.path")) if len(known) else None,
    )


def _weakest(summary: CohortSummary, path: dict[str, str], known: int) -> str:
    if known < len(path):
        return t("view.four_steps.none")
    if summary.weakest_step is None:
        return t("view.four_steps.undecided")
    return t("view.four_steps.weakest", label=path[summary.weakest_step])


# --------------------------------------------------------------------------------------------- cohorts side by side


def compared_reasons(summary: ComparisonSummary) -> View:
    """The three causes, cohort by cohort, and which cohort stands apart beyond chance."""
    limit = t("view.percent", value=number(100 * summary.limit, 1))
    how = t("view.compared.margin", level=int(summary.level * 100), spread=number(summary.spread, 0))
    return _compared(summary, "compared_reasons", ("A", "B", "C"), (how, t("view.compared.rule", limit=limit)))


def compared_dependence(summary: ComparisonSummary) -> View:
    """The operational dependence index, its halves and the other consequences, cohort by cohort."""
    return _compared(summary, "compared_dependence", ("IDO", "D1", "E", "D2", "D3"))


def _compared(summary: ComparisonSummary, name: str, scales: Sequence[str], how: Sequence[str] = ()) -> View:
    rows = turned(summary.means[summary.means["scale"].isin(scales)])
    shown = [style.with_margin(row.mean, row.error, summary.level) for row in _tuples(rows)]
    rows = rows.assign(label=[scale_label(scale, turned=True) for scale in rows["scale"]], shown=shown)
    apart = [each for each in _standing_apart(summary) if each[0] in scales]
    groups = [
        (scale_label(scale, turned=True), _cohort_dots(rows[rows["scale"] == scale], apart))
        for scale in scales
        if scale in set(rows["scale"])
    ]
    return of(
        summary,
        name,
        reading=tuple(_compared_told(apart, how)) if groups else (t("view.compared.none"),),
        alt=t("view.compared.alt", values=listed(_cohorts_listed(*each) for each in groups)) if groups else "",
        table=_compared_table(rows, scales) if groups else pd.DataFrame(),
        caption=t("view.table"),
        draw=partial(draw_dots, groups, t("view.axis.blockage"), True) if groups else None,
    )


def _standing_apart(summary: ComparisonSummary) -> list[tuple[str, str, str, float]]:
    """Scale, side, cohort and probability of each that stands apart; of two cohorts one side says both."""
    reversed_, found = load_instrument().scoring["bands"]["reversed"], []
    for row in summary.apart.itertuples():
        sides = [("highest", row.highest, row.p_highest), ("lowest", row.lowest, row.p_lowest)]
        if row.scale in reversed_:
            sides = [("highest", *sides[1][1:]), ("lowest", *sides[0][1:])]
        named_sides = [(row.scale, *side) for side in sides if side[1]]
        found += named_sides[:1] if len(summary.sizes) == 2 else named_sides
    return found


def _compared_told(apart: Sequence[tuple], how: Sequence[str]) -> list[str]:
    told = [
        t(f"view.compared.{side}", label=scale_label(scale, turned=True), cohort=cohort, chance=chance(probability))
        for scale, side, cohort, probability in apart
    ]
    return [*(told or [t("view.compared.level")]), *how]


def _cohort_dots(rows: pd.DataFrame, apart: Sequence[tuple]) -> list[Dot]:
    named_here = {(scale, cohort) for scale, _, cohort, _ in apart}
    return [
        Dot(row.cohort, row.mean, row.low, row.high, row.shown, (row.scale, row.cohort) in named_here)
        for row in _tuples(rows)
    ]


def _cohorts_listed(label: str, dots: Sequence[Dot]) -> str:
    cohorts = ", ".join(t("view.list_item", label=dot.label, value=dot.shown) for dot in dots)
    return t("view.compared.item", label=label, values=cohorts)


def _compared_table(rows: pd.DataFrame, scales: Sequence[str]) -> pd.DataFrame:
    rows = rows.sort_values("scale", key=lambda own: own.map(list(scales).index), kind="stable")
    columns = {
        "label": rows["label"],
        "cohort": rows["cohort"],
        "mean": rows["mean"].map(number),
        "interval": spans(rows["low"], rows["high"], 1),
        "n": rows["people"],
    }
    return named(columns)
