"""Where a mixture begins to climb, and which of many beginnings goes on to the end."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from angle_mort.profiles.evidence import Evidence, Parameters
from angle_mort.profiles.expectation import Climb, Prior, Rules, climb, m_step, sums

SHORT = 15  # steps of the first run, which every start makes
FINALISTS = 5  # starts per cohort that go on to the end, or a quarter of them when that is more
SAME = 0.01  # of log-likelihood: two starts that end this near to each other reached the same solution

_BATCH = 4_000_000  # numbers held at once: more starts than that climb in turns


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
    cohorts = len(evidence.weights)
    n_init = n_init if n_components > 1 else 1
    short = replace(rules, max_iter=min(SHORT, rules.max_iter))
    begun = _run(evidence, _beginnings(evidence, rules, n_components, (n_init + 1) // 2, random), short)
    if known is not None:
        again = Parameters(*(np.repeat(each, cohorts, axis=0) for each in known))
        begun = _beside(begun, _run(evidence, again, short), cohorts)
    if n_init > 1:
        begun = _beside(begun, _run(evidence, _moved(evidence, begun, cohorts, n_init // 2, random), short), cohorts)
    ended = _run(evidence, begun.parameters.take(_finalists(begun.objective.reshape(cohorts, -1))), rules)
    return _best(begun, ended, cohorts)


def _run(evidence: Evidence, starts: Parameters, rules: Rules) -> Climb:
    """Climb from as many starts in each cohort, cohort after cohort."""
    owner = np.repeat(np.arange(len(evidence.weights)), len(starts.weights) // len(evidence.weights))
    return _climb_in_turns(evidence, owner, starts, rules)


def _beside(one: Climb, other: Climb, cohorts: int) -> Climb:
    """Two climbs of as many cohorts, as one."""
    both = _together([one, other])
    place = [np.arange(len(each.objective)).reshape(cohorts, -1) for each in (one, other)]
    order = np.hstack([place[0], place[1] + place[0].size]).ravel()
    return Climb(both.parameters.take(order), both.objective[order], both.converged[order], both.history[:, order])


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


def _best(begun: Climb, ended: Climb, cohorts: int) -> Found:
    early = begun.history[:, _finalists(begun.objective.reshape(cohorts, -1))]
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


def _climb_in_turns(evidence: Evidence, owner: NDArray, starts: Parameters, rules: Rules) -> Climb:
    n, d = evidence.seen.shape
    turns = np.array_split(np.arange(len(owner)), len(owner) * n * (2 * d if evidence.several else 1) // _BATCH + 1)
    climbs = [climb(evidence.take(owner[turn]), starts.take(turn), rules) for turn in turns if len(turn)]
    return _together(climbs)


def _together(climbs: list[Climb]) -> Climb:
    parameters = Parameters(*(np.concatenate(each) for each in zip(*(c.parameters for c in climbs), strict=True)))
    objective = np.concatenate([each.objective for each in climbs])
    converged = np.concatenate([each.converged for each in climbs])
    steps = max(len(each.history) for each in climbs)
    padded = [np.pad(each.history, ((0, steps - len(each.history)), (0, 0)), mode="edge") for each in climbs]
    return Climb(parameters, objective, converged, np.hstack(padded))


# -------------------------------------------------------------------------------------------------------- beginnings


def _beginnings(evidence: Evidence, rules: Rules, k: int, n_init: int, random: np.random.RandomState) -> Parameters:
    """Rough mixtures, ``n_init`` per cohort: one cuts people along their main direction, the others grow from seeds."""
    cohorts = len(evidence.weights)
    groups = np.empty((cohorts, n_init, len(evidence.seen)), dtype=int)
    for cohort, weights in enumerate(evidence.weights):
        points = evidence.scores[cohort] if evidence.several else evidence.scores
        groups[cohort, 0] = _slices(points, weights, k)
        groups[cohort, 1:] = _grown(points, weights, k, n_init - 1, random)
    owner = np.repeat(np.arange(cohorts), n_init)
    return _rough(evidence.take(owner), groups.reshape(cohorts * n_init, -1), rules, k)


def _slices(points: NDArray, weights: NDArray, k: int) -> NDArray:
    """Groups of equal weight along the direction in which people differ most: n."""
    direction = np.linalg.eigh((points * weights[:, None]).T @ points)[1][:, -1]
    order = np.argsort(points @ (direction * np.sign(direction.sum())), kind="stable")
    rank = np.empty(len(points))
    rank[order] = np.cumsum(weights[order]) - weights[order] / 2
    return np.minimum(rank * k / weights.sum(), k - 1).astype(int)


def _grown(points: NDArray, weights: NDArray, k: int, count: int, random: np.random.RandomState) -> NDArray:
    """Groups around seeds, people far from one another drawn as k-means++ does: count x n, -1 for nobody's.

    In turns: everybody with the nearest seed; the seeds alone; tight nuclei and one group of all the others.
    """
    n = len(points)
    nearest, size = np.ones((count, n)), random.uniform(0.05, 1.0, (count, 1)) * n / k
    wide, nuclei = np.zeros((count, n), dtype=int), np.full((count, n), k - 1)
    alone = np.full((count, n), -1)
    lengths = (points**2).sum(axis=1)
    for seed in range(k):
        chance = np.cumsum(nearest * weights, axis=1)
        chosen = (chance < random.random_sample((count, 1)) * chance[:, -1:]).sum(axis=1)
        chosen = np.minimum(chosen, n - 1)
        distance = np.maximum(lengths - 2 * points[chosen] @ points.T + lengths[chosen][:, None], 0.0)
        closer = distance < nearest if seed else np.ones_like(wide, dtype=bool)
        wide[closer] = seed
        nearest = np.where(closer, distance, nearest)
        alone[np.arange(count), chosen] = seed
        if seed < k - 1:
            nuclei[np.argsort(np.argsort(distance, axis=1), axis=1) < size] = seed
    turn = np.arange(count)[:, None] % 3
    return np.choose(turn, [wide, alone, nuclei])


def _rough(evidence: Evidence, groups: NDArray, rules: Rules, k: int) -> Parameters:
    """Mixtures (s) from hard groups (s x n), with one pseudo-person of the cohort's spread in each."""
    shape = (len(groups), k, evidence.scores.shape[-1])
    spread = rules.family.packed(np.diag(rules.prior.spread))
    cohort = Parameters(
        np.full(shape[:2], 1 / k), np.zeros(shape), np.broadcast_to(spread, (*shape[:2], *spread.shape))
    )
    members = (groups[:, None, :] == np.arange(k)[:, None]) * evidence.weights[..., None, :]
    softened = replace(rules, prior=Prior(rules.prior.spread, rules.prior.spread))
    return m_step(evidence, sums(evidence, members), cohort, softened)
