"""The vault: what goes in comes out, for nobody else, and no writer loses what another wrote."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from angle_mort.errors import AngleMortError
from angle_mort.vault import MINIMUM_PASSPHRASE, Vault, ask_passphrase, open_vault, pseudonym, sealing
from angle_mort.vault import vault as vault_module
from tests.vault.invented import PASSPHRASE, fails, intake

ROOT = Path(__file__).parents[2]
BESIDE = {"coffre.bin", "coffre.bin.lock", "jetons.json"}
SECRETS = ("anne@example.org", "Anne Inventée", "Maison Exemple", "Signer les devis", "a101")


def test_what_goes_in_comes_out(vault, place):
    vault.store("artisans", "T0", intake())
    again = open_vault(place, PASSPHRASE)
    kept = intake()
    pd.testing.assert_frame_equal(again.responses("artisans").loc["T0"], kept.responses)
    assert again.texts("artisans").loc["T0"].to_dict("records") == kept.texts.to_dict("records")
    assert again.identities("artisans").loc["T0"].to_dict("records") == kept.identities.to_dict("records")
    assert again.report("artisans").loc["T0", "rule"].tolist() == kept.report["rule"].tolist()
    assert again.cohorts().values.tolist() == [["artisans", "T0", "complete", 2, "ab" * 32]]


def test_two_waves_lie_under_one_cohort(vault):
    vault.store("artisans", "T0", intake())
    vault.store("artisans", "T1", intake(sha256="cd" * 32, shift=2))
    responses = vault.responses("artisans")
    assert responses.index.names == ["wave", "respondent"]
    assert responses.loc[("T0", "r001"), "a101"] == 4
    assert responses.loc[("T1", "r001"), "a101"] == 2


def test_the_same_file_again_is_no_change_and_another_must_be_asked(vault):
    vault.store("artisans", "T0", intake())
    vault.store("artisans", "T0", intake())
    fails("AM308", vault.store, "artisans", "T0", intake(sha256="cd" * 32, shift=1))
    assert vault.responses("artisans").loc[("T0", "r001"), "a101"] == 4
    vault.store("artisans", "T0", intake(sha256="cd" * 32, shift=1), replace=True)
    assert vault.responses("artisans").loc[("T0", "r001"), "a101"] == 3


def test_an_export_without_anybody_can_be_kept(vault):
    nobody = intake()
    nobody = replace(nobody, responses=nobody.responses.iloc[:0], texts=nobody.texts.iloc[:0])
    vault.store("artisans", "T0", nobody)
    assert list(vault.responses("artisans")) == ["a101", "l103"]
    assert vault.cohorts()["n"].tolist() == [0]


def test_nothing_readable_on_the_disk_and_nothing_beside(vault, place):
    vault.store("artisans", "T0", intake())
    content = place.read_bytes()
    assert not any(secret.encode() in content for secret in (*SECRETS, "artisans", PASSPHRASE))
    assert {each.name for each in place.parent.iterdir()} == BESIDE
    assert PASSPHRASE not in repr(vault) + repr(vars(vault))
    if os.name != "nt":
        assert place.stat().st_mode & 0o077 == 0


def test_each_write_has_its_own_nonce(vault, place):
    written = {place.read_bytes()[-200:]}
    for _ in range(3):
        vault.store("artisans", "T0", intake())
        written.add(place.read_bytes()[-200:])
    assert len(written) == 4


def test_wrong_passphrase(vault, place):
    fails("AM302", open_vault, place, PASSPHRASE + "!")


def test_accents_typed_in_two_ways_are_one_passphrase(vault, place):
    assert open_vault(place, PASSPHRASE.replace("è", "e\u0300")).cohorts().empty


@pytest.mark.parametrize("where", [0.0, 0.5, 0.8, 0.999])
def test_any_changed_byte_is_noticed(vault, place, where):
    content = bytearray(place.read_bytes())
    content[int(where * len(content))] ^= 1
    place.write_bytes(content)
    with pytest.raises(AngleMortError) as error:
        open_vault(place, PASSPHRASE)
    assert error.value.codes[0] in ("AM302", "AM303", "AM310")


def test_the_header_is_authenticated(vault, place):
    place.write_bytes(place.read_bytes().replace(b'"format": 1, "scrypt"', b'"format": 1,  "scrypt"'))
    content = place.read_bytes()
    start = len(sealing.MAGIC)
    size = int.from_bytes(content[start : start + 4], "big") + 1
    place.write_bytes(content[:start] + size.to_bytes(4, "big") + content[start + 4 :])
    fails("AM303", open_vault, place, PASSPHRASE)


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: b"autre chose",
        lambda content: content[:30],
        lambda content: content[:-1],
        lambda content: content.replace(b"[16, 8, 1]", b"[15, 8, 1]"),
        lambda content: content.replace(b"[16, 8, 1]", b"[16,99,1] "),
        lambda content: content.replace(b"[16, 8, 1]", b"[16, 8]   "),
    ],
)
def test_damaged_vaults(vault, place, damage):
    place.write_bytes(damage(place.read_bytes()))
    fails("AM303", open_vault, place, PASSPHRASE)


def test_a_newer_format_is_not_called_damaged(vault, place):
    place.write_bytes(place.read_bytes().replace(b'"format": 1', b'"format": 2'))
    fails("AM310", open_vault, place, PASSPHRASE)


def test_missing_vault_unknown_cohort_and_second_creation(vault, place, tmp_path):
    fails("AM301", open_vault, tmp_path / "absent.bin", PASSPHRASE)
    fails("AM309", vault.responses, "inconnue")
    before = place.read_bytes()
    fails("AM304", Vault.create, place, PASSPHRASE)
    assert place.read_bytes() == before


def test_a_short_passphrase_makes_no_vault(quick, place):
    fails("AM306", Vault.create, place, "x" * (MINIMUM_PASSPHRASE - 1))
    fails("AM306", Vault.create, place, " " * 20)
    assert not place.parent.exists()


def test_the_true_work_factor(place):
    Vault.create(place, PASSPHRASE)
    header = json.loads(place.read_bytes().split(b"\n", 1)[1][4:].split(b"}")[0] + b"}")
    assert header["scrypt"] == [2**17, 8, 1]
    assert open_vault(place, PASSPHRASE).cohorts().empty


def test_the_default_place_and_the_variable(quick, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANGLE_MORT_PASSPHRASE", PASSPHRASE)
    Vault.create(None, ask_passphrase(confirm=True))
    assert open_vault().path == Path("data/private/coffre.bin")
    assert {each.relative_to(tmp_path) for each in tmp_path.rglob("*") if each.is_file()} == {
        Path("data/private", name) for name in BESIDE
    }


def test_writers_wait_for_each_other(vault, place):
    others = [open_vault(place, PASSPHRASE) for _ in range(4)]
    with ThreadPoolExecutor(len(others)) as pool:
        list(pool.map(lambda number: others[number % 4].store(f"cohorte {number}", "T0", intake()), range(20)))
    assert sorted(vault.cohorts()["cohort"]) == sorted(f"cohorte {number}" for number in range(20))


STORE = """
import sys
sys.path.insert(0, sys.argv[3])
from angle_mort.vault import open_vault
from tests.vault.invented import PASSPHRASE, intake
vault = open_vault(sys.argv[1], PASSPHRASE)
for wave in range(5):
    vault.store(sys.argv[2], f"T{wave}", intake())
"""


def test_two_processes_lose_nothing(vault, place):
    running = [
        subprocess.Popen([sys.executable, "-c", STORE, str(place), name, str(ROOT)], cwd=ROOT)
        for name in ("une", "deux")
    ]
    assert [each.wait(timeout=60) for each in running] == [0, 0]
    assert vault.cohorts().groupby("cohort").size().to_dict() == {"une": 5, "deux": 5}


HOLD = """
import sys, time
from pathlib import Path
from angle_mort.disk import alone
with alone(Path(sys.argv[1]), 5):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_killed_program_leaves_no_lock(vault, place, monkeypatch):
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(place)], cwd=ROOT, stdout=subprocess.PIPE)
    assert holder.stdout.readline().strip() == b"held"
    monkeypatch.setattr(vault_module, "_PATIENCE", 0.05)
    fails("AM307", vault.store, "artisans", "T0", intake())
    holder.kill()
    holder.communicate()
    place.with_name("coffre.bin.new").write_bytes(b"half of a fi")
    vault.store("artisans", "T0", intake())
    assert {each.name for each in place.parent.iterdir()} == BESIDE


def test_a_failed_write_leaves_the_old_vault(vault, place, monkeypatch):
    before = place.read_bytes()

    def no_space(handle):
        raise OSError(28, "no space left")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", no_space)
        fails("AM314", vault.store, "artisans", "T0", intake())
    assert place.read_bytes() == before
    assert {each.name for each in place.parent.iterdir()} == BESIDE
    vault.store("artisans", "T0", intake())


OPEN = "import sys; from angle_mort.vault import open_vault; print(len(open_vault(sys.argv[1]).cohorts()))"


def without_variable():
    return {name: value for name, value in os.environ.items() if name != "ANGLE_MORT_PASSPHRASE"}


def test_nobody_to_ask(vault, place):
    command = [sys.executable, "-c", OPEN, str(place)]
    done = subprocess.run(
        command, cwd=ROOT, env=without_variable(), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "[AM305]" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="a pseudo-terminal is a thing of Unix")
def test_the_terminal_is_asked_and_shows_nothing(vault, place):
    import pty

    asked, answered = pty.openpty()
    command = [sys.executable, "-c", OPEN, str(place)]
    running = subprocess.Popen(
        command,
        cwd=ROOT,
        env=without_variable(),
        stdin=answered,
        stdout=answered,
        stderr=answered,
        start_new_session=True,
    )
    os.close(answered)
    shown = b""
    while b":" not in shown:
        shown += os.read(asked, 1024)
    os.write(asked, PASSPHRASE.encode() + b"\n")
    assert running.wait(timeout=60) == 0
    shown += os.read(asked, 1024)
    os.close(asked)
    assert "Phrase secrète" in shown.decode()
    assert PASSPHRASE not in shown.decode()
    assert shown.split()[-1] == b"0"


@pytest.mark.parametrize(("typed", "code"), [((PASSPHRASE, PASSPHRASE), None), ((PASSPHRASE, "autre"), "AM313")])
def test_a_chosen_passphrase_is_typed_twice(monkeypatch, typed, code):
    monkeypatch.delenv("ANGLE_MORT_PASSPHRASE", raising=False)
    answers = iter(typed)
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(answers))
    if code:
        fails(code, ask_passphrase, confirm=True)
    else:
        assert ask_passphrase(confirm=True) == PASSPHRASE


def test_pseudonyms_of_one_audience_follow_a_person(vault, place):
    first = vault.pseudonym("sponsor", "anne@example.org")
    assert first == open_vault(place, PASSPHRASE).pseudonym("sponsor", " ANNE@example.org ")
    assert first != vault.pseudonym("sponsor", "anna@example.org")
    assert first != vault.pseudonym("leader", "anne@example.org")
    assert len(first) == 16
    assert set(first) <= set("abcdefghijklmnopqrstuvwxyz234567")


def test_pseudonyms_of_another_vault_are_others(vault, quick, tmp_path):
    other = Vault.create(tmp_path / "autre.bin", PASSPHRASE)
    assert other.pseudonym("sponsor", "anne@example.org") != vault.pseudonym("sponsor", "anne@example.org")


def test_pseudonym_by_hand():
    """HMAC-SHA256 of RFC 4231's construction, computed here the long way."""
    import base64
    import hashlib

    key, identity = bytes(range(32)), "anne@example.org"
    inner, outer = (bytes(byte ^ pad for byte in key.ljust(64, b"\0")) for pad in (0x36, 0x5C))
    digest = hashlib.sha256(outer + hashlib.sha256(inner + identity.encode()).digest()).digest()
    assert pseudonym(key, "Anne@Example.org") == base64.b32encode(digest[:10]).decode().lower()


@pytest.mark.parametrize(("same", "other"), [("Éa", "e\u0301A"), ("ｱnne", "アnne"), ("Straße", "STRASSE")])
def test_one_person_written_in_two_ways(same, other):
    assert pseudonym(bytes(32), same) == pseudonym(bytes(32), other)


def test_pseudonym_refuses_a_short_key_and_nobody():
    fails("AM311", pseudonym, bytes(16), "anne@example.org")
    fails("AM312", pseudonym, bytes(32), " \u00a0")


def test_somebody_is_known_as_at_first_whatever_they_gave_later(vault):
    people = [("anne@example.org", "Anne Inventée"), ("", "Bruno Inventé"), ("", "")]
    later = [("", "Inventée, Anne"), ("bruno@example.org", "Bruno Inventé"), ("carole@example.org", "")]
    for wave, told in (("T0", people), ("T1", later)):
        names = [f"r{place}" for place in range(3)]
        rows = pd.DataFrame(told, columns=["email", "person"]).assign(respondent=names, line=range(2, 5))
        answers = pd.DataFrame({"a101": [1.0, 2.0, 3.0]}, index=pd.Index(names, name="respondent"))
        kept = intake(sha256=wave)
        vault.store("artisans", wave, replace(kept, responses=answers, identities=rows, texts=kept.texts.iloc[:0]))
    assert vault.known_as("artisans", "T0").tolist() == ["anne@example.org", "Bruno Inventé", ""]
    assert vault.known_as("artisans", "T1").tolist() == ["anne@example.org", "Bruno Inventé", "carole@example.org"]


def test_the_plan_of_a_person_is_found_from_each_of_their_waves(vault):
    for wave in ("T0", "T1"):
        vault.store("artisans", wave, intake(sha256=wave))
    assert vault.plans("artisans") == {}
    for holder in (0, 2):
        vault.save_plan("artisans", "T0", "r001", pd.DataFrame({"task": ["Devis"], "holder": [holder]}))
    assert {row: plan["holder"].tolist() for row, plan in vault.plans("artisans").items()} == {
        ("T0", "r001"): [2],
        ("T1", "r001"): [2],
    }
