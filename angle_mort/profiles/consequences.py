"""What goes with each profile: outcomes compared between profiles, corrected for people placed in the wrong one.

The three-step method: profiles are fitted without the outcomes, people are placed, and the share of wrong placements
that the mixture itself implies is taken out (Bolck, Croon & Hagenaars 2004; Vermunt 2010; Bakk, Tekle & Vermunt 2013).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_EXCHANGES = 499


def corrected_weights(memberships: NDArray, weights: NDArray) -> NDArray:
    """How much each person counts in the mean of each profile: n x k; some are negative.

    ``memberships`` (n x k) are those of the mixture fitted to these very people counted by ``weights`` (n): averaged
    over refits they would no longer say how often people are misplaced. Everybody is placed where most probable; the
    table of errors (k x k, row: true profile, column: placed) is inverted.

    >>> sure, unsure = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[0.9, 0.1], [0.1, 0.9]])
    >>> corrected_weights(sure, np.ones(2)).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    >>> corrected_weights(unsure, np.ones(2)).round(3).tolist()
    [[1.125, -0.125], [-0.125, 1.125]]
    """
    placed = (memberships.argmax(axis=1)[:, None] == np.arange(memberships.shape[1])) * 1.0
    shared = memberships * weights[:, None]
    table = shared.T @ placed / np.maximum(shared.sum(axis=0), 1e-12)[:, None]
    return placed @ np.linalg.pinv(table) * weights[:, None]


def corrected_means(corrected: NDArray, outcome: NDArray) -> NDArray:
    """The mean of an outcome (n, NaN where missing) in each profile: k."""
    known = ~np.isnan(outcome)
    return corrected[known].T @ outcome[known] / corrected[known].sum(axis=0)


def sandwich(corrected: NDArray, outcome: NDArray) -> NDArray:
    """The covariance of these means as if the profiles were known: k x k."""
    known = ~np.isnan(outcome)
    own = corrected[known]
    pull = own * (outcome[known][:, None] - corrected_means(corrected, outcome)) / own.sum(axis=0)
    return pull.T @ pull


def probability_of_chance(corrected: NDArray, outcome: NDArray) -> float:
    """p that the profiles do not differ in this outcome: missing for one profile.

    How often people who exchange their outcomes at random differ as much, by Wald's statistic (Chung & Romano 2013).
    The chi-square that it would follow in a large group promises too much where weights are negative and people few.

    >>> sure = np.repeat(np.eye(2), 20, axis=0)
    >>> probability_of_chance(sure, np.arange(40.0)), probability_of_chance(sure, np.arange(40.0) % 20)
    (0.002, 1.0)
    """
    known = ~np.isnan(outcome)
    if corrected.shape[1] < 2 or not known.any():
        return float("nan")
    weights, values = np.array(sorted(corrected[known].tolist())), np.sort(outcome[known])  # whoever comes first
    random = np.random.RandomState(0)
    exchanged = [_difference(weights, random.permutation(values)) for _ in range(_EXCHANGES)]
    found = _difference(corrected, outcome) * (1 - 1e-9)
    return float((1 + np.sum(np.array(exchanged) >= found)) / (1 + _EXCHANGES))


def _difference(corrected: NDArray, outcome: NDArray) -> float:
    """How far the means of the profiles are apart, by their own uncertainty (Wald)."""
    means, covariance = corrected_means(corrected, outcome), sandwich(corrected, outcome)
    contrasts = np.eye(len(means))[1:] - np.eye(len(means))[0]
    apart = contrasts @ means
    return float(apart @ np.linalg.pinv(contrasts @ covariance @ contrasts.T) @ apart)
