"""The language guide, as a list of data, held against everything that a coach or a leader reads."""

import re
from importlib.resources import files
from pathlib import Path

import nbformat
import pytest
import yaml

from angle_mort.cohort import load_cohort
from angle_mort.instrument import load_instrument
from angle_mort.shipped import shipped
from angle_mort.text import keys
from angle_mort.text.catalogue import sentence
from tests.leaders import CASES, house, identity, plain, words_of

WORDS = yaml.safe_load((Path(__file__).parent / "forbidden_words.yaml").read_text(encoding="utf-8"))
SHELF = files("angle_mort").joinpath("instrument", "questionnaires")


def forbidden(text):
    """Each forbidden thing in a text, as it stands there."""
    bare = plain(text).casefold()
    for rule in WORDS:
        for allowed in rule.get("but", []):
            bare = bare.replace(allowed, "")
        yield from re.findall(rule["find"], bare)


def french(entry):
    """Every French text of a file: under ``fr``, however deep."""
    if isinstance(entry, dict):
        for name, value in entry.items():
            yield from [value] if name == "fr" and isinstance(value, str) else french(value)
    elif isinstance(entry, list):
        for value in entry:
            yield from french(value)


def catalogue():
    for key in keys():
        entry = sentence(key)
        yield from entry.values() if isinstance(entry, dict) else [entry]


def prose():
    for path in sorted(shipped("notebooks").glob("*.ipynb")):
        yield from (cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown")


def questionnaires():
    for path in sorted(SHELF.iterdir(), key=str):
        if path.name.endswith(".yaml"):
            yield from french(yaml.safe_load(path.read_text(encoding="utf-8")))


TEXTS = {"sentences": catalogue, "prose of notebooks": prose, "questionnaires": questionnaires}


@pytest.mark.parametrize("where", TEXTS)
def test_no_forbidden_word_is_in_the(where):
    texts = list(TEXTS[where]())
    assert len(texts) > 20
    assert [(word, text) for text in texts for word in forbidden(text)] == []


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    """The words of the sheets of the six, vault open, and of the demonstration's leaders, without one."""
    cohort, vault = house(tmp_path_factory.mktemp("house"))
    demonstration = load_cohort(shipped("demo") / "cohorte")
    sheets = [cohort.sheet(identity(name), vault) for name in CASES]
    return [words_of(sheet) for sheet in (*sheets, *map(demonstration.sheet, demonstration.leaders["leader"]))]


def test_no_forbidden_word_is_on_a_rendered_sheet(rendered):
    assert len(rendered) == 30
    assert [word for words in rendered for word in forbidden(words)] == []


def test_every_rule_finds_what_it_forbids():
    told = (
        "Vous êtes un faiseur. Elle est un verrou. Ce type de dirigeant a un déficit, des lacunes, est incapable ; "
        "la classe est anonyme ; diagnostic de burn-out d’un perfectionniste : vous devriez lire le percentile."
    )
    assert [rule["find"] for rule in WORDS if not re.search(rule["find"], plain(told).casefold())] == []


def test_fatigue_that_is_high_brings_people_and_no_diagnosis():
    """The staged message: what was described, whom to speak with, and a number that somebody answers."""
    high = load_instrument().interview.fatigue[0]
    told = " ".join(high.says)
    assert high.code == "high"
    for words in ("médecin traitant", "coach", "ne pas rester seul", "3114", "ne dit rien de votre santé"):
        assert words in told
    assert not list(forbidden(told))
