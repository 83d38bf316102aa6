"""The kernel: integer codes in, integer sums and scores out, in one pass of plain NumPy over cache-sized blocks.

Sums are integers and a score is one division of two integers, so any engine that follows finds the same bits. A scale
of a few items has few states (how many are answered, how many apply, their sum): the rule, the division and the margin
are worked out once for each state, and every respondent reads the line of theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from angle_mort.errors import AngleMortError, Problem, problem
from angle_mort.instrument import NOT_APPLICABLE

MISSING = -2
"""The code of a missing answer, beside ``NOT_APPLICABLE`` (-1); in a uint8 array they are 254 and 255."""

BLOCK = 131_072
"""Respondents worked on at a time: a scale's items and their sums then stay in the cache."""


@dataclass(frozen=True)
class Key:
    """How one scale is scored: its items by name, all of one format, and when there is a value.

    Codes run from 0 to ``highest`` (127 at most); ``may_not_apply`` admits NOT_APPLICABLE. There is a value when at
    least ``least_applicable`` items apply and the share ``least_share`` of those, at least one, is answered. ``error``
    is the standard error (points of 0-100) of a score on ``length`` answers; on n it is that times sqrt(length / n).
    The states of a scale grow with the cube of its items: 100 items of five steps take 65 MB, 8 take 43 kB.
    """

    scale: str
    items: tuple[str, ...]
    highest: int
    may_not_apply: bool
    least_share: float
    least_applicable: int
    error: float
    length: int


class Counted(NamedTuple):
    """Arrays of scales x respondents: ``scored``, the ``value`` (0-100) and its standard ``error`` side by side, both
    NaN where the key gives none; ``total`` of the codes, how many are ``answered`` and ``applicable`` (small integers).
    """

    scored: np.ndarray
    total: np.ndarray
    answered: np.ndarray
    applicable: np.ndarray

    @property
    def value(self) -> np.ndarray:
        return self.scored["value"]

    @property
    def error(self) -> np.ndarray:
        return self.scored["error"]


_SCORED = np.dtype([("value", float), ("error", float)])


def count_and_score(
    codes: np.ndarray, items: Sequence[str], keys: Sequence[Key], block: int = BLOCK, out: Counted | None = None
) -> Counted:
    """Every scale of every respondent, in one pass.

    ``codes`` is respondents x items, of any integer type, fastest as uint8 or int8 whose columns are contiguous (as
    pandas and Arrow hold them): 0 to the highest code of the item, -1 (255 in uint8) does not apply, -2 (254) missing.
    ``items`` names its columns; an item of a key that is not among them is missing for everybody; a column of no key is
    not read. ``block`` changes the speed only. ``out`` is what an earlier call with these keys returned for as many
    respondents: it is written over, so that a stream of answers asks for memory once.

    Raises ``AngleMortError``: AM407 an array that is not that, AM403 codes outside their format (each item, counted).

    >>> key = Key("A", ("a1", "a2", "a3", "a4"), 4, True, 0.75, 3, error=9.0, length=4)
    >>> counted = count_and_score(np.array([[4, 2, 3, -2], [4, -1, -1, 3]]), key.items, [key])
    >>> counted.value, counted.error.round(2)
    (array([[75., nan]]), array([[10.39,   nan]]))
    >>> counted.total.tolist(), counted.answered.tolist(), counted.applicable.tolist()
    ([[9, 7]], [[3, 2]], [[4, 2]])
    """
    columns = _as_bytes(codes, items).T
    found = _empty(keys, columns.shape[1]) if out is None else out
    places = [_place(key, items) for key in keys]
    for here in _blocks(columns.shape[1], block):
        for scale, (key, place) in enumerate(zip(keys, places, strict=True)):
            if not _count(columns[place, here], key, [each[scale, here] for each in found]):
                raise AngleMortError(*_outside(columns, items, keys))
    return found


def _count(codes: np.ndarray, key: Key, found: Sequence[np.ndarray]) -> bool:
    """One scale of one block, items x respondents, written in ``found``; False when a code is outside the format."""
    scored, total, answered, applicable = found
    silent = _how_many(codes < 0, total.dtype)
    absent = _how_many(codes == NOT_APPLICABLE, total.dtype) if key.may_not_apply else 0
    if not _inside(codes, key):
        return False
    np.subtract(len(codes), silent, out=answered)
    applicable[...] = len(key.items) - absent
    codes.sum(axis=0, dtype=total.dtype, out=total)
    total += 2 * silent - absent  # the sum took -2 for a missing answer and -1 for one that does not apply
    states = _states(key)
    state = answered * np.min_scalar_type(-len(states)).type(len(key.items) + 1) + applicable
    state *= len(key.items) * key.highest + 1
    state += total
    states.take(state, out=scored, mode="clip")
    return True


def _inside(codes: np.ndarray, key: Key) -> bool:
    """Whether every code is one of the format; as unsigned, a code that does not apply is the highest of all."""
    if codes.min(initial=0) < MISSING or codes.max(initial=0) > key.highest:
        return False
    return key.may_not_apply or codes.view(np.uint8).max(initial=0) < NOT_APPLICABLE % 256


def _how_many(flags: np.ndarray, counts: np.dtype) -> np.ndarray:
    """True flags by respondent; as bytes, since booleans would be converted one buffer at a time."""
    return flags.view(np.int8).sum(axis=0, dtype=counts)


@lru_cache(maxsize=256)
def _states(key: Key) -> np.ndarray:
    """Value and error by (answered, applicable, total), flattened; NaN for no value."""
    counts = np.arange(len(key.items) + 1)
    answered, applicable = np.meshgrid(counts, counts, indexing="ij")
    enough = (applicable >= key.least_applicable) & (answered >= key.least_share * applicable) & (answered > 0)
    counting = np.where(enough, answered, np.nan).reshape(-1, 1)
    states = np.empty((len(counting), len(key.items) * key.highest + 1), _SCORED)
    states["value"] = 100 * np.arange(states.shape[1]) / (key.highest * counting)
    states["error"] = key.error * np.sqrt(key.length / counting)
    return states.ravel()


def _empty(keys: Sequence[Key], n: int) -> Counted:
    counts = np.min_scalar_type(-2 * max((len(key.items) * key.highest for key in keys), default=0))
    return Counted(*(np.empty((len(keys), n), dtype) for dtype in (_SCORED, counts, counts, counts)))


def _blocks(n: int, size: int) -> Iterator[slice]:
    return (slice(start, min(start + size, n)) for start in range(0, n, size))


def _place(key: Key, items: Sequence[str]) -> slice | list[int]:
    """Where the columns of a key are: a slice when they follow one another, which spares a copy."""
    known = {item: place for place, item in enumerate(items)}
    places = [known[item] for item in key.items if item in known]
    together = places == list(range(places[0], places[0] + len(places))) if places else False
    return slice(places[0], places[-1] + 1) if together else places


def _as_bytes(codes: np.ndarray, items: Sequence[str]) -> np.ndarray:
    """The codes as int8, each column contiguous; what does not fit becomes -128, to be refused with the rest."""
    if codes.dtype.kind not in "iu" or codes.ndim != 2 or codes.shape[1] != len(items):
        raise AngleMortError(problem("AM407", dtype=codes.dtype, shape=codes.shape, items=len(items)))
    if codes.dtype.itemsize > 1:
        codes = np.where((codes >= MISSING) & (codes <= 127), codes, -128)
    codes = codes.view(np.int8) if codes.dtype.itemsize == 1 else codes.astype(np.int8)
    return codes if codes.strides[0] == 1 else np.asfortranarray(codes)


def _outside(columns: np.ndarray, items: Sequence[str], keys: Sequence[Key]) -> list[Problem]:
    """The items whose codes are outside their format, and how many; never the codes."""
    asked = {item: key for key in keys for item in key.items}
    named = [(item, column) for item, column in zip(items, columns, strict=True) if item in asked]
    counts = {item: _count_outside(column, asked[item]) for item, column in named}
    return [problem("AM403", item=item, count=count) for item, count in counts.items() if count]


def _count_outside(column: np.ndarray, key: Key) -> int:
    spared = (column == NOT_APPLICABLE) & key.may_not_apply
    return int(((column > key.highest) | (column < 0) & (column != MISSING) & ~spared).sum())
