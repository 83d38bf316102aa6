"""What is asked: an instrument made of modules, facets, items and response formats. Frozen, and read from a file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property

NOT_APPLICABLE = -1
"""The code of "does not apply" and its like: an answer that leaves the denominator, and is not missing."""

NATURES = (
    "reflective",
    "formative",
    "profile",
    "ordinal",
    "time_budget",
    "task_inventory",
    "tracker",
    "descriptor",
    "advisory",
)


@dataclass(frozen=True)
class Choice:
    """One answer that can be ticked: its integer code, its words, and the coarse band that a release may show."""

    code: int
    fr: str
    en: str
    band: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class ResponseFormat:
    """How an item is answered.

    ``kind`` is ``choice`` (one of the choices), ``multiple`` (several, coded as a sum of 2**code), ``number``
    (between ``minimum`` and ``maximum``, in ``unit``) or ``text`` (never a number, never released).
    """

    code: str
    kind: str
    choices: tuple[Choice, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    unit: str | None = None
    count: int | None = None

    @cached_property
    def highest(self) -> int:
        """The highest code of an ordinal format (4 for five steps)."""
        return max(choice.code for choice in self.choices)

    def choice(self, code: int) -> Choice:
        return next(choice for choice in self.choices if choice.code == code)


@dataclass(frozen=True)
class Item:
    """One question: an id that never moves, its words, and the place where it belongs.

    ``high_is_good`` is its module's, unless it says otherwise (fewer calls on holiday are better).
    """

    id: str
    fr: str
    en: str
    module: str
    facet: str | None
    format: ResponseFormat
    forms: frozenset[str]
    required: bool = True
    former: tuple[str, ...] = ()
    packs: Mapping[str, str] = field(default_factory=dict)
    mirrors: str | None = None
    high_is_good: bool | None = None

    @property
    def wordings(self) -> tuple[str, ...]:
        """Every text under which the item may stand in an export: today's, the trade packs', the former ones."""
        return tuple(dict.fromkeys((self.fr, *self.packs.values(), *self.former)))


@dataclass(frozen=True)
class Facet:
    """A part of a module that has a name and a score of its own."""

    code: str
    name: str
    gloss: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Module:
    """A dimension: its nature decides what may be computed from it."""

    code: str
    name: str
    gloss: str
    nature: str
    high: str
    high_is_good: bool | None
    stem: str
    optional: bool
    facets: tuple[Facet, ...]
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Form:
    """A way to pass the questionnaire: complete, suivi or miroir."""

    code: str
    name: str
    minutes: float


@dataclass(frozen=True)
class Prototype:
    """A position on the three blocks, written by theory and not found in data."""

    code: str
    name: str
    gloss: str
    position: Mapping[str, float]


@dataclass(frozen=True)
class Prototypes:
    """The declared prototypes, the spread around each (points) and the probability from which one is named."""

    version: str
    blocks: tuple[str, ...]
    spread: float
    named_at: float
    prototypes: tuple[Prototype, ...]
    source: str


@dataclass(frozen=True)
class Rule:
    """A sentence of the leader's sheet, and the answers that raise it.

    ``when`` maps the names of answers (item ids, or cross-checks) to bounds, both included; the first is the ``source``
    that the sheet quotes. Of one theme (``about``) one rule is kept at most.
    """

    about: str
    when: Mapping[str, tuple[float, float]]
    says: str

    @property
    def source(self) -> str:
        return next(iter(self.when))


@dataclass(frozen=True)
class Stage:
    """A message about fatigue, shown when a band is probable enough (``start``) or too improbable (``below``)."""

    code: str
    chance_of: str
    says: tuple[str, ...]
    start: float = 0.0
    below: float = 1.1


@dataclass(frozen=True)
class Interview:
    """What a leader's sheet says first, the questions it proposes, how many of each, and the message about fatigue."""

    version: str
    strengths: tuple[Rule, ...]
    questions: tuple[Rule, ...]
    most: Mapping[str, int]
    fatigue_scale: str
    fatigue: tuple[Stage, ...]


@dataclass(frozen=True)
class Norms:
    """Where the margins come from: n, population, date, and per scale its reliability and SD (points of 0-100).

    ``answer_error`` is the standard error of one answer of a formative index, in points; ``declared_errors`` holds the
    standard errors of evidence that is no scale. ``provisional`` until at least 45 leaders stand behind the figures.
    ``block_correlation`` is the mean correlation between the true scores of the three blocks, in ]-.5, 1[.

    Norms made from a pool also hold, per scale that the pool could tell: ``sizes`` (leaders without a gap),
    ``reliability_interval`` (low, high, at ``level``), ``means`` (points, from 45 leaders on) and ``percentiles`` (rank
    to points, from 100 leaders on).
    """

    name: str
    provisional: bool
    n: int | None
    day: str
    population: str
    estimator: str
    sd: Mapping[str, float]
    reliability: Mapping[str, float]
    retest: Mapping[str, float]
    answer_error: float
    declared_errors: Mapping[str, float]
    source: str
    level: float | None = None
    sizes: Mapping[str, int] = field(default_factory=dict)
    reliability_interval: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    percentiles: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    means: Mapping[str, float] = field(default_factory=dict)
    block_correlation: float | None = None

    @cached_property
    def retest_alone(self) -> list[str]:
        """Scales with a retest reliability and no reliability: no margin can be made from it."""
        return [scale for scale in self.retest if scale not in self.reliability]

    @cached_property
    def seal(self) -> str:
        """A hash of every figure and word that is there: other norms under the same name are seen."""
        told = {name: each for name, each in asdict(self).items() if each not in (None, {})}
        return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class Instrument:
    """The whole questionnaire, its scoring rules and their sources."""

    name: str
    version: str
    title: str
    licence: str
    formats: Mapping[str, ResponseFormat]
    forms: tuple[Form, ...]
    packs: Mapping[str, str]
    modules: tuple[Module, ...]
    scoring: Mapping[str, Mapping[str, object]]
    norms: Norms
    prototypes: Prototypes
    interview: Interview

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """Every item by its id, in the order in which it is asked (the mirror's last)."""
        return {item.id: item for module in self.modules for item in module.items}

    @cached_property
    def _modules(self) -> Mapping[str, Module]:
        return {module.code: module for module in self.modules}

    def module(self, code: str) -> Module:
        return self._modules[code]

    def form_items(self, form: str) -> tuple[Item, ...]:
        """The items of one form, in order.

        >>> from angle_mort.instrument import load_instrument
        >>> [len(load_instrument().form_items(form)) for form in ("complete", "suivi", "miroir")]
        [89, 45, 8]
        """
        return tuple(item for item in self.items.values() if form in item.forms)

    def of_nature(self, *natures: str) -> Iterator[Module]:
        return (module for module in self.modules if module.nature in natures)

    def high_is_good(self, scale: str) -> bool | None:
        """Whether more is good news, for a scale, a facet, an index or a fact under its item's id; None for neither.

        >>> from angle_mort.instrument import load_instrument
        >>> [load_instrument().high_is_good(each) for each in ("A", "IDO", "j102", "j103", "k105", "F")]
        [False, False, True, False, None, None]
        """
        if scale in self.scoring["indices"]:
            return self.scoring["indices"][scale]["high_is_good"]
        if scale in self.items:
            return None if scale in self.preferences else self.items[scale].high_is_good
        owner = next((m for m in self.modules if scale == m.code or scale in {f.code for f in m.facets}), None)
        return owner.high_is_good if owner else None

    @cached_property
    def preferences(self) -> frozenset[str]:
        """The tracked items whose codes only name what was chosen: there is no more and no less of it.

        >>> from angle_mort.instrument import load_instrument
        >>> sorted(load_instrument().preferences)
        ['k105', 'l103']
        """
        tracked = (item for module in self.of_nature("tracker") for item in module.items)
        return frozenset(item.id for item in tracked if item.format.kind in ("choice", "multiple"))
