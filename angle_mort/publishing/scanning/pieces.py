"""What a file is made of once opened: pieces of text and rows of numbers, each with its place; and how far to open."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

from angle_mort.errors import AngleMortError, problem

OPENED_LIMIT = 200_000_000
"""Bytes that all the wrappings of one file may hold together."""
RATIO_LIMIT = 200
"""How many times larger than its packed form a part may become; small parts are let off."""
DEPTH_LIMIT = 12
"""How many wrappings may lie inside each other."""
_SMALL = 1_000_000
_STEP = 1 << 20


@dataclass(frozen=True)
class Piece:
    """``words`` are what a person, or a program, reads in one place; ``raw`` is the same place before its tags went.

    ``numbers`` are a row that stands together. ``sign`` is a kind that the place itself gives away (a script, a
    formula), whatever its words. ``line`` is that of the first word, where lines mean something.
    """

    where: tuple[str, ...]
    words: str = ""
    raw: str = ""
    numbers: tuple[float, ...] = ()
    sign: str = ""
    line: int | None = None


class Expander(Protocol):
    """A decompressor of the standard library."""

    eof: bool

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


@dataclass
class _Spent:
    opened: int = 0


@dataclass(frozen=True)
class Place:
    """Where a content stands, how deep, and what was spent on opening; ``name`` is the file's or member's own."""

    name: str = ""
    where: tuple[str, ...] = ()
    depth: int = 0
    lines: bool = True
    _spent: _Spent = field(default_factory=_Spent, repr=False)

    @property
    def told(self) -> str:
        """The place in words, innermost last."""
        return " \u203a ".join(self.where) or self.name

    def at(self, label: str) -> Place:
        """The same wrapping, told more closely."""
        return replace(self, where=(*self.where, label) if label else self.where, lines=False)

    def inside(self, label: str, name: str = "") -> Place:
        """One wrapping further in; raises AM712 when there are too many."""
        if self.depth >= DEPTH_LIMIT:
            raise AngleMortError(problem("AM712", where=self.told, limit=DEPTH_LIMIT))
        return replace(self.at(label), name=name, depth=self.depth + 1)

    def spend(self, opened: int) -> None:
        """Count what was opened; raises AM710 when it is too much in all."""
        self._spent.opened += opened
        self._refuse_more_than_allowed(0)

    def expanded(self, opener: Expander, packed: bytes) -> bytes:
        """What a decompressor makes of its bytes, stopped as soon as it has grown too much (AM710, AM711)."""
        made, rest = bytearray(), packed
        while not opener.eof:
            step = opener.decompress(rest, _STEP)
            rest = getattr(opener, "unconsumed_tail", b"")
            if not step:
                break
            made += step
            self.refuse_bomb(len(made), len(packed))
        return bytes(made)

    def refuse_bomb(self, opened: int, packed: int) -> None:
        """Raise AM711 for a part that grows too much, AM710 when there is no room for it."""
        if opened > _SMALL and opened > RATIO_LIMIT * packed:
            raise AngleMortError(problem("AM711", where=self.told, limit=RATIO_LIMIT))
        self._refuse_more_than_allowed(opened)

    def _refuse_more_than_allowed(self, coming: int) -> None:
        if self._spent.opened + coming > OPENED_LIMIT:
            raise AngleMortError(problem("AM710", where=self.told, limit=OPENED_LIMIT // 1_000_000))
