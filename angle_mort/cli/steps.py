"""Progress that a person can follow: one bar per step on a terminal, one plain line per step elsewhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from angle_mort.text import t

Advance = Callable[[int, int], None]


def plain() -> bool:
    """No bars and no colour: the output is no terminal, or the reader asked for none."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb" or not sys.stdout.isatty()


class Steps:
    """Numbered steps of a command; ``with steps("cli.step.read") as advance:`` runs one."""

    def __init__(self, total: int) -> None:
        self._total, self._done = total, 0
        self._bars: Any = None

    def __enter__(self) -> Steps:
        if not plain():
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            self._bars = Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
            self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bars:
            self._bars.stop()
            self._bars = None

    @contextmanager
    def __call__(self, key: str, **values: object) -> Iterator[Advance]:
        self._done += 1
        name = f"{self._done}/{self._total}  {t(key, **values)}"
        if self._bars is None:
            yield lambda done, of: None
            print(name, flush=True)
            return
        bar = self._bars.add_task(name, total=1)
        yield lambda done, of: self._bars.update(bar, completed=done, total=of)
        total = self._bars.tasks[bar].total or 1
        self._bars.update(bar, completed=total)
