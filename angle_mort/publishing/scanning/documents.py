"""PDF: the words of each page, every string of every object, attached files, and what was left behind by a change."""

from __future__ import annotations

import io
import logging
import re
import zlib
from collections.abc import Iterator

from angle_mort.errors import AngleMortError, problem
from angle_mort.publishing.scanning import opening
from angle_mort.publishing.scanning.pieces import Piece, Place
from angle_mort.text import t

_STREAM = re.compile(rb"stream\r?\n")
_END = b"endstream"
_HEAD = 400
"""Bytes before a stream among which its own description stands."""
_RUNS_BY_ITSELF = ("/JavaScript", "/JS", "/Launch", "/SubmitForm", "/ImportData", "/RichMedia")
_OUR_AUTHORS = (None, "", "Chromium")
_LITERAL = re.compile(rb"\((?:[^()\\]|\\.){3,}\)")
_DEEPEST = 20


def pieces(content: bytes, place: Place) -> Iterator[Piece]:
    """The pieces of a PDF; raises AM713 when it is locked or cannot be read."""
    yield from _streams(content, place)
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it speaks English, to nobody, of faults that it mends

    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise AngleMortError(problem("AM713", where=place.told))
        for number, page in enumerate(reader.pages, 1):
            yield from opening.text_pieces(page.extract_text(), place.inside(t("scan.where.page", n=number)))
        if (reader.metadata and reader.metadata.author) not in _OUR_AUTHORS:
            yield Piece(place.where, sign="author")
        yield from _objects(list(_all(reader)), place)
    except AngleMortError:
        raise
    except Exception as error:  # a damaged PDF fails in any of many ways, all of them "cannot be read" to the coach
        raise AngleMortError(problem("AM713", where=place.told)) from error


def _all(reader) -> Iterator[object]:
    """Every object of the document, in use or not."""
    from pypdf.generic import IndirectObject

    numbers = [(number, generation) for generation, ids in reader.xref.items() for number in ids]
    for number, generation in [*numbers, *((number, 0) for number in reader.xref_objStm)]:
        yield reader.get_object(IndirectObject(number, generation, reader))
    yield reader.trailer


def _objects(objects: list[object], place: Place) -> Iterator[Piece]:
    """Titles, alternative texts, notes and addresses, files that are attached, and what runs by itself."""
    from pypdf.generic import StreamObject

    leaves = [leaf for each in objects for leaf in _leaves(each)]
    if any(leaf in _RUNS_BY_ITSELF for leaf in leaves):
        yield Piece(place.where, sign="script")
    told = dict.fromkeys(leaf for leaf in leaves if not leaf.startswith("/"))
    yield from opening.text_pieces("\n".join(told), place.inside(t("scan.where.hidden")))
    for each in objects:
        if isinstance(each, StreamObject) and each.get("/Type") in ("/EmbeddedFile", "/Metadata"):
            yield from opening.pieces(each.get_data(), place.inside(t("scan.where.attached")))


def _leaves(entry: object, depth: int = 0) -> Iterator[str]:
    """The strings and the names of one object, not following its links."""
    if isinstance(entry, bytes):
        yield entry.decode("latin-1")
    elif isinstance(entry, str):
        yield str(entry)
    elif isinstance(entry, dict) and depth < _DEEPEST:
        yield from (leaf for key, value in entry.items() for leaf in (str(key), *_leaves(value, depth + 1)))
    elif isinstance(entry, list) and depth < _DEEPEST:
        yield from (leaf for value in entry for leaf in _leaves(value, depth + 1))


def _streams(content: bytes, place: Place) -> Iterator[Piece]:
    """Packed streams, in use or not: none may grow too much, and the words written plainly in them are read."""
    for start in _STREAM.finditer(content):
        end = content.find(_END, start.end())
        packed = content[start.end() : end if end >= 0 else None]
        head = content[max(0, start.start() - _HEAD) : start.start()].rpartition(b" obj")[2]
        if b"/FlateDecode" not in head:
            continue
        try:
            data = place.expanded(zlib.decompressobj(), packed)
        except zlib.error:
            continue
        place.spend(len(data))
        if b"/Image" not in head and b"/Length1" not in head:  # neither the dots of a picture nor the curves of a font
            yield Piece((*place.where, t("scan.where.hidden")), b"\n".join(_LITERAL.findall(data)).decode("latin-1"))
