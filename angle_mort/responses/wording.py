"""One text written in several ways: the form under which headers, labels and names are compared."""

from __future__ import annotations

import html
import re
import unicodedata

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_APOSTROPHES = dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u00b4`"), "'")
_GRID = re.compile(r"^(?P<stem>.*?)\s*\[(?P<row>[^\[\]]*)\]$", re.DOTALL)


def normalised(text: str) -> str:
    """The text without HTML, invisible characters, curly apostrophes, double or no-break spaces, and capitals.

    Two headers are the same question exactly when this form is the same; nothing looser is ever applied.

    >>> normalised("  J\u2019ai\u00a0refait  <b>un travail</b> ") == normalised("j'ai refait un travail")
    True
    """
    plain = _TAG.sub("", html.unescape(text)).translate(_INVISIBLE | _APOSTROPHES)
    return " ".join(unicodedata.normalize("NFKC", plain).split()).casefold()


def unaccented(text: str) -> str:
    """The normalised text without its accents: for words that are looked for, never for questions.

    >>> unaccented("Pr\u00e9nom")
    'prenom'
    """
    split = unicodedata.normalize("NFD", normalised(text))
    return "".join(letter for letter in split if not unicodedata.combining(letter))


def grid_parts(header: str) -> tuple[str, str]:
    """The question above a grid and the row inside the last brackets, both normalised; no brackets, no question.

    >>> grid_parts("How often? [I checked the work.]")
    ('how often?', 'i checked the work.')
    >>> grid_parts("I checked the work.")
    ('', 'i checked the work.')
    """
    text = normalised(header)
    found = _GRID.match(text)
    return (found["stem"], found["row"].strip()) if found else ("", text)
