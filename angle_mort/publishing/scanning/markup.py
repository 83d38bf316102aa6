"""HTML and XML: what is read, what is hidden in attributes, comments, styles and scripts, and each table row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from angle_mort.publishing.scanning import opening, texts
from angle_mort.publishing.scanning.pieces import Piece, Place
from angle_mort.text import t

_DATA = re.compile(r"data:([\w/+.-]*)((?:;[\w=.-]+)*),([^\"'()<>]*)")
_INLINE = frozenset(
    {
        *("a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "mark", "s", "small", "span", "strong"),
        *("sub", "sup", "u", "var", "tspan", "t", "r", "w:t", "w:r"),
    }
)
"""Tags that stand inside a word: HTML's, SVG's, and those of Excel and Word."""
_DATES = frozenset({"dcterms:created", "dcterms:modified", "xmp:createdate", "xmp:modifydate", "xmp:metadatadate"})
"""When the file itself was made: no date of anybody."""
_CELLS = frozenset(("td", "th"))


def pieces(text: str, place: Place) -> Iterator[Piece]:
    """The words between the tags with their lines kept, each hidden text by itself, pictures opened, rows of tables."""
    parts = _Parts()
    tags, close, rest = _DATA.sub("data:,", text).rpartition(">")
    parts.feed(tags + close)
    parts.handle_data(rest)  # no tag ends there, and looking for one could take forever
    parts.close()
    words = "".join(parts.words)
    yield Piece(place.where, words, raw=_DATA.sub("", text), line=1 if place.lines else None)
    if parts.runs:
        yield Piece(place.where, sign="script")
    yield from texts.rows(words, place)
    yield from (Piece(place.where, numbers=row) for row in parts.rows())
    yield from texts.encoded(words, place)
    for label, hidden in dict.fromkeys(parts.hidden):
        yield from opening.text_pieces(hidden, place.inside(t(f"scan.where.{label}")))
    for number, (kind, options, content) in enumerate(_DATA.findall(text), 1):
        yield from _embedded(kind, options, content, place.inside(t("scan.where.embedded", n=number)))


def _embedded(kind: str, options: str, content: str, place: Place) -> Iterator[Piece]:
    """A data address: its content, and the sign ``data`` for a kind that a page of ours never holds."""
    if kind != "image/png":
        yield Piece(place.where, sign="data")
    packed = texts.from_base64(content) if "base64" in options else texts.unquoted(content).encode()
    if packed is None:
        yield Piece(place.where, sign="unreadable")
    elif packed:
        yield from opening.pieces(packed, place)


class _Parts(HTMLParser):
    """Every text of a document: between tags (lines kept), and the hidden ones with the label of their place."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.hidden: list[tuple[str, str]] = []
        self.runs = False
        self._line, self._inside = 1, ""
        self._table: list[list[str]] = []
        self._tables: list[list[list[str]]] = []

    def rows(self) -> Iterator[tuple[float, ...]]:
        """The numbers of each row and of each column of each table, three at least."""
        for table in self._tables:
            width = max(map(len, table), default=0)
            columns = [[row[place] for row in table if place < len(row)] for place in range(width)]
            for cells in (*table, *columns):
                yield from (piece.numbers for piece in texts.rows(" ; ".join(cells), Place()))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        self.runs |= any(name.startswith("on") for name, _ in attributes)
        self._say("" if tag in _INLINE else " ")
        self.hidden += [("attribute", value) for _, value in attributes if value]
        self.hidden += [("attribute", name) for name in (tag, *(name for name, _ in attributes)) if _is_made_up(name)]
        if tag == "table":
            self._tables.append([])
        elif tag == "tr" and self._tables:
            self._tables[-1].append([])
        elif tag in _CELLS and self._tables and self._tables[-1]:
            self._tables[-1][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""
        self._say("" if tag in _INLINE else " ")

    def handle_data(self, data: str) -> None:
        if self._inside in ("script", "style"):
            self.hidden.append((self._inside, data))
        elif self._inside not in _DATES:
            self._say(data)
            if self._tables and self._tables[-1] and self._tables[-1][-1]:
                self._tables[-1][-1][-1] += " ".join(data.split())

    def handle_comment(self, data: str) -> None:
        self.hidden.append(("comment", data))

    handle_decl = handle_pi = unknown_decl = handle_comment

    def _say(self, text: str) -> None:
        """Words, with line breaks added where tags spread over several lines."""
        line = self.getpos()[0]
        self.words.append("\n" * (line - self._line) + text)
        self._line = max(line, self._line) + text.count("\n")


def _is_made_up(name: str) -> bool:
    """A tag or an attribute whose name somebody chose: ``data-...``, or with a letter that no tag has."""
    return name.startswith("data-") or not re.fullmatch(r"[a-z0-9:-]+", name)
