"""The README tells the truth: its Python gives its output, its paths exist, its figure is of the demonstration."""

import doctest
import re
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_lines_of_python_give_the_output_shown(monkeypatch):
    monkeypatch.chdir(ROOT)
    (block,) = re.findall(r"```python\n(.*?)```", README, flags=re.S)
    with pd.option_context("display.width", 100):
        example = doctest.DocTestParser().get_doctest(block, {}, "README", "README.md", 0)
        runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
        runner.run(example)
    assert runner.summarize(verbose=False).failed == 0
    assert len(example.examples) == 6


def test_every_file_and_folder_that_it_links_to_exists():
    links = [each for each in re.findall(r"\]\(([^)]+)\)", README) if not each.startswith("http")]
    assert len(links) >= 5
    for link in links:
        assert (ROOT / link).exists(), link


def test_the_two_commands_are_one_line_each_and_marked():
    commands = dict(re.findall(r"<!-- commande: (\w+) -->\n```\n(.*)\n```", README))
    assert commands == {"demo": "python lancer.py demo", "tests": "python lancer.py tests"}


def test_every_room_that_it_names_exists():
    package = ROOT / "angle_mort"
    rooms = re.findall(r"^\| (`[^|]+) \|", README, flags=re.M)
    for name in re.findall(r"`([a-z_/]+)`", " ".join(rooms)):
        places = (package / name, package / f"{name}.py", ROOT / name)
        assert any(place.exists() for place in places), name


def test_its_french_is_typeset_as_french_is():
    french = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)", "", README.split("\n---\n")[0], flags=re.S)
    assert not re.search(r"\w'\w", french)
