"""Days to keep, as a file that any calendar takes."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from angle_mort.errors import AngleMortError, problem
from angle_mort.publishing.page import refuse, written
from angle_mort.publishing.scanning import Known, scan
from angle_mort.text import t

_OURS = uuid.uuid5(uuid.NAMESPACE_OID, "angle-mort")


class Entry(NamedTuple):
    """One whole day: what to do on it, a note about it, and ``key``, what stays the same when all that is changed."""

    day: datetime.date
    title: str
    note: str = ""
    key: str = ""


def write_calendar(
    entries: Sequence[Entry], path: str | Path, today: datetime.date, known: Known | None = None
) -> Path:
    """Write whole-day entries of one leader as ``.ics`` (iCalendar, RFC 5545), marked private; return the path.

    The same key keeps its id, so that a calendar which takes the file again moves an entry instead of doubling it.
    Raises AM704 for what must not leave (``known``: what is looked for, by default what this folder knows), AM709 for
    another kind of file, AM707 when it cannot be written.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     entries = [Entry(datetime.date(2027, 1, 1), "Commander les fournitures")]
    ...     made = write_calendar(entries, Path(folder) / "plan.ics", datetime.date(2026, 11, 25))
    ...     "DTSTART;VALUE=DATE:20270101" in made.read_text(encoding="utf-8").splitlines()
    True
    """
    path = Path(path)
    if path.suffix.lower() != ".ics":
        raise AngleMortError(problem("AM709", path=path.name))
    content = _calendar(entries, today)
    unfolded = content.replace(b"\r\n ", b"")  # the scanner knows no name that a fold cuts
    found = [each for text in (content, unfolded) for each in scan(text, path.name, known or Known.here(), own=True)]
    refuse(list(dict.fromkeys(found)))
    return written(path, content)


def _calendar(entries: Sequence[Entry], today: datetime.date) -> bytes:
    from icalendar import Calendar

    calendar = Calendar()
    told = {"prodid": "-//angle-mort//FR", "version": "2.0", "x-wr-calname": t("plan.calendar.name")}
    for name, value in (told | {"x-wr-caldesc": t("plan.heading.audience")}).items():
        calendar.add(name, value)
    keys = [entry.key or entry.title for entry in entries]
    for place, entry in enumerate(entries):
        calendar.add_component(_event(entry, f"{keys[place]} {keys[:place].count(keys[place])}", today))
    return calendar.to_ical()


def _event(entry: Entry, key: str, today: datetime.date):
    from icalendar import Event

    event = Event()
    event.add("uid", str(uuid.uuid5(_OURS, key)))
    event.add("dtstamp", datetime.datetime.combine(today, datetime.time(), datetime.UTC))
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + datetime.timedelta(days=1))
    event.add("summary", entry.title)
    if entry.note:
        event.add("description", entry.note)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    return event
