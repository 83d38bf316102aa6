"""A copy that opens, and the way back: whatever was lost, damaged or overwritten meanwhile."""

import datetime
import zipfile

import pytest

from angle_mort.tokens import KnownTokens
from angle_mort.vault import back_up, open_vault, restore
from tests.vault.invented import PASSPHRASE, fails, intake

NOW = datetime.datetime(2026, 11, 25, 10, 30, 5)
OTHER = "quatre moutons dans un pré"


@pytest.fixture
def saved(vault, tmp_path):
    vault.store("artisans", "T0", intake())
    vault.path.with_name("registre-sponsor.jsonl").write_bytes(b"a line\n")
    vault.path.with_name("registre-sponsor.repere").write_bytes(b"1")
    return back_up(vault, tmp_path / "usb", NOW)


def test_a_backup_is_one_dated_file_that_hides_as_much_as_the_vault(saved, vault):
    assert saved.name == "angle-mort-coffre-2026-11-25-103005.zip"
    assert sorted(zipfile.ZipFile(saved).namelist()) == [
        "coffre.bin",
        "registre-sponsor.jsonl",
        "registre-sponsor.repere",
    ]
    assert b"Anne" not in saved.read_bytes() and b"artisans" not in saved.read_bytes()
    assert vault.backed_up() == NOW.date()
    assert open_vault(vault.path, PASSPHRASE).backed_up() == NOW.date()


def test_a_lost_computer(saved, tmp_path):
    place = tmp_path / "neuf" / "coffre.bin"
    made = restore(saved, place, PASSPHRASE, NOW)
    assert made.put_aside is None
    assert set(made.records) == {"registre-sponsor.jsonl", "registre-sponsor.repere"}
    assert place.with_name("registre-sponsor.jsonl").read_bytes() == b"a line\n"
    again = open_vault(place, PASSPHRASE)
    assert again.texts("artisans")["text"].tolist() == ["Signer les devis"]
    assert KnownTokens.load(place.with_name("jetons.json")).find("Anne Inventée")


def test_a_vault_that_stands_there_is_kept_and_its_ledger_goes_on(saved, vault, place):
    vault.store("artisans", "T1", intake(sha256="cd" * 32))
    vault.change_passphrase(OTHER)
    record = place.with_name("registre-sponsor.jsonl")
    record.write_bytes(b"a line\nanother\n")
    before = place.read_bytes()
    fails("AM304", restore, saved, place, PASSPHRASE, NOW)
    assert place.read_bytes() == before
    made = restore(saved, place, PASSPHRASE, NOW, replace=True)
    assert len(made.vault.cohorts()) == 1
    assert made.put_aside.read_bytes() == before
    assert len(open_vault(made.put_aside, OTHER).cohorts()) == 2
    assert made.records == () and record.read_bytes() == b"a line\nanother\n"


def test_a_plain_copy_of_the_file_is_a_backup_too(saved, vault, tmp_path):
    copy = tmp_path / "copie.bin"
    copy.write_bytes(vault.path.read_bytes())
    assert len(restore(copy, tmp_path / "neuf" / "coffre.bin", PASSPHRASE, NOW).vault.cohorts()) == 1


def test_what_cannot_be_opened_does_not_take_the_place_of_a_vault(saved, place, tmp_path):
    before = place.read_bytes()
    content = saved.read_bytes()
    cut, flipped = tmp_path / "cut.zip", tmp_path / "flipped.zip"
    cut.write_bytes(content[: len(content) // 2])
    middle = content.index(b"ANGLE-MORT-COFFRE") + 300
    flipped.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    elsewhere = tmp_path / "autre.zip"
    with zipfile.ZipFile(elsewhere, "w") as archive:
        archive.writestr("../coffre.bin", b"x")
        archive.writestr("photo.png", b"x")
    for backup, code in ((cut, "AM319"), (flipped, "AM319"), (elsewhere, "AM319"), (tmp_path / "absent.zip", "AM301")):
        fails(code, restore, backup, place, PASSPHRASE, NOW, replace=True)
    fails("AM302", restore, saved, place, OTHER, NOW, replace=True)
    damaged = tmp_path / "damaged.bin"
    damaged.write_bytes(before[:-1])
    fails("AM303", restore, damaged, place, PASSPHRASE, NOW, replace=True)
    assert place.read_bytes() == before


def test_a_folder_that_cannot_be_written(vault, tmp_path):
    (tmp_path / "a-file").touch()
    fails("AM314", back_up, vault, tmp_path / "a-file", NOW)
    assert vault.backed_up() is None


def test_tokens_that_are_lost_or_old_are_made_again_when_the_vault_is_opened(vault, place):
    tokens = place.with_name("jetons.json")
    old = tokens.read_bytes()
    vault.store("artisans", "T0", intake())
    for left in (old, b"damaged", None):
        tokens.unlink() if left is None else tokens.write_bytes(left)
        open_vault(place, PASSPHRASE)
        assert KnownTokens.load(tokens).find("Anne Inventée, Maison Exemple")
