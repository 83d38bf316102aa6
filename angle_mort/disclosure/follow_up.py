"""Two waves of one cohort, as far as they may be shared: the paired set only, by the rules of every other figure."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from angle_mort.disclosure.figures import ANSWERS, PEOPLE, Figure
from angle_mort.disclosure.profiles import joined_seal
from angle_mort.disclosure.summary import (
    BLOCKS,
    COUNTS,
    INDEX,
    MEASURES,
    complete_scores,
    count_rows,
    mean_row,
    members_of,
    sets_apart,
)
from angle_mort.disclosure.thresholds import Policy, merge_rest, shown_people
from angle_mort.errors import AngleMortError, problem
from angle_mort.instrument import Instrument
from angle_mort.margins import half_width
from angle_mort.results import SPONSOR, FollowUpSummary

SCALES = (*INDEX, *BLOCKS, "D3")
STILL = "none"


@dataclass(frozen=True)
class PairedWaves:
    """Those who answered two waves. ``pairs``: one row per person, ``before`` and ``after`` the row ids of the two
    releases, and in ``change`` and ``scenario`` what became of the index and of the two weeks (better, none, worse,
    unknown). ``scores``: the tidy scores of the two releases; ``certificates``: theirs.
    """

    name: str
    waves: tuple[str, str]
    pairs: pd.DataFrame
    scores: tuple[pd.DataFrame, pd.DataFrame]
    certificates: tuple[Mapping[str, object], Mapping[str, object]]


def summarise_follow_up(paired: PairedWaves, instrument: Instrument, withhold: Collection[str] = ()) -> FollowUpSummary:
    """The shareable summary of a paired set. Margins hold measurement error alone, as everywhere.

    ``withhold``: the measures that the ledger does not let through. Raises AM605 below the minimum cohort.
    """
    n, policy = len(paired.pairs), strictest(paired.certificates)
    if n < policy.cohort:
        raise AngleMortError(problem("AM605", n=n, minimum=policy.cohort))
    level = instrument.scoring["interval_level"]["value"]
    means = _means(paired, level, policy, withhold)
    counts, reasons = _counts(paired.pairs, policy, COUNTS not in withhold)
    reasons |= {"means": "shared"} if set(withhold) - {COUNTS} else {}
    first = paired.certificates[0]
    return FollowUpSummary(
        name=paired.name,
        seal=joined_seal(paired.certificates),
        audience=SPONSOR,
        demonstration=all(bool(each["demonstration"]) for each in paired.certificates),
        day=max(datetime.date.fromisoformat(str(each["day"])) for each in paired.certificates),
        n=n,
        minimum=policy.group,
        level=level,
        instrument=f"{instrument.name} {instrument.version}",
        versions={"tool": first["tool"], "norms": instrument.norms.name, "policy": policy.name},
        waves=paired.waves,
        provisional=instrument.norms.provisional,
        chance=(1 - instrument.scoring["change"]["level"]) / 2,
        policy=policy.as_dict(),
        means=means,
        counts=counts,
        withheld=_withheld(reasons, n, policy),
    )


def strictest(certificates: Sequence[Mapping]) -> Policy:
    """The highest of each threshold that some releases declare."""
    own = [each["policy"] for each in certificates]
    sizes = {key: max(each[key] for each in own) for key in own[0] if key != "name"}
    return Policy(own[0]["name"], **sizes)


def follow_up_figures(paired: PairedWaves, summary: FollowUpSummary) -> list[Figure]:
    """Everything that a page of this summary tells, with the rows of both waves behind it."""
    sides = [frozenset(paired.pairs[side]) for side in ("before", "after")]
    return [
        Figure(PEOPLE, sides[0]),
        *(Figure(ANSWERS, side) for side in sides),
        *_mean_figures(paired, summary),
        *_group_figures(paired.pairs, summary),
    ]


def _mean_figures(paired: PairedWaves, summary: FollowUpSummary) -> Iterator[Figure]:
    known = _known(paired)
    for scale in summary.means["scale"]:
        for side in ("before", "after"):
            yield Figure(MEASURES.get(scale, scale), frozenset(paired.pairs.loc[known[scale], side]))


def _group_figures(pairs: pd.DataFrame, summary: FollowUpSummary) -> Iterator[Figure]:
    """A change comes from both answers of a person."""
    for row in summary.counts.itertuples():
        own = pairs[pairs[row.figure].isin(row.category.split("+"))]
        yield Figure(COUNTS, frozenset(own["before"]) | frozenset(own["after"]))


# ------------------------------------------------------------------------------------------------------------- means


def _side(paired: PairedWaves, place: int, column: str) -> pd.DataFrame:
    """Pairs x scales of one wave: ``value`` or ``se_measurement``."""
    scores = paired.scores[place]
    wide = (
        complete_scores(scores)
        if column == "value"
        else scores.pivot(index="respondent", columns="scale", values=column)
    )
    rows = paired.pairs[("before", "after")[place]]
    return wide.reindex(index=rows, columns=list(SCALES)).set_axis(paired.pairs.index)


def _known(paired: PairedWaves) -> pd.DataFrame:
    """Pairs x scales: whether the scale is known of a person in both waves."""
    return _side(paired, 0, "value").notna() & _side(paired, 1, "value").notna()


def _means(paired: PairedWaves, level: float, policy: Policy, withhold: Collection[str]) -> pd.DataFrame:
    """Both means of each scale, of the same people; of the index and its halves all three or none."""
    known = _known(paired)
    values, errors = ([_side(paired, place, column) for place in (0, 1)] for column in ("value", "se_measurement"))
    told = {
        scale: _change_row(
            scale, known[scale], [each[scale] for each in values], [e[scale] for e in errors], level, policy
        )
        for scale in SCALES
        if MEASURES.get(scale, scale) not in withhold
    }
    if not all(told.get(scale) for scale in INDEX):
        told |= dict.fromkeys(INDEX)
    columns = ["scale", "before", "after", "change", "low", "high", "people"]
    return pd.DataFrame([row for row in told.values() if row], columns=columns)


def _change_row(scale: str, known: pd.Series, values: list, errors: list, level: float, policy: Policy) -> dict | None:
    sides = [mean_row(scale, one.where(known), error, level, policy) for one, error in zip(values, errors, strict=True)]
    if not all(sides):
        return None
    before, after = (side["value"] for side in sides)
    change = round(after - before, 1)
    reach = half_width(level) * float(np.hypot(*(side["se_measurement"] for side in sides)))
    people = shown_people(int(known.sum()), len(known), policy)
    edges = {"low": round(change - reach, 1), "high": round(change + reach, 1)}
    return {"scale": scale, "before": before, "after": after, "change": change, **edges, "people": people}


# ------------------------------------------------------------------------------------------------------------ counts


def _counts(pairs: pd.DataFrame, policy: Policy, told_again: bool) -> tuple[pd.DataFrame, dict[str, str]]:
    """How many progressed, stood still, fell back or cannot be told; the small groups join those who stood still."""
    told: list[frozenset] = []
    rows: list[dict[str, object]] = []
    reasons: dict[str, str] = {}
    for figure in ("change", "scenario"):
        counts = {STILL: 0} | pairs[figure].value_counts().to_dict()
        groups = merge_rest(counts, STILL, policy) if told_again and len(pairs) >= policy.split else []
        member = pairs[figure].map({name: place for place, (group, _) in enumerate(groups) for name in group})
        if not groups:
            reasons[figure] = "small" if len(pairs) < policy.split else "group" if told_again else "shared"
        elif sets_apart(told, member, policy):
            reasons[figure] = "overlap"
        else:
            told += members_of(member)
            rows += count_rows(figure, groups)
    return pd.DataFrame(rows, columns=["figure", "category", "count", "shown"]), reasons


def _withheld(reasons: Mapping[str, str], n: int, policy: Policy) -> pd.DataFrame:
    needed = {"group": policy.group, "small": policy.split, "overlap": 0, "shared": 0}
    always = [("rows", "never", 0), ("unpaired", "paired", 0)]
    spread = ("spread", "distribution", policy.distribution) if n < policy.distribution else ("spread", "version", 0)
    rows = [(figure, rule, needed[rule]) for figure, rule in reasons.items()]
    return pd.DataFrame([*rows, spread, *always], columns=["what", "rule", "needed"])
