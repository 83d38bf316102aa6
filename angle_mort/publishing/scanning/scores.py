"""The scores of one person, recognised in a row of numbers: three exact values are a fingerprint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

_BLOCKS = ("A", "B", "C")
_FEWEST = 3
_SHARE = 0.25
"""How much of a row must be one person's before a long row counts."""
_CLOSE = 0.0051
"""Values are compared at two decimals: shared figures never have more than one."""
_WRITTEN = 0.0501
"""A, B and C are compared at the one decimal with which a person writes them."""


@dataclass(frozen=True)
class ExactScores:
    """What the released cohorts of a disk hold of each person: ``rows`` is people x values (NaN where there is none).

    ``blocks`` are the three blocks alone, at the one decimal that a person would write; ``leaders`` whose each row is.
    """

    rows: np.ndarray
    blocks: np.ndarray
    leaders: tuple[str, ...] = ()

    @classmethod
    def of(cls, frames: Iterable[pd.DataFrame]) -> ExactScores:
        """From working cohorts: each score with its bounds."""
        tables = [frame for frame in frames if len(frame)]
        values = [frame[[*_values(frame)]].to_numpy(float) for frame in tables]
        width = max((each.shape[1] for each in values), default=0)
        padded = [np.pad(each, ((0, 0), (0, width - each.shape[1])), constant_values=np.nan) for each in values]
        blocks = [frame.reindex(columns=_BLOCKS).to_numpy(float) for frame in tables]
        leaders = tuple(leader for frame in tables for leader in frame["leader"])
        return cls(np.vstack([np.empty((0, width)), *padded]), np.vstack([np.empty((0, 3)), *blocks]), leaders)

    def people(self, row: Sequence[float], own: str = "") -> set[str]:
        """Whose scores a row of numbers may be (row ids): three different ones that make up a quarter of it, of which
        one has two decimals (shared figures have one at most); or A, B and C side by side. Of several people, those who
        match best. What the leader ``own`` explains is left out first.
        """
        if not len(self.rows) or len(row) < _FEWEST:
            return set()
        numbers = np.array(row, float)
        matched = self._exact(self._unexplained(numbers, own))
        best = {person for person, size in matched.items() if size == max(matched.values())}
        return {self.leaders[person] for person in best or self._blocks(numbers, own)}

    def _mine(self, own: str) -> list[int]:
        return [place for place, leader in enumerate(self.leaders) if leader == own]

    def _unexplained(self, numbers: np.ndarray, own: str) -> np.ndarray:
        """The numbers of a row that are no score of one leader, exact or as that leader's page writes it."""
        values = self.rows[self._mine(own)].ravel()
        values = np.concatenate([values, np.round(values, 1)])
        return numbers[~_matched(numbers, values)]

    def _exact(self, numbers: np.ndarray) -> dict[int, int]:
        """How many different scores of each person are in the row, where that is enough."""
        telling = np.unique(numbers[_is_telling(numbers)])
        different = np.unique(numbers[numbers > 0])
        enough, found = max(_FEWEST, _SHARE * len(different)), {}
        for person, values in enumerate(self.rows if len(telling) else ()):
            if _matched(telling, values).any():
                matched = different[_matched(different, values)]
                if len(matched) >= enough and not _evenly_spaced(matched):
                    found[person] = len(matched)
        return found

    def _blocks(self, numbers: np.ndarray, own: str) -> set[int]:
        triples = np.lib.stride_tricks.sliding_window_view(numbers, len(_BLOCKS))
        close = (np.abs(triples[:, None, :] - self.blocks[None, :, :]) < _WRITTEN).all(axis=2)
        close &= ~close[:, self._mine(own)].any(axis=1, keepdims=True)
        return {int(person) for place, person in np.argwhere(close) if not _evenly_spaced(np.sort(triples[place]))}


def _is_telling(numbers: np.ndarray) -> np.ndarray:
    """Values that no axis and no shared figure has: two decimals, and no third of a hundred."""
    thirds = np.abs(numbers - np.round(numbers * 3 / 100) * 100 / 3) < _CLOSE
    return (np.abs(numbers - np.round(numbers, 1)) > 1e-6) & (numbers > 1) & ~thirds


def _values(frame: pd.DataFrame) -> Iterator[str]:
    """The columns of the scores and of their bounds."""
    for scale in (column for column in frame if f"{column}_se" in frame):
        yield from (name for name in (scale, f"{scale}_low", f"{scale}_high") if name in frame)


def _matched(numbers: np.ndarray, values: np.ndarray) -> np.ndarray:
    return (np.abs(numbers[:, None] - values[None, :]) < _CLOSE).any(axis=1)


def _evenly_spaced(numbers: np.ndarray) -> bool:
    """The marks of an axis, or thirds: no fingerprint of anybody."""
    steps = np.diff(numbers)
    return bool(np.ptp(steps) < 0.011)
