"""The second barrier: look in a finished page, pictures included, for what should never be there."""

from __future__ import annotations

import base64
import binascii
import html as markup
import re
import struct
from collections.abc import Iterator

from angle_mort.errors import Problem, problem

_SPACE = "[ .\u00a0\u202f-]?"
_IN_MARKUP = {
    "script": re.compile(r"(?i)<\s*(?:script|iframe|object|embed|link|form|base)\b|<[^>]*\son[a-z]+\s*=|javascript:"),
    "address": re.compile(r"(?i)(?:src|href)\s*=\s*[\"']?(?://|[a-z][a-z0-9+.-]*:)|url\s*\("),
}
_IN_WORDS = {
    "address": re.compile(r"(?i)\b(?:https?|ftp|file|wss?)://|\bwww\.\w"),
    "e-mail": re.compile(r"(?i)[\w.%+-]+@[\w.-]+\.[a-z]{2,}\b"),
    "telephone": re.compile(rf"(?<![\d.,-])(?:(?:\+|00)33{_SPACE}(?:\(0\)\s?)?|0)[1-9](?:{_SPACE}\d\d){{4}}(?![\d-])"),
    "SIRET": re.compile(rf"(?<!\d)\d{{3}}{_SPACE}\d{{3}}{_SPACE}\d{{3}}{_SPACE}\d{{5}}(?!\d)"),
    "path": re.compile(
        r"(?i)(?<![\w<])/(?:home|users|root|tmp|var|mnt|opt|srv|etc|volumes|work|private)/|\b[a-z]:\\\\?\w|~/|data/private"
    ),
    "time": re.compile(r"\b\d{4}[-/]\d\d[-/]\d\d[T ]\d\d?:\d\d|\b\d\d/\d\d/\d{4} \d\d?:\d\d"),
    "traceback": re.compile(r"Traceback \(most recent call last\)"),
}
_STYLE, _TAG = re.compile(r"(?s)<style>.*?</style>"), re.compile(r"<[^>]*>")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_DATA = re.compile(r"data:([\w/+.-]+);base64,([A-Za-z0-9+/=\s]+)")
_PLAIN_CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"pHYs", b"sRGB", b"gAMA", b"cHRM", b"sBIT", b"tRNS", b"bKGD"}
_PNG = b"\x89PNG\r\n\x1a\n"
_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"


def scan(page: str) -> list[Problem]:
    """One AM704 per kind of thing found; an empty list for a clean page. What was found is not repeated.

    >>> [each.fields["kind"] for each in scan('<p>Appelez le 06 12 34 56 78</p>')]
    ['telephone']
    """
    text = _DATA.sub("", page)
    words = _INVISIBLE.sub("", markup.unescape(_TAG.sub("", _STYLE.sub("", text))))
    kinds = [kind for kind, pattern in _IN_MARKUP.items() if pattern.search(text)]
    kinds += [kind for kind, pattern in _IN_WORDS.items() if pattern.search(words) or pattern.search(text)]
    kinds += _in_pictures(page)
    return [problem("AM704", kind=kind) for kind in dict.fromkeys(kinds)]


def _in_pictures(page: str) -> Iterator[str]:
    for kind, encoded in _DATA.findall(page):
        try:
            content = base64.b64decode(encoded, validate=False)
        except binascii.Error:
            yield "unreadable data"
            continue
        if kind != "image/png" or not content.startswith(_PNG):
            yield "data that is no picture"
        elif any(chunk not in _PLAIN_CHUNKS for chunk in _chunks(content)) or not content.endswith(_END):
            yield "notes inside a picture"


def _chunks(content: bytes) -> Iterator[bytes]:
    place = len(_PNG)
    while place + 8 <= len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        yield content[place + 4 : place + 8]
        place += length + 12
