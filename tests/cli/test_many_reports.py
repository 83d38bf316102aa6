"""A hundred cohorts and fifty malformed ones; a command that is killed and started again; one that is interrupted."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest

from angle_mort.cohort import load_cohort, report
from angle_mort.disclosure import Ledger
from tests.cli.test_cli import run
from tests.cli.test_reports import QUICK, listed, notebook
from tests.cohorts import answers, entered, released

pytestmark = pytest.mark.slow
GOOD, PEOPLE, WORKERS = 100, 9, 2
UNIX = pytest.mark.skipif(os.name == "nt", reason="SIGKILL is a thing of Unix")


@pytest.fixture(scope="module")
def hundred(tmp_path_factory):
    """A workspace with a hundred real cohorts in its ledger, none of them shared, and the tiniest notebook."""
    folder = tmp_path_factory.mktemp("cent")
    everybody = answers(GOOD * PEOPLE, seed=5)
    everybody.index = [f"p{number}" for number in range(len(everybody))]
    for number in range(GOOD):
        entered(folder, everybody.iloc[number * PEOPLE :][:PEOPLE], name(number))
    notebook(folder / "n.ipynb", QUICK)
    return folder


@pytest.fixture
def workspace(hundred, tmp_path):
    return shutil.copytree(hundred, tmp_path / "travail")


def name(number):
    return f"bonne-{chr(97 + number // 10)}{chr(97 + number % 10)}"


def shared(folder):
    """How often the ledger tells of the page of each cohort."""
    path = Ledger.beside(folder / "data" / "cohorts" / "x").path
    return Counter(each["cohort"] for each in map(json.loads, path.read_text().splitlines()) if each["kind"] == "page")


def pages(folder):
    return {path.name.removesuffix("-n.html") for path in (folder / "rapports").glob("*-n.html")}


# ------------------------------------------------------------------------------------------------------ fifty malformed


def edited(path, change):
    told = json.loads(path.read_bytes())
    change(told)
    path.write_text(json.dumps(told), encoding="utf-8")


def cut(path):
    path.write_bytes(path.read_bytes()[:-20])


SPOILT = {
    "chiffre": ("AM602", lambda place: edited(place / "certificate.json", lambda told: told.update(n=told["n"] + 1))),
    "illisible": ("AM604", lambda place: (place / "certificate.json").write_text("{")),
    "absent": ("AM601", lambda place: (place / "certificate.json").unlink()),
    "manque": ("AM602", lambda place: (place / "leaders.csv").unlink()),
    "coupe": ("AM602", lambda place: cut(place / "leaders.csv")),
    "paquet": ("AM602", lambda place: edited(place / "datapackage.json", lambda told: told.update(name="x"))),
    "demain": ("AM603", lambda place: edited(place / "certificate.json", lambda told: told.update(format=999))),
    "seuil": ("AM602", lambda place: edited(place / "certificate.json", lambda told: told["policy"].update(group=2))),
    "vide": ("AM601", lambda place: [path.unlink() for path in place.iterdir()]),
}
"""What is done to a good cohort, and the code of its refusal."""


def malformed(folder):
    """Fifty places that make no page, each with the code of its refusal."""
    cohorts, elsewhere, found = folder / "data" / "cohorts", folder / "ailleurs", {}
    for number in range(45):
        kind = list(SPOILT)[number % len(SPOILT)]
        place = shutil.copytree(cohorts / name(number), cohorts / f"{kind}-{chr(97 + number // len(SPOILT))}")
        found[place] = SPOILT[kind][0]
        SPOILT[kind][1](place)
    for double in (elsewhere / "double", elsewhere / "encore" / "DOUBLE"):
        found[shutil.copytree(cohorts / name(0), double)] = "AM806"
    (folder / "fichier").write_text("x")
    found[folder / "fichier"] = "AM601"
    found[released(cohorts, answers(6), name="petite").folder] = "AM605"
    shared_already = load_cohort(cohorts / name(0))
    _ = report(shared_already, folder / "n.ipynb")
    found[entered(folder, answers_of(0).iloc[1:], "moins-un").folder] = "AM634"
    return found


def answers_of(number):
    everybody = answers(GOOD * PEOPLE, seed=5)
    everybody.index = [f"p{each}" for each in range(len(everybody))]
    return everybody.iloc[number * PEOPLE :][:PEOPLE]


def test_fifty_malformed_cohorts_among_a_hundred_good_ones(workspace):
    bad = malformed(workspace)
    assert len(bad) == 50
    good = {name(number) for number in range(GOOD)}
    told = run(workspace, "rapport", "data/cohorts/*", *bad, "--carnet", "n.ipynb", "--travaux", WORKERS)
    assert told.returncode == 2
    assert "Pages faites : 100. Déjà à jour : 0. Refusées : 50." in told.stdout
    refused = {line.split("  ", 1)[1]: line for line in told.stderr.splitlines() if re.match(r"\d+/150  ", line)}
    assert len(refused) == 50
    for place, code in bad.items():
        (line,) = [line for line in refused.values() if re.match(rf"\d+/150  {place.name} : ", line)]
        assert f"[{code}]" in line, line
    assert pages(workspace) == good
    listed_pages, missing = listed(workspace / "rapports" / "index.html")
    assert listed_pages == sorted(f"{each}-n.html" for each in good)
    assert sorted(missing) == sorted(place.name for place in bad)
    index = (workspace / "rapports" / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"\d", index.split("</table>")[1].split("<footer>")[0].replace("h2", ""))
    assert {path.suffix for path in (workspace / "rapports").iterdir()} == {".html"}
    assert shared(workspace) == dict.fromkeys(good, 1)
    again = run(workspace, "rapport", "data/cohorts/*", *bad, "--carnet", "n.ipynb")
    assert "Pages faites : 0. Déjà à jour : 100. Refusées : 50." in again.stdout


# ------------------------------------------------------------------------------------------------- killed, interrupted


SOME = "data/cohorts/bonne-[abc]*"
"""Thirty of the hundred."""


def begun(folder, lines):
    """The command on thirty, in a group of its own, once it has told so many lines."""
    words = ["rapport", SOME, "--carnet", "n.ipynb", "--travaux", str(WORKERS)]
    process = subprocess.Popen(
        [sys.executable, "-m", "angle_mort.cli", *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        start_new_session=True,
    )
    for _ in range(lines):
        assert process.stdout.readline()
    return process


def nobody_left(group):
    """Whether every process of a group ends, its last ones within some seconds."""
    for _ in range(200):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def whole(folder):
    return all(path.read_text(encoding="utf-8").rstrip().endswith("</html>") for path in folder.glob("*.html"))


@UNIX
def test_killed_again_and_again_and_started_again_no_report_is_lost_or_doubled(workspace):
    for lines, wait in ((0, 0.7), (1, 0.0), (6, 0.13), (17, 0.05)):
        process = begun(workspace, lines)
        time.sleep(wait)
        process.kill()
        process.communicate()
        assert nobody_left(process.pid), "a worker outlives the command"
        entered_, there = shared(workspace), pages(workspace)
        assert there <= set(entered_), "a page that the ledger does not know"
        assert len(set(entered_) - there) <= WORKERS * 4
        assert whole(workspace / "rapports")
    done = run(workspace, "rapport", SOME, "--carnet", "n.ipynb", "--travaux", WORKERS)
    assert done.returncode == 0, done.stderr
    good = {name(number) for number in range(30)}
    assert pages(workspace) == good
    assert shared(workspace) == dict.fromkeys(good, 1)
    assert {path.suffix for path in (workspace / "rapports").iterdir()} == {".html"}
    assert len(listed(workspace / "rapports" / "index.html")[0]) == 30


@UNIX
def test_ctrl_c_is_one_sentence_and_leaves_nothing_half(workspace):
    process = begun(workspace, 3)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does, to the workers too
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert len(errors.strip().splitlines()) == 1 and "Interrompu" in errors
    assert nobody_left(process.pid)
    assert len(pages(workspace)) >= 3 and whole(workspace / "rapports")
    assert not list((workspace / "rapports").glob("*.part"))
    assert pages(workspace) <= set(shared(workspace))
