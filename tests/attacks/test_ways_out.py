"""Twelve leaders, then eleven of them: through the commands and functions that a coach uses."""

import json
import os
import shutil

import numpy as np
import pytest

import angle_mort as am
from angle_mort.cohort import _share_page, load_cohort, report, share
from angle_mort.disclosure import joined_seal
from angle_mort.errors import AngleMortError
from angle_mort.publishing.page import Block, Page
from angle_mort.publishing.publication import _refuse_unentered
from angle_mort.shipped import shipped
from tests import demonstration
from tests.cli.test_cli import PASSPHRASE, everything_under, run
from tests.cohorts import answers, entered
from tests.responses.google_forms import write_rows

NOTEBOOK = shipped("notebooks") / "01_lire_une_cohorte.ipynb"
pytestmark = pytest.mark.slow


def bring(folder, name, kept, *more):
    """Import these of the invented leaders, as a coach would."""
    table = demonstration.export()
    write_rows(folder / f"{name}.csv", [table[0], *(table[row] for row in kept)])
    return run(folder, "importer", f"{name}.csv", "--cohorte", name, *more, ANGLE_MORT_PASSPHRASE=PASSPHRASE)


@pytest.fixture(scope="module")
def engagement(tmp_path_factory):
    """A workspace where the page of twelve leaders was made, and eleven of them were imported again."""
    folder = tmp_path_factory.mktemp("engagement")
    for name, kept in {"douze": range(2, 14), "onze": range(2, 13)}.items():
        told = bring(folder, name, kept)
        assert told.returncode == 0, told.stderr
        if name == "douze":
            told = run(folder, "rapport", "data/cohorts/douze")
            assert (told.returncode, told.stderr) == (0, "")
    assert [load_cohort(folder / "data/cohorts" / name).summary.n for name in ("douze", "onze")] == [12, 11]
    return folder


@pytest.fixture
def workspace(engagement, tmp_path):
    return shutil.copytree(engagement, tmp_path / "w")


def refused_out(call, *words, **more):
    with pytest.raises(AngleMortError) as error:
        call(*words, **more)
    return error.value.codes[0]


def test_the_report_of_eleven_is_refused_in_french_and_nothing_is_written(workspace):
    before = everything_under(workspace)
    told = run(workspace, "rapport", "data/cohorts/onze")
    assert told.returncode == 2
    assert "[AM634]" in told.stderr and "douze" in told.stderr and "1 personne" in told.stderr
    assert "À partager à la place" in told.stderr
    assert everything_under(workspace) == before


def test_publish_and_report_go_through_the_same_ledger(workspace):
    place = workspace / "data" / "cohorts" / "onze"
    before = everything_under(workspace)
    assert refused_out(am.publish, NOTEBOOK, workspace / "out", {"cohort_path": place}) == "AM634"
    assert refused_out(am.report, am.load_cohort(place)) == "AM634"
    assert everything_under(workspace) == before


def test_the_page_of_twelve_again_is_no_new_figure(workspace):
    ledger = workspace / "data" / "private" / "registre-sponsor.jsonl"
    before = ledger.read_bytes()
    assert am.report(am.load_cohort(workspace / "data" / "cohorts" / "douze")).html
    told = run(workspace, "rapport", "data/cohorts/douze")
    assert (told.returncode, ledger.read_bytes()) == (0, before)


def test_neither_replacing_the_cohort_nor_hiding_who_answered_gets_around_it(workspace):
    assert bring(workspace, "douze", range(3, 14), "--remplacer").returncode == 0
    assert "[AM634]" in run(workspace, "rapport", "data/cohorts/douze").stderr
    anonymous = without_names(demonstration.export())
    write_rows(workspace / "x.csv", [anonymous[0], *anonymous[3:14]])
    told = run(workspace, "importer", "x.csv", "--cohorte", "x", ANGLE_MORT_PASSPHRASE=PASSPHRASE)
    assert told.returncode == 0, told.stderr
    assert "[AM634]" in run(workspace, "rapport", "data/cohorts/x").stderr


def without_names(table):
    """The same answers without any column that says who."""
    assert table[0][1:4] == ["Nom d'utilisateur", "Votre nom et prénom", "Le nom de votre entreprise"]
    return [[row[0], *row[4:]] for row in table]


def test_other_leaders_or_five_more_may_be_told_of(workspace):
    assert bring(workspace, "autres", range(14, 25)).returncode == 0
    told = run(workspace, "rapport", "data/cohorts/autres")
    assert (told.returncode, told.stderr) == (0, "")


def test_without_its_ledger_or_with_a_shorter_one_a_cohort_is_not_shared(workspace):
    ledger = workspace / "data" / "private" / "registre-sponsor.jsonl"
    whole = ledger.read_bytes()
    ledger.write_bytes(b"".join(whole.splitlines(keepends=True)[:-1]))
    assert "[AM631]" in run(workspace, "rapport", "data/cohorts/douze").stderr
    ledger.unlink()
    assert "[AM631]" in run(workspace, "rapport", "data/cohorts/douze").stderr
    ledger.with_suffix(".repere").unlink()
    assert "[AM630]" in run(workspace, "rapport", "data/cohorts/douze").stderr
    assert "[AM630]" in bring(workspace, "encore", range(2, 14)).stderr
    moved = shutil.copytree(workspace / "data" / "cohorts" / "douze", workspace / "ailleurs" / "cohorts" / "douze")
    assert "[AM630]" in run(workspace, "rapport", moved).stderr


def test_the_ledger_names_nobody_and_the_cohort_carries_no_token_of_it(workspace):
    ledger = (workspace / "data" / "private" / "registre-sponsor.jsonl").read_text(encoding="utf-8")
    for row in demonstration.export()[1:]:
        for cell in row:
            assert "@" not in cell or cell not in ledger
    tokens = {token for line in ledger.splitlines() for pair in json.loads(line).get("members", []) for token in pair}
    assert len(tokens) == 24
    for path, content in everything_under(workspace).items():
        if os.sep + "private" + os.sep not in str(path):
            assert not any(token.encode() in content for token in tokens), path


def test_the_demonstration_has_no_ledger(tmp_path):
    place = shutil.copytree(shipped("demo") / "cohorte", tmp_path / "data" / "cohorts" / "d")
    assert am.report(am.load_cohort(place)).html
    assert not (tmp_path / "data" / "private").exists()


def page_of(*cohorts, demonstration=False):
    """A finished page for a sponsor that says which released cohorts it is of."""
    seal = joined_seal(each.certificate for each in cohorts)
    return Page("t", "sponsor", demonstration, (Block("view", "<p>52</p>"),), cohort=seal)


def test_joined_cohorts_go_through_the_ledger_too(tmp_path):
    everybody = answers(40)
    first, second = entered(tmp_path, everybody.iloc[:20], "a"), entered(tmp_path, everybody.iloc[20:], "b")
    fewer = entered(tmp_path, everybody.iloc[20:39], "c")
    _share_page({"cohort_paths": [first.folder, second.folder]}, page_of(first, second))
    ledger = tmp_path / "data" / "private" / "registre-sponsor.jsonl"
    before = ledger.read_bytes()
    assert refused_out(_share_page, {"cohort_paths": [first.folder, fewer.folder]}, page_of(first, fewer)) == "AM634"
    assert refused_out(_share_page, {"cohort_path": fewer.folder}, page_of(fewer)) == "AM634"
    assert ledger.read_bytes() == before
    _share_page({"cohort_path": first.folder}, page_of(first))


def test_a_page_whose_cohort_cannot_be_told_is_refused(tmp_path):
    cohort, other = entered(tmp_path, answers(12), "a"), entered(tmp_path, answers(12, seed=2), "b")
    for parameters in ({}, {"cohort_path": other.folder}, {"cohort_paths": [cohort.folder, other.folder]}):
        assert refused_out(_share_page, parameters, page_of(cohort)) == "AM636"
    _share_page({}, page_of(cohort, demonstration=True))
    assert refused_out(_refuse_unentered, page_of(cohort)) == "AM636"


def test_a_page_of_five_more_leaves_out_what_would_tell_of_fewer_of_them(tmp_path):
    everybody = answers(35)
    everybody.loc[everybody.index[30:33], "d201"] = np.nan  # of the five who come, two have a score on D2
    first, more = entered(tmp_path, everybody.iloc[:30], "a"), entered(tmp_path, everybody, "b")
    assert not more.summary.counts.empty and "D2" in set(more.summary.means["scale"])
    assert share(first)
    told = load_cohort(more.folder)
    reasons = set(zip(told.summary.withheld["what"], told.summary.withheld["rule"], strict=True))
    assert {("scenario", "shared"), ("care", "shared"), ("means", "shared")} <= reasons
    assert told.summary.counts.empty and told.summary.care.empty
    assert set(more.summary.means["scale"]) - set(told.summary.means["scale"]) == {"D2"}
    page = report(told)
    assert "Comparé aux pages déjà partagées" in page.html
    assert not share(load_cohort(more.folder)), "the same page is no new figure"
    assert "Comparé aux pages déjà partagées" not in report(load_cohort(first.folder)).html


def test_a_new_vault_beside_a_ledger_that_knows_people_takes_nobody_in(workspace):
    for name in ("coffre.bin", "jetons.json"):
        (workspace / "data" / "private" / name).unlink()
    told = bring(workspace, "encore", range(2, 13))
    assert told.returncode == 2 and "[AM638]" in told.stderr
    assert not (workspace / "data" / "cohorts" / "encore").exists()
    assert bring(workspace, "encore", range(2, 13)).returncode == 2, "nor the second time"


def test_names_are_known_wherever_the_program_runs(workspace, tmp_path, monkeypatch):
    table = demonstration.export()
    kept = [row for row in range(2, 25) if table[row][2].replace(" ", "").isascii()]
    name = table[kept[0]][2].lower().replace(" ", "-")
    assert bring(workspace, name, range(14, 25) if kept[0] > 13 else range(2, 14), "--remplacer").returncode == 0
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    cohort = am.load_cohort(workspace / "data" / "cohorts" / name)
    assert refused_out(am.report, cohort) == "AM704"
    assert refused_out(am.publish, NOTEBOOK, "out", {"cohort_path": str(cohort.folder)}) == "AM704"
    assert refused_out(am.write_table, cohort, am.views.blocks, f"{name}.csv") == "AM704"
    assert not list((tmp_path / "elsewhere").rglob("*.*"))


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_that_bears_a_cohort_s_name_leads_to_no_other_ledger(workspace, tmp_path):
    other = shutil.copytree(workspace, tmp_path / "other")
    ours = shutil.move(workspace / "data" / "cohorts" / "onze", workspace / "data" / "cohorts" / "x")
    (workspace / "data" / "cohorts" / "onze").symlink_to(other / "data" / "cohorts" / "onze")
    shutil.rmtree(other / "data" / "private")
    assert refused_out(share, load_cohort(ours)) == "AM634"
    assert refused_out(share, load_cohort(workspace / "data" / "cohorts" / "onze")) == "AM630"
