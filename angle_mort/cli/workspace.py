"""A coach's folder: notebooks, demonstration, private places; what the tool brought is kept up to date, no more."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import angle_mort
from angle_mort.disk import replace_file
from angle_mort.errors import AngleMortError, problem
from angle_mort.shipped import shipped
from angle_mort.text import command, t

RECORD = ".angle-mort.json"
"""Which version of each file was last brought: what differs from it was changed by the coach."""
README = "LISEZ-MOI.txt"
_PRIVATE = ("data/private/", "data/cohorts/", "data/pools/", "data/norms/", "data/reports/")
_IGNORED = (*_PRIVATE, "rapports/", "angle-mort-demo/", ".ipynb_checkpoints/")
_HARMLESS = {".git", ".gitignore", ".DS_Store", "Thumbs.db", "desktop.ini", ".ipynb_checkpoints"}
_LEFT_OUT = {"rendered", ".ipynb_checkpoints", "__pycache__"}


@dataclass
class Brought:
    """What a visit to a workspace changed: names of files ``added``, ``refreshed``, and ``kept`` as the coach has them
    although the tool brings another version."""

    added: list[str] = field(default_factory=list)
    refreshed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def workspace(folder: Path) -> Brought:
    """Make a workspace of a folder, or bring the one that it is up to date; nothing that the coach changed is touched.

    In the folder of the project itself there is nothing to bring.
    Raises ``AngleMortError``: AM803 a file, AM808 a folder with other things in it, AM809 one that cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise AngleMortError(problem("AM803", folder=str(folder)))
    if folder.is_dir() and not is_workspace(folder):
        _refuse_others(folder)
    if shipped("notebooks") == (folder / "notebooks").resolve():
        return Brought()
    try:
        return _bring(folder)
    except OSError as error:
        raise AngleMortError(problem("AM809", folder=str(folder))) from error


def is_workspace(folder: Path) -> bool:
    """Whether the tool already works in this folder: it brought notebooks there, or keeps a vault or cohorts."""
    whole = (folder / "notebooks").is_dir() and (folder / "data" / "demo").is_dir()
    return whole or any((folder / each).exists() for each in (RECORD, "data/private", "data/cohorts"))


def _refuse_others(folder: Path) -> None:
    others = sorted(path.name for path in folder.iterdir() if path.name not in _HARMLESS)
    if others:
        raise AngleMortError(problem("AM808", folder=str(folder), found=", ".join(others[:3])))


def _bring(folder: Path) -> Brought:
    brought, before = Brought(), _recorded(folder)
    (folder / "data" / "private").mkdir(parents=True, exist_ok=True, mode=0o700)
    _ignore(folder / ".gitignore")
    for name, content in _files():
        _bring_one(folder / name, name, content, before.get(name), brought)
    now = {"version": angle_mort.__version__, "files": {name: _digest(name, content) for name, content in _files()}}
    replace_file(folder / RECORD, json.dumps(now, indent=1).encode())
    return brought


def _bring_one(place: Path, name: str, content: bytes, recorded: str | None, brought: Brought) -> None:
    """A file that is missing is added; one that is as it was brought takes the new version; any other is kept."""
    there = _digest(name, place.read_bytes()) if place.is_file() else None
    new = _digest(name, content)
    if there in (None, recorded) and there != new:
        place.parent.mkdir(parents=True, exist_ok=True)
        replace_file(place, content)
        (brought.added if there is None else brought.refreshed).append(name)
    elif there != new and recorded != new:
        brought.kept.append(name)


def _files() -> Iterator[tuple[str, bytes]]:
    """Every file that the tool brings, by its name in the workspace."""
    yield README, t("workspace.readme", command=command(anywhere=True)).encode()
    for shelf, place in (("notebooks", "notebooks"), ("demo", "data/demo")):
        for path in sorted(shipped(shelf).rglob("*")):
            inside = path.relative_to(shipped(shelf))
            if path.is_file() and not path.name.endswith(".lock") and not _LEFT_OUT & set(inside.parts):
                yield f"{place}/{inside.as_posix()}", path.read_bytes()


def _digest(name: str, content: bytes) -> str:
    """A hash of a file; of a notebook only what its cells say, which running or saving it does not change."""
    if name.endswith(".ipynb"):
        try:
            told = [(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(content)["cells"]]
            content = json.dumps(told).encode()
        except (ValueError, KeyError, TypeError):
            pass  # no notebook any more: the file as it stands
    return hashlib.sha256(content).hexdigest()


def _recorded(folder: Path) -> Mapping[str, str]:
    try:
        return dict(json.loads((folder / RECORD).read_bytes())["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _ignore(path: Path) -> None:
    """What git must not take, added to what the coach has it ignore already."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    missing = [each for each in _IGNORED if each not in lines]
    if missing:
        replace_file(path, "".join(f"{line}\n" for line in [*lines, *missing]).encode())
