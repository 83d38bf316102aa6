"""Delegation plans in the vault: found from any wave, gone with the person, and there after whatever happens."""

import datetime
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from angle_mort.roadmap import as_plan
from angle_mort.vault import back_up, open_vault, restore
from tests.vault.invented import PASSPHRASE, fails, intake

NOW = datetime.datetime(2026, 11, 25, 10, 30, 5)
OTHER = "quatre moutons dans un pré"
ANNE = ("artisans", "T0", "r001")
PLAN = as_plan(
    pd.DataFrame(
        {"task": ["=SOMME(1)", "Ouvrir l’atelier"], "priority": ["G1", "G4"], "hours": [2.5, np.nan], "holder": [0, 1]}
    ).assign(who="Karim", quarter="2027-T1")
)


def two(sha256="ab" * 32):
    """Anne, and somebody who gave neither name nor address."""
    other = pd.DataFrame({"respondent": ["r002"], "line": [3], "email": [""], "person": [""], "company": [""]})
    one = intake(sha256)
    return replace(one, identities=pd.concat([one.identities, other], ignore_index=True))


@pytest.fixture
def full(vault):
    vault.store("artisans", "T0", two())
    vault.store("artisans", "T1", two("cd" * 32))
    return vault


def saved(vault, row=ANNE):
    return as_plan(vault.plan(*row))


def test_a_plan_is_found_again_from_any_wave_of_the_same_person_the_last_saved_first(full):
    assert full.plan(*ANNE).empty
    full.save_plan(*ANNE, PLAN)
    full.save_plan("artisans", "T0", "r002", PLAN.head(1).assign(task="de r002"))
    for wave in ("T0", "T1"):
        pd.testing.assert_frame_equal(saved(full, ("artisans", wave, "r001")), PLAN)
    full.save_plan("artisans", "T1", "r001", PLAN.tail(1))
    assert saved(full)["task"].tolist() == ["Ouvrir l’atelier"]
    full.save_plan(*ANNE, PLAN.head(0))
    assert full.plan("artisans", "T1", "r001").empty and saved(full, ("artisans", "T0", "r002"))["task"][0] == "de r002"


def test_nobody_has_no_plan(full):
    fails("AM315", full.save_plan, "artisans", "T0", "r009", PLAN)
    fails("AM315", full.plan, "artisans", "T7", "r001")


def test_the_file_does_not_show_a_plan(full):
    full.save_plan(*ANNE, PLAN)
    assert b"Karim" not in full.path.read_bytes() and "Karim" not in repr(full)


def test_a_plan_goes_with_its_person_and_the_receipt_counts_it(full):
    full.save_plan(*ANNE, PLAN)
    full.save_plan("artisans", "T1", "r001", PLAN)
    full.save_plan("artisans", "T0", "r002", PLAN.assign(who="Lise"))
    erasure = full.erase(full.rows_of(*ANNE), NOW.date())
    assert [told["plans"] for told in erasure.erased.values()] == [1, 1]
    assert "Karim" not in str(full._load()) and saved(full, ("artisans", "T0", "r002"))["who"].tolist() == ["Lise"] * 2


def test_backup_restore_and_new_keys_keep_it(full, tmp_path):
    full.save_plan(*ANNE, PLAN)
    copy = back_up(full, tmp_path / "usb", NOW)
    restored = restore(copy, tmp_path / "neuf" / "coffre.bin", PASSPHRASE, NOW).vault
    pd.testing.assert_frame_equal(saved(restored), PLAN)
    full.change_passphrase(OTHER)
    full.renew_key(OTHER)
    pd.testing.assert_frame_equal(saved(open_vault(full.path, OTHER)), PLAN)


def test_a_vault_of_before_there_were_plans_still_opens_and_takes_one(full):
    with full._changing() as payload:
        for waves in payload["cohorts"].values():
            for kept in waves.values():
                del kept["plans"]
    old = open_vault(full.path, PASSPHRASE)
    assert old.plan(*ANNE).empty
    old.save_plan(*ANNE, PLAN)
    pd.testing.assert_frame_equal(saved(old), PLAN)


def test_a_corrected_export_keeps_the_plans_of_its_people_under_their_new_numbers(full):
    full.save_plan(*ANNE, PLAN)
    full.store("artisans", "T0", two(), replace=True)  # the same file
    pd.testing.assert_frame_equal(saved(full), PLAN)
    other = intake("ef" * 32)
    renamed = other.identities.assign(respondent="r002")
    full.store("artisans", "T0", replace(other, identities=renamed), replace=True)
    assert full._load()["cohorts"]["artisans"]["T0"]["plans"].keys() == {"r002"}
    somebody = renamed.assign(email="lou@example.org", person="Lou Inventé")
    fails("AM324", full.store, "artisans", "T0", replace(intake("ab" * 31 + "cd"), identities=somebody), replace=True)
    pd.testing.assert_frame_equal(saved(full, ("artisans", "T0", "r002")), PLAN)


VICTIM = """
import sys
from angle_mort.vault import sealing, open_vault
from tests.vault.test_plans import ANNE, PASSPHRASE, PLAN
sealing.WORK = (2**4, 8, 1)
vault = open_vault(sys.argv[1], PASSPHRASE)
for place in range(1000):
    vault.save_plan(*ANNE, PLAN.assign(who=f"the {place:03d}th"))
    print(place, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is a thing of Unix")
def test_a_program_killed_right_after_saving_has_lost_nothing(full):
    command, root = [sys.executable, "-c", VICTIM, str(full.path)], Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as victim:
        acknowledged = next(each for each in map(int, victim.stdout) if each == 7)
        victim.send_signal(signal.SIGKILL)
        acknowledged = max([acknowledged, *map(int, victim.stdout)])  # what it still told before it fell
    assert victim.returncode == -signal.SIGKILL
    plan = saved(open_vault(full.path, PASSPHRASE))
    kept = int(plan["who"].iloc[0][4:7])
    assert kept in (acknowledged, acknowledged + 1)  # the last that was told, or the one after, whole
    pd.testing.assert_frame_equal(plan, PLAN.assign(who=f"the {kept:03d}th"))
