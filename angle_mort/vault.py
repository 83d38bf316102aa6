"""The private room: one encrypted file for raw answers, names and texts, and the keys of every pseudonym.

``coffre.bin`` is a readable header (format, scrypt parameters, salt, nonce) followed by JSON sealed with AES-256-GCM,
which also authenticates the header. The key is made from the passphrase, stays in memory, and is never beside the file.
"""

from __future__ import annotations

import base64
import getpass
import hashlib
import hmac
import json
import os
import secrets
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from angle_mort.errors import AngleMortError, problem
from angle_mort.text import t

DEFAULT_PATH = Path("data/private/coffre.bin")
PASSPHRASE_VARIABLE = "ANGLE_MORT_PASSPHRASE"
MINIMUM_PASSPHRASE = 12
KEY_SIZE = 32
FORMAT = 1

_MAGIC = b"ANGLE-MORT-COFFRE\n"
_PSEUDONYM_BYTES = 10
_SCRYPT = (2**17, 8, 1)
_SCRYPT_MOST = (2**20, 16, 4)
"""A header may ask for so much work at most: a changed file must not exhaust the machine."""
_NONCE_SIZE = 12
_LENGTH_SIZE = 4
_PATIENCE = 15.0
"""Seconds to wait for another program that writes; a write takes well under one."""
_PARTS = ("responses", "report", "texts", "identities")


class RawRows(Protocol):
    """What the vault keeps of one export; ``responses.Intake`` is one."""

    responses: pd.DataFrame
    report: pd.DataFrame
    texts: pd.DataFrame
    identities: pd.DataFrame
    form: str
    dialect: Any


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
    return base64.b32encode(digest[:_PSEUDONYM_BYTES]).decode().lower()


def open_vault(path: str | Path | None = None, passphrase: str | None = None) -> Vault:
    """Open the vault of this folder (``data/private/coffre.bin``), asking for its passphrase.

    The passphrase comes from the argument, else from the variable ``ANGLE_MORT_PASSPHRASE`` (for scripts), else from
    the person at the terminal or in the notebook. Raises AM301 (no vault), AM302 (wrong passphrase), AM303 (damaged),
    AM305 (nobody to ask), AM310 (newer format).
    """
    place = Path(path or DEFAULT_PATH)
    header, *_ = _split(_read(place), place)
    lock = _Lock.derive(passphrase if passphrase is not None else ask_passphrase(), header)
    if not hmac.compare_digest(lock.check, header.check):
        raise AngleMortError(problem("AM302", path=str(place)))
    vault = Vault(place, lock)
    vault.cohorts()
    return vault


def ask_passphrase(confirm: bool = False) -> str:
    """The passphrase from the environment, else typed without being shown; twice when it is chosen (``confirm``).

    Raises AM305 when there is neither a variable nor anybody to ask, AM313 when the two differ.
    """
    if os.environ.get(PASSPHRASE_VARIABLE):
        return os.environ[PASSPHRASE_VARIABLE]
    if not _somebody_to_ask():
        raise AngleMortError(problem("AM305"))
    typed = _typed("vault.ask")
    if confirm and _typed("vault.ask_again") != typed:
        raise AngleMortError(problem("AM313"))
    return typed


class Vault:
    """An open vault. Each call reads the file anew, so that two open vaults never work on an old copy.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     vault = Vault.create(Path(folder) / "coffre.bin", "quatre mots tout simples")
    ...     len(vault.cohorts()), len(vault.pseudonym("sponsor", "anne@example.org"))
    (0, 16)
    """

    def __init__(self, path: Path, lock: _Lock) -> None:
        self.path = path
        self._lock = lock

    def __repr__(self) -> str:
        return f"Vault({str(self.path)!r})"

    @classmethod
    def create(cls, path: str | Path | None, passphrase: str) -> Vault:
        """A new, empty vault with a fresh master key. Raises AM304 (one is there), AM306 (passphrase too short)."""
        place = Path(path or DEFAULT_PATH)
        if len(passphrase.strip()) < MINIMUM_PASSPHRASE:
            raise AngleMortError(problem("AM306", minimum=MINIMUM_PASSPHRASE))
        _refuse_existing(place)
        vault = cls(place, _Lock.derive(passphrase, _Header(secrets.token_bytes(16), *_SCRYPT)))
        with _alone(place):
            _refuse_existing(place)  # somebody else may have been faster while the key was derived
            vault._save({"master": _base64(secrets.token_bytes(KEY_SIZE)), "cohorts": {}})
        return vault

    def store(self, cohort: str, wave: str, rows: RawRows, replace: bool = False) -> None:
        """Keep the raw rows of one export as one wave of a cohort.

        The same file may be stored again; other answers under a known wave need ``replace`` (AM308).
        """
        with _alone(self.path):
            payload = self._load()
            waves = payload["cohorts"].setdefault(cohort, {})
            if wave in waves and waves[wave]["sha256"] != rows.dialect.sha256 and not replace:
                raise AngleMortError(problem("AM308", path=str(self.path), cohort=cohort, wave=wave))
            waves[wave] = {"form": rows.form, "sha256": rows.dialect.sha256} | {
                part: _packed(getattr(rows, part)) for part in _PARTS
            }
            self._save(payload)

    def cohorts(self) -> pd.DataFrame:
        """What is kept, one row per cohort and wave: cohort, wave, form, n (respondents), sha256 of the export."""
        rows = [
            (cohort, wave, kept["form"], len(kept["responses"]["rows"]), kept["sha256"])
            for cohort, waves in self._load()["cohorts"].items()
            for wave, kept in waves.items()
        ]
        return pd.DataFrame(rows, columns=["cohort", "wave", "form", "n", "sha256"])

    def responses(self, cohort: str) -> pd.DataFrame:
        """Codes, indexed by (wave, respondent); float64, NaN missing, -1 does not apply. Raises AM309 when unknown."""
        return self._waves(cohort, "responses").astype("float64")

    def identities(self, cohort: str) -> pd.DataFrame:
        """Who answered, indexed by (wave, row): respondent, line, time, e-mail, person, company, phone. AM309."""
        return self._waves(cohort, "identities")

    def texts(self, cohort: str) -> pd.DataFrame:
        """Free texts, indexed by (wave, row): respondent, item, text. AM309."""
        return self._waves(cohort, "texts")

    def report(self, cohort: str) -> pd.DataFrame:
        """The findings of each intake, indexed by (wave, row). AM309."""
        return self._waves(cohort, "report")

    def pseudonym(self, audience: str, identity: str) -> str:
        """The pseudonym of a person for one audience; two audiences cannot be joined by it. See ``pseudonym``."""
        return self.naming(audience)(identity)

    def naming(self, audience: str) -> Callable[[str], str]:
        """The pseudonyms of one audience as a function: the vault is opened once for all the people of a file."""
        master = base64.b64decode(self._load()["master"])
        purpose = unicodedata.normalize("NFKC", f"angle-mort pseudonym 1 {audience}")
        return partial(pseudonym, hmac.new(master, purpose.encode(), hashlib.sha256).digest())

    def _waves(self, cohort: str, part: str) -> pd.DataFrame:
        waves = self._load()["cohorts"].get(cohort)
        if not waves:
            raise AngleMortError(problem("AM309", path=str(self.path), cohort=cohort))
        frames = {wave: _unpacked(kept[part]) for wave, kept in waves.items()}
        return pd.concat(frames, names=["wave", "respondent" if part == "responses" else "row"])

    def _load(self) -> dict[str, Any]:
        return self._lock.opened(_read(self.path), self.path)

    def _save(self, payload: dict[str, Any]) -> None:
        _write(self.path, self._lock.sealed(payload))


@dataclass(frozen=True)
class _Header:
    """The readable part: what is needed to make the key again from the passphrase."""

    salt: bytes
    n: int
    r: int
    p: int
    check: bytes = b""
    nonce: bytes = b""

    def to_bytes(self) -> bytes:
        entry = {"format": FORMAT, "scrypt": [self.n, self.r, self.p]}
        entry |= {name: _base64(getattr(self, name)) for name in ("salt", "check", "nonce")}
        text = json.dumps(entry).encode()
        return _MAGIC + len(text).to_bytes(_LENGTH_SIZE, "big") + text


@dataclass(frozen=True, repr=False)
class _Lock:
    """The derived key: one half seals, the other tells a wrong passphrase from a damaged file."""

    header: _Header
    seal: bytes
    check: bytes

    @classmethod
    def derive(cls, passphrase: str, header: _Header) -> _Lock:
        secret = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogateescape")
        derived = Scrypt(header.salt, 2 * KEY_SIZE, header.n, header.r, header.p).derive(secret)
        check = hashlib.sha256(derived[KEY_SIZE:]).digest()
        return cls(header, derived[:KEY_SIZE], check)

    def sealed(self, payload: dict[str, Any]) -> bytes:
        nonce = secrets.token_bytes(_NONCE_SIZE)
        readable = _Header(self.header.salt, self.header.n, self.header.r, self.header.p, self.check, nonce).to_bytes()
        plain = json.dumps(payload, allow_nan=False, ensure_ascii=False).encode()
        return readable + AESGCM(self.seal).encrypt(nonce, plain, readable)

    def opened(self, content: bytes, path: Path) -> dict[str, Any]:
        header, readable, hidden = _split(content, path)
        try:
            return json.loads(AESGCM(self.seal).decrypt(header.nonce, hidden, readable))
        except (InvalidTag, ValueError) as error:
            raise AngleMortError(problem("AM303", path=str(path))) from error


def _split(content: bytes, path: Path) -> tuple[_Header, bytes, bytes]:
    """Header, the bytes that hold it, and the sealed rest; AM303 unless every part has a possible value."""
    damaged = AngleMortError(problem("AM303", path=str(path)))
    start = len(_MAGIC) + _LENGTH_SIZE
    if not content.startswith(_MAGIC):
        raise damaged
    end = start + int.from_bytes(content[len(_MAGIC) : start], "big")
    try:
        entry = json.loads(content[start:end])
        version, (n, r, p) = entry["format"], map(int, entry["scrypt"])
        secret = {name: base64.b64decode(entry[name], validate=True) for name in ("salt", "check", "nonce")}
        header = _Header(secret["salt"], n, r, p, secret["check"], secret["nonce"])
    except (ValueError, KeyError, TypeError) as error:
        raise damaged from error
    if version != FORMAT:
        raise AngleMortError(problem("AM310", path=str(path), version=str(version)))
    if not _bearable((n, r, p)) or len(header.nonce) != _NONCE_SIZE:
        raise damaged
    return header, content[:end], content[end:]


def _bearable(work: tuple[int, ...]) -> bool:
    n, *_ = work
    within = all(1 <= asked <= most for asked, most in zip(work, _SCRYPT_MOST, strict=True))
    return within and n > 1 and n & (n - 1) == 0  # scrypt wants a power of two


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise AngleMortError(problem("AM301", path=str(path))) from error
    except OSError as error:
        raise AngleMortError(problem("AM303", path=str(path))) from error


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise AngleMortError(problem("AM304", path=str(path)))


def _write(path: Path, content: bytes) -> None:
    """Replace the file in one step: after a power cut there is the old one or the new one, never half of it."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
        _sync_folder(path.parent)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise AngleMortError(problem("AM314", path=str(path))) from error


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows opens no folder, and keeps its renames by itself
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Nobody else writes meanwhile: a file beside the vault, made only if it is not there, says so."""
    mark = path.with_name(f"{path.name}.lock")
    _take(mark, path)
    try:
        yield
    finally:
        mark.unlink(missing_ok=True)


def _take(mark: Path, path: Path) -> None:
    give_up = time.monotonic() + _PATIENCE
    while not _made(mark, path):
        if time.monotonic() > give_up:
            raise AngleMortError(problem("AM307", path=str(path), lock=str(mark)))
        time.sleep(0.02)


def _made(mark: Path, path: Path) -> bool:
    try:
        mark.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(mark, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return False
    except OSError as error:
        if os.name == "nt" and isinstance(error, PermissionError):  # a mark that is being deleted there
            return False
        raise AngleMortError(problem("AM314", path=str(path))) from error
    return True


def _packed(frame: pd.DataFrame) -> dict[str, list]:
    cells = frame.astype(object).where(frame.notna(), None)
    return {"index": cells.index.tolist(), "columns": cells.columns.tolist(), "rows": cells.to_numpy().tolist()}


def _unpacked(entry: dict[str, list]) -> pd.DataFrame:
    return pd.DataFrame(entry["rows"], index=entry["index"], columns=entry["columns"])


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _somebody_to_ask() -> bool:
    """A terminal, or a notebook: its kernel puts a prompt of its own in the place of getpass."""
    in_notebook = getpass.getpass.__module__ != "getpass"
    return in_notebook or (sys.stdin is not None and sys.stdin.isatty())


def _typed(prompt: str) -> str:
    try:
        return getpass.getpass(t(prompt))
    except (EOFError, NotImplementedError) as error:  # a kernel that runs without anybody in front of it
        raise AngleMortError(problem("AM305")) from error
