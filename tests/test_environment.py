"""The three lists of what is installed say the same: pyproject.toml, environment.yml and the pinned files."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCKS = {"constraints.txt": EXTRAS["build"], "constraints-tests.txt": EXTRAS["build"] + EXTRAS["test"]}
CONDA_NAMES = {"matplotlib": "matplotlib-base", "seaborn": "seaborn-base"}  # without Qt and statsmodels
PIN = re.compile(
    r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>\S+)(?: ; (?P<marker>.+?))?(?P<hashes>(?: --hash=\S+)*)$"
)


def ranges(lines: list[str]) -> dict[str, str]:
    return {canonicalize_name(each.name): str(each.specifier) for each in map(Requirement, lines)}


def conda() -> dict:
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def pins(lock: str) -> list[re.Match[str]]:
    """Every pin of a file, its continued lines joined; a line that is no pin is an error."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    lines = [line for line in re.sub(r" \\\n +", " ", text).splitlines() if not line.lstrip().startswith("#")]
    found = [PIN.match(line) for line in lines]
    assert None not in found, [line for line, pin in zip(lines, found, strict=True) if pin is None]
    return [pin for pin in found if pin is not None]


def test_conda_has_the_ranges_of_the_project_and_no_more() -> None:
    wanted = ranges(PROJECT["dependencies"])
    expected = {CONDA_NAMES.get(name, name): specifier for name, specifier in wanted.items()}
    listed = ranges([each for each in conda()["dependencies"] if isinstance(each, str)])
    assert listed.pop("python") == PROJECT["requires-python"]
    assert listed.pop("pip") == ""
    assert listed == expected


def test_conda_takes_the_project_in_place_and_only_conda_forge() -> None:
    assert conda()["channels"] == ["conda-forge", "nodefaults"]
    assert [each for each in conda()["dependencies"] if isinstance(each, dict)] == [{"pip": ["-e ."]}]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_within_its_range(lock: str) -> None:
    found: dict[str, list[str]] = {}
    for pin in pins(lock):
        found.setdefault(canonicalize_name(pin["name"]), []).append(pin["version"])
    for wanted in map(Requirement, PROJECT["dependencies"] + LOCKS[lock]):
        versions = found[canonicalize_name(wanted.name)]
        assert all(wanted.specifier.contains(version) for version in versions), (wanted, versions)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock: str) -> None:
    assert [pin["name"] for pin in pins(lock) if "--hash=sha256:" not in pin["hashes"]] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_address_is_written_down(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert re.findall(r"https?:|file:|://|simple/|^-", text, re.MULTILINE) == []


def test_the_tests_add_to_the_demonstration_and_change_nothing() -> None:
    demo, tests = ({(pin["name"], pin["version"]) for pin in pins(lock)} for lock in LOCKS)
    assert demo < tests
