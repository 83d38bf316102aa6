"""What goes with each profile: outcomes compared between profiles, corrected for people placed in the wrong one.

The three-step method: profiles are fitted without the outcomes, people are placed, and the share of wrong placements
that the mixture itself implies is taken out (Bolck, Croon & Hagenaars 2004; Vermunt 2010; Bakk, Tekle & Vermunt 2013).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2


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


def probability_of_chance(means: NDArray, covariance: NDArray) -> float:
    """p of the Wald test that all k means are the same; missing for one profile.

    >>> round(probability_of_chance(np.array([50.0, 50 + 1.96 * 2**0.5]), np.eye(2)), 3)
    0.05
    """
    k = len(means)
    if k < 2 or not np.isfinite(covariance).all():
        return float("nan")
    contrasts = np.eye(k)[1:] - np.eye(k)[0]
    apart = contrasts @ means
    return float(chi2.sf(apart @ np.linalg.pinv(contrasts @ covariance @ contrasts.T) @ apart, k - 1))
