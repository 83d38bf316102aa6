"""Expectation-maximisation for Gaussian mixtures: many starts, or many resampled cohorts, climb together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from angle_mort.profiles.evidence import Evidence, Parameters, Sheet
from angle_mort.profiles.families import Family

_EMPTY = 1e-10  # people: a profile that lost everybody keeps this, so that its logarithm exists
_SPIKE = 1e-8  # a variance below this share of the variable's own is a spike on repeated answers, not a profile
_FARTHEST = -600.0  # of a logarithm, below which a membership is nothing: keeps numbers from underflowing
_LONGEST = 64.0  # of a leap, in steps
_AT_ONCE = 1 << 17  # numbers that stay in a core's cache together


@dataclass(frozen=True)
class Prior:
    """An inverse-Wishart prior on each covariance, without degrees of freedom: squares that each one starts with.

    It holds variances off zero and hardly moves large ones. ``squares`` has one number per scale (0: no prior);
    ``spread``, the variances of the whole cohort, too.
    """

    squares: NDArray
    spread: NDArray

    def log_density(self, covariances: NDArray, family: Family) -> NDArray:
        """Up to a constant, one number per mixture: s."""
        if not self.squares.any():
            return np.zeros(len(covariances))
        if family.full:
            pull = np.diagonal(np.linalg.inv(covariances), axis1=-2, axis2=-1) @ self.squares
        else:
            pull = (self.squares / covariances).sum(axis=-1)
        return -pull.sum(axis=-1) / 2 / (pull.shape[-1] if family.shared else 1)

    def pulled(self, scatter: NDArray, family: Family) -> NDArray:
        """The scatter of k profiles with the prior's squares in it."""
        own = np.diag(self.squares) if family.full else self.squares
        return scatter + own / (scatter.shape[1] if family.shared else 1)

    def spikes(self, covariances: NDArray, family: Family) -> NDArray:
        """Which mixtures (s) hold a covariance that shrinks onto a few equal answers."""
        if family.full:
            root = np.sqrt(self.spread)
            smallest = np.linalg.eigvalsh(covariances / (root[:, None] * root))[..., 0].min(axis=-1)
        else:
            smallest = (covariances / self.spread).min(axis=(-1, -2))
        return ~(smallest > _SPIKE)


@dataclass(frozen=True)
class Rules:
    """What is climbed, and how far: ``tol`` is the log-likelihood left to gain at which a start has arrived."""

    family: Family
    prior: Prior
    max_iter: int
    tol: float


class Climb(NamedTuple):
    """Where s starts arrived: mixtures, objectives (s), which converged (s), and objectives by step (t x s)."""

    parameters: Parameters
    objective: NDArray
    converged: NDArray
    history: NDArray


def log_joint(evidence: Evidence, parameters: Parameters) -> NDArray:
    """Logarithms of weight x density: s x k x n."""
    blocks = [
        _product(own, sheet.table[..., part])
        for sheet in evidence.sheets
        for own, part in zip(sheet.layout.coefficients(parameters), sheet.layout.parts, strict=True)
    ]
    return np.concatenate(blocks, axis=-1)


def log_sum(joint: NDArray) -> NDArray:
    """Logarithm of the sum of exponentials over the profiles (axis -2)."""
    highest = joint.max(axis=-2, keepdims=True)
    return highest[..., 0, :] + np.log(np.exp(joint - highest).sum(axis=-2))


def e_step(evidence: Evidence, parameters: Parameters) -> tuple[NDArray, list[NDArray]]:
    """Log-likelihoods (s), and the features of each profile's people summed: per sheet, parts x s x k x features."""
    likelihood = np.zeros(len(parameters.weights))
    summed = []
    for sheet in evidence.sheets:
        coefficients = sheet.layout.coefficients(parameters)
        own = np.zeros(coefficients.shape)
        for place, block in _blocks(sheet, parameters.weights.size):
            table = sheet.table[..., block]
            weights = evidence.weights[..., sheet.people][..., block]
            shares = _product(coefficients[place], table)
            likelihood += _shared_out(shares, weights)
            own[place] += _product(shares, np.swapaxes(table, -1, -2))
        summed.append(own)
    return likelihood, summed


def _shared_out(joint: NDArray, weights: NDArray) -> NDArray:
    """Turn logarithms of weight x density (s x k x n) into shares of each person; the log-likelihoods (s)."""
    highest = joint.max(axis=1, keepdims=True)
    joint -= highest
    np.exp(np.maximum(joint, _FARTHEST, out=joint), out=joint)
    total = joint.sum(axis=1)
    joint *= (weights / total)[:, None, :]
    return ((highest[:, 0] + np.log(total)) * weights).sum(axis=-1)


def sums(evidence: Evidence, shares: NDArray) -> list[NDArray]:
    """The features of each profile's people summed, given how much of each person (s x k x n) is in it."""
    return [
        np.stack([
            _product(shares[..., sheet.people][..., part], np.swapaxes(sheet.table[..., part], -1, -2))
            for part in sheet.layout.parts
        ])
        for sheet in evidence.sheets
    ]  # fmt: skip


def _product(own: NDArray, table: NDArray) -> NDArray:
    """s x k x w by w x n as one product, or by s x w x n start by start."""
    if table.ndim == 3:
        return own @ table
    return (own.reshape(-1, own.shape[-1]) @ table).reshape(*own.shape[:-1], table.shape[-1])


def _blocks(sheet: Sheet, width: int) -> Iterator[tuple[int, slice]]:
    """Slices of people, part by part, that a core holds at once."""
    size = max(_AT_ONCE // width, 64)
    for place, part in enumerate(sheet.layout.parts):
        for first in range(part.start, part.stop, size):
            yield place, slice(first, min(first + size, part.stop))


def m_step(evidence: Evidence, summed: list[NDArray], parameters: Parameters, rules: Rules) -> Parameters:
    """The mixtures of highest objective, given what their people sum to; ``parameters`` are the earlier ones."""
    sizes, shift, scatter, counts = evidence.moments(summed, parameters)
    sizes, counts = sizes + _EMPTY, counts + _EMPTY
    if rules.family.full:
        moved = shift / sizes[..., None]
        scatter = scatter - shift[..., :, None] * moved[..., None, :]
    else:
        moved = shift / counts
        scatter = scatter - shift * moved
    scatter = rules.prior.pulled(scatter, rules.family)
    weights = sizes / sizes.sum(axis=-1, keepdims=True)
    return Parameters(weights, parameters.means + moved, rules.family.covariances(scatter, counts))


def _step(evidence: Evidence, parameters: Parameters, rules: Rules) -> tuple[NDArray, Parameters, NDArray]:
    """The objective of some mixtures (s), what one step makes of them, and which shrank onto a spike (left alone)."""
    likelihood, summed = e_step(evidence, parameters)
    objective = likelihood + rules.prior.log_density(parameters.covariances, rules.family)
    later = Parameters(*map(np.array, m_step(evidence, summed, parameters, rules)))
    spiked = rules.prior.spikes(later.covariances, rules.family)
    later.put(spiked, parameters.take(spiked))
    return objective, later, spiked


def climb(evidence: Evidence, start: Parameters, rules: Rules) -> Climb:
    """Climb from each start (axis 0) until little is left to gain, in cycles of two steps and a leap along them.

    The leap is SQUAREM's (Varadhan & Roland 2008); where the objective (the log-likelihood plus the prior's
    log-density) would fall it is not made. What is left is judged by how fast the steps shrink. A start that shrinks
    onto a spike gets -inf.
    """
    ended = Parameters(*(np.array(each) for each in start))
    objective = np.full(len(ended.weights), -np.inf)
    converged = np.zeros(len(objective), dtype=bool)
    climbing, seen, now = np.arange(len(objective)), evidence, start
    history = []
    for _ in range(max(rules.max_iter // 3, 1)):
        before, first, spiked = _step(seen, now, rules)
        history.append(_reached(objective, climbing, before))
        after, second, spiked_later = _step(seen, first, rules)
        spiked |= spiked_later
        history.append(_reached(objective, climbing, np.where(spiked, -np.inf, after)))
        ended.put(climbing, first)
        changes = _change(now, first, rules), _change(first, second, rules)
        arrived = ~spiked & (_left(after - before, *map(_length, changes)) < rules.tol)
        converged[climbing[arrived]] = True
        going = ~arrived & ~spiked
        if not going.any():
            break
        if not going.all():
            climbing, seen = climbing[going], seen.take(going)
            now, first, second = (each.take(going) for each in (now, first, second))
            changes, after = tuple(each.take(going) for each in changes), after[going]
        leap = _leap(now, second, changes, rules)
        value, beyond, spiked = _step(seen, leap, rules)
        higher = (value >= after) & ~spiked
        history.append(_reached(objective, climbing, np.where(higher, value, after)))
        ended.put(climbing[higher], leap.take(higher))
        now = second
        now.put(higher, beyond.take(higher))
    return Climb(ended, objective, converged, np.array(history))


def _reached(objective: NDArray, climbing: NDArray, value: NDArray) -> NDArray:
    objective[climbing] = value
    return objective.copy()


def _change(earlier: Parameters, later: Parameters, rules: Rules) -> Parameters:
    """The way from one to the other; variances as logarithms, so that a leap leaves them positive."""
    turn = (lambda each: each) if rules.family.full else np.log
    return Parameters(
        later.weights - earlier.weights,
        later.means - earlier.means,
        turn(later.covariances) - turn(earlier.covariances),
    )


def _length(change: Parameters) -> NDArray:
    """The size of a change of each mixture: s."""
    return np.sqrt(sum((each**2).reshape(len(each), -1).sum(axis=1) for each in change))


def _left(gain: NDArray, earlier: NDArray, later: NDArray) -> NDArray:
    """The objective still to gain after a step, when steps go on shrinking as they did."""
    rate = np.clip(later / np.maximum(earlier, np.finfo(float).tiny), 0.9, 0.9999) ** 2
    return np.where(later > 0, np.maximum(gain, 0.0) * rate / (1 - rate), 0.0)


def _leap(now: Parameters, second: Parameters, changes: tuple[Parameters, Parameters], rules: Rules) -> Parameters:
    """Where two steps point to; the second step itself where that is no mixture."""
    bend = Parameters(*(b - a for a, b in zip(*changes, strict=True)))
    stride = np.maximum(_length(changes[0]) / np.maximum(_length(bend), np.finfo(float).tiny), 1.0)
    stride = np.minimum(stride, _LONGEST)
    parts = []
    for a, b in zip(changes[0], bend, strict=True):
        wide = stride.reshape(-1, *[1] * (a.ndim - 1))
        parts.append(2 * wide * a + wide**2 * b)
    covariances = now.covariances + parts[2] if rules.family.full else now.covariances * np.exp(parts[2])
    leap = Parameters(now.weights + parts[0], now.means + parts[1], covariances)
    wrong = (leap.weights <= 0).any(axis=1) | rules.prior.spikes(covariances, rules.family)
    leap.put(wrong, second.take(wrong))
    return leap
