"""The lights of answer care, on rows whose runs can be counted by eye."""

import numpy as np
import pandas as pd
import pytest

from angle_mort.errors import AngleMortError
from angle_mort.responses import answer_care, seconds_taken


@pytest.fixture
def quiet(instrument):
    """One row in which no two neighbours are equal."""
    items = [item.id for item in instrument.form_items("complete") if item.format.kind != "text"]
    steps = {each: float(number % 3) for number, each in enumerate(run_items(instrument))}
    first = {
        item.id: min((c.code for c in item.format.choices if c.code >= 0), default=1)
        for item in instrument.items.values()
    }
    return pd.Series({each: steps.get(each, float(first[each])) for each in items})


def care(row, instrument):
    return answer_care(row.to_frame("r001").T, instrument).iloc[0]


def run_items(instrument):
    return [item.id for code in instrument.scoring["care"]["run_items"] for item in instrument.module(code).items]


def test_nothing_to_say(quiet, instrument):
    lights = care(quiet, instrument)
    assert lights["longest_run"] == 1
    assert not lights["run_light"]
    assert lights["n_missing"] == lights["n_not_applicable"] == 0


def lit(row, instrument):
    lights = care(row, instrument)
    return int(lights["longest_run"]), bool(lights["run_light"])


@pytest.mark.parametrize(("length", "light"), [(9, False), (10, True), (12, True)])
def test_a_run_crosses_modules_and_lights_from_ten_on_when_autonomy_says_the_same(quiet, instrument, length, light):
    quiet[["e101", "e102", "e103"]] = 4.0
    quiet["e104"] = 0.0
    quiet[run_items(instrument)[4 : 4 + length]] = 4.0
    assert lit(quiet, instrument) == (length, light)


@pytest.mark.parametrize(("again", "light"), [(2, False), (3, True), (4, True)])
def test_a_run_counts_only_when_three_answers_of_autonomy_repeat_it(quiet, instrument, again, light):
    quiet[run_items(instrument)[:12]] = 4.0
    quiet[[f"e10{number}" for number in (1, 2, 3, 4)]] = [4.0] * again + [0.0] * (4 - again)
    assert lit(quiet, instrument) == (12, light)


def test_who_does_everything_every_day_and_whose_team_waits_is_not_lit(quiet, instrument):
    quiet[run_items(instrument)] = 4.0
    quiet[["e101", "e102", "e103", "e104"]] = 0.0
    assert lit(quiet, instrument) == (36, False)


@pytest.mark.parametrize(("code", "light"), [(0.0, True), (1.0, True), (2.0, False), (3.0, True), (4.0, True)])
def test_one_column_to_the_end_is_lit_but_in_the_middle(quiet, instrument, code, light):
    quiet[run_items(instrument)] = code
    assert lit(quiet, instrument) == (40, light)


@pytest.mark.parametrize("absent", [np.nan, -1.0, None])
def test_without_answers_on_autonomy_nothing_is_lit(quiet, instrument, absent):
    quiet[run_items(instrument)] = 4.0
    autonomy = ["e101", "e102", "e103", "e104"]
    row = quiet.drop(autonomy) if absent is None else quiet.where(~quiet.index.isin(autonomy), absent)
    assert lit(row, instrument) == (36, False)


def test_the_time_taken_is_counted_per_answer_given(quiet, instrument):
    quiet["a101"] = np.nan
    rows = pd.DataFrame([quiet, quiet, quiet], index=["r001", "r002", "r003"])
    n = int(quiet.notna().sum())
    lights = answer_care(rows, instrument, pd.Series({"r002": 2.0 * n, "r001": 2.0 * n - 1, "r009": 1.0}))
    assert lights["fast_light"].tolist() == [True, False, False]
    assert lights["seconds_per_item"].round(2).tolist()[1] == 2.0 and np.isnan(lights["seconds_per_item"].iloc[2])
    assert not answer_care(rows, instrument)["fast_light"].any()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (pd.Series({"r001": -5.0}), "AM409"),
        (pd.Series({"r001": np.inf}), "AM409"),
        (pd.Series({"r001": "vite"}), "AM409"),
        (pd.Series([60.0, 70.0], index=["r001", "r001"]), "AM404"),
    ],
)
def test_a_time_that_is_none_has_a_code(quiet, instrument, seconds, code):
    with pytest.raises(AngleMortError) as caught:
        answer_care(quiet.to_frame("r001").T, instrument, seconds)
    assert caught.value.codes == [code]
    assert answer_care(quiet.to_frame("r001").T, instrument, pd.Series({"r001": np.nan})).shape[0] == 1


@pytest.mark.parametrize("breaker", [np.nan, -1.0])
def test_missing_and_not_applicable_break_a_run(quiet, instrument, breaker):
    items = run_items(instrument)
    quiet[items[4:16]] = 4.0
    quiet[items[9]] = breaker
    assert care(quiet, instrument)["longest_run"] == 6


def test_a_row_of_not_applicable_is_no_run(quiet, instrument):
    spared = [each for each in run_items(instrument) if -1 in {c.code for c in instrument.items[each].format.choices}]
    quiet[run_items(instrument)] = np.nan
    quiet[spared] = -1.0
    assert care(quiet, instrument)["longest_run"] == 0
    assert care(quiet, instrument)["n_not_applicable"] == len(spared) > 20


def test_missing_counts_required_items_only(quiet, instrument):
    quiet[["a101", "b101"]] = np.nan
    quiet[[item.id for item in instrument.module("D3").items]] = np.nan
    assert care(quiet, instrument)["n_missing"] == 2


@pytest.mark.parametrize(("code", "hurried"), [(0.0, False), (1.0, False), (2.0, True), (np.nan, False)])
def test_hurried_is_what_they_said(quiet, instrument, code, hurried):
    quiet["q101"] = code
    assert bool(care(quiet, instrument)["hurried"]) is hurried


def test_a_form_without_the_question_lights_nothing(quiet, instrument):
    follow_up = quiet[[item.id for item in instrument.form_items("suivi")]]
    assert not care(follow_up, instrument)["hurried"]


def test_permuting_respondents_permutes_the_lights(instrument, invented):
    responses, *_ = invented(n=12, seed=4)
    order = np.random.default_rng(2).permutation(len(responses))
    pd.testing.assert_frame_equal(
        answer_care(responses.iloc[order], instrument), answer_care(responses, instrument).iloc[order]
    )


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("312", 312),
        ("312,5", 312.5),
        ("05:12", 312),
        ("1:05:12", 3912),
        ("", np.nan),
        ("vite", np.nan),
        ("1:2:3:4", np.nan),
    ],
)
def test_the_time_that_a_survey_tool_writes(told, seconds):
    people = pd.DataFrame({"respondent": ["r001"], "duration": [told]})
    np.testing.assert_equal(seconds_taken(people)["r001"], seconds)


def test_an_export_without_that_column_tells_no_time():
    assert seconds_taken(pd.DataFrame({"respondent": ["r001"]})) is None
