"""Files and folders that are whole or absent: replaced at once, by one program at a time, whenever one is killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

_PAUSE = 0.02
_PATIENCE = 15.0
"""Seconds to wait for another program that replaces the same folder."""


def replace_file(path: Path, content: bytes) -> None:
    """Put new content in the place of a file: after a kill or a power cut there is the old one or the new one.

    Written beside it as ``NAME.new``, on the disk before it is renamed; its owner alone may read it. Raises OSError,
    and then the old file stands.
    """
    fresh = path.with_name(f"{path.name}.new")
    try:
        _write(fresh, content)
        os.replace(fresh, path)
        _sync_folder(path.parent)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(fresh)
        raise


def append_line(path: Path, size: int, line: bytes) -> None:
    """Add a line after the first ``size`` bytes of a file, made if it is not there, and wait until it is on the disk.

    What stands beyond them, a line that a killed program left unfinished, goes. Raises OSError.
    """
    new = not path.exists()
    handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    try:
        os.ftruncate(handle, size)
        os.lseek(handle, size, os.SEEK_SET)
        _write_whole(handle, line)
        _to_the_disk(handle)
    finally:
        os.close(handle)
    if new:
        _sync_folder(path.parent)


def replace_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put these files, and nothing else, in the place of a folder, alone; its owner alone may read them.

    The new folder is whole before the old one makes way for it. A program killed in between leaves the old one beside
    its place, from where ``recover_folder`` brings it back. Raises OSError, and then the old folder stands.
    """
    fresh, old, beside = _beside(folder)
    with alone(beside, _PATIENCE):
        _bring_back(folder)
        for left in (fresh, old):
            shutil.rmtree(left, ignore_errors=True)
        try:
            fresh.mkdir(mode=0o700)
            for name, content in files.items():
                _write(fresh / name, content)
            if folder.exists():
                os.replace(folder, old)
            os.replace(fresh, folder)
            _sync_folder(folder.parent)
        except OSError:
            _bring_back(folder)
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        shutil.rmtree(old, ignore_errors=True)


def recover_folder(folder: Path) -> None:
    """Bring a folder back whose replacement was killed half-way; nothing to do for any other."""
    _, old, beside = _beside(folder)
    if not folder.exists() and old.exists():
        with contextlib.suppress(OSError), alone(beside, _PATIENCE):
            _bring_back(folder)


def recover_folders(parent: Path) -> None:
    """``recover_folder`` for every folder that once stood in this one."""
    for old in parent.glob(".*.old"):
        recover_folder(parent / old.name[1:].removesuffix(".old"))


def _beside(folder: Path) -> tuple[Path, Path, Path]:
    """Where the next folder is made, where the last one is kept meanwhile, and what the lock is named after."""
    return tuple(folder.with_name(f".{folder.name}{end}") for end in (".part", ".old", ""))


def _bring_back(folder: Path) -> None:
    _, old, _ = _beside(folder)
    if old.exists() and not folder.exists():
        os.replace(old, folder)


@contextlib.contextmanager
def alone(path: Path, patience: float) -> Iterator[None]:
    """Nobody else who asks the same writes meanwhile; raises TimeoutError after ``patience`` seconds.

    The lock is the system's, on ``NAME.lock``, which stays: it is free again when its holder is killed. What a killed
    writer left behind (``STEM*.new``) is removed first.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(handle, time.monotonic() + patience)
        for half in path.parent.glob(f"{path.stem}*.new"):
            half.unlink(missing_ok=True)
        yield
    finally:
        os.close(handle)  # which frees the lock


def _write(path: Path, content: bytes) -> None:
    """A new file, on the disk when this returns."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    try:
        _write_whole(handle, content)
        _to_the_disk(handle)
    finally:
        os.close(handle)


def _write_whole(handle: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _to_the_disk(handle: int) -> None:
    os.fsync(handle)
    with contextlib.suppress(ImportError, AttributeError, OSError):  # a Mac keeps it in the drive's memory otherwise
        import fcntl

        fcntl.fcntl(handle, fcntl.F_FULLFSYNC)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows opens no folder, and keeps its renames by itself
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _take(handle: int, give_up: float) -> None:
    while not _taken(handle):
        if time.monotonic() > give_up:
            raise TimeoutError
        time.sleep(_PAUSE)


def _taken(handle: int) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
