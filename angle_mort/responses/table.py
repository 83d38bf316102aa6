"""What the reading of one export hands over: the matrix of codes, the findings, the counts, and the private rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from angle_mort.text import t

SET_ASIDE = "set aside"
DUPLICATE = "duplicate"
NOTED = "noted"

REPORT_COLUMNS = ("line", "column", "item", "text", "rule", "outcome", "first_line")
IDENTITY_COLUMNS = ("respondent", "line", "time", "email", "person", "company", "phone", "duration")
TEXT_COLUMNS = ("respondent", "item", "text")


@dataclass(frozen=True)
class Finding:
    """One thing that the reading noticed.

    ``line`` and ``column`` are those that a spreadsheet shows (line 1 is the header, columns are letters), and
    ``first_line`` is the earlier line that a duplicate repeats. ``text`` is what was read, so a finding is private.
    """

    line: int
    rule: str
    outcome: str
    column: str = ""
    item: str = ""
    text: str = ""
    first_line: int | None = None


@dataclass(frozen=True)
class Counts:
    """How many rows and answers were read, and what became of each; the two sums are checked.

    Rows are those below the header, blank lines at the end of the file left out. Cells are the filled ones under a
    question: an empty cell is no answer, and is not counted.

    >>> Counts(5, 3, 1, 1, 40, 24, 8, 8).rows_kept
    3
    """

    rows_read: int
    rows_kept: int
    rows_set_aside: int
    rows_duplicate: int
    cells_read: int
    cells_kept: int
    cells_set_aside: int
    cells_duplicate: int

    def __post_init__(self) -> None:
        rows = self.rows_kept + self.rows_set_aside + self.rows_duplicate
        cells = self.cells_kept + self.cells_set_aside + self.cells_duplicate
        if (rows, cells) != (self.rows_read, self.cells_read):
            raise AssertionError(f"rows {self.rows_read} read, {rows} told; cells {self.cells_read} read, {cells} told")


@dataclass(frozen=True)
class Dialect:
    """How the file was written: the tool, ``csv`` or ``xlsx``, its encoding and delimiter, and the hash of its bytes.

    ``tool`` is ``google_forms`` (CSV of the form), ``google_sheets`` (the sheet linked to it) or ``unknown``. Encoding
    and delimiter are empty for a workbook.
    """

    tool: str
    kind: str
    encoding: str
    delimiter: str
    sha256: str


@dataclass(frozen=True, repr=False)
class Intake:
    """One export, read. Private as a whole: only the vault keeps it.

    ``responses``: respondents x items of the form, float64 codes, NaN missing, -1 does not apply; an item of several
    choices is a sum of 2**code; texts are elsewhere. ``report``: one row per finding (``REPORT_COLUMNS``). ``texts``
    (one row per text) and ``identities`` (one row per respondent). ``form``: the code of the form that was recognised.
    """

    responses: pd.DataFrame
    report: pd.DataFrame
    counts: Counts
    texts: pd.DataFrame
    identities: pd.DataFrame
    form: str
    dialect: Dialect

    def __repr__(self) -> str:
        return f"Intake(form={self.form!r}, counts={self.counts})"


def report_frame(findings: list[Finding]) -> pd.DataFrame:
    """One row per finding, in the order of the file; the same columns and types when there is none."""
    rows = sorted(findings, key=lambda each: (each.line, len(each.column), each.column))
    frame = pd.DataFrame([vars(each) for each in rows], columns=list(REPORT_COLUMNS))
    words = dict.fromkeys(("column", "item", "text", "rule", "outcome"), "str")
    return frame.astype({"line": "int64", "first_line": "Int64"} | words)


def sentences(report: pd.DataFrame) -> Iterator[str]:
    """One French sentence per row of a report: what was found, where, and what may be done about it.

    The sentence quotes the text that was read: it is for the coach alone.
    """
    return (_sentence(row) for row in report.to_dict("records"))


def _sentence(row: Mapping[str, object]) -> str:
    fields = {name: str(row[name]) for name in ("line", "column", "item", "text", "first_line")}
    return f"{t('intake.rule.' + row['rule'], **fields)} {t('intake.mend.' + row['rule'], **fields)}".strip()
