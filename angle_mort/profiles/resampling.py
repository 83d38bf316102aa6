"""What chance does to a mixture: refits on reweighted people, on cohorts drawn from one group, and on halves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from angle_mort.profiles.evidence import Evidence, Parameters
from angle_mort.profiles.expectation import Rules, log_joint, log_sum
from angle_mort.profiles.starts import search

_STARTS = 6  # of each refit, beside the mixture of the real cohort


def bayesian_refits(
    evidence: Evidence,
    best: Parameters,
    rules: Rules,
    count: int,
    random: np.random.RandomState,
    concentration: float = 1.0,
) -> tuple[Parameters, NDArray]:
    """A mixture fitted anew to people who count differently each time, its profiles in the order of the best one's.

    Weights are those of the Bayesian bootstrap (Rubin 1981): nobody is dropped. A ``concentration`` below 1 makes them
    vary as with so many times the people. ``best`` is a batch of one. Returns ``count`` mixtures, and the weights,
    count x n.
    """
    n = len(evidence.seen)
    weights = np.maximum(random.standard_gamma(concentration, (count, n)), np.finfo(float).tiny) * evidence.weights
    weights *= evidence.weights.sum() / weights.sum(axis=1, keepdims=True)
    k = best.weights.shape[1]
    found = search(evidence.reweighted(weights), rules, k, _STARTS if k > 1 else 1, random, known=best)
    return aligned(found.parameters, best, evidence), weights


def aligned(parameters: Parameters, best: Parameters, evidence: Evidence) -> Parameters:
    """Each mixture with its profiles in the order of those of the best one that share most people with them."""
    from scipy.optimize import linear_sum_assignment

    shared = shares(evidence, best)[0] @ np.swapaxes(shares(evidence, parameters), 1, 2)
    orders = np.array([linear_sum_assignment(-each)[1] for each in shared])
    return Parameters(*(np.take_along_axis(each, _wide(orders, each), axis=1) for each in parameters))


def _wide(orders: NDArray, like: NDArray) -> NDArray:
    return orders.reshape(*orders.shape, *[1] * (like.ndim - 2))


def shares(evidence: Evidence, parameters: Parameters) -> NDArray:
    """The memberships of each person in each mixture: s x k x n, sums over k are 1."""
    joint = log_joint(evidence, parameters)
    return np.exp(joint - log_sum(joint)[:, None, :])


def likelihoods(evidence: Evidence, parameters: Parameters) -> NDArray:
    """The log-likelihood of each mixture: s."""
    return (log_sum(log_joint(evidence, parameters)) * evidence.weights).sum(axis=-1)


def jaccard(evidence: Evidence, best: Parameters, again: Parameters, weights: NDArray) -> NDArray:
    """How well each profile of the best mixture is found again: k means of the best Jaccard index, people weighted.

    ``again`` are refits and ``weights`` (c x n) how much each person counted in them.
    """
    k = best.weights.shape[1]
    mine = shares(evidence, best)[0].argmax(axis=0) == np.arange(k)[:, None]
    theirs = shares(evidence, again).argmax(axis=1)[:, None, :] == np.arange(k)[:, None]
    shared = (mine * weights[:, None, :]) @ np.swapaxes(theirs * 1.0, 1, 2)
    sizes = weights @ mine.T, (theirs * weights[:, None, :]).sum(axis=2)
    either = sizes[0][:, :, None] + sizes[1][:, None, :] - shared
    return (shared / np.maximum(either, 1e-12)).max(axis=2).mean(axis=0)


def drawn(evidence: Evidence, rules: Rules, mixture: Parameters, count: int, random: np.random.RandomState) -> NDArray:
    """Scores of cohorts drawn from a mixture (a batch of one), with the errors of the real one: count x n x d."""
    n, d = evidence.seen.shape
    profile = random.choice(mixture.weights.shape[1], (count, n), p=mixture.weights[0])
    root = np.linalg.cholesky(rules.family.matrices(mixture.covariances)[0])
    true = mixture.means[0][profile] + (root[profile] @ random.standard_normal((count, n, d, 1)))[..., 0]
    return true + evidence.errors * random.standard_normal((count, n, d))
