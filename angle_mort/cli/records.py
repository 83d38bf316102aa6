"""What was made of which cohort, kept in the workspace and never beside the pages: it decides what is made again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import angle_mort
from angle_mort.disk import replace_file
from angle_mort.publishing.index import Entry

RECORDS = Path("data/reports")
"""Of the workspace that commands are run in; ignored by git, since a notebook that failed is kept there too."""


@dataclass(frozen=True)
class Made:
    """A page that was made: the seal of all that it was made from, its own hash, and what the index tells of it."""

    seal: str
    page: str
    entry: Entry


class Records:
    """The records of one folder of pages."""

    def __init__(self, output: Path) -> None:
        self.output = output.resolve()
        place = hashlib.sha256(str(self.output).encode()).hexdigest()[:8]
        self.folder = (RECORDS / f"{self.output.name}-{place}").resolve()

    def standing(self, page: str) -> Made | None:
        """What was recorded of a page that still stands as it was written, else None."""
        try:
            told = json.loads((self.folder / f"{page}.json").read_bytes())
            made = Made(told["seal"], told["page"], Entry(**told["entry"]))
            return made if made.page == digest((self.output / page).read_bytes()) else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, made: Made) -> None:
        """Record a page that was written."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_file(self.folder / f"{made.entry.page}.json", json.dumps(asdict(made)).encode())

    def entries(self) -> list[Entry]:
        """Every page of the folder that stands as it was written, by the name of its cohort."""
        pages = [path.name.removesuffix(".json") for path in self.folder.glob("*.json")]
        made = [each.entry for each in map(self.standing, pages) if each]
        return sorted(made, key=lambda entry: (entry.cohort, entry.page))

    def aside(self, page: str) -> Path:
        """Where a notebook that failed is kept, or what went wrong: it may hold answers."""
        return self.folder / f"{Path(page).stem}.echec.ipynb"

    def tidy(self) -> None:
        """Leave no folder where nothing was kept."""
        if {path.name for path in self.folder.glob("*")} == {"pages.lock"}:
            with suppress(OSError):
                (self.folder / "pages.lock").unlink()
                for each in (self.folder, *self.folder.parents[:2]):
                    each.rmdir()


def seal_of(certificate: Mapping, notebook: bytes, parameters: Mapping[str, object]) -> str:
    """A hash of all that a page is made from: the cohort, the notebook, its parameters, and this very tool."""
    told = [certificate["seal"], digest(notebook), sorted(parameters.items()), _tool()]
    return digest(json.dumps(told, default=str).encode())


def digest(content: bytes) -> str:
    """The SHA-256 of a content, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


@cache
def _tool() -> str:
    """The version of the tool and every line of it: a version may last long between two of them."""
    return digest("".join(_lines()).encode())


def _lines() -> Iterator[str]:
    root = Path(angle_mort.__file__).parent
    yield angle_mort.__version__
    for path in sorted(root.rglob("*")):
        if path.suffix in (".py", ".html", ".css", ".js", ".yaml"):
            yield digest(path.read_bytes())
