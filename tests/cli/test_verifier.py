"""``angle-mort verifier``: what a coach reads, and the exit statuses that a script can trust."""

import io
import zipfile
from pathlib import Path

import pytest

from angle_mort.cli import main
from angle_mort.cohort import load_cohort, report
from angle_mort.shipped import shipped
from angle_mort.tokens import KnownTokens
from tests.attacks.canaries import canary, zipped

WHO = canary(3)


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """A folder whose vault left its tokens: the vault itself is not there, so it cannot be opened."""
    (tmp_path / "data/private").mkdir(parents=True)
    (tmp_path / "data/private/jetons.json").write_bytes(KnownTokens.of([WHO]).to_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def verified(capsys, *files):
    status = main(["verifier", *map(str, files)])
    told = capsys.readouterr()
    return status, told.out.replace("\u202f", " ").replace("\xa0", " "), told.err


def test_a_clean_page_is_told_clean_and_ends_with_0(workspace, capsys):
    page = report(load_cohort(shipped("demo") / "cohorte")).save(workspace / "rapport.html")
    status, told, _ = verified(capsys, page)
    assert status == 0
    assert "rapport.html : rien trouvé." in told


def test_what_is_found_is_told_with_its_place_and_its_remedy_and_ends_with_3(workspace, capsys):
    (workspace / "x.zip").write_bytes(zipped(f"Séance\navec {WHO['person']}, {WHO['phone']}"))
    status, told, _ = verified(capsys, "x.zip")
    assert status == 3
    assert "choses à retirer" in told
    assert "notes.txt : le nom d’une personne que vous suivez. Retirez ce nom." in told
    assert not set(WHO["person"].split()) & set(told.replace(".", " ").split())


def test_one_bad_file_among_many_ends_with_3(workspace, capsys):
    (workspace / "a.txt").write_text("rien", encoding="utf-8")
    (workspace / "b.txt").write_text(WHO["email"], encoding="utf-8")
    assert verified(capsys, "a.txt", "b.txt")[0] == 3


def test_where_nobody_is_known_it_says_so_and_ends_with_4(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text("rien", encoding="utf-8")
    status, told, _ = verified(capsys, "a.txt")
    assert status == 4
    assert "Aucun nom n’est connu dans ce dossier" in told


@pytest.mark.parametrize("name", ["bombe.zip", "absent.pdf"])
def test_a_file_that_is_refused_ends_with_2(workspace, capsys, name):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a", bytes(20_000_000))
    (workspace / "bombe.zip").write_bytes(bomb.getvalue())
    status, told, said = verified(capsys, name)
    assert status == 2
    assert "[AM711]" in said or "[AM708]" in said
    assert "rien trouvé" not in told


def test_a_refused_file_does_not_hide_what_another_holds(workspace, capsys):
    (workspace / "b.txt").write_text(WHO["email"], encoding="utf-8")
    status, told, said = verified(capsys, "absent.pdf", "b.txt")
    assert status == 2
    assert "[AM708]" in said and "b.txt" in told


def test_the_scores_of_the_cohorts_of_this_folder_are_known(workspace, capsys):
    import shutil

    shutil.copytree(shipped("demo") / "cohorte", workspace / "data/cohorts/artisans")
    leader = load_cohort(shipped("demo") / "cohorte").leaders.iloc[0]
    (workspace / "a.csv").write_text(f"{leader['A']};{leader['B']};{leader['C']}\n", encoding="utf-8")
    status, told, _ = verified(capsys, "a.csv")
    assert status == 3
    assert "les scores exacts d’une personne" in told
