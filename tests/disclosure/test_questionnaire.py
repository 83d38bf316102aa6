"""What may be told of a questionnaire: rounded, counted, nothing that isolates, and silent below the declared sizes."""

import dataclasses
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

import angle_mort as am
from angle_mort.cohort import load_cohort
from angle_mort.disclosure import POLICY, told_questionnaire
from angle_mort.disclosure.thresholds import told_counts
from angle_mort.errors import AngleMortError
from angle_mort.instrument import load_instrument
from angle_mort.results import QuestionnaireSummary
from angle_mort.scores import item_statistics, questionnaire_statistics, reliability
from tests.cohorts import questionnaire_of, released

INSTRUMENT = load_instrument()
SHARES = {"floor": "n_lowest", "ceiling": "n_highest", "missing": "n_missing", "not_applicable": "n_not_applicable"}


def pool(n=240, seed=6, **kind):
    return am.make_cohort(n=n, seed=seed, profiles=0, **({"not_applicable": 0.005} | kind)).responses


def told(responses):
    return told_questionnaire(questionnaire_statistics(responses, INSTRUMENT))


def test_nothing_is_told_or_kept_of_twenty_nine_leaders(tmp_path):
    cohort = released(tmp_path, pool(29))
    assert sorted(cohort.tables) == ["items", "leaders"]
    with pytest.raises(AngleMortError) as caught:
        _ = cohort.questionnaire
    assert [(each.code, each.fields) for each in caught.value.problems] == [("AM611", {"n": 29, "minimum": 30})]
    assert questionnaire_of(pool(30, not_applicable=0)).n == 30


def test_figures_are_those_computed_rounded():
    summary, exact = questionnaire_of(pool()), reliability(pool(), INSTRUMENT, level=0.90)
    for name in ("alpha", "alpha_low", "alpha_high", "alpha_standardised", "omega", "split_half"):
        np.testing.assert_allclose(summary.scales[name], exact[name], atol=0.005 + 1e-9)
        np.testing.assert_array_equal(summary.scales[name], summary.scales[name].round(2))
    np.testing.assert_allclose(summary.scales["se_measurement"], exact["se_measurement"] * 25, atol=0.05 + 1e-9)


def test_numbers_of_people_are_told_in_steps_of_the_minimum_group():
    tables, exact = told(pool(237, missing=0.02)), questionnaire_statistics(pool(237, missing=0.02), INSTRUMENT)
    for table, column in (("reliability", "n_used"), ("links", "n"), ("structure", "n_used")):
        assert (tables[table][column] == exact[table][column] // 5 * 5).all()
        assert (tables[table][column] < exact[table][column]).any()


def test_what_a_release_keeps_is_what_may_be_told_and_comes_back_the_same(tmp_path):
    cohort, tables = released(tmp_path, pool()), told(pool())
    for name, frame in tables.items():
        pd.testing.assert_frame_equal(cohort.tables[name], frame, check_dtype=False, check_exact=True)
    summary = cohort.questionnaire
    assert summary.seal == cohort.certificate["seal"] == cohort.summary.seal
    assert summary.scales["provisional"].tolist() == [False] * 5
    assert (summary.audience, summary.demonstration, summary.dimensions) == ("sponsor", False, 2)
    assert set(cohort.certificate["files"]) == {f"{name}.csv" for name in cohort.tables} | {"datapackage.json"}


@pytest.mark.parametrize("name", ["reliability.csv", "questions.csv", "links.csv", "structure.csv"])
def test_one_changed_byte_or_a_missing_file_is_refused(tmp_path, name):
    released(tmp_path, pool(30))
    path = tmp_path / "essai" / name
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    for change in (lambda: path.write_bytes(content), path.unlink):
        change()
        with pytest.raises(AngleMortError) as error:
            load_cohort(tmp_path / "essai")
        assert [(each.code, each.fields["file"]) for each in error.value.problems] == [("AM602", name)]


def test_a_follow_up_tells_of_the_scales_that_it_asks():
    asked = [item.id for item in INSTRUMENT.form_items("suivi")]
    summary = questionnaire_of(pool(60)[asked], "suivi")
    assert set(summary.scales["scale"]) == {"A", "B", "C", "D3"}
    assert summary.pairs["n"].tolist() == [60, 60, 60]


# ------------------------------------------------------------------------------------------------ one question's counts


@pytest.mark.parametrize("n", [30, 60, 240])
def test_shares_are_of_all_leaders_and_stand_for_at_least_five(n):
    responses = pool(n, missing=0.05, not_applicable=0.05)
    items, exact = told(responses)["questions"], item_statistics(responses, INSTRUMENT)
    for share, count in SHARES.items():
        people = exact[count][items[share].notna()]
        assert (people >= 5).all()
        np.testing.assert_allclose(items[share].dropna(), people / n, atol=0.005 + 1e-9)
    assert items["missing"].isna().any() and items["floor"].notna().any()
    assert "mean" not in items


def compositions(n):
    """Every way in which n people can fall into five groups: lowest, highest, missing, not applicable, in between."""
    bars = np.array(list(combinations(range(n + 4), 4)))
    edges = np.hstack([np.full((len(bars), 1), -1), bars, np.full((len(bars), 1), n + 4)])
    return np.diff(edges, axis=1) - 1


def everything_leaves_doubt(ways, shown):
    """Whether whoever knows the rule and what it tells is left, for any union of groups, with 0 or with 5 or more."""
    answer = pd.factorize(pd.Series(shown))[0]
    unions = [list(chosen) for size in range(1, 5) for chosen in combinations(range(5), size)]
    people = [ways[:, union].sum(axis=1) for union in unions]
    return all(np.bincount(answer, weights=(each == 0) | (each >= POLICY.group)).min() > 0 for each in people)


@pytest.mark.parametrize("n", [12, 20, 30])
def test_no_way_of_answering_lets_a_count_of_one_to_four_be_deduced(n):
    ways = compositions(n)
    shown = [tuple(sorted(told_counts(dict(zip("abcd", way, strict=False)), n).items())) for way in ways.tolist()]
    assert everything_leaves_doubt(ways, shown)


def test_the_check_sees_counts_that_are_only_large_enough_one_by_one():
    ways = compositions(20)
    alone = [tuple(count if count >= POLICY.group else -1 for count in way[:4]) for way in ways.tolist()]
    assert not everything_leaves_doubt(ways, alone)


# --------------------------------------------------------------------------------------------------------------- gaps


def test_a_scale_with_few_complete_answers_is_left_out():
    responses = pool(60, not_applicable=0)
    responses.iloc[:31, responses.columns.get_loc("a101")] = np.nan
    tables = told(responses)
    assert tables["reliability"]["scale"].tolist() == ["B", "C", "D3", "I"]
    rest = tables["questions"].set_index("scale")[["item_rest", "item_rest_low"]]
    assert rest.loc["A"].isna().all(axis=None) and rest.loc["B"].notna().all(axis=None)


def test_no_scale_at_all_is_an_empty_table_of_the_same_shape():
    summary = questionnaire_of(pool(40).where(np.arange(40)[:, None] % 2 == np.zeros(88), np.nan))
    assert summary.scales.empty
    assert list(summary.scales) == list(questionnaire_of(pool(40)).scales)


def test_no_frame_has_a_row_per_person():
    summary = questionnaire_of(pool())
    frames = [getattr(summary, field.name) for field in dataclasses.fields(QuestionnaireSummary)]
    frames = [each for each in frames if isinstance(each, pd.DataFrame)]
    assert len(frames) == 4
    for frame in frames:
        assert len(frame) <= len(INSTRUMENT.items)
        assert not {"respondent", "leader"} & set(frame)


def test_the_order_of_people_changes_nothing():
    one, other = (told(each) for each in (pool(60), pool(60).sample(frac=1, random_state=1)))
    for name in one:
        pd.testing.assert_frame_equal(one[name], other[name])
