"""What the mean of one question gives away: with n it tells a total, and a total may leave few ways to answer."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import combinations

from angle_mort.disclosure.thresholds import POLICY, Policy

_ENOUGH = 40
"""People from whom on only the distance to the nearer end matters; ``tests/disclosure`` compares with more."""


def mean_tells_few(total: int, n: int, highest: int, policy: Policy = POLICY) -> bool:
    """Whether the mean of a question, answered 0 to ``highest`` by ``n`` people, tells an answer of few of them.

    It does when, for some set of answers, every way to reach the ``total`` has somebody give one of them, but fewer
    than the minimum group: whoever knows the mean then knows that there are such people. Exact.

    >>> mean_tells_few(3, 20, 4), mean_tells_few(77, 20, 4), mean_tells_few(40, 20, 4)
    (True, True, False)
    """
    people = min(n, _ENOUGH)
    middle = people * highest // 2
    from_below, from_above = min(total, middle), people * highest - min(n * highest - total, middle)
    near = from_below if total * 2 <= n * highest else from_above
    return not _harmless(people, highest, policy.group) >> near & 1


@cache
def _harmless(n: int, highest: int, group: int) -> int:
    """The totals that leave a doubt about every set of answers, as the bits of a number."""
    answers = range(highest + 1)
    sets = (chosen for size in range(1, highest + 1) for chosen in combinations(answers, size))
    told = (1 << n * highest + 1) - 1
    for chosen in sets:
        told &= _nobody_or_enough(n, answers, chosen, group)
    return told


def _nobody_or_enough(n: int, answers: Iterable[int], chosen: tuple[int, ...], group: int) -> int:
    """The totals that n people can reach with nobody, or with at least the minimum group, giving a chosen answer."""
    totals = [1, *[0] * group]  # by how many of those so far gave one, the last standing for the group and more
    for _ in range(n):
        fresh = [0] * len(totals)
        for count, reached in enumerate(totals):
            for answer in answers:
                fresh[min(count + (answer in chosen), group)] |= reached << answer
        totals = fresh
    return totals[0] | totals[group]
