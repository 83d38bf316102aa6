"""JSON, and the notebooks that are JSON: every text under every key, every row of numbers, told by cell and output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from angle_mort.publishing.scanning import opening, texts
from angle_mort.publishing.scanning.pieces import Piece, Place
from angle_mort.text import t

_WIDGETS = ("application/vnd.jupyter.widget-state+json", "widgets")


def pieces(entry: object, place: Place) -> Iterator[Piece]:
    """The pieces of whatever JSON holds; of a notebook, cell by cell."""
    if isinstance(entry, Mapping) and isinstance(entry.get("cells"), list):
        yield from _inner(
            {key: value for key, value in entry.items() if key != "cells"}, place.at(t("scan.where.metadata"))
        )
        for number, cell in enumerate(entry["cells"], 1):
            yield from _cell(cell, place.at(t("scan.where.cell", n=number)))
    else:
        yield from _inner(entry, place)


def _cell(cell: object, place: Place) -> Iterator[Piece]:
    if not isinstance(cell, Mapping):
        yield from _inner(cell, place)
        return
    outputs = cell.get("outputs")
    yield from _inner({key: value for key, value in cell.items() if key != "outputs"}, place)
    for number, output in enumerate(outputs if isinstance(outputs, list) else [], 1):
        yield from _inner(output, place.at(t("scan.where.output", n=number)))


def _inner(entry: object, place: Place) -> Iterator[Piece]:
    """A text is opened as a content of its own; lines that a notebook keeps in a list are one text."""
    if isinstance(entry, str):
        yield from opening.text_pieces(entry, place.inside(""))
    elif isinstance(entry, Mapping):
        yield from _under_keys(entry, place)
    elif isinstance(entry, list):
        yield from _listed(entry, place)
    elif isinstance(entry, int | float) and not isinstance(entry, bool):
        yield Piece(place.where, repr(entry))


def _under_keys(entry: Mapping[str, object], place: Place) -> Iterator[Piece]:
    yield from _row(list(entry.values()), place)
    for key, value in entry.items():
        yield Piece(place.where, key)
        if key in _WIDGETS and value:
            yield Piece(place.where, sign="widgets")
        if key == "image/png":
            yield from _picture(value, place)
        else:
            yield from _inner(value, place.inside(key if len(key) < 30 and key.isascii() else ""))


def _picture(value: object, place: Place) -> Iterator[Piece]:
    content = texts.from_base64("".join(value) if isinstance(value, list) else str(value))
    if content is None:
        yield Piece(place.where, sign="unreadable")
    else:
        yield from opening.pieces(content, place.inside("image/png"))


def _listed(entry: list, place: Place) -> Iterator[Piece]:
    if entry and all(isinstance(each, str) for each in entry):
        yield from opening.text_pieces("".join(entry), place.inside(""))
        yield Piece(place.where, " \n".join(entry))
    else:
        yield from (piece for each in entry for piece in _inner(each, place.inside("")))
    yield from _row(entry, place)
    if entry and all(isinstance(each, Mapping) for each in entry):
        for key in dict.fromkeys(key for each in entry for key in each):
            yield from _row([each.get(key) for each in entry], place)


def _row(entry: list, place: Place) -> Iterator[Piece]:
    told = " ; ".join(str(each) for each in entry if isinstance(each, int | float | str) and len(str(each)) < 25)
    yield from (Piece(place.where, numbers=piece.numbers) for piece in texts.rows(told, place))
