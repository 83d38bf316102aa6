"""Views of profiles: whether there are any, why not when there are none, where they stand and what goes with them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from angle_mort.results import COACH, SPONSOR, ProfilesSummary
from angle_mort.text import day, number, t
from angle_mort.views import style
from angle_mort.views.dots import Dot, draw_bars, draw_dots
from angle_mort.views.view import View, of
from angle_mort.views.words import (
    chance,
    decimals,
    listed,
    listed_values,
    named,
    or_nothing,
    percent,
    scale_label,
    spans,
    turned,
    whole,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_NEEDED = 6
_CROWDED, _LANES = 0.065, 3  # of the width of the figure, that a number takes; rows below one another
_SIZES = {"sheet": 0, "position": 8, "hypothesis": 30, "exploratory": 60, "profiles": 200}


# ---------------------------------------------------------------------------------------------------------- verdict


def profile_verdict(summary: ProfilesSummary) -> View:
    """Whether profiles may be told of these cohorts, in the words of its size, and what decided it."""
    found = _judged(summary)
    reading = (_who(summary), *(_yes(summary, found) if _shown(summary) else _no(summary, found)))
    here = max((code for code, least in _SIZES.items() if summary.n >= least), key=_SIZES.get)
    sizes = {code: t(f"view.profiles.size.{code}") for code in _SIZES}
    sizes[here] = t("view.profiles.here", size=sizes[here])
    columns = {
        "size": sizes.values(),
        "allowed": [t(f"view.profiles.allowed.{code}") for code in _SIZES],
        "words": [t(f"view.profiles.word.{code}") for code in _SIZES],
    }
    table, caption = named(columns), t("view.profiles.sizes")
    return of(summary, "profile_verdict", reading=reading, alt="", table=table, caption=caption)


def _shown(summary: ProfilesSummary) -> bool:
    return len(summary.positions) > 0


def _judged(summary: ProfilesSummary) -> pd.Series:
    """The candidate that the verdict is about; all missing where nothing was fitted."""
    judged = summary.candidates[summary.candidates["judged"].astype(bool)]
    return judged.iloc[0] if len(judged) else pd.Series(index=summary.candidates.columns, dtype=object)


def _who(summary: ProfilesSummary) -> str:
    cohorts = summary.name.count(" + ") + 1
    if not summary.sizes:
        return t("view.profiles.pooled_twice", n=str(summary.n), cohorts=cohorts)
    sizes = listed(t("view.profiles.pooled_size", name=name, n=n) for name, n in summary.sizes.items())
    key = "view.profiles.pooled_one" if cohorts == 1 else "view.profiles.pooled"
    return t(key, n=str(summary.n), cohorts=str(cohorts), sizes=sizes)


def _yes(summary: ProfilesSummary, found: pd.Series) -> list[str]:
    key = f"view.profiles.found.{summary.verdict.replace(' ', '_')}"
    told = t(key, k=int(found["n_components"]), n=summary.n, day=day(summary.day))
    facts = {name: decimals(found[name]) for name in ("jaccard", "shape_p", "blrt_p", "split_half")}
    why = t("view.profiles.why_yes", gap=number(found["gap"], 0), jaccard=facts["jaccard"], shape_p=facts["shape_p"])
    halves = t("view.profiles.why_yes_halves", split_half=facts["split_half"], blrt_p=facts["blrt_p"])
    return [told, why, *([halves] if pd.notna(found["split_half"]) else [])]


def _no(summary: ProfilesSummary, found: pd.Series) -> list[str]:
    key = summary.verdict.replace(" ", "_")
    if key == "not_beyond_one_group" and pd.notna(found["blrt_p"]):
        key += "_tested"
    facts = {name: decimals(found.get(name)) for name in ("jaccard", "shape_p", "blrt_p", "split_half")}
    if key == "one_group" and found["gap"] <= 0:
        key += "_better"
    facts |= {"gap": or_nothing(found.get("gap"), 0), "k": or_nothing(found.get("n_components"), 0)}
    facts |= {"behind": or_nothing(0 - found["gap"], 0)}
    reason = t(f"view.profiles.absent.{key}", n=summary.n, smallest=str(found.get("smallest")), **facts)
    return [reason, t("view.profiles.why_strict"), t("view.profiles.instead")]


# ------------------------------------------------------------------------------------------- candidates and chances


def profile_chances(summary: ProfilesSummary) -> View:
    """How probable each number of profiles is: a distribution, since one number would hide how unsure it is."""
    rows = summary.chances
    labels = [t("view.profiles.chances.label", n=int(k)) for k in rows["n_components"]]
    shown = [chance(value) for value in rows["probability"]]
    values = listed_values(labels, shown)
    told = ("reading", "how") if len(rows) else ("none",)
    return of(
        summary,
        "profile_chances",
        reading=tuple(t(f"view.profiles.chances.{key}", values=values) for key in told),
        alt=t("view.profiles.chances.alt", values=values) if len(rows) else "",
        table=named({"k": labels, "chance": shown}) if len(rows) else pd.DataFrame(),
        caption=t("view.table"),
        draw=partial(draw_bars, labels, list(rows["probability"]), shown, 1, "") if len(rows) else None,
    )


def profile_candidates(summary: ProfilesSummary) -> View:
    """Every candidate beside the best single group: BIC, and what was measured of the one that was judged."""
    rows = summary.candidates
    labels = [_candidate(row) for row in rows.itertuples()]
    values = listed_values(labels, rows["gap"].map(whole))
    reading = [t("view.profiles.candidates.reading", n=len(rows))] if len(rows) else []
    reading += [t("view.profiles.candidates.judged", label=_candidate(row)) for row in _judged_rows(rows)]
    return of(
        summary,
        "profile_candidates",
        reading=tuple(reading or [t("view.profiles.candidates.none")]),
        alt=t("view.profiles.candidates.alt", values=values) if len(rows) else "",
        table=_candidate_table(rows) if len(rows) else pd.DataFrame(),
        caption=t("view.profiles.candidates.caption"),
        draw=partial(_draw_candidates, rows) if len(rows) else None,
    )


def _judged_rows(rows: pd.DataFrame) -> list:
    return list(rows[rows["judged"].astype(bool)].itertuples())


def _candidate(row) -> str:
    family = t(f"view.profiles.family.{row.family}")
    return t("view.profiles.candidates.label", family=family, n=int(row.n_components))


def _candidate_table(rows: pd.DataFrame) -> pd.DataFrame:
    columns = {
        "family": [t(f"view.profiles.family.{family}") for family in rows["family"]],
        "k": rows["n_components"].astype(int),
        "gap": [number(gap, 0) for gap in rows["gap"]],
        "smallest": rows["smallest"],
        "sharpness": rows["relative_entropy"].map(decimals),
        "replicated": [t("view.profiles.found_again" if each else "view.nothing") for each in rows["replicated"]],
    }
    return named(columns | {name: rows[name].map(decimals) for name in ("jaccard", "shape_p", "blrt_p", "split_half")})


def _draw_candidates(rows: pd.DataFrame) -> Figure:
    """A row per form of profiles, each number of profiles where its lead is; the one that was judged is full."""
    families = list(rows.groupby("family", sort=False))
    low, high = min(rows["gap"].min(), 0), max(rows["gap"].max(), _NEEDED)
    figure, (axes,) = style.panels(0.9 + 0.78 * len(families), 1)
    style.points_axis(axes, len(families), t("view.profiles.candidates.gap_axis"))
    axes.set_xlim(low - 0.08 * (high - low), high + 0.08 * (high - low))
    axes.xaxis.set_major_locator(_whole_points())
    axes.xaxis.set_major_formatter(lambda value, _: whole(value))
    axes.xaxis.grid(True, color=style.GRID, lw=0.8)
    axes.axvline(_NEEDED, color=style.SECOND, lw=1.4, ls="--", zorder=1)
    axes.set_title(t("view.profiles.candidates.needed"), fontsize=style.TEXT - 1, color=style.SECOND, loc="right")
    for place, (family, own) in enumerate(families):
        axes.text(0.01, place + 0.02, t(f"view.profiles.family.{family}"), transform=axes.get_yaxis_transform(),
                  ha="left", va="top", fontsize=style.TEXT)  # fmt: skip
        _put_numbers(axes, place + 0.48, own.sort_values("gap"), (high - low) * _CROWDED)
    return figure


def _put_numbers(axes: Axes, row: float, own: pd.DataFrame, least: float) -> None:
    """The numbers of profiles at their leads; one that would cover its neighbour goes below it."""
    before, lane = -float("inf"), 0
    for each in own.itertuples():
        lane = (lane + 1) % _LANES if each.gap - before < least else 0
        before, inside = each.gap, style.ACCENT if each.judged else "white"
        told = {"ha": "center", "va": "center", "fontsize": style.TEXT - 2, "fontweight": "bold", "zorder": 4}
        axes.plot([each.gap], [row + 0.2 * lane], "o", ms=13, color=inside, mec=style.ACCENT, mew=1.3, zorder=3)
        axes.text(each.gap, row + 0.2 * lane, str(int(each.n_components)), **told,
                  color="white" if each.judged else style.ACCENT)  # fmt: skip


def _whole_points():
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(5, integer=True)


# ------------------------------------------------------------------------------------------------ what profiles are


def profile_positions(summary: ProfilesSummary) -> View:
    """Where each profile stands on the three blocks, with its margin, and which block separates profiles most."""
    rows = summary.positions.assign(label=[scale_label(scale) for scale in summary.positions["scale"]])
    groups = [(_profile_name(own), _as_dots(own)) for _, own in rows.groupby("profile", sort=True)]
    values = listed(
        t(
            "view.profiles.positions.item",
            name=own["name"].iloc[0],
            share=percent(own["share"].iloc[0]),
            values=_points(own),
        )
        for _, own in rows.groupby("profile", sort=True)
    )
    separates = listed(
        t("view.profiles.positions.separation", label=scale_label(row.scale), value=percent(row.separation))
        for row in summary.scales.itertuples()
    )
    columns = {
        "profile": rows["name"],
        "share": rows["share"].map(percent),
        "reason": rows["label"],
        "position": rows["mean"].map(whole),
        "margin": spans(rows["low"], rows["high"], 0),
    }
    return _of_profiles(
        summary,
        "profile_positions",
        reading=(
            t("view.profiles.positions.how", level=int(summary.level * 100)),
            t("view.profiles.positions.separates", values=separates),
        ),
        alt=t("view.profiles.positions.alt", values=values),
        table=named(columns),
        caption=t("view.profiles.positions.caption"),
        draw=partial(draw_dots, groups, t("view.axis.blockage"), True),
    )


def _profile_name(own: pd.DataFrame) -> str:
    return t("view.profiles.positions.share", name=own["name"].iloc[0], share=percent(own["share"].iloc[0]))


def profile_sharpness(summary: ProfilesSummary) -> View:
    """How well people are told apart, and how well the most fragile profile is found again."""
    told = summary.sharpness
    rows = [(t(f"view.profiles.sharp.{name}"), decimals(value)) for name, value in told.items()]
    table = pd.DataFrame(rows, columns=[t("view.column.item"), t("view.column.value")])
    probability = percent(told["probability"]) if told else ""
    return _of_profiles(
        summary,
        "profile_sharpness",
        reading=(t("view.profiles.sharp.reading", value=probability),),
        alt="",
        table=table,
        caption=t("view.profiles.sharp.caption"),
    )


def profile_people(summary: ProfilesSummary) -> View:
    """How many leaders are near each profile, between two, or far from all; small groups are merged."""
    labels = [_group(summary, group) for group in summary.people["group"]]
    counts = [int(count) for count in summary.people["count"]]
    values = listed(t("view.profiles.people.item", label=a, n=n) for a, n in zip(labels, counts, strict=True))
    told = ("reading", "how") if counts else ("none",)
    return _of_profiles(
        summary,
        "profile_people",
        reading=tuple(t(f"view.profiles.people.{key}", values=values) for key in told),
        alt=t("view.profiles.people.alt", values=values) if counts else "",
        table=named({"profile": labels, "leaders": counts}) if counts else pd.DataFrame(),
        caption=t("view.table"),
        draw=partial(draw_bars, labels, counts, [str(each) for each in counts], summary.n, "") if counts else None,
    )


def _group(summary: ProfilesSummary, group: str) -> str:
    if "+" in group:
        return t("view.profiles.people.rest")
    if group in ("between", "far"):
        return t(f"view.profiles.people.{group}")
    names = summary.positions.drop_duplicates("profile").set_index("profile")["name"]
    return names[int(group)]


def profile_consequences(summary: ProfilesSummary) -> View:
    """What goes with each profile, corrected for wrong placements; right is always more blocked."""
    rows = turned(summary.consequences, "outcome")
    rows = rows.assign(label=rows["name"], title=[_outcome(code) for code in rows["outcome"]])
    outcomes = list(rows.groupby("outcome", sort=False))
    groups = [(own["title"].iloc[0], _as_dots(own)) for _, own in outcomes]
    apart = [own["title"].iloc[0] for _, own in outcomes if own["apart"].iloc[0]]
    columns = {
        "outcome": rows["title"],
        "profile": rows["name"],
        "mean": rows["mean"].map(whole),
        "margin": spans(rows["low"], rows["high"], 0),
    }
    differs = t("view.profiles.consequences.apart", values=listed(apart))
    return _of_profiles(
        summary,
        "profile_consequences",
        reading=(
            differs if apart else t("view.profiles.consequences.level"),
            t("view.profiles.consequences.how", level=int(summary.level * 100)),
            t("view.profiles.consequences.cause"),
        ),
        alt=t(
            "view.profiles.consequences.alt",
            values=listed(
                f"{title} {_points(own)}" for title, own in [(own["title"].iloc[0], own) for _, own in outcomes]
            ),
        ),
        table=named(columns),
        caption=t("view.profiles.consequences.caption"),
        draw=partial(draw_dots, groups, t("view.axis.outcome")),
    )


def _outcome(code: str) -> str:
    return t("view.profiles.consequences.stops") if code == "J" else scale_label(code, turned=True)


def _as_dots(rows: pd.DataFrame) -> list[Dot]:
    return [Dot(row.label, row.mean, row.low, row.high, whole(row.mean)) for row in rows.itertuples()]


def _points(rows: pd.DataFrame) -> str:
    return listed_values(rows["label"], rows["mean"].map(whole))


def profile_model(summary: ProfilesSummary, path: object) -> View:
    """Where the model is stored, for the coach: ``path`` as ``JoinedReading.save`` gave it."""
    told = t("view.profiles.stored.reading", path=str(path)) if path else t("view.profiles.stored.nothing")
    title = t("view.profiles.stored.title")
    nothing = pd.DataFrame()
    return of(
        summary, "profile_model", audience=COACH, reading=(told,), alt="", table=nothing, caption=title, title=title
    )


def _of_profiles(summary: ProfilesSummary, name: str, **parts: object) -> View:
    """The view itself where it may be shared; else what a sponsor may read, and the view beside it for the coach."""
    if not _shown(summary):
        return _sentence(summary, name, t("view.profiles.nothing"))
    if summary.profiles_for == SPONSOR:
        return of(summary, name, **parts)
    kept = of(summary, name, audience=summary.profiles_for, **parts)
    return _sentence(summary, name, t("view.profiles.reserved", limit=summary.shared_from), kept)


def _sentence(summary: ProfilesSummary, name: str, sentence: str, reserved: View | None = None) -> View:
    nothing = pd.DataFrame()
    return of(summary, name, reading=(sentence,), alt="", table=nothing, caption=sentence, reserved=reserved)
