"""Nothing that the ledger acknowledged is lost, whenever the program that writes is killed."""

import os
import subprocess
import sys

import pytest

from tests.attacks.killed import share_one


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no fork")
def test_after_a_hundred_kills_every_acknowledged_page_is_there_and_the_ledger_goes_on(tmp_path):
    command = [sys.executable, "-W", "ignore", "-m", "tests.attacks.killed", str(tmp_path), "100"]
    alone = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, env=alone, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    acknowledged, found, _ = map(int, done.stdout.split())
    assert acknowledged == found > 100


def test_a_line_cut_at_any_byte_is_recognised(tmp_path):
    from angle_mort.disclosure import Ledger

    ledger = Ledger(tmp_path / "registre.jsonl")
    ledger.begin()
    share_one(ledger, "1")
    whole, mark = ledger.path.read_bytes(), ledger.mark.read_bytes()
    share_one(ledger, "2")
    line = ledger.path.read_bytes()[len(whole) :]
    for cut in range(0, len(line), 61):
        ledger.path.write_bytes(whole + line[:cut])
        ledger.mark.write_bytes(mark)
        assert not share_one(ledger, "1")
        assert share_one(ledger, "2")
