"""Views for the coach who wants to know whether the questionnaire holds: scales, items, and links between blocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from angle_mort.instrument import load_instrument
from angle_mort.results import QuestionnaireSummary
from angle_mort.text import number, t
from angle_mort.views import style
from angle_mort.views.view import View, of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROW, _FRAME = 0.62, 0.85
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
    rows = rows.assign(label=[_scale_name(scale) for scale in rows["scale"]]).reset_index(drop=True)
    return of(
        summary,
        "scale_reliability",
        reading=tuple(_reliability_reading(rows, summary.level)),
        alt=t("view.reliability.alt", values=_joined(_reliability_item(row) for row in rows.itertuples())),
        table=_reliability_table(rows),
        caption=t("view.table"),
        draw=partial(_draw_reliability, rows) if len(rows) else None,
    )


def _scale_name(scale: str) -> str:
    return load_instrument().module(scale).name


def _reliability_reading(rows: pd.DataFrame, level: float) -> list[str]:
    if rows.empty:
        return [t("view.reliability.none", limit=_FEWEST)]
    told = [*_judged(rows), t("view.reliability.how", level=int(level * 100))]
    if rows["provisional"].any():
        told.append(t("view.reliability.provisional", limit=_certain_from()))
    if not rows["provisional"].all():
        told += [t("view.reliability.omega", limit=_decimals(_POOR_FIT)), t("view.reliability.words")]
    return [*told, t("view.rounded_down", limit=_STEP)]


def _judged(rows: pd.DataFrame) -> list[str]:
    """Above the limit, below it, or an interval that holds it: what each asks of the coach."""
    sure, poor = rows["alpha_low"] >= _RELIABLE, rows["alpha_high"] < _RELIABLE
    kinds = {"good": rows[sure], "open": rows[~sure & ~poor], "poor": rows[poor]}
    return [
        t(
            f"view.reliability.{kind}",
            values=_joined(_reliability_item(row) for row in found.itertuples()),
            limit=_decimals(_RELIABLE),
        )
        for kind, found in kinds.items()
        if len(found)
    ]


def _certain_from() -> int:
    return load_instrument().scoring["norms"]["provisional_below"]


def _reliability_item(row) -> str:
    return t("view.reliability.item", label=row.label, low=_decimals(row.alpha_low), high=_decimals(row.alpha_high))


def _reliability_table(rows: pd.DataFrame) -> pd.DataFrame:
    columns = {
        "scale": rows["label"],
        "questions": rows["n_items"].astype(int),
        "n": _people(rows["n_used"]),
        "alpha": [_alpha_cell(row) for row in rows.itertuples()],
        "span": _spans(rows["alpha_low"], rows["alpha_high"]),
    }
    known = rows.mask(rows["provisional"].astype(bool))
    columns |= {name: known[name].map(_decimals) for name in _MORE if name in rows}
    return _named(columns | {"se_measurement": [_or_nothing(value, 1) for value in known["se_measurement"]]})


def _alpha_cell(row) -> str:
    return t("view.reliability.word", n=int(row.n_used)) if row.provisional else _decimals(row.alpha)


def _draw_reliability(rows: pd.DataFrame) -> Figure:
    figure, axes = style.canvas(_FRAME + _ROW * len(rows))
    style.points_axis(axes, len(rows), t("view.axis.reliability"))
    axes.set_xticks(range(0, 101, 20), [number(tick / 100, 1) for tick in range(0, 101, 20)])
    axes.xaxis.grid(True, color="#e4e7eb", lw=0.8)
    for place, row in enumerate(rows.itertuples()):
        style.row_label(axes, place, row.label)
        _draw_interval(axes, place, row)
    return figure


def _draw_interval(axes: Axes, place: int, row) -> None:
    """The bar alone while n is too small for a figure; hundredths on an axis of 0 to 100."""
    low, middle, high = (max(100 * each, 0) for each in (row.alpha_low, row.alpha, row.alpha_high))
    if row.provisional:
        axes.plot([low, high], [place + 0.08] * 2, color=style.ACCENT, lw=3.2, solid_capstyle="butt", alpha=0.45)
        text = t("view.reliability.word", n=int(row.n_used))
    else:
        style.interval_dot(axes, place, middle, low, high)
        text = t("view.reliability.value", alpha=_decimals(row.alpha), n=int(row.n_used))
    room = low > 45
    at, side = (low - 2, "right") if room else (high + 2, "left")
    axes.text(at, place + 0.08, text, ha=side, va="center", fontsize=style.TEXT, color=style.ACCENT, fontweight="bold")


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
        t("view.questions.how", limit=_decimals(_WEAK)),
        t("view.questions.provisional", limit=_certain_from()) if summary.scales["provisional"].any() else "",
        *_named_weak({"weak": weak[surely], "perhaps": weak[~surely]}),
        t("view.questions.sound") if rows["item_rest"].notna().any() and weak.empty else "",
        t("view.questions.crowded", values=_named_items(crowded, crowded["ceiling"].map(_percent)))
        if len(crowded)
        else "",
        t("view.questions.hidden", limit=summary.minimum),
        t("view.questions.dropped", values=_joined(_quoted(name) for name in hidden)) if hidden else "",
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
    limit = _decimals(_WEAK)
    told = {kind: _named_items(rows, _links(rows)) for kind, rows in kinds.items() if len(rows)}
    return [t(f"view.questions.{kind}", values=values, limit=limit) for kind, values in told.items()]


def _told(rows: pd.DataFrame, name: str) -> bool:
    return name in rows and bool(rows[name].notna().any())


def _told_of_few(rows: pd.DataFrame, name: str) -> str:
    return t("view.questions.rare", name=t(f"view.column.{name}"), values=_named_items(rows, rows[name].map(_percent)))


def _quoted(name: str) -> str:
    return t("view.questions.column", name=t(f"view.column.{name}"))


def _named_items(rows: pd.DataFrame, values: Iterable[str]) -> str:
    texts = load_instrument().items
    return _joined(
        t("view.questions.item", item=texts[item].fr.rstrip("."), value=value)
        for item, value in zip(rows["item"], values, strict=True)
    )


def _links(rows: pd.DataFrame) -> list[str]:
    return _with_span(rows, "item_rest", "item_rest_low", "item_rest_high")


def _item_table(rows: pd.DataFrame) -> pd.DataFrame:
    texts = load_instrument().items
    shares = {name: rows[name].map(_percent) for name in _SHARES if name in rows}
    dropped = {"alpha_if_dropped": rows["alpha_if_dropped"].map(_decimals)} if "alpha_if_dropped" in rows else {}
    columns = {
        "question": [texts[item].fr for item in rows["item"]],
        "item_rest": _links(rows),
        **dropped,
        **shares,
        "scale": [_scale_name(scale) for scale in rows["scale"]],
    }
    return _named(columns)


# ------------------------------------------------------------------------------------------------- links and factors


def block_links(summary: QuestionnaireSummary) -> View:
    """How strongly the three blocks go together, and whether they may be told as three stories."""
    rows = summary.pairs
    pairs = [
        t("view.pairs.pair", first=_scale_name(row.first), second=_scale_name(row.second)) for row in rows.itertuples()
    ]
    columns = {
        "pair": pairs,
        "n": _people(rows["n"]),
        "r": _with_span(rows, "r", "low", "high"),
        "r_true": _with_span(rows, "r_true", "true_low", "true_high"),
    }
    how = t("view.pairs.how", level=int(summary.level * 100))
    return of(
        summary,
        "block_links",
        reading=(_story(rows.assign(pair=pairs)), how, t("view.rounded_down", limit=_STEP)),
        alt="",
        table=_named(columns),
        caption=t("view.pairs.caption"),
    )


def _story(rows: pd.DataFrame) -> str:
    rule = load_instrument().scoring["separation"]
    limit = _decimals(rule["correlation"])
    merged = rows[rows["verdict"] == "merged"]
    if len(merged):
        return t("view.pairs.merged", values=_joined(merged["pair"]), limit=limit)
    if (rows["verdict"] == "too few").any():
        return t("view.pairs.few", minimum=int(rule["minimum_n"]))
    return t("view.pairs.undecided" if (rows["verdict"] == "undecided").any() else "view.pairs.apart", limit=limit)


def one_or_three(summary: QuestionnaireSummary) -> View:
    """One tendency or three: two models side by side, and how many dimensions the answers hold beyond chance."""
    rows = summary.models
    columns = {
        "model": [t("view.models.name.one"), t("view.models.name.several")],
        "n": _people(rows["n_used"]),
        "rmsea": [_or_nothing(value, 3) for value in rows["rmsea"]],
        "srmr": [_or_nothing(value, 3) for value in rows["srmr"]],
        "bic": [_or_nothing(value, 0) for value in rows["bic"]],
    }
    verdict = {"one factor": "one", "a factor per scale": "several", "too few": "few"}
    minimum = int(load_instrument().scoring["separation"]["minimum_n"])
    sentence = verdict.get(summary.preferred, "undecided")
    sentences = [t(f"view.models.{sentence}", minimum=minimum)]
    sentences += [t("view.models.dimensions", n=summary.dimensions)] if summary.dimensions is not None else []
    sentences += [t("view.models.words", limit=_decimals(_POOR_FIT))] if rows["bic"].notna().any() else []
    return of(
        summary,
        "one_or_three",
        reading=tuple(sentences),
        alt="",
        table=_named(columns),
        caption=t("view.models.caption"),
    )


# ------------------------------------------------------------------------------------------------------------- words


def _named(columns: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame({t(f"view.column.{key}"): list(values) for key, values in columns.items()})


def _joined(texts: Iterable[str]) -> str:
    return t("view.list_join").join(texts)


def _or_nothing(value: float, digits: int) -> str:
    return t("view.nothing") if pd.isna(value) else number(value, digits)


def _decimals(value: float) -> str:
    return _or_nothing(value, 2)


def _percent(value: float) -> str:
    return t("view.nothing") if pd.isna(value) else t("view.percent", value=number(100 * value, 0))


def _people(least: pd.Series) -> list[str]:
    return [t("view.at_least", n=int(n)) for n in least]


def _spans(low: pd.Series, high: pd.Series) -> list[str]:
    return [t("view.interval", low=_decimals(a), high=_decimals(b)) for a, b in zip(low, high, strict=True)]


def _with_span(rows: pd.DataFrame, value: str, low: str, high: str) -> list[str]:
    return [_spanned(*edges) for edges in rows[[value, low, high]].to_numpy(float)]


def _spanned(value: float, low: float, high: float) -> str:
    if pd.isna(low):
        return _decimals(value)
    return t("view.value_interval", value=_decimals(value), low=_decimals(low), high=_decimals(high))
