"""Expectation-maximisation for Gaussian mixtures with missing scores and known errors.

Every function takes any number of leading axes (written ...), so that many starts, or many resampled cohorts, climb
together. A score that is missing takes no part; a score with a standard error comes from the profile's covariance plus
that error's variance, as in extreme deconvolution (Bovy, Hogg & Roweis 2011).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from angle_mort.profiles.families import Family

LOG_2_PI = np.log(2 * np.pi)

_EMPTY = 1e-10  # people: a profile that lost everybody keeps this, so that its logarithm exists
_SPIKE = 1e-8  # a variance below this share of the variable's own is a spike on repeated answers, not a profile


@dataclass(frozen=True)
class Evidence:
    """Scores with what is known of each, people sorted so that those alike in gaps and errors stand together.

    ``scores`` ... x n x d, 0 where missing; ``weights`` ... x n, how much each person counts; ``patterns`` p x d, 1
    where observed; ``noise`` p x d, error variances; ``pattern`` n, the index of each person's pattern; ``first`` p,
    the first person of each pattern; ``order`` n, the rows of the table in the order used here.
    """

    scores: NDArray
    weights: NDArray
    patterns: NDArray
    noise: NDArray
    pattern: NDArray
    first: NDArray
    order: NDArray

    @classmethod
    def gather(cls, scores: NDArray, errors: NDArray) -> Evidence:
        """From a table (NaN = missing) and its standard errors (0 = exact, inf = missing), both n x d."""
        observed = ~np.isnan(scores) & np.isfinite(errors)
        noise = np.where(observed, errors, 0.0) ** 2
        kinds, pattern = np.unique(np.hstack([observed, noise]), axis=0, return_inverse=True)
        order = np.argsort(pattern, kind="stable")
        d = scores.shape[1]
        return cls(
            scores=np.where(observed, scores, 0.0)[order],
            weights=np.ones(len(scores)),
            patterns=kinds[:, :d],
            noise=kinds[:, d:],
            pattern=pattern[order],
            first=np.unique(pattern[order], return_index=True)[1],
            order=order,
        )

    @property
    def size(self) -> NDArray:
        """How many people there are, weights counted: ..."""
        return self.weights.sum(axis=-1)

    @property
    def observed(self) -> NDArray:
        """n x d, 1 where observed."""
        return self.patterns[self.pattern]

    def unsorted(self, people: NDArray) -> NDArray:
        """Values per person (... x n x any) back in the order of the table."""
        return people[..., np.argsort(self.order), :]

    def take(self, starts: NDArray) -> Evidence:
        """The evidence of some starts, where starts have each their own."""
        scores = self.scores[starts] if self.scores.ndim > 2 else self.scores
        weights = self.weights[starts] if self.weights.ndim > 1 else self.weights
        return replace(self, scores=scores, weights=weights)


class Parameters(NamedTuple):
    """Mixtures: ``weights`` ... x k (sum to 1), ``means`` ... x k x d, ``covariances`` ... x k x d x d."""

    weights: NDArray
    means: NDArray
    covariances: NDArray

    def take(self, starts: NDArray | int) -> Parameters:
        return Parameters(*(each[starts] for each in self))

    def put(self, starts: NDArray, others: Parameters) -> None:
        for mine, other in zip(self, others, strict=True):
            mine[starts] = other


@dataclass(frozen=True)
class Prior:
    """An inverse-Wishart prior on each covariance: ``strength`` pseudo-people per profile, of variances ``variance``.

    ``variance`` and ``spread``, the variances of the whole cohort, have one number per scale.
    """

    strength: float
    variance: NDArray
    spread: NDArray

    @classmethod
    def weak(cls, spread: NDArray, strength: float = 1.0, share: float = 0.1) -> Prior:
        """One pseudo-person per profile, whose variance is a tenth of each variable's own (``spread``, d variances)."""
        return cls(strength, share * spread, spread)

    @classmethod
    def none(cls, spread: NDArray) -> Prior:
        return cls(0.0, np.zeros_like(spread), spread)

    def log_density(self, covariances: NDArray) -> NDArray:
        """Up to a constant, one number per mixture: ..."""
        if not self.strength:
            return np.zeros(covariances.shape[:-3])
        pull = np.diagonal(np.linalg.inv(covariances), axis1=-2, axis2=-1) @ self.variance
        return -self.strength / 2 * (np.linalg.slogdet(covariances)[1] + pull).sum(axis=-1)

    def spikes(self, covariances: NDArray) -> NDArray:
        """Which mixtures (...) hold a covariance that shrinks onto a few equal answers."""
        root = np.sqrt(self.spread)
        smallest = np.linalg.eigvalsh(covariances / (root[:, None] * root)).min(axis=(-1, -2))
        return ~(smallest > _SPIKE)


class Expectation(NamedTuple):
    """What a mixture says of each person, and what its next step needs.

    ``log_densities`` ... x n; ``responsibilities`` ... x k x n; ``deviations`` ... x k x n x d, the expected true
    scores less the means; ``leftover`` ... x k x p x d x d, the covariance of the true scores around them.
    """

    log_densities: NDArray
    responsibilities: NDArray
    deviations: NDArray
    leftover: NDArray


class Climb(NamedTuple):
    """Where s starts arrived: mixtures, objectives (s), which converged (s), and objectives by step (t x s)."""

    parameters: Parameters
    objective: NDArray
    converged: NDArray
    history: NDArray


def log_joint(evidence: Evidence, parameters: Parameters) -> tuple[NDArray, NDArray, NDArray]:
    """Logarithms of weight x density (... x k x n), precision-weighted residuals, and each pattern's precisions."""
    precisions, log_determinants = _precisions(evidence, parameters.covariances)
    residuals = (evidence.scores[..., None, :, :] - parameters.means[..., :, None, :]) * evidence.observed
    pulled = _weighted(evidence, precisions, residuals)
    distance = (residuals * pulled).sum(axis=-1)
    constant = LOG_2_PI * evidence.observed.sum(axis=1)
    log_density = -(distance + log_determinants[..., evidence.pattern] + constant) / 2
    return np.log(parameters.weights)[..., None] + log_density, pulled, precisions


def log_sum(joint: NDArray) -> NDArray:
    """Logarithm of the sum of exponentials over the profiles (axis -2)."""
    highest = joint.max(axis=-2, keepdims=True)
    return highest[..., 0, :] + np.log(np.exp(joint - highest).sum(axis=-2))


def e_step(evidence: Evidence, parameters: Parameters) -> Expectation:
    """Who belongs where, and what the gaps and errors hide, given the mixture."""
    joint, pulled, precisions = log_joint(evidence, parameters)
    log_densities = log_sum(joint)
    covariances = parameters.covariances
    wide = covariances[..., None, :, :]
    return Expectation(
        log_densities,
        np.exp(joint - log_densities[..., None, :]),
        pulled @ covariances,
        wide - wide @ precisions @ wide,
    )


def m_step(
    evidence: Evidence, parameters: Parameters, expectation: Expectation, family: Family, prior: Prior
) -> Parameters:
    """The mixture of highest objective, given who belongs where."""
    shares = expectation.responsibilities * evidence.weights[..., None, :]
    sizes = shares.sum(axis=-1) + _EMPTY
    weighted = shares[..., None] * expectation.deviations
    shift = weighted.sum(axis=-2) / sizes[..., None]
    about_old = np.swapaxes(weighted, -1, -2) @ expectation.deviations
    about_new = about_old - sizes[..., None, None] * shift[..., :, None] * shift[..., None, :]
    per_pattern = np.add.reduceat(shares, evidence.first, axis=-1)
    unseen = np.einsum("...kp,...kpij->...kij", per_pattern, expectation.leftover)
    scatter = about_new + unseen + prior.strength * np.diag(prior.variance)
    return Parameters(
        sizes / sizes.sum(axis=-1, keepdims=True),
        parameters.means + shift,
        family.covariances(scatter, sizes + prior.strength),
    )


def climb(evidence: Evidence, start: Parameters, family: Family, prior: Prior, max_iter: int, tol: float) -> Climb:
    """Alternate the two steps from each start (axis 0) until the objective gains less than ``tol`` per person.

    The objective is the log-likelihood plus the prior's log-density; a start that shrinks onto a spike gets -inf.
    """
    parameters = Parameters(*(np.array(each) for each in start))
    objective = np.full(len(parameters.weights), -np.inf)
    converged = np.zeros(len(objective), dtype=bool)
    climbing = np.arange(len(objective))
    history = []
    for _ in range(max_iter):
        now, seen = parameters.take(climbing), evidence.take(climbing)
        expectation = e_step(seen, now)
        value = (expectation.log_densities * seen.weights).sum(axis=-1) + prior.log_density(now.covariances)
        arrived = value - objective[climbing] < tol * seen.size
        objective[climbing] = value
        converged[climbing[arrived]] = True
        history.append(objective.copy())
        if arrived.all():
            break
        later = m_step(seen, now, expectation, family, prior)
        spiked = prior.spikes(later.covariances) & ~arrived
        objective[climbing[spiked]] = -np.inf
        going = ~arrived & ~spiked
        parameters.put(climbing[going], later.take(going))
        climbing = climbing[going]
        if not len(climbing):
            break
    return Climb(parameters, objective, converged, np.array(history))


def _precisions(evidence: Evidence, covariances: NDArray) -> tuple[NDArray, NDArray]:
    """Inverse (... x k x p x d x d, 0 where missing) and log-determinant (... x k x p) of the observed covariances.

    Missing dimensions are replaced by independent ones of variance 1, which change neither, and blanked afterwards.
    """
    seen = evidence.patterns
    both = seen[:, :, None] * seen[:, None, :]
    own = (evidence.noise + 1 - seen)[:, None, :] * np.eye(seen.shape[1])
    total = covariances[..., None, :, :] * both + own
    return np.linalg.inv(total) * both, np.linalg.slogdet(total)[1]


def _weighted(evidence: Evidence, precisions: NDArray, residuals: NDArray) -> NDArray:
    """Each person's residuals times the precision of their pattern: ... x k x n x d."""
    if len(evidence.patterns) == 1:
        return residuals @ precisions[..., 0, :, :]
    return np.einsum("...nij,...nj->...ni", precisions[..., evidence.pattern, :, :], residuals)
