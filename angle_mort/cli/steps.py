"""Progress that a person can follow: one bar per step on a terminal, one plain line per step elsewhere."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
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


class Tally:
    """Many things done in any order: a line for each, with the time left; on a terminal a bar under the lines.

    ``count`` is for whoever counts them by kind.
    """

    def __init__(self, total: int) -> None:
        self._total, self._done, self._begun = total, 0, time.monotonic()
        self._bar: Any = None
        self.count: Counter[str] = Counter()

    def __enter__(self) -> Tally:
        if not plain():
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

            self._bar = Progress(BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            self._bar.add_task("", total=self._total)
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def __call__(self, line: str, good: bool = True) -> None:
        """One more is done; what went wrong is told where errors are."""
        self._done += 1
        told = f"{self._done}/{self._total}  {line}{self._left()}"
        if self._bar:
            self._bar.console.print(told, markup=False, highlight=False, soft_wrap=True)
            self._bar.update(self._bar.task_ids[0], completed=self._done)
        else:
            print(told, file=sys.stdout if good else sys.stderr, flush=True)

    def _left(self) -> str:
        left = self._total - self._done
        seconds = (time.monotonic() - self._begun) / self._done * left
        if left == 0 or self._done < 2:
            return ""
        return " " + (t("cli.left.minutes", n=round(seconds / 60)) if seconds >= 90 else t("cli.left.soon"))
