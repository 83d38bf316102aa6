"""PNG: its notes, whatever is not the picture itself, and what hangs behind its end."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from angle_mort.publishing.scanning import opening
from angle_mort.publishing.scanning.pieces import Piece, Place
from angle_mort.text import t

PNG = b"\x89PNG\r\n\x1a\n"
DRAWN = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"pHYs", b"sRGB", b"gAMA", b"cHRM", b"sBIT", b"tRNS", b"bKGD"}
"""The chunks that a picture needs to be drawn; they hold no words."""


def chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The kind and the data of each chunk, up to the end of the picture; what hangs behind comes with the kind b""."""
    place = len(PNG)
    while place + 12 <= len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        kind, data = content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
        place += length + 12
        yield kind, data
        if kind == b"IEND":
            break
    if content[place:]:
        yield b"", content[place:]


def bare(content: bytes) -> bytes:
    """The same picture with nothing but what it needs to be drawn."""
    kept = [(kind, data) for kind, data in chunks(content) if kind in DRAWN]
    return PNG + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in kept
    )


def pieces(content: bytes, place: Place) -> Iterator[Piece]:
    """The words of each note, and the sign ``notes`` for whatever is no part of the picture."""
    for kind, data in chunks(content):
        if kind in DRAWN:
            continue
        inner = place.inside(t("scan.where.chunk", kind=kind.decode("latin-1")) if kind else t("scan.where.behind"))
        yield Piece(inner.where, sign="notes")
        yield from opening.pieces(_note(kind, data, inner), inner)


def _note(kind: bytes, data: bytes, place: Place) -> bytes:
    """The note without its packing: keyword and text."""
    if kind == b"zTXt":
        keyword, _, rest = data.partition(b"\x00")
        return keyword + b"\n" + _expanded(rest[1:], place)
    if kind == b"iTXt":
        keyword, _, rest = data.partition(b"\x00")
        *told, text = rest[2:].split(b"\x00", 2)
        return b"\n".join([keyword, *told, _expanded(text, place) if rest.startswith(b"\x01") else text])
    return data.replace(b"\x00", b"\n") if kind == b"tEXt" else data


def _expanded(packed: bytes, place: Place) -> bytes:
    try:
        return place.expanded(zlib.decompressobj(), packed)
    except zlib.error:
        return packed
