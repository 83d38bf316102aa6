"""ZIP, and the office documents that are ZIP inside: every member, every name, and what lies between them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

from angle_mort.errors import AngleMortError, problem
from angle_mort.publishing.scanning import opening
from angle_mort.publishing.scanning.pieces import Piece, Place
from angle_mort.text import t

_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_LOCAL_HEADER = 30
_DESCRIPTOR = 24
"""Bytes that may follow a member to tell its size."""
_SIZE_BEHIND = 8
_AUTHOR = re.compile(rb"<(?:dc:creator|cp:lastModifiedBy)>([^<]+)<")
_OUR_AUTHORS = {b"openpyxl"}


def pieces(content: bytes, place: Place) -> Iterator[Piece]:
    """The pieces of every member; raises AM713 for an archive that is locked or damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            place.refuse_bomb(sum(each.file_size for each in members), len(content))
            yield Piece(place.where, archive.comment.decode("utf-8", "replace"))
            for member in members:
                yield from _member(archive, member, place)
            for gap in _gaps(content, members):
                yield from opening.pieces(gap, place.inside(t("scan.where.between")))
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, AngleMortError):
            raise
        raise AngleMortError(problem("AM713", where=place.told)) from error


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, place: Place) -> Iterator[Piece]:
    inner = place.inside(member.filename, name=member.filename)
    yield Piece(inner.where, member.filename.replace("/", " ") + " " + member.comment.decode("utf-8", "replace"))
    if member.is_dir():
        return
    inner.refuse_bomb(member.file_size, member.compress_size)
    data = archive.read(member)
    if member.filename.startswith("xl/worksheets/") and _FORMULA.search(data):
        yield Piece(inner.where, sign="formula")
    if member.filename.startswith("docProps/") and set(_AUTHOR.findall(data)) - _OUR_AUTHORS:
        yield Piece(inner.where, sign="author")
    yield from opening.pieces(data, inner)


def _gaps(content: bytes, members: list[zipfile.ZipInfo]) -> Iterator[bytes]:
    """Bytes that no member owns: what stood there before, or was put where nobody looks."""
    place, spare = 0, 0
    for member in sorted(members, key=lambda each: each.header_offset):
        if member.header_offset - place > spare:
            yield content[place : member.header_offset]
        start = member.header_offset + _LOCAL_HEADER
        names = content[start - 4 : start]
        place = start + int.from_bytes(names[:2], "little") + int.from_bytes(names[2:], "little") + member.compress_size
        spare = _DESCRIPTOR if member.flag_bits & _SIZE_BEHIND else 0
