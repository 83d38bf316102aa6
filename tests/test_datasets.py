"""Synthetic cohorts: seeded, whole, inside their formats, and true to the truth that they declare."""

import numpy as np
import pandas as pd
import pytest

from angle_mort.datasets import make_cohort
from angle_mort.errors import AngleMortError
from angle_mort.instrument import load_instrument
from angle_mort.instrument.codes import refuse_bad_codes
from angle_mort.scores import score_responses

INSTRUMENT = load_instrument()


def test_the_same_seed_gives_the_same_cohort_and_another_does_not():
    pd.testing.assert_frame_equal(make_cohort(9, 4).responses, make_cohort(9, 4).responses)
    assert not make_cohort(9, 4).responses.equals(make_cohort(9, 5).responses)


@pytest.mark.parametrize("profiles", [0, 1, 3, 5])
def test_every_answer_fits_its_format(profiles):
    cohort = make_cohort(40, 1, profiles, missing=0.1)
    refuse_bad_codes(cohort.responses, INSTRUMENT)
    assert list(cohort.responses.columns) == [
        i.id for i in INSTRUMENT.form_items("complete") if i.format.kind != "text"
    ]
    assert cohort.truth["profile"].nunique() == max(profiles, 1)


def test_shares_of_gaps_are_those_asked_for():
    answers = make_cohort(400, 2, missing=0.10, not_applicable=0.05).responses
    items = [item.id for item in INSTRUMENT.module("A").items]
    assert answers[items].isna().to_numpy().mean() == pytest.approx(0.10, abs=0.02)
    assert (answers[items] == -1).to_numpy().mean() == pytest.approx(0.05 * 0.9, abs=0.015)


def test_scores_follow_the_truth_behind_them():
    cohort = make_cohort(300, 3, profiles=4, not_applicable=0)
    wide = score_responses(cohort.responses).pivot(index="respondent", columns="scale", values="value")
    for scale in ("A", "B", "C", "D1", "E"):
        assert np.corrcoef(wide[scale], cohort.truth[scale])[0, 1] > 0.7


def test_more_profiles_than_prototypes_are_refused():
    with pytest.raises(AngleMortError) as error:
        make_cohort(10, 1, profiles=6)
    assert error.value.codes[0] == "AM406"
