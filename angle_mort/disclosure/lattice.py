"""Context made coarse enough: of all the ways to merge its categories, the one that loses least."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate, chain

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from angle_mort.text import t

_MOST = 100_000
"""Combinations that are tried at most: a second or two. The questionnaire's own are 32,500 with gaps everywhere."""

Category = str | float
"""A declared band, or NaN: no answer is a category that can be seen too."""


@dataclass(frozen=True)
class Coarse:
    """``bands`` (a column per characteristic, empty where it was given up), the bits per leader that they keep and
    lose, and how many cells were emptied."""

    bands: pd.DataFrame
    kept: float
    lost: float
    cells_emptied: int


def coarsened(bands: pd.DataFrame, k: int) -> Coarse:
    """The bands merged as little as possible until every leader shares all of theirs with at least ``k - 1`` others.

    The search is exhaustive: every partition of the categories of every characteristic, in all combinations (240 for
    the questionnaire's own; the bits that a combination loses order them, and the first that holds is the best). The
    loss is non-uniform entropy (Gionis & Tassa 2009): for each leader, how many bits are missing to tell the category
    from the merged one. ``bands`` needs at least ``k`` rows; the index is kept. Where a questionnaire declares so many
    categories that there are more than 100,000 combinations, the rarest are merged first, two by two, until there are
    not: partitions are counted by Bell's numbers, and those of twenty categories would fill any machine.

    >>> bands = pd.DataFrame({"trade": list("aaaaabbbcc"), "size": list("ssssssllll")})
    >>> coarsened(bands, 4).bands["trade"].value_counts().to_dict()
    {'a': 5, 'b / c': 5}
    >>> coarsened(bands, 4).bands["size"].isna().all().item()
    True
    """
    found = [pd.factorize(bands[column], sort=True, use_na_sentinel=False) for column in bands]
    levels = [_levels(*each, atoms) for each, atoms in zip(found, _atoms([codes for codes, _ in found]), strict=True)]
    losses = [np.array([level.loss for level in each]) for each in levels]
    total = reduce(np.add.outer, losses, np.zeros(())).round(9)
    for place in np.argsort(total, axis=None, kind="stable"):
        node = np.unravel_index(place, total.shape)
        chosen = [each[at] for each, at in zip(levels, node, strict=True)]
        if _smallest_class(chosen, len(bands)) >= k:
            break
    columns = {column: level.labels for column, level in zip(bands, chosen, strict=True)}
    lost, whole = total[node] / len(bands), sum(each[-1].loss for each in levels) / len(bands)
    coarse = pd.DataFrame(columns, index=bands.index, dtype=object)
    emptied = int((coarse.isna() & bands.notna()).to_numpy().sum())
    return Coarse(coarse, float(whole - lost), float(lost), emptied)


@dataclass(frozen=True)
class _Level:
    """One way to merge the categories of a characteristic: each leader's group and its label, and the bits lost."""

    groups: NDArray[np.int64]
    labels: NDArray[np.object_]
    loss: float


def _atoms(columns: Sequence[NDArray[np.int64]]) -> list[list[list[int]]]:
    """The categories of each characteristic, one by one, or the rarest together while there are too many partitions."""
    counts = [np.bincount(codes) for codes in columns]
    atoms = [[[code] for code in range(len(each))] for each in counts]
    while atoms and math.prod(_bell(len(each)) for each in atoms) > _MOST:
        widest = max(range(len(atoms)), key=lambda place: len(atoms[place]))
        rarest, second, *others = sorted(atoms[widest], key=lambda atom: counts[widest][atom].sum())
        atoms[widest] = sorted([sorted([*rarest, *second]), *others])
    return atoms


def _bell(n: int) -> int:
    """How many partitions n things have (Bell's triangle).

    >>> [_bell(n) for n in range(1, 7)]
    [1, 2, 5, 15, 52, 203]
    """
    row = [1]
    for _ in range(n - 1):
        row = list(accumulate(row, initial=row[-1]))
    return row[-1]


def _levels(codes: NDArray[np.int64], found: Sequence[Category], atoms: list[list[int]]) -> list[_Level]:
    """Every partition of the categories that occur, the one that loses least first; all in one group comes last."""
    counts = np.bincount(codes, minlength=len(found))
    ways = ([list(chain(*(atoms[each] for each in group))) for group in way] for way in partitions(range(len(atoms))))
    made = [_level(way, codes, counts, list(found)) for way in ways]
    return sorted(made, key=lambda level: (level.loss, -len(set(level.groups))))


def _level(partition: Sequence[Sequence[int]], codes: NDArray, counts: NDArray, found: list[Category]) -> _Level:
    group_of, label_of = np.empty(len(found), int), np.empty(len(found), object)
    loss = 0.0
    for place, group in enumerate(partition):
        group_of[group] = place
        label_of[group] = None if len(group) == len(found) > 1 else _label([found[each] for each in sorted(group)])
        loss += float((counts[group] * np.log2(counts[group].sum() / counts[group])).sum())
    return _Level(group_of[codes], label_of[codes], loss)


def _label(categories: Sequence[Category]) -> str | None:
    if len(categories) == 1 and pd.isna(categories[0]):
        return None
    return t("disclosure.or").join(t("disclosure.unanswered") if pd.isna(each) else each for each in categories)


def partitions(items: Sequence[int]) -> Iterator[list[list[int]]]:
    """Every way to part some items into groups.

    >>> [len(list(partitions(range(n)))) for n in range(1, 6)]
    [1, 2, 5, 15, 52]
    """
    if not items:
        yield []
        return
    first, *others = items
    for partition in partitions(others):
        yield [[first], *partition]
        for place, group in enumerate(partition):
            yield [*partition[:place], [first, *group], *partition[place + 1 :]]


def _smallest_class(levels: Sequence[_Level], n: int) -> int:
    """How many leaders the rarest combination of groups holds."""
    together = np.zeros(n, int)
    for level in levels:
        together = together * (level.groups.max() + 1) + level.groups
    counts = np.bincount(together)
    return int(counts[counts > 0].min())
