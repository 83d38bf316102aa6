"""Everybody in one group whose scales move together: what profiles have to beat, told with few numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_LEAST = 1e-3  # of a scale's variance: its own part never falls below
EQUAL, ALIKE, FREE = "equal", "alike", "free"
FORMS = (EQUAL, ALIKE, FREE)
"""One variance and one correlation for all; a variance for each scale; a variance and a loading for each."""


@dataclass(frozen=True)
class OneGroup:
    """A single Gaussian group whose covariance is a diagonal plus one outer product (Spearman 1904).

    ``loading`` and ``own`` (d, in the units of the scores): the covariance of two scales is the product of their
    loadings; ``own`` is the variance that a scale shares with none.
    """

    form: str
    log_likelihood: float
    n_parameters: int
    loading: NDArray
    own: NDArray

    @property
    def correlation(self) -> NDArray:
        """d x d."""
        covariance = np.outer(self.loading, self.loading) + np.diag(self.own)
        return covariance / np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))

    def bic(self, n: int) -> float:
        return float(-2 * self.log_likelihood + self.n_parameters * np.log(n))


def simplest(scores: NDArray, errors: NDArray) -> OneGroup:
    """The form of lowest BIC."""
    return min((one_group(scores, errors, form) for form in FORMS), key=lambda each: each.bic(len(scores)))


def one_group(scores: NDArray, errors: NDArray, form: str) -> OneGroup:
    """The group of highest likelihood. ``scores`` n x d, NaN where missing; ``errors`` n x d, 0 where exact.

    >>> rng = np.random.default_rng(1)
    >>> scores = 3 * rng.normal(size=(2000, 1)) + rng.normal(size=(2000, 6))
    >>> one_group(scores, 0 * scores, "equal").correlation[0, 1].round(1)
    np.float64(0.9)
    """
    from scipy.optimize import minimize

    seen, d = ~np.isnan(scores), scores.shape[1]
    spread = np.nanstd(scores, axis=0)
    spread = np.full(d, np.sqrt((spread**2).mean())) if form == EQUAL else spread
    points, noise = (scores - np.nanmean(scores, axis=0)) / spread, (np.where(seen, errors, 0.0) / spread) ** 2
    direction = np.linalg.eigh(np.nan_to_num(points).T @ np.nan_to_num(points))[1][:, -1] * np.sqrt(d)
    loading = {EQUAL: [0.5], ALIKE: [0.5], FREE: direction / 2}[form]
    sizes = {EQUAL: 0, ALIKE: d, FREE: 0}[form]
    begun = np.concatenate([np.zeros(d + sizes), loading, np.full(len(loading), np.log(0.75))])
    limits = [(None, None)] * (len(begun) - len(loading)) + [(np.log(_LEAST), None)] * len(loading)
    known = np.nan_to_num(points), seen * 1.0, noise
    told = minimize(_loss, begun, (form, *known), "L-BFGS-B", jac=True, bounds=limits)
    _, loading, log_own = _read(told.x, form, d)
    likelihood = -float(told.fun) - float(seen.sum(axis=0) @ np.log(spread))
    counted = {EQUAL: d + 2, ALIKE: 2 * d + 1, FREE: min(3 * d, d + d * (d + 1) // 2)}[form]
    return OneGroup(form, likelihood, counted, loading * spread, np.exp(log_own) * spread**2)


def _read(numbers: NDArray, form: str, d: int) -> tuple[NDArray, NDArray, NDArray]:
    """Means, loadings and logarithms of what is each scale's own, d each."""
    mean, rest = numbers[:d], numbers[d:]
    if form == ALIKE:
        return mean, np.exp(rest[:d]) * rest[-2], 2 * rest[:d] + rest[-1]
    loading, log_own = np.split(rest, 2)
    return mean, np.broadcast_to(loading, d), np.broadcast_to(log_own, d)


def _loss(numbers: NDArray, form: str, points: NDArray, seen: NDArray, noise: NDArray) -> tuple[float, NDArray]:
    """Minus the log-likelihood, and its slope."""
    mean, loading, log_own = _read(numbers, form, points.shape[1])
    own = np.exp(log_own)
    precision = seen / (own + noise)
    away = points - mean
    variance = 1 / (1 + precision @ loading**2)  # of each person's position on the factor, given the scores
    position = variance * ((precision * away) @ loading)
    pulled = precision * (away - position[:, None] * loading)
    constant = (seen * np.log(2 * np.pi * (own + noise))).sum(axis=1) - np.log(variance)
    likelihood = -(constant + (precision * away**2).sum(axis=1) - position**2 / variance).sum() / 2
    by_loading = (pulled @ loading) @ pulled - loading * (variance @ precision)
    by_own = (pulled**2 - precision + precision**2 * loading**2 * variance[:, None]).sum(axis=0) * own / 2
    slopes = [pulled.sum(axis=0), *_slopes(numbers, form, loading, by_loading, by_own)]
    return -likelihood, -np.concatenate(slopes)


def _slopes(numbers: NDArray, form: str, loading: NDArray, by_loading: NDArray, by_own: NDArray) -> list[NDArray]:
    if form == FREE:
        return [by_loading, by_own]
    if form == EQUAL:
        return [by_loading.sum(keepdims=True), by_own.sum(keepdims=True)]
    d = len(loading)
    sizes = np.exp(numbers[d : 2 * d])
    return [loading * by_loading + 2 * by_own, np.array([sizes @ by_loading, by_own.sum()])]
