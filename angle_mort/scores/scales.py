"""Answers to scores: integer sums, one division per score, and a margin beside every value.

The natures of the instrument decide. A reflective scale is a mean with a standard error of measurement. A formative
index has no value when a part is missing, only the bounds that the missing part allows. Facts stay facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from angle_mort.instrument import NOT_APPLICABLE, Instrument, Item, Module, load_instrument
from angle_mort.instrument.codes import refuse_bad_codes
from angle_mort.margins import half_width
from angle_mort.scores.kernel import MISSING, Counted, Key, count_and_score

COLUMNS = ("respondent", "scale", "value", "se_measurement", "low", "high", "n_answered", "n_items", "status")
OK, PROVISIONAL, NOT_CALCULABLE = "ok", "provisoire", "non calculable"

_SHORTEST_FACET = 3
_TOP = 100.0


@dataclass(frozen=True)
class Scored:
    """One scale for all respondents: arrays of the same length, NaN where there is nothing to say."""

    value: np.ndarray
    se: np.ndarray
    low: np.ndarray
    high: np.ndarray
    n_answered: np.ndarray
    n_items: np.ndarray
    fact: bool = False


def score_responses(responses: pd.DataFrame, instrument: Instrument | None = None) -> pd.DataFrame:
    """Every score of every respondent, with its margin, as one tidy table.

    ``responses`` is respondents x items (integer codes; NaN missing, -1 does not apply; unique index). Items of a scale
    that are not among the columns count as missing; a scale none of whose items is there is left out.

    Returns one row per respondent x scale: ``respondent``, ``scale``, ``value`` (reflective scales, indices and shares
    0-100; scenario J 1-3; inventory G a count of tasks; facts in their own unit, under their item's id),
    ``se_measurement`` (same unit, NaN for a fact), ``low`` and ``high`` (interval at the instrument's declared level;
    with a missing part, the bounds that it allows), ``n_answered``, ``n_items`` (applicable ones), ``status``: ``ok``,
    ``provisoire`` (margins declared, not yet estimated) or ``non calculable`` (value NaN, never 0).

    Where the margins come from travels with the table: ``table.attrs["norms"]`` (``name``, ``n``, ``day``,
    ``population``, ``source``, ``provisional``) and ``table.attrs["interval_level"]``.

    One more missing answer never shrinks ``se_measurement``, and the interval of whatever is not reflective then holds
    the one that was there. A reflective interval is value +- z * se_measurement, cut at 0 and 100 since no score lies
    beyond: where the answer left out was the one that kept the value from an end, the cut may leave a shorter one.

    Raises ``AngleMortError``: AM401 unknown item, AM402 not a number, AM403 code outside its format, AM404 a respondent
    twice, AM408 a respondent without a name, AM225 an item twice, AM405 nobody.

    >>> import pandas as pd
    >>> answers = pd.DataFrame({f"a{f}0{i}": [3.0] for f in (1, 2) for i in (1, 2, 3, 4)}, index=["r001"])
    >>> score_responses(answers).round(2).query("scale == 'A'")[["value", "se_measurement", "status"]].values.tolist()
    [[75.0, 8.05, 'provisoire']]
    """
    instrument = instrument or load_instrument()
    refuse_bad_codes(responses, instrument)
    scored = dict(_scales(_Answers(responses, instrument), instrument))
    table = _tidy(scored, responses.index, instrument)
    table.attrs = _told_of(instrument)
    return table


# ------------------------------------------------------------------------------------------------- keys and answers


def scoring_keys(instrument: Instrument) -> list[Key]:
    """How the kernel counts every scale, facet and row of the instrument whose answers are added up.

    >>> [(key.scale, len(key.items)) for key in scoring_keys(load_instrument())][:4]
    [('A', 8), ('A1', 4), ('A2', 4), ('B', 8)]
    """
    counted = instrument.of_nature(*_KEYS)
    return [key for module in counted for key in _KEYS[module.nature](module, instrument)]


def _reflective_keys(module: Module, instrument: Instrument) -> Iterator[Key]:
    rule = instrument.scoring["proration"]
    error = _whole_error(instrument, module.code)
    facets = [(facet.code, facet.items) for facet in module.facets if len(facet.items) >= _SHORTEST_FACET]
    for code, items in [(module.code, module.items), *facets]:
        fewest = min(rule["minimum_applicable"], len(items))
        yield _key(code, items, rule["minimum_share"], fewest, error, len(module.items))


def _whole_error(instrument: Instrument, scale: str) -> float:
    """The standard error of the whole scale. On m of its k items it is this times sqrt(k / m): Spearman-Brown with the
    true variance held fixed, the shorter score being both less reliable and more spread."""
    norms = instrument.norms
    return norms.sd[scale] * float(np.sqrt(1 - norms.reliability[scale]))


def _formative_keys(module: Module, instrument: Instrument) -> Iterator[Key]:
    yield _complete_key(module.code, module.items, instrument)
    yield from _row_keys(module, instrument)


def _row_keys(module: Module, instrument: Instrument) -> Iterator[Key]:
    yield from (_complete_key(row.code, row.items, instrument) for row in module.facets if len(row.items) == 1)


def _task_keys(module: Module, instrument: Instrument) -> Iterator[Key]:
    for code, items in [(module.code, module.items), *((facet.code, facet.items) for facet in module.facets)]:
        yield replace(_complete_key(code, items, instrument), highest=1)


def _complete_key(scale: str, items: tuple[Item, ...], instrument: Instrument) -> Key:
    error = answer_error(instrument, items[0].format.highest)
    return _key(scale, items, 1.0, len(items), error, 1)


def _key(scale: str, items: tuple[Item, ...], share: float, fewest: int, error: float, length: int) -> Key:
    each = items[0].format
    spared = NOT_APPLICABLE in {choice.code for choice in each.choices}
    return Key(scale, tuple(item.id for item in items), each.highest, spared, share, fewest, error, length)


_KEYS: Mapping[str, Callable[[Module, Instrument], Iterator[Key]]] = {
    "reflective": _reflective_keys,
    "formative": _formative_keys,
    "profile": _row_keys,
    "task_inventory": _task_keys,
}


class _Answers:
    """The answers: what the kernel counts, scale by scale, and single items as float columns."""

    def __init__(self, responses: pd.DataFrame, instrument: Instrument) -> None:
        self.n = len(responses)
        self._block = responses.to_numpy(float, na_value=np.nan)
        self._place = {item: place for place, item in enumerate(responses.columns)}
        keys = scoring_keys(instrument)
        items = [item for item in dict.fromkeys(item for key in keys for item in key.items) if item in self._place]
        counted = count_and_score(self._codes(items, instrument), items, keys)
        self.counts = {key.scale: Counted(*each) for key, *each in zip(keys, *counted, strict=True)}

    def has(self, items: Iterable[Item]) -> bool:
        return any(item.id in self._place for item in items)

    def column(self, item: str) -> np.ndarray:
        """One item as floats; NaN missing or not applicable."""
        values = self._block[:, self._place[item]] if item in self._place else np.full(self.n, np.nan)
        return np.where(values == NOT_APPLICABLE, np.nan, values)

    def _codes(self, items: list[str], instrument: Instrument) -> np.ndarray:
        """The codes that are added up; of a task, only whether the leader still does it alone (code 0)."""
        block = self._block[:, [self._place[item] for item in items]]
        tasks = {item.id for module in instrument.of_nature("task_inventory") for item in module.items}
        mine = np.array([item in tasks for item in items], bool)
        block = np.where(mine & (block >= 0), block == 0, block)
        return np.where(np.isnan(block), MISSING, block).astype(np.int8, order="F")


def _scales(answers: _Answers, instrument: Instrument) -> Iterator[tuple[str, Scored]]:
    for module in instrument.modules:
        if module.nature in _BY_NATURE and answers.has(module.items):
            yield from _BY_NATURE[module.nature](answers, module, instrument)
    for name, rule in instrument.scoring["indices"].items():
        parts = [(instrument.module(part["scale"]), part) for part in rule["parts"]]
        if all(answers.has(module.items) for module, _ in parts):
            yield name, _index(answers, parts, instrument)


# ---------------------------------------------------------------------------------------------- reflective scales


def _reflective(answers: _Answers, module: Module, instrument: Instrument) -> Iterator[tuple[str, Scored]]:
    for key in _reflective_keys(module, instrument):
        yield key.scale, _with_interval(answers.counts[key.scale], instrument)


# ---------------------------------------------------------------------------- formative indices, profiles, composites


def _formative(answers: _Answers, module: Module, instrument: Instrument) -> Iterator[tuple[str, Scored]]:
    yield module.code, _index(answers, [(module, {"weight": 1.0, "reversed": False})], instrument)
    yield from _rows(answers, module, instrument)


def _rows(answers: _Answers, module: Module, instrument: Instrument) -> Iterator[tuple[str, Scored]]:
    """Facets of a single item: each answer on its own, 0-100. A missing one may be anything; one that does not apply
    is nothing."""
    for key in _row_keys(module, instrument):
        row, counts = _with_interval(answers.counts[key.scale], instrument), answers.counts[key.scale]
        open_ = counts.applicable > counts.answered
        yield key.scale, replace(row, low=np.where(open_, 0.0, row.low), high=np.where(open_, _TOP, row.high))


def _index(answers: _Answers, parts: list[tuple[Module, Mapping]], instrument: Instrument) -> Scored:
    """A weighted mean of parts: no value with a part unanswered or not applicable, and the bounds that it allows."""
    lowest, highest, variance, parts_asked = np.zeros(answers.n), np.zeros(answers.n), 0.0, 0
    n_answered, n_items = np.zeros(answers.n, int), np.zeros(answers.n, int)
    for module, part in parts:
        counts, top = answers.counts[module.code], module.items[0].format.highest
        span, k = part["weight"] * _TOP, len(module.items)
        sure, open_ = span * counts.total / (k * top), span * (k - counts.answered) / k
        lowest += span - sure - open_ if part["reversed"] else sure
        highest += span - sure if part["reversed"] else sure + open_
        variance += (part["weight"] * answer_error(instrument, top)) ** 2 / k
        n_answered, n_items, parts_asked = n_answered + counts.answered, n_items + counts.applicable, parts_asked + k
    complete = n_answered == parts_asked
    error, reach = np.sqrt(variance), z_of(instrument) * np.sqrt(variance)
    return Scored(
        value=np.where(complete, lowest, np.nan),
        se=np.where(complete, error, np.nan),
        low=np.clip(lowest - reach, 0, _TOP),
        high=np.clip(highest + reach, 0, _TOP),
        n_answered=n_answered,
        n_items=n_items,
    )


def answer_error(instrument: Instrument, top: int) -> float:
    """The standard error of one single answer, in points of 0-100: declared for five steps, as wide on any ladder.

    >>> answer_error(load_instrument(), 4), round(answer_error(load_instrument(), 3), 2)
    (12.5, 16.67)
    """
    return instrument.norms.answer_error * 4 / top


# ------------------------------------------------------------------------------------- facts, hours, tasks, trackers


def _ordinal(answers: _Answers, module: Module, instrument: Instrument) -> Iterator[tuple[str, Scored]]:
    scenario, *facts = module.items
    yield module.code, _fact(answers.column(scenario.id))
    yield from ((item.id, _fact(answers.column(item.id))) for item in facts if answers.has([item]))


def _tracker(answers: _Answers, module: Module, instrument: Instrument) -> Iterator[tuple[str, Scored]]:
    yield from ((item.id, _fact(answers.column(item.id))) for item in module.items if answers.has([item]))


def _time_budget(answers: _Answers, module: Module, instrument: Instrument) -> Iterator[tuple[str, Scored]]:
    """Shares of the declared week; when the parts and the total disagree, both readings and no value."""
    rule = instrument.scoring["time_budget"]
    total = answers.column(rule["total"])
    hours = {item: answers.column(item) for item in (*rule["missions"], rule["production"], rule["rest"])}
    parts = sum(hours.values())
    agree = np.abs(parts - total) <= rule["tolerance"] * total
    error = instrument.norms.declared_errors[module.code]
    answered = np.sum([~np.isnan(each) for each in (*hours.values(), total)], axis=0)
    missions = sum(hours[item] for item in rule["missions"])
    for code, share in ((module.code, missions), (f"{module.code}_production", hours[rule["production"]])):
        yield code, _share(share, total, parts, agree, error, answered, len(hours) + 1, instrument)


def _share(share, total, parts, agree, error, answered, n_asked, instrument: Instrument) -> Scored:
    by_total, by_parts = (
        np.where(base > 0, share * _TOP / np.where(base > 0, base, 1), np.nan) for base in (total, parts)
    )
    agree = agree & ~np.isnan(by_total)
    reach = np.where(agree, z_of(instrument) * error, 0.0)
    low = np.where(agree, by_total, np.minimum(by_total, by_parts)) - reach
    high = np.where(agree, by_total, np.maximum(by_total, by_parts)) + reach
    return Scored(
        value=np.where(agree, np.minimum(by_total, _TOP), np.nan),
        se=np.where(agree, error, np.nan),
        low=np.clip(low, 0, _TOP),
        high=np.clip(high, 0, _TOP),
        n_answered=answered,
        n_items=np.full(len(total), n_asked),
    )


def _inventory(answers: _Answers, module: Module, instrument: Instrument) -> Iterator[tuple[str, Scored]]:
    """How many tasks the leader still does alone (code 0), out of those that the firm does; with the facets' own."""
    for key in _task_keys(module, instrument):
        _, total, answered, applicable = answers.counts[key.scale]
        mine = np.where(applicable > 0, total, np.nan)
        most = mine + applicable - answered
        value = np.where(most == mine, mine, np.nan)
        yield key.scale, Scored(value, np.full(answers.n, np.nan), mine, most, answered, applicable, fact=True)


def _fact(value: np.ndarray) -> Scored:
    answered = (~np.isnan(value)).astype(int)
    return Scored(value, np.full(len(value), np.nan), value, value, answered, np.ones(len(value), int), fact=True)


_BY_NATURE: Mapping[str, Callable] = {
    "reflective": _reflective,
    "formative": _formative,
    "profile": _rows,
    "ordinal": _ordinal,
    "tracker": _tracker,
    "time_budget": _time_budget,
    "task_inventory": _inventory,
}


# ------------------------------------------------------------------------------------------------ intervals and table


def z_of(instrument: Instrument) -> float:
    """The half-width, in standard errors, of an interval at the declared level."""
    return half_width(instrument.scoring["interval_level"]["value"])


def _with_interval(counts: Counted, instrument: Instrument) -> Scored:
    value, error = counts.value, counts.error
    reach = z_of(instrument) * error
    low, high = np.clip(value - reach, 0, _TOP), np.clip(value + reach, 0, _TOP)
    return Scored(value, error, low, high, counts.answered, counts.applicable)


def _tidy(scored: Mapping[str, Scored], respondents: pd.Index, instrument: Instrument) -> pd.DataFrame:
    """One long table, scale after scale, each with every respondent."""
    if not scored:
        return pd.DataFrame(columns=list(COLUMNS))
    measured = PROVISIONAL if instrument.norms.provisional else OK
    known = np.where([each.fact for each in scored.values()], OK, measured)
    value = _stacked(scored, "value")
    columns = (
        np.tile(respondents.to_numpy(), len(scored)),
        np.repeat(np.array(list(scored), object), len(respondents)),
        value,
        *(_stacked(scored, name) for name in ("se", "low", "high")),
        *(_stacked(scored, name).astype("int64") for name in ("n_answered", "n_items")),
        np.where(np.isnan(value), NOT_CALCULABLE, np.repeat(known, len(respondents))),
    )
    return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))


def _told_of(instrument: Instrument) -> dict[str, object]:
    """What every margin of a table rests on, in plain values, so that a file can keep it too."""
    told = ("name", "n", "day", "population", "source", "provisional")
    norms = {name: getattr(instrument.norms, name) for name in told}
    return {"norms": norms, "interval_level": instrument.scoring["interval_level"]["value"]}


def _stacked(scored: Mapping[str, Scored], name: str) -> np.ndarray:
    return np.concatenate([getattr(each, name) for each in scored.values()])
