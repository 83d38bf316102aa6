"""Where a mixture begins to climb, and which of many beginnings goes on to the end."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from angle_mort.profiles.expectation import Climb, Evidence, Parameters, Prior, climb
from angle_mort.profiles.families import Family

SHORT = 20  # steps of the first run, which every start makes
FINALISTS = 5  # starts per cohort that go on to the end, or a quarter of them when that is more
SAME = 1e-4  # two starts reached the same solution when their objectives differ by less than this share

_BATCH = 2_000_000  # numbers held at once: more starts than that climb in turns


@dataclass(frozen=True)
class Task:
    """What is searched: a family, its prior, how many profiles, from how many starts, how far and how finely."""

    family: Family
    prior: Prior
    n_components: int
    n_init: int
    max_iter: int
    tol: float


@dataclass(frozen=True)
class Found:
    """The best mixture of each cohort (axis 0), its objective, whether it converged, how many finalists reached it."""

    parameters: Parameters
    objective: NDArray
    converged: NDArray
    replicated: NDArray
    history: NDArray


def search(evidence: Evidence, task: Task, random_state: np.random.RandomState) -> Found:
    """The best mixture of each cohort: short runs from every start, long runs from the best few.

    ``evidence`` holds c cohorts of n people: scores c x n x d, weights c x n. All climb together.
    """
    cohorts = len(evidence.weights)
    n_init = task.n_init if task.n_components > 1 else 1
    short = min(SHORT, max(task.max_iter // 2, 1))
    owner = np.repeat(np.arange(cohorts), n_init)
    begun = _climb_in_turns(evidence, owner, _beginnings(evidence, task, n_init, random_state), task, short)
    finalists = _finalists(begun.objective.reshape(cohorts, n_init))
    ended = _climb_in_turns(
        evidence, owner[finalists], begun.parameters.take(finalists), task, max(task.max_iter - short, 2)
    )
    return _best(begun.history[:, finalists], ended, cohorts)


def _finalists(objective: NDArray) -> NDArray:
    """The flat indices of the starts that go on, cohort after cohort."""
    cohorts, n_init = objective.shape
    kept = min(n_init, max(FINALISTS, n_init // 4))
    order = np.argsort(-objective, axis=1, kind="stable")[:, :kept]
    return (order + n_init * np.arange(cohorts)[:, None]).ravel()


def _best(early: NDArray, ended: Climb, cohorts: int) -> Found:
    objective = ended.objective.reshape(cohorts, -1)
    highest = objective.max(axis=1, keepdims=True)
    close = objective >= highest - SAME * np.abs(highest)
    first = objective.argmax(axis=1)
    flat = first + objective.shape[1] * np.arange(cohorts)
    return Found(
        ended.parameters.take(flat),
        objective.max(axis=1),
        ended.converged[flat],
        close.sum(axis=1),
        np.vstack([early, ended.history])[:, flat],
    )


def _climb_in_turns(evidence: Evidence, owner: NDArray, starts: Parameters, task: Task, max_iter: int) -> Climb:
    n, d = evidence.scores.shape[-2:]
    per_start = n * task.n_components * d * (d if len(evidence.patterns) > 1 else 1)
    turns = np.array_split(np.arange(len(owner)), max(1, min(len(owner), len(owner) * per_start // _BATCH)))
    climbs = [
        climb(evidence.take(owner[turn]), starts.take(turn), task.family, task.prior, max_iter, task.tol)
        for turn in turns
    ]
    return _together(climbs)


def _together(climbs: list[Climb]) -> Climb:
    parameters = Parameters(*(np.concatenate(each) for each in zip(*(c.parameters for c in climbs), strict=True)))
    objective = np.concatenate([each.objective for each in climbs])
    converged = np.concatenate([each.converged for each in climbs])
    steps = max(len(each.history) for each in climbs)
    padded = [np.pad(each.history, ((0, steps - len(each.history)), (0, 0)), mode="edge") for each in climbs]
    return Climb(parameters, objective, converged, np.hstack(padded))


def _beginnings(evidence: Evidence, task: Task, n_init: int, random_state: np.random.RandomState) -> Parameters:
    """Rough mixtures, ``n_init`` per cohort: one cuts people along their main direction, the others grow from seeds."""
    drawn = [
        _group(points, weights, task.n_components, start, random_state)
        for points, weights in zip(_points(evidence), evidence.weights, strict=True)
        for start in range(n_init)
    ]
    owner = np.repeat(np.arange(len(evidence.weights)), n_init)
    return _rough(evidence.take(owner), np.array(drawn), task)


def _points(evidence: Evidence) -> NDArray:
    """Standardised scores, missing ones at the mean: c x n x d. Only to begin with."""
    seen = evidence.observed * evidence.weights[..., None]
    count = np.maximum(seen.sum(axis=-2, keepdims=True), 1)
    centred = (evidence.scores - (evidence.scores * seen).sum(axis=-2, keepdims=True) / count) * evidence.observed
    spread = np.sqrt((centred**2 * seen).sum(axis=-2, keepdims=True) / count)
    return centred / np.where(spread > 0, spread, 1.0)


def _group(
    points: NDArray, weights: NDArray, n_components: int, start: int, random_state: np.random.RandomState
) -> NDArray:
    """The profile of each person to begin with: n."""
    if start == 0:
        return _slices(points, weights, n_components)
    seeds = points[_seeds(points, weights, n_components, random_state)]
    return ((points[:, None, :] - seeds) ** 2).sum(axis=2).argmin(axis=1)


def _slices(points: NDArray, weights: NDArray, n_components: int) -> NDArray:
    direction = np.linalg.eigh((points * weights[:, None]).T @ points)[1][:, -1]
    rank = np.argsort(np.argsort(points @ direction, kind="stable"), kind="stable")
    return rank * n_components // len(points)


def _seeds(points: NDArray, weights: NDArray, n_components: int, random_state: np.random.RandomState) -> list[int]:
    """People far from one another, drawn as k-means++ does."""
    chance = weights.copy()
    distance = np.full(len(points), np.inf)
    seeds = []
    for _ in range(n_components):
        total = np.cumsum(chance if chance.sum() > 0 else weights)
        seeds.append(int(np.searchsorted(total, random_state.random_sample() * total[-1], side="right")))
        distance = np.minimum(distance, ((points - points[seeds[-1]]) ** 2).sum(axis=1))
        chance = distance * weights
    return seeds


def _rough(evidence: Evidence, groups: NDArray, task: Task) -> Parameters:
    """Mixtures (s) from hard groups (s x n): means and covariances of what is observed, softened by one pseudo-person.

    A mean that nobody of the group has, and the pseudo-person's place, are the cohort's.
    """
    members = (groups[:, None, :] == np.arange(task.n_components)[:, None]) * evidence.weights[..., None, :]
    sizes = members.sum(axis=2) + 1
    seen = evidence.observed * 1.0
    overall = _mean(evidence.weights @ seen, np.einsum("sn,snd->sd", evidence.weights, evidence.scores))
    means = (members @ evidence.scores + overall[:, None, :]) / (members @ seen + 1)
    residuals = (evidence.scores[:, None] - means[:, :, None]) * seen
    scatter = np.swapaxes(residuals * members[..., None], -1, -2) @ residuals + np.diag(task.prior.spread)
    return Parameters(sizes / sizes.sum(axis=1, keepdims=True), means, task.family.covariances(scatter, sizes))


def _mean(count: NDArray, total: NDArray) -> NDArray:
    return total / np.maximum(count, 1)


def as_cohort(evidence: Evidence) -> Evidence:
    """One cohort as the batch of one that ``search`` wants."""
    return replace(evidence, scores=evidence.scores[None], weights=evidence.weights[None])
