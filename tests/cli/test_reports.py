"""``angle-mort rapport`` over many cohorts: every page or a clear refusal, nothing half, nothing twice."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import angle_mort as am
from angle_mort.cli import reports
from angle_mort.cli.app import _parse, _run
from angle_mort.cli.records import Records
from angle_mort.cli.reports import _cohorts
from angle_mort.cli.workers import spread
from angle_mort.cohort import can_report, is_shared, publish, report
from angle_mort.errors import AngleMortError
from angle_mort.shipped import shipped
from angle_mort.text import explain
from tests.cli.test_cli import run
from tests.cli.work import halved
from tests.cohorts import answers, entered, released

DEMO = shipped("demo") / "cohorte"
QUICK = ["import angle_mort as am", "cohort = am.load_cohort(cohort_path)", "am.views.heading(cohort.summary)"]
KERNEL = [*QUICK[:2], "shown = cohort.summary", "am.views.heading(shown)"]
"""The tiniest notebooks that make a page: one that is read without a kernel, and one that needs it."""


def notebook(path, cells, parameters='cohort_path = ""'):
    declared = new_code_cell(parameters, metadata={"tags": ["parameters"]})
    told = [new_markdown_cell("# Une note \u00e0 moi"), declared, *map(new_code_cell, cells)]
    nbformat.write(new_notebook(cells=told), path)
    return path


def reported(folder, *words, notebook_=None):
    return run(folder, "rapport", *words, "--travaux", "1", *(["--carnet", notebook_] if notebook_ else []))


def demos(folder, *names):
    """Invented cohorts, each in a folder of its own name."""
    return [shutil.copytree(DEMO, folder / name) for name in names]


def listed(page):
    """The names in the rows of an index, and those of the cohorts without a page."""
    html = page.read_text(encoding="utf-8")
    return re.findall(r'href="\./([^"]*)"', html), re.findall(r"<li>([^<]*?)\u00a0:", html.split("</table>")[1])


# ------------------------------------------------------------------------------------------------------- one command


def test_a_page_each_a_refusal_told_an_index_and_nothing_else_in_the_folder_that_is_sent(tmp_path):
    demos(tmp_path, "garages", "caf\u00e9s & bars")
    (tmp_path / "vide").mkdir()
    quick = notebook(tmp_path / "n.ipynb", QUICK)
    told = reported(tmp_path, "garages", "caf\u00e9s & bars", "vide", notebook_=quick)
    assert told.returncode == 2
    assert "vide : " in told.stderr and "[AM601]" in told.stderr and "Sans page : vide." in told.stderr
    assert "Pages faites : 2. D\u00e9j\u00e0 \u00e0 jour : 0. Refus\u00e9es : 1." in told.stdout
    assert [line[:3] for line in told.stdout.splitlines()[:2]] == ["1/3", "2/3"] or "3/3" in told.stdout
    written = {path.name for path in (tmp_path / "rapports").iterdir()}
    assert written == {"garages-n.html", "caf\u00e9s & bars-n.html", "index.html"}
    pages, missing = listed(tmp_path / "rapports" / "index.html")
    assert (len(pages), missing) == (2, ["vide"])
    assert "caf%C3%A9s%20%26%20bars-n.html" in pages
    assert "Une note" not in (tmp_path / "rapports" / "garages-n.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_only_what_changed_is_made_again(tmp_path):
    demos(tmp_path, "a", "b")
    quick, pages = notebook(tmp_path / "n.ipynb", QUICK), tmp_path / "rapports"
    assert reported(tmp_path, "a", "b", notebook_=quick).returncode == 0
    before = {path.name: path.stat().st_mtime_ns for path in pages.glob("*-n.html")}
    again = reported(tmp_path, "a", "b", notebook_=quick)
    assert "Pages faites : 0. D\u00e9j\u00e0 \u00e0 jour : 2." in again.stdout
    assert before == {path.name: path.stat().st_mtime_ns for path in pages.glob("*-n.html")}
    (pages / "a-n.html").write_text("touched by somebody", encoding="utf-8")
    assert "Pages faites : 1. D\u00e9j\u00e0 \u00e0 jour : 1." in reported(tmp_path, "a", "b", notebook_=quick).stdout
    assert "touched" not in (pages / "a-n.html").read_text(encoding="utf-8")
    assert "Pages faites : 2." in run(tmp_path, "rapport", "a", "b", "--carnet", quick, "--tout").stdout
    notebook(quick, [*QUICK, "am.views.withheld(cohort.summary)"])
    assert "Pages faites : 2." in reported(tmp_path, "a", "b", notebook_=quick).stdout


@pytest.mark.slow
def test_a_cohort_that_was_changed_has_no_new_page_though_its_old_one_stands(tmp_path):
    (place,) = demos(tmp_path, "a")
    quick = notebook(tmp_path / "n.ipynb", QUICK)
    reported(tmp_path, "a", notebook_=quick)
    with (place / "leaders.csv").open("a", encoding="utf-8") as file:
        file.write("x")
    told = reported(tmp_path, "a", notebook_=quick)
    assert (told.returncode, "[AM602]" in told.stderr) == (2, True)


@pytest.mark.slow
def test_a_page_that_the_ledger_does_not_know_is_made_again(tmp_path):
    cohort = entered(tmp_path, answers(12))
    quick = notebook(tmp_path / "n.ipynb", QUICK)
    assert not is_shared(cohort)
    assert reported(tmp_path, "data/cohorts/essai", notebook_=quick).returncode == 0
    assert is_shared(cohort)
    (tmp_path / "data" / "private" / "registre-sponsor.jsonl").write_text("{}\n", encoding="utf-8")
    told = reported(tmp_path, "data/cohorts/essai", notebook_=quick)
    assert (told.returncode, "[AM631]" in told.stderr) == (2, True)


@pytest.mark.slow
def test_two_of_one_name_and_the_name_of_the_index_are_refused_and_the_others_made(tmp_path):
    demos(tmp_path, "x/a", "y/A", "x/b", "index")
    told = run(tmp_path, "rapport", "x/*", "y/A", "index", "--carnet", "01", "--sortie", "ici")
    assert told.returncode == 2
    assert told.stderr.count("[AM806]") == 2 and told.stderr.count("[AM810]") == 1
    assert {path.name for path in (tmp_path / "ici").iterdir()} == {"b.html", "index.html"}


def test_wildcards_are_expanded_here_too(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for place in ("x/a", "x/b"):
        (tmp_path / place).mkdir(parents=True)
    assert [path.name for path in _cohorts(["x/a", "x/*"])] == ["a", "b"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--parametre", "cohort_pth=x"], "AM714"),
        (["--parametre", "COHORT_PATHS=1"], "AM714"),
        (["--parametre", "zzz=1"], "AM701"),
        (["--parametre", "title"], "AM811"),
        (["--parametre", "cohort_path=ailleurs"], "AM811"),
        (["--travaux", "0"], "AM801"),
        (["--carnet", "99"], "AM807"),
        (["--carnet", "absent.ipynb"], "AM700"),
        (["nowhere/*"], "AM805"),
    ],
)
def test_what_is_misspelt_is_refused_before_anything_runs(tmp_path, monkeypatch, words, code):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AngleMortError) as error:
        _run(_parse(["rapport", str(DEMO), *words]))
    assert error.value.codes == [code]
    assert explain(error.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_parameter_of_the_coach_s_own_notebook_reaches_its_kernel(tmp_path):
    cells = [*KERNEL[:3], "assert number == 3 and words == 'deux mots'", KERNEL[3]]
    own = notebook(
        tmp_path / "n.ipynb", cells, 'cohort_path, number, words = "", 0, ""\nnumber = 0\nwords = ""\ncohort_path = ""'
    )
    told = run(tmp_path, "rapport", DEMO, "--carnet", own, "--parametre", "number=3", "--parametre", "words=deux mots")
    assert told.returncode == 0, told.stderr


@pytest.mark.slow
def test_a_notebook_that_fails_is_kept_in_the_workspace_and_not_beside_the_pages(tmp_path):
    failing = notebook(tmp_path / "n.ipynb", [*KERNEL, "cohort.leaders.head(1)", "1 / 0"])
    told = reported(tmp_path, DEMO, notebook_=failing)
    assert (told.returncode, "[AM702]" in told.stderr, "ZeroDivisionError" in told.stderr) == (2, True, True)
    kept = Records(tmp_path / "rapports").folder.name
    (aside,) = (tmp_path / "data" / "reports" / kept).glob("*.ipynb")
    assert aside.name in told.stderr and "ne l\u2019envoyez pas" in told.stderr
    assert "ZeroDivisionError" in aside.read_text(encoding="utf-8")
    assert os.name == "nt" or aside.stat().st_mode & 0o077 == 0
    assert not (tmp_path / "rapports").exists()
    notebook(failing, KERNEL)
    assert reported(tmp_path, DEMO, notebook_=failing).returncode == 0
    assert not aside.exists()


def test_two_commands_do_not_make_the_pages_of_one_folder_at_once(tmp_path):
    from angle_mort.disk import alone

    folder = tmp_path / "data" / "reports" / Records(tmp_path / "rapports").folder.name
    with alone(folder / "pages", 0):
        told = reported(tmp_path, DEMO)
    assert (told.returncode, "[AM812]" in told.stderr) == (2, True)


# -------------------------------------------------------------------------------------------------- without a kernel


def test_a_script_says_what_a_kernel_would_and_any_other_notebook_is_left_to_the_kernel(tmp_path):
    assert can_report(notebook(tmp_path / "n.ipynb", QUICK))
    for cells in (KERNEL, [*QUICK[:2], "am.views.heading(cohort.summary);1"], QUICK[1:], ["import os", *QUICK]):
        assert not can_report(notebook(tmp_path / "n.ipynb", cells))
    unsure = notebook(tmp_path / "n.ipynb", QUICK, "cohort_path = print('x')")
    assert not can_report(unsure)
    unknown = notebook(tmp_path / "n.ipynb", [*QUICK, "am.views.nothing(cohort.summary)"])
    with pytest.raises(AngleMortError) as error:
        report(am.load_cohort(DEMO), unknown)
    assert error.value.codes[0] == "AM715"


@pytest.mark.slow
@pytest.mark.parametrize(("cells", "number"), [(None, "01"), (None, "06"), (QUICK, None)])
def test_its_page_is_that_of_the_kernel_to_the_letter(tmp_path, cells, number):
    place = shipped("demo") / "reseau"
    path = notebook(tmp_path / "n.ipynb", cells) if cells else next(shipped("notebooks").glob(f"{number}_*"))
    executed = publish(path, tmp_path, {"cohort_path": place}).read_bytes()
    assert report(am.load_cohort(place), path).save(tmp_path / "other.html").read_bytes() == executed


@pytest.mark.slow
def test_pages_made_one_after_another_in_one_process_are_those_made_alone(tmp_path):
    """A worker makes many pages: none may hold anything of the cohort before it."""
    places = [
        released(tmp_path, answers(n, seed), name=name, demonstration=True).folder
        for n, seed, name in ((12, 1, "douze"), (40, 2, "quarante"), (9, 3, "neuf"))
    ]
    order = [*places, *reversed(places)]
    together = [report(am.load_cohort(place)).html for place in order]
    assert together[:3] == together[:2:-1]
    told = "import sys, angle_mort as am; sys.stdout.buffer.write(am.report(am.load_cohort(sys.argv[1])).html.encode())"
    for place, page in zip(places, together, strict=False):
        alone = subprocess.run([sys.executable, "-c", told, str(place)], capture_output=True, check=True)
        assert alone.stdout.decode() == page


# ------------------------------------------------------------------------------------------------------------ workers


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is a thing of Unix")
def test_a_process_that_dies_takes_one_piece_of_work_with_it():
    told = dict(spread(halved, range(6), 2))
    assert told == {0: 0, 1: 0.5, 2: 1, 3: -9, 4: 2, 5: 2.5}


# ------------------------------------------------------------------------------------------- on paper, and side by side


def in_process(*words):
    return _run(_parse(["rapport", *map(str, words), "--travaux", "1"]))


@pytest.mark.slow
@pytest.mark.needs("browser")
def test_with_a_pdf_each_page_has_one_beside_it_and_one_that_is_missing_is_made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (cohort,) = demos(tmp_path, "garages")
    assert in_process(cohort) == 0 and not (tmp_path / "rapports" / "garages.pdf").exists()
    for _ in range(2):
        assert in_process(cohort, "--pdf") == 0
        assert (tmp_path / "rapports" / "garages.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.slow
def test_without_a_browser_the_pages_are_made_and_the_reason_is_told_once(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("angle_mort.publishing.paper._BROWSERS", ("no-such-browser",))
    assert in_process(*demos(tmp_path, "garages", "boulangers"), "--pdf") == 0
    assert capsys.readouterr().err.count("[AM720]") == 1
    assert {each.name for each in (tmp_path / "rapports").iterdir()} == {
        "garages.html",
        "boulangers.html",
        "index.html",
    }


def test_side_by_side_is_one_page_that_the_index_lists_and_people_in_common_are_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    both = shipped("demo") / "ateliers", shipped("demo") / "chantiers"
    assert in_process(*both, "--comparer") == 0
    pages = tmp_path / "rapports"
    assert listed(pages / "index.html")[0] == ["comparaison-ateliers-chantiers.html"]
    assert "Comparer des cohortes" in (pages / "comparaison-ateliers-chantiers.html").read_text(encoding="utf-8")
    with pytest.raises(AngleMortError) as error:
        in_process(both[0], *demos(tmp_path, "ateliers-encore"), DEMO, "--comparer")
    assert error.value.codes == ["AM651"]


@pytest.mark.slow
def test_the_page_side_by_side_is_that_of_the_kernel_to_the_letter(tmp_path):
    both = [shipped("demo") / "ateliers", shipped("demo") / "chantiers"]
    path = publish(shipped("notebooks") / "07_comparer_des_cohortes.ipynb", tmp_path, {"cohort_paths": both})
    assert path.read_text(encoding="utf-8") == am.compared_report(both).html


def test_the_page_of_a_first_wave_comes_before_those_of_the_later_ones(monkeypatch):
    turns = []
    monkeypatch.setattr(reports, "_standing", lambda job: None)
    monkeypatch.setattr(
        reports, "spread", lambda work, jobs, workers: turns.append([job.place.name for job in jobs]) or ()
    )
    names = ["artisans-T2", "artisans", "a-T0", "zinc-T10", "zinc"]
    jobs = [reports.Job(Path(name), f"{name}.html", Path(), "summary", {}, Path(), True, False) for name in names]
    assert list(reports._outcomes(jobs, {}, 2)) == []
    assert turns == [["artisans", "a-T0", "zinc"], ["artisans-T2", "zinc-T10"]]
