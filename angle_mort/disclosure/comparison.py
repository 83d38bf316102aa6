"""Cohorts side by side: only what each may tell by itself, and which of them stands apart beyond chance."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import pandas as pd

from angle_mort.disclosure.summary import BLOCKS, CONSEQUENCES, INDEX
from angle_mort.instrument import Instrument
from angle_mort.margins import half_width, probability_highest
from angle_mort.results import CohortSummary, ComparisonSummary

_SCALES = (*INDEX, *CONSEQUENCES, *BLOCKS)


def compare_summaries(summaries: Sequence[CohortSummary], instrument: Instrument) -> ComparisonSummary:
    """The group means of two cohorts or more, with margins that allow to compare them.

    Beside the others a group is a sample: other leaders of the same kind would have given another mean. So the standard
    error here is the declared spread of a score over the root of the number of leaders that the summary tells (at least
    20 of 24 is 20): never the cohort's own spread, which would be told by it.

    A scale is compared where two cohorts tell it. The highest or the lowest is named when its probability is so high
    that a page of cohorts without any difference names one in a tenth of the cases at most (``chance``, shared out
    among scales and sides).
    """
    rule, first = instrument.scoring["comparison"], summaries[0]
    means = pd.concat([_means(each, rule["spread"], first.level) for each in summaries], ignore_index=True)
    compared = [scale for scale in _SCALES if (means["scale"] == scale).sum() > 1]
    limit = 1 - rule["chance"] / max(2 * len(compared), 1)
    return ComparisonSummary(
        name=" + ".join(each.name for each in summaries),
        seal=compared_seal([each.seal for each in summaries]),
        audience=first.audience,
        demonstration=any(each.demonstration for each in summaries),
        day=max(each.day for each in summaries),
        n=sum(each.n for each in summaries),
        minimum=min(each.minimum for each in summaries),
        level=first.level,
        instrument=first.instrument,
        versions=first.versions,
        policy=first.policy | {key: min(each.policy[key] for each in summaries) for key in _sizes(first)},
        sizes={each.name: each.n for each in summaries},
        spread=float(rule["spread"]),
        limit=limit,
        means=means[means["scale"].isin(compared)].reset_index(drop=True),
        apart=pd.DataFrame([_apart(means[means["scale"] == scale], limit) for scale in compared], columns=_APART),
    )


def compared_seal(seals: Sequence[str]) -> str:
    """The seal of cohorts side by side: another than that of the same cohorts read as one group."""
    return hashlib.sha256(("side by side " + " ".join(sorted(seals))).encode()).hexdigest()


_APART = ["scale", "highest", "p_highest", "lowest", "p_lowest"]


def _sizes(summary: CohortSummary) -> list[str]:
    return [key for key, size in summary.policy.items() if isinstance(size, int)]


def _means(summary: CohortSummary, spread: float, level: float) -> pd.DataFrame:
    """The means of one cohort by scale, with the error of a group of that size."""
    told = summary.means[summary.means["scale"].isin(_SCALES)]
    error = spread / np.sqrt(told["least"].to_numpy(float))
    mean, reach = told["mean"].to_numpy(float), half_width(level) * error
    low, high = np.clip([mean - reach, mean + reach], 0, 100).round(1)
    columns = {"scale": told["scale"], "mean": mean, "error": error.round(2), "low": low, "high": high}
    return pd.DataFrame({"cohort": summary.name, **columns, "people": told["people"]})


def _apart(rows: pd.DataFrame, limit: float) -> dict[str, object]:
    """The most probable highest and lowest cohort, empty where none is probable enough."""
    values, errors, told = rows["mean"].to_numpy(), rows["error"].to_numpy(), {"scale": rows["scale"].iloc[0]}
    for side, sign in (("highest", 1), ("lowest", -1)):
        chances = probability_highest(sign * values, errors)
        named = rows["cohort"].iloc[int(chances.argmax())] if chances.max() >= limit else ""
        told |= {side: named, f"p_{side}": round(float(chances.max()), 4)}
    return told
