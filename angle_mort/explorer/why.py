"""Why a leader stands there: what is known of one person, in sentences, and the questions that it suggests."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from angle_mort.explorer.people import BANDS, People, whole
from angle_mort.roadmap import weakest_of
from angle_mort.scores.crosschecks import DIFFERENT
from angle_mort.scores.dominance import MIXED
from angle_mort.text import number, t
from angle_mort.views.words import chance, listed, listed_values

Told = tuple[str, list[str]]
"""A heading and its sentences."""

_CONSEQUENCES = ("IDO", "D1", "E", "D2", "D3")
_GREEN, _ORANGE = 0, 2
CHECKS = ("J_IDO", "C1_C0", "F_L")


def why(people: People, place: int) -> list[Told]:
    """What is known of the leader at this place: first what already runs, then causes, consequences and the rest."""
    told = [
        ("strengths", list(_strengths(people, place))),
        ("blocks", [*_scales(people, place, people.instrument.prototypes.blocks), _dominant(people, place)]),
        ("position", [_position(people, place)]),
        ("consequences", list(_scales(people, place, _CONSEQUENCES))),
        ("areas", list(_areas(people, place))),
        ("steps", list(_steps(people, place))),
        ("checks", list(_checks(people, place))),
        ("care", list(_care(people, place))),
    ]
    return [(t(f"explorer.why.{part}"), lines) for part, lines in told if lines]


def _strengths(people: People, place: int) -> Iterator[str]:
    """Scales that stand in the green for sure, and steps that have reached their mark beyond their margin."""
    green = [each.label for each in people.measures.values() if each.band[place] == _GREEN]
    if green:
        yield t("explorer.why.green", labels=listed(green))
    for name, target, (_, _, low, _) in _path(people, place):
        if low >= target:
            yield t("explorer.why.reached", step=name)
    if people.scenario[place] == 3:
        yield t("explorer.why.runs")


def _scales(people: People, place: int, scales) -> Iterator[str]:
    for scale in scales:
        if scale in people.measures:
            measure = people.measures[scale]
            band = BANDS[measure.band[place]] if measure.band[place] >= 0 else ""
            key = "explorer.why.scale" if band else "explorer.why.unknown"
            yield t(key, label=measure.label, value=measure.shown(place), band=band)


def _dominant(people: People, place: int) -> str:
    block, highest = (each[place] for each in people.dominance)
    if block in people.measures:
        return t("explorer.why.dominant", label=people.measures[block].label, chance=chance(highest))
    return t("explorer.why.mixed" if block == MIXED else "explorer.why.no_dominant")


def _position(people: People, place: int) -> str:
    shares = people.membership[place]
    if np.isnan(shares).any():
        return t("explorer.why.no_position")
    key = "explorer.why.resembles" if people.resembles[place] >= 0 else "explorer.why.between"
    nearest = people.instrument.prototypes.prototypes[int(shares.argmax())]
    return t(key, name=nearest.name, gloss=nearest.gloss, chance=chance(float(shares.max())))


def _areas(people: People, place: int) -> Iterator[str]:
    """What is felt as a whole beside what happened area by area: they are two tellings, never one."""
    facts = {code: measure for code, measure in people.facts.items() if code.startswith("C0")}
    if "C1" in people.facts:
        yield t("explorer.why.felt", value=people.facts["C1"].shown(place))
    known = {code: each for code, each in facts.items() if not np.isnan(each.value[place])}
    if known:
        values = listed_values([each.label for each in known.values()], [each.shown(place) for each in known.values()])
        yield t("explorer.why.fact", values=values)


def _path(people: People, place: int) -> Iterator[tuple[str, float, list[float]]]:
    """Each step that has evidence: its name, its mark, and value, standard error, low and high."""
    for code, step in _named(people).items():
        if code in people.steps:
            yield step["name"]["fr"], step["target"], people.steps[code][place].tolist()


def _steps(people: People, place: int) -> Iterator[str]:
    for name, target, (value, _, low, high) in _path(people, place):
        if not np.isnan(value):
            shown = t("view.margin", mean=whole(value), margin=whole(max(1.0, (high - low) / 2)))
            yield t("explorer.why.step", step=name, value=shown, target=target)
    weakest = _weakest(people, place)
    if weakest:
        yield t("explorer.why.weakest", step=_named(people)[weakest]["name"]["fr"])


def _named(people: People) -> dict[str, dict]:
    return {step["code"]: step for step in people.instrument.scoring["steps"]["path"]}


def _weakest(people: People, place: int) -> str | None:
    """The step furthest below its own mark, when that is probable enough."""
    path = _named(people)
    if not set(path) <= set(people.steps):
        return None
    value, error = np.array([people.steps[code][place, :2] for code in path]).T
    target = np.array([step["target"] for step in path.values()], float)
    _, named = weakest_of(value, error, target, people.instrument.scoring["steps"]["named_at"])
    return None if named is None else list(path)[named]


def _checks(people: People, place: int) -> Iterator[str]:
    rule = people.instrument.scoring["cross_checks"]
    for code in CHECKS:
        difference, margin, answer = (each[place] for each in people.checks[code])
        names = {"name": rule["checks"][code]["name"]["fr"], "answer": rule["answers"][answer]["fr"]}
        if np.isnan(difference):
            yield t("explorer.why.check_unknown", **names)
        else:
            gap = t("view.margin", mean=number(difference, 0), margin=number(margin, 0))
            yield t("explorer.why.check", gap=gap, **names)


def _care(people: People, place: int) -> Iterator[str]:
    for light in ("run_light", "fast_light", "hurried"):
        if people.care[light][place] > 0:
            yield t(f"explorer.why.light.{light}")
    if people.care["n_missing"][place] > 0:
        yield t("explorer.why.missing", n=int(people.care["n_missing"][place]))


# -------------------------------------------------------------------------------------------- questions


def questions(people: People) -> dict[str, str]:
    """Every question that may be kept for a leader, by its code: those of the steps are the questionnaire's own."""
    codes = ("strength", "A", "B", "C", "mixed", "D1", "D2", "D3", "E", "areas", *CHECKS)
    own = {code: t(f"explorer.question.{code}") for code in codes}
    return own | {code: step["asks"]["fr"] for code, step in _named(people).items()}


def proposed(people: People, place: int) -> list[str]:
    """The codes of the questions that this leader's data suggest, the likeliest to help first."""
    block = people.dominance[0][place]
    apart = [code for code in CHECKS if people.checks[code][2][place] == DIFFERENT]
    high = [code for code in ("D1", "D2", "D3", "E") if _is_high(people, code, place)]
    step = _weakest(people, place)
    return ["strength", block if block in people.measures else "mixed", *apart, *high, *([step] if step else [])]


def _is_high(people: People, code: str, place: int) -> bool:
    return code in people.measures and people.measures[code].band[place] > _ORANGE
