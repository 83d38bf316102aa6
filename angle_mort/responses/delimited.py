"""Read delimited text: its encoding, its delimiter, and the damages that must stop the reading."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter

from angle_mort.errors import AngleMortError, problem
from angle_mort.responses.blank import blank, without_blank_end

DELIMITERS = (",", ";", "\t", "|")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_END = "\x1f end of the text \x1f"
_LISTED = 10
_SAMPLE = 500_000


def read_delimited(content: bytes, name: str) -> dict[str, object]:
    """Rows, encoding and delimiter of a text file.

    The encoding is told by a byte order mark, else strict UTF-8, else CP1252; the delimiter is the one that cuts the
    lines most regularly. A cut file, mixed delimiters, lines of unequal length and damaged accents are errors.
    """
    text, encoding = _decode(content, name)
    delimiter = _most_regular(text)
    rows = _parse(text, delimiter, name)
    _refuse_mixed(rows, delimiter, name)
    _refuse_titles(rows, name)
    rows, trimmed_line = _rectangle(rows, name)
    _refuse_damaged_accents(rows[0], name)
    quoted = text.lstrip("\ufeff").startswith('"')
    return {"rows": rows, "encoding": encoding, "delimiter": delimiter, "quoted": quoted, "trimmed_line": trimmed_line}


def _decode(content: bytes, name: str) -> tuple[str, str]:
    if content.startswith(_UTF16):
        return _decoded(content, "utf-16", name), "utf-16"
    if b"\x00" in content:
        raise AngleMortError(problem("AM210", path=name))
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        return _decoded(content, "cp1252", name), "cp1252"


def _decoded(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise AngleMortError(problem("AM211", path=name)) from error


def _most_regular(text: str) -> str:
    """The delimiter under which most lines have as many cells as the most frequent line, and at least two."""
    return max(DELIMITERS, key=lambda delimiter: _regularity(text[:_SAMPLE], delimiter))


def _regularity(text: str, delimiter: str) -> tuple[float, int]:
    try:
        widths = Counter(len(row) for row in _reader(text, delimiter) if row)
    except csv.Error:
        return (0.0, 0)
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    return (count / widths.total(), width) if width > 1 else (0.0, width)


def _reader(text: str, delimiter: str):
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _parse(text: str, delimiter: str, name: str) -> list[list[str]]:
    """Every row; a quote left open swallows the mark put after the last line, which tells that the file was cut."""
    try:
        rows = list(_reader(f"{text}\n{_END}", delimiter))
    except csv.Error as error:
        raise AngleMortError(problem("AM212", path=name)) from error
    if rows.pop() != [_END]:
        raise AngleMortError(problem("AM212", path=name))
    rows = without_blank_end(rows)
    if not rows or blank(rows[0]):
        raise AngleMortError(problem("AM202", path=name))
    return rows


def _refuse_mixed(rows: list[list[str]], delimiter: str, name: str) -> None:
    """Lines that hold one single cell with another delimiter in it, under a header of several cells."""
    lines = [row for row in rows[1:] if not blank(row)]
    others = [each for each in DELIMITERS if each != delimiter]
    lumped = [row for row in lines if not blank(row) and blank(row[1:]) and any(each in row[0] for each in others)]
    if len(rows[0]) > 2 and lines and 2 * len(lumped) >= len(lines):
        raise AngleMortError(problem("AM213", path=name))


def _refuse_titles(rows: list[list[str]], name: str) -> None:
    """Lines of one or two cells above the header: the first line is then far emptier than those below."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    header = next(line for line, count in enumerate(filled, start=1) if 2 * count >= max(filled))
    if header > 1:
        raise AngleMortError(problem("AM221", path=name, line=header))


def _rectangle(rows: list[list[str]], name: str) -> tuple[list[list[str]], int | None]:
    """Rows as long as the header: empty cells beyond it are dropped, anything else stops the reading."""
    width = _filled_width(rows[0])
    uneven = [line for line, row in enumerate(rows, start=1) if not blank(row) and _misfits(row, width)]
    if uneven:
        listed = ", ".join(map(str, uneven[:_LISTED])) + ("..." if len(uneven) > _LISTED else "")
        raise AngleMortError(problem("AM214", path=name, lines=listed, width=width))
    longer = (line for line, row in enumerate(rows, start=1) if len(row) > len(rows[0]))
    return [(row + [""] * width)[:width] for row in rows], next(longer, None)


def _misfits(row: list[str], width: int) -> bool:
    return len(row) < width or not blank(row[width:])


def _filled_width(header: list[str]) -> int:
    return max(position for position, cell in enumerate(header, start=1) if cell.strip())


def _refuse_damaged_accents(header: list[str], name: str) -> None:
    if any("\ufffd" in cell or _read_twice(cell) for cell in header):
        raise AngleMortError(problem("AM211", path=name))


def _read_twice(cell: str) -> bool:
    """Whether the accents are UTF-8 bytes that were read as one-byte letters; true French text never decodes so."""
    if cell.isascii():
        return False
    return any(_decodes(cell, encoding) for encoding in ("cp1252", "latin-1"))


def _decodes(cell: str, encoding: str) -> bool:
    try:
        cell.encode(encoding).decode("utf-8")
    except UnicodeError:
        return False
    return True
