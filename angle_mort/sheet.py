"""One leader's sheet: everything that the working cohort, and the vault when it is open, know of that leader."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from angle_mort.instrument import NOT_APPLICABLE, Instrument
from angle_mort.margins import half_width
from angle_mort.results import LeaderSheet
from angle_mort.roadmap import raised, stage_of, weakest_step
from angle_mort.scores import cross_checks
from angle_mort.scores.scales import answer_error

if TYPE_CHECKING:
    from angle_mort.disclosure.summary import WorkingCohort

_TOP = 100.0
_WORDS = "f109"


@dataclass(frozen=True)
class Kept:
    """What the vault keeps of one leader: ``answers`` (item to code), the ``mirror`` of collaborators (a row each),
    and the leader's own ``words`` (item to text)."""

    answers: pd.Series
    mirror: pd.DataFrame
    words: pd.Series = field(default_factory=lambda: pd.Series(dtype=object))


def leader_sheet(
    leader: str, cohort: WorkingCohort, bands: pd.DataFrame, instrument: Instrument, kept: Kept | None = None
) -> LeaderSheet:
    """The sheet of the leader with this row id; ``kept`` is what the vault holds, None while it is closed."""
    own = {name: _of(getattr(cohort, name), leader) for name in ("scores", "dominance", "prototypes", "evidence")}
    row = cohort.leaders.set_index("leader").loc[leader]
    answers = _answers(row, own["scores"], instrument, kept)
    checks = _checks(own["scores"], instrument, kept, leader)
    steps, weakest = _steps(own["evidence"], instrument)
    bands = _of(bands, leader)
    told = {name: code for name, code in answers.items() if code != NOT_APPLICABLE} | _signs(checks)
    rules = instrument.interview
    certificate = cohort.certificate
    return LeaderSheet(
        leader=leader,
        wave=str(row["wave"]),
        seal=str(certificate["seal"]),
        demonstration=bool(certificate["demonstration"]),
        day=datetime.date.fromisoformat(str(certificate["day"])),
        level=instrument.scoring["interval_level"]["value"],
        provisional=instrument.norms.provisional,
        versions={"instrument": instrument.version, "tool": str(certificate["tool"])},
        scores=own["scores"],
        bands=bands,
        dominance=own["dominance"],
        prototypes=own["prototypes"],
        answers=answers.rename_axis("item").reset_index(name="code"),
        areas=_areas(own["scores"], answers, instrument),
        checks=checks,
        steps=steps,
        weakest_step=weakest,
        strengths=raised(rules.strengths, told, rules.most["strengths"]),
        questions=raised(rules.questions, told, rules.most["questions"], _first_themes(own["scores"], instrument)),
        fatigue=_fatigue(bands, instrument),
        missing=tuple(_missing(checks, kept)),
        own_words="" if kept is None else str(kept.words.get(_WORDS, "")),
    )


def _of(frame: pd.DataFrame, leader: str) -> pd.DataFrame:
    return frame[frame["respondent"] == leader].reset_index(drop=True)


def _answers(row: pd.Series, scores: pd.DataFrame, instrument: Instrument, kept: Kept | None) -> pd.Series:
    """Item to code. Of the cohort: facts, hours, the scenario, and facets of one item, whose score is their answer."""
    values = scores.set_index("scale")["value"]
    told = {item: float(row[item]) for item in instrument.items if item in row and item in _numbers(instrument)}
    for module in instrument.of_nature("ordinal"):
        told[module.items[0].id] = float(values.get(module.code, np.nan))
    for module in instrument.of_nature("profile", "formative"):
        alone = [(facet.code, facet.items[0]) for facet in module.facets if len(facet.items) == 1]
        told |= {item.id: values.get(code, np.nan) * item.format.highest / _TOP for code, item in alone}
    known = pd.Series(told, dtype=float).round(6)
    return known if kept is None else kept.answers.astype(float).combine_first(known)


def _numbers(instrument: Instrument) -> set[str]:
    """The items that a cohort holds as they were answered: facts, gains, places, hours."""
    modules = instrument.of_nature("ordinal", "tracker", "time_budget")
    return {item.id for module in modules for item in module.items}


def _areas(scores: pd.DataFrame, answers: pd.Series, instrument: Instrument) -> pd.DataFrame:
    """What is felt and what happened, area by area: one answer each, with the margin of one answer."""
    rule = instrument.scoring["areas"]
    frame = pd.DataFrame({"area": rule["codes"]})
    for side in ("felt", "fact"):
        codes = answers.reindex(rule[side]).where(lambda each: each >= 0)
        tops = [instrument.items[item].format.highest for item in rule[side]]
        value = codes.to_numpy() * _TOP / tops
        reach = half_width(instrument.scoring["interval_level"]["value"]) * answer_error(instrument, tops[0])
        frame[side] = value
        frame[f"{side}_low"], frame[f"{side}_high"] = np.clip(value - reach, 0, _TOP), np.clip(value + reach, 0, _TOP)
    return frame


def _checks(scores: pd.DataFrame, instrument: Instrument, kept: Kept | None, leader: str) -> pd.DataFrame:
    if kept is None or kept.mirror.empty:
        return cross_checks(scores, instrument).drop(columns="respondent")
    responses = kept.answers.to_frame(leader).T
    mirror = kept.mirror.set_axis([leader] * len(kept.mirror), axis=0)
    return cross_checks(scores, instrument, mirror, responses).drop(columns="respondent")


def _signs(checks: pd.DataFrame) -> dict[str, float]:
    """-1, 0 or 1 for the checks that tell something: the left side clearly below, one story, clearly above."""
    told = checks[checks["answer"] != "too_little"]
    return {
        row.check: float(np.sign(row.difference)) if row.answer == "different" else 0.0 for row in told.itertuples()
    }


def _steps(evidence: pd.DataFrame, instrument: Instrument) -> tuple[pd.DataFrame, str | None]:
    rule = instrument.scoring["steps"]
    steps = evidence.set_index("step").drop(columns="respondent")
    steps["target"] = pd.Series({step["code"]: float(step["target"]) for step in rule["path"]})
    steps["p_weakest"], weakest = weakest_step(steps, rule["named_at"])
    return steps.reset_index(), weakest


def _first_themes(scores: pd.DataFrame, instrument: Instrument) -> list[str]:
    """Cross-checks, then the blocks from the highest down."""
    blocks = scores[scores["scale"].isin(instrument.scoring["dominance"]["blocks"])]
    return [
        *instrument.scoring["cross_checks"]["checks"],
        *blocks.sort_values("value", ascending=False, kind="stable")["scale"],
    ]


def _fatigue(bands: pd.DataFrame, instrument: Instrument) -> tuple[str, ...]:
    rules = instrument.interview
    row = bands[bands["scale"] == rules.fatigue_scale]
    stage = stage_of(rules.fatigue, row.iloc[0]) if len(row) else None
    return stage.says if stage else ()


def _missing(checks: pd.DataFrame, kept: Kept | None):
    if kept is None:
        yield "vault"
        return
    if checks.set_index("check")["left"].isna()["self_mirror"]:
        yield "mirror"
    if not kept.words.get(_WORDS):
        yield "role"
