"""Where pages are written."""

from __future__ import annotations

from pathlib import Path

from angle_mort.errors import AngleMortError, problem


def output_folder(folder: str) -> Path:
    """The folder to write in; it is made only when there is something to write. Raises AM803 for a file."""
    path = Path(folder)
    if path.exists() and not path.is_dir():
        raise AngleMortError(problem("AM803", folder=folder))
    return path
