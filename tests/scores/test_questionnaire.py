"""The exact figures behind a check of the questionnaire are those of the functions that each of them has."""

import numpy as np
import pandas as pd

import angle_mort as am
from angle_mort.instrument import load_instrument
from angle_mort.scores import (
    compare_structures,
    item_statistics,
    preferred_structure,
    questionnaire_statistics,
    reliability,
    scale_correlations,
)
from angle_mort.scores.structure import fisher_interval

INSTRUMENT = load_instrument()


def pool(n=240, **kind):
    return am.make_cohort(n=n, seed=6, profiles=0, **({"not_applicable": 0.005} | kind)).responses


def test_each_table_is_that_of_its_function():
    exact = questionnaire_statistics(pool(), INSTRUMENT)
    questions = exact["questions"].drop(columns=["item_rest_low", "item_rest_high"])
    pd.testing.assert_frame_equal(questions, item_statistics(pool(), INSTRUMENT))
    pd.testing.assert_frame_equal(exact["links"], scale_correlations(pool(), INSTRUMENT))
    structure = exact["structure"]
    pd.testing.assert_frame_equal(
        structure.drop(columns=["preferred", "dimensions"]), compare_structures(pool(), INSTRUMENT)
    )
    assert set(structure["preferred"]) == {preferred_structure(structure)} == {"a factor per scale"}
    asked = reliability(pool(), INSTRUMENT, level=0.90)
    pd.testing.assert_frame_equal(
        exact["reliability"].drop(columns="se_measurement"), asked.drop(columns="se_measurement")
    )
    np.testing.assert_allclose(exact["reliability"]["se_measurement"], asked["se_measurement"] * 25)


def test_the_link_of_a_question_has_its_interval():
    questions = questionnaire_statistics(pool(60), INSTRUMENT)["questions"]
    for row in questions.itertuples():
        assert (row.item_rest_low, row.item_rest_high) == fisher_interval(row.item_rest, row.n_used, 0.90)


def test_scales_that_nobody_filled_in_are_left_out_and_the_rest_is_told():
    gaps = pool(40)
    gaps[[item.id for item in INSTRUMENT.module("D3").items]] = np.nan
    exact = questionnaire_statistics(gaps, INSTRUMENT)
    assert exact["reliability"]["scale"].tolist() == ["A", "B", "C", "I"]
    assert exact["questions"].set_index("scale").loc["D3", "item_rest_low"].isna().all()
    nobody = questionnaire_statistics(pool(40).where(np.arange(40)[:, None] < 2 + np.zeros(88), np.nan), INSTRUMENT)
    assert nobody["reliability"].empty


def test_structure_needs_two_hundred_complete_rows():
    for n, told in ((199, "too few"), (240, "a factor per scale")):
        structure = questionnaire_statistics(pool(n, not_applicable=0), INSTRUMENT)["structure"]
        assert structure["preferred"].tolist() == [told, told]
        assert structure["dimensions"].isna().all() == (told == "too few")
