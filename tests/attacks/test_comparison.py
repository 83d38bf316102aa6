"""Cohorts side by side tell no difference of a few people: neither of one another, nor of what was shared before."""

import nbformat
import pytest

from angle_mort import cohort as house
from angle_mort.cohort import load_cohort, publish, share, share_side_by_side
from angle_mort.disclosure import Ledger
from angle_mort.errors import AngleMortError
from angle_mort.joined import compare_cohorts
from angle_mort.shipped import shipped
from tests.cohorts import answers, entered

PEOPLE, OTHERS, LATER = answers(24), answers(16, seed=5), answers(24, seed=2)


@pytest.fixture
def workspace(tmp_path):
    """All 24, 20 of them, other people, and the 24 once more at a later date."""
    OTHERS.index = [f"autre{number}" for number in range(len(OTHERS))]
    groups = {"tous": PEOPLE, "vingt": PEOPLE.iloc[:20], "autres": OTHERS, "plus-tard": LATER}
    return {name: entered(tmp_path, people, name).folder for name, people in groups.items()}


def code_of(action, *arguments):
    with pytest.raises(AngleMortError) as error:
        action(*arguments)
    return error.value.codes[0]


def pages(folder):
    return [line for line in Ledger.beside(folder).path.read_text().splitlines() if '"kind": "page"' in line]


def test_cohorts_that_share_people_and_two_waves_are_never_side_by_side(workspace):
    for one, other in (("tous", "vingt"), ("tous", "plus-tard"), ("vingt", "plus-tard")):
        both = [workspace[one], workspace[other]]
        assert code_of(compare_cohorts, both) == "AM651"
        assert code_of(share_side_by_side, *map(load_cohort, both)) == "AM651"
    assert pages(workspace["tous"]) == []


def test_a_comparison_after_another_that_differs_by_four_people_is_refused(workspace):
    tous, vingt, autres = (load_cohort(workspace[name]) for name in ("tous", "vingt", "autres"))
    share_side_by_side(tous, autres)
    before = pages(workspace["tous"])
    assert len(before) == 2, "each cohort is entered, as its own page would be"
    assert code_of(share_side_by_side, vingt, autres) == "AM634"
    assert code_of(share, vingt) == "AM634"
    assert pages(workspace["tous"]) == before
    assert share(tous) is False, "its own page tells nothing new"


def test_a_refused_cohort_keeps_the_others_out_of_the_ledger_too(workspace):
    tous, vingt, autres = (load_cohort(workspace[name]) for name in ("tous", "vingt", "autres"))
    share(tous)
    before = pages(workspace["tous"])
    assert code_of(share_side_by_side, autres, vingt) == "AM634"
    assert pages(workspace["tous"]) == before


def test_cohorts_of_two_workspaces_are_not_compared(workspace, tmp_path):
    elsewhere = entered(tmp_path / "ailleurs", OTHERS, "autres").folder
    assert code_of(compare_cohorts, [workspace["tous"], elsewhere]) == "AM635"


@pytest.mark.slow
def test_the_page_is_entered_before_it_is_written_and_refused_when_the_notebook_lies(workspace, tmp_path):
    (notebook,) = shipped("notebooks").glob("07_*.ipynb")
    parameters = {"cohort_paths": [workspace["tous"], workspace["autres"]]}
    path = publish(notebook, tmp_path / "out", parameters)
    assert "tous" in path.read_text(encoding="utf-8") and len(pages(workspace["tous"])) == 2
    lying = nbformat.read(notebook, as_version=4)
    for cell in lying.cells:
        cell.source = cell.source.replace("am.compare_cohorts(cohort_paths)", "am.compare_cohorts(cohort_paths[:2])")
    nbformat.write(lying, tmp_path / "lying.ipynb")
    parameters = {"cohort_paths": [*parameters["cohort_paths"], workspace["vingt"]]}
    assert code_of(publish, tmp_path / "lying.ipynb", tmp_path / "out", parameters) == "AM636"
    assert not (tmp_path / "out" / "lying.html").exists()
    assert house.check_nobody_in_common(load_cohort(workspace["autres"])) is None
