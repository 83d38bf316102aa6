"""Files that are whole or absent: replaced in one step, by one program at a time, whenever a program is killed."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

_PAUSE = 0.02


def replace_file(path: Path, content: bytes) -> None:
    """Put new content in the place of a file: after a kill or a power cut there is the old one or the new one.

    Written beside it as ``NAME.new``, on the disk before it is renamed; its owner alone may read it. Raises OSError,
    and then the old file stands.
    """
    fresh = path.with_name(f"{path.name}.new")
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
        try:
            _write_whole(handle, content)
            _to_the_disk(handle)
        finally:
            os.close(handle)
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


@contextlib.contextmanager
def alone(path: Path, patience: float) -> Iterator[None]:
    """Nobody else who asks the same writes meanwhile; raises TimeoutError after ``patience`` seconds.

    The lock is the system's, on ``NAME.lock``, which stays: it is free again when its holder is killed. What a killed
    writer left behind (``NAME.new``) is removed first.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(handle, time.monotonic() + patience)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path.with_name(f"{path.name}.new"))
        yield
    finally:
        os.close(handle)  # which frees the lock


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
