"""Write codes as Google Forms writes answers in French: the CSV of the form, and the sheet linked to it.

A plain module: the tests of the reading use it, and so does the script that makes the demonstration export.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from angle_mort.instrument.model import Instrument, Item

GRIDS = frozenset(("A", "B", "C", "C0", "D1", "D2", "D3", "E", "G", "I", "M"))
"""Modules asked as a grid: their headers read ``question [row]``."""

IDENTITY_HEADERS = {
    "time": "Horodateur",
    "email": "Nom d'utilisateur",
    "person": "Votre nom et prénom",
    "company": "Le nom de votre entreprise",
}


def rows(
    instrument: Instrument, responses: pd.DataFrame, identities: pd.DataFrame, texts: pd.DataFrame | None = None
) -> list[list[str]]:
    """The header and one row per respondent, as text.

    ``responses``: respondents x items, codes (NaN is left empty). ``identities``: one row per respondent in the same
    order, with any of the columns time (a datetime, or text left as it is), email, person, company. ``texts``: tidy,
    columns respondent, item, text.
    """
    asked = form_items(instrument, responses.columns)
    said = {} if texts is None else {(each.respondent, each.item): each.text for each in texts.itertuples()}
    who = [name for name in IDENTITY_HEADERS if name in identities]
    header = [IDENTITY_HEADERS[name] for name in who] + [item_header(instrument, item) for item in asked]
    people = identities[who].to_dict("records")
    body = [
        [*(identity_cell(person[name]) for name in who), *(cell(item, respondent, answers, said) for item in asked)]
        for person, (respondent, answers) in zip(people, responses.iterrows(), strict=True)
    ]
    return [header, *body]


def write(
    path: str | Path,
    instrument: Instrument,
    responses: pd.DataFrame,
    identities: pd.DataFrame,
    texts: pd.DataFrame | None = None,
) -> Path:
    """The CSV of the form: commas, every cell quoted, UTF-8 without a mark, LF."""
    return write_rows(path, rows(instrument, responses, identities, texts))


def write_rows(path: str | Path, table: Iterable[list[str]]) -> Path:
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(table)
    return Path(path)


def write_sheet_csv(path: str | Path, table: Iterable[list[str]]) -> Path:
    """The linked sheet saved as CSV: quotes only where needed, UTF-8, CRLF."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\r\n").writerows(table)
    return Path(path)


def write_workbook(path: str | Path, table: Iterable[list[object]]) -> Path:
    """The linked sheet saved as XLSX; an empty cell is no cell."""
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "Réponses au formulaire 1"
    for row in table:
        book.active.append([None if value == "" else value for value in row])
    book.save(path)
    return Path(path)


def form_items(instrument: Instrument, present: Iterable[str]) -> list[Item]:
    """The items of the shortest form that holds all of these, the texts included."""
    wanted = set(present)
    forms = [instrument.form_items(form.code) for form in instrument.forms]
    return list(min((items for items in forms if wanted <= {item.id for item in items}), key=len))


def item_header(instrument: Instrument, item: Item) -> str:
    return f"{instrument.module(item.module).stem} [{item.fr}]" if item.module in GRIDS else item.fr


def cell(item: Item, respondent: str, answers: pd.Series, said: dict[tuple[str, str], str]) -> str:
    if item.format.kind == "text":
        return said.get((respondent, item.id), "")
    code = answers.get(item.id)
    return "" if code is None or pd.isna(code) else answer_cell(item, code)


def answer_cell(item: Item, code: float) -> str:
    """The words of a code: a label, the ticked labels in their order, or a number with a decimal comma."""
    if item.format.kind == "number":
        return f"{code:g}".replace(".", ",")
    if item.format.kind == "multiple":
        return ", ".join(choice.fr for choice in item.format.choices if int(code) & 2**choice.code)
    return item.format.choice(int(code)).fr


def identity_cell(value: object) -> str:
    return stamp(value) if isinstance(value, datetime.datetime) else str(value)


def stamp(moment: datetime.datetime) -> str:
    """A time as the CSV of a form gives it, French account or not: 2026/02/10 3:49:20 PM UTC+1.

    >>> stamp(datetime.datetime(2026, 2, 10, 15, 49, 20, tzinfo=datetime.timezone(datetime.timedelta(hours=1))))
    '2026/02/10 3:49:20 PM UTC+1'
    """
    offset = moment.utcoffset() or datetime.timedelta(hours=1)
    half = "AM" if moment.hour < 12 else "PM"
    clock = f"{moment.hour % 12 or 12}:{moment:%M:%S}"
    return f"{moment:%Y/%m/%d} {clock} {half} UTC{offset // datetime.timedelta(hours=1):+d}"
