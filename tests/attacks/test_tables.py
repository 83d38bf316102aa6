"""Somebody solves for what pages do not tell: every cell of every table, by linear programming."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, product

import numpy as np
import pytest
from scipy.optimize import linprog

from angle_mort.cohort import load_cohort, share
from tests.cohorts import answers, entered

FEWEST_VALUES = 5


def categories(summary, split: str) -> list[str]:
    """All that a page names of a split; that everybody answered is told as such, so that « none » may not be there."""
    groups = summary.counts.loc[summary.counts["figure"] == split, "category"]
    return [each for group in groups for each in group.split("+")] or ["True", "False"]


Cell = tuple[str, ...]
"""Who came with which page (an atom), then one category for each split that is looked at."""
Told = tuple[Callable[[Cell], bool], float, float]
"""Cells that a page counts together, and the least and the most people that it says."""


def recovered(cells: Sequence[Cell], told: Sequence[Told], wanted: Callable[[Cell], bool]) -> tuple[int, int]:
    """The fewest and the most people who may be in the wanted cells, given everything that was told."""
    counted = np.array([[float(match(cell)) for cell in cells] for match, _, _ in told])
    low, high = (np.array(edge, dtype=float) for edge in zip(*((low, high) for _, low, high in told), strict=True))
    goal = np.array([float(wanted(cell)) for cell in cells])
    limits = {"A_ub": np.vstack([counted, -counted]), "b_ub": np.concatenate([high, -low]), "bounds": (0, None)}
    found = [linprog(sign * goal, **limits) for sign in (1, -1)]
    assert all(each.status == 0 for each in found)
    return int(np.ceil(found[0].fun - 1e-6)), int(np.floor(-found[1].fun + 1e-6))


def of_split(summary, split: str, place: int, here: Callable[[Cell], bool] = lambda cell: True) -> Iterator[Told]:
    """What a page says of one split, whose category stands at ``place`` in a cell; ``here``: who the page is of."""
    n = summary.n
    for row in summary.counts[summary.counts["figure"] == split].itertuples():
        group = row.category.split("+")
        yield lambda cell, group=group: here(cell) and cell[place] in group, int(row.shown), int(row.shown)
    for row in summary.care[summary.care["light"] == split].itertuples():
        low, high = (int(row.shown),) * 2 if row.shown.isdigit() else (0, 4) if "moins" in row.shown else (n - 4, n)
        yield lambda cell: here(cell) and cell[place] == "True", low, high
    yield here, n, n


@pytest.mark.parametrize(("n", "seed"), [(20, 1), (28, 2), pytest.param(24, 3, marks=pytest.mark.slow)])
def test_no_cell_of_two_splits_of_a_page_can_be_told_within_fewer_than_five_values(tmp_path, n, seed):
    cohort = entered(tmp_path, answers(n, seed=seed, missing=0.01))
    summary, tried = cohort.summary, 0
    shown = [*summary.counts["figure"].unique(), *summary.care["light"]]
    for pair in combinations(shown, 2):
        told = [each for place, split in enumerate(pair) for each in of_split(summary, split, place)]
        cells = list(product(*(categories(summary, split) for split in pair)))
        for cell in cells:
            low, high = recovered(cells, told, lambda other, cell=cell: other == cell)
            assert high - low + 1 >= FEWEST_VALUES, (pair, cell)
            tried += 1
    assert tried > 30


def newcomers(pages: Mapping[str, object], split: str, group: Sequence[str]) -> tuple[int, int]:
    """How many of those who are only in the second page are in a group, by the two pages together."""
    first, second = pages.values()
    cells = list(product(("both", "new"), categories(first, split)))
    told = [*of_split(first, split, 1, lambda cell: cell[0] == "both"), *of_split(second, split, 1)]
    return recovered(cells, told, lambda cell: cell[0] == "new" and cell[1] in group)


@pytest.mark.slow
def test_two_pages_do_not_tell_the_split_of_those_who_came_between_and_would_without_the_ledger(tmp_path):
    narrow = 0
    for seed in range(1, 4):
        everybody = answers(30, seed=seed)
        first = entered(tmp_path / str(seed), everybody.iloc[:22], "a")
        share(first)
        second = load_cohort(entered(tmp_path / str(seed), everybody, "b").folder)
        unaudited, audited = second._summarised(), second.summary
        for split in first.summary.counts["figure"].unique():
            for category in categories(first.summary, split):
                low, high = newcomers({"a": first.summary, "b": audited}, split, [category])
                assert high - low + 1 >= FEWEST_VALUES
                low, high = newcomers({"a": first.summary, "b": unaudited}, split, [category])
                narrow += high - low + 1 < FEWEST_VALUES
    assert narrow > 0, "an attack that never works proves nothing"
