"""Lines of a file that hold nothing."""

from __future__ import annotations


def blank(row: list[str]) -> bool:
    """Whether every cell is empty or white space."""
    return not any(cell.strip() for cell in row)


def without_blank_end(rows: list[list[str]]) -> list[list[str]]:
    """The rows without the blank lines that end many exports."""
    kept = len(rows)
    while kept and blank(rows[kept - 1]):
        kept -= 1
    return rows[:kept]
