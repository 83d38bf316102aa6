"""Plain text: its letters decoded, its cells and lines, and what is written in it in another alphabet of machines."""

from __future__ import annotations

import base64
import binascii
import codecs
import csv
import io
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote

from angle_mort.publishing.scanning import opening
from angle_mort.publishing.scanning.pieces import Piece, Place
from angle_mort.text import t

_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32"} | {
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_BINARY = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_NUMBER = re.compile(r"(?<![\w.,])-?\d{1,3}(?:[.,]\d+)?(?![\w]|[.,]\d)")
_LISTED = re.compile(r"\d\.\d|\d,\d+,\d")
"""A line whose commas part numbers and are no decimal signs."""
_TABLES = (".csv", ".tsv")
_BASE64 = re.compile(r"(?<![\w+/=-])(?:[A-Za-z0-9+/_-]{8,}(?:\s*\n[ \t]*[A-Za-z0-9+/_-]{8,})*)={0,2}")
_HEX = re.compile(r"(?<!\w)(?:[0-9a-fA-F]{2}){6,}(?!\w)")
_ESCAPE = re.compile(r"\\(?:u\{?([0-9a-fA-F]{4,6})\}?|x([0-9a-fA-F]{2})|U([0-9a-fA-F]{8}))")
_QUOTED = re.compile(r"(?:=[0-9A-F]{2}(?:=\r?\n)?){2,}")
_WRITTEN = re.compile(r"[\w\s@.,;:!?'\"(){}\[\]<>=+/-]")
_KNOWN_STARTS = (
    *(b"\x89PNG\r\n", b"%PDF-", b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ"),
    *(b"\xff\xd8\xff", b"GIF8", b"RIFF"),
)


def decoded(content: bytes) -> str | None:
    """The letters of a content, whichever way they were written down; None when it is no text."""
    mark = next((name for start, name in _MARKS.items() if content.startswith(start)), None)
    for name in (mark or "utf-8", "utf-16-le", "utf-16-be", "cp1252"):
        if name.startswith("utf-16-") and content[:200].count(0) < len(content[:200]) // 4:
            continue
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if not _BINARY.search(text):
            return text
    return None


def pieces(text: str, place: Place) -> Iterator[Piece]:
    """The text itself, its rows of numbers, its formulas when it is a table, and what is encoded in it."""
    yield Piece(place.where, text, raw=text, line=1 if place.lines else None)
    yield from rows(text, place)
    if place.name.lower().endswith(_TABLES):
        yield from _formulas(text, place)
    yield from encoded(text, place)


def rows(text: str, place: Place) -> Iterator[Piece]:
    """The numbers of each line, three at least."""
    for line, words in enumerate(text.split("\n"), 1):
        parted = words.replace(",", " , ") if _LISTED.search(words) else words
        found = tuple(float(each.replace(",", ".")) for each in _NUMBER.findall(parted))
        if len(found) > 2:
            yield Piece(place.where, numbers=found, line=line if place.lines else None)


def _formulas(text: str, place: Place) -> Iterator[Piece]:
    delimiter = max(",;\t", key=text[:10_000].count)
    for row in csv.reader(io.StringIO(text), delimiter=delimiter):
        if any(is_formula(cell) for cell in row):
            yield Piece(place.where, sign="formula")
            return


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would compute this cell: it begins as a formula does and is no number.

    >>> is_formula("=1+1"), is_formula("\\t=1"), is_formula("-12,5"), is_formula("- moins de 5")
    (True, True, False, True)
    """
    return cell[:1] in tuple("=+-@\t\r") and not re.fullmatch(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?", cell)


# ------------------------------------------------------------------------------------------------------ written over


def encoded(text: str, place: Place) -> Iterator[Piece]:
    """What the text holds in base64, hexadecimal, percent signs, entities or escapes, opened in its turn."""
    for run in _BASE64.finditer(text):
        content = from_base64(run[0])
        if content:
            yield from opening.pieces(content, _line(place, text, run).inside("base64"))
    for run in _HEX.finditer(text):
        content = bytes.fromhex(run[0])
        if _worth_opening(content):
            yield from opening.pieces(content, _line(place, text, run).inside("hex"))
    plain = unquoted(text)
    if plain != text:
        yield from opening.text_pieces(plain, place.inside(t("scan.where.escaped")))


def unquoted(text: str) -> str:
    """Percent signs, entities, quoted-printable and backslash escapes told as the letters they stand for."""
    text = _ESCAPE.sub(_letter, unescape(text)) if "\\" in text or "&" in text else text
    text = unquote(text) if "%" in text else text
    return _QUOTED.sub(_quoted, text) if _QUOTED.search(text) else text


def _quoted(run: re.Match[str]) -> str:
    return bytes.fromhex(re.sub(r"=\r?\n|=", "", run[0])).decode("utf-8", "replace")


def _letter(escape: re.Match[str]) -> str:
    code = int(escape[1] or escape[2] or escape[3], 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else escape[0]


def from_base64(run: str) -> bytes | None:
    """What a run of letters means in base64, when that is worth opening."""
    letters = re.sub(r"\s", "", run).rstrip("=").replace("-", "+").replace("_", "/")
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    try:
        content = base64.b64decode(letters + "=" * (-len(letters) % 4))
    except binascii.Error:
        return None
    return content if _worth_opening(content) else None


def _worth_opening(content: bytes) -> bool:
    """A content of a known kind, or letters: most words of a text happen to be base64 of nothing."""
    if content.startswith(_KNOWN_STARTS):
        return True
    text = decoded(content)
    return text is not None and len(text) > 4 and len(_WRITTEN.findall(text)) > 0.9 * len(text)


def _line(place: Place, text: str, run: re.Match[str]) -> Place:
    return place.at(t("scan.where.line", line=text.count("\n", 0, run.start()) + 1)) if place.lines else place
