"""What may be told of a questionnaire: rounded, counted, and silent below the declared sizes."""

import dataclasses
import datetime

import numpy as np
import pandas as pd
import pytest

import angle_mort as am
from angle_mort.disclosure import POLICY
from angle_mort.errors import AngleMortError
from angle_mort.instrument import load_instrument
from angle_mort.results import QuestionnaireSummary
from angle_mort.scores import check_questionnaire, item_statistics, reliability
from angle_mort.scores.questionnaire import FEWEST_IN_GROUP, FEWEST_PEOPLE

INSTRUMENT = load_instrument()
SHARES = {
    "floor": ("n_lowest", "n_answered"),
    "ceiling": ("n_highest", "n_answered"),
    "missing": ("n_missing", "n"),
    "not_applicable": ("n_not_applicable", "n"),
}


def pool(n=240, seed=6, **kind):
    return am.make_cohort(n=n, seed=seed, profiles=0, **({"not_applicable": 0.005} | kind)).responses


def frames(summary):
    return {field.name: getattr(summary, field.name) for field in dataclasses.fields(QuestionnaireSummary)}


def test_the_sizes_are_those_of_the_release_policy():
    assert (POLICY.distribution, POLICY.group) == (FEWEST_PEOPLE, FEWEST_IN_GROUP)


def test_nothing_is_told_of_twenty_nine_leaders():
    with pytest.raises(AngleMortError) as caught:
        check_questionnaire(pool(29))
    assert [(each.code, each.fields) for each in caught.value.problems] == [("AM611", {"n": 29, "minimum": 30})]
    assert check_questionnaire(pool(30, not_applicable=0)).n == 30


def test_figures_are_those_computed_rounded():
    summary, exact = check_questionnaire(pool()), reliability(pool(), INSTRUMENT, level=0.90)
    for name in ("alpha", "alpha_low", "alpha_high", "omega", "split_half"):
        np.testing.assert_allclose(summary.scales[name], exact[name], atol=0.005 + 1e-9)
        np.testing.assert_array_equal(summary.scales[name], summary.scales[name].round(2))
    assert summary.scales["n_used"].tolist() == exact["n_used"].tolist()
    np.testing.assert_allclose(summary.scales["se_measurement"], exact["se_measurement"] * 25, atol=0.05 + 1e-9)


@pytest.mark.parametrize("n", [30, 60, 240])
def test_no_share_tells_of_fewer_than_five_people_or_all_but_five(n):
    responses = pool(n, missing=0.05, not_applicable=0.05)
    told, exact = check_questionnaire(responses).items, item_statistics(responses, INSTRUMENT)
    hidden = 0
    for share, (count, of) in SHARES.items():
        small = (exact[count] < 5) | (exact[of] - exact[count] < 5)
        assert told.loc[small, share].isna().all()
        np.testing.assert_allclose(told.loc[~small, share], (exact[count] / exact[of])[~small], atol=0.005 + 1e-9)
        hidden += small.sum()
    assert hidden


def test_a_scale_with_few_complete_answers_is_left_out():
    responses = pool(60, not_applicable=0)
    responses.iloc[:31, responses.columns.get_loc("a101")] = np.nan
    summary = check_questionnaire(responses)
    assert summary.scales["scale"].tolist() == ["B", "C", "D3", "I"]
    rest = summary.items.set_index("scale")["item_rest"]
    assert rest["A"].isna().all() and rest["B"].notna().all()


def test_no_scale_at_all_is_an_empty_table_of_the_same_shape():
    gaps = pool(40).where(np.arange(40)[:, None] % 2 == np.zeros(88), np.nan)
    summary = check_questionnaire(gaps)
    assert summary.scales.empty
    assert list(summary.scales) == list(check_questionnaire(pool(40)).scales)


def test_no_frame_has_a_row_per_person():
    for value in frames(check_questionnaire(pool())).values():
        if isinstance(value, pd.DataFrame):
            assert len(value) <= len(INSTRUMENT.items)
            assert "respondent" not in value


def test_the_seal_is_of_what_is_told_and_the_mark_is_of_the_pool():
    one, same, other = (check_questionnaire(pool(seed=seed), day=datetime.date(2026, 11, 23)) for seed in (6, 6, 7))
    assert one.seal == same.seal != other.seal
    assert (one.audience, one.demonstration) == ("sponsor", False)


def test_the_order_of_people_changes_nothing():
    one, other = (check_questionnaire(each).scales for each in (pool(), pool().sample(frac=1, random_state=1)))
    pd.testing.assert_frame_equal(one, other)


def test_structure_needs_two_hundred_complete_rows():
    assert check_questionnaire(pool(199, not_applicable=0)).preferred == "too few"
    assert check_questionnaire(pool(199, not_applicable=0)).dimensions is None
    assert check_questionnaire(pool(240, not_applicable=0)).preferred == "a factor per scale"
