"""Seal and open the file: scrypt makes the key of a passphrase, AES-256-GCM hides the content and vouches for it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from angle_mort.errors import AngleMortError, problem
from angle_mort.vault.pseudonyms import KEY_SIZE

FORMAT = 1
MAGIC = b"ANGLE-MORT-COFFRE\n"

WORK = (2**17, 8, 1)
"""scrypt's n, r, p: 128 MB and some half a second for each passphrase that somebody tries."""
_WORK_MOST = (2**20, 16, 4)
"""A header may ask for so much work at most: a changed file must not exhaust the machine."""
_SALT_SIZE, _NONCE_SIZE, _LENGTH_SIZE = 16, 12, 4


@dataclass(frozen=True)
class Header:
    """The readable part: what is needed to make the key again from the passphrase."""

    salt: bytes
    n: int
    r: int
    p: int
    check: bytes = b""
    nonce: bytes = b""

    def to_bytes(self) -> bytes:
        entry = {"format": FORMAT, "scrypt": [self.n, self.r, self.p]}
        entry |= {name: to_base64(getattr(self, name)) for name in ("salt", "check", "nonce")}
        text = json.dumps(entry).encode()
        return MAGIC + len(text).to_bytes(_LENGTH_SIZE, "big") + text


@dataclass(frozen=True, repr=False)
class Lock:
    """The derived key: one half seals, the other tells a wrong passphrase from a damaged file."""

    header: Header
    seal: bytes
    check: bytes

    @classmethod
    def new(cls, passphrase: str) -> Lock:
        """A lock with a salt of its own: its key has nothing in common with an earlier one of the same passphrase."""
        return cls.derive(passphrase, Header(secrets.token_bytes(_SALT_SIZE), *WORK))

    @classmethod
    def derive(cls, passphrase: str, header: Header) -> Lock:
        secret = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogateescape")
        derived = Scrypt(header.salt, 2 * KEY_SIZE, header.n, header.r, header.p).derive(secret)
        return cls(header, derived[:KEY_SIZE], hashlib.sha256(derived[KEY_SIZE:]).digest())

    @classmethod
    def of(cls, passphrase: str, content: bytes, path: Path) -> Lock:
        """The lock of a file; AM302 when the passphrase is not its own."""
        header, *_ = split(content, path)
        lock = cls.derive(passphrase, header)
        if not hmac.compare_digest(lock.check, header.check):
            raise AngleMortError(problem("AM302", path=str(path)))
        return lock

    def sealed(self, payload: dict[str, Any]) -> bytes:
        nonce = secrets.token_bytes(_NONCE_SIZE)
        readable = Header(self.header.salt, self.header.n, self.header.r, self.header.p, self.check, nonce).to_bytes()
        plain = json.dumps(payload, allow_nan=False, ensure_ascii=False).encode()
        return readable + AESGCM(self.seal).encrypt(nonce, plain, readable)

    def opened(self, content: bytes, path: Path) -> dict[str, Any]:
        """What the file hides; AM303 when it is damaged, AM317 when it has got another key since it was opened."""
        header, readable, hidden = split(content, path)
        if header.salt != self.header.salt:
            raise AngleMortError(problem("AM317", path=str(path)))
        try:
            return json.loads(AESGCM(self.seal).decrypt(header.nonce, hidden, readable))
        except (InvalidTag, ValueError) as error:
            raise AngleMortError(problem("AM303", path=str(path))) from error


def split(content: bytes, path: Path) -> tuple[Header, bytes, bytes]:
    """Header, the bytes that hold it, and the sealed rest.

    AM303 unless every part has a possible value, AM310 for a later format.
    """
    damaged = AngleMortError(problem("AM303", path=str(path)))
    start = len(MAGIC) + _LENGTH_SIZE
    if not content.startswith(MAGIC):
        raise damaged
    end = start + int.from_bytes(content[len(MAGIC) : start], "big")
    try:
        entry = json.loads(content[start:end])
        version = entry["format"]
        if version != FORMAT:
            raise AngleMortError(problem("AM310", path=str(path), version=str(version)))
        header = _header(entry)
    except AngleMortError:
        raise
    except (ValueError, KeyError, TypeError) as error:
        raise damaged from error
    if not _bearable((header.n, header.r, header.p)) or len(header.nonce) != _NONCE_SIZE:
        raise damaged
    return header, content[:end], content[end:]


def to_base64(content: bytes) -> str:
    """Bytes as text, for JSON."""
    return base64.b64encode(content).decode()


def _header(entry: dict[str, Any]) -> Header:
    n, r, p = map(int, entry["scrypt"])
    salt, check, nonce = (base64.b64decode(entry[name], validate=True) for name in ("salt", "check", "nonce"))
    return Header(salt, n, r, p, check, nonce)


def _bearable(work: tuple[int, ...]) -> bool:
    n, *_ = work
    within = all(1 <= asked <= most for asked, most in zip(work, _WORK_MOST, strict=True))
    return within and n > 1 and n & (n - 1) == 0  # scrypt wants a power of two
