"""What a test may need beyond Python, and which skips are excused.

``@pytest.mark.needs("browser")`` skips a test, with its reason, where the thing is missing. With
``ANGLE_MORT_NO_SKIP=1`` a skip passes only when its reason names a thing that is listed in ``ANGLE_MORT_MAY_MISS``
(``reference,java``) and is really missing; any other skip is a failure, in tests, doctests and at collection.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BESIDE = Path(__file__).parents[1] / ".." / "shared" / "reference"


def a_program(*names: str) -> Callable[[], bool]:
    return lambda: any(map(shutil.which, names))


def the_reference() -> bool:
    return (Path(os.environ.get("ANGLE_MORT_REFERENCE") or BESIDE) / "gold").is_dir()


@cache
def r_and_its_packages() -> bool:
    """R without psych, lavaan and jsonlite is of no use to these tests."""
    check = 'q(status = !all(sapply(c("psych", "lavaan", "jsonlite"), requireNamespace, quietly = TRUE)))'
    found = shutil.which("Rscript")
    return bool(found) and subprocess.run([found, "-e", check], capture_output=True).returncode == 0


PRESENT = {
    "reference": the_reference,
    "browser": a_program(*CHROMIUM),
    "java": a_program("java"),
    "R": r_and_its_packages,
    "pycanon": lambda: bool(shutil.which(os.environ.get("ANGLE_MORT_PYCANON", ""))),
}
NAMED_BY = {
    "reference": r"\breference\b|ANGLE_MORT_REFERENCE",
    "browser": r"(?i)browser|chromium",
    "java": r"(?i)\bjava\b",
}


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get("ANGLE_MORT_NO_SKIP") == "1":
        may_miss = os.environ.get("ANGLE_MORT_MAY_MISS", "").replace(",", " ").split()
        config.pluginmanager.register(SkipGuard(may_miss))


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("needs"):
        for thing in marker.args:
            if not PRESENT[thing]():
                pytest.skip(f"needs {thing}, which is not on this machine")


class SkipGuard:
    """Turns a skip that nothing excuses into a failure."""

    def __init__(self, may_miss: list[str]) -> None:
        self.missing = [thing for thing in may_miss if not PRESENT[thing]()]

    def excuses(self, reason: str) -> bool:
        return any(re.search(NAMED_BY.get(thing, rf"\b{thing}\b"), reason) for thing in self.missing)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Iterator[None]:
        return self.judge((yield))

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self) -> Iterator[None]:
        return self.judge((yield))

    def judge(self, report: pytest.TestReport | pytest.CollectReport) -> pytest.TestReport | pytest.CollectReport:
        if report.skipped and not hasattr(report, "wasxfail"):
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            if not self.excuses(reason):
                report.outcome = "failed"
                report.longrepr = f"nothing excuses this skip: {reason}"
        return report
