"""A coach's folder: the notebooks, the demonstration, and room for cohorts, made wherever there is none yet."""

from __future__ import annotations

import shutil
from pathlib import Path

from angle_mort.errors import AngleMortError, problem
from angle_mort.shipped import shipped

_IGNORED = "data/private/\ndata/cohorts/\ndata/pools/\ndata/norms/\nrapports/\nangle-mort-demo/\n.ipynb_checkpoints/\n"


def workspace(folder: Path) -> Path:
    """The folder itself, with what it lacks added and nothing that is there touched."""
    if folder.exists() and not folder.is_dir():
        raise AngleMortError(problem("AM803", folder=str(folder)))
    for name, place in (("notebooks", folder / "notebooks"), ("demo", folder / "data" / "demo")):
        if not place.exists():
            shutil.copytree(shipped(name), place, ignore=shutil.ignore_patterns("rendered", ".ipynb_checkpoints"))
    if not (folder / ".gitignore").exists():
        (folder / ".gitignore").write_text(_IGNORED, encoding="utf-8")
    return folder


def is_workspace(folder: Path) -> bool:
    """Whether the folder already has notebooks and the demonstration."""
    return (folder / "notebooks").is_dir() and (folder / "data" / "demo").is_dir()
