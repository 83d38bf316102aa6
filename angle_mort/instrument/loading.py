"""Read the instrument, the norms and the prototypes from YAML files, and refuse one that contradicts itself."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from pathlib import Path

import yaml

from angle_mort.errors import AngleMortError, problem
from angle_mort.instrument.model import (
    NATURES,
    Choice,
    Facet,
    Form,
    Instrument,
    Interview,
    Item,
    Module,
    Norms,
    Prototype,
    Prototypes,
    ResponseFormat,
    Rule,
    Stage,
)

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SHELF = "angle_mort.instrument"
NORMS = Path("data") / "norms"
"""Where a workspace keeps its norms: one file per name, ``NAME.yaml``."""

_SHIPPED_NORMS = {"provisoire-1": "reliability-1.yaml", "provisoire-2": "reliability-2.yaml"}
"""The last one is used when none is named; the others stay for the cohorts that were released with them."""
_NORMS = (
    "name", "provisional", "n", "day", "population", "estimator", "sd", "reliability", "retest", "answer_error",
    "declared_errors", "source",
)  # fmt: skip
PERCENTILES_FROM = 100  # people; the rule that the questionnaire declares, held against any norms file
_OWN_FORMAT = "own"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}")


def load_instrument(
    path: str | Path | None = None, norms: str | Path | None = None, prototypes: str | Path | None = None
) -> Instrument:
    """The questionnaire with its norms and prototypes; without arguments, those that travel with the package.

    ``norms`` is a name or a file, as for ``load_norms``.
    Raises ``AngleMortError`` AM101 (unreadable) or AM102 (the file contradicts itself), and those of ``load_norms``.

    >>> instrument = load_instrument()
    >>> instrument.name, len(instrument.items), instrument.module("A").nature
    ('angle-mort', 97, 'reflective')
    """
    if path is norms is prototypes is None:
        return _shipped_instrument()
    return _build(_read(path, "angle-mort-1.yaml"), load_norms(norms), load_prototypes(prototypes), str(norms or path))


def load_norms(name: str | Path | None = None, folder: str | Path = NORMS) -> Norms:
    """The reliability, SD and answer errors behind every margin; the declared, provisional ones without an argument.

    ``name`` names norms that travel with the package or stand in ``folder`` (``NAME.yaml``), or is the path of a
    ``.yaml`` file; ``write_norms`` makes such a file, and one written by hand in the same way will do.
    Raises ``AngleMortError`` AM101 (unreadable), AM103 (a value is missing or impossible) or AM104 (no such name).

    >>> load_norms("provisoire-1").provisional
    True
    """
    path, shipped = _norms_place(name, Path(folder))
    entry = _read(path, shipped)
    found = [problem("AM103", path=str(path), reason=reason) for reason in _wrong_norms(entry)]
    if path and path.stem == name and entry.get("name") != name:
        found.append(problem("AM103", path=str(path), reason=f"its own name is {entry.get('name')}"))
    if found:
        raise AngleMortError(*found)
    return Norms(
        name=entry["name"],
        provisional=entry["provisional"],
        n=entry["n"],
        day=str(entry["day"]),
        population=entry["population"]["fr"],
        estimator=str(entry["estimator"]),
        sd=entry["sd"],
        reliability=entry["reliability"],
        retest=entry["retest"] or {},
        answer_error=float(entry["answer_error"]),
        declared_errors=entry["declared_errors"],
        source=str(entry["source"]),
        level=entry.get("level"),
        sizes=entry.get("sizes", {}),
        reliability_interval={scale: tuple(edges) for scale, edges in entry.get("reliability_interval", {}).items()},
        percentiles=entry.get("percentiles", {}),
        means=entry.get("means", {}),
        block_correlation=entry.get("block_correlation"),
    )


def _norms_place(name: str | Path | None, folder: Path) -> tuple[Path | None, str]:
    """The file of these norms, None for one of the package, whose own file comes second."""
    if name is None or name in _SHIPPED_NORMS:
        return None, _SHIPPED_NORMS[name or list(_SHIPPED_NORMS)[-1]]
    path = Path(name)
    if path.suffix in (".yaml", ".yml"):
        return path, ""
    if not _NAME.fullmatch(str(name)) or not (folder / f"{name}.yaml").is_file():
        raise AngleMortError(problem("AM104", name=str(name), folder=str(folder)))
    return folder / f"{name}.yaml", ""


def write_norms(norms: Norms, path: str | Path | None = None) -> Path:
    """Write norms into a YAML file that people can read and ``load_norms`` reads back; returns its path.

    Without a path the file is ``data/norms/NAME.yaml``, and ``load_instrument(norms=NAME)`` scores with it. A file that
    is there is replaced: cohorts released with it then say so (AM617), so give other norms another name.
    Raises ``AngleMortError`` AM103 for a name that makes no file name.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     load_norms(write_norms(load_norms(), Path(folder) / "norms.yaml")) == load_norms()
    True
    """
    entry = {"format": 1} | asdict(norms) | {"population": {"fr": norms.population}}
    entry["reliability_interval"] = {scale: list(edges) for scale, edges in norms.reliability_interval.items()}
    if path is None and not _NAME.fullmatch(norms.name):
        raise AngleMortError(problem("AM103", path=norms.name, reason="its name: letters, digits, - and _ only"))
    path = NORMS / f"{norms.name}.yaml" if path is None else Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(yaml.safe_dump(entry, allow_unicode=True, sort_keys=False), encoding="utf-8", newline="\n")
    os.replace(part, path)
    return path


def _wrong_norms(entry: Mapping) -> Iterator[str]:
    """What a norms file lacks, and the values that no pool can have."""
    absent = [name for name in _NORMS if name not in entry]
    yield from (f"{name} is missing" for name in absent)
    if absent:
        return
    if not isinstance(entry["population"], Mapping) or "fr" not in entry["population"]:
        yield "population.fr is missing"
    for name, (low, high) in {"reliability": (0, 1), "retest": (0, 1), "sd": (0, 100), "means": (0, 100)}.items():
        numbers = entry.get(name) or {}
        yield from (f"{name} of {scale}" for scale, each in numbers.items() if not _within(each, low, high))
    measured = entry["reliability"] or {}
    yield from (f"retest of {scale} alone" for scale in entry["retest"] or {} if scale not in measured)
    if entry.get("block_correlation") is not None and not _within(entry["block_correlation"], -0.5, 1):
        yield "block_correlation"
    sizes = entry.get("sizes", {})
    few = (scale for scale in entry.get("percentiles", {}) if sizes.get(scale, 0) < PERCENTILES_FROM)
    yield from (f"percentiles of {scale} below {PERCENTILES_FROM}" for scale in few)


def _within(value: object, low: float, high: float) -> bool:
    return isinstance(value, int | float) and low < value < high


def load_prototypes(path: str | Path | None = None) -> Prototypes:
    """The declared positions on the three blocks.

    >>> [prototype.name for prototype in load_prototypes().prototypes][0]
    'le faiseur'
    """
    entry = _read(path, "prototypes-1.yaml")
    return Prototypes(
        version=str(entry["version"]),
        blocks=tuple(entry["blocks"]),
        spread=float(entry["spread"]),
        named_at=float(entry["named_at"]),
        prototypes=tuple(
            Prototype(each["code"], each["name"]["fr"], each["gloss"]["fr"], each["position"])
            for each in entry["prototypes"]
        ),
        source=str(entry["source"]),
    )


def load_interview() -> Interview:
    """The rules by which a leader's sheet chooses its sentences.

    >>> load_interview().questions[0].source
    'J_IDO'
    """
    entry = _read(None, "interview-1.yaml")
    fatigue = entry["fatigue"]
    return Interview(
        version=str(entry["version"]),
        strengths=tuple(map(_rule, entry["strengths"])),
        questions=tuple(map(_rule, entry["questions"])),
        most=entry["most"],
        fatigue_scale=fatigue["scale"],
        fatigue=tuple(map(_stage, fatigue["stages"])),
    )


def _rule(entry: Mapping) -> Rule:
    return Rule(entry["about"], {name: tuple(ends) for name, ends in entry["when"].items()}, entry["says"]["fr"])


def _stage(entry: Mapping) -> Stage:
    ends = {"start": entry.get("from", 0.0), "below": entry.get("below", 1.1)}
    return Stage(entry["code"], entry["chance_of"], tuple(each["fr"] for each in entry["says"]), **ends)


@cache
def _shipped_instrument() -> Instrument:
    return _build(_read(None, "angle-mort-1.yaml"), load_norms(), load_prototypes(), "angle-mort-1.yaml")


def _read(path: str | Path | None, shipped: str) -> Mapping:
    place = Path(path) if path else files(_SHELF).joinpath("questionnaires", shipped)
    try:
        entry = yaml.load(place.read_text(encoding="utf-8"), Loader=_LOADER)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise AngleMortError(problem("AM101", path=str(place), reason=type(error).__name__)) from error
    if not isinstance(entry, Mapping) or entry.get("format") != 1:
        raise AngleMortError(problem("AM101", path=str(place), reason="format 1"))
    return entry


def _build(entry: Mapping, norms: Norms, prototypes: Prototypes, path: str) -> Instrument:
    formats = {code: _format(code, each) for code, each in entry["response_formats"].items()}
    modules = tuple(_module(each, formats) for each in entry["modules"])
    instrument = Instrument(
        name=entry["name"],
        version=str(entry["version"]),
        title=entry["title"]["fr"],
        licence=entry["licence"],
        formats=formats,
        forms=tuple(Form(code, each["fr"], each["minutes"]) for code, each in entry["forms"].items()),
        packs={code: each["fr"] for code, each in entry["packs"].items()},
        modules=modules,
        scoring=entry["scoring"],
        norms=norms,
        prototypes=prototypes,
        interview=load_interview(),
    )
    found = [problem("AM102", path=path, reason=reason) for reason in _contradictions(instrument)]
    if found:
        raise AngleMortError(*found)
    return instrument


def _format(code: str, entry: Mapping) -> ResponseFormat:
    return ResponseFormat(
        code=code,
        kind=entry["kind"],
        choices=tuple(_choice(each) for each in entry.get("choices", ())),
        minimum=entry.get("minimum"),
        maximum=entry.get("maximum"),
        unit=entry.get("unit"),
    )


def _choice(entry: Mapping) -> Choice:
    return Choice(entry["code"], entry["fr"], entry["en"], entry.get("band"), tuple(entry.get("tags", ())))


def _module(entry: Mapping, formats: Mapping[str, ResponseFormat]) -> Module:
    facets = tuple(
        Facet(each["code"], each["name"]["fr"], each["name"]["en"], _items(each, entry, formats, each["code"]))
        for each in entry.get("facets", ())
    )
    return Module(
        code=entry["code"],
        name=entry["name"]["fr"],
        gloss=entry["name"]["en"],
        nature=entry["nature"],
        high=(entry.get("high") or {}).get("fr", ""),
        high_is_good=entry.get("high_is_good"),
        stem=(entry.get("stem") or {}).get("fr", ""),
        optional=entry.get("optional", False),
        facets=facets,
        items=tuple(item for facet in facets for item in facet.items) + _items(entry, entry, formats, None),
    )


def _items(owner: Mapping, module: Mapping, formats: Mapping, facet: str | None) -> tuple[Item, ...]:
    return tuple(_item(each, module, formats, facet) for each in owner.get("items", ()))


def _item(entry: Mapping, module: Mapping, formats: Mapping[str, ResponseFormat], facet: str | None) -> Item:
    return Item(
        id=entry["id"],
        fr=entry["fr"],
        en=entry["en"],
        module=module["code"],
        facet=facet,
        format=_item_format(entry, module, formats),
        forms=frozenset(entry.get("forms", module["forms"])),
        required=entry.get("required", not module.get("optional", False)),
        former=tuple(entry.get("former", ())),
        packs={pack: each["fr"] for pack, each in entry.get("packs", {}).items()},
        mirrors=entry.get("mirrors"),
        high_is_good=entry.get("high_is_good", module.get("high_is_good")),
    )


def _item_format(entry: Mapping, module: Mapping, formats: Mapping[str, ResponseFormat]) -> ResponseFormat:
    if "choices" not in entry:
        return formats[entry.get("format", module.get("format"))]
    kind = entry.get("kind", "multiple" if "count" in entry else "choice")
    choices = tuple(_choice(each) for each in entry["choices"])
    return ResponseFormat(_OWN_FORMAT, kind, choices, count=entry.get("count"))


def _contradictions(instrument: Instrument) -> Iterator[str]:
    ids = Counter(item.id for module in instrument.modules for item in module.items)
    yield from (f"item {each} stands {count} times" for each, count in ids.items() if count > 1)
    yield from (f"module {m.code}: nature {m.nature}" for m in instrument.modules if m.nature not in NATURES)
    known = {module.code for module in instrument.modules} | set(instrument.scoring["indices"])
    for name, rule in instrument.scoring["indices"].items():
        parts = {part["scale"] for part in rule["parts"]}
        yield from (f"index {name}: no scale {part}" for part in sorted(parts - known))
    told = set(instrument.items) | set(instrument.scoring["cross_checks"]["checks"])
    rules = (*instrument.interview.strengths, *instrument.interview.questions)
    yield from (
        f"interview: no answer {name}" for name in sorted({name for rule in rules for name in rule.when} - told)
    )
    reflective = {module.code for module in instrument.of_nature("reflective")}
    yield from (f"no reliability for {each}" for each in sorted(reflective - set(instrument.norms.reliability)))
