"""The second barrier: look in a finished page, pictures included, for what should never be there."""

from __future__ import annotations

import base64
import binascii
import html as markup
import re
import struct
from collections.abc import Iterator

from angle_mort.errors import Problem, problem

_PATTERNS = {
    "address": re.compile(r"(?i)\b(?:https?|ftp|file|wss?):|(?:src|href|url)\s*[=(]\s*[\"']?//"),
    "script": re.compile(r"(?i)<\s*(?:script|iframe|object|embed|link|form|base)\b|\son[a-z]+\s*=|javascript:"),
    "e-mail": re.compile(r"(?i)\b[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}\b"),
    "telephone": re.compile(r"(?<![\d.,])(?:\+33\s?|0)[1-9](?:[\s.\u00a0\u202f-]?\d\d){4}(?!\d)"),
    "SIRET": re.compile(r"(?<!\d)\d{3}[ \u00a0\u202f]?\d{3}[ \u00a0\u202f]?\d{3}[ \u00a0\u202f]?\d{5}(?!\d)"),
    "path": re.compile(r"(?i)(?<![\w<])/(?:home|users|root|tmp|var|mnt|work|private)/|\b[a-z]:\\\\?[\w ]"),
    "time": re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d"),
    "traceback": re.compile(r"Traceback \(most recent call last\)"),
}
_DATA = re.compile(r"data:([\w/+.-]+);base64,([A-Za-z0-9+/=\s]+)")
_PLAIN_CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"pHYs", b"sRGB", b"gAMA", b"cHRM", b"sBIT", b"tRNS", b"bKGD"}
_PNG = b"\x89PNG\r\n\x1a\n"


def scan(page: str) -> list[Problem]:
    """One AM704 per kind of thing found; an empty list for a clean page. What was found is not repeated.

    >>> [each.fields["kind"] for each in scan('<p>Appelez le 06 12 34 56 78</p>')]
    ['telephone']
    """
    text = _DATA.sub("", page)
    kinds = [
        kind for kind, pattern in _PATTERNS.items() if pattern.search(text) or pattern.search(markup.unescape(text))
    ]
    kinds += sorted(set(_in_pictures(page)))
    return [problem("AM704", kind=kind) for kind in kinds]


def _in_pictures(page: str) -> Iterator[str]:
    for kind, encoded in _DATA.findall(page):
        try:
            content = base64.b64decode(encoded, validate=False)
        except binascii.Error:
            yield "unreadable data"
            continue
        if kind != "image/png" or not content.startswith(_PNG):
            yield "data that is no picture"
        elif any(chunk not in _PLAIN_CHUNKS for chunk in _chunks(content)):
            yield "notes inside a picture"


def _chunks(content: bytes) -> Iterator[bytes]:
    place = len(_PNG)
    while place + 8 <= len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        yield content[place + 4 : place + 8]
        place += length + 12
