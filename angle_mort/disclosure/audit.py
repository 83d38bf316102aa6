"""What several figures say together: the smallest group of people that a weighted sum of them sets apart."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

import numpy as np
from scipy.linalg import null_space, orth

_ZERO = 1e-7


def fewest_isolated(sets: Iterable[frozenset], minimum: int, owner: Mapping[Hashable, Hashable] | None = None) -> int:
    """The fewest people whom a weighted sum of the shared sets sets apart, or ``minimum`` when none are fewer.

    Each set holds the members behind one shared figure (a sum, mean or count of one thing). Whoever knows the figures
    of 12 and of 11 people knows the twelfth: the difference of the two sets weighs on that person only. The audit is
    exact: over every weighted sum of the sets that is not zero everywhere, the smallest number of people on whom it
    weighs. A sum that weighs on few people only exists when the columns of those people, in a basis of all that the
    sets cannot see, depend on one another; so the sets of fewer than ``minimum`` people are tried, and no others.

    ``owner`` tells whose each member is, when one person may stand there more than once (an answer before and after a
    correction); without it each member is a person.

    >>> everybody = frozenset(range(12))
    >>> fewest_isolated([everybody, everybody - {3}], minimum=5)
    1
    >>> fewest_isolated([everybody, everybody - {1, 2, 3, 4, 5}], minimum=5)
    5
    >>> nine, eleven = frozenset(range(9)), frozenset(range(11))
    >>> fewest_isolated([nine, everybody - nine, eleven, everybody - eleven], minimum=5)
    1
    """
    kinds = _kinds(list(dict.fromkeys(sets)), owner or {})
    atoms = [(kind, pattern) for kind in kinds for pattern in kind]
    if min(kinds.values(), default=minimum) >= minimum:
        return minimum
    unseen = null_space(_table([pattern for _, pattern in atoms]).T, rcond=_ZERO).T
    blocks, people, place = [], [], 0
    for kind, count in kinds.items():
        if count < minimum:
            blocks.append(unseen[:, place : place + len(kind)])
            people.append(count)
        place += len(kind)
    return _fewest_dependent(blocks, np.array(people), minimum - 1) or minimum


def _kinds(sets: Sequence[frozenset], owner: Mapping) -> dict[tuple[tuple[int, ...], ...], int]:
    """How many people there are of each kind: people whose members are in exactly the same sets carry equal weights."""
    places: dict[Hashable, list[int]] = {}
    for place, members in enumerate(sets):
        for member in members:
            places.setdefault(member, []).append(place)
    people: dict[Hashable, set[tuple[int, ...]]] = {}
    for member, found in places.items():
        people.setdefault(owner.get(member, member), set()).add(tuple(found))
    kinds: dict[tuple[tuple[int, ...], ...], int] = {}
    for patterns in people.values():
        kind = tuple(sorted(patterns))
        kinds[kind] = kinds.get(kind, 0) + 1
    return kinds


def _table(patterns: Sequence[tuple[int, ...]]) -> np.ndarray:
    """Patterns x sets: 1 where the members of a pattern are in a set."""
    table = np.zeros((len(patterns), 1 + max(place for pattern in patterns for place in pattern)))
    for row, pattern in zip(table, patterns, strict=True):
        row[list(pattern)] = 1
    return table


def _fewest_dependent(blocks: Sequence[np.ndarray], people: np.ndarray, most: int) -> int:
    """The fewest people, at most ``most``, whose columns depend on one another; 0 when there are none."""
    found = [int(count) for block, count in zip(blocks, people, strict=True) if count <= most and _depends(block)]
    most = min([most, *(count - 1 for count in found)])
    pair = _parallel_pair(blocks, people, most)
    found, most = [*found, *pair], min([most, *(count - 1 for count in pair)])
    for place, block in enumerate(blocks):
        left = most - int(people[place])
        if left < 1 or (left == 1 and all(each.shape[1] == 1 for each in blocks[place:])):
            continue  # alone, or beside one other of a single column: seen above
        rest = _without(block, blocks[place + 1 :])
        more = _fewest_dependent(rest, people[place + 1 :], left)
        if more:
            found.append(more + int(people[place]))
            most = found[-1] - 1
    return min(found, default=0)


def _depends(block: np.ndarray) -> bool:
    if block.shape[1] > block.shape[0]:
        return True
    return bool(np.linalg.svd(block, compute_uv=False)[-1] < _ZERO)


def _parallel_pair(blocks: Sequence[np.ndarray], people: np.ndarray, most: int) -> list[int]:
    """The fewest people in two kinds of one column each that point the same way; nothing when no two do."""
    single = [place for place, block in enumerate(blocks) if block.shape[1] == 1]
    if len(single) < 2 or most < 2:
        return []
    columns = np.hstack([blocks[place] for place in single])
    length = np.linalg.norm(columns, axis=0)
    long = length > _ZERO
    columns, counts = columns[:, long] / length[long], people[single][long]
    same = np.triu(np.abs(columns.T @ columns) > 1 - _ZERO**1.5, 1)
    together = (counts[:, None] + counts)[same]
    return [int(together.min())] if together.size and together.min() <= most else []


def _without(block: np.ndarray, others: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The other columns, less what this block already spans."""
    spanned = orth(block, rcond=_ZERO)
    return [other - spanned @ (spanned.T @ other) for other in others]
