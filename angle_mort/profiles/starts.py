"""Where a mixture begins to climb, and which of many beginnings goes on to the end."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from angle_mort.profiles.evidence import Evidence, Parameters
from angle_mort.profiles.expectation import Climb, Prior, Rules, climb, m_step, sums

SHORT = 9  # steps of the first run, which every start makes
FINALISTS = 2  # starts per cohort that go on to the end, or a quarter of them when that is more
MANY = 10_000  # people: short runs look at no more of them, drawn by chance
SAME = 0.01  # of log-likelihood: two starts that end this near to each other reached the same solution


@dataclass(frozen=True)
class Found:
    """The best mixture of each cohort (axis 0), its objective, whether it converged, how many finalists reached it."""

    parameters: Parameters
    objective: NDArray
    converged: NDArray
    replicated: NDArray
    history: NDArray


def search(
    evidence: Evidence,
    rules: Rules,
    n_components: int,
    n_init: int,
    random: np.random.RandomState,
    known: Parameters | None = None,
) -> Found:
    """The best mixture of each cohort: short runs from every start, long runs from the best few.

    Half of the starts are fresh; the others are the best of these with one profile moved. ``evidence`` holds c cohorts
    of n people: scores c x n x d or n x d, weights c x n. All climb together. ``known`` (a batch of one) is one start
    more of every cohort.
    """
    cohorts, n = len(evidence.weights), len(evidence.seen)
    n_init = n_init if n_components > 1 else 1
    short = replace(rules, max_iter=min(SHORT, rules.max_iter))
    few = evidence
    if n > MANY and not evidence.several:
        few = evidence.few(np.sort(random.permutation(n)[:MANY]), rules.family)
    begun = climb(few, _beginnings(few, rules, n_components, (n_init + 1) // 2, random), short)
    if known is not None:
        again = Parameters(*(np.repeat(each, cohorts, axis=0) for each in known))
        begun = _beside(begun, climb(few, again, short), cohorts)
    if n_init > 1:
        begun = _beside(begun, climb(few, _moved(few, begun, cohorts, n_init // 2, random), short), cohorts)
    finalists = _finalists(begun.objective.reshape(cohorts, -1))
    ended = climb(evidence, begun.parameters.take(finalists), rules)
    return _best(ended, begun.history[:, finalists] if few is evidence else ended.history[:0], cohorts)


def _beside(one: Climb, other: Climb, cohorts: int) -> Climb:
    """Two climbs of as many cohorts, as one."""
    place = [np.arange(len(each.objective)).reshape(cohorts, -1) for each in (one, other)]
    order = np.hstack([place[0], place[1] + place[0].size]).ravel()
    steps = max(len(one.history), len(other.history))
    history = [np.pad(each.history, ((0, steps - len(each.history)), (0, 0)), mode="edge") for each in (one, other)]
    return Climb(
        Parameters(*(np.concatenate(each)[order] for each in zip(one.parameters, other.parameters, strict=True))),
        np.concatenate([one.objective, other.objective])[order],
        np.concatenate([one.converged, other.converged])[order],
        np.hstack(history)[:, order],
    )


def _moved(evidence: Evidence, begun: Climb, cohorts: int, count: int, random: np.random.RandomState) -> Parameters:
    """The best mixtures so far (``count`` per cohort), each with one profile moved to where somebody stands."""
    objective = begun.objective.reshape(cohorts, -1)
    best = np.argsort(-objective, axis=1, kind="stable")[:, : max(objective.shape[1] // 5, 1)]
    which = (
        np.take_along_axis(best, np.resize(np.arange(best.shape[1]), (cohorts, count)), axis=1)
        + objective.shape[1] * np.arange(cohorts)[:, None]
    ).ravel()
    starts = Parameters(*(np.array(each) for each in begun.parameters.take(which)))
    k = starts.weights.shape[1]
    rows, moved = np.arange(len(which)), random.randint(k, size=len(which))
    person = (random.random_sample(len(which)) * len(evidence.seen)).astype(int)
    owner = np.repeat(np.arange(cohorts), count)
    points = evidence.scores[owner, person] if evidence.several else evidence.scores[person]
    starts.means[rows, moved] = points
    starts.weights[rows, moved] = 1 / k
    return starts._replace(weights=starts.weights / starts.weights.sum(axis=1, keepdims=True))


def _finalists(objective: NDArray) -> NDArray:
    """The flat indices of the starts that go on, cohort after cohort."""
    cohorts, n_init = objective.shape
    kept = min(n_init, max(FINALISTS, n_init // 4))
    order = np.argsort(-objective, axis=1, kind="stable")[:, :kept]
    return (order + n_init * np.arange(cohorts)[:, None]).ravel()


def _best(ended: Climb, early: NDArray, cohorts: int) -> Found:
    """The best finalist of each cohort; ``early`` are the objectives of their short runs."""
    objective = ended.objective.reshape(cohorts, -1)
    highest = objective.max(axis=1, keepdims=True)
    first = objective.argmax(axis=1)
    flat = first + objective.shape[1] * np.arange(cohorts)
    return Found(
        ended.parameters.take(flat),
        objective.max(axis=1),
        ended.converged[flat],
        (objective >= highest - SAME).sum(axis=1),
        np.vstack([early, ended.history])[:, flat],
    )


# -------------------------------------------------------------------------------------------------------- beginnings


def _beginnings(evidence: Evidence, rules: Rules, k: int, n_init: int, random: np.random.RandomState) -> Parameters:
    """Rough mixtures, ``n_init`` per cohort: one cuts people along their main direction, the others grow from seeds."""
    points, weights = evidence.scores, evidence.weights
    groups = np.concatenate([_slices(points, weights, k), _grown(points, weights, k, n_init - 1, random)], axis=1)
    return _rough(evidence, groups, rules, k)


def _slices(points: NDArray, weights: NDArray, k: int) -> NDArray:
    """Groups of equal weight along the direction in which people differ most: c x 1 x n."""
    direction = np.linalg.eigh(np.swapaxes(points, -1, -2) @ (weights[..., None] * points))[1][..., -1]
    order = np.argsort((points @ (direction * np.sign(direction.sum(axis=-1, keepdims=True)))[..., None])[..., 0])
    heavy = np.take_along_axis(weights, order, axis=1)
    rank = np.empty(weights.shape)
    np.put_along_axis(rank, order, heavy.cumsum(axis=1) - heavy / 2, axis=1)
    return np.minimum(rank * k / weights.sum(axis=1, keepdims=True), k - 1).astype(int)[:, None]


def _grown(points: NDArray, weights: NDArray, k: int, count: int, random: np.random.RandomState) -> NDArray:
    """Groups around seeds: c x count x n, -1 for nobody's.

    In turns: everybody with the nearest seed; the seeds alone; tight nuclei and one group of all the others.
    """
    seeds, distance = _seeds(points, weights, k, count, random)
    groups = np.full(distance.shape[1:], -1)
    groups[:, ::3] = distance[:, :, ::3].argmin(axis=0)
    for seed, person in enumerate(seeds):
        np.put_along_axis(groups[:, 1::3], person[:, 1::3, None], seed, axis=-1)
    groups[:, 2::3] = k - 1
    size = (random.uniform(0.05, 1.0, (*groups[:, 2::3].shape[:2], 1)) * points.shape[-2] / k).astype(int)
    for seed, own in enumerate(distance[:-1, :, 2::3]):
        groups[:, 2::3][own <= np.take_along_axis(np.sort(own, axis=-1), size, axis=-1)] = seed
    return groups


def _seeds(
    points: NDArray, weights: NDArray, k: int, count: int, random: np.random.RandomState
) -> tuple[NDArray, NDArray]:
    """People far from one another, drawn as k-means++ does: k x c x count, and everybody's squared distance to them."""
    cohorts, n = weights.shape
    seeds, distance = np.empty((k, cohorts, count), dtype=int), np.empty((k, cohorts, count, n))
    lengths = (points**2).sum(axis=-1).reshape(-1, 1, n)
    nearest = np.ones((cohorts, count, n))
    for seed in range(k):
        chance = np.cumsum(nearest * weights[:, None], axis=-1)
        drawn = (chance < random.random_sample((cohorts, count, 1)) * chance[..., -1:]).sum(axis=-1)
        seeds[seed] = np.minimum(drawn, n - 1)
        stand = points[seeds[seed]] if points.ndim == 2 else np.take_along_axis(points, seeds[seed][..., None], axis=1)
        away = lengths - 2 * stand @ np.swapaxes(points, -1, -2) + (stand**2).sum(axis=-1, keepdims=True)
        distance[seed] = np.maximum(away, 0.0)
        nearest = distance[: seed + 1].min(axis=0)
    return seeds, distance


def _rough(evidence: Evidence, groups: NDArray, rules: Rules, k: int) -> Parameters:
    """Mixtures from hard groups (c x r x n), with one pseudo-person of the cohort's spread in each: c r of them."""
    members = (groups[..., None, :] == np.arange(k)[:, None]) * evidence.weights[:, None, None, :]
    members = members.reshape(-1, *members.shape[2:])
    shape = (len(members), k, evidence.scores.shape[-1])
    spread = rules.family.packed(np.diag(rules.prior.spread))
    cohort = Parameters(
        np.full(shape[:2], 1 / k), np.zeros(shape), np.broadcast_to(spread, (*shape[:2], *spread.shape))
    )
    softened = replace(rules, prior=Prior(rules.prior.spread, rules.prior.spread))
    return m_step(evidence, sums(evidence, members), cohort, softened)
