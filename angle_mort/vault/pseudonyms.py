"""Names for people that only the holder of a key can make again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import unicodedata

from angle_mort.errors import AngleMortError, problem

KEY_SIZE = 32
_BYTES = 10


def pseudonym(key: bytes, identity: str) -> str:
    """A name for a person that only the holder of the key can make again: 80 bits, 16 letters and digits.

    Keyed HMAC-SHA256 of the identity (NFKC, outer spaces off, casefold), cut to 80 bits, base32 in lower case. ``key``
    is 32 bytes (AM311); an empty identity is refused (AM312), since all nameless people would become one.

    >>> pseudonym(bytes(32), "Anne@Example.org ") == pseudonym(bytes(32), "anne@example.org")
    True
    >>> len(pseudonym(bytes(32), "anne@example.org"))
    16
    """
    if len(key) != KEY_SIZE:
        raise AngleMortError(problem("AM311", size=KEY_SIZE))
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", identity).casefold()).strip()
    if not plain:
        raise AngleMortError(problem("AM312"))
    digest = hmac.new(key, plain.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:_BYTES]).decode().lower()


def sub_key(master: bytes, audience: str) -> bytes:
    """The key of one audience: nobody can lead its pseudonyms to those of another without the master key."""
    purpose = unicodedata.normalize("NFKC", f"angle-mort pseudonym 1 {audience}")
    return hmac.new(master, purpose.encode(), hashlib.sha256).digest()
