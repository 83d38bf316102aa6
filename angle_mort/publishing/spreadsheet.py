"""The table of a view as a CSV or a workbook that a spreadsheet opens without computing anything."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pandas as pd

from angle_mort.errors import AngleMortError, problem
from angle_mort.publishing.page import refuse, written
from angle_mort.publishing.scanning import Known, scan
from angle_mort.results import SPONSOR

_COMPUTED = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a formula begins with, in any spreadsheet: the signs, their wide forms, and blanks that are skipped."""
_UNREADABLE = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]")


class Shareable(Protocol):
    """A view: a table, who may see it, and the one person whom it tells of, if it does."""

    audience: str
    demonstration: bool
    leader: str

    def frame(self) -> pd.DataFrame: ...


def write_table(
    view: Shareable, path: str | Path, before: Callable[[], object] | None = None, known: Known | None = None
) -> Path:
    """Write the table of a view as ``.csv`` (semicolons, for a French Excel) or ``.xlsx``; return its path.

    Texts that a spreadsheet would take for formulas get an apostrophe. ``before`` is called once the file is made and
    looked through (``cohort.write_table`` enters it into the ledger there; without it a table of real people for a
    sponsor is refused, AM636). ``known``: what is looked for, by default what this folder knows. Raises AM704 for what
    must not leave, AM709 for another kind of file, AM707 when it cannot be written.
    """
    path = Path(path)
    make = {".csv": _csv, ".xlsx": _xlsx}.get(path.suffix.lower())
    if make is None:
        raise AngleMortError(problem("AM709", path=path.name))
    content = make(harmless(view.frame()))
    refuse(scan(content, path.name, known or Known.here(), own=view.leader))
    if before is None and view.audience == SPONSOR and not view.demonstration:
        raise AngleMortError(problem("AM636"))
    if before:
        before()
    return written(path, content)


def harmless(frame: pd.DataFrame) -> pd.DataFrame:
    """The same table, no text of which begins as a formula does: cells, headings and row labels alike.

    >>> harmless(pd.DataFrame({"=a": ["-1+cmd|x", "- moins de 5", "12", 3.5]}))["'=a"].tolist()
    ["'-1+cmd|x", "'- moins de 5", '12', 3.5]
    """
    return frame.map(_inert).rename(columns=_inert, index=_inert).rename_axis(index=_inert, columns=_inert)


def _inert(cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    shown = _UNREADABLE.sub("", cell)
    return f"'{shown}" if shown.lstrip(" \u00a0").startswith(_COMPUTED) else shown


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n").encode("utf-8-sig")


def _xlsx(frame: pd.DataFrame) -> bytes:
    from openpyxl import Workbook

    book, content = Workbook(), io.BytesIO()
    for row in (list(frame.columns), *frame.astype(object).where(frame.notna(), None).itertuples(index=False)):
        book.active.append(list(row))
    book.save(content)
    return content.getvalue()
