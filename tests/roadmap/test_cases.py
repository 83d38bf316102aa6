"""Six invented leaders, worked out by hand: from their answers in the vault to the sentences of their sheets."""

import pytest

from tests.leaders import CASES, INSTRUMENT, house, identity, plain, words_of


@pytest.fixture(scope="module")
def vaulted(tmp_path_factory):
    return house(tmp_path_factory.mktemp("house"))


@pytest.fixture(params=CASES, scope="module")
def told(request, vaulted):
    """A case's expectations, its sheet, and the words of that sheet."""
    cohort, vault = vaulted
    sheet = cohort.sheet(identity(request.param), vault)
    return CASES[request.param]["expected"], sheet, words_of(sheet)


def test_there_is_a_case_for_each_position_and_one_who_contradicts_themselves():
    positions = [case["expected"]["prototype"] for case in CASES.values()]
    assert set(positions) == {each.code for each in INSTRUMENT.prototypes.prototypes}
    assert len(positions) == 6 and "6_deux_histoires" in CASES


def test_scores_are_those_of_the_case(told):
    expected, sheet, _ = told
    found = sheet.scores.set_index("scale")["value"]
    assert {scale: found[scale] for scale in expected["scores"]} == pytest.approx(expected["scores"])


def test_the_nearest_position_is_that_of_the_case(told):
    expected, sheet, _ = told
    assert (sheet.prototypes["nearest"][0], bool(sheet.prototypes["named"][0])) == (expected["prototype"], True)


def test_steps_are_those_of_the_case(told):
    expected, sheet, _ = told
    assert sheet.steps.set_index("step")["value"].to_dict() == pytest.approx(expected["steps"], abs=1e-5)
    assert sheet.weakest_step == expected["weakest"]


@pytest.mark.parametrize("part", ["strengths", "questions"])
def test_what_is_chosen_comes_from_the_answers_of_the_case(told, part):
    expected, sheet, _ = told
    assert getattr(sheet, part)["source"].tolist() == expected[part]


def test_the_page_says_the_sentences_of_the_case(told):
    expected, _, words = told
    assert [each for each in expected["sentences"] if plain(each) not in words] == []


def test_the_page_never_says_what_the_case_excludes(told):
    expected, _, words = told
    assert [each for each in expected["never"] if plain(each) in words] == []
