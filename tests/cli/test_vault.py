"""``angle-mort coffre``: each command as a coach types it, and what it tells."""

import datetime
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from angle_mort.cli.app import _parse, _run
from angle_mort.cohort import row_ids, stored_intake, working_audience
from angle_mort.errors import AngleMortError
from angle_mort.explorer import shortlist
from angle_mort.instrument import load_instrument
from angle_mort.responses import read_export
from angle_mort.shipped import shipped
from angle_mort.text import explain
from angle_mort.vault import DEFAULT_PATH, Vault, open_vault, sealing
from tests.cli.test_cli import on_a_terminal, run

PASSPHRASE, OTHER = "trois chèvres sur un toit", "quatre moutons dans un pré"
BRUNO = "bruno.escaffrel@exemple.example"


@pytest.fixture(scope="module")
def read():
    return read_export(shipped("demo") / "reponses.csv", load_instrument())


@pytest.fixture
def workspace(tmp_path, monkeypatch, read):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sealing, "WORK", (2**4, 8, 1))
    monkeypatch.setenv("ANGLE_MORT_PASSPHRASE", PASSPHRASE)
    monkeypatch.setattr("sys.stdin", None)
    vault = Vault.create(None, PASSPHRASE)
    vault.store("artisans", "T0", read)
    vault.store("voisins", "T1", replace(read, dialect=replace(read.dialect, sha256="cd" * 32)))
    return tmp_path


@pytest.fixture
def coffre(workspace, capsys):
    """Run one command; what it printed, no-break spaces told as spaces."""

    def asked(*words):
        capsys.readouterr()
        assert _run(_parse(["coffre", *map(str, words)])) == 0
        return re.sub("[\u00a0\u202f]", " ", capsys.readouterr().out)

    return asked


def refused(coffre, code, *words):
    with pytest.raises(AngleMortError) as error:
        coffre(*words)
    assert error.value.codes == [code]
    assert explain(error.value)


def test_the_state_tells_what_is_kept_and_no_name(coffre):
    told = coffre("etat")
    assert "- artisans, passation T0 (formulaire complete) : 24 questionnaires" in told
    assert "Aucune sauvegarde n’a encore été faite" in told
    assert not re.search("escaffrel|exemple", told, flags=re.I)


def test_an_empty_vault_has_a_state_too(coffre, monkeypatch, tmp_path):
    (tmp_path / "vide").mkdir()
    monkeypatch.chdir(tmp_path / "vide")
    refused(coffre, "AM301", "etat")
    Vault.create(None, PASSPHRASE)
    assert "Il ne contient encore aucune passation." in coffre("etat")


def test_the_passphrase_is_changed(coffre, monkeypatch):
    refused(coffre, "AM305", "phrase")
    monkeypatch.setenv("ANGLE_MORT_NEW_PASSPHRASE", "court")
    refused(coffre, "AM306", "phrase")
    monkeypatch.setenv("ANGLE_MORT_NEW_PASSPHRASE", OTHER)
    assert "La nouvelle phrase ouvre le coffre" in coffre("phrase")
    refused(coffre, "AM302", "etat")
    assert len(open_vault(passphrase=OTHER).cohorts()) == 2


def test_the_keys_are_changed(coffre):
    before = open_vault().pseudonym("x", "y")
    assert "nouvelles clés" in coffre("cle")
    assert open_vault().pseudonym("x", "y") != before


def test_a_backup_comes_back(coffre, workspace):
    told = coffre("sauvegarder", workspace / "usb")
    (backup,) = (workspace / "usb").iterdir()
    assert f"Sauvegarde faite et vérifiée : {backup}." in told
    assert "Dernière sauvegarde :" in coffre("etat")
    refused(coffre, "AM304", "restaurer", backup)
    DEFAULT_PATH.unlink()
    assert "2 passations" in coffre("restaurer", backup)
    assert "Le coffre précédent est gardé dans" in coffre("restaurer", backup, "--remplacer")


def test_a_backup_older_than_an_erasure_says_who_has_come_back(coffre, workspace):
    coffre("sauvegarder", workspace / "usb")
    (backup,) = (workspace / "usb").iterdir()
    coffre("effacer", BRUNO, "--oui")
    (receipt,) = Path("data/private/recus").iterdir()
    told = coffre("restaurer", backup, "--remplacer")
    assert f"date d’avant des effacements ({receipt.stem})" in told


def test_an_erasure_says_what_went_and_what_remains_and_names_nobody(coffre):
    Path("data/cohorts/artisans").mkdir(parents=True)
    Path("data/pools/artisans").mkdir(parents=True)
    Path("rapports").mkdir()
    Path("rapports/artisans.html").touch()
    vault = open_vault()
    vault.save_plan(*vault.find(BRUNO)[0], pd.DataFrame({"task": ["Ouvrir l’atelier"]}))
    own = row_ids(stored_intake(vault, "artisans", "T0"), vault.naming(working_audience("artisans", "T0")))
    plans = [Path("data/private/plans", each) for each in (own[vault.find(BRUNO)[0][2]], "somebody")]
    for each in plans:
        each.mkdir(parents=True)
        (each / "plan-de-delegation.xlsx").touch()
    told = coffre("effacer", BRUNO, "--oui")
    today = datetime.date.today()
    assert "Effacé aussi : son plan de délégation." in told
    assert "Supprimés aussi : les fichiers de son plan" in told and [each.exists() for each in plans] == [False, True]
    assert f"Reçu d’effacement E-{today:%Y%m%d}-" in told
    assert "cohorte artisans, passation T0, 1 questionnaire (" in told
    assert "Identité : adresse e-mail, nom, entreprise, date de réponse." in told
    assert f"{Path('data/cohorts/artisans')} contient encore sa ligne" in told
    assert "liberer artisans" in told and "Supprimez ce dossier" not in told
    assert f"{Path('data/pools/artisans')} contient des moyennes" in told
    assert f"{Path('rapports/artisans.html')} contient des chiffres de groupe" in told
    assert f"{Path('data/cohorts/voisins')} contient" not in told
    (receipt,) = Path("data/private/recus").iterdir()
    written = re.sub("[\u00a0\u202f]", " ", receipt.read_text(encoding="utf-8"))
    assert written.strip() in told
    assert not re.search("escaffrel|bruno|exemple", written, flags=re.I)
    assert f"Effacement {receipt.stem}, le" in coffre("etat")
    refused(coffre, "AM315", "effacer", BRUNO, "--oui")


def test_an_erasure_that_leaves_too_few_says_that_the_cohort_is_to_be_deleted(coffre, read):
    eight = read.responses.index[8:16]
    people = read.identities[read.identities["respondent"].isin(eight)]
    some = replace(read, responses=read.responses.loc[eight], identities=people)
    open_vault().store("petits", "T0", some)
    for name in ("petits", "artisans"):
        Path("data/cohorts", name).mkdir(parents=True)
    told = coffre("effacer", BRUNO, "--oui")
    (small,) = [line for line in told.splitlines() if str(Path("data/cohorts/petits")) in line]
    assert "Supprimez ce dossier" in small and "moins de 8" in small and "liberer petits" not in told
    assert "liberer artisans" in told


def test_a_receipt_that_a_kill_prevented_is_written_later(coffre):
    coffre("effacer", BRUNO, "--oui")
    (receipt,) = Path("data/private/recus").iterdir()
    written = receipt.read_bytes()
    receipt.unlink()
    coffre("etat")
    assert receipt.read_bytes() == written


def test_somebody_is_erased_by_the_id_of_a_row(coffre):
    vault = open_vault()
    ids = row_ids(stored_intake(vault, "voisins", "T1"), vault.naming(working_audience("voisins", "T1")))
    told = coffre("effacer", ids["r010"], "--oui")
    assert "cohorte artisans, passation T0" in told and "cohorte voisins, passation T1" in told
    assert not open_vault().identities("artisans")["email"].isin([BRUNO]).any()
    refused(coffre, "AM315", "effacer", "a" * 16, "--oui")


def test_the_questions_kept_for_somebody_go_with_them(coffre):
    vault = open_vault()
    ids = row_ids(stored_intake(vault, "artisans", "T0"), vault.naming(working_audience("artisans", "T0")))
    (_, _, bruno), *_ = vault.find(BRUNO)
    other = next(own for each, own in ids.items() if each != bruno)
    path = shortlist.beside(Path("data/cohorts/artisans"))
    shortlist.save(path, [("artisans", ids[bruno], "A"), ("artisans", ids[bruno], "B"), ("artisans", other, "A")])
    assert "Effacées aussi : 2 questions" in coffre("effacer", BRUNO, "--oui")
    assert shortlist.load(path) == [("artisans", other, "A")]


def test_nothing_is_erased_without_a_person_and_a_confirmation(coffre):
    before = DEFAULT_PATH.read_bytes()
    refused(coffre, "AM802", "effacer")
    refused(coffre, "AM802", "effacer", BRUNO)
    refused(coffre, "AM315", "effacer", "Quelqu’un d’autre", "--oui")
    assert DEFAULT_PATH.read_bytes() == before


def test_help_is_french_and_a_missing_action_is_one_sentence(tmp_path):
    told = run(tmp_path, "coffre", "--help")
    for word in ("etat", "phrase", "cle", "sauvegarder", "restaurer", "effacer", "Commandes"):
        assert word in told.stdout
    assert not re.search(r"usage:|show this help|positional", told.stdout)
    told = run(tmp_path, "coffre")
    assert (told.returncode, "[AM801]" in told.stderr) == (2, True)


@pytest.mark.slow
def test_on_a_terminal_the_person_is_asked_and_the_erasure_confirmed(workspace):
    typed = ["mauvaise phrase !", PASSPHRASE, BRUNO, "non"]
    status, told = on_a_terminal(workspace, "coffre", "effacer", typed=typed)
    assert status == 2 and "[AM302]" in told and "[AM802]" in told, told
    status, told = on_a_terminal(workspace, "coffre", "effacer", typed=[PASSPHRASE, BRUNO, "EFFACER"])
    assert status == 0 and "Reçu d’effacement" in told, told
    status, told = on_a_terminal(workspace, "coffre", "phrase", typed=[PASSPHRASE, "court", "court", OTHER, OTHER])
    assert status == 0 and "[AM306]" in told, told
    assert len(open_vault(passphrase=OTHER).cohorts()) == 2
