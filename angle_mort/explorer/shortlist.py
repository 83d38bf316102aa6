"""The questions kept for the next session, on the coach's disk: pairs of a pseudonym and a code, never a text.

What a coach would write about a person belongs in the vault, which this screen never opens. So a pair names a question
of ours by its code, and the file stands in the workspace's private folder, beside what else stays there.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from angle_mort.disk import replace_file
from angle_mort.errors import AngleMortError, problem

Kept = tuple[str, str, str]
"""The name of a cohort, the pseudonym of a leader in it, the code of a question."""

FORMAT = 1
NAME = "questions.json"


def beside(cohort: Path) -> Path:
    """The list of the workspace that holds this cohort: ``data/private/``, next to ``data/cohorts/``."""
    return cohort.resolve().parent.parent / "private" / NAME


def load(path: Path) -> list[Kept]:
    """The list, empty where there is none; raises AM646 for a file that is no list of ours."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        kept = [tuple(each) for each in told["questions"]]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise AngleMortError(problem("AM646", path=str(path))) from error
    if told.get("format") != FORMAT or not all(_is_kept(each) for each in kept):
        raise AngleMortError(problem("AM646", path=str(path)))
    return kept


def forget(path: Path, leaders: Collection[str]) -> int:
    """Take these pseudonyms off the list, for somebody who asked to be erased; how many questions went with them."""
    kept = load(path)
    left = [each for each in kept if each[1] not in leaders]
    if len(left) < len(kept):
        save(path, left)
    return len(kept) - len(left)


def _is_kept(each: Sequence[object]) -> bool:
    return len(each) == 3 and all(isinstance(part, str) for part in each)


def save(path: Path, kept: Iterable[Kept]) -> Path:
    """Write the list, whole or not at all, readable by its owner alone; raises AM647 when it cannot be written."""
    content = json.dumps({"format": FORMAT, "questions": list(kept)}, ensure_ascii=False, indent=1) + "\n"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(path, content.encode())
    except OSError as error:
        raise AngleMortError(problem("AM647", path=str(path))) from error
    return path
