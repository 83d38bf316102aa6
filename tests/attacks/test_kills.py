"""Programs killed at every call to the disk, and at random moments: nothing acknowledged is lost, nothing is half."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests import demonstration
from tests.responses.google_forms import write_rows

ROOT = Path(__file__).parents[2]
KILLED = 9
MOMENTS = int(os.environ.get("ANGLE_MORT_KILLS", "100"))
"""Kills at random moments, a multiple of four; the table of the README is of 200 (``benchmarks/privacy.py``)."""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a fork and SIGKILL are things of Unix")


def told(*words):
    """What the victim tells, one mapping per kill."""
    command = [sys.executable, "-m", "tests.attacks.victim", *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=600)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, (done.stderr[-2000:], [each for each in lines if "raised" in each])
    return lines


def at_random_moments(folder, kills):
    write_rows(folder / "export.csv", demonstration.export())
    return told("moments", folder, kills, 20261125)


def done_or_never_begun(folder, *kinds):
    kills = told("calls", folder, *kinds)
    calls = Counter(each["kind"] for each in kills if each["status"] == KILLED)
    assert set(calls) == set(kinds)
    assert min(calls.values()) >= 10  # lock, open, write, fsync, close, rename, of one file and of the next
    for each in kills:
        assert each["status"] in (0, KILLED), each
        assert each["done"] != each["before"], each
        assert each["done"] or each["status"] == KILLED, each
        assert each["left"] == [], each
    for kind in kinds:
        states = [each["done"] for each in kills if each["kind"] == kind]
        assert states == sorted(states), kind  # one call is the instant at which it is done
        assert not states[0], kind


def test_killed_at_any_call_to_the_disk_a_write_is_done_or_was_never_begun(tmp_path):
    done_or_never_begun(tmp_path, "store", "folder")


@pytest.mark.slow
def test_so_is_every_other_kind_of_write(tmp_path):
    done_or_never_begun(tmp_path, "create", "replace", "erase", "passphrase", "key", "back up", "restore")


@pytest.mark.slow
def test_killed_at_random_moments_nothing_is_lost_and_nothing_is_half(tmp_path):
    tries = at_random_moments(tmp_path, MOMENTS)
    fell = Counter(each["kind"] for each in tries if each["status"] == KILLED)
    assert fell == dict.fromkeys(("import", "replace", "release", "publish"), MOMENTS // 4)
    assert tries[-1]["left"] == []
    for each in tries:
        assert each["status"] in (0, KILLED), each
        assert (each["lost"], each["broken"], each["half"]) == ([], [], []), each
