"""What was found, where, and nothing of the thing itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from angle_mort.errors import AngleMortError, problem
from angle_mort.publishing.scanning import opening
from angle_mort.publishing.scanning.known import Known
from angle_mort.publishing.scanning.pieces import OPENED_LIMIT, Piece, Place
from angle_mort.publishing.scanning.spelling import joined, seen
from angle_mort.text import t
from angle_mort.tokens import plain

_SPACE = "[ .\u00a0\u202f-]?"
_VOCABULARIES = r"(?!(?:schemas\.|www\.w3\.org/|purl\.org/|ns\.adobe\.com/))"
_LINES = 5
"""Lines that are told of one kind; more would help nobody."""
_TURNED = re.compile("[\u202a-\u202e\u2066-\u2069]")
_IN_MARKUP = {
    "script": re.compile(r"(?i)<\s*(?:script|iframe|object|embed|link|form|base)\b|<[^<>]*\son[a-z]+\s*=|javascript:"),
    "address": re.compile(r"(?i)(?:src|href)\s*=\s*[\"']?(?://|[a-z][a-z0-9+.-]*:)|url\s*\("),
}
_IN_WORDS = {
    "address": re.compile(rf"(?i)\b(?:https?|ftp|file|wss?)://{_VOCABULARIES}|\bwww\.(?!w3\.org/)\w"),
    "email": re.compile(r"(?i)(?<![\w.%+-])[\w.%+-]+@[\w.-]{1,255}\.[a-z]{2,}\b"),
    "phone": re.compile(rf"(?<![\d.,-])(?:(?:\+|00)33{_SPACE}(?:\(0\)\s?)?|0)[1-9](?:{_SPACE}\d\d){{4}}(?![\d-])"),
    "siret": re.compile(rf"(?<!\d)\d{{3}}{_SPACE}\d{{3}}{_SPACE}\d{{3}}{_SPACE}\d{{5}}(?!\d)"),
    "path": re.compile(
        r"(?i)(?<![\w<])/(?:home|users|root|tmp|var|mnt|opt|srv|etc|volumes|work|private)/|\b[a-z]:\\\\?\w|~/|data/private"
    ),
    "time": re.compile(r"\b\d{4}[-/]\d\d[-/]\d\d[T ]\d\d?:\d\d|\b\d\d/\d\d/\d{4} \d\d?:\d\d"),
    "traceback": re.compile(r"Traceback \(most recent call last\)"),
}


@dataclass(frozen=True)
class Finding:
    """One kind of thing in one place: what was found is not repeated. ``lines`` where the file has lines."""

    kind: str
    where: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()

    @property
    def place(self) -> str:
        """The place in French."""
        lines = [t("scan.where.lines", n=len(self.lines), lines=", ".join(map(str, self.lines)))] if self.lines else []
        return " \u203a ".join([*self.where, *lines]) or t("scan.where.file")

    @property
    def what(self) -> str:
        """The kind in French."""
        return t(f"scan.kind.{self.kind}")

    @property
    def mend(self) -> str:
        """What to do, in French."""
        return t(f"scan.mend.{self.kind}")


def scan(content: str | bytes, name: str = "", known: Known | None = None, own: str = "") -> list[Finding]:
    """Everything in a file that should never leave, one finding per kind and place; an empty list for a clean one.

    ``name`` is the file's: it may hold a name, and tells a table from a text. ``known`` is what this disk knows of
    people; without it only what has the shape of an address, a number or a path is found. ``own`` is the row id of the
    one leader whose scores may stand in it: that leader's own sheet. Raises ``AngleMortError`` AM710, AM711 and AM712
    for a file made to exhaust whoever opens it, AM713 for one that is locked or damaged.

    >>> [each.kind for each in scan('<p>Appelez le 06 12 34 56 78</p>')]
    ['phone']
    """
    from_name = Piece((t("scan.where.name"),), re.sub(r"[._-]", " ", name))
    place = Place(name=name)
    opened = opening.text_pieces(content, place) if isinstance(content, str) else opening.pieces(content, place)
    lines: dict[tuple[str, tuple[str, ...]], set[int]] = {}
    for piece in (from_name, *opened):
        for kind, line in found_in(piece, known, own):
            lines.setdefault((kind, piece.where), set()).update([line] if line else [])
    return [Finding(kind, where, tuple(sorted(found)[:_LINES])) for (kind, where), found in lines.items()]


def scan_file(path: str | Path, known: Known | None = None) -> list[Finding]:
    """``scan`` on a file; raises AM708 when it cannot be opened, AM710 when it is too large."""
    path = Path(path)
    try:
        if path.stat().st_size > OPENED_LIMIT:
            raise AngleMortError(problem("AM710", where=path.name, limit=OPENED_LIMIT // 1_000_000))
        content = path.read_bytes()
    except OSError as error:
        raise AngleMortError(problem("AM708", path=str(path))) from error
    return scan(content, path.name, known)


def found_in(piece: Piece, known: Known | None, own: str = "") -> Iterator[tuple[str, int | None]]:
    """Each kind that a piece holds, with its line; scores of the leader ``own`` are no finding."""
    if piece.sign:
        yield piece.sign, None
    if piece.numbers and known and known.scores.people(piece.numbers, own):
        yield "scores", piece.line
    if not piece.words:
        return
    words, raw = seen(piece.words), seen(piece.raw)
    yield from _told("direction", piece, piece.words, (each.start() for each in _TURNED.finditer(piece.words)))
    patterns = [*_IN_WORDS.items(), *(_IN_MARKUP.items() if "<" in raw else ())]
    for kind, pattern in patterns:
        for text in (words, raw) if raw != words and kind != "time" else (words,):
            yield from _told(kind, piece, text, (found.start() for found in pattern.finditer(text)))
    if known:
        text = plain(joined(words))
        hits = known.tokens.find(text)
        for kind in dict.fromkeys(hit.kind for hit in hits):
            yield from _told(kind, piece, text, (hit.start for hit in hits if hit.kind == kind))
        yield from _told("id", piece, words, known.row_ids(words))


def _told(kind: str, piece: Piece, text: str, starts: Iterable[int]) -> Iterator[tuple[str, int | None]]:
    """The kind with the line of each place, in the order of the text."""
    line, before = piece.line, 0
    for start in starts:
        if line is not None:
            line, before = line + text.count("\n", before, start), start
        yield kind, line
