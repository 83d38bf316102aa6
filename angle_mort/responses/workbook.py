"""Read the first sheet of a workbook as text, after looking at how large it would become."""

from __future__ import annotations

import datetime
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator

from angle_mort.errors import AngleMortError, problem
from angle_mort.responses.blank import without_blank_end

EXPANDED_LIMIT = 200_000_000
RATIO_LIMIT = 200
ROW_LIMIT = 100_000
COLUMN_LIMIT = 1_000
_GAP_LIMIT = 5_000
_NO_VALUE = "#FORMULE!"
_FORMULA = re.compile(rb"<f[ >/]")


def read_workbook(content: bytes, name: str) -> dict[str, object]:
    """Rows of the first sheet, and the names of the other sheets that hold something.

    A formula saved without its value reads ``#FORMULE!``. Raises AM208 (a zip that is no workbook), AM209 (damaged) and
    AM215 (too large once expanded, or a stray cell far from the table).
    """
    has_formula = _inspect(content, name)
    sheets = _sheets(content, name, values=True)
    if has_formula:
        _mark_formulas(sheets, _sheets(content, name, values=False))
    filled = {title: rows for title, rows in sheets.items() if rows}
    if not filled:
        raise AngleMortError(problem("AM202", path=name))
    first = next(iter(filled))
    return {"rows": _rectangle(filled[first]), "other_sheets": tuple(title for title in filled if title != first)}


def _inspect(content: bytes, name: str) -> bool:
    """Refuse what is no workbook or would grow too much; whether a sheet holds a formula."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_other_zips(archive, name)
            _refuse_bombs(archive, len(content), name)
            return _look_inside(archive, name)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise AngleMortError(problem("AM209", path=name)) from error


def _refuse_other_zips(archive: zipfile.ZipFile, name: str) -> None:
    if "xl/workbook.xml" not in archive.namelist():
        holds_csv = any(each.lower().endswith(".csv") for each in archive.namelist())
        raise AngleMortError(problem("AM217", path=name) if holds_csv else problem("AM208", path=name, kind="ZIP"))


def _refuse_bombs(archive: zipfile.ZipFile, size: int, name: str) -> None:
    expanded = sum(part.file_size for part in archive.infolist())
    if expanded > EXPANDED_LIMIT or expanded > RATIO_LIMIT * size:
        raise AngleMortError(problem("AM215", path=name))


def _look_inside(archive: zipfile.ZipFile, name: str) -> bool:
    """No part of a true workbook declares a document type: one that does could expand without end."""
    parts = [part for part in archive.namelist() if part.endswith((".xml", ".rels"))]
    texts = {part: archive.read(part) for part in parts}
    if any(b"<!DOCTYPE" in text for text in texts.values()):
        raise AngleMortError(problem("AM209", path=name))
    return any(_FORMULA.search(text) for part, text in texts.items() if part.startswith("xl/worksheets/"))


def _sheets(content: bytes, name: str, values: bool) -> dict[str, list[list[str]]]:
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl speaks of styles and drop-down lists, which are not read here
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=values)
            return {sheet.title: _rows(sheet, name) for sheet in book.worksheets if sheet.sheet_state == "visible"}
    except AngleMortError:
        raise
    except Exception as error:  # a damaged workbook fails in any of many ways, all of them "damaged" to the coach
        raise AngleMortError(problem("AM209", path=name)) from error


def _rows(sheet, name: str) -> list[list[str]]:
    sheet.reset_dimensions()  # the declared size may be wrong; only the cells are believed
    return without_blank_end(list(_capped(sheet.iter_rows(values_only=True), name)))


def _capped(rows: Iterable[tuple], name: str) -> Iterator[list[str]]:
    gap = 0
    for line, row in enumerate(rows, start=1):
        if not any(value is not None for value in row):
            gap += 1
            continue
        if gap > _GAP_LIMIT or line > ROW_LIMIT or len(row) > COLUMN_LIMIT:
            raise AngleMortError(problem("AM215", path=name))
        yield from ([] for _ in range(gap))
        gap = 0
        yield [_as_text(value) for value in row]


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return str(value)


def _mark_formulas(sheets: dict[str, list[list[str]]], formulas: dict[str, list[list[str]]]) -> None:
    for title, rows in formulas.items():
        for line, row in enumerate(rows):
            for position, text in enumerate(row):
                if text.startswith("=") and not _cell(sheets[title], line, position):
                    _put(sheets[title], line, position, _NO_VALUE)


def _cell(rows: list[list[str]], line: int, position: int) -> str:
    return rows[line][position] if line < len(rows) and position < len(rows[line]) else ""


def _put(rows: list[list[str]], line: int, position: int, text: str) -> None:
    rows.extend([] for _ in range(line + 1 - len(rows)))
    rows[line].extend("" for _ in range(position + 1 - len(rows[line])))
    rows[line][position] = text


def _rectangle(rows: list[list[str]]) -> list[list[str]]:
    used = max(position for row in rows for position, cell in enumerate(row, start=1) if cell.strip())
    return [(row + [""] * used)[:used] for row in rows]
