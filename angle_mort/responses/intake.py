"""Read one export: join the file, its columns, its rows and its cells into an ``Intake``."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from angle_mort.errors import AngleMortError, problem
from angle_mort.instrument.model import Instrument, Item, ResponseFormat
from angle_mort.responses.coding import Reading, misdeclared, read_answer
from angle_mort.responses.columns import Columns, known_words, letter, match_columns
from angle_mort.responses.files import SIZE_LIMIT, Sheet, read_sheet
from angle_mort.responses.rows import Row, sort_rows
from angle_mort.responses.table import (
    IDENTITY_COLUMNS,
    NOTED,
    SET_ASIDE,
    TEXT_COLUMNS,
    Counts,
    Dialect,
    Finding,
    Intake,
    report_frame,
)
from angle_mort.responses.wording import normalised


@dataclass(frozen=True)
class _Answer:
    """One filled cell of a row that is an answer."""

    position: int
    item: Item
    text: str
    reading: Reading

    @property
    def good(self) -> bool:
        return not self.reading.rule


def read_export(
    path: str | Path, instrument: Instrument, ignore: Iterable[str] = (), *, size_limit: int = SIZE_LIMIT
) -> Intake:
    """Read a survey export and tell everything that was set aside.

    Parameters
    ----------
    path : a CSV or XLSX file as Google Forms or its linked sheet writes it, one header row; it is never changed.
    instrument : what was asked; a column is known by item id or by exact text (``wording.normalised``).
    ignore : headers to leave out; any other unknown column is an error.
    size_limit : bytes of the largest file that is opened.

    Returns
    -------
    Intake : codes, findings, counts, texts and identities. Respondents are ``r001``, ``r002``... in the order of the
        file. Rows read = kept + set aside + duplicates, and the same for filled cells.

    Raises
    ------
    AngleMortError : every problem at once. AM201 to AM217 when the file cannot be read, AM220 to AM226 when its columns
        do not fit the questionnaire, AM227 when its tool numbered the answers otherwise. Nothing is ever written.
    """
    sheet = read_sheet(Path(path), size_limit)
    columns = match_columns(sheet, instrument, ignore)
    rows = sort_rows(sheet, columns)
    _refuse_misdeclared(rows, columns)
    answers = {row.line: _answers(row, columns) for row in rows if not row.rule}
    rows = [_without_answer(row, answers) for row in rows]
    kept = {row.line: f"r{number:03d}" for number, row in enumerate((row for row in rows if not row.rule), start=1)}
    people = _identities(rows, columns, kept)
    findings = [*_file_findings(sheet, columns), *_row_findings(rows), *_cell_findings(answers), *_same_people(people)]
    return Intake(
        responses=_matrix(answers, kept, instrument.form_items(columns.form)),
        report=report_frame(findings),
        counts=_counts(rows, answers, columns),
        texts=_texts(answers, kept),
        identities=people,
        form=columns.form,
        dialect=Dialect(_tool(sheet), sheet.kind, sheet.encoding, sheet.delimiter, sheet.sha256),
    )


def _refuse_misdeclared(rows: list[Row], columns: Columns) -> None:
    """Formats whose digits mean something else in the tool than in the questionnaire (AM227)."""
    texts: dict[ResponseFormat, list[str]] = defaultdict(list)
    where: dict[ResponseFormat, list[str]] = defaultdict(list)
    for position, item in columns.items.items():
        texts[item.format] += [row.cells[position] for row in rows if not row.rule]
        where[item.format].append(letter(position))
    wrong = [each for each in texts if misdeclared(texts[each], each)]
    if wrong:
        raise AngleMortError(*(_misdeclared_problem(each, where[each]) for each in wrong))


def _misdeclared_problem(form: ResponseFormat, letters: list[str]) -> object:
    lowest = min((each for each in form.choices if each.code >= 0), key=lambda each: each.code)
    highest = form.choice(form.highest)
    return problem(
        "AM227", columns=", ".join(letters), low=f"{lowest.code} - {lowest.fr}", high=f"{highest.code} - {highest.fr}"
    )


def _answers(row: Row, columns: Columns) -> list[_Answer]:
    filled = ((position, item) for position, item in columns.items.items() if normalised(row.cells[position]))
    return [
        _Answer(position, item, row.cells[position].strip(), _reading(row, position, item, columns))
        for position, item in filled
    ]


def _reading(row: Row, position: int, item: Item, columns: Columns) -> Reading:
    if position in columns.outside:
        return Reading(rule="outside_form")
    return Reading() if item.format.kind == "text" else read_answer(row.cells[position], item.format)


def _without_answer(row: Row, answers: Mapping[int, list[_Answer]]) -> Row:
    """A row whose every coded answer is missing or set aside tells nothing: it goes too."""
    if row.rule or any(not math.isnan(each.reading.code) for each in answers[row.line]):
        return row
    return Row(row.line, row.cells, "no_answer")


def _matrix(answers: Mapping[int, list[_Answer]], kept: Mapping[int, str], items: Iterable[Item]) -> pd.DataFrame:
    coded = {name: {each.item.id: each.reading.code for each in answers[line]} for line, name in kept.items()}
    columns = [item.id for item in items if item.format.kind != "text"]
    frame = pd.DataFrame.from_dict(coded, orient="index").reindex(index=list(kept.values()), columns=columns)
    return frame.astype("float64").rename_axis(index="respondent")


def _texts(answers: Mapping[int, list[_Answer]], kept: Mapping[int, str]) -> pd.DataFrame:
    rows = [(name, each.item.id, each.text) for line, name in kept.items() for each in answers[line] if _is_text(each)]
    return pd.DataFrame(rows, columns=list(TEXT_COLUMNS), dtype="str")


def _is_text(answer: _Answer) -> bool:
    return answer.good and answer.item.format.kind == "text"


def _identities(rows: list[Row], columns: Columns, kept: Mapping[int, str]) -> pd.DataFrame:
    """Who answered and when, as read."""
    places = {role: columns.of_role(role) for role in IDENTITY_COLUMNS[2:]}
    people = [
        {"respondent": kept[row.line], "line": row.line, **{role: _told(row, at, role) for role, at in places.items()}}
        for row in rows
        if row.line in kept
    ]
    frame = pd.DataFrame(people, columns=list(IDENTITY_COLUMNS))
    return frame.astype({name: "int64" if name == "line" else "str" for name in IDENTITY_COLUMNS})


def _told(row: Row, positions: list[int], role: str) -> str:
    """What the columns of one role say: name and first name are joined, of several e-mails the first is taken."""
    filled = [row.cells[position].strip() for position in positions if row.cells[position].strip()]
    return " ".join(filled[:1] if role == "email" else filled)


def _file_findings(sheet: Sheet, columns: Columns) -> Iterator[Finding]:
    """What was noticed about the file and its header, line 1."""
    for position in columns.ignored:
        if sheet.header[position].strip():
            yield _column_finding(sheet, position, "ignored_column")
    for position in columns.roles:
        rule = "technical_column" if columns.roles[position] == "technical" else "identity_column"
        yield _column_finding(sheet, position, rule)
    for item in columns.absent:
        yield Finding(1, "absent_column", NOTED, item=item.id)
    if sheet.trimmed_line:
        yield Finding(sheet.trimmed_line, "trailing_cells", NOTED)
    for title in sheet.other_sheets:
        yield Finding(1, "other_sheet", NOTED, text=title)


def _column_finding(sheet: Sheet, position: int, rule: str) -> Finding:
    return Finding(1, rule, NOTED, column=letter(position), text=sheet.header[position].strip())


def _row_findings(rows: list[Row]) -> list[Finding]:
    return [Finding(row.line, row.rule, row.outcome, first_line=row.first_line) for row in rows if row.rule]


def _cell_findings(answers: Mapping[int, list[_Answer]]) -> list[Finding]:
    return [
        Finding(line, each.reading.rule, SET_ASIDE, letter(each.position), each.item.id, each.text)
        for line, row in answers.items()
        for each in row
        if not each.good
    ]


def _same_people(people: pd.DataFrame) -> Iterator[Finding]:
    """Two different rows under one e-mail, or under one name where there is no e-mail: both stay, the coach is told."""
    first: dict[str, int] = {}
    known = people["email"].where(people["email"] != "", people["person"]).map(normalised)
    for person, line in zip(known, people["line"], strict=True):
        earlier = first.setdefault(person, line)
        if person and earlier != line:
            yield Finding(int(line), "same_person", NOTED, first_line=int(earlier))


def _counts(rows: list[Row], answers: Mapping[int, list[_Answer]], columns: Columns) -> Counts:
    filled = {row.line: sum(bool(normalised(row.cells[position])) for position in columns.items) for row in rows}
    kept = [row.line for row in rows if not row.rule]
    duplicate = [row.line for row in rows if row.rule == "duplicate"]
    gone = [row.line for row in rows if row.rule and row.rule != "duplicate"]
    bad = sum(not each.good for line in kept for each in answers[line])
    return Counts(
        rows_read=len(rows),
        rows_kept=len(kept),
        rows_set_aside=len(gone),
        rows_duplicate=len(duplicate),
        cells_read=sum(filled.values()),
        cells_kept=sum(each.good for line in kept for each in answers[line]),
        cells_set_aside=bad + sum(filled[line] for line in gone),
        cells_duplicate=sum(filled[line] for line in duplicate),
    )


def _tool(sheet: Sheet) -> str:
    """Google's first column is the time; the form's own CSV quotes every cell, the linked sheet does not."""
    if known_words()["roles"].get(normalised(sheet.header[0])) != "time":
        return "unknown"
    return "google_forms" if sheet.quoted else "google_sheets"
