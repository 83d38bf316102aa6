"""A program that shares pages until it is killed, a hundred times at random moments, and the look at what is left.

``python -m tests.attacks.killed FOLDER KILLS`` prints how many pages were acknowledged, how many were found, and how
often a killed program had left a line half written.
"""

from __future__ import annotations

import datetime
import os
import random
import signal
import sys
import time
from pathlib import Path

from angle_mort.disclosure import Ledger, SharedPage, of_everybody

PEOPLE = 9
DAY = datetime.date(2026, 11, 25)


def share_one(ledger: Ledger, seal: str) -> bool:
    """A release of people of its own, and its page; whether it was new."""
    rows = [f"{seal} {place}" for place in range(PEOPLE)]
    ledger.enter("c", seal, [(f"person {row}", f"answers {row}") for row in rows])
    return ledger.share(SharedPage("c", DAY, {seal: rows}, of_everybody(rows)))


def share_until_killed(ledger: Ledger, round_: int, acknowledge: int) -> None:
    for page in range(10_000):
        seal = f"{round_}-{page}"
        share_one(ledger, seal)
        os.write(acknowledge, f"{seal}\n".encode())


def killed_once(ledger: Ledger, round_: int, wait: float) -> list[str]:
    """The pages that a program acknowledged before it was killed, ``wait`` seconds after it began to write."""
    heard, acknowledge = os.pipe()
    child = os.fork()
    if not child:
        share_until_killed(ledger, round_, acknowledge)
    os.close(acknowledge)
    time.sleep(wait)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(heard) as told:
        return told.read().split()


def main(folder: Path, kills: int) -> None:
    draw, acknowledged, torn = random.Random(7), [], 0
    for round_ in range(kills):
        ledger = Ledger(folder / f"registre-{round_ % 10}.jsonl")  # ten of them, so that none grows long
        ledger.begin()
        told = killed_once(ledger, round_, draw.uniform(0.01, 0.4))
        torn += not ledger.path.read_bytes().endswith(b"\n")
        acknowledged += [(ledger, seal) for seal in told]
        for seal in told:
            assert not share_one(ledger, seal), f"{seal} was acknowledged and is lost"
        assert share_one(ledger, f"after {round_}"), "it cannot go on"
    found = sum(not share_one(ledger, seal) for ledger, seal in acknowledged)
    print(len(acknowledged), found, torn)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
