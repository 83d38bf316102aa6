"""A coach's folder, and a real JupyterLab on it."""

import json
import os
import urllib.request

import pytest

from angle_mort.cli.workspace import README, RECORD, _files, is_workspace, workspace
from angle_mort.errors import AngleMortError
from tests.browser.jupyter import TOKEN, served
from tests.cli.test_cli import everything_under, run

FIRST = "notebooks/01_lire_une_cohorte.ipynb"


@pytest.fixture
def coach(tmp_path):
    workspace(tmp_path / "coach")
    return tmp_path / "coach"


def test_a_workspace_has_notebooks_the_demonstration_and_private_places(tmp_path):
    told = run(tmp_path, "nouveau", "coach")
    folder = tmp_path / "coach"
    assert (told.returncode, told.stderr) == (0, "")
    assert "angle-mort carnets" in told.stdout
    assert is_workspace(folder)
    assert (folder / FIRST).is_file() and (folder / "data" / "demo" / "cohorte" / "certificate.json").is_file()
    assert {"data/private/", "data/cohorts/", "data/reports/"} <= set((folder / ".gitignore").read_text().split())
    assert os.name == "nt" or (folder / "data" / "private").stat().st_mode & 0o077 == 0
    readme = (folder / README).read_text(encoding="utf-8")
    assert "angle-mort carnets" in readme and "angle-mort rapport" in readme
    assert {path.name for path in folder.iterdir()} == {".gitignore", RECORD, README, "data", "notebooks"}


def test_a_second_time_adds_what_is_missing_and_nothing_else(coach):
    before = everything_under(coach)
    (coach / FIRST).unlink()
    assert workspace(coach).added == [FIRST]
    assert everything_under(coach) == before
    assert workspace(coach).added == []


def test_an_update_refreshes_what_the_coach_only_ran_and_keeps_and_tells_what_was_changed(coach, monkeypatch):
    ran, changed = coach / FIRST, coach / "notebooks" / "06_verifier_le_questionnaire.ipynb"
    (coach / "notebooks" / "a_moi.ipynb").write_text("mine")
    notebook = json.loads(ran.read_text(encoding="utf-8"))
    notebook["cells"][1] |= {"outputs": [], "execution_count": 7}
    ran.write_text(json.dumps(notebook), encoding="utf-8")
    changed.write_text(changed.read_text(encoding="utf-8").replace("import angle_mort", "import  angle_mort"))
    mine = changed.read_bytes()
    assert vars(workspace(coach)) == {"added": [], "refreshed": [], "kept": []}  # the tool brings nothing new
    newer = {name: content.replace(b"Que garde", b"Voici ce que garde") for name, content in _files()}
    newer["notebooks/" + changed.name] = newer[FIRST]
    monkeypatch.setattr("angle_mort.cli.workspace._files", lambda: iter(newer.items()))
    brought = workspace(coach)
    assert (brought.refreshed, brought.kept) == ([FIRST], ["notebooks/" + changed.name])
    assert ran.read_bytes() == newer[FIRST] and changed.read_bytes() == mine
    assert (coach / "notebooks" / "a_moi.ipynb").read_text() == "mine"
    assert workspace(coach).kept == []  # told once per new version
    changed.rename(changed.with_name("ancien.ipynb"))
    assert workspace(coach).added == ["notebooks/" + changed.name]


def test_what_the_coach_had_git_ignore_stays(tmp_path):
    (tmp_path / ".gitignore").write_text("notes.txt\n")
    workspace(tmp_path)
    assert (tmp_path / ".gitignore").read_text().startswith("notes.txt\ndata/private/\n")


def test_a_folder_with_other_things_in_it_is_refused_and_left_alone(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "été.jpg").write_text("x")
    for words in (["nouveau", "photos"], ["carnets", "photos", "--sans-navigateur"]):
        told = run(tmp_path, *words)
        assert (told.returncode, "[AM808]" in told.stderr, "été.jpg" in told.stderr) == (2, True, True), told.stderr
    assert [path.name for path in (tmp_path / "photos").iterdir()] == ["été.jpg"]


def test_a_folder_where_cohorts_were_imported_becomes_a_workspace(tmp_path):
    (tmp_path / "data" / "cohorts").mkdir(parents=True)
    assert is_workspace(tmp_path)
    assert FIRST in workspace(tmp_path).added


def test_a_file_is_no_workspace(tmp_path):
    (tmp_path / "coach").write_text("x")
    told = run(tmp_path, "nouveau", "coach")
    assert (told.returncode, "[AM803]" in told.stderr) == (2, True)


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path, monkeypatch):
    def full(*_):
        raise OSError("no space")

    monkeypatch.setattr("angle_mort.cli.workspace.replace_file", full)
    with pytest.raises(AngleMortError) as error:
        workspace(tmp_path / "coach")
    assert error.value.codes[0] == "AM809"


def test_the_folder_of_the_project_itself_is_left_as_it_is():
    from angle_mort.shipped import shipped

    assert vars(workspace(shipped("notebooks").parent)) == {"added": [], "refreshed": [], "kept": []}
    assert not (shipped("notebooks").parent / RECORD).exists()


@pytest.mark.slow
def test_jupyterlab_really_opens_on_it(tmp_path):
    """What it then shows is looked at in ``tests/browser``."""
    place = tmp_path / "coach"
    with served(place) as address:
        listed = urllib.request.urlopen(f"{address}/api/contents/notebooks?token={TOKEN}", timeout=20)
        names = [each["name"] for each in json.load(listed)["content"]]
    assert "01_lire_une_cohorte.ipynb" in names
    assert "JupyterLab s’ouvre sur" in (tmp_path / "coach-jupyter" / "log").read_text(encoding="utf-8")


def test_the_next_step_works_from_the_new_folder(tmp_path):
    told = run(
        tmp_path,
        "nouveau",
        "dossier",
        ANGLE_MORT_COMMAND="python lancer.py",
        ANGLE_MORT_ANYWHERE='python "/a/lancer.py"',
    )
    readme = (tmp_path / "dossier" / "LISEZ-MOI.txt").read_text(encoding="utf-8")
    for text in (told.stdout, readme):
        assert 'python "/a/lancer.py" carnets' in text and "python lancer.py" not in text
