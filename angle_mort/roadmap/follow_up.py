"""What several waves say: each leader's slope, and what a programme may have changed. Frames in, frames out."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping

import numpy as np
import pandas as pd

from angle_mort.margins import half_width

SLOPES = ["person", "scale", "waves", "slope", "se", "low", "high", "p_line"]
EFFECT = ["scale", "n", "mean", "sd", "low", "high"]


def slopes(scores: pd.DataFrame, moments: Mapping[str, float], level: float = 0.90) -> pd.DataFrame:
    """The straight line through each leader's scores, each weighing as its margin allows.

    Parameters
    ----------
    scores : ``person, wave, scale, value, se_measurement`` (points of 0-100); what has no standard error is a fact, and
        facts have no slope.
    moments : when each wave was, in any unit of time (months).
    level : of the intervals, in ]0, 1[.

    Returns
    -------
    One row per person x scale measured at two moments at least: ``waves`` (how many), ``slope`` (points per unit of
    time), ``se`` (from the standard errors of measurement alone, which are taken as known: not from how the points
    scatter), ``low``, ``high``, and ``p_line``: how probable such departures from the line are if the change was
    steady (chi squared; missing with two waves).

    >>> scores = pd.DataFrame({"person": 1, "wave": ["T0", "T1", "T2"], "scale": "A", "value": [70.0, 62.0, 48.0],
    ...                        "se_measurement": 8.0})
    >>> slopes(scores, {"T0": 0, "T1": 4, "T2": 8})[["slope", "low", "high"]].round(2).values.tolist()
    [[-2.75, -5.08, -0.42]]
    """
    from scipy.stats import chi2

    known = scores[scores["value"].notna() & (scores["se_measurement"] > 0)]
    x, y = known["wave"].map(moments).astype(float), known["value"]
    w = known["se_measurement"].astype(float) ** -2
    parts = pd.DataFrame({"w": w, "wx": w * x, "wy": w * y, "wxx": w * x * x, "wxy": w * x * y, "wyy": w * y * y})
    keys = [known["person"], known["scale"]]
    sums = parts.groupby(keys, sort=False).sum()
    spread = sums["wxx"] - sums["wx"] ** 2 / sums["w"]
    table = pd.DataFrame({"waves": parts.groupby(keys, sort=False).size(), "se": spread.clip(lower=0) ** -0.5})
    table = table[x.groupby(keys, sort=False).nunique() > 1]
    sums, spread = sums.loc[table.index], spread.loc[table.index]
    table["slope"] = (sums["wxy"] - sums["wx"] * sums["wy"] / sums["w"]) / spread
    reach = half_width(level) * table["se"]
    table["low"], table["high"] = table["slope"] - reach, table["slope"] + reach
    off = (sums["wyy"] - sums["wy"] ** 2 / sums["w"] - table["slope"] ** 2 * spread).clip(lower=0)
    table["p_line"] = np.where(table["waves"] > 2, chi2.sf(off, (table["waves"] - 2).clip(lower=1)), np.nan)
    return table.reset_index()[SLOPES]


def programme_effect(changes: pd.DataFrame, level: float = 0.90) -> pd.DataFrame:
    """Before and after: the mean change of a group on each scale, with Student's interval.

    ``changes``: ``scale, difference`` (after - before, one row per person; missing ones are left out). The interval is
    for leaders like these, not for these alone: it holds how differently they change, and the error of measurement
    within it. Returns ``scale, n, mean, sd, low, high``; below two people there is no interval.

    It is no proof that the programme did it: see ``regression_to_mean`` and ``against_waiting_list``.

    >>> changes = pd.DataFrame({"scale": "A", "difference": [-12.0, -3.0, -9.0, 0.0]})
    >>> programme_effect(changes).round(1).values.tolist()
    [['A', 4, -6.0, 5.5, -12.4, 0.4]]
    """
    from scipy.stats import t

    told = changes.groupby("scale", sort=False)["difference"].agg(n="count", mean="mean", sd="std").reset_index()
    reach = t.ppf((1 + level) / 2, (told["n"] - 1).clip(lower=1)) * told["sd"] / np.sqrt(told["n"].clip(lower=1))
    return told.assign(low=told["mean"] - reach, high=told["mean"] + reach)[EFFECT]


def against_waiting_list(changes: pd.DataFrame, waiting: pd.DataFrame, level: float = 0.90) -> pd.DataFrame:
    """How much more a group changed than people who were waiting for the same programme, with Welch's interval.

    Both as in ``programme_effect``. What is common to both groups (time, season, regression to the mean of people
    picked in the same way) goes out of the difference. Returns ``scale, n, n_waiting, difference, low, high`` for the
    scales of both with two people at least on each side.

    >>> changes = pd.DataFrame({"scale": "A", "difference": [-12.0, -3.0, -9.0, 0.0]})
    >>> waiting = pd.DataFrame({"scale": "A", "difference": [-4.0, 2.0, 1.0, -3.0]})
    >>> against_waiting_list(changes, waiting).round(1).values.tolist()
    [['A', 4, 4, -5.0, -11.4, 1.4]]
    """
    from scipy.stats import t

    both = programme_effect(changes).merge(programme_effect(waiting), on="scale", suffixes=("", "_waiting"))
    both = both[(both["n"] > 1) & (both["n_waiting"] > 1)]
    one, other = both["sd"] ** 2 / both["n"], both["sd_waiting"] ** 2 / both["n_waiting"]
    freedom = (one + other) ** 2 / (one**2 / (both["n"] - 1) + other**2 / (both["n_waiting"] - 1))
    difference, reach = both["mean"] - both["mean_waiting"], t.ppf((1 + level) / 2, freedom) * np.sqrt(one + other)
    told = both[["scale", "n", "n_waiting"]].assign(difference=difference)
    return told.assign(low=difference - reach, high=difference + reach).reset_index(drop=True)


def regression_to_mean(start: float, population: float, reliability: float) -> float:
    """The change to expect, without any true change, of people who were picked *because* this score was high (or low).

    ``start``: their mean before; ``population``: that of the leaders they were picked from; ``reliability`` of the
    score among those, 0-1. People who came for another reason have none of it: it is the most that picking can do.

    >>> round(regression_to_mean(start=72, population=55, reliability=0.80), 1)
    -3.4
    """
    return (1 - reliability) * (population - start)


def people_needed(difference: float, sd: float, groups: int = 1, power: float = 0.80, level: float = 0.90) -> int:
    """How many people each group needs, for an interval at ``level`` to leave zero out with probability ``power``.

    ``difference``: the true mean change (one group) or the true difference between two changes (``groups=2``, as many
    waiting); ``sd``: the standard deviation of one person's change, same units. Exact (noncentral t), two-sided.

    >>> people_needed(8, sd=15), people_needed(8, sd=15, groups=2)
    (24, 45)
    """
    from scipy.stats import nct, t

    def reached(n: int) -> bool:
        freedom, shift = groups * (n - 1), abs(difference) / sd * np.sqrt(n / groups)
        edge = t.ppf((1 + level) / 2, freedom)
        return nct.sf(edge, freedom, shift) + nct.cdf(-edge, freedom, shift) >= power

    enough = 2
    while not reached(enough):
        enough *= 2
    return bisect_left(range(enough), True, lo=2, key=reached)
