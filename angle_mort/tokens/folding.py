"""One name written in many ways: the form under which names are compared, and its keyed token."""

from __future__ import annotations

import hmac
import re
import unicodedata

WORD = re.compile(r"[^\W_]+|&")

_BYTES = {"word": 8, "number": 3}
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u202a\u202b\u202c\u202d\u202e\ufeff"))
_LETTERS = str.maketrans({"\u0153": "oe", "\u00e6": "ae", "\u00f8": "o", "\u0142": "l", "\u0111": "d", "\u0131": "i"})
_WRITTEN_SHORT = {"st": "saint", "ste": "sainte", "&": "et"}


def plain(text: str) -> str:
    """The text without accents and invisible characters, compatibility forms undone; capitals stay.

    >>> plain("Ame\u0301lie \uff24\u00fcrand"), plain("Am\u00e9\u00adlie")
    ('Amelie Durand', 'Amelie')
    """
    if text.isascii():
        return text
    split = unicodedata.normalize("NFKD", text.translate(_INVISIBLE))
    return "".join(letter for letter in split if not unicodedata.combining(letter))


def fold(text: str) -> str:
    """The words of a text under which names are compared: no capitals, accents, hyphens or punctuation, one space.

    >>> fold("  L\u2019ATELIER d\u2019Anne-\u00c9lise,  &  Fils ")
    'l atelier d anne elise et fils'
    """
    return " ".join(map(folded_word, WORD.findall(plain(text))))


def folded_word(word: str) -> str:
    """One word of a plain text, folded; ``st`` is ``saint``."""
    low = word.casefold().translate(_LETTERS)
    return _WRITTEN_SHORT.get(low, low)


def token(key: bytes, words: str, family: str = "word") -> str:
    """The keyed token (HMAC-SHA256) of folded words, 64 bits, or of the digits of a ``number``, 24 bits; hexadecimal.

    >>> token(bytes(32), fold("Anne"), "word") == token(bytes(32), fold("ANNE"), "word")
    True
    >>> len(token(bytes(32), "anne")), len(token(bytes(32), "612345678", "number"))
    (16, 6)
    """
    return hmac.digest(key, f"{family} {words}".encode(), "sha256")[: _BYTES[family]].hex()
