"""Views for the coach who wants to know whether the questionnaire holds: scales, items, and links between blocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from angle_mort.instrument import load_instrument
from angle_mort.results import QuestionnaireSummary
from angle_mort.text import number, t
from angle_mort.views.dots import Dot, draw_dots
from angle_mort.views.view import View, of
from angle_mort.views.words import at_least, decimals, listed, named, or_nothing, percent, scale_label, spans, with_span

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_STEP = 5  # people, by which the summary rounds down
_RARE = 3  # questions: a share told of no more of them is a sentence, not a column
_FEWEST = 30  # people, as the summary was made
_RELIABLE = 0.70  # of an alpha, for reading a group: Nunnally & Bernstein 1994
_WEAK = 0.30  # an item-rest correlation below it: Nunnally & Bernstein 1994
_POOR_FIT = 0.08  # an RMSEA above it: Browne & Cudeck 1993
_CROWDED = 0.5  # share of the highest answer
_MORE = ("alpha_standardised", "omega", "rmsea", "mean_inter_item", "split_half")  # the first is new in releases
_SHARES = ("ceiling", "floor", "missing", "not_applicable")


# ------------------------------------------------------------------------------------------------------------ scales


def scale_reliability(summary: QuestionnaireSummary) -> View:
    """Which scales are reliable, by their interval; each alpha with its interval and n, below 45 leaders without it."""
    rows = summary.scales[summary.scales["alpha"].notna()]
    rows = rows.assign(label=[scale_label(scale) for scale in rows["scale"]]).reset_index(drop=True)
    return of(
        summary,
        "scale_reliability",
        reading=tuple(_reliability_reading(rows, summary.level)),
        alt=t("view.reliability.alt", values=listed(_reliability_item(row) for row in rows.itertuples())),
        table=_reliability_table(rows),
        caption=t("view.table"),
        draw=partial(_draw_reliability, rows) if len(rows) else None,
    )


def _reliability_reading(rows: pd.DataFrame, level: float) -> list[str]:
    if rows.empty:
        return [t("view.reliability.none", limit=_FEWEST)]
    told = [*_judged(rows), t("view.reliability.how", level=int(level * 100))]
    if rows["provisional"].any():
        told.append(t("view.reliability.provisional", limit=_certain_from()))
    if not rows["provisional"].all():
        told += [t("view.reliability.omega", limit=decimals(_POOR_FIT)), t("view.reliability.words")]
    return [*told, t("view.rounded_down", limit=_STEP)]


def _judged(rows: pd.DataFrame) -> list[str]:
    """Above the limit, below it, or an interval that holds it: what each asks of the coach."""
    sure, poor = rows["alpha_low"] >= _RELIABLE, rows["alpha_high"] < _RELIABLE
    kinds = {"good": rows[sure], "open": rows[~sure & ~poor], "poor": rows[poor]}
    return [
        t(
            f"view.reliability.{kind}",
            values=listed(_reliability_item(row) for row in found.itertuples()),
            limit=decimals(_RELIABLE),
        )
        for kind, found in kinds.items()
        if len(found)
    ]


def _certain_from() -> int:
    return load_instrument().scoring["norms"]["provisional_below"]


def _reliability_item(row) -> str:
    return t("view.reliability.item", label=row.label, low=decimals(row.alpha_low), high=decimals(row.alpha_high))


def _reliability_table(rows: pd.DataFrame) -> pd.DataFrame:
    columns = {
        "scale": rows["label"],
        "questions": rows["n_items"].astype(int),
        "n": at_least(rows["n_used"]),
        "alpha": [_alpha_cell(row) for row in rows.itertuples()],
        "span": spans(rows["alpha_low"], rows["alpha_high"], 2),
    }
    known = rows.mask(rows["provisional"].astype(bool))
    columns |= {name: known[name].map(decimals) for name in _MORE if name in rows}
    return named(columns | {"se_measurement": [or_nothing(value, 1) for value in known["se_measurement"]]})


def _alpha_cell(row) -> str:
    return t("view.reliability.word", n=int(row.n_used)) if row.provisional else decimals(row.alpha)


def _draw_reliability(rows: pd.DataFrame) -> Figure:
    ticks = [number(tick / 100, 1) for tick in range(0, 101, 20)]
    return draw_dots([("", [_dot(row) for row in rows.itertuples()])], t("view.axis.reliability"), ticks=ticks)


def _dot(row) -> Dot:
    """The bar alone while n is too small for a figure; hundredths on an axis of 0 to 100."""
    low, middle, high = (max(100 * each, 0) for each in (row.alpha_low, row.alpha, row.alpha_high))
    told = t("view.reliability.word" if row.provisional else "view.reliability.value", **_alpha_words(row))
    return Dot(row.label, middle, low, high, told, early=bool(row.provisional))


def _alpha_words(row) -> dict[str, object]:
    return {"n": int(row.n_used)} | ({} if row.provisional else {"alpha": decimals(row.alpha)})


# ------------------------------------------------------------------------------------------------------------- items


def item_quality(summary: QuestionnaireSummary) -> View:
    """Each question: its ends, its gaps and its link with the scale; what to read again first."""
    rows = _without_early_alphas(summary)
    weak = rows[rows["item_rest"] < _WEAK]
    surely = weak["item_rest_high"] < _WEAK
    crowded = rows[rows["ceiling"] > _CROWDED]
    hidden = [name for name in ("alpha_if_dropped", *_SHARES) if name in rows and not _told(rows, name)]
    rare = [name for name in _SHARES if 0 < rows[name].notna().sum() <= _RARE]
    reading = [
        t("view.questions.how", limit=decimals(_WEAK)),
        t("view.questions.provisional", limit=_certain_from()) if summary.scales["provisional"].any() else "",
        *_named_weak({"weak": weak[surely], "perhaps": weak[~surely]}),
        t("view.questions.sound") if rows["item_rest"].notna().any() and weak.empty else "",
        t("view.questions.crowded", values=_named_items(crowded, crowded["ceiling"].map(percent)))
        if len(crowded)
        else "",
        t("view.questions.hidden", limit=summary.minimum),
        t("view.questions.dropped", values=listed(_quoted(name) for name in hidden)) if hidden else "",
        *(_told_of_few(rows.dropna(subset=name), name) for name in rare),
        t("view.questions.ends"),
        t("view.questions.alpha") if _told(rows, "alpha_if_dropped") else "",
    ]
    return of(
        summary,
        "item_quality",
        reading=tuple(filter(None, reading)),
        alt="",
        table=_item_table(rows.drop(columns=[*hidden, *rare])),
        caption=t("view.questions.caption"),
    )


def _without_early_alphas(summary: QuestionnaireSummary) -> pd.DataFrame:
    """The questions; no alpha stands alone where that of the scale may not."""
    early = summary.scales.loc[summary.scales["provisional"].astype(bool), "scale"]
    rows = summary.items.copy()
    if "alpha_if_dropped" in rows:
        rows.loc[rows["scale"].isin(early), "alpha_if_dropped"] = float("nan")
    return rows


def _named_weak(kinds: Mapping[str, pd.DataFrame]) -> list[str]:
    limit = decimals(_WEAK)
    told = {kind: _named_items(rows, _links(rows)) for kind, rows in kinds.items() if len(rows)}
    return [t(f"view.questions.{kind}", values=values, limit=limit) for kind, values in told.items()]


def _told(rows: pd.DataFrame, name: str) -> bool:
    return name in rows and bool(rows[name].notna().any())


def _told_of_few(rows: pd.DataFrame, name: str) -> str:
    return t("view.questions.rare", name=t(f"view.column.{name}"), values=_named_items(rows, rows[name].map(percent)))


def _quoted(name: str) -> str:
    return t("view.questions.column", name=t(f"view.column.{name}"))


def _named_items(rows: pd.DataFrame, values: Iterable[str]) -> str:
    texts = load_instrument().items
    return listed(
        t("view.questions.item", item=texts[item].fr.rstrip("."), value=value)
        for item, value in zip(rows["item"], values, strict=True)
    )


def _spanned(rows: pd.DataFrame, *columns: str) -> list[str]:
    return [with_span(*edges) for edges in rows[list(columns)].to_numpy(float)]


def _links(rows: pd.DataFrame) -> list[str]:
    return _spanned(rows, "item_rest", "item_rest_low", "item_rest_high")


def _item_table(rows: pd.DataFrame) -> pd.DataFrame:
    texts = load_instrument().items
    shares = {name: rows[name].map(percent) for name in _SHARES if name in rows}
    dropped = {"alpha_if_dropped": rows["alpha_if_dropped"].map(decimals)} if "alpha_if_dropped" in rows else {}
    columns = {
        "question": [texts[item].fr for item in rows["item"]],
        "item_rest": _links(rows),
        **dropped,
        **shares,
        "scale": [scale_label(scale) for scale in rows["scale"]],
    }
    return named(columns)


# ------------------------------------------------------------------------------------------------- links and factors


def block_links(summary: QuestionnaireSummary) -> View:
    """How strongly the three blocks go together, and whether they may be told as three stories."""
    rows = summary.pairs
    pairs = [
        t("view.pairs.pair", first=scale_label(row.first), second=scale_label(row.second)) for row in rows.itertuples()
    ]
    columns = {
        "pair": pairs,
        "n": at_least(rows["n"]),
        "r": _spanned(rows, "r", "low", "high"),
        "r_true": _spanned(rows, "r_true", "true_low", "true_high"),
    }
    how = t("view.pairs.how", level=int(summary.level * 100))
    return of(
        summary,
        "block_links",
        reading=(_story(rows.assign(pair=pairs)), how, t("view.rounded_down", limit=_STEP)),
        alt="",
        table=named(columns),
        caption=t("view.pairs.caption"),
    )


def _story(rows: pd.DataFrame) -> str:
    rule = load_instrument().scoring["separation"]
    limit = decimals(rule["correlation"])
    merged = rows[rows["verdict"] == "merged"]
    if len(merged):
        return t("view.pairs.merged", values=listed(merged["pair"]), limit=limit)
    if (rows["verdict"] == "too few").any():
        return t("view.pairs.few", minimum=int(rule["minimum_n"]))
    return t("view.pairs.undecided" if (rows["verdict"] == "undecided").any() else "view.pairs.apart", limit=limit)


def one_or_three(summary: QuestionnaireSummary) -> View:
    """One tendency or three: two models side by side, and how many dimensions the answers hold beyond chance."""
    rows = summary.models
    columns = {
        "model": [t("view.models.name.one"), t("view.models.name.several")],
        "n": at_least(rows["n_used"]),
        "rmsea": [or_nothing(value, 3) for value in rows["rmsea"]],
        "srmr": [or_nothing(value, 3) for value in rows["srmr"]],
        "bic": [or_nothing(value, 0) for value in rows["bic"]],
    }
    verdict = {"one factor": "one", "a factor per scale": "several", "too few": "few"}
    minimum = int(load_instrument().scoring["separation"]["minimum_n"])
    sentence = verdict.get(summary.preferred, "undecided")
    sentences = [t(f"view.models.{sentence}", minimum=minimum)]
    sentences += [t("view.models.dimensions", n=summary.dimensions)] if summary.dimensions is not None else []
    sentences += [t("view.models.words", limit=decimals(_POOR_FIT))] if rows["bic"].notna().any() else []
    return of(
        summary,
        "one_or_three",
        reading=tuple(sentences),
        alt="",
        table=named(columns),
        caption=t("view.models.caption"),
    )
