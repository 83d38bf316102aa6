"""From a file to rows of text cells: the kind judged by its first bytes, caps before anything is expanded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from angle_mort.errors import AngleMortError, problem

SIZE_LIMIT = 20_000_000
"""Bytes of the largest file that is read unless the caller asks for more."""

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_PROTECTED = "EncryptedPackage".encode("utf-16-le")
_OTHER_KINDS = {b"%PDF": "PDF", b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"{\\rtf": "RTF"}
_HTML = (b"<!doctype", b"<html", b"<head", b"<table", b"<meta", b"<?xml")


@dataclass(frozen=True)
class Sheet:
    """A file as rows of text: ``rows[0]`` is the header and line 1; every row is as long as the header."""

    name: str
    rows: list[list[str]] = field(repr=False)
    kind: str
    sha256: str
    encoding: str = ""
    delimiter: str = ""
    quoted: bool = False
    trimmed_line: int | None = None
    other_sheets: tuple[str, ...] = ()

    @property
    def header(self) -> list[str]:
        """The texts of line 1."""
        return self.rows[0]

    def data(self) -> Iterator[tuple[int, list[str]]]:
        """Line number and cells of each row below the header."""
        return enumerate(self.rows[1:], start=2)


def read_sheet(path: Path, size_limit: int = SIZE_LIMIT) -> Sheet:
    """The cells of a CSV file or of the first sheet of a workbook, all as text.

    Raises ``AngleMortError`` with one code per way in which a file cannot be read (AM201 to AM216); the file is opened
    for reading only.
    """
    content = _content(path, size_limit)
    _refuse_other_kinds(content, path.name)
    if content.startswith(b"PK"):
        from angle_mort.responses.workbook import read_workbook

        fields = {"kind": "xlsx", **read_workbook(content, path.name)}
    else:
        from angle_mort.responses.delimited import read_delimited

        fields = {"kind": "csv", **read_delimited(content, path.name)}
    if len(fields["rows"]) < 2:
        raise AngleMortError(problem("AM216", path=path.name))
    return Sheet(name=path.name, sha256=hashlib.sha256(content).hexdigest(), **fields)


def _content(path: Path, size_limit: int) -> bytes:
    try:
        if path.stat().st_size > size_limit:
            raise AngleMortError(problem("AM203", path=path.name, limit=size_limit // 1_000_000))
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise AngleMortError(problem("AM201", path=str(path))) from error
    except OSError as error:
        raise AngleMortError(problem("AM204", path=path.name)) from error
    if not content.strip():
        raise AngleMortError(problem("AM202", path=path.name))
    return content


def _refuse_other_kinds(content: bytes, name: str) -> None:
    start = content[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if content.startswith(_OLE):
        raise AngleMortError(problem("AM206" if _PROTECTED in content else "AM205", path=name))
    if start.startswith(_HTML):
        raise AngleMortError(problem("AM207", path=name))
    for first, kind in _OTHER_KINDS.items():
        if content.startswith(first):
            raise AngleMortError(problem("AM208", path=name, kind=kind))
