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
_AT_ONCE = 1 << 16  # numbers that stay in a core's cache together
_FEWEST = 256  # people in a block, so that its product is worth while
_WORTH = 1 / 8  # of the starts: when so many have arrived, the others go on without them


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
    """Log-likelihoods (s), and the features of each profile's people summed: per sheet, parts x s x k x features.

    As many of the s mixtures belong to each cohort, cohort after cohort.
    """
    cohorts = len(evidence.weights)
    likelihood, summed = np.zeros((cohorts, len(parameters.weights) // cohorts)), []
    for sheet in evidence.sheets:
        coefficients = sheet.layout.coefficients(parameters)
        parts = coefficients.reshape(len(coefficients), cohorts, -1, *coefficients.shape[2:])
        own = np.zeros(parts.shape)
        for place, some, people in _blocks(sheet, *parts.shape[1:4]):
            table = sheet.table[..., people] if sheet.table.ndim == 2 else sheet.table[some, :, people]
            shares = _product(parts[place, some], table)
            weights = evidence.weights[some, sheet.people][:, None, people]
            likelihood[some] += _shared_out(shares, weights)
            own[place, some] += _product(shares, np.swapaxes(table, -1, -2))
        summed.append(own.reshape(coefficients.shape))
    return likelihood.ravel(), summed


def _shared_out(joint: NDArray, weights: NDArray) -> NDArray:
    """Turn logarithms of weight x density (... x k x n) into shares of each person; the log-likelihoods (...)."""
    highest = joint.max(axis=-2)
    joint -= highest[..., None, :]
    np.exp(np.maximum(joint, _FARTHEST, out=joint), out=joint)
    total = joint.sum(axis=-2)
    joint *= (weights / total)[..., None, :]
    highest += np.log(total)
    return (highest * weights).sum(axis=-1)


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
    """... x w by w x n as one product, or by c x w x n cohort by cohort."""
    cohorts = () if table.ndim == 2 else (len(table),)
    return (own.reshape(*cohorts, -1, own.shape[-1]) @ table).reshape(*own.shape[:-1], table.shape[-1])


def _blocks(sheet: Sheet, cohorts: int, starts: int, k: int) -> Iterator[tuple[int, slice, slice]]:
    """Part by part, slices of cohorts and of people that a core holds at once."""
    for place, part in enumerate(sheet.layout.parts):
        people = min(max(_AT_ONCE // (starts * k), _FEWEST), part.stop - part.start)
        some = max(_AT_ONCE // (starts * k * people), 1)
        for cohort in range(0, cohorts, some):
            for first in range(part.start, part.stop, people):
                yield place, slice(cohort, cohort + some), slice(first, min(first + people, part.stop))


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

    Each cohort of the evidence has as many starts, cohort after cohort. The leap is SQUAREM's (Varadhan & Roland 2008);
    where the objective (the log-likelihood plus the prior's log-density) would fall it is not made. What is left is
    judged by how fast the steps shrink. A start that shrinks onto a spike gets -inf.
    """
    nobody = len(start.weights)  # a place more, for starts that have arrived while others of their cohort go on
    ended = Parameters(*(np.concatenate([each, each[-1:]]) for each in start))
    objective = np.full(nobody + 1, -np.inf)
    converged = np.zeros(nobody + 1, dtype=bool)
    climbing, seen, now = np.arange(nobody), evidence, start
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
        climbing = np.where(arrived | spiked, nobody, climbing)
        cohorts, kept = _going(climbing < nobody, len(seen.weights))
        if not len(kept):
            break
        if len(kept) <= (1 - _WORTH) * len(climbing):
            climbing, seen, after = climbing[kept], seen.take(cohorts), after[kept]
            now, first, second, *changes = (each.take(kept) for each in (now, first, second, *changes))
        leap = _leap(now, second, changes, rules)
        value, beyond, spiked = _step(seen, leap, rules)
        higher = (value >= after) & ~spiked
        history.append(_reached(objective, climbing, np.where(higher, value, after)))
        ended.put(climbing[higher], leap.take(higher))
        now = second
        now.put(higher, beyond.take(higher))
    return Climb(ended.take(slice(nobody)), objective[:nobody], converged[:nobody], np.array(history)[:, :nobody])


def _going(going: NDArray, cohorts: int) -> tuple[NDArray, NDArray]:
    """Which cohorts go on, and which starts (s): as many in each of them, some that have arrived where it takes."""
    table = going.reshape(cohorts, -1)
    some = np.flatnonzero(table.any(axis=1))
    most = table.sum(axis=1).max()
    places = np.argsort(~table[some], axis=1, kind="stable")[:, :most]
    return some, (places + table.shape[1] * some[:, None]).ravel()


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
    covariances = rules.family.restored(covariances)
    leap = Parameters(now.weights + parts[0], now.means + parts[1], covariances)
    wrong = (leap.weights <= 0).any(axis=1) | rules.prior.spikes(covariances, rules.family)
    leap.put(wrong, second.take(wrong))
    return leap
