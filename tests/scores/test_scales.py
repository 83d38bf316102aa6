"""Scores: what each nature may become, and what must never change them."""

import dataclasses
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from angle_mort.datasets import make_cohort
from angle_mort.errors import AngleMortError
from angle_mort.instrument import NOT_APPLICABLE, load_instrument
from angle_mort.scores import build_norms, score_responses
from angle_mort.scores.scales import COLUMNS

INSTRUMENT = load_instrument()
COHORT = make_cohort(n=20, seed=5, missing=0.03).responses


def of(table, scale):
    return table[table["scale"] == scale].set_index("respondent")


def test_the_table_has_the_promised_columns_and_one_row_per_respondent_and_scale():
    table = score_responses(COHORT)
    assert tuple(table.columns) == COLUMNS
    assert not table.duplicated(["respondent", "scale"]).any()
    assert set(table["status"]) == {"ok", "provisoire", "non calculable"}


def test_every_value_has_a_margin_or_is_a_fact_and_lies_inside_it():
    table = score_responses(COHORT)
    known = table[table["value"].notna()]
    assert ((known["low"] <= known["value"]) & (known["value"] <= known["high"])).all()
    assert (known["se_measurement"].notna() == (known["status"] == "provisoire")).all()
    assert (table["value"].isna() == (table["status"] == "non calculable")).all()


def test_a_missing_block_is_not_calculable_and_never_zero():
    answers = COHORT.copy()
    answers.iloc[0, answers.columns.str.startswith("a")] = np.nan
    row = of(score_responses(answers), "A").iloc[0]
    assert np.isnan(row["value"])
    assert (row["status"], row["n_answered"], row["n_items"]) == ("non calculable", 0, 8)


def test_respondents_permute_with_their_scores():
    table = score_responses(COHORT)
    turned = score_responses(COHORT.iloc[::-1])
    order = ["respondent", "scale"]
    pd.testing.assert_frame_equal(
        table.sort_values(order, ignore_index=True), turned.sort_values(order, ignore_index=True)
    )


def test_columns_in_another_order_change_nothing():
    pd.testing.assert_frame_equal(score_responses(COHORT), score_responses(COHORT[COHORT.columns[::-1]]))


def test_adding_a_leader_changes_nobody():
    fewer = score_responses(COHORT.iloc[:-1])
    both = score_responses(COHORT)
    kept = both[both["respondent"] != COHORT.index[-1]].reset_index(drop=True)
    pd.testing.assert_frame_equal(fewer, kept)


REFLECTIVE = {code for m in INSTRUMENT.of_nature("reflective") for code in (m.code, *(f.code for f in m.facets))}
REFLECTIVE = sorted(REFLECTIVE & set(score_responses(COHORT)["scale"]))
EDGES = ["low", "high"]


def one_answer_less():
    """The scores of all leaders, once per answer of theirs: before, and after that answer is left out.

    « Pas concerné » is no answer: left blank instead, the question counts again among those that apply.
    """
    cells = [
        (leader, item)
        for item in COHORT
        if item[0] in "abcdefghi"
        for leader in COHORT.index[COHORT[item].notna() & (COHORT[item] != NOT_APPLICABLE)]
    ]
    whole = COHORT.loc[[leader for leader, _ in cells]].set_axis([f"{leader} {item}" for leader, item in cells])
    spoilt = whole.copy()
    for place, (_, item) in enumerate(cells):
        spoilt.iloc[place, spoilt.columns.get_loc(item)] = np.nan
    return (score_responses(each).set_index(["respondent", "scale"]) for each in (whole, spoilt))


def test_one_more_missing_answer_never_shrinks_a_margin_nor_a_bound():
    """Every scale is held to it; what is no longer calculable has no interval, which is wider than any."""
    before, after = one_answer_less()
    assert before.index.equals(after.index) and before.index.get_level_values(0).nunique() > 900
    reflective = before.index.isin(REFLECTIVE, level="scale")
    margins = (after["se_measurement"] - before["se_measurement"])[reflective]
    assert (margins.dropna() >= -1e-9).all()
    assert (margins.isna() == (before["value"].isna() | after["value"].isna())[reflective]).all()
    lower, higher = (before[EDGES] - after[EDGES])[~reflective].to_numpy().T
    assert (lower[~np.isnan(lower)] >= -1e-9).all() and (higher[~np.isnan(higher)] <= 1e-9).all()
    assert after.loc[before["low"].isna(), "low"].isna().all()


def test_a_reflective_interval_is_its_margin_cut_at_the_ends_of_the_scale():
    table = score_responses(COHORT).query("scale in @REFLECTIVE")
    reach = NormalDist().inv_cdf(0.95) * table["se_measurement"]
    assert (np.clip(table["value"] - reach, 0, 100) - table["low"]).abs().max() < 1e-9
    assert (np.clip(table["value"] + reach, 0, 100) - table["high"]).abs().max() < 1e-9
    assert (table["low"].eq(0) | table["high"].eq(100)).any()


def test_only_the_end_of_the_scale_can_make_an_interval_shorter():
    """The one answer that kept the value from 100 is left out: a wider margin, of which the scale's end cuts half."""
    items = [item.id for item in INSTRUMENT.module("A").items]
    answers = pd.DataFrame([[4.0] * 7 + [0.0], [4.0] * 7 + [np.nan]], columns=items, index=["whole", "holed"])
    table = of(score_responses(answers), "A")
    assert table["se_measurement"]["holed"] > table["se_measurement"]["whole"]
    assert table[["value", "high"]].values.tolist() == [[87.5, 100.0], [100.0, 100.0]]
    assert table["low"].round(1).tolist() == [74.3, 85.8]


def test_the_norms_behind_the_margins_travel_with_the_scores():
    norms = build_norms(make_cohort(n=60, seed=3, not_applicable=0).responses, "Dirigeants inventés", name="essai")
    table = score_responses(COHORT, dataclasses.replace(INSTRUMENT, norms=norms))
    assert table.attrs["interval_level"] == 0.90
    assert table.attrs["norms"] == {
        "name": "essai", "n": 60, "day": norms.day, "population": "Dirigeants inventés",
        "source": "n = 60, Dirigeants inventés", "provisional": False,
    }  # fmt: skip
    declared = score_responses(COHORT).query("scale == 'A'").attrs["norms"]
    assert (declared["name"], declared["n"], declared["provisional"]) == ("provisoire-2", None, True)
    assert declared["source"]


def test_reversing_every_answer_of_an_index_twice_is_the_identity():
    items = [item.id for item in INSTRUMENT.module("D1").items]
    once = COHORT.assign(**{item: 4 - COHORT[item] for item in items})
    twice = once.assign(**{item: 4 - once[item] for item in items})
    value = of(score_responses(COHORT), "D1")["value"]
    assert np.allclose(of(score_responses(once), "D1")["value"], 100 - value, equal_nan=True)
    pd.testing.assert_series_equal(of(score_responses(twice), "D1")["value"], value)


def test_the_short_form_is_scored_on_what_it_asks():
    short = COHORT[[item.id for item in INSTRUMENT.form_items("suivi")]]
    scales = set(score_responses(short)["scale"])
    assert {"A", "B", "C", "D1", "D3", "E", "J", "IDO"} <= scales
    assert not scales & {"D2", "F", "G", "H", "I"}


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda a: a.assign(zz1=1.0), "AM401"),
        (lambda a: a.assign(a101="beaucoup"), "AM402"),
        (lambda a: a.assign(a101=99.0), "AM403"),
        (lambda a: a.assign(a101=1.5), "AM403"),
        (lambda a: a.assign(f106=np.inf), "AM403"),
        (lambda a: a.assign(d101=-1.0), "AM403"),
        (lambda a: pd.concat([a, a.iloc[:1]]), "AM404"),
        (lambda a: pd.concat([a, a["a101"]], axis=1), "AM225"),
        (lambda a: a.iloc[:0], "AM405"),
    ],
)
def test_what_cannot_be_scored_is_refused_by_its_code(spoil, code):
    with pytest.raises(AngleMortError) as error:
        score_responses(spoil(COHORT))
    assert code in error.value.codes


def test_all_problems_are_told_at_once_and_none_quotes_an_answer():
    with pytest.raises(AngleMortError) as error:
        score_responses(COHORT.assign(zz1=1.0, a101=77.0))
    assert error.value.codes == ["AM403", "AM401"]
    assert "77" not in str(error.value)
    assert "r00" not in str(error.value)


def test_all_missing_is_honest():
    nothing = pd.DataFrame(np.nan, index=["x"], columns=COHORT.columns)
    table = score_responses(nothing)
    assert (table["status"] == "non calculable").all()


def test_the_scorer_is_the_same_scoring_for_pipelines():
    from sklearn.base import clone

    from angle_mort import ScaleScorer

    scorer = clone(ScaleScorer())
    points = scorer.fit_transform(COHORT)
    assert list(points.columns) == list(scorer.get_feature_names_out())
    assert (points.index == COHORT.index).all()
    pd.testing.assert_series_equal(points["A"], of(score_responses(COHORT), "A")["value"], check_names=False)
    assert np.nanmax(points.to_numpy()) <= 100
