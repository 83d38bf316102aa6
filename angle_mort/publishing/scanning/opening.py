"""Open any content: judge its kind by its first bytes, and hand it to whoever knows that kind."""

from __future__ import annotations

import bz2
import json
import lzma
import re
import zlib
from collections.abc import Iterator

from angle_mort.errors import AngleMortError, problem
from angle_mort.publishing.scanning import archives, documents, markup, notebooks, pictures, texts
from angle_mort.publishing.scanning.pieces import DEPTH_LIMIT, Piece, Place
from angle_mort.text import t

_TAG = re.compile(r"<[!/?a-zA-Z]")
_RUNS = re.compile(rb"[\t\n\r\x20-\x7e\x80-\xff]{4,}")
_PACKED = {
    b"\x1f\x8b": lambda: zlib.decompressobj(31),
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ": lzma.LZMADecompressor,
}


def pieces(content: bytes, place: Place) -> Iterator[Piece]:
    """Every piece of a content, its wrappings opened; what cannot be read comes with the sign ``unreadable``."""
    place.spend(len(content))
    try:
        yield from _opened(content, place)
    except AngleMortError as error:
        if not place.depth or error.codes[0] != "AM713":
            raise
        yield from _unknown(content, place)  # a broken part does not stop the others from being read


def _opened(content: bytes, place: Place) -> Iterator[Piece]:
    if content.startswith(pictures.PNG):
        yield from pictures.pieces(content, place)
    elif b"%PDF-" in content[:1024]:
        yield from documents.pieces(content, place)
    elif content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        yield from archives.pieces(content, place)
    elif content.startswith(tuple(_PACKED)):
        yield from pieces(_unpacked(content, place), place.inside(t("scan.where.packed")))
    else:
        text = texts.decoded(content)
        yield from text_pieces(text, place) if text is not None else _unknown(content, place)


def text_pieces(text: str, place: Place) -> Iterator[Piece]:
    """Every piece of a text: JSON and markup are taken apart, anything else is read as it stands."""
    entry = _json(text, place)
    if entry is not None:
        yield from notebooks.pieces(entry, place)
    elif _TAG.search(text):
        yield from markup.pieces(text, place)
    else:
        yield from texts.pieces(text, place)


def _json(text: str, place: Place) -> object:
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None
    except RecursionError as error:
        raise AngleMortError(problem("AM712", where=place.told, limit=DEPTH_LIMIT)) from error


def _unknown(content: bytes, place: Place) -> Iterator[Piece]:
    """What no opener knows is no proof of anything; the letters in it are read all the same."""
    yield Piece(place.where, sign="unreadable")
    for each in (content, content.replace(b"\x00", b"")):
        letters = b"\n".join(_RUNS.findall(each))
        yield from (Piece(place.where, letters.decode(name, "ignore")) for name in ("utf-8", "latin-1"))


def _unpacked(content: bytes, place: Place) -> bytes:
    make = next(make for start, make in _PACKED.items() if content.startswith(start))
    try:
        return place.expanded(make(), content)
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise AngleMortError(problem("AM713", where=place.told)) from error
