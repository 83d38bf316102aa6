"""The index over all reports of a folder: for the coach alone, and made only of what the pages themselves tell."""

from __future__ import annotations

import base64
import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path

from angle_mort.publishing.page import POLICY, house, refuse, written
from angle_mort.publishing.scanning import Finding, Known, scan
from angle_mort.text import t, typeset

INDEX = "index.html"
SCRIPT = files("angle_mort.publishing").joinpath("index.js").read_text(encoding="utf-8")
"""The only program that any page of ours holds: it looks for words among the rows."""
_HASH = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
INDEX_POLICY = f"{POLICY}; script-src 'sha256-{_HASH}'"

_REASONS = {
    "small": ("AM605", "AM611", "AM619"),
    "ledger": ("AM630", "AM631", "AM632", "AM633", "AM634", "AM635", "AM637"),
    "damaged": ("AM601", "AM602", "AM604"),
    "version": ("AM104", "AM603", "AM608", "AM617", "AM618"),
    "names": ("AM806", "AM810"),
    "scanner": ("AM704",),
}
"""Why a cohort has no page, without any number of it: by the codes of what was wrong."""


@dataclass(frozen=True)
class Entry:
    """A report: the name of its cohort, its file, its title and day, how many leaders in words, and for each thing that
    it withholds what and why, in words."""

    cohort: str
    page: str
    title: str
    day: str
    people: str
    demonstration: bool
    withheld: Sequence[Sequence[str]]

    @property
    def made(self) -> datetime.date:
        return datetime.date.fromisoformat(self.day)


@dataclass(frozen=True)
class IndexPage:
    """The ``entries`` by name, and the cohorts ``refused`` the last time: a name and the codes, never a number."""

    entries: Sequence[Entry]
    refused: Sequence[tuple[str, Sequence[str]]] = ()
    known: Known | None = None

    @cached_property
    def html(self) -> str:
        """The whole page; raises AM704 for each thing that the scanner finds in it, beside the one script."""
        known = self.known or Known.here()
        missing = [(_sayable(name, known), _reasons(codes)) for name, codes in self.refused]
        told = {"entries": self.entries, "missing": missing, "script": SCRIPT, "policy": INDEX_POLICY}
        html = typeset(house().get_template("index.html").render(**told, t=t))
        script = f"<script>{SCRIPT}</script>"
        found = scan(html.replace(script, "", 1), known=known)
        refuse(found if script in html and INDEX_POLICY in html else [*found, Finding("policy")])
        return html

    def save(self, folder: Path) -> Path:
        """Write it into the folder of its pages, whole or not at all, and return its path."""
        return written(folder / INDEX, self.html.encode())


def _sayable(name: str, known: Known) -> str:
    """The coach's own word for a cohort, unless it holds what the scanner looks for: no page of it was stopped yet."""
    return t("index.unnamed") if scan("", name, known) else name


def _reasons(codes: Sequence[str]) -> list[str]:
    found = (next((reason for reason, own in _REASONS.items() if code in own), "other") for code in codes)
    return sorted({t(f"index.why.{reason}") for reason in found})
