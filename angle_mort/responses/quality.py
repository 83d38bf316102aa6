"""With how much care each leader seems to have answered: advisory lights, never a reason to leave anybody out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from angle_mort.instrument.model import NOT_APPLICABLE, Instrument

CARE_COLUMNS = ("longest_run", "run_light", "hurried", "n_missing", "n_not_applicable")


def answer_care(responses: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """One row of lights per respondent; the rules and their sources stand in the questionnaire (``scoring: care``).

    Parameters
    ----------
    responses : respondents x items, codes; NaN missing, -1 does not apply.

    Returns
    -------
    DataFrame, same index: ``longest_run`` (items; equal answers in a row over the declared modules, in the order in
    which they are asked; a missing or not applicable answer breaks a run), ``run_light`` (the run reaches the declared
    length), ``hurried`` (they said that they answered in a hurry; False when not asked or left blank), ``n_missing``
    (required items left blank), ``n_not_applicable``.

    >>> from angle_mort.instrument import load_instrument
    >>> instrument = load_instrument()
    >>> careful = {f"a{facet}0{row}": row for facet in (1, 2) for row in (1, 2, 3, 4)}
    >>> careless = dict.fromkeys(careful, 2) | {"b101": 2, "b102": 2, "q101": 2}
    >>> lights = answer_care(pd.DataFrame([careful, careless]), instrument)
    >>> lights["longest_run"].tolist(), lights["run_light"].tolist(), lights["hurried"].tolist()
    ([1, 10], [False, True], [False, True])
    """
    rule = instrument.scoring["care"]
    run_items = [item.id for code in rule["run_items"] for item in instrument.module(code).items]
    runs = _longest_runs(responses[[each for each in run_items if each in responses]].to_numpy(float))
    required = [each for each in responses if instrument.items[each].required]
    return pd.DataFrame(
        {
            "longest_run": runs,
            "run_light": runs >= rule["run"],
            "hurried": _hurried(responses, rule["calm_item"], rule["hurried_codes"]),
            "n_missing": responses[required].isna().sum(axis=1),
            "n_not_applicable": responses.eq(NOT_APPLICABLE).sum(axis=1),
        },
        index=responses.index,
    )


def _longest_runs(answers: np.ndarray) -> np.ndarray:
    """The longest run of equal answers of each row; 0 for a row without an answer."""
    longest = current = np.zeros(len(answers), dtype=int)
    previous = np.full(len(answers), np.nan)
    for answer in answers.T:
        usable = ~np.isnan(answer) & (answer != NOT_APPLICABLE)
        current = np.where(usable, np.where(answer == previous, current + 1, 1), 0)
        longest = np.maximum(longest, current)
        previous = answer
    return longest


def _hurried(responses: pd.DataFrame, item: str, codes: list[int]) -> pd.Series:
    if item not in responses:
        return pd.Series(False, index=responses.index)
    return responses[item].isin(codes)
