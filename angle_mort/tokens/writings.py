"""Every writing under which one person is looked for: turned names, the firm without its legal form, bare digits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import permutations

import yaml

from angle_mort.tokens.folding import fold, plain

LONGEST = 12
"""Words of the longest name that is looked for."""

_SHORTEST, _SHORTEST_JOINED = 3, 8
"""Letters of the shortest single word, and of the shortest name written in one piece, that are looked for."""
_PAIRED = 6
_LONG_NUMBER = re.compile(r"\d(?:[ .\u00a0\u202f]?\d){8,}")
_FRENCH = re.compile(r"(?:(?:00)?330?|0)([1-9]\d{8})")


def writings(person: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Kind and folded words, or digits, of all that is looked for; roles that are missing or empty give nothing.

    >>> sorted(words for kind, words in writings({"person": "Jean de La Tour"}) if kind == "name")
    ['jean', 'tour']
    >>> list(writings({"company": "SARL Quenneville"}))
    [('company', 'sarl quenneville'), ('company', 'quenneville')]
    >>> list(writings({"phone": "+33 (0)6 12 34 56 78", "email": "zoe@quenneville.example"}))
    [('email', 'zoe quenneville example'), ('domain', 'quenneville example'), ('number', '612345678')]
    """
    told = {role: str(value or "") for role, value in person.items()}
    yield from _of_name(fold(told.get("person", "")).split())
    firm, numbers = _apart(told.get("company", ""))
    yield from _of_phrase("company", fold(firm).split())
    yield from _of_phrase("town", [word for word in fold(told.get("town", "")).split() if not word.isdigit()])
    yield from _of_address(told.get("email", ""))
    for written in (told.get("phone", ""), told.get("siret", ""), *numbers):
        digits = "".join(re.findall(r"\d", plain(written)))
        yield from (("number", form) for form in known_digits(digits))


def known_digits(digits: str) -> Iterator[str]:
    """The digits by which a number is known: without the prefix of France or the zero; a SIRET, and its SIREN, whole.

    >>> list(known_digits("0033612345678")), list(known_digits("12345678900012")), list(known_digits("2026"))
    (['612345678'], ['12345678900012', '123456789'], [])
    """
    french = _FRENCH.fullmatch(digits)
    if french:
        yield french[1]
    elif len(digits) == 14:
        yield from (digits, digits[:9])
    elif 9 <= len(digits) <= 13:
        yield digits.removeprefix("00")


@cache
def listed(name: str) -> frozenset[str]:
    """The words of one list of ``words.yaml``: particles, titles, legal_forms, providers."""
    return frozenset(
        yaml.safe_load(files(__package__).joinpath("words.yaml").read_text(encoding="utf-8"))[name].split()
    )


def _apart(company: str) -> tuple[str, list[str]]:
    """A firm's name, and the numbers that stand beside it: an export may have its SIRET in a column of the firm.

    >>> _apart("Quenneville 123 456 789 00012")
    ('Quenneville ', ['123 456 789 00012'])
    """
    return _LONG_NUMBER.sub("", company), _LONG_NUMBER.findall(company)


def _of_name(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """A name turned every way round, two words of it side by side, in one piece, and its words alone."""
    parts = [word for word in words if word not in listed("particles") | listed("titles")][:_PAIRED]
    if 1 < len(words) <= LONGEST:
        turned = [[*words[place:], *words[:place]] for place in range(len(words))]
        yield from (("person", " ".join(each)) for each in turned)
        yield from (("person", "".join(each)) for each in turned if len("".join(each)) >= _SHORTEST_JOINED)
    yield from (("person", " ".join(pair)) for pair in permutations(parts, 2))
    yield from (("name", word) for word in parts if _telling(word))


def _of_phrase(kind: str, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    core = [word for word in words if word not in listed("legal_forms")]
    for each in (words, core) if core != words else (words,):
        if len(each) > 1 or (each and _telling(each[0])):
            yield kind, " ".join(each[:LONGEST])
    if len(core) > 1 and len("".join(core)) >= _SHORTEST_JOINED:
        yield kind, "".join(core)


def _of_address(address: str) -> Iterator[tuple[str, str]]:
    _, at, domain = address.strip().casefold().partition("@")
    if at:
        yield "email", fold(address)
        if domain.rpartition(".")[0] not in listed("providers") and " " in fold(domain):
            yield "domain", fold(domain)


def _telling(word: str) -> bool:
    return len(word) >= _SHORTEST and not word.isdigit()
