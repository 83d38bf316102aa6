"""Invented cohorts with known types, or with none: the model behind ``profiles_accuracy``.

A person stands somewhere on each scale: where their type stands, and what is their own (standard normal; what is their
own on two scales may correlate). A score is the mean of five answers, each that position plus fresh noise, cut into
five steps. A cohort without types has one type; its scores may pile up at the low end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

SHARES = {1: (1.0,), 3: (0.55, 0.38, 0.07), 4: (0.45, 0.28, 0.20, 0.07), 5: (0.35, 0.25, 0.18, 0.15, 0.07)}
"""How large the types are, by their number; the smallest is always 7 %."""
ITEMS, NOISE = 5, 1.0
CUTS = np.array([-1.5, -0.5, 0.5, 1.5])
SKEW = 1.5
"""How much higher the cuts are where scores pile up: half of the answers are then the lowest."""
APART = 3
"""Two types differ on this many scales at least."""
STEP = 1.07
"""How far apart two positions are whose scores differ by one standard deviation, about."""
RELIABILITY = 0.75
"""Of a score inside a type, about: the correlation of two scores over that of their positions."""

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(41)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True)
class Kind:
    """A kind of cohort: people, types, how far two types are apart on a scale where they differ, and the rest.

    ``separation`` and ``within`` are about the scores: standard deviations inside a type, and the correlation there.
    """

    n: int
    types: int
    separation: float
    within: float
    scales: int = 8
    skewed: bool = False


@dataclass(frozen=True)
class TypedCohort:
    """``scores`` n x d (0 to 4, NaN where missing), the type of each person, and the moments of the scores of types:
    ``shares`` k, ``means`` k x d, ``covariances`` k x d x d."""

    scores: NDArray
    types: NDArray
    shares: NDArray
    means: NDArray
    covariances: NDArray

    def oracle(self) -> NDArray:
        """The memberships that the true moments give, Gaussian: n x k."""
        log_joint = np.column_stack([np.log(share) + self._log_density(k) for k, share in enumerate(self.shares)])
        joint = np.exp(log_joint - log_joint.max(axis=1, keepdims=True))
        return joint / joint.sum(axis=1, keepdims=True)

    def _log_density(self, k: int) -> NDArray:
        seen = ~np.isnan(self.scores)
        out = np.zeros(len(seen))
        for person, there in enumerate(seen):
            away = (self.scores[person] - self.means[k])[there]
            covariance = self.covariances[k][np.ix_(there, there)]
            out[person] = -(away @ np.linalg.solve(covariance, away) + np.linalg.slogdet(covariance)[1]) / 2
        return out


def draw(kind: Kind, random: np.random.Generator) -> TypedCohort:
    """One cohort: 5 to 10 % of its scores are missing, at random."""
    shares = np.array(SHARES[kind.types])
    levels = _levels(kind, random)
    correlation = kind.within / RELIABILITY
    types = random.choice(kind.types, kind.n, p=shares)
    shared, own = random.normal(size=(kind.n, 1)), random.normal(size=(kind.n, kind.scales))
    position = levels[types] + np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own
    noise = NOISE * random.normal(size=(kind.n, kind.scales, ITEMS))
    answers = ((position[..., None] + noise)[..., None] > _cuts(kind)).sum(axis=-1)
    scores = answers.mean(axis=-1)
    scores[random.random(scores.shape) < random.uniform(0.05, 0.10)] = np.nan
    return TypedCohort(scores, types, shares, *_moments(levels, correlation, _cuts(kind)))


def _cuts(kind: Kind) -> NDArray:
    return CUTS + SKEW * kind.skewed


def _levels(kind: Kind, random: np.random.Generator) -> NDArray:
    """Where each type stands on each scale, high or low at random, any two apart: k x d."""
    while True:
        high = random.random((kind.types, kind.scales)) < 0.5
        differ = (high[:, None] != high).sum(axis=-1)
        if (differ[np.triu_indices(kind.types, 1)] >= APART).all():
            return (high - 0.5) * kind.separation * STEP


def _moments(levels: NDArray, correlation: float, cuts: NDArray) -> tuple[NDArray, NDArray]:
    """Means (k x d) and covariances (k x d x d) of the scores of each type, by quadrature."""
    by_person = _item(levels[..., None] + _NODES, NOISE, cuts)
    means = by_person[0] @ _WEIGHTS
    variances = (by_person[0] ** 2 + by_person[1] / ITEMS) @ _WEIGHTS - means**2
    by_factor = _item(
        levels[..., None] + np.sqrt(correlation) * _NODES, np.hypot(np.sqrt(1 - correlation), NOISE), cuts
    )
    covariances = (by_factor[0] * _WEIGHTS) @ np.swapaxes(by_factor[0], -1, -2) - means[..., None] * means[:, None]
    diagonal = np.arange(levels.shape[1])
    covariances[:, diagonal, diagonal] = variances
    return means, covariances


def _item(position: NDArray, noise: float, cuts: NDArray) -> tuple[NDArray, NDArray]:
    """Mean and variance of one answer from each position."""
    chances = ndtr((position[..., None] - cuts) / noise)
    mean = chances.sum(axis=-1)
    return mean, chances @ (2 * np.arange(1, len(cuts) + 1) - 1) - mean**2
