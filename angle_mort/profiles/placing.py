"""Where people stand among mixtures that are known: a fitted one and its refits, or declared prototypes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from angle_mort.profiles.evidence import Evidence, Parameters, alike
from angle_mort.profiles.expectation import log_joint, log_sum
from angle_mort.profiles.families import FAMILIES, Family

_AT_ONCE = 20_000  # people


def memberships(mixtures: Parameters, scores: NDArray, errors: NDArray, family: Family) -> NDArray:
    """The probability of each profile for each person (n x k, rows sum to 1), averaged over the mixtures.

    ``mixtures``: b of them, profiles in the same order, in the units of the scores, covariances as matrices. ``scores``
    n x d, NaN where missing; ``errors`` n x d, standard errors, 0 where exact. Somebody without any score gets NaN.

    >>> two = Parameters(np.array([[0.5, 0.5]]), np.array([[[30.0], [70.0]]]), np.full((1, 2, 1, 1), 64.0))
    >>> memberships(two, np.array([[40.0], [50.0], [np.nan]]), np.zeros((3, 1)), FAMILIES["EII"]).round(3)
    array([[0.998, 0.002],
           [0.5  , 0.5  ],
           [  nan,   nan]])
    """
    turns = np.array_split(np.arange(len(scores)), len(scores) // _AT_ONCE + 1)
    placed = [shares_of(mixtures, scores[turn], errors[turn], family).mean(axis=0) for turn in turns]
    return np.where(np.isnan(scores).all(axis=1)[:, None], np.nan, np.concatenate(placed, axis=1).T)


def shares_of(mixtures: Parameters, scores: NDArray, errors: NDArray, family: Family) -> NDArray:
    """The same for each mixture, b x k x n; somebody without any score gets the weights."""
    joint = log_joints(mixtures, scores, errors, family)
    return np.exp(joint - log_sum(joint)[:, None, :])


def log_joints(mixtures: Parameters, scores: NDArray, errors: NDArray, family: Family) -> NDArray:
    """Logarithms of weight x density: b x k x n; of the weight alone for somebody without any score."""
    layout = FAMILIES["VVV" if family.full else "VVI"]
    centre = mixtures.means.mean(axis=(0, 1))
    variances = np.diagonal(mixtures.covariances, axis1=-2, axis2=-1) + (mixtures.means - centre) ** 2
    scale = np.sqrt(variances.mean(axis=(0, 1)))
    covariances = layout.packed(mixtures.covariances / (scale[:, None] * scale))
    parameters = Parameters(mixtures.weights, (mixtures.means - centre) / scale, covariances)
    joint = np.repeat(np.log(mixtures.weights)[..., None], len(scores), axis=-1)
    people = np.flatnonzero(~np.isnan(scores).all(axis=1))
    if len(people):
        order = people[alike(scores[people], errors[people])]
        evidence = Evidence.gather(((scores - centre) / scale)[order], (errors / scale)[order], layout)
        joint[..., order] = log_joint(evidence, parameters) - evidence.seen @ np.log(scale)
    return joint


def distances(mixture: Parameters, scores: NDArray, errors: NDArray) -> NDArray:
    """Squared Mahalanobis distance of each person from each profile of one mixture, errors counted in: n x k."""
    seen = ~np.isnan(scores)
    away = (np.nan_to_num(scores)[:, None, :] - mixture.means) * seen[:, None, :]
    both = seen[:, None, :, None] * seen[:, None, None, :]
    own = np.where(seen, errors**2, 1.0)[:, None, :, None] * np.eye(scores.shape[1])
    pulled = np.linalg.solve(mixture.covariances * both + own, away[..., None])[..., 0]
    return (away * pulled).sum(axis=-1)
