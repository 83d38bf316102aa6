"""One leader's sheet goes to that leader: never to a sponsor, and with nothing of anybody else on it."""

import dataclasses

import nbformat
import pytest

from angle_mort import views
from angle_mort.cohort import leader_report, load_cohort, publish
from angle_mort.errors import AngleMortError
from angle_mort.publishing import page_from_notebook
from angle_mort.publishing.scanning import Known, scan
from angle_mort.shipped import shipped
from tests.leaders import CASES, NOTEBOOK, house, identity

VIEWS = [name for name in views.__all__ if name.startswith("leader_")]
FIRST, _, OTHER, *_ = CASES  # the same values, on other blocks


@pytest.fixture(scope="module")
def vaulted(tmp_path_factory):
    return house(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def known(vaulted):
    return Known.here(vaulted[0].folder)


@pytest.fixture(scope="module")
def sheet(vaulted):
    return vaulted[0].sheet(identity(FIRST), vaulted[1])


def output(html, mark):
    return nbformat.v4.new_output("display_data", {"text/html": html}, metadata=mark)


def shown(view):
    """A view as a notebook shows it."""
    return output(view.html, view.mark())


def page(*outputs, audience="leader", known=None):
    cell = nbformat.v4.new_code_cell("x", outputs=list(outputs))
    return page_from_notebook(nbformat.v4.new_notebook(cells=[cell]), audience, known).html


def refused(code, *outputs, **how):
    with pytest.raises(AngleMortError) as error:
        page(*outputs, **how)
    assert code in error.value.codes


def test_a_sheet_alone_makes_no_page_for_a_sponsor(sheet, known):
    refused("AM705", shown(views.leader_blocks(sheet)), audience="sponsor", known=known)


def test_a_sponsors_page_takes_nothing_of_a_sheet(sheet):
    group = load_cohort(shipped("demo") / "cohorte").summary
    made = page(shown(views.withheld(group)), shown(views.leader_strengths(sheet)), audience="sponsor")
    assert "Ce qui n’est pas montré" in made
    assert sheet.strengths["says"][0] not in made


def test_a_leaders_page_takes_nothing_of_a_group(sheet, known):
    group = load_cohort(shipped("demo") / "cohorte").summary
    made = page(shown(views.leader_strengths(sheet)), shown(views.withheld(group)), known=known)
    assert sheet.strengths["says"][0] in made
    assert "Ce qui n’est pas montré" not in made


def test_the_scores_of_a_sheet_are_stopped_on_a_sponsors_page_and_not_on_its_own(sheet, known):
    view = views.leader_blocks(sheet)
    marked = {"angle_mort": view.mark()["angle_mort"] | {"audience": "sponsor"}}
    refused("AM704", output(view.html, marked), audience="sponsor", known=known)
    assert "68,8" in page(shown(view), known=known)


def test_the_audience_of_a_sheet_cannot_be_changed(sheet):
    with pytest.raises(TypeError):
        dataclasses.replace(sheet, audience="sponsor")
    assert {getattr(views, name)(sheet).audience for name in views.__all__ if name.startswith("leader_")} == {"leader"}


def test_two_leaders_never_stand_on_one_page(vaulted, sheet, known):
    other = vaulted[0].sheet(identity(OTHER), vaulted[1])
    refused("AM706", shown(views.leader_pride(sheet)), shown(views.leader_pride(other)), known=known)


@pytest.mark.parametrize("what", ["scores", "table", "id", "own id"])
def test_what_is_planted_of_anybody_is_stopped_on_a_leaders_page(vaulted, sheet, known, what):
    other = vaulted[0].sheet(identity(OTHER), vaulted[1])
    planted = {
        "scores": ", ".join(str(value) for value in other.scores["value"].dropna()),
        "table": views.leader_blocks(other).html,
        "id": other.leader,
        "own id": sheet.leader,
    }
    mark = views.leader_pride(sheet).mark()
    refused("AM704", output(f"<p>ok</p>{planted[what]}", mark), known=known)


def test_the_page_of_each_leader_holds_no_row_id_and_no_name(vaulted):
    cohort, vault = vaulted
    made = leader_report(cohort, identity(FIRST), vault)
    assert (made.audience, made.leader) == ("leader", cohort.sheet(identity(FIRST), vault).leader)
    assert not [leader for leader in cohort.leaders["leader"] if leader in made.html]
    assert "exemple.example" not in made.html


def test_what_the_leader_wrote_stays_with_the_coach(sheet, known):
    told = dataclasses.replace(sheet, own_words="Signer les devis de plus de dix mille euros")
    view = views.leader_steps(told)
    assert "Signer les devis" in view.reserved.html
    for audience in ("leader", "sponsor"):
        refused("AM705", shown(view.reserved), audience=audience, known=known)
    assert "Signer les devis" not in page(shown(view), shown(view.reserved), known=known)


@pytest.mark.slow
def test_the_published_notebook_is_the_leaders_report_to_the_letter(tmp_path):
    place = shipped("demo") / "cohorte"
    cohort = load_cohort(place)
    leader = cohort.leaders["leader"][2]
    made = publish(NOTEBOOK, tmp_path, {"cohort_path": place, "leader": leader}, audience="leader", name="fiche")
    assert made.read_text(encoding="utf-8") == leader_report(cohort, leader).html
    with pytest.raises(AngleMortError, match="AM705"):
        publish(NOTEBOOK, tmp_path / "s", {"cohort_path": place, "leader": leader})
    assert not (tmp_path / "s").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("n", "seed"), [(24, 1), (60, 2)])
def test_nobody_is_refused_their_own_sheet_and_no_sheet_is_let_through_without_its_owner(tmp_path, n, seed):
    """What stays unseen by the scanner alone: A, B and C at equal steps, as the marks of an axis are."""
    from tests.cohorts import answers, released

    cohort = released(tmp_path, answers(n, seed, missing=0.03))
    known, unseen = Known.here(cohort.folder), []
    for leader in cohort.leaders["leader"]:
        told = cohort.sheet(leader)
        shown = [dataclasses.replace(getattr(views, name)(told), draw=None).html for name in VIEWS]
        assert scan("".join(shown), known=known, own=leader) == []
        if not scan("".join(shown), known=known):
            unseen.append(told.scores.set_index("scale").loc[["A", "B", "C"], "value"].sort_values().diff().dropna())
    assert all(steps.nunique() == 1 for steps in unseen) and len(unseen) <= 1
