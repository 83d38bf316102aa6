"""A copy of the vault that can be opened, and the way back from it."""

from __future__ import annotations

import datetime
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

from angle_mort.disk import replace_file
from angle_mort.errors import AngleMortError, problem
from angle_mort.vault.sealing import MAGIC, Lock
from angle_mort.vault.vault import Vault, read, refuse_existing, writing

_RECORDS = "registre-*"
"""The ledgers that lie beside the vault: a copy of the vault alone would forget what was shared."""
_LARGEST = 2**30
"""Bytes of the largest file that is taken out of a backup."""


@dataclass(frozen=True)
class Backup:
    """What came back: the open vault, where the one that stood there was put aside, the ledgers that were missing."""

    vault: Vault
    put_aside: Path | None
    records: tuple[str, ...]


def back_up(vault: Vault, folder: Path, now: datetime.datetime) -> Path:
    """Write the vault, as sealed as it is, and the ledgers beside it into one dated file, and open it there once.

    Raises AM314 when the folder cannot be written. The vault notes the day.
    """
    place = folder / f"angle-mort-coffre-{now:%Y-%m-%d-%H%M%S}.zip"
    marks_first = sorted(vault.path.parent.glob(_RECORDS), key=lambda path: (path.suffix == ".jsonl", path.name))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for half in folder.glob("angle-mort-coffre-*.zip.new"):  # of a backup that was killed
            half.unlink()
        replace_file(place, _zipped([vault.path, *marks_first]))
    except OSError as error:
        raise AngleMortError(problem("AM314", path=str(place))) from error
    vault.can_open(_unzipped(place)[vault.path.name], place)
    vault.note_backup(now.date())
    return place


def restore(backup: Path, place: Path, passphrase: str, now: datetime.datetime, replace: bool = False) -> Backup:
    """Put the vault of a backup (or a plain copy of its file) in its place, after opening it with its passphrase.

    A vault that stands there is put aside under a dated name, and only when ``replace`` says so (AM304). A ledger that
    stands there is left alone: it knows more than an older copy. Raises AM301 (no backup), AM302 (another passphrase),
    AM303 (the vault in it is damaged), AM314 (cannot be written), AM319 (no backup, or a damaged one).
    """
    if not replace:
        refuse_existing(place)
    files = _unzipped(backup)
    content = next((each for name, each in files.items() if name.endswith(".bin")), b"")
    lock = Lock.of(passphrase, content, backup)
    lock.opened(content, backup)
    aside = place.with_name(f"{place.stem}-avant-{now:%Y-%m-%d-%H%M%S}{place.suffix}") if place.exists() else None
    with writing(place):
        if aside:
            replace_file(aside, read(place))
        replace_file(place, content)
        missing = {
            name: each for name, each in files.items() if _is_record(name) and not (place.parent / name).exists()
        }
        for name, each in missing.items():
            replace_file(place.parent / name, each)
    vault = Vault(place, lock)
    vault.settle()
    return Backup(vault, aside, tuple(missing))


def _zipped(paths: list[Path]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for path in paths:
            archive.writestr(path.name, path.read_bytes())
    return whole.getvalue()


def _unzipped(path: Path) -> dict[str, bytes]:
    """The vault and the ledgers of a backup, by name; a plain copy of the vault is one too."""
    content = read(path)
    if content.startswith(MAGIC):
        return {"coffre.bin": content}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            held = [each for each in archive.infolist() if _is_ours(each.filename) and each.file_size < _LARGEST]
            files = {each.filename: archive.read(each) for each in held}
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, ValueError, NotImplementedError, OSError) as error:
        raise AngleMortError(problem("AM319", path=str(path))) from error
    if not any(name.endswith(".bin") for name in files):
        raise AngleMortError(problem("AM319", path=str(path)))
    return files


def _is_ours(name: str) -> bool:
    return Path(name).name == name and (name.endswith(".bin") or _is_record(name))


def _is_record(name: str) -> bool:
    return name.startswith("registre-") and name.endswith((".jsonl", ".repere"))
