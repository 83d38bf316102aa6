"""One page of HTML that opens offline: prose that the project wrote, and outputs that carry the audience's mark."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from html import escape, unescape
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from angle_mort.errors import AngleMortError, problem
from angle_mort.publishing.paper import printed
from angle_mort.publishing.sanitising import clean
from angle_mort.publishing.scanning import Finding, Known, scan
from angle_mort.publishing.script import Script, read_cells
from angle_mort.results import LEADER, SPONSOR, LeaderSheet, Summary
from angle_mort.shipped import shipped
from angle_mort.text import day, t, typeset

if TYPE_CHECKING:
    import nbformat
    from jinja2 import Environment

    from angle_mort.views import View

MARK = "angle_mort"
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""What a browser may do with a page: draw its own pictures and styles, and nothing else."""

_FIGURE_AND_TABLE = re.compile(
    r"(?P<html>.*?)"
    r"<figure>\s*(?P<picture><img(?: [a-z]+=\"[^\"]*\")*>)\s*(?:<figcaption>(?P<reading>.*?)</figcaption>)?\s*</figure>"
    r"\s*<details>\s*<summary>[^<]*</summary>\s*(?P<numbers><table>.*?</table>)\s*</details>\s*",
    re.S,
)
_TABLE, _COLUMN, _NARROW = re.compile(r"<table>.*?</table>", re.S), '<th scope="col">', 4


@dataclass(frozen=True)
class Block:
    """A piece of the page: ``prose`` (a heading may open a section) or ``view``; every text is already sanitised.

    A view with a figure and a table is told in parts: ``picture`` (``shape``: its width by its height), ``numbers`` and
    ``reading``; the page lets its reader choose between the two.
    """

    kind: str
    html: str
    anchor: str = ""
    heading: str = ""
    picture: str = ""
    shape: float = 0.0
    numbers: str = ""
    reading: str = ""


@dataclass(frozen=True)
class Page:
    """A page for one audience: its title and blocks, what was left behind (cells, outputs), the seal of its cohort, and
    the row id of the one ``leader`` whom it is for."""

    title: str
    audience: str
    demonstration: bool
    blocks: tuple[Block, ...]
    left_out: int = 0
    known: Known | None = None
    cohort: str = ""
    leader: str = ""

    @cached_property
    def html(self) -> str:
        """The whole page; raises AM704 for each thing that the scanner finds in it."""
        html = typeset(house().get_template("page.html").render(page=self, policy=POLICY, t=t))
        found = scan(html, known=self.known or Known.here(), own=self.leader)
        refuse(found if POLICY in html else [*found, Finding("policy")])
        return html

    @cached_property
    def pdf(self) -> bytes:
        """The same page on paper, scanned too; raises AM704, and those of ``paper.printed``."""
        content = printed(self.html, self.whole_title, [self.title, *(block.heading for block in self.contents)])
        refuse(scan(content, known=self.known or Known.here(), own=self.leader))
        return content

    @property
    def whole_title(self) -> str:
        """The title, which says so when the people are invented."""
        return t("page.whole_title", title=self.title) if self.demonstration else self.title

    @property
    def contents(self) -> list[Block]:
        return [block for block in self.blocks if block.anchor]

    def save(self, path: str | Path) -> Path:
        """Write the page, whole or not at all, as a PDF where the name ends so; return its path.

        Its name holds no person's either (AM704).
        """
        path = Path(path)
        content = self.pdf if path.suffix.lower() == ".pdf" else self.html.encode()
        refuse(scan("", path.name, self.known or Known.here()))
        return written(path, content)


def written(path: Path, content: bytes) -> Path:
    """The file, whole or not at all; raises AM707 when it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        part.write_bytes(content)
        os.replace(part, path)
    except OSError as error:
        raise AngleMortError(problem("AM707", path=str(path))) from error
    return path


def refuse(found: list[Finding]) -> None:
    """Raise AM704 for each thing found."""
    if found:
        raise AngleMortError(*(problem("AM704", kind=each.what, where=each.place) for each in found))


def page_from_notebook(notebook: nbformat.NotebookNode, audience: str = SPONSOR, known: Known | None = None) -> Page:
    """The page of an executed notebook: marked outputs, and those Markdown cells that the project itself wrote.

    Everything else stays behind: code, parameters, unmarked outputs, other audiences' outputs, widget state, errors,
    and any Markdown that is not word for word in a shipped notebook (a coach's note may hold a name). ``known`` is what
    the scanner looks for; by default what this folder knows of people.
    Raises AM705 when nothing is left, AM706 when the outputs are of more than one cohort or leader: what two
    overlapping groups say together may isolate a person, and invented people beside real ones would make the page lie.
    """
    prose, blocks, left_out, marks = _known_prose(), [], 0, []
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.strip() in prose:
            blocks.append(_prose(cell.source))
            continue
        for output in cell.get("outputs", []):
            mark = _mark(output)
            content = _content(output) if mark.get("audience") == audience else None
            if content is not None:
                marks.append(mark)
                blocks.append(_view(content))
            else:
                left_out += 1
        left_out += cell.cell_type != "code"
    if not marks or audience not in (SPONSOR, LEADER):
        raise AngleMortError(problem("AM705", audience=audience))
    told = {(mark.get("cohort"), bool(mark.get("demonstration")), str(mark.get("leader", ""))) for mark in marks}
    if len(told) > 1:
        raise AngleMortError(problem("AM706", n=len(told)))
    ((seal, demonstration, leader),) = told
    page = _page(blocks, audience, demonstration, left_out, str(seal))
    return replace(page, known=known, leader=leader if audience == LEADER else "")


def page_from_script(
    script: Script, results: Mapping[str, Summary | LeaderSheet], views: ModuleType, known: Known | None = None
) -> Page:
    """The same page without a kernel: the prose that the project wrote, and the views that a script names.

    ``results``: the summaries by the words with which the cells name them, as ``cohort.summary``; the page is
    for the audience of the first, and no other view is taken. Raises AM705 when nothing is left.
    """
    prose, first = _known_prose(), next(iter(results.values()))
    told = [(name, words) for name, words in script if not name or words in results]
    parts = [getattr(views, name)(results[words]) if name else words for name, words in told]
    kept = [part for part in parts if (part in prose if isinstance(part, str) else part.audience == first.audience)]
    return replace(page_from_views(kept, known), leader=getattr(first, "leader", ""))


def page_from_views(parts: Sequence[str | View], known: Known | None = None) -> Page:
    """A page of prose (Markdown of the project's own) and of views of one cohort for one audience, in their order.

    Raises AM705 for views that no page is made of, AM706 for views of several cohorts.
    """
    marks = {(part.audience, part.cohort, part.demonstration) for part in parts if not isinstance(part, str)}
    if not marks or {audience for audience, *_ in marks} - {SPONSOR, LEADER}:
        raise AngleMortError(problem("AM705", audience=SPONSOR))
    if len(marks) > 1:
        raise AngleMortError(problem("AM706", n=len(marks)))
    ((audience, cohort, demonstration),) = marks
    blocks = [_prose(part) if isinstance(part, str) else _view(clean(part.html)) for part in parts]
    return replace(_page(blocks, audience, demonstration, 0, cohort), known=known)


def _page(blocks: list[Block], audience: str, demonstration: bool, left_out: int, cohort: str) -> Page:
    first = next((block for block in blocks if block.heading), None)
    title = first.heading if first else t("page.title")
    return Page(title, audience, demonstration, tuple(_with_anchors(blocks, first)), left_out, cohort=cohort)


def _with_anchors(blocks: list[Block], title: Block | None) -> Iterator[Block]:
    """Sections get an anchor; the title's own block loses its heading, which the page shows at its head."""
    place = 0
    for block in blocks:
        if block is title:
            yield Block("prose", re.sub(r"<h1>.*?</h1>\s*", "", block.html, count=1, flags=re.S))
        elif block.heading:
            place += 1
            yield Block(block.kind, block.html, f"partie-{place}", block.heading)
        else:
            yield block


def _view(html: str) -> Block:
    """The block of a view; a figure with its table is taken apart."""
    both = _FIGURE_AND_TABLE.fullmatch(html)
    if not both:
        return Block("view", _TABLE.sub(_within_reach, html))
    width, height = (re.search(rf' {side}="(\d+)"', both["picture"]) for side in ("width", "height"))
    shape = round(int(width[1]) / int(height[1]), 3) if width and height else 0.0
    return Block("view", both["html"], picture=both["picture"], shape=shape,
                 numbers=_TABLE.sub(_within_reach, both["numbers"]), reading=both["reading"] or "")  # fmt: skip


def _within_reach(table: re.Match[str]) -> str:
    """A table in a box of its own that scrolls, also by the keyboard where it has many columns."""
    reach = f' tabindex="0" role="group" aria-label="{t("page.numbers")}"' if table[0].count(_COLUMN) > _NARROW else ""
    return f'<div class="wide"{reach}>{table[0]}</div>'


def _prose(source: str) -> Block:
    from markdown_it import MarkdownIt

    html = clean(MarkdownIt("commonmark", {"html": False}).render(typeset(source)))
    heading = re.search(r"<h[12]>(.*?)</h[12]>", html, flags=re.S)
    return Block("prose", html, heading=unescape(re.sub(r"<[^>]+>", "", heading[1])).strip() if heading else "")


def _mark(output: nbformat.NotebookNode) -> dict[str, object]:
    mark = output.get("metadata", {}).get(MARK, {})
    return mark if isinstance(mark, dict) else {}


def _content(output: nbformat.NotebookNode) -> str | None:
    """The sanitised HTML of an output, the richest of its allowed kinds (table, picture, text), or None."""
    if output.output_type not in ("display_data", "execute_result"):
        return None
    told = next((kind for kind in _KINDS if isinstance(output.data.get(kind), str)), None)
    return clean(_KINDS[told](output.data, told)) if told else None


def _figure(picture: str, alt: str) -> str:
    return f'<figure><img src="data:image/png;base64,{escape(picture)}" alt="{escape(alt)}"></figure>'


_KINDS = {
    "text/html": lambda data, kind: data[kind],
    "image/png": lambda data, kind: _figure(data[kind], str(data.get("text/plain", ""))),
    "text/plain": lambda data, kind: f"<p>{escape(data[kind])}</p>",
}
"""The kinds of output that may leave, the richest first, and the HTML that each becomes."""


@cache
def _known_prose() -> frozenset[str]:
    """Every Markdown cell of the shipped notebooks, word for word."""
    shelf = sorted(shipped("notebooks").glob("*.ipynb"))
    return frozenset(cell.source for path in shelf for cell in read_cells(path) if cell.kind == "markdown")


@cache
def house() -> Environment:
    """The templates of this room."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("angle_mort.publishing", "")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters["day"] = day
    return made
