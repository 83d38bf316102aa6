"""Which declared sentences a leader's answers raise: what already works, what to ask, and a word about fatigue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from angle_mort.instrument.model import Rule, Stage

COLUMNS = ("about", "says", "source", "answer")


def raised(rules: Iterable[Rule], answers: Mapping[str, float], most: int, first: Sequence[str] = ()) -> pd.DataFrame:
    """The first ``most`` rules that hold, one per theme; those of the themes ``first`` before the others.

    ``answers`` maps item ids and cross-checks to what was answered; a missing answer (absent, or NaN) raises nothing.
    Returns ``about``, ``says``, ``source`` (the answer that raised it) and ``answer`` (its code).

    >>> often = (3, 4)
    >>> rules = [Rule("A", {"a101": often}, "1?"), Rule("B", {"b101": often}, "2?"), Rule("A", {"a102": often}, "3?")]
    >>> raised(rules, {"a101": 3, "b101": 4, "a102": 4}, most=3, first=["B"])[["says", "source"]].values.tolist()
    [['2?', 'b101'], ['1?', 'a101']]
    """
    place = {theme: rank for rank, theme in enumerate(first)}
    holding = sorted(
        (rule for rule in rules if _holds(rule, answers)), key=lambda rule: place.get(rule.about, len(place))
    )
    kept: dict[str, Rule] = {}
    for rule in holding:
        kept.setdefault(rule.about, rule)
    rows = [(rule.about, rule.says, rule.source, answers[rule.source]) for rule in [*kept.values()][:most]]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _holds(rule: Rule, answers: Mapping[str, float]) -> bool:
    return all(low <= answers.get(name, float("nan")) <= high for name, (low, high) in rule.when.items())


def stage_of(stages: Iterable[Stage], chances: Mapping[str, float]) -> Stage | None:
    """The first stage whose probability is reached; None without a probability.

    >>> high = Stage("high", "p_red", ("",), start=0.5)
    >>> stage_of([high], {"p_red": 0.7}).code, stage_of([high], {"p_red": 0.2})
    ('high', None)
    """
    return next((each for each in stages if each.start <= chances[each.chance_of] < each.below), None)
