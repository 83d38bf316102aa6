"""From the text of a cell to a code: labels, digits, ``4 - label``, French decimals. Nothing is guessed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from angle_mort.instrument.model import ResponseFormat
from angle_mort.responses.wording import normalised, unaccented

_NUMBER = re.compile(r"^([+-]?\d+(?:[.,]\d+)?)\s*(.*)$")
_NUMBERED_LABEL = re.compile(r"^([+-]?\d+)\s*[-\u2013\u2014\u2212:.)=]\s*(.*\D.*)$")
_THOUSANDS = re.compile(r"(?<=\d)\s(?=\d{3}(?!\d))")
_FORMULA_ERROR = re.compile(r"^#[a-z0-9/]+[!?]?$")
_MONTHS = "jan|feb|fev|mar|apr|avr|may|mai|jun|juin|jul|juil|aug|aou|sep|oct|nov|dec"
_DATE = re.compile(
    rf"^\d{{1,2}}[-/. ]({_MONTHS})[a-z]*\.?|^({_MONTHS})[a-z]*\.?[-/. ]\d{{2,4}}$"
    r"|^\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?$|^\d{1,2}/\d{1,2}/\d{2,4}$"
)
_FEWEST_CONTRADICTIONS = 3
_FEWEST_SHIFTED = 5


@dataclass(frozen=True)
class Reading:
    """A code (NaN when blank or set aside) and the rule that set it aside, empty when the answer is good."""

    code: float = math.nan
    rule: str = ""


def read_answer(text: str, form: ResponseFormat) -> Reading:
    """The code of one cell.

    >>> from angle_mort.instrument.model import Choice
    >>> scale = ResponseFormat("F", "choice", (Choice(0, "Jamais", "Never"), Choice(4, "Toujours", "Always")))
    >>> [read_answer(each, scale).code for each in ("toujours", "4", "4,0", "4 - Toujours")]
    [4.0, 4.0, 4.0, 4.0]
    >>> [read_answer(each, scale).rule for each in ("4 - Jamais", "99", "Parfois", "5-janv", "#N/A")]
    ['contradiction', 'out_of_range', 'unknown_label', 'turned_into_date', 'formula_error']
    """
    words = normalised(text)
    if not words:
        return Reading()
    readers = {"choice": _read_choice, "multiple": _read_multiple, "number": _read_number}
    reading = readers[form.kind](words, form)
    return Reading(rule=_spoilt(words) or reading.rule) if reading.rule else reading


def misdeclared(texts: Iterable[str], form: ResponseFormat) -> bool:
    """Whether the tool numbered the answers otherwise than the questionnaire: codes would be wrong without a sign.

    True when most of the ``4 - label`` cells contradict themselves, or when bare digits run from 1 to one step above
    the highest code and never reach 0 in a format that starts at 0.
    """
    if form.kind != "choice":
        return False
    words = [normalised(text) for text in texts if text.strip()]
    return _mostly_contradictory(words, form) or _one_step_up(words, form)


def _spoilt(words: str) -> str:
    """The rule of a cell that a spreadsheet damaged, empty otherwise."""
    if _FORMULA_ERROR.match(words):
        return "formula_error"
    return "turned_into_date" if _DATE.match(unaccented(words)) else ""


@cache
def _labels(form: ResponseFormat) -> Mapping[str, int]:
    return {normalised(label): choice.code for choice in form.choices for label in (choice.en, choice.fr) if label}


def _read_choice(words: str, form: ResponseFormat) -> Reading:
    labels = _labels(form)
    if words in labels:
        return Reading(float(labels[words]))
    number = _number(words, None)
    if number is not None:
        known = number in labels.values()
        return Reading(number) if known else Reading(rule="out_of_range")
    numbered = _NUMBERED_LABEL.match(words)
    if numbered is None or numbered[2] not in labels:
        return Reading(rule="unknown_label")
    code = labels[numbered[2]]
    return Reading(float(code)) if int(numbered[1]) == code else Reading(rule="contradiction")


def _read_multiple(words: str, form: ResponseFormat) -> Reading:
    """Labels joined by commas or semicolons; a label may hold commas, so the longest that fits is taken."""
    options = {str(code): code for code in _labels(form).values()} | _labels(form)
    longest_first = sorted(options, key=len, reverse=True)
    ticked, rest = set(), words
    while rest:
        label = next((each for each in longest_first if _begins(rest, each)), None)
        if label is None:
            return Reading(rule="unknown_label")
        ticked.add(options[label])
        rest = rest[len(label) :].lstrip(" ,;")
    if form.count is not None and len(ticked) > form.count:
        return Reading(rule="too_many")
    return Reading(float(sum(2**code for code in ticked)))


def _begins(rest: str, label: str) -> bool:
    return rest.startswith(label) and rest[len(label) :].lstrip()[:1] in ("", ",", ";")


def _read_number(words: str, form: ResponseFormat) -> Reading:
    labels = _labels(form)
    if words in labels:
        return Reading(float(labels[words]))
    number = _number(words, form.unit)
    if number is None:
        return Reading(rule="not_a_number")
    low = -math.inf if form.minimum is None else form.minimum
    high = math.inf if form.maximum is None else form.maximum
    return Reading(number) if low <= number <= high else Reading(rule="out_of_range")


def _number(words: str, unit: str | None) -> float | None:
    """A number with a comma or a point; a declared unit may follow it, whole or up to its stroke (h of h/semaine)."""
    found = _NUMBER.match(_THOUSANDS.sub("", words))
    if found is None:
        return None
    whole = normalised(unit or "")
    units = {each.rstrip("s") for each in ("", whole, whole.partition("/")[0])}
    return float(found[1].replace(",", ".")) if found[2].rstrip("s") in units else None


def _mostly_contradictory(words: list[str], form: ResponseFormat) -> bool:
    labels = _labels(form)
    numbered = [found for found in map(_NUMBERED_LABEL.match, words) if found and found[2] in labels]
    wrong = sum(int(found[1]) != labels[found[2]] for found in numbered)
    return wrong >= _FEWEST_CONTRADICTIONS and 2 * wrong > len(numbered)


def _one_step_up(words: list[str], form: ResponseFormat) -> bool:
    codes = sorted(choice.code for choice in form.choices if choice.code >= 0)
    digits = [number for number in (_number(each, None) for each in words) if number is not None and number >= 0]
    if codes[0] != 0 or len(digits) < _FEWEST_SHIFTED:
        return False
    above = digits.count(codes[-1] + 1)
    return min(digits) >= 1 and max(digits) == codes[-1] + 1 and above >= max(2, len(digits) / 10)
