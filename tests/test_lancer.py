"""The set-up script: what it tells, what it refuses, and that a half-made install is never taken for a whole one."""

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[1] / "lancer.py"
NOWHERE = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""}


def lancer(place: Path) -> ModuleType:
    """The script, as a module, standing in a folder of its own with the two files that the stamp looks at."""
    for name in ("lancer.py", "constraints.txt", "constraints-tests.txt", "pyproject.toml"):
        shutil.copy(SCRIPT.with_name(name), place)
    spec = importlib.util.spec_from_file_location("lancer_here", place / "lancer.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def launch(place: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **NOWHERE, "PYTHONIOENCODING": "utf-8", **variables}
    command = [sys.executable, str(place / "lancer.py"), *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8")


@pytest.fixture
def here(tmp_path: Path) -> ModuleType:
    return lancer(tmp_path)


def finished(here: ModuleType, *locks: str) -> None:
    """A stamp as a finished install leaves it."""
    here.VENV.mkdir()
    here.STAMP.write_text("\n".join([here.maker(), *map(here.digest, locks)]), encoding="utf-8")


def installed_again(here: ModuleType, lock: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which parts of the work ``prepare`` takes up."""
    parts: list[str] = []
    monkeypatch.setattr(here, "make_environment", lambda: parts.append("environment"))
    monkeypatch.setattr(here, "install", parts.append)
    here.prepare([lock])
    return parts


def test_an_old_python_can_read_the_script() -> None:
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 10, 2), (3, 15, 0), (4, 0, 0)])
def test_a_python_without_pinned_wheels_is_told_so(here: ModuleType, version: tuple[int, int, int]) -> None:
    sentence = here.unfit(version)
    assert f"celui-ci est Python {version[0]}.{version[1]}." in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("minor", [11, 12, 13, 14])
def test_a_python_with_pinned_wheels_is_taken(here: ModuleType, minor: int) -> None:
    assert here.unfit((3, minor, 0)) is None


def test_the_oldest_python_is_the_one_of_the_project(here: ModuleType) -> None:
    project = SCRIPT.with_name("pyproject.toml").read_text(encoding="utf-8")
    assert 'requires-python = ">={}.{}"'.format(*here.FIRST) in project


def test_a_python_without_ensurepip_says_what_to_install(tmp_path: Path) -> None:
    lancer(tmp_path)
    hidden = "import runpy, sys; sys.modules['ensurepip'] = None; sys.argv = ['lancer.py', 'demo']; "
    code = hidden + f"runpy.run_path({str(tmp_path / 'lancer.py')!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 2
    assert "sudo apt install python3." in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_a_letter_that_the_console_lacks_is_no_crash(tmp_path: Path) -> None:
    lancer(tmp_path)
    for encoding in ("cp1252", "ascii"):
        command = [sys.executable, str(tmp_path / "lancer.py"), "--help"]
        done = subprocess.run(command, env={**os.environ, "PYTHONIOENCODING": encoding}, capture_output=True)
        assert done.returncode == 0
        assert b"python lancer.py demo" in done.stdout


def test_a_finished_install_is_not_done_again(here: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    finished(here, here.DEMO)
    assert installed_again(here, here.DEMO, monkeypatch) == []


def test_the_tests_are_added_to_a_finished_demonstration(here: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    finished(here, here.DEMO)
    assert installed_again(here, here.TESTS, monkeypatch) == [here.TESTS]


@pytest.mark.parametrize("changed", ["constraints.txt", "pyproject.toml"])
def test_what_changed_is_installed(here: ModuleType, changed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    finished(here, here.DEMO)
    with (here.ROOT / changed).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert installed_again(here, here.DEMO, monkeypatch) == [here.DEMO]


@pytest.mark.parametrize("stamp", ["", "Python 3.11.0 | /another/python | /another/place\n"])
def test_an_unfinished_or_moved_environment_is_made_again(
    here: ModuleType, stamp: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.VENV.mkdir()
    here.STAMP.write_text(stamp, encoding="utf-8")
    assert installed_again(here, here.DEMO, monkeypatch) == ["environment", here.DEMO]


def test_an_environment_of_someone_else_is_left_alone(tmp_path: Path) -> None:
    lancer(tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "pyvenv.cfg").write_text("home = elsewhere\n", encoding="utf-8")
    done = launch(tmp_path, "demo")
    assert done.returncode == 2
    assert "n'a pas été créé par lancer.py" in done.stderr
    assert [path.name for path in (tmp_path / ".venv").iterdir()] == ["pyvenv.cfg"]


@pytest.mark.slow
def test_an_install_that_fails_tells_where_to_look_and_leaves_no_stamp(tmp_path: Path) -> None:
    here = lancer(tmp_path)
    done = launch(tmp_path, "demo")
    assert done.returncode == 2
    assert done.stderr.startswith("L'installation n'a pas abouti.")
    assert str(here.LOG) in done.stderr
    assert "Traceback" not in done.stderr
    assert "No matching distribution" in here.LOG.read_text(encoding="utf-8", errors="replace")
    assert here.STAMP.read_text(encoding="utf-8") == ""


def test_it_says_which_words_work_from_where_it_is_called(
    here: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(here.ROOT)
    assert here.environment()["ANGLE_MORT_COMMAND"] == "python lancer.py"
    monkeypatch.chdir(tmp_path.parent)
    anywhere = here.environment()["ANGLE_MORT_ANYWHERE"]
    assert here.environment()["ANGLE_MORT_COMMAND"] == anywhere == 'python "{}"'.format(here.ROOT / "lancer.py")
