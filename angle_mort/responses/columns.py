"""From headers to items: by id or by exact normalised text, never by position and never by resemblance."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from angle_mort.errors import AngleMortError, Problem, problem
from angle_mort.instrument.model import Instrument, Item
from angle_mort.responses.files import Sheet
from angle_mort.responses.wording import grid_parts, normalised, unaccented

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESEMBLANCE = 0.8
_LISTED = 6
_HEADER_SEARCHED = 5


@dataclass(frozen=True)
class Columns:
    """What each column of one export is, by position from 0: an item, a role (time, email...), or an ignored header."""

    form: str
    items: Mapping[int, Item]
    roles: Mapping[int, str]
    ignored: tuple[int, ...]
    outside: frozenset[int]
    absent: tuple[Item, ...]

    def of_role(self, *roles: str) -> list[int]:
        """The positions of the columns of these roles, in the order of the file."""
        return [position for position, role in self.roles.items() if role in roles]


class Questions:
    """The items of an instrument by every header under which they may stand."""

    def __init__(self, instrument: Instrument) -> None:
        self._by_text: dict[str, list[Item]] = defaultdict(list)
        for item in instrument.items.values():
            for text in dict.fromkeys(map(normalised, (item.id, *item.wordings))):
                self._by_text[text].append(item)
        self._stems = {module.code: normalised(module.stem) for module in instrument.modules}

    def matching(self, header: str) -> list[Item]:
        """The items that a header names: none, one, or several when the same words stand in two questions."""
        whole = self._by_text.get(normalised(header))
        if whole:
            return whole
        stem, row = grid_parts(header)
        found = self._by_text.get(row, [])
        of_this_grid = [item for item in found if self._stems[item.module] == stem]
        return of_this_grid or found

    def nearest(self, header: str) -> Item | None:
        """The item whose words come near a header: something to suggest, never to apply."""
        close = difflib.get_close_matches(grid_parts(header)[1], self._by_text, n=1, cutoff=_RESEMBLANCE)
        return self._by_text[close[0]][0] if close else None


def match_columns(sheet: Sheet, instrument: Instrument, ignore: Iterable[str] = ()) -> Columns:
    """Know every column of a sheet, or raise every problem at once (AM220 to AM226).

    ``ignore`` holds headers to leave out although nobody knows them.
    """
    questions = Questions(instrument)
    found = {position: questions.matching(header) for position, header in enumerate(sheet.header)}
    items = {position: each[0] for position, each in found.items() if len(each) == 1}
    if not items:
        raise AngleMortError(_no_question(sheet, questions))
    free = [position for position, each in found.items() if not each]
    ignored = _ignored(sheet, ignore, free)
    roles = _roles(sheet, [position for position in free if position not in ignored])
    columns = _columns(instrument, items, roles, ignored)
    unknown = [_unknown(sheet, position, questions) for position in free if position not in {*ignored, *roles}]
    suggested = {each.fields["item"] for each in unknown if "item" in each.fields}
    problems = [
        *unknown,
        *(_ambiguous(sheet, position, each) for position, each in found.items() if len(each) > 1),
        *_twice(items),
        *_missing(sheet, columns, instrument, suggested),
    ]
    if problems:
        raise AngleMortError(*problems)
    return columns


def letter(position: int) -> str:
    """The letter of a column in a spreadsheet.

    >>> letter(0), letter(25), letter(26), letter(701), letter(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    before, last = divmod(position, 26)
    return (letter(before - 1) if before else "") + chr(ord("A") + last)


@cache
def known_words() -> Mapping[str, object]:
    """The declared headers that are no question and the words that mark a row (``known_columns.yaml``), unaccented."""
    text = files("angle_mort.responses").joinpath("known_columns.yaml").read_text(encoding="utf-8")
    entry = yaml.load(text, Loader=_LOADER)
    return {
        "roles": {unaccented(header): role for role, headers in entry["roles"].items() for header in headers},
        "test_words": frozenset(map(unaccented, entry["test_words"])),
        "summary_rows": frozenset(map(unaccented, entry["summary_rows"])),
    }


def _roles(sheet: Sheet, free: Iterable[int]) -> dict[int, str]:
    roles = known_words()["roles"]
    named = {position: roles.get(unaccented(sheet.header[position])) for position in free}
    return {position: role for position, role in named.items() if role}


def _ignored(sheet: Sheet, ignore: Iterable[str], free: Iterable[int]) -> tuple[int, ...]:
    """The columns that the caller leaves out, and those that hold nothing at all."""
    wanted = set(map(normalised, ignore))
    return tuple(each for each in free if normalised(sheet.header[each]) in wanted or _hollow(sheet, each))


def _hollow(sheet: Sheet, position: int) -> bool:
    return not any(row[position].strip() for row in sheet.rows)


def _columns(
    instrument: Instrument, items: Mapping[int, Item], roles: Mapping[int, str], ignored: tuple[int, ...]
) -> Columns:
    form = _form(items.values(), instrument)
    expected = {item.id: item for item in instrument.form_items(form)}
    present = {item.id for item in items.values()}
    outside = frozenset(position for position, item in items.items() if item.id not in expected)
    absent = tuple(item for each, item in expected.items() if each not in present)
    return Columns(form, items, roles, ignored, outside, absent)


def _form(items: Iterable[Item], instrument: Instrument) -> str:
    """The form that agrees best with the columns: fewest required items missing and foreign items present."""
    present = {item.id for item in items}

    def disagreement(form: str) -> int:
        asked = {item.id: item.required for item in instrument.form_items(form)}
        return len(present - asked.keys()) + sum(required and each not in present for each, required in asked.items())

    return min((form.code for form in instrument.forms), key=disagreement)


def _no_question(sheet: Sheet, questions: Questions) -> Problem:
    for line, row in list(sheet.data())[:_HEADER_SEARCHED]:
        if any(cell.strip() and questions.matching(cell) for cell in row):
            return problem("AM221", path=sheet.name, line=line)
    return problem("AM220", path=sheet.name)


def _unknown(sheet: Sheet, position: int, questions: Questions) -> Problem:
    header = sheet.header[position].strip()
    near = questions.nearest(header)
    if near is None:
        return problem("AM222", column=letter(position), header=header)
    return problem("AM223", column=letter(position), header=header, item=near.id, wording=near.fr)


def _ambiguous(sheet: Sheet, position: int, items: list[Item]) -> Problem:
    named = ", ".join(item.id for item in items)
    return problem("AM226", column=letter(position), header=sheet.header[position].strip(), items=named)


def _twice(items: Mapping[int, Item]) -> list[Problem]:
    columns: dict[str, list[str]] = defaultdict(list)
    for position, item in items.items():
        columns[item.id].append(letter(position))
    return [problem("AM225", item=item, columns=", ".join(at)) for item, at in columns.items() if len(at) > 1]


def _missing(sheet: Sheet, columns: Columns, instrument: Instrument, suggested: set[object]) -> list[Problem]:
    """The required questions that no column asks, but for those that a column nearly asks: one thing is told once."""
    items = [item for item in columns.absent if item.required and item.id not in suggested]
    if not items:
        return []
    listed = "; ".join(f"{item.id} ({item.fr})" for item in items[:_LISTED]) + ("; ..." if len(items) > _LISTED else "")
    name = next(each.name for each in instrument.forms if each.code == columns.form)
    return [problem("AM224", path=sheet.name, n=len(items), form=name, items=listed)]
