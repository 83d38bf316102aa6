"""The French sentences: complete, used, typeset as French is, and free of verdicts on people."""

import datetime
import re
from pathlib import Path
from string import Formatter

import pytest
import yaml

import angle_mort
from angle_mort.errors import CODES, AngleMortError, problem
from angle_mort.text import day, explain, keys, number, t
from angle_mort.text.catalogue import sentence

PACKAGE = Path(angle_mort.__file__).parent
SOURCES = [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.html")]
CODE = {path: path.read_text(encoding="utf-8") for path in SOURCES}
ALL = " ".join(CODE.values())
COACH_WORDS = {path: text for path, text in CODE.items() if path.suffix == ".py" and "text" not in path.parts}


def forms(key):
    """The sentence of a key, or its singular and plural."""
    entry = sentence(key)
    return list(entry.values()) if isinstance(entry, dict) else [entry]


def placeholders(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def named_keys():
    """Keys written out in the code, and the beginnings of those that are composed there."""
    whole = set(re.findall(r"""["']([a-z_]+(?:\.[A-Za-z0-9_]+)+)["']""", ALL))
    begun = set(re.findall(r"""f?["']([a-z_]+(?:\.[A-Za-z0-9_]+)*\.)(?:\{|["'])""", ALL))
    return whole, begun


@pytest.mark.parametrize("code", CODES)
def test_an_error_has_the_same_fields_in_both_languages(code):
    asked = {name.split("!")[0] for name in placeholders(CODES[code])}
    written = forms(f"error.{code}")
    assert set().union(*map(placeholders, written)) == asked  # a singular may do without its number
    assert all(french.endswith((".", "}", "--help")) for french in written)


def test_no_french_sentence_is_left_of_an_error_that_is_gone():
    assert {key.removeprefix("error.") for key in keys() if key.startswith("error.")} == set(CODES)


def test_every_code_is_raised_somewhere():
    raised = set(re.findall(r'problem\(\s*"(AM\d{3})"', ALL)) | set(
        re.findall(r'"(AM\d{3})"', ALL.replace(CODE[PACKAGE / "errors.py"], ""))
    )
    assert set(CODES) == raised


def test_no_key_stands_twice_where_the_second_would_silently_win():
    whole = yaml.compose((PACKAGE / "text" / "fr.yaml").read_text(encoding="utf-8"), yaml.SafeLoader)
    assert list(twice(whole)) == []


def twice(node):
    """The keys that stand twice in one mapping."""
    if isinstance(node, yaml.MappingNode):
        names = [key.value for key, _ in node.value]
        yield from {name for name in names if names.count(name) > 1}
        for _, value in node.value:
            yield from twice(value)


def test_every_key_is_used():
    whole, begun = named_keys()
    unused = [key for key in keys() if key not in whole and not any(key.startswith(each) for each in begun)]
    assert unused == []


def test_every_key_that_is_written_out_exists():
    asked = {key for key in re.findall(r"""\bt\(\s*["']([^"']+)["']""", ALL) if not key.endswith(".")}
    assert asked
    assert asked <= set(keys())


@pytest.mark.parametrize("key", sorted(keys()))
def test_a_sentence_is_typeset_as_french_is(key):
    for text in forms(key):
        assert not re.search(r" [;:!?»%]|« |\w'\w", text), text


def test_no_french_letter_is_in_the_code():
    accented = re.compile("[àâäçéèêëîïôöùûüÿœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ]")
    assert not [path for path, text in COACH_WORDS.items() if accented.search(text)]


def test_numbers_days_and_plurals_are_french():
    assert number(1234.56) == "1\u202f234,6"
    assert day(datetime.date(2026, 8, 1)) == "1 août 2026"
    assert t("unit.leader", n=1) == "1 dirigeant"
    assert t("unit.leader", n=2) == "2 dirigeants"


def test_an_error_is_explained_in_french_with_its_code():
    error = AngleMortError(problem("AM605", n=5, minimum=8), problem("AM404", n=2))
    first, second = explain(error)
    assert first.startswith("Il reste 5 dirigeants") and first.endswith("[AM605]")
    assert second.endswith("[AM404]")
    assert "\n" in str(error)
