"""What several counts of the same people say together: the smallest group that they set apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np

Partition = Sequence[object]
"""The group of each person in one figure, in the order of the people."""


def fewest_isolated(partitions: Sequence[Partition], minimum: int) -> int:
    """The fewest people whom a weighted sum of the shared groups sets apart, or ``minimum`` when none are fewer.

    Two figures that are each admissible may differ by two people: nine near one reason, eleven near the position that
    goes with it. People in the same groups everywhere carry the same weight, so it is enough to look at sets of such
    cells: one is set apart when some weights vanish on everybody else and not on it, that is, when leaving its rows out
    lowers the rank of the table of cells by groups.

    >>> fewest_isolated([["a"] * 9 + ["b"] * 11, ["x"] * 10 + ["y"] * 10], 5)
    1
    >>> fewest_isolated([["a"] * 10 + ["b"] * 10, ["x", "y"] * 10], 5)
    5
    """
    cells, sizes = _cells(partitions)
    rank = np.linalg.matrix_rank(cells)
    small = [place for place, size in enumerate(sizes) if size < minimum]
    found = [minimum]
    for chosen in _sets(small, minimum):
        people = int(sum(sizes[place] for place in chosen))
        if people < min(found) and np.linalg.matrix_rank(np.delete(cells, chosen, axis=0)) < rank:
            found.append(people)
    return min(found)


def _sets(places: Sequence[int], minimum: int) -> Iterable[list[int]]:
    """Every set of cells that could hold fewer people than the minimum: each cell holds at least one."""
    for count in range(1, minimum):
        yield from (list(each) for each in combinations(places, count))


def _cells(partitions: Sequence[Partition]) -> tuple[np.ndarray, list[int]]:
    """One row per combination of groups that somebody is in, one column per group; and how many people each holds."""
    people = list(zip(*partitions, strict=True))
    kinds = sorted(set(people), key=repr)
    groups = [
        (figure, group) for figure, partition in enumerate(partitions) for group in sorted(set(partition), key=repr)
    ]
    table = np.array([[float(kind[figure] == group) for figure, group in groups] for kind in kinds])
    return table, [people.count(kind) for kind in kinds]
