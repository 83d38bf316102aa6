"""How many people must stand behind what is told, and how categories are merged until enough do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import combinations, pairwise

from angle_mort.text import t


@dataclass(frozen=True)
class Policy:
    """The sizes from which each kind of figure may be shared; both the cohort's and the group's rule must hold."""

    name: str = "angle-mort-diffusion-1"
    cohort: int = 8
    split: int = 12
    distribution: int = 30
    rows: int = 100
    group: int = 5
    spread_group: int = 10

    def as_dict(self) -> dict[str, object]:
        return asdict(self)

    def protects_less_than(self, other: Policy) -> bool:
        """Whether any threshold is lower.

        >>> Policy(group=3).protects_less_than(POLICY), Policy(group=6).protects_less_than(POLICY)
        (True, False)
        """
        return any(own < its for own, its in zip(self._sizes(), other._sizes(), strict=True))

    def whole(self) -> bool:
        """Whether every threshold is a whole number: a comparison with what is none would let anything through."""
        return all(type(size) is int for size in self._sizes())

    def _sizes(self) -> list[int]:
        return [getattr(self, field.name) for field in fields(self) if field.name != "name"]


POLICY = Policy()
"""The thresholds of every new release. Those of a release are in its certificate: its pages print and follow them, and
a release that replaces it keeps them, so that they are frozen for an engagement."""


def shown_count(count: int, n: int, policy: Policy = POLICY) -> str:
    """A number of people in words that isolate nobody: never 0, never all, never fewer than the minimum group.

    >>> shown_count(0, 24), shown_count(3, 24), shown_count(9, 24), shown_count(22, 24)
    ('moins de 5', 'moins de 5', '9', 'au moins 20')
    """
    if count < policy.group:
        return t("disclosure.fewer", limit=policy.group)
    if n - count < policy.group:
        return t("disclosure.more", limit=n - policy.group + 1)
    return str(count)


def shown_people(count: int, n: int, policy: Policy = POLICY) -> str:
    """How many people stand behind a mean: exactly when it is everybody, else in words, by groups of the minimum.

    Who answered and who did not is a split too; told so, it is none.

    >>> shown_people(24, 24), shown_people(23, 24), shown_people(12, 24)
    ('24', 'au moins 20', 'au moins 10')
    """
    if count == n:
        return str(n)
    if count < policy.group:
        return shown_count(count, n, policy)
    return t("disclosure.more", limit=least_people(count, n, policy))


def least_people(count: int, n: int, policy: Policy = POLICY) -> int:
    """The number in those words: what may be told of how many people stand behind a mean.

    >>> least_people(24, 24), least_people(23, 24), least_people(12, 24)
    (24, 20, 10)
    """
    if count == n:
        return n
    return n - policy.group + 1 if n - count < policy.group else count // policy.group * policy.group


def told_counts(counts: Mapping[str, int], n: int, policy: Policy = POLICY) -> dict[str, int]:
    """The counts of some disjoint groups of ``n`` people that may be told together; the others are "fewer than 5".

    Each holds the minimum group, and so do all the people who are in none of them: the smallest go until they do. What
    is left out may then always be nobody, and the rest always be enough (``tests/disclosure`` tries every case).

    >>> told_counts({"floor": 12, "ceiling": 13, "missing": 3, "not_applicable": 0}, 40)
    {'floor': 12, 'ceiling': 13}
    >>> told_counts({"floor": 12, "ceiling": 13, "missing": 5, "not_applicable": 0}, 32)
    {'floor': 12, 'ceiling': 13}
    """
    told = {name: count for name, count in counts.items() if count >= policy.group}
    while told and n - sum(told.values()) < policy.group:
        del told[min(told, key=told.__getitem__)]
    return told


Group = tuple[tuple[str, ...], int]
"""The categories merged into one group, and how many people it holds."""


def merge_neighbours(counts: Mapping[str, int], policy: Policy = POLICY) -> list[Group]:
    """Ordered categories merged with their neighbours, as little as possible, until each group is large enough.

    The finest admissible cut is chosen; among equals, the one whose smallest group is largest. An empty list means that
    nothing may be told: only one group would be left.

    >>> merge_neighbours({"1": 3, "2": 12, "3": 9})
    [(('1', '2'), 15), (('3',), 9)]
    >>> merge_neighbours({"1": 2, "2": 20, "3": 2})
    []
    """
    cuts = (cut for cut in _cuts(list(counts.items())) if min(count for _, count in cut) >= policy.group)
    best = max(cuts, key=lambda cut: (len(cut), min(count for _, count in cut)), default=[])
    return best if len(best) > 1 else []


def _cuts(categories: Sequence[tuple[str, int]]) -> Iterator[list[Group]]:
    places = range(1, len(categories))
    for size in range(len(categories)):
        for inner in combinations(places, size):
            edges = (0, *inner, len(categories))
            yield [_group(categories[a:b]) for a, b in pairwise(edges)]


def merge_rest(counts: Mapping[str, int], rest: str, policy: Policy = POLICY) -> list[Group]:
    """Categories without an order: those too small join ``rest``, then the next smallest until it is large enough.

    >>> merge_rest({"A": 7, "B": 2, "C": 9, "mixte": 6}, rest="mixte")
    [(('A',), 7), (('C',), 9), (('B', 'mixte'), 8)]
    """
    named = {category: count for category, count in counts.items() if category != rest}
    joined = [category for category, count in named.items() if count < policy.group]
    kept = sorted((each for each in named if each not in joined), key=lambda each: named[each])
    while kept and sum(named[each] for each in joined) + counts.get(rest, 0) < policy.group:
        joined.append(kept.pop(0))
    groups = [((each,), named[each]) for each in named if each in kept]
    merged = [(each, counts[each]) for each in counts if each in joined or each == rest]
    return [*groups, _group(merged)] if kept else []


def _group(categories: Sequence[tuple[str, int]]) -> Group:
    return tuple(category for category, _ in categories), sum(count for _, count in categories)
