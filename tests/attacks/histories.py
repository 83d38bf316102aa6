"""Histories of requested figures on small cohorts, and what an attacker's own arithmetic makes of them.

Nothing here is shared with the audit: whether few people can be set apart is decided by determinants in a finite field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from angle_mort.disclosure.audit import fewest_isolated

PRIME = 2**31 - 1
MINIMUM = 5


def requests(draw: np.random.Generator, n: int, count: int) -> Iterator[frozenset]:
    """What a coach may ask to tell of: everybody, all but a few, a split by some characteristic, crossed with another,
    and small changes of what was asked before; never of fewer than five people."""
    traits = draw.integers(0, draw.integers(2, 4), size=(4, n))
    asked = [frozenset(range(n))]
    while len(asked) <= count:
        first, second = (frozenset(np.flatnonzero(traits[draw.integers(4)] == draw.integers(3)).tolist()) for _ in "ab")
        before = asked[draw.integers(len(asked))]
        few = frozenset(draw.choice(n, draw.integers(1, 5), replace=False).tolist())
        people = [frozenset(range(n)) - few, first, first & second, first | second, before - few, before | few][
            draw.integers(6)
        ]
        if len(people) >= MINIMUM:
            asked.append(people)
    yield from asked[1:]


def told(draw: np.random.Generator, n: int, count: int, audited: bool = True) -> list[frozenset]:
    """The figures of one history that were shared, the cohort's own first; all that were asked without an audit."""
    shared = [frozenset(range(n))]
    for people in requests(draw, n, count):
        if not audited or fewest_isolated([*shared, people], MINIMUM) >= MINIMUM:
            shared.append(people)
    return shared


def fewest_by_determinants(sets: Sequence[frozenset], n: int, most: int = MINIMUM - 1) -> int:
    """The fewest people whom sums of the sets set apart, or ``most`` + 1: by minors of the blind side, modulo a prime.

    A sum weighs on nobody outside a group exactly when the group's columns of the null space depend on one another. A
    random projection onto as many rows as the group has people keeps that, so one determinant decides. A group that can
    be set apart always has determinant 0; another one has it by chance less than once in a hundred million.
    """
    blind = null_space_modulo([[int(person in each) for person in range(n)] for each in sets], n)
    for size in range(1, most + 1):
        if len(blind) < size:
            return size
        mixed = np.random.default_rng(size).integers(1, PRIME, (size, len(blind))).tolist()
        rows = [
            [sum(a * b for a, b in zip(mix, column, strict=True)) % PRIME for column in zip(*blind, strict=True)]
            for mix in mixed
        ]
        groups = np.array(list(combinations(range(n), size)))
        minors = np.array(rows, dtype=np.int64)[:, groups]  # rows x groups x people
        if (determinants_modulo(np.moveaxis(minors, 1, 0)) == 0).any():
            return size
    return most + 1


def null_space_modulo(rows: list[list[int]], n: int) -> list[list[int]]:
    """Independent vectors on which every row vanishes, modulo the prime."""
    rows, pivots = [row[:] for row in rows], []
    for column in range(n):
        place = next((i for i in range(len(pivots), len(rows)) if rows[i][column]), None)
        if place is None:
            continue
        here = len(pivots)
        rows[here], rows[place] = rows[place], rows[here]
        inverse = pow(rows[here][column], -1, PRIME)
        rows[here] = [value * inverse % PRIME for value in rows[here]]
        for other in range(len(rows)):
            if other != here and rows[other][column]:
                rows[other] = [
                    (a - rows[other][column] * b) % PRIME for a, b in zip(rows[other], rows[here], strict=True)
                ]
        pivots.append(column)
    free = [column for column in range(n) if column not in pivots]
    basis = []
    for column in free:
        vector = [0] * n
        vector[column] = 1
        for place, pivot in enumerate(pivots):
            vector[pivot] = -rows[place][column] % PRIME
        basis.append(vector)
    return basis


def determinants_modulo(squares: np.ndarray) -> np.ndarray:
    """Of many small squares at once, along the first row, modulo the prime."""
    size = squares.shape[-1]
    if size == 1:
        return squares[:, 0, 0] % PRIME
    total = np.zeros(len(squares), dtype=np.int64)
    for column in range(size):
        minor = determinants_modulo(np.delete(squares[:, 1:], column, axis=2))
        term = squares[:, 0, column] * minor % PRIME
        total = (total + (term if column % 2 == 0 else PRIME - term)) % PRIME
    return total


# ----------------------------------------------------------------------------------------------------- several waves


def drawn_waves(draw: np.random.Generator) -> list[list[int]]:
    """Who answered each of three waves: some leave, some come back, some come."""
    first = draw.permutation(30)[: draw.integers(10, 17)].tolist()
    waves = [sorted(first)]
    for _ in range(2):
        stay = [each for each in waves[0] if draw.random() < draw.choice([0.7, 0.9, 1.0])]
        fresh = [each for each in range(30) if each not in waves[0]][: draw.integers(0, 7)]
        waves.append(sorted({*stay, *fresh}))
    return waves


def wave_pages(draw: np.random.Generator, waves: Sequence[Sequence[int]], count: int) -> Iterator[tuple]:
    """Pages that a coach may ask for: the waves told of, whether those who answered all of them alone, how many of them
    are left out of a mean, and two groups of a split; people by number."""
    for _ in range(count):
        chosen = sorted(draw.choice(3, draw.integers(1, 3), replace=False).tolist())
        people = sorted(set.intersection(*(set(waves[each]) for each in chosen)))
        if len(people) < MINIMUM:
            continue
        few = set(draw.choice(people, draw.integers(0, 4), replace=False).tolist())
        group = {each for each in people if draw.random() < 0.5}
        yield chosen, len(chosen) > 1, people, [each for each in people if each not in few], group


def fewest_people(sets: Sequence[frozenset], owner: Mapping) -> int:
    """The fewest people on whose members alone some weighted sum of the sets weighs, or ``MINIMUM``.

    Taking their columns away lowers the rank. Plain, slow, and nothing of it is shared with the audit.
    """
    members = sorted(frozenset().union(*sets))
    table = np.array([[member in each for member in members] for each in sets], dtype=float)
    people = sorted({owner[member] for member in members})
    whole = np.linalg.matrix_rank(table)
    owners = np.array([owner[member] for member in members])
    for size in range(1, MINIMUM):
        for group in combinations(people, size):
            if np.linalg.matrix_rank(table[:, ~np.isin(owners, group)]) < whole:
                return size
    return MINIMUM
