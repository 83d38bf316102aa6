"""What each question does: how it is answered, how often it is left out, and whether it goes with its scale."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from angle_mort.instrument import NOT_APPLICABLE, Instrument, Item, Module, load_instrument
from angle_mort.instrument.codes import refuse_bad_codes
from angle_mort.scores.reliability import FEWEST, item_analysis


def item_statistics(responses: pd.DataFrame, instrument: Instrument | None = None) -> pd.DataFrame:
    """How each item of the reflective scales is answered, and what it brings to its scale.

    ``responses`` is respondents x items (integer codes; NaN missing, -1 does not apply; unique index).

    Returns one row per item of a scale that has at least two items here: ``scale``, ``item``; counts of people:
    ``n`` (respondents), ``n_answered``, ``n_missing``, ``n_not_applicable``, ``n_lowest`` and ``n_highest`` (at the
    first and the last step of the declared format); shares in 0-1: ``missing`` and ``not_applicable`` of ``n``,
    ``floor`` and ``ceiling`` of ``n_answered`` (missing where nobody answered); ``mean`` and ``sd`` of the codes that
    were given; and, over the ``n_used`` respondents who answered the whole scale, ``item_rest`` (correlation with the
    sum of the others) and ``alpha_if_dropped``, missing when fewer than 3 did.

    Raises ``AngleMortError`` those of ``score_responses``.

    >>> import angle_mort as am
    >>> table = item_statistics(am.make_cohort(n=60, seed=3).responses)
    >>> table.shape[0], table["item_rest"].between(-1, 1).all().item()
    (35, True)
    """
    instrument = instrument or load_instrument()
    refuse_bad_codes(responses, instrument)
    rows = [_row(module, item, responses) for module, items in _scales(responses, instrument) for item in items]
    brought = [_brought(responses, items) for _, items in _scales(responses, instrument)]
    columns = pd.DataFrame(rows, columns=list(_ROW))
    if not brought:
        return columns.assign(**{name: [] for name in _BROUGHT})
    return columns.merge(pd.concat(brought), on="item")


def answer_shares(responses: pd.DataFrame, instrument: Instrument | None = None) -> pd.DataFrame:
    """How the answers to each item of the reflective scales spread over the steps of its format.

    One row per item x step: ``scale``, ``item``, ``code``, ``n`` people and ``share`` of those who answered (0-1; the
    shares of an item add up to 1, and are missing where nobody answered). "Does not apply" is no step. Arguments and
    errors are those of ``item_statistics``.

    >>> import angle_mort as am
    >>> shares = answer_shares(am.make_cohort(n=60, seed=3).responses)
    >>> shares.query("item == 'a101'")["share"].sum().round(9).item()
    1.0
    """
    instrument = instrument or load_instrument()
    refuse_bad_codes(responses, instrument)
    rows = [
        (module.code, item.id, choice.code, int((responses[item.id] == choice.code).sum()), _answered(responses, item))
        for module, items in _scales(responses, instrument)
        for item in items
        for choice in item.format.choices
        if choice.code >= 0
    ]
    shares = pd.DataFrame(rows, columns=["scale", "item", "code", "n", "share"])
    return shares.assign(share=shares["n"] / shares["share"].where(shares["share"] > 0).astype(float))


_ROW = (
    "scale", "item", "n", "n_answered", "n_missing", "n_not_applicable", "n_lowest", "n_highest",
    "missing", "not_applicable", "floor", "ceiling", "mean", "sd",
)  # fmt: skip
_BROUGHT = ("n_used", "item_rest", "alpha_if_dropped")


def _scales(responses: pd.DataFrame, instrument: Instrument) -> Iterator[tuple[Module, list[Item]]]:
    for module in instrument.of_nature("reflective"):
        items = [item for item in module.items if item.id in responses]
        if len(items) > 1:
            yield module, items


def _row(module: Module, item: Item, responses: pd.DataFrame) -> tuple[object, ...]:
    answers = responses[item.id].astype("Float64").astype(float)
    given = answers[answers >= 0]
    absent, skipped = int(answers.isna().sum()), int((answers == NOT_APPLICABLE).sum())
    lowest, highest = int((given == 0).sum()), int((given == item.format.highest).sum())
    shares = [_share(absent, len(answers)), _share(skipped, len(answers))]
    ends = [_share(lowest, len(given)), _share(highest, len(given))]
    counts = [len(answers), len(given), absent, skipped, lowest, highest]
    return (module.code, item.id, *counts, *shares, *ends, given.mean(), given.std())


def _share(count: int, of: int) -> float:
    return count / of if of else np.nan


def _answered(responses: pd.DataFrame, item: Item) -> int:
    return int((responses[item.id] >= 0).sum())


def _brought(responses: pd.DataFrame, items: list[Item]) -> pd.DataFrame:
    names = [item.id for item in items]
    answers = responses[names].astype("Float64").astype(float)
    complete = answers.where(answers >= 0).dropna()
    if len(complete) < FEWEST:
        return pd.DataFrame({"item": names, "n_used": len(complete), "item_rest": np.nan, "alpha_if_dropped": np.nan})
    return item_analysis(complete).rename(columns={"n": "n_used"})[["item", *_BROUGHT]]
