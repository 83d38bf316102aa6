"""A coach's folder, and a real JupyterLab on it."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from angle_mort.cli.workspace import README, RECORD, _files, is_workspace, workspace
from angle_mort.errors import AngleMortError
from tests.cli.test_cli import everything_under, run
from tests.conftest import CHROMIUM

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
    assert error.value.problems[0].code == "AM809"


def test_the_folder_of_the_project_itself_is_left_as_it_is():
    from angle_mort.shipped import shipped

    assert vars(workspace(shipped("notebooks").parent)) == {"added": [], "refreshed": [], "kept": []}
    assert not (shipped("notebooks").parent / RECORD).exists()


@pytest.fixture
def lab(tmp_path):
    """A real JupyterLab, started as a coach does: its address, and a folder for the files of this test."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "jupyter_server_config.json").write_text('{"ServerApp": {"allow_root": true}}')
    environment = os.environ | {
        "JUPYTER_PORT": str(port),
        "JUPYTER_TOKEN": "essai",
        "JUPYTER_CONFIG_DIR": str(tmp_path),
    }
    command = [sys.executable, "-m", "angle_mort.cli", "carnets", "coach", "--sans-navigateur"]
    log = (tmp_path / "log").open("wb")
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log, process_group=0)
    try:
        yield f"http://127.0.0.1:{port}", tmp_path
    finally:
        os.killpg(process.pid, 15)
        process.wait(20)
        log.close()


@pytest.mark.slow
def test_jupyterlab_really_opens_on_it(lab):
    address, folder = lab
    assert "01_lire_une_cohorte.ipynb" in listed(address)
    assert re.search("JupyterLab s’ouvre sur", (folder / "log").read_text(encoding="utf-8"))


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.needs("browser")
def test_its_menus_are_french_it_asks_for_no_news_and_nothing_leaves_the_machine(lab):
    from playwright.sync_api import sync_playwright

    address, folder = lab
    listed(address)
    asked = []
    with sync_playwright() as playwright:
        program = next(filter(None, map(shutil.which, CHROMIUM)))
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.on("request", lambda each: asked.append(each.url))
        page.goto(f"{address}/lab?token=essai")
        page.wait_for_selector(".lm-MenuBar-itemLabel", timeout=60_000)
        page.wait_for_selector(".jp-Notebook .jp-Cell, .jp-Launcher", timeout=60_000)
        menus = page.locator(".lm-MenuBar-itemLabel").all_inner_texts()
        page.wait_for_timeout(2_000)  # long enough for a late question or request
        pop_ups = page.locator(".Toastify__toast").all_inner_texts()
        browser.close()
    assert {"Fichier", "Édition", "Affichage", "Noyau", "Aide"} <= set(menus), menus
    assert pop_ups == []
    assert [
        each for each in asked if not each.startswith((address, "data:", "blob:", address.replace("http", "ws")))
    ] == []
    assert not list(folder.rglob("*.jupyterlab-settings"))  # the coach's own settings are untouched


def listed(address):
    """The notebooks that the server lists, asked until it is there (a minute at most)."""
    for _ in range(120):
        try:
            with urllib.request.urlopen(f"{address}/api/contents/notebooks?token=essai", timeout=5) as answer:
                return [each["name"] for each in json.load(answer)["content"]]
        except OSError:
            time.sleep(0.5)
    raise AssertionError("the server did not answer")
