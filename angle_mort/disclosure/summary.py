"""From a working cohort to the aggregates that may be shared: every rule of size is applied here, once."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from angle_mort.disclosure.audit import fewest_isolated
from angle_mort.disclosure.certificate import SCENARIO, rows_seal
from angle_mort.disclosure.release import FAST
from angle_mort.disclosure.thresholds import (
    Group,
    Policy,
    least_people,
    merge_neighbours,
    merge_rest,
    shown_count,
    shown_people,
)
from angle_mort.disclosure.totals import mean_tells_few
from angle_mort.errors import AngleMortError, problem
from angle_mort.instrument import Instrument
from angle_mort.margins import half_width
from angle_mort.results import SPONSOR, CohortSummary
from angle_mort.text import t

BLOCKS, CONSEQUENCES, INDEX = ("A", "B", "C"), ("D2", "D3"), ("IDO", "D1", "E")
FACTS = ("j102", "j103")
COUNTS, MEASURES = "counts", {"D1": "IDO", "E": "IDO"}
"""What the ledger takes for one measure: the groups of all splits, and the index with its halves, whose mean it is."""

UNANSWERED, BETWEEN, MIXED = "none", "between", "mixte"


@dataclass(frozen=True)
class WorkingCohort:
    """The private frames from which a summary is made; each has ``respondent`` as its first column.

    ``scores`` tidy scores · ``evidence`` of the four steps · ``dominance`` and ``prototypes`` with the name given
    (``block``; ``nearest`` and ``named``) · ``items`` aggregates per item · ``leaders`` the released rows.
    """

    name: str
    scores: pd.DataFrame
    evidence: pd.DataFrame
    dominance: pd.DataFrame
    prototypes: pd.DataFrame
    items: pd.DataFrame
    leaders: pd.DataFrame
    certificate: Mapping[str, object]


def summarise(
    cohort: WorkingCohort,
    instrument: Instrument,
    read_bands: Callable[[pd.DataFrame], pd.DataFrame],
    read_weakest: Callable[[pd.DataFrame], tuple[pd.Series, str | None]],
    withhold: Collection[str] = (),
) -> CohortSummary:
    """The shareable summary of a cohort, for a sponsor, by the thresholds that its certificate declares.

    ``read_bands`` names the band of tidy scores and ``read_weakest`` the weakest of the steps; both are given by the
    caller so that this room knows neither scores nor the path. The margin of a mean is measurement error alone: it says
    how well *these* leaders were measured. It is never made from their spread, which would tell the spread.
    ``withhold``: the measures (see ``figures``) that the ledger does not let through, beside what was shared before.

    Raises ``AngleMortError`` AM605 below the minimum cohort, AM616 for rows that are not the whole released cohort: a
    group and the same group without one person would give that person away.
    """
    n, policy = len(cohort.leaders), Policy(**cohort.certificate["policy"])
    if n < policy.cohort:
        raise AngleMortError(problem("AM605", n=n, minimum=policy.cohort))
    if n != cohort.certificate["n"] or rows_seal(cohort.leaders) != cohort.certificate["rows"]:
        raise AngleMortError(problem("AM616", n=n, sealed=cohort.certificate["n"]))
    level = instrument.scoring["interval_level"]["value"]
    means = _means(cohort.scores, instrument, level, read_bands, policy, withhold)
    steps, weakest = _steps(cohort.evidence, instrument, level, read_weakest, policy, withhold)
    counts, care, reasons = _counts(cohort, n, policy, told_again=COUNTS not in withhold)
    reasons |= {"means": "shared"} if set(withhold) - {COUNTS} else {}
    return CohortSummary(
        name=cohort.name,
        audience=SPONSOR,
        demonstration=bool(cohort.certificate["demonstration"]),
        day=datetime.date.fromisoformat(cohort.certificate["day"]),
        n=n,
        minimum=policy.group,
        level=level,
        provisional=instrument.norms.provisional,
        instrument=f"{instrument.name} {instrument.version}",
        versions={"tool": cohort.certificate["tool"], "norms": instrument.norms.name},
        policy=policy.as_dict(),
        seal=str(cohort.certificate["seal"]),
        intake=_intake(cohort.certificate["intake"], n, policy),
        means=means,
        areas=_areas(cohort, instrument, level, policy),
        steps=steps,
        weakest_step=weakest,
        counts=counts,
        care=care,
        withheld=_withheld(reasons, n, instrument, policy),
    )


# ------------------------------------------------------------------------------------------------------------- means


def _means(
    scores, instrument: Instrument, level: float, read_bands: Callable, policy: Policy, withhold
) -> pd.DataFrame:
    """Group means, 1 decimal. The index and its two halves are told of the same leaders: told of different ones, they
    would give away those who are in one set and not in the other; and two of them give the third."""
    kept, errors = complete_scores(scores), scores.pivot(index="respondent", columns="scale", values="se_measurement")
    told = {
        scale: mean_row(scale, kept[scale], errors.get(scale), level, policy, _ends(scale, instrument))
        for scale in kept
        if MEASURES.get(scale, scale) not in withhold
    }
    if not all(told.get(scale) for scale in INDEX):
        told |= dict.fromkeys(INDEX)
    means = pd.DataFrame([row for row in told.values() if row], columns=_MEAN_ROW).rename(columns={"value": "mean"})
    banded = read_bands(means.rename(columns={"mean": "value"}).assign(respondent="cohort"))
    means["band"] = means["scale"].map(dict(zip(banded["scale"], banded["band"], strict=True)))
    means["provisional"] = instrument.norms.provisional & means["se_measurement"].notna()
    return means


def complete_scores(scores: pd.DataFrame) -> pd.DataFrame:
    """Leaders x scales that a summary tells means of; the index and its halves only where all three are known."""
    values = scores.pivot(index="respondent", columns="scale", values="value")
    kept = values.reindex(columns=[*INDEX, *BLOCKS, *CONSEQUENCES, *FACTS])
    kept.loc[kept[list(INDEX)].isna().any(axis=1), list(INDEX)] = np.nan
    return kept


def _ends(scale: str, instrument: Instrument) -> tuple[float, float]:
    """The lowest and the highest value of a scale or of a fact."""
    if scale not in FACTS:
        return _POINTS
    form = instrument.items[scale].format
    return tuple(np.nan if end is None else end for end in (form.minimum, form.maximum))


_POINTS = (0.0, 100.0)
_MEAN_ROW = ["scale", "value", "se_measurement", "low", "high", "people", "least"]


def mean_row(
    code: str, values: pd.Series, errors: pd.Series | None, level: float, policy: Policy, ends: tuple = _POINTS
) -> dict | None:
    """A mean that may be told, 1 decimal, with its margin and how many stand behind it; None when it may not."""
    known = values.notna()
    n = int(known.sum())
    if n < policy.group or _at_an_end(values[known], ends, policy):
        return None
    mean = round(float(values[known].mean()), 1)  # the margin is made from what is told: it holds no more digits
    error = _error_of_mean(errors[known] if errors is not None else pd.Series(dtype=float), n)
    people = {"people": shown_people(n, len(values), policy), "least": least_people(n, len(values), policy)}
    return {"scale": code, "value": mean, **_interval(mean, error, level), **people}


def _at_an_end(values: pd.Series, ends: tuple[float, float], policy: Policy) -> bool:
    """A mean near an end of its scale says of nearly everybody what they answered: at least a group must be off it."""
    return any(int((values != end).sum()) < policy.group for end in ends)


def _error_of_mean(errors: pd.Series, n: int) -> float:
    return float(np.sqrt((errors**2).sum()) / n) if errors.notna().any() else float("nan")


def _interval(mean: float, error: float, level: float) -> dict[str, float]:
    reach = half_width(level) * error
    low, high = (round(float(np.clip(edge, 0, 100)), 1) for edge in (mean - reach, mean + reach))
    return {"se_measurement": round(error, 2), "low": low, "high": high}


# ------------------------------------------------------------------------------------------------- areas, steps, care


def _areas(cohort: WorkingCohort, instrument: Instrument, level: float, policy: Policy) -> pd.DataFrame:
    """The five areas as felt (mean answer) and in fact (who took over), 0-100.

    An area needs the minimum group; it is one question, and its mean is not told where that tells an answer of few.
    """
    rule, asked = instrument.scoring["areas"], len(cohort.leaders)
    items = cohort.items.set_index("item")
    sides = [
        [_area(items, item, side, asked, instrument, level, policy) for item in rule[side]] for side in ("felt", "fact")
    ]
    rows = [{"area": area} | felt | fact for area, felt, fact in zip(rule["codes"], *sides, strict=True)]
    return pd.DataFrame(rows)


def _area(
    items, item: str, side: str, asked: int, instrument: Instrument, level: float, policy: Policy
) -> dict[str, float]:
    n = int(items["n_answered"].get(item, 0))
    people = shown_people(n, asked, policy)
    top = instrument.items[item].format.highest
    mean = float(items["mean"].get(item, np.nan))
    told = n >= policy.group and not mean_tells_few(round(mean * n), n, top, policy)
    mean = mean * 100 / top if told else float("nan")
    margin = _interval(mean, instrument.norms.answer_error * 4 / top / np.sqrt(max(n, 1)), level)
    figures = {"": round(mean, 1), "_se": margin["se_measurement"], "_low": margin["low"], "_high": margin["high"]}
    return {f"{side}{suffix}": value for suffix, value in figures.items()} | {f"people_{side}": people}


def _steps(evidence, instrument: Instrument, level: float, read_weakest: Callable, policy: Policy, withhold):
    """The mean evidence of each step beside its declared target, and the step that lies furthest below its own."""
    path = instrument.scoring["steps"]["path"]
    kept = evidence.assign(value=evidence["value"].where(~evidence["step"].isin(_steps_of(withhold, path))))
    groups = {step["code"]: kept[kept["step"] == step["code"]] for step in path}
    nothing = {"value": np.nan, "se_measurement": np.nan, "low": np.nan, "high": np.nan, "people": "", "least": 0}
    rows = [
        mean_row(code, own["value"], own["se_measurement"], level, policy) or {"scale": code} | nothing
        for code, own in groups.items()
    ]
    steps = pd.DataFrame(rows).rename(columns={"scale": "step"}).assign(target=[step["target"] for step in path])
    chances, weakest = read_weakest(steps.set_index("step"))
    return steps.assign(p_weakest=chances.to_numpy().round(2)).rename(columns={"value": "mean"}), weakest


def _steps_of(measures: Collection[str], path: Sequence[Mapping]) -> list[str]:
    """A step is measured by the scale that it is evidence of."""
    return [step["code"] for step in path if step["evidence"] in measures]


def _intake(counts: Mapping[str, int], n: int, policy: Policy) -> dict[str, str]:
    """Rows kept, and in words how many were set aside: a line of the file may be a person."""
    aside = ("rows_set_aside", "rows_duplicate")
    few = {key: t("disclosure.fewer", limit=policy.group) for key in aside if int(counts[key]) < policy.group}
    return {"rows_kept": str(n)} | {key: few.get(key, str(int(counts[key]))) for key in aside}


# ------------------------------------------------------------------------------------------------------------ counts


def _counts(
    cohort: WorkingCohort, n: int, policy: Policy, told_again: bool
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, str]]:
    """How many leaders in each category, the advisory lights, and why a figure is not told.

    Categories are merged until every group is large enough; nothing below the split size; and a figure that would set
    fewer people apart than the minimum group, together with those already told, is withheld. All are when the ledger
    does not let them be told (``told_again``).
    """
    told: list[frozenset] = []
    rows: list[dict[str, object]] = []
    care: list[dict[str, str]] = []
    reasons: dict[str, str] = {}
    categories = splits(cohort)
    for figure, merge in _MERGES.items():
        people = categories[figure]
        groups = merge(people.value_counts().to_dict(), policy) if told_again and n >= policy.split else []
        member = people.map({category: place for place, (group, _) in enumerate(groups) for category in group})
        if not groups:
            reasons[figure] = "small" if n < policy.split else "group" if told_again else "shared"
        elif sets_apart(told, member, policy):
            reasons[figure] = "overlap"
        else:
            told += members_of(member)
            rows += count_rows(figure, groups)
    for light in [each for each in LIGHTS if each in categories and n >= policy.split]:
        shown = shown_count(int(categories[light].sum()), n, policy)
        if not told_again or (shown.isdigit() and sets_apart(told, categories[light], policy)):
            reasons["care"] = "overlap" if told_again else "shared"
        else:
            told += members_of(categories[light]) if shown.isdigit() else []
            care.append({"light": light, "shown": shown})
    counts = pd.DataFrame(rows, columns=["figure", "category", "count", "shown"])
    return counts, pd.DataFrame(care, columns=["light", "shown"]), reasons


def sets_apart(told: Iterable[frozenset], groups: pd.Series, policy: Policy) -> bool:
    """Whether a split, with those already told, would set too few people apart."""
    return fewest_isolated([*told, *members_of(groups)], policy.group) < policy.group


def members_of(groups: pd.Series) -> list[frozenset]:
    """Who is in each group of a split."""
    return [frozenset(people.index) for _, people in groups.groupby(groups)]


def splits(cohort: WorkingCohort) -> dict[str, pd.Series]:
    """The category of every leader in each split, by row id; a light is a split of the cohort in two."""
    order = cohort.leaders["leader"]
    scenario = cohort.scores[cohort.scores["scale"] == SCENARIO].set_index("respondent")["value"].reindex(order)
    answers = scenario.map(lambda value: UNANSWERED if np.isnan(value) else str(int(value)))
    placed = cohort.prototypes.set_index("respondent").reindex(order)
    nearest = placed["nearest"].where(placed["named"].astype(bool), BETWEEN)
    leading = cohort.dominance.set_index("respondent")["block"].reindex(order)
    leading = leading.where(leading.isin(BLOCKS), MIXED)
    care = cohort.leaders.set_index("leader")
    lights = {"run_light": care["run_light"] > 0, "hurried": care["hurried"] > 0, "gaps": care["n_missing"] > 0}
    lights |= {FAST: care[FAST] > 0} if FAST in care else {}
    return {"scenario": answers, "prototype": nearest, "dominance": leading} | lights


LIGHTS = ("run_light", "hurried", "gaps", FAST)
_MERGES: dict[str, Callable[[Mapping[str, int], Policy], list[Group]]] = {
    "scenario": lambda counts, policy: merge_neighbours(_in_order(counts), policy),
    "prototype": lambda counts, policy: merge_rest({BETWEEN: 0} | counts, BETWEEN, policy),
    "dominance": lambda counts, policy: merge_rest({MIXED: 0} | counts, MIXED, policy),
}


def _in_order(counts: Mapping[str, int]) -> dict[str, int]:
    """The three answers, and those without an answer, when there are any, beside the first."""
    known = [UNANSWERED] if counts.get(UNANSWERED) else []
    return {category: counts.get(category, 0) for category in (*known, "1", "2", "3")}


def count_rows(figure: str, groups: Iterable[Group]) -> list[dict[str, object]]:
    """The rows of a table of counts: merged categories are joined by ``+``."""
    return [{"figure": figure, "category": "+".join(group), "count": n, "shown": str(n)} for group, n in groups]


_FROM_THERE = {"rows": "pool", "spread": "version", "profiles": "notebook", "crossed": "version"}
"""Why a page does not show it from the size on that would allow it."""


def _withheld(reasons: Mapping[str, str], n: int, instrument: Instrument, policy: Policy) -> pd.DataFrame:
    """What is not told, the rule, and the size that would allow it (0: no size does).

    What the page does not show stays in the list, whatever the rules would allow.
    """
    needed = {"group": policy.group, "small": policy.split, "overlap": 0, "shared": 0}
    always = [("splits", "ledger", 0), ("texts", "never", 0)]
    ranks = int(instrument.scoring["percentiles"]["minimum_n"])
    by_size = [
        ("rows", "rows", policy.rows),
        ("spread", "distribution", policy.distribution),
        ("profiles", "profiles", policy.distribution),
        ("crossed", "crossed", policy.rows),
        ("percentiles", "norms", ranks),
    ]
    rows = [row if n < row[2] or row[0] not in _FROM_THERE else (row[0], _FROM_THERE[row[0]], 0) for row in by_size]
    rows += [(figure, rule, needed[rule]) for figure, rule in reasons.items()]
    return pd.DataFrame([*rows, *always], columns=["what", "rule", "needed"])
