"""How long the pages of many cohorts take: against the floor, and with 1, 2 and 4 workers.

    python -m benchmarks.rapport [--cohorts 40] [--slices 1] [--write]

The floor is what any notebook costs: a kernel is started, it imports the libraries, reads the cohort, and saves the
figures of notebook 01 bare. Every slice runs each line of the table in turn, so that a busy machine weighs on all of
them; seconds of processor are of the command and all its children. ``--write`` puts the table into README.md here.
"""

# ruff: noqa: E402  the libraries read their number of threads when they are imported

from __future__ import annotations

import os

for _library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{_library}_NUM_THREADS"] = "1"

import argparse
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import nbformat
import pandas as pd

from angle_mort.shipped import shipped
from benchmarks.tables import markdown, plain
from tests.cohorts import answers, entered

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- rapport: begin -->", "<!-- rapport: end -->"
PEOPLE, WORKERS, FEW = 24, (1, 2, 4), 4
BARE = """
import io
import angle_mort as am
summary = am.load_cohort({place!r}).summary
for view in (am.views.dependence, am.views.blocks, am.views.areas, am.views.two_weeks, am.views.four_steps):
    view(summary).figure.savefig(io.BytesIO(), format="png", dpi=200)
"""


def workspace(folder: Path, cohorts: int) -> list[str]:
    """Real cohorts in a ledger, none of them shared yet; and notebook 01 so changed that only a kernel can read it."""
    everybody = answers(cohorts * PEOPLE, seed=5)
    everybody.index = [f"p{number}" for number in range(len(everybody))]
    names = [f"cohorte-{number:03}" for number in range(cohorts)]
    for number, name in enumerate(names):
        entered(folder, everybody.iloc[number * PEOPLE :][:PEOPLE], name)
    notebook = nbformat.read(shipped("notebooks") / "01_lire_une_cohorte.ipynb", as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("shown = cohort.summary"))
    nbformat.write(notebook, folder / "noyau.ipynb")
    return [f"data/cohorts/{name}" for name in names]


def floor(folder: Path, places: Sequence[str]) -> None:
    """The same figures by hand, each cohort in a new kernel of this Python."""
    from jupyter_client.manager import start_new_kernel

    for place in places:
        manager, client = start_new_kernel(kernel_name="python3", stderr=subprocess.DEVNULL)
        reply = client.execute(BARE.format(place=str(folder / place)), reply=True, timeout=300)
        assert reply["content"]["status"] == "ok", reply["content"]
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def rapport(folder: Path, places: Sequence[str], workers: int, *words: str) -> None:
    """The command as a coach types it, in a copy of the workspace."""
    with tempfile.TemporaryDirectory() as copy:
        there = shutil.copytree(folder, Path(copy) / "travail")
        command = [sys.executable, "-m", "angle_mort.cli", "rapport", *places, "--travaux", str(workers), *words]
        subprocess.run(command, cwd=there, check=True, stdout=subprocess.DEVNULL)
        assert len(list((there / "rapports").glob("*.html"))) == len(places) + 1


def measured(work: Callable[[], None]) -> tuple[float, float]:
    """Seconds by the clock and of the processor, children included."""
    wall, spent = time.perf_counter(), _processor()
    work()
    return time.perf_counter() - wall, _processor() - spent


def _processor() -> float:
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(each.ru_utime + each.ru_stime for each in map(resource.getrusage, who))


def ways(folder: Path, places: Sequence[str]) -> dict[str, tuple[int, Callable[[], None]]]:
    """Each line of the table: how many cohorts it makes, and how."""
    few, kernel = places[:FEW], ("--carnet", "noyau.ipynb")
    made = {"floor: a kernel each, libraries, figures saved bare": (len(few), partial(floor, folder, few))}
    for n in WORKERS:
        made[f"`rapport`, {n} at a time"] = len(places), partial(rapport, folder, places, n)
    for n in WORKERS[:2]:
        made[f"`rapport`, a kernel each, {n} at a time"] = len(few), partial(rapport, folder, few, n, *kernel)
    return made


def table(cohorts: int, slices: int) -> pd.DataFrame:
    """One row per way: cohorts made, seconds a cohort by the clock and of the processor, and both as ratios."""
    found: dict[str, list[tuple[int, float, float]]] = {}
    with tempfile.TemporaryDirectory() as place:
        places = workspace(Path(place), cohorts)
        for number in range(slices):
            for name, (made, work) in ways(Path(place), places[number::slices]).items():
                found.setdefault(name, []).append((made, *measured(work)))
                print(number, name, *found[name][-1], flush=True)
    return _told(found)


def _told(found: dict[str, list[tuple[int, float, float]]]) -> pd.DataFrame:
    rows = []
    for name, runs in found.items():
        made, wall, spent = map(sum, zip(*runs, strict=True))
        rows.append({"way": name, "cohorts": made, "clock": wall / made, "processor": spent / made})
    frame = pd.DataFrame(rows)
    for column in ("clock", "processor"):
        frame[f"× floor ({column})"] = [plain(each / frame[column][0], 2) for each in frame[column]]
        frame[column] = [plain(each, 2) for each in frame[column]]
    return frame.rename(columns={"way": "seconds a cohort"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cohorts", type=int, default=40)
    parser.add_argument("--slices", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    told = markdown(table(asked.cohorts, asked.slices))
    print(told)
    if asked.write:
        page = README.read_text(encoding="utf-8")
        README.write_text(re.sub(f"{BEGIN}.*{END}", f"{BEGIN}\n{told}\n{END}", page, flags=re.S), encoding="utf-8")


if __name__ == "__main__":
    main()
