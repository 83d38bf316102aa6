"""Which rows are answers: blank lines, repeated headers, averages, tests and exact duplicates are told apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

from angle_mort.responses.blank import blank
from angle_mort.responses.columns import Columns, known_words
from angle_mort.responses.files import Sheet
from angle_mort.responses.table import DUPLICATE, SET_ASIDE
from angle_mort.responses.wording import normalised, unaccented

_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class Row:
    """One row below the header: its line, its cells, and why it is no answer (``rule`` empty when it is one)."""

    line: int
    cells: list[str]
    rule: str = ""
    first_line: int | None = None

    @property
    def outcome(self) -> str:
        """What becomes of a row that is no answer of its own."""
        return DUPLICATE if self.rule == "duplicate" else SET_ASIDE


def sort_rows(sheet: Sheet, columns: Columns) -> list[Row]:
    """Every row with its verdict, in the order of the file. The first of equal rows is the one that stays."""
    header = [normalised(cell) for cell in sheet.header]
    seen: dict[tuple[str, ...], int] = {}
    return [_judged(line, cells, header, columns, seen) for line, cells in sheet.data()]


def _judged(line: int, cells: list[str], header: list[str], columns: Columns, seen: dict) -> Row:
    rule = _no_answer_rule(cells, header, columns)
    if rule:
        return Row(line, cells, rule)
    times = set(columns.of_role("time", "duration"))
    content = tuple(cell.strip() for position, cell in enumerate(cells) if position not in times)
    first = seen.setdefault(content, line)
    return Row(line, cells) if first == line else Row(line, cells, "duplicate", first)


def _no_answer_rule(cells: list[str], header: list[str], columns: Columns) -> str:
    if blank(cells):
        return "empty_row"
    if _repeats_header(cells, header, columns):
        return "repeated_header"
    if unaccented(next(cell for cell in cells if cell.strip())) in known_words()["summary_rows"]:
        return "summary_row"
    if _is_test(cells, columns):
        return "test_row"
    return "" if any(cells[position].strip() for position in columns.items) else "no_answer"


def _repeats_header(cells: list[str], header: list[str], columns: Columns) -> bool:
    """Most of the questions stand again where their answers should be."""
    filled = [position for position in columns.items if cells[position].strip()]
    again = sum(normalised(cells[position]) == header[position] for position in filled)
    return bool(filled) and 2 * again > len(filled)


def _is_test(cells: list[str], columns: Columns) -> bool:
    """A name or an e-mail holds one of the words that people type to try a form."""
    named = " ".join(cells[position] for position in columns.of_role("email", "person"))
    return not known_words()["test_words"].isdisjoint(_WORD.findall(unaccented(named)))
