"""A page on paper: the same words and figures as a tagged PDF, printed by the Chromium that is there, if any."""

from __future__ import annotations

import io
import logging
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from angle_mort.errors import AngleMortError, problem

if TYPE_CHECKING:
    from pypdf import PdfWriter

_BROWSERS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge"),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
"""Chromium and its kin: on the path, or where macOS and Windows put them."""

_ALONE = (
    *("--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-extensions"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-pings"),
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
"""No window, no question, and no address that it could find."""

_SECONDS = 60
_PROSE = re.compile(r"(?s)(<(p|li)\b[^>]*>)(.*?)(</\2>)")
_TAGS = re.compile(r"(<[^>]*>)")
_WORD = re.compile(
    r"(?<![\w&\u2019\u2011-])(?:[a-z]{1,2}\u2019)?[a-z\u00df-\u00f6\u00f8-\u00ff\u0153]{6,}(?![\w;\u2019\u2011-])"
)
"""A long word in small letters: no name, no number, nothing that has a hyphen already."""
_LETTER = re.compile(r"<[^>]*>|&[#\w]+;|([^\W\d_])")
_HYPHEN, _ENOUGH = "\u2010", 20
"""What a printed line ends in, and the letters before it by which its place is found again."""


def printed(html: str, title: str, headings: Sequence[str]) -> bytes:
    """The PDF of a page: A4, tagged, with an outline, and nothing of this machine in it.

    Raises ``AngleMortError`` AM720 where there is no Chromium, Chrome or Edge, AM721 when it does not print.
    """
    browser = find_browser()
    try:
        tried = _print(browser, hyphenated(html))
        return _ours(_print(browser, broken_as(html, _lines(tried))), title, headings)
    except (OSError, subprocess.SubprocessError) as error:
        raise AngleMortError(problem("AM721", browser=Path(browser).name)) from error


def find_browser() -> str:
    """The first of Chromium and its kin that is on this computer; raises AM720 where there is none."""
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found is None:
        raise AngleMortError(problem("AM720"))
    return found


def _print(browser: str, html: str) -> bytes:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        page, paper = Path(folder) / "page.html", Path(folder) / "page.pdf"
        page.write_text(html, encoding="utf-8")
        options = [*_ALONE, f"--user-data-dir={folder}", "--no-pdf-header-footer", "--generate-pdf-document-outline"]
        options += ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []  # it refuses to run as root
        subprocess.run(
            [browser, *options, f"--print-to-pdf={paper}", page.as_uri()],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=_SECONDS, check=True,
        )  # fmt: skip
        return paper.read_bytes()


# ---------------------------------------------------------------------------------------------------------- hyphens


def hyphenated(html: str) -> str:
    """The page with soft hyphens in the long words of its sentences: Chromium has no French dictionary of its own.

    Titles, tables, figures, names and numbers are left as they are.

    >>> hyphenated("<p>une entreprise <em>de Marchandeau</em></p><td>entreprise</td>").replace("\\u00ad", "|")
    '<p>une entre|prise <em>de Marchandeau</em></p><td>entreprise</td>'
    """
    return _PROSE.sub(lambda found: found[1] + _with_breaks(found[3]) + found[4], html)


def _with_breaks(html: str) -> str:
    parts = _TAGS.split(html)
    return "".join(part if part.startswith("<") else _WORD.sub(_broken, part) for part in parts)


def broken_as(html: str, lines: Sequence[str]) -> str:
    """The page with a soft hyphen only where a printed line ended in one: any other would stand in the way of whoever
    searches, copies or listens. A place that is not found again gets none.

    >>> broken_as("<p>une entreprise, <em>une entreprise</em></p>", ["une entreprise, une entre \u2010", "prise"])
    '<p>une entreprise, <em>une entre\u00adprise</em></p>'
    """
    places = [
        each.start()
        for prose in _PROSE.finditer(html)
        for each in _LETTER.finditer(html, prose.start(3), prose.end(3))
        if each[1]
    ]
    letters, at, breaks = "".join(html[place] for place in places), 0, [0]
    for line, following in pairwise(lines):
        before, after = _letters(line)[-_ENOUGH:], _letters(following)[:3]
        found = letters.find(before + after, at) if line.endswith(_HYPHEN) else -1
        if found >= 0:
            at = found + len(before)
            breaks.append(places[at])
    return "\u00ad".join(html[start:end] for start, end in pairwise([*breaks, len(html)]))


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]", "", text)


def _lines(paper: bytes) -> list[str]:
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it speaks English, to nobody, of faults that it mends
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages).split("\n")


def _broken(word: re.Match[str]) -> str:
    return _dictionary().inserted(word[0], "\u00ad")


@cache
def _dictionary():
    from pyphen import Pyphen

    return Pyphen(lang="fr_FR", left=3, right=3)


def _ours(content: bytes, title: str, headings: Sequence[str]) -> bytes:
    """The same PDF without the hour, the system and the browser; its outline says the headings, whole."""
    from pypdf import PdfWriter

    writer, paper = PdfWriter(clone_from=io.BytesIO(content)), io.BytesIO()
    writer.metadata, writer.pdf_header = {"/Title": title}, "%PDF-1.7"
    _name_outline(writer, headings)
    writer.write(paper)
    return paper.getvalue()


def _name_outline(writer: PdfWriter, headings: Sequence[str]) -> None:
    """Chromium glues the words on either side of a line's end together."""
    from pypdf.generic import NameObject, TextStringObject

    known = {re.sub(r"\s", "", heading): heading for heading in headings}
    entries = [writer.root_object.get("/Outlines", {}).get("/First")]
    while entries:
        entry = entries.pop()
        if entry is not None:
            own = entry.get_object()
            told = known.get(re.sub(r"\s", "", own["/Title"]), own["/Title"])
            own[NameObject("/Title")] = TextStringObject(told)
            entries += [own.get("/First"), own.get("/Next")]
