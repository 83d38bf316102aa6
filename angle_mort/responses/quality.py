"""With how much care each leader seems to have answered: advisory lights, never a reason to leave anybody out."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from angle_mort.errors import AngleMortError, problem
from angle_mort.instrument.codes import refuse_bad_codes
from angle_mort.instrument.model import NOT_APPLICABLE, Instrument, Item


def answer_care(responses: pd.DataFrame, instrument: Instrument, seconds: pd.Series | None = None) -> pd.DataFrame:
    """One row of lights per respondent; the rules and their sources stand in the questionnaire (``scoring: care``).

    Parameters
    ----------
    responses : respondents x items, codes; NaN missing, -1 does not apply.
    seconds : how long each respondent (by index) took to answer them all, where the survey tool tells; NaN unknown.

    Returns
    -------
    DataFrame, same index: ``longest_run`` (items; equal answers in a row over the declared modules, in the order in
    which they are asked; a missing or not applicable answer breaks a run), ``run_light`` (the run reaches the declared
    length, is not of the middle answer, and its answer comes back on the declared items whose direction is the other
    one: who does everything every day does not see the team manage alone every day as well), ``hurried`` (they said
    that they answered in a hurry; False when not asked or left blank), ``seconds_per_item`` (per answer given; NaN
    where no time is known), ``fast_light`` (below the declared seconds; False where no time is known), ``n_missing``
    (required items left blank), ``n_not_applicable``.

    Raises ``AngleMortError``: those of ``score_responses``; AM404 where ``seconds`` names somebody twice, AM409 where a
    time is negative, infinite or no number.

    >>> from angle_mort.instrument import load_instrument
    >>> instrument = load_instrument()
    >>> careful = {f"a{facet}0{row}": row for facet in (1, 2) for row in (1, 2, 3, 4)}
    >>> careless = dict.fromkeys([*careful, "b101", "b102", "e101", "e102", "e103"], 4) | {"q101": 2}
    >>> lights = answer_care(pd.DataFrame([careful, careless]), instrument, pd.Series([60.0, 20.0]))
    >>> lights[["longest_run", "run_light", "hurried", "fast_light"]].values.tolist()
    [[1, False, False, False], [13, True, True, True]]
    """
    refuse_bad_codes(responses, instrument)
    if seconds is not None:
        _refuse_bad_times(seconds)
    rule = instrument.scoring["care"]
    run_items = [item for code in rule["run_items"] for item in instrument.module(code).items]
    runs, codes = longest_runs(_block(responses, run_items))
    required = [each for each in responses if instrument.items[each].required]
    pace = _pace(responses, seconds)
    return pd.DataFrame(
        {
            "longest_run": runs,
            "run_light": (runs >= rule["run"]) & _contradicted(codes, responses, instrument),
            "hurried": _hurried(responses, rule["calm_item"], rule["hurried_codes"]),
            "seconds_per_item": pace,
            "fast_light": pace < rule["seconds_per_item"],
            "n_missing": responses[required].isna().sum(axis=1),
            "n_not_applicable": responses.eq(NOT_APPLICABLE).sum(axis=1),
        },
        index=responses.index,
    )


def seconds_taken(identities: pd.DataFrame) -> pd.Series | None:
    """How long each respondent took, from what the survey tool wrote: seconds, or h:mm:ss; NaN for anything else.

    None where the export had no such column.

    >>> seconds_taken(pd.DataFrame({"respondent": ["r001", "r002", "r003"], "duration": ["312,5", "0:05:12", "long"]}))
    respondent
    r001    312.5
    r002    312.0
    r003      NaN
    Name: duration, dtype: float64
    """
    if "duration" not in identities:
        return None
    told = identities.set_index("respondent")["duration"].fillna("").astype(str)
    return told.map(_seconds).astype(float)


def _seconds(told: str) -> float:
    parts = told.strip().replace(",", ".").split(":")
    if len(parts) > 3 or not all(re.fullmatch(r"\d+(\.\d+)?", part) for part in parts):
        return np.nan
    return sum(float(part) * 60**place for place, part in enumerate(reversed(parts)))


def _refuse_bad_times(seconds: pd.Series) -> None:
    times = pd.to_numeric(seconds, errors="coerce").to_numpy(float)
    twice = int(seconds.index.duplicated().sum())
    wrong = int((seconds.notna() & ~((times >= 0) & (times < np.inf))).sum())
    found = [problem("AM404", n=twice)] if twice else []
    found += [problem("AM409", n=wrong)] if wrong else []
    if found:
        raise AngleMortError(*found)


def longest_runs(answers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The longest run of equal answers of each row, 0 for a row without an answer, and the code that is repeated (NaN
    without one); of two such runs the first."""
    longest = current = np.zeros(len(answers), dtype=int)
    previous = code = np.full(len(answers), np.nan)
    for answer in answers.T:
        usable = ~np.isnan(answer) & (answer != NOT_APPLICABLE)
        current = np.where(usable, np.where(answer == previous, current + 1, 1), 0)
        code = np.where(current > longest, answer, code)
        longest = np.maximum(longest, current)
        previous = answer
    return longest, code


def _contradicted(codes: np.ndarray, responses: pd.DataFrame, instrument: Instrument) -> np.ndarray:
    """Whether a run's own answer comes back where the direction is the other one; the middle contradicts nothing."""
    rule = instrument.scoring["care"]["contradicted_by"]
    items = instrument.module(rule["scale"]).items
    again = (_block(responses, items) == codes[:, None]).sum(axis=1)
    return (again >= rule["items"]) & (codes != items[0].format.highest / 2)


def _block(responses: pd.DataFrame, items: Iterable[Item]) -> np.ndarray:
    return responses[[item.id for item in items if item.id in responses]].to_numpy(float)


def _pace(responses: pd.DataFrame, seconds: pd.Series | None) -> pd.Series:
    if seconds is None:
        return pd.Series(np.nan, index=responses.index)
    answered = responses.notna().sum(axis=1)
    return seconds.reindex(responses.index).astype(float) / answered.where(answered > 0)


def _hurried(responses: pd.DataFrame, item: str, codes: list[int]) -> pd.Series:
    if item not in responses:
        return pd.Series(False, index=responses.index)
    return responses[item].isin(codes)
