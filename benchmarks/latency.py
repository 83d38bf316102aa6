"""From a click to the new figure in the browser: the explorer, a bare round trip and a naive seaborn ``interact``.

    python -m benchmarks.latency [--rounds 60] [--clicks 500] [--write]

A real JupyterLab and a headless Chromium, one notebook for each number of leaders, with the three ways in it. They are
clicked in turn, so that a busy machine slows them alike. The page itself says when a click began and when its answer
was painted; the processor time of kernel, server and browser comes from Linux (schedstat), until all
is quiet again. ``--write`` puts the tables into benchmarks/README.md, between their two marks.
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import shutil
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat
import pandas as pd
import psutil
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, Page, sync_playwright

from angle_mort.cli.workspace import workspace
from angle_mort.text import t
from benchmarks.tables import markdown
from tests.browser.conftest import FLAGS
from tests.browser.jupyter import run_in_laboratory, served, window
from tests.cohorts import answers, released
from tests.conftest import CHROMIUM

README, BEGIN, END = Path(__file__).with_name("README.md"), "<!-- latency: begin -->", "<!-- latency: end -->"
PAGE = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
SIZES = (24, 200, 10_000)
WAYS = ("bare", "explorer", "naive")
QUIET = 60  # milliseconds after an answer: what is done for it later belongs to it too
HURRIED = 20

CELLS = [
    "import angle_mort as am\nimport ipywidgets, os\ncohort = am.load_cohort('{folder}')",
    """chooser, label = ipywidgets.Dropdown(description='bare', options=list('abcdefghij')), ipywidgets.Label('a 0')
label.add_class('latency-label')
chooser.observe(lambda change: setattr(label, 'value', change['new'] + ' ' + str(len(label.value))), 'value')
ipywidgets.VBox([chooser, label])""",
    "am.explore(cohort)",
    """import matplotlib.pyplot as plt, seaborn as sns
def draw(naive):
    sns.boxplot(cohort.leaders, x=naive)
    plt.show()
box = ipywidgets.interactive(draw, naive=['IDO', 'A', 'B', 'C', 'D1', 'D2', 'D3', 'E', 'H', 'I'])
box.add_class('latency-naive')
box""",
]


# ------------------------------------------------------------------------------------------------------- the processes


class Spent:
    """Processor time of kernel, server and browser, in milliseconds since they began."""

    def __init__(self, kernel: int) -> None:
        server, ours = psutil.Process(kernel).ppid(), psutil.Process().children(recursive=True)
        browser = [each.pid for each in ours if "chrom" in each.name()]
        self.pids = {"kernel": [kernel], "server": [server], "browser": browser}

    def __call__(self) -> dict[str, float]:
        return {name: sum(map(_spent, pids)) / 1e6 for name, pids in self.pids.items()}


def _spent(pid: int) -> int:
    """Nanoseconds on a processor, all threads together."""
    tasks = Path(f"/proc/{pid}/task")
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) if tasks.exists() else 0


# ------------------------------------------------------------------------------------------------------------- clicks


def explored(page: Page) -> Iterator[tuple[str, str]]:
    """Without end, what a coach does: each view, each of its choosers, a leader searched for, one clicked."""
    words = {name: t(f"explorer.control.{name}") for name in ("view", "scale", "against", "characteristic", "search")}
    leaders = page.evaluate("latency.asked(\"' '.join(cohort.leaders['leader'][:20])\")").strip("'").split()
    for turn in itertools.count(1):
        yield "view", f"latency.picked('explorer', {words['view']!r})"
        for name in ("scale", "against", "characteristic"):
            if page.evaluate(f"latency.options({words[name]!r})") > 1:
                yield name, f"latency.picked('explorer', {words[name]!r})"
        yield "search", f"latency.searched({words['search']!r}, {leaders[turn % len(leaders)]!r})"
        if page.evaluate("latency.leaders()"):
            yield "leader", f"latency.clicked({turn * 5})"


def clicks(page: Page, rounds: int) -> pd.DataFrame:
    """One row per click: the way, what was clicked, the milliseconds to the paint, and those of each process."""
    spent = Spent(int(page.evaluate("latency.asked('os.getpid()')")))
    steps, rows = explored(page), []
    for turn in range(1, rounds + 4):
        for way in WAYS:
            what, act = next(steps) if way == "explorer" else (way, f"latency.picked('{way}', '{way}')")
            before = spent()
            took = page.evaluate(act)
            page.wait_for_timeout(QUIET)
            after = spent()
            if took is None:
                raise SystemExit(f"no answer to {act}")
            if turn > 3:  # three rounds warm up
                costs = {name: after[name] - before[name] for name in after}
                rows.append({"way": way, "what": what, "ms": took} | costs)
    return pd.DataFrame(rows)


def memory(page: Page, count: int) -> pd.DataFrame:
    """What kernel and browser hold before and after ``count`` clicks on the explorer."""
    steps, rows = explored(page), {}
    for name, times in (("after 50 clicks", 50), (f"after {count} more", count)):
        for _, act in itertools.islice(steps, times):
            if page.evaluate(act) is None:
                raise SystemExit(f"no answer to {act}")
        page.evaluate(f"latency.pick({t('explorer.control.view')!r}, 0)")  # always the same picture
        page.wait_for_timeout(500)
        rows[name] = _held(page)
    return pd.DataFrame(rows).rename_axis("held").reset_index()


def _held(page: Page) -> dict[str, str]:
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    session.send("HeapProfiler.collectGarbage")
    found = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    kernel = psutil.Process(int(page.evaluate("latency.asked('os.getpid()')"))).memory_info().rss
    models = page.evaluate("latency.asked('len(ipywidgets.widgets.widget._instances)')")
    return {
        "kernel, MB": f"{kernel / 1e6:.1f}",
        "browser, JS heap, MB": f"{found['JSHeapUsedSize'] / 1e6:.1f}",
        "widget models": models,
        "DOM nodes": str(int(found["Nodes"])),
        "listeners": str(int(found["JSEventListeners"])),
    }


# ----------------------------------------------------------------------------------------------------------- the run


def run(rounds: int, count: int, sizes: Sequence[int] = SIZES) -> tuple[pd.DataFrame, pd.DataFrame, list[dict]]:
    """Every click, a row each; what is held after many; and what came of twenty changes in a hurry."""
    found, held, hurries = [], [], []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        place = Path(folder) / "travail"
        workspace(place)
        for n in sizes:
            _notebook(place, n)
        program = next(filter(None, map(shutil.which, CHROMIUM)))
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        with served(place) as address:
            for n in sizes:
                for frame, made in zip((found, held, hurries), _of(browser, address, n, rounds, count), strict=True):
                    frame.append(made)
        browser.close()
    return pd.concat(found), pd.concat(held), hurries


def _notebook(place: Path, n: int) -> None:
    released(place / "data", answers(n), name=f"n{n}")
    cells = [new_code_cell(each.replace("{folder}", f"../data/n{n}")) for each in CELLS]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), place / "notebooks" / f"n{n}.ipynb")


def _of(browser: Browser, address: str, n: int, rounds: int, count: int) -> tuple[pd.DataFrame, pd.DataFrame, dict]:
    with window(browser, 1440, 2600) as screen:
        if not run_in_laboratory(screen, address, f"n{n}.ipynb"):
            raise SystemExit(f"the notebook of {n} leaders failed")
        screen.page.locator(".latency-naive img").wait_for()
        screen.page.locator(".am-drawing[data-state]").wait_for()
        screen.page.add_script_tag(content=PAGE)
        timed = clicks(screen.page, rounds).assign(n=n)
        held = memory(screen.page, count).assign(n=n)
        scale = t("explorer.control.scale")
        screen.page.evaluate(f"latency.pick({t('explorer.control.view')!r}, 0)")
        screen.page.wait_for_timeout(500)
        return timed, held, {"n": n} | screen.page.evaluate(f"latency.hurried({scale!r}, {HURRIED})")


# -------------------------------------------------------------------------------------------------------------- tables


def latency_table(found: pd.DataFrame) -> pd.DataFrame:
    """Median and 95th percentile from click to paint, times the bare round trip, and the processor time."""
    rows = []
    for (n, way), each in found.groupby(["n", "way"], sort=False):
        bare = found[(found["n"] == n) & (found["way"] == "bare")]["ms"].median()
        rows.append(
            {
                "leaders": f"{n:,}",
                "way": way,
                "median, ms": f"{each['ms'].median():.0f}",
                "p95, ms": f"{each['ms'].quantile(0.95):.0f}",
                "× bare": f"{each['ms'].median() / bare:.2f}",
                "kernel": f"{each['kernel'].median():.1f}",
                "server": f"{each['server'].median():.1f}",
                "browser": f"{each['browser'].median():.1f}",
                "clicks": len(each),
            }
        )
    return pd.DataFrame(rows)


def explored_table(found: pd.DataFrame) -> pd.DataFrame:
    """The explorer's clicks by what was clicked: median milliseconds to the paint."""
    ours = found[found["way"] == "explorer"]
    table = ours.pivot_table(index="what", columns="n", values="ms", aggfunc="median", sort=False)
    table = table.map(lambda each: "–" if pd.isna(each) else f"{each:.0f}")
    return table.rename(columns=lambda n: f"{n:,} leaders").rename_axis("clicked", axis=0).reset_index()


def text(found: pd.DataFrame, held: pd.DataFrame, hurries: Sequence[dict]) -> str:
    """All tables in Markdown."""
    kept = held.assign(leaders=held["n"].map("{:,}".format)).drop(columns="n")
    kept = kept[["leaders", *[each for each in kept if each != "leaders"]]]
    lines = [
        f"- {each['n']:,} leaders: {each['states']} pictures made, {each['paints']} painted, the last one "
        f"{'right' if each['shown'] == each['chosen'] == each['wanted'] else f'**wrong**: {each}'}."
        for each in hurries
    ]
    return "\n\n".join(
        [
            markdown(latency_table(found)),
            markdown(explored_table(found)),
            markdown(kept),
            f"{HURRIED} changes of one control, 5 ms apart:\n\n" + "\n".join(lines),
        ]
    )


def write(tables: str) -> None:
    page = README.read_text(encoding="utf-8")
    README.write_text(re.sub(f"(?s){BEGIN}.*{END}", lambda _: f"{BEGIN}\n{tables}\n{END}", page), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--clicks", type=int, default=500)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    load = statistics.fmean(os.getloadavg()[:1])
    tables = text(*run(asked.rounds, asked.clicks, asked.sizes))
    print(tables, f"\nload of the machine: {load:.1f} before, {os.getloadavg()[0]:.1f} after", sep="\n")
    if asked.write:
        write(tables)


if __name__ == "__main__":
    main()
