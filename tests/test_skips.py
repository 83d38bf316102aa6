"""A skip passes in CI only when the thing that it names is declared missing, and is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).with_name("conftest.py").read_text(encoding="utf-8")
SITUATION = """
import pytest

def test_runs():
    assert True

{skip}
"""
NEEDS_REFERENCE = '@pytest.mark.needs("reference")\ndef test_gold():\n    assert True'
LAZY = 'def test_lazy():\n    pytest.skip("later")'
WHOLE_FILE = 'pytest.importorskip("no_such_module_anywhere")'


def closing_line(folder: Path, skip: str, **variables: str) -> tuple[int, str]:
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = needs(thing)\n", encoding="utf-8")
    (folder / "test_situation.py").write_text(SITUATION.format(skip=skip), encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANGLE_MORT_", "PYTEST_"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=folder,
        env={**kept, "ANGLE_MORT_REFERENCE": str(folder / "nowhere"), **variables},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout


def test_a_coach_without_the_reference_sees_a_skip(tmp_path: Path) -> None:
    status, output = closing_line(tmp_path, NEEDS_REFERENCE)
    assert status == 0
    assert "1 passed, 1 skipped" in output


@pytest.mark.parametrize("skip", [NEEDS_REFERENCE, LAZY, WHOLE_FILE])
def test_ci_lets_no_skip_pass(tmp_path: Path, skip: str) -> None:
    status, output = closing_line(tmp_path, skip, ANGLE_MORT_NO_SKIP="1")
    assert status != 0
    assert "nothing excuses this skip" in output


def test_ci_excuses_what_is_declared_and_missing(tmp_path: Path) -> None:
    declared = {"ANGLE_MORT_NO_SKIP": "1", "ANGLE_MORT_MAY_MISS": "reference"}
    assert closing_line(tmp_path, NEEDS_REFERENCE, **declared)[0] == 0
    assert closing_line(tmp_path, LAZY, **declared)[0] != 0


def test_ci_does_not_excuse_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "nowhere" / "gold").mkdir(parents=True)
    skip = 'def test_gold():\n    pytest.skip("the reference is not here")'
    assert closing_line(tmp_path, skip, ANGLE_MORT_NO_SKIP="1", ANGLE_MORT_MAY_MISS="reference")[0] != 0
