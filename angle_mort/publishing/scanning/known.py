"""What this disk knows of people without opening the vault: keyed tokens, and the rows of released cohorts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from angle_mort.publishing.scanning.scores import ExactScores
from angle_mort.tokens import DEFAULT_PATH, KnownTokens

_COHORTS = Path("data/cohorts")
_FOLDERS = (Path(), Path(".."))
"""Commands run in the workspace, notebooks in a folder of it."""
_ROW_ID = re.compile(r"(?<![a-z0-9])[a-z2-7]{16}(?![a-z0-9])")


@dataclass(frozen=True)
class Known:
    """The names and numbers of the vault as ``tokens``, the ``scores`` and the row ``ids`` of the released cohorts."""

    tokens: KnownTokens
    scores: ExactScores
    ids: frozenset[str] = frozenset()

    @classmethod
    def of(cls, tokens: KnownTokens, frames: Iterable[pd.DataFrame] = ()) -> Known:
        """From tokens and working cohorts."""
        frames = list(frames)
        return cls(tokens, ExactScores.of(frames), frozenset(each for frame in frames for each in frame["leader"]))

    @classmethod
    def here(cls, *cohorts: Path) -> Known:
        """What is known in the folder where these cohorts lie, else in this one; nothing where there is neither.

        Raises AM320, AM321 or AM322 when a vault stands here whose tokens cannot be read.
        """
        folders = [*(place.resolve().parents[2] for place in cohorts if len(place.resolve().parents) > 2), *_FOLDERS]
        folder = next((each for each in folders if (each / DEFAULT_PATH).parent.is_dir()), Path())
        released = [place for each in folders for place in (each / _COHORTS).glob("*")]
        tables = sorted({place.resolve() / "leaders.csv" for place in (*released, *cohorts)})
        frames = (_leaders(each, each.stat().st_mtime_ns, each.stat().st_size) for each in tables if each.is_file())
        return cls.of(KnownTokens.load(folder / DEFAULT_PATH), frames)

    def row_ids(self, text: str) -> Iterable[int]:
        """Where a text holds the id of a row of a released cohort."""
        return (each.start() for each in _ROW_ID.finditer(text) if each[0] in self.ids)


@cache
def _leaders(path: Path, changed: int, size: int) -> pd.DataFrame:
    """The table of a cohort, read once as long as it stays as it is: a workspace may hold a hundred."""
    return pd.read_csv(path)
