"""Read the catalogue of French sentences and fill in its numbers as French readers write them."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files

import yaml

from angle_mort.errors import AngleMortError

LOCALE = "fr_FR"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def t(key: str, **values: object) -> str:
    """The French sentence of a key; numbers are written the French way, ``n`` chooses singular or plural.

    An entry may be a mapping with ``one`` and ``other``. A whole number keeps its digits, any other number gets one
    decimal; values already turned into text are left alone.

    >>> t("unit.leader", n=1), t("unit.leader", n=12)
    ('1 dirigeant', '12 dirigeants')
    """
    entry = _catalogue()[key]
    if isinstance(entry, Mapping):
        entry = entry[_plural(values["n"])]
    return entry.format(**{name: _written(value) for name, value in values.items()})


def keys() -> Iterator[str]:
    """Every key of the catalogue, dotted."""
    yield from _catalogue()


def sentence(key: str) -> object:
    """The raw entry of a key: a sentence, or its ``one`` and ``other`` forms."""
    return _catalogue()[key]


def typeset(words: str) -> str:
    """The same words with the spaces of French print: narrow inside quotes and before ; ! ? %, full before a colon.

    >>> typeset("\u00ab\u00a0Si\u00a0\u00bb\u00a0: 3\u00a0%") == "\u00ab\u202fSi\u202f\u00bb\u00a0: 3\u202f%"
    True
    """
    return _NARROW.sub("\u202f", words)


_NARROW = re.compile("\u00a0(?=[;!?%\u00bb])|(?<=\u00ab)\u00a0")


def command(anywhere: bool = False) -> str:
    """The words with which this person starts the tool: ``angle-mort``, or what ``lancer.py`` says of itself.

    ``anywhere``: those that work from every folder.
    """
    return os.environ.get("ANGLE_MORT_ANYWHERE" if anywhere else "ANGLE_MORT_COMMAND") or "angle-mort"


def number(value: float, digits: int = 1) -> str:
    """A number as a French reader writes it: decimal comma, narrow no-break space for thousands, halves rounded away
    from zero, a minus sign that is none of the hyphens, and no zero below zero.

    >>> number(12.345), number(48, 0), number(46.5, 0), number(-0.004, 2), number(-0.21, 2)
    ('12,3', '48', '47', '0,00', '\N{MINUS SIGN}0,21')
    """
    from babel.numbers import format_decimal

    value = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(value or abs(value), format=pattern, locale=LOCALE).replace("-", "\N{MINUS SIGN}")


def day(date: datetime.date) -> str:
    """A day in full: 3 mars 2026.

    >>> day(datetime.date(2026, 3, 3))
    '3 mars 2026'
    """
    from babel.dates import format_date

    return format_date(date, format="d MMMM y", locale=LOCALE)


def explain(error: AngleMortError) -> list[str]:
    """One French sentence per problem of an error, each ending with its code."""
    return [f"{t('error.' + each.code, **each.fields)} [{each.code}]" for each in error.problems]


AngleMortError.explained = staticmethod(explain)


def _written(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return number(value, 0 if isinstance(value, int) else 1)


@cache
def _plural(n: object) -> str:
    from babel import Locale

    return "one" if Locale.parse(LOCALE).plural_form(n) == "one" else "other"


@cache
def _catalogue() -> dict[str, object]:
    text = files("angle_mort.text").joinpath("fr.yaml").read_text(encoding="utf-8")
    return dict(_flatten(yaml.load(text, Loader=_LOADER), ""))


def _flatten(entry: Mapping[str, object], prefix: str) -> Iterator[tuple[str, object]]:
    for name, value in entry.items():
        if isinstance(value, Mapping) and set(value) != {"one", "other"}:
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield prefix + str(name), value
