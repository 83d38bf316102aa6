"""``importer --passation``: a second wave of the same people, from the export to its own folder, and out again."""

import json
import os
import re
from pathlib import Path

import nbclient
import nbformat
import pandas as pd
import pytest

from angle_mort.cli.app import _parse, _run
from angle_mort.cohort import load_cohort, share
from angle_mort.disclosure import Ledger
from angle_mort.errors import AngleMortError
from angle_mort.publishing import page_from_notebook
from angle_mort.publishing.execution import execute, with_parameters
from angle_mort.shipped import shipped
from angle_mort.text import explain
from angle_mort.vault import open_vault, sealing
from tests.waves import EVERYBODY, export, identities, later

PASSPHRASE = "trois chèvres sur un toit"
COHORTS = Path("data/cohorts")
FIRST, SECOND = range(24), [*range(4, 22), 24, 25, 26, 27, 28]


@pytest.fixture
def typed(tmp_path, monkeypatch, capsys):
    """Run one command in a new folder; what it printed, no-break spaces told as spaces."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sealing, "WORK", (2**4, 8, 1))
    monkeypatch.setenv("ANGLE_MORT_PASSPHRASE", PASSPHRASE)
    monkeypatch.setattr("sys.stdin", None)

    def run(*words):
        capsys.readouterr()
        assert _run(_parse([*map(str, words)])) == 0
        return re.sub("[\u00a0\u202f]", " ", capsys.readouterr().out)

    return run


@pytest.fixture
def two_waves(typed):
    export(Path("t0.csv"), EVERYBODY.iloc[list(FIRST)], identities(FIRST))
    export(Path("t1.csv"), later(SECOND), identities(SECOND, without_email=[4, 5]))
    typed("importer", "t0.csv", "--cohorte", "artisans")
    return typed("importer", "t1.csv", "--cohorte", "artisans", "--passation", "t1")


def codes(call, *words):
    with pytest.raises(AngleMortError) as error:
        call(*words)
    assert explain(error.value)
    return error.value.codes


def test_a_second_wave_has_its_own_folder_and_tells_whom_it_knows(two_waves):
    assert (
        "Passation T1 : déjà là à une autre passation : 18 ; là pour la première fois : 5 ; là à une autre et pas"
        in (two_waves)
    )
    assert "data/cohorts/artisans-T1" in two_waves
    assert "suivi artisans. Avant de partager, choisissez" in two_waves
    first, second = load_cohort(COHORTS / "artisans"), load_cohort(COHORTS / "artisans-T1")
    assert (first.leaders["wave"].unique().tolist(), second.leaders["wave"].unique().tolist()) == (["T0"], ["T1"])
    assert second.name == "artisans-T1" and len(second.leaders) == 23
    assert second.leaders["form"].unique().tolist() == ["suivi"]
    assert not set(first.leaders["leader"]) & set(second.leaders["leader"])


def test_the_ledger_knows_the_same_people_in_both_waves_even_by_name_alone(two_waves):
    lines = [json.loads(line) for line in Ledger.beside(COHORTS / "artisans").path.read_text().splitlines()]
    first, second = ({person for person, _ in line["members"]} for line in lines if line["kind"] == "release")
    assert (len(first), len(second), len(first & second)) == (24, 23, 18)


def test_a_wave_is_made_again_to_the_byte_and_erased_with_the_person(typed, two_waves):
    place = COHORTS / "artisans-T1" / "leaders.csv"
    before = place.read_bytes()
    place.unlink()
    typed("liberer", "artisans", "--passation", "T1")
    assert place.read_bytes() == before
    told = typed("coffre", "effacer", "dirigeant4@exemple.example", "--oui")
    assert "passation T0, 1 questionnaire" in told and "passation T1, 1 questionnaire" in told
    assert "liberer artisans --passation T1" in told and "liberer artisans\n" in told
    assert open_vault().cohorts()["n"].tolist() == [23, 22]


def test_a_wave_of_nearly_the_same_people_is_not_shared_after_the_first(typed):
    export(Path("t0.csv"), EVERYBODY.iloc[:24], identities(range(24)))
    export(Path("t1.csv"), later(range(2, 24)), identities(range(2, 24)))
    for wave in ("T0", "T1"):
        typed("importer", f"{wave.lower()}.csv", "--cohorte", "artisans", "--passation", wave)
    assert share(load_cohort(COHORTS / "artisans"))
    assert codes(share, load_cohort(COHORTS / "artisans-T1")) == ["AM634"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["importer", "t1.csv", "--cohorte", "artisans", "--passation", "premiere"], "AM641"),
        (["importer", "t1.csv", "--cohorte", "artisans-t1"], "AM640"),
        (["importer", "t1.csv", "--cohorte", "artisans", "--passation", "T1"], "AM610"),
        (["liberer", "artisans", "--passation", "T2"], "AM323"),
    ],
)
def test_a_wave_that_will_not_do_is_refused(typed, two_waves, words, code):
    kept = open_vault().cohorts()
    assert codes(typed, *words) == [code]
    pd.testing.assert_frame_equal(open_vault().cohorts(), kept)


def test_two_waves_are_scored_on_the_same_margins(typed, two_waves):
    first, second = (
        json.loads((COHORTS / name / "certificate.json").read_text()) for name in ("artisans", "artisans-T1")
    )
    assert first["norms"] == second["norms"]


def test_suivi_tells_of_the_group_and_names_nobody_and_shares_only_on_request(typed, two_waves):
    told = typed("suivi", "artisans", "--mois", "0", "5")
    assert "18 dirigeants ont répondu à la première passation (T0) et à la dernière (T1)" in told
    assert "régression vers la moyenne" in told and "carnet 05" in told
    assert not re.search("exemple|Camille|Inventée", told)
    assert not Path("rapports").exists()
    shared = typed("suivi", "artisans", "--partager")
    page = Path("rapports/artisans-suivi.html")
    assert str(page.resolve()) in shared and page.exists()
    typed("verifier", page)
    assert codes(share, load_cohort(COHORTS / "artisans")) == ["AM637"]


def test_suivi_compares_with_a_waiting_list_and_refuses_what_it_cannot_read(typed, two_waves):
    export(Path("a0.csv"), EVERYBODY.iloc[28:40], identities(range(28, 40)))
    typed("importer", "a0.csv", "--cohorte", "attente")
    assert codes(typed, "suivi", "artisans", "--attente", "attente") == ["AM642"]
    export(Path("a1.csv"), later(range(28, 40), seed=3), identities(range(28, 40)))
    typed("importer", "a1.csv", "--cohorte", "attente", "--passation", "T1")
    assert "Face à la liste d’attente « attente »" in typed("suivi", "artisans", "--attente", "attente")
    assert codes(typed, "suivi", "artisans", "--mois", "0", "0") == ["AM643"]


@pytest.mark.slow
def test_notebook_05_runs_on_the_vault_of_its_workspace_and_nothing_of_it_can_be_published(typed, two_waves):
    notebook = nbformat.read(shipped("notebooks") / "05_suivre_les_progres.ipynb", as_version=4)
    names = {"cohort_name": "artisans"}
    assert codes(execute, notebook, names) == ["AM702"]  # to publish it, the kernel would need vault and passphrase
    Path("notebooks").mkdir()
    place = {"metadata": {"path": "notebooks"}}
    opened = nbclient.NotebookClient(with_parameters(notebook, names), kernel_name="python3", resources=place)
    executed = opened.execute(env=dict(os.environ), cleanup_kc=True)
    shown = [output for cell in executed.cells for output in cell.get("outputs", [])]
    assert len(shown) == 7 and any("Camille" in str(each.data) for each in shown)
    for audience in ("sponsor", "leader"):
        assert codes(page_from_notebook, executed, audience) == ["AM705"]
