"""Which tables of answers may be read at all: every problem at once, and no message that holds an answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_complex_dtype, is_numeric_dtype

from angle_mort.errors import AngleMortError, Problem, problem
from angle_mort.instrument.model import Instrument, Item


def refuse_bad_codes(responses: pd.DataFrame, instrument: Instrument) -> None:
    """Raise every problem of a table of answers, respondents x items, at once.

    ``AngleMortError``: AM401 a column that is no item with codes, AM402 not numbers (true and false are none), AM403
    codes outside their format, AM404 a respondent twice, AM408 a respondent without a name, AM225 an item twice, AM405
    nobody.

    >>> from angle_mort.instrument import load_instrument
    >>> refuse_bad_codes(pd.DataFrame({"a101": [3.0, 7.0], "zz1": [1, 1]}), load_instrument())
    Traceback (most recent call last):
    angle_mort.errors.AngleMortError: [AM403] 1 answers to a101 lie outside its response format. Correct or blank them.
    [AM401] Column zz1 is no scorable item of this questionnaire. Remove or rename it.
    """
    found = bad_respondents(responses.index) + repeated_items(responses.columns)
    for column in responses.columns.drop_duplicates(keep=False):
        found += _column_problems(str(column), responses[column], instrument)
    if found:
        raise AngleMortError(*found)


def bad_respondents(index: pd.Index) -> list[Problem]:
    """AM405 nobody, AM408 rows that name nobody, AM404 somebody twice.

    >>> [each.code for each in bad_respondents(pd.Index(["r001", None, "r001"]))]
    ['AM408', 'AM404']
    """
    unnamed = index.to_frame().isna().any(axis=1).to_numpy()
    twice = int(index[~unnamed].duplicated().sum())
    found = [] if len(index) else [problem("AM405")]
    found += [problem("AM408", n=int(unnamed.sum()))] if unnamed.any() else []
    return found + ([problem("AM404", n=twice)] if twice else [])


def repeated_items(columns: pd.Index) -> list[Problem]:
    """AM225 for each item that stands in several columns.

    >>> [each.message for each in repeated_items(pd.Index(["a101", "b101", "a101"]))]
    ['The question a101 stands in several columns: 1, 3. Keep one.']
    """
    again = columns[columns.duplicated()].unique()
    places = {column: np.flatnonzero(columns == column) + 1 for column in again}
    return [problem("AM225", item=str(item), columns=", ".join(map(str, each))) for item, each in places.items()]


def holds_numbers(answers: pd.Series) -> bool:
    """Whether a column may be read as answers: real numbers, or nothing at all. True and false are words.

    >>> [holds_numbers(pd.Series(each)) for each in ([1, None], [None, None], [True, False], [1 + 2j], ["3"])]
    [True, True, False, False, False]
    """
    if answers.isna().all():
        return True
    return is_numeric_dtype(answers) and not is_bool_dtype(answers) and not is_complex_dtype(answers)


def _column_problems(column: str, answers: pd.Series, instrument: Instrument) -> list[Problem]:
    item = instrument.items.get(column)
    if item is None or item.format.kind == "text":
        return [problem("AM401", item=column)]
    if not holds_numbers(answers):
        return [problem("AM402", item=column)]
    values = answers.to_numpy(float, na_value=np.nan)
    bad = int((~np.isnan(values) & ~_allowed(values, item)).sum())
    return [problem("AM403", item=column, count=bad)] if bad else []


def _allowed(values: np.ndarray, item: Item) -> np.ndarray:
    each = item.format
    if each.kind == "number":
        return np.isfinite(values) & (values >= each.minimum) & (values <= each.maximum)
    if each.kind == "multiple":
        return (values >= 0) & (values < 2 ** len(each.choices)) & (values == np.floor(values))
    return np.isin(values, [choice.code for choice in each.choices])
