"""The file of tokens, and what of it a text holds."""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.resources import files
from itertools import accumulate, takewhile
from pathlib import Path
from typing import NamedTuple

from angle_mort.errors import AngleMortError, problem
from angle_mort.shipped import shipped
from angle_mort.tokens.folding import WORD, fold, folded_word, plain, token
from angle_mort.tokens.writings import known_digits, listed, writings

DEFAULT_PATH = Path("data/private/jetons.json")
FORMAT = 1
KINDS = ("person", "name", "company", "town", "email", "domain", "number")
"""``person`` is a whole name, ``name`` one word of it, ``domain`` what stands after the @ of a firm's own address."""

_VAULT = "coffre.bin"
_KEY_SIZE = 32
_NUMBER = re.compile(r"(?<!\d)\+?\d(?:[ .\-/()]{0,2}\d){8,}")
_MOST_DIGITS = 15
_ENDS = frozenset('.!?:;\n\u2022\u00ab"([{<>|-\u2013\u2014')
"""After these a word is capitalised whatever it is."""


class Hit(NamedTuple):
    """Something known: its kind, and where it stands in ``plain(text)``. The words themselves are not repeated."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, repr=False)
class KnownTokens:
    """What is known, as tokens: ``kinds`` by token, ``starts`` of what leads to a longer one, and the key of both.

    ``revision`` names the state of the vault that they were made from.

    >>> known = KnownTokens.of([{"person": "Zo\u00e9 Quenneville", "phone": "06 12 34 56 78"}])
    >>> [hit.kind for hit in known.find("vu avec QUENNEVILLE Zoe, au +33612345678")]
    ['person', 'number']
    >>> known.find("vu avec une autre, au 06 12 34 56 79")
    []
    """

    key: bytes
    kinds: Mapping[str, str] = field(default_factory=dict)
    starts: frozenset[str] = frozenset()
    revision: str = ""

    @classmethod
    def of(cls, people: Iterable[Mapping[str, object]], revision: str = "") -> KnownTokens:
        """The tokens of people: mappings that may hold person, company, town, email, phone and siret. A fresh key."""
        key, kinds, starts = secrets.token_bytes(_KEY_SIZE), {}, set()
        sought = dict.fromkeys(each for person in people for each in writings(person))
        for kind, words in sorted(sought, key=lambda each: each[0] == "name"):  # a town that is a surname too is a town
            kinds.setdefault(token(key, words, _family(kind)), kind)
            if kind != "number":
                starts.update(token(key, words[:space]) for space in range(len(words)) if words[space] == " ")
        return cls(key, kinds, frozenset(starts), revision)

    @classmethod
    def load(cls, path: str | Path | None = None) -> KnownTokens:
        """The tokens of this folder (``data/private/jetons.json``); none where there is no vault either.

        Raises AM320 when a vault stands there without its tokens, AM321 when the file is damaged, AM322 when a later
        version wrote it: whoever publishes must not go on as if nobody were known.
        """
        place = Path(path or DEFAULT_PATH)
        if not place.exists() and not (place.parent / _VAULT).exists():
            return cls(b"")
        try:
            return cls._read(json.loads(place.read_bytes()), place)
        except FileNotFoundError as error:
            raise AngleMortError(problem("AM320", path=str(place))) from error
        except AngleMortError:
            raise
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise AngleMortError(problem("AM321", path=str(place))) from error

    @classmethod
    def _read(cls, entry: Mapping, place: Path) -> KnownTokens:
        if entry["format"] != FORMAT:
            raise AngleMortError(problem("AM322", path=str(place), version=str(entry["format"])))
        kinds = {each: kind for kind in KINDS for each in entry["tokens"][kind]}
        return cls(base64.b64decode(entry["key"]), kinds, frozenset(entry["starts"]), str(entry["revision"]))

    def to_bytes(self) -> bytes:
        """The file: format, revision, key, and the tokens of each kind, sorted so that their order tells nothing."""
        tokens = {kind: sorted(each for each, its in self.kinds.items() if its == kind) for kind in KINDS}
        entry = {"format": FORMAT, "revision": self.revision, "key": base64.b64encode(self.key).decode()}
        return json.dumps(entry | {"starts": sorted(self.starts), "tokens": tokens}).encode()

    def __len__(self) -> int:
        return len(self.kinds)

    def find(self, text: str) -> list[Hit]:
        """Everything known that the text holds, in its order, the longest name at each place.

        A whole name is a hit in any writing. One word of a person's name must be capitalised; a word or a phrase that
        the tool itself writes, or that is in everyday use (``words.yaml``), must be set apart as a proper name is:
        after a title or an initial, or capitalised inside a sentence where the tool never writes it so. Numbers are
        compared by their digits.
        """
        if not self.kinds:
            return []
        text = plain(text)
        return sorted([*self._named(text), *self._numbered(text)], key=lambda hit: hit.start)

    def _named(self, text: str) -> Iterator[Hit]:
        found = list(WORD.finditer(text))
        folded = {word: folded_word(word) for word in {each.group() for each in found}}
        words = [folded[each.group()] for each in found]
        tokens = cache(partial(token, self.key))
        after = 0
        for place in range(len(words)):
            if place >= after and (named := self._longest(words, found, place, tokens)):
                kind, after = named
                yield Hit(kind, found[place].start(), found[after - 1].end())

    def _longest(
        self, words: Sequence[str], found: Sequence[re.Match], place: int, tokens: Callable[[str], str]
    ) -> tuple[str, int] | None:
        """The kind of the longest name that starts at a word and is meant as one, and the place after it."""
        longest = None
        for end in range(place + 1, len(words) + 1):
            here = tokens(" ".join(words[place:end]))
            kind = self.kinds.get(here)
            if kind and _meant(kind, words, found, place, end):
                longest = kind, end
            if here not in self.starts:
                return longest
        return longest

    def _numbered(self, text: str) -> Iterator[Hit]:
        for run in _NUMBER.finditer(text):
            groups = [(each.start(), each.end()) for each in re.finditer(r"\d+", run.group())]
            after = 0
            for first, last in _windows(groups):
                digits = "".join(run.group()[start:end] for start, end in groups[first : last + 1])
                if first >= after and any(
                    token(self.key, form, "number") in self.kinds for form in known_digits(digits)
                ):
                    after = last + 1
                    yield Hit("number", run.start() + groups[first][0], run.start() + groups[last][1])


def _family(kind: str) -> str:
    return "number" if kind == "number" else "word"


def _windows(groups: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Neighbouring groups of digits that together may be a number, the longest first at each place."""
    for first in range(len(groups)):
        ends = accumulate(end - start for start, end in groups[first : first + _MOST_DIGITS])
        sizes = list(takewhile(lambda size: size <= _MOST_DIGITS, ends))
        yield from ((first, first + more) for more, size in reversed(list(enumerate(sizes))) if size >= 9)


def _meant(kind: str, words: Sequence[str], found: Sequence[re.Match], place: int, end: int) -> bool:
    """Whether these words are meant as the name that they are, and not as the everyday words that they may be too."""
    if kind == "person":
        return True
    capitals = [each.group()[0].isupper() for each in found[place:end] if each.group() not in listed("particles")]
    if kind == "name" and not all(capitals) and not _introduced(words, found, place):
        return False
    if f" {' '.join(words[place:end])} " not in _own_folded():
        return True
    written = " ".join(each.group() for each in found[place:end])
    return _introduced(words, found, place) or (
        all(capitals) and f" {written} " not in _own_prose() and (end - place > 1 or _inside(found, place))
    )


def _introduced(words: Sequence[str], found: Sequence[re.Match], place: int) -> bool:
    """After a title, or after the initial of a first name."""
    if not place:
        return False
    before = found[place - 1].group()
    title = words[place - 1] in listed("titles") and (len(before) > 2 or before[0].isupper())
    return title or (len(before) == 1 and before.isupper() and _between(found, place).strip() == ".")


def _inside(found: Sequence[re.Match], place: int) -> bool:
    """Within a sentence, and not among words that are all in capitals."""
    if not place or _ENDS & set(_between(found, place)):
        return False
    return not (found[place].group().isupper() and found[place - 1].group().isupper())


def _between(found: Sequence[re.Match], place: int) -> str:
    return found[place].string[found[place - 1].end() : found[place].start()]


@cache
def _own_prose() -> str:
    """The words that the tool itself writes, and the list of everyday words, one space around each."""
    places = [*_texts(files("angle_mort")), *sorted(shipped("notebooks").glob("*.ipynb"))]
    words = WORD.findall(plain(" ".join(each.read_text(encoding="utf-8") for each in places)))
    return f" {' '.join(words)} "


@cache
def _own_folded() -> str:
    return f" {fold(_own_prose())} "


def _texts(folder) -> Iterator:
    for place in folder.iterdir():
        if place.is_dir():
            yield from _texts(place)
        elif place.name.endswith((".yaml", ".html")):
            yield place
