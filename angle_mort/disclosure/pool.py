"""A pool of scores that may be shared: people in groups of five or ten, each told as the mean of their group."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from angle_mort.disclosure.thresholds import POLICY, Policy
from angle_mort.errors import AngleMortError, problem

SCALES = ("A", "B", "C", "D1", "D2", "D3", "E", "H", "I")
"""The scores of a pool; the index and the facets are made of the same answers and would only add ways to be found."""

_WEIGHT = {"A": 2.0, "B": 2.0, "C": 2.0}
"""Groups are made of people who are alike in the three reasons first: profiles are sought in them."""

_LARGE = 500


def pool_scores(leaders: pd.DataFrame, policy: Policy = POLICY) -> pd.DataFrame:
    """The exact scores that a pool is made of: leaders x scales, those leaders who have them all; never told.

    When only a few lack a score, as many more are left out as make them a minimum group: the numbers of a page and of a
    pool, side by side, must not isolate them. Row ids are random, so those with the last ids go.

    Raises ``AngleMortError`` AM619 when fewer are left than rows may be told of.
    """
    scores = leaders.set_index("leader")[[scale for scale in SCALES if scale in leaders]].sort_index()
    whole = scores.dropna()
    lacking = len(scores) - len(whole)
    if 0 < lacking < policy.group:
        whole = whole.iloc[: lacking - policy.group]
    if len(whole) < policy.rows:
        raise AngleMortError(problem("AM619", n=len(whole), minimum=policy.rows))
    return whole


def group_size(n: int, policy: Policy = POLICY) -> int:
    """How many people at least stand behind each row of a pool: 5, and 10 from 500 on.

    >>> group_size(100), group_size(499), group_size(500)
    (5, 5, 10)
    """
    return policy.group if n < _LARGE else policy.spread_group


def group_means(scores: pd.DataFrame, k: int) -> pd.DataFrame:
    """Each person's scores replaced by the means of their group, 1 decimal; in the order of the people, so not to tell.

    Groups of k to 2k - 1 people are found by MDAV (Domingo-Ferrer & Torra 2005) on standardised scores, those of the
    three reasons counted twice. ``scores``: people x scales, no gap.

    >>> group_means(pd.DataFrame({"A": [0.0, 100, 10, 80, 20, 90]}), 3)["A"].tolist()
    [10.0, 90.0, 10.0, 90.0, 10.0, 90.0]
    """
    weights = [_WEIGHT.get(scale, 1.0) for scale in scores]
    groups = mdav(_standardised(scores.to_numpy(float)) * weights, k)
    return scores.groupby(groups).transform("mean").round(1)


def told_rows(means: pd.DataFrame) -> pd.DataFrame:
    """The rows of a pool: no id, no characteristic, and sorted by their own values, which tells as little as a shuffle
    and is the same each time."""
    return means.sort_values(list(means)).reset_index(drop=True)


def mdav(points: NDArray[np.float64], k: int) -> NDArray[np.int64]:
    """The group of each point: maximum distance to average vector, groups of k to 2k - 1 points.

    While 3k points are left, the point farthest from their mean takes its k - 1 nearest, and then so does the one that
    is farthest from it; of 2k to 3k - 1 left, the first of these only; the rest are one group.

    >>> mdav(np.array([[0.0], [9], [1], [8]]), 2).tolist()
    [0, 1, 0, 1]
    """
    groups = np.zeros(len(points), int)
    left, made = np.arange(len(points)), 0
    while len(left) >= 2 * k:
        first = _farthest(points[left], points[left].mean(axis=0))
        seeds = [points[left[first]]]
        if len(left) >= 3 * k:
            seeds.append(points[left[_farthest(points[left], seeds[0])]])
        for seed in seeds:
            nearest = np.argsort(_distances(points[left], seed), kind="stable")[:k]
            groups[left[nearest]] = made
            left, made = np.delete(left, nearest), made + 1
    groups[left] = made
    return groups


def _farthest(points: NDArray, centre: NDArray) -> int:
    return int(_distances(points, centre).argmax())


def _distances(points: NDArray, centre: NDArray) -> NDArray:
    return ((points - centre) ** 2).sum(axis=1)


def _standardised(scores: NDArray) -> NDArray:
    spread = scores.std(axis=0)
    return (scores - scores.mean(axis=0)) / np.where(spread > 0, spread, 1)


def linkage_success(scores: pd.DataFrame, means: pd.DataFrame) -> NDArray[np.float64]:
    """For each person, the chance that somebody who knows all their exact scores points at their row, 0-1.

    They point at the told row that lies nearest, at one of its copies at random: right with a chance of one in as many
    copies when that row is the person's own, and never otherwise.
    """
    from scipy.spatial import cKDTree

    exact, own = scores.to_numpy(float), means.to_numpy(float)
    spread = np.where(exact.std(axis=0) > 0, exact.std(axis=0), 1)
    rows, copies = np.unique(own, axis=0, return_counts=True)
    _, nearest = cKDTree(rows / spread).query(exact / spread)
    return (rows[nearest] == own).all(axis=1) / copies[nearest]


def variance_kept(scores: pd.DataFrame, means: pd.DataFrame) -> float:
    """The share of the variance of the standardised scores that the groups keep, 0-1."""
    spread = np.where(scores.std(ddof=0) > 0, scores.std(ddof=0), 1)
    lost, whole = (((scores - other) / spread).to_numpy() for other in (means, scores.mean()))
    return 1 - float((lost**2).sum() / max((whole**2).sum(), np.finfo(float).tiny))
