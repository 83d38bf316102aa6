"""The mean of a question is told only where it leaves a doubt about every set of answers."""

from itertools import combinations

import numpy as np
import pytest

from angle_mort.disclosure import POLICY
from angle_mort.disclosure.totals import _ENOUGH, _harmless, mean_tells_few


def answers_of(n, highest):
    """Every way in which n people can give the answers 0 to highest, as counts."""
    bars = np.array(list(combinations(range(n + highest), highest)))
    edges = np.hstack([np.full((len(bars), 1), -1), bars, np.full((len(bars), 1), n + highest)])
    return np.diff(edges, axis=1) - 1


@pytest.mark.parametrize(("n", "highest"), [(5, 4), (8, 4), (12, 4), (20, 4), (9, 3), (30, 2)])
def test_a_total_is_told_exactly_where_every_set_of_answers_may_be_of_nobody_or_of_enough(n, highest):
    ways = answers_of(n, highest)
    totals = ways @ np.arange(highest + 1)
    doubt = np.ones(n * highest + 1, bool)
    for chosen in (list(each) for size in range(1, highest + 1) for each in combinations(range(highest + 1), size)):
        people = ways[:, chosen].sum(axis=1)
        doubt &= np.bincount(totals, weights=(people == 0) | (people >= POLICY.group)) > 0
    assert [not mean_tells_few(total, n, highest) for total in range(n * highest + 1)] == doubt.tolist()
    assert not doubt[[1, 4, n * highest - 1]].any()
    assert n < 8 or doubt.mean() > 0.5


@pytest.mark.parametrize("highest", [2, 3, 4])
def test_in_larger_groups_only_the_distance_to_an_end_matters(highest):
    n = _ENOUGH + 15
    exact = _harmless(n, highest, POLICY.group)
    told = [not mean_tells_few(total, n, highest) for total in range(n * highest + 1)]
    assert told == [bool(exact >> total & 1) for total in range(n * highest + 1)]
