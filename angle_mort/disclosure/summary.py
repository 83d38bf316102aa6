"""From a working cohort to the aggregates that may be shared: every rule of size is applied here, once."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from angle_mort.disclosure.thresholds import POLICY, Group, Policy, merge_neighbours, merge_rest, shown_count
from angle_mort.errors import AngleMortError, problem
from angle_mort.instrument import Instrument
from angle_mort.margins import half_width
from angle_mort.results import SPONSOR, CohortSummary

BLOCKS, CONSEQUENCES, INDEX = ("A", "B", "C"), ("D2", "D3"), ("IDO", "D1", "E")
FACTS = ("j102", "j103")
SCENARIO = "J"


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
    policy: Policy = POLICY,
) -> CohortSummary:
    """The shareable summary of a cohort, for a sponsor.

    ``read_bands`` names the band of tidy scores and ``read_weakest`` the weakest of the steps; both are given by the
    caller so that this room knows neither scores nor the path. The margin of a mean is measurement error alone: it says
    how well *these* leaders were measured. It is never made from their spread, which would tell the spread.

    Raises ``AngleMortError`` AM605 below the minimum cohort.
    """
    n = len(cohort.leaders)
    if n < policy.cohort:
        raise AngleMortError(problem("AM605", n=n, minimum=policy.cohort))
    level = instrument.scoring["interval_level"]["value"]
    means = _means(cohort.scores, instrument, level, read_bands, policy)
    steps, weakest = _steps(cohort.evidence, instrument, level, read_weakest, policy)
    counts = _counts(cohort, n, policy)
    return CohortSummary(
        name=cohort.name,
        audience=SPONSOR,
        demonstration=bool(cohort.certificate["demonstration"]),
        day=datetime.date.fromisoformat(cohort.certificate["day"]),
        n=n,
        level=level,
        provisional=instrument.norms.provisional,
        instrument=f"{instrument.name} {instrument.version}",
        versions={"tool": cohort.certificate["tool"], "norms": instrument.norms.name, "policy": policy.name},
        intake=dict(cohort.certificate["intake"]),
        certificate={key: cohort.certificate[key] for key in ("k_characteristics", "k_row", "certifiable", "status")},
        means=means,
        areas=_areas(cohort, instrument, level, policy),
        steps=steps,
        weakest_step=weakest,
        counts=counts,
        care=_care(cohort.leaders, n, policy),
        withheld=_withheld(counts, n, policy),
    )


# ------------------------------------------------------------------------------------------------------------- means


def _means(scores, instrument: Instrument, level: float, read_bands: Callable, policy: Policy) -> pd.DataFrame:
    """Group means, 1 decimal. The index and its two halves are told of the same leaders: told of different ones, they
    would give away those who are in one set and not in the other."""
    wide = {
        name: scores.pivot(index="respondent", columns="scale", values=name) for name in ("value", "se_measurement")
    }
    kept = wide["value"].reindex(columns=[*INDEX, *BLOCKS, *CONSEQUENCES, *FACTS])
    kept.loc[kept[list(INDEX)].isna().any(axis=1), list(INDEX)] = np.nan
    rows = [_mean_row(scale, kept[scale], wide["se_measurement"].get(scale), level, policy) for scale in kept]
    means = pd.DataFrame([row for row in rows if row]).rename(columns={"value": "mean"})
    banded = read_bands(means.rename(columns={"mean": "value"}).assign(respondent="cohort"))
    means["band"] = means["scale"].map(dict(zip(banded["scale"], banded["band"], strict=True)))
    means["provisional"] = instrument.norms.provisional & means["se_measurement"].notna()
    return means


def _mean_row(code: str, values: pd.Series, errors: pd.Series | None, level: float, policy: Policy) -> dict | None:
    known = values.notna()
    n = int(known.sum())
    if n < policy.group:
        return None
    mean = float(values[known].mean())
    error = _error_of_mean(errors[known] if errors is not None else pd.Series(dtype=float), n)
    return {"scale": code, "value": round(mean, 1), **_interval(mean, error, level), "n": n}


def _error_of_mean(errors: pd.Series, n: int) -> float:
    return float(np.sqrt((errors**2).sum()) / n) if errors.notna().any() else float("nan")


def _interval(mean: float, error: float, level: float) -> dict[str, float]:
    reach = half_width(level) * error
    low, high = (round(float(np.clip(edge, 0, 100)), 1) for edge in (mean - reach, mean + reach))
    return {"se_measurement": round(error, 2), "low": low, "high": high}


# ------------------------------------------------------------------------------------------------- areas, steps, care


def _areas(cohort: WorkingCohort, instrument: Instrument, level: float, policy: Policy) -> pd.DataFrame:
    """The five areas as felt (mean answer) and in fact (who took over), 0-100; an area needs the minimum group."""
    rule = instrument.scoring["areas"]
    items = cohort.items.set_index("item")
    rows = [
        {"area": area}
        | _area(items, felt, "felt", instrument, level, policy)
        | _area(items, fact, "fact", instrument, level, policy)
        for area, felt, fact in zip(rule["codes"], rule["felt"], rule["fact"], strict=True)
    ]
    return pd.DataFrame(rows)


def _area(items, item: str, side: str, instrument: Instrument, level: float, policy: Policy) -> dict[str, float]:
    n = int(items["n_answered"].get(item, 0))
    top = instrument.items[item].format.highest
    mean = float(items["mean"].get(item, np.nan)) * 100 / top if n >= policy.group else float("nan")
    margin = _interval(mean, instrument.norms.answer_error * 4 / top / np.sqrt(max(n, 1)), level)
    return {side: round(mean, 1), f"{side}_low": margin["low"], f"{side}_high": margin["high"], f"n_{side}": n}


def _steps(evidence, instrument: Instrument, level: float, read_weakest: Callable, policy: Policy):
    codes = [step["code"] for step in instrument.scoring["steps"]["path"]]
    rows = []
    for code in codes:
        own = evidence[evidence["step"] == code]
        row = _mean_row(code, own["value"], own["se_measurement"], level, policy)
        rows.append(
            row or {"scale": code, "value": np.nan, "se_measurement": np.nan, "low": np.nan, "high": np.nan, "n": 0}
        )
    steps = pd.DataFrame(rows).rename(columns={"scale": "step"})
    chances, weakest = read_weakest(steps.set_index("step"))
    return steps.assign(p_weakest=chances.to_numpy().round(2)).rename(columns={"value": "mean"}), weakest


def _care(leaders: pd.DataFrame, n: int, policy: Policy) -> pd.DataFrame:
    lights = {"run_light": leaders["run_light"], "hurried": leaders["hurried"], "gaps": leaders["n_missing"] > 0}
    rows = [{"light": light, "shown": shown_count(int(lit.sum()), n, policy)} for light, lit in lights.items()]
    return pd.DataFrame(rows)


# ------------------------------------------------------------------------------------------------------------ counts


def _counts(cohort: WorkingCohort, n: int, policy: Policy) -> pd.DataFrame:
    """How many leaders in each category, merged until every group is large enough; nothing below the split size."""
    rows: list[dict[str, object]] = []
    if n >= policy.split:
        rows += _rows("scenario", merge_neighbours(_scenario_counts(cohort.scores), policy))
        rows += _rows("dominance", merge_rest(_tally(cohort.dominance["block"], (*BLOCKS, "mixte")), "mixte", policy))
        nearest = cohort.prototypes["nearest"].where(cohort.prototypes["named"].astype(bool), "between")
        rows += _rows("prototype", merge_rest(_tally(nearest, sorted(set(nearest) | {"between"})), "between", policy))
    return pd.DataFrame(rows, columns=["figure", "category", "count", "shown"])


def _rows(figure: str, groups: Iterable[Group]) -> list[dict[str, object]]:
    return [{"figure": figure, "category": "+".join(group), "count": n, "shown": str(n)} for group, n in groups]


def _tally(values: pd.Series, categories: Sequence[str]) -> dict[str, int]:
    """People per category; those not calculable join the last one, so that no total gives them away."""
    inside = values.where(values.isin(categories), categories[-1] if "between" not in categories else "between")
    return {category: int((inside == category).sum()) for category in categories}


def _scenario_counts(scores: pd.DataFrame) -> dict[str, int]:
    answers = scores.loc[(scores["scale"] == SCENARIO) & scores["value"].notna(), "value"].astype(int)
    return {str(code): int((answers == code).sum()) for code in (1, 2, 3)}


def _withheld(counts: pd.DataFrame, n: int, policy: Policy) -> pd.DataFrame:
    """What this size does not allow, with the size that would."""
    told = set(counts["figure"])
    rule, needed = ("group", policy.group) if n >= policy.split else ("small", policy.split)
    rows = [
        {"what": "rows", "rule": "rows", "needed": policy.rows, "holds": n < policy.rows},
        {"what": "spread", "rule": "distribution", "needed": policy.distribution, "holds": n < policy.distribution},
        {"what": "profiles", "rule": "profiles", "needed": policy.distribution, "holds": n < policy.distribution},
        {"what": "crossed", "rule": "rows", "needed": policy.rows, "holds": n < policy.rows},
        {"what": "splits", "rule": "ledger", "needed": policy.split, "holds": True},
        *(
            {"what": figure, "rule": rule, "needed": needed, "holds": figure not in told}
            for figure in ("scenario", "dominance", "prototype")
        ),
        {"what": "texts", "rule": "never", "needed": 0, "holds": True},
        {"what": "percentiles", "rule": "norms", "needed": 100, "holds": True},
    ]
    return pd.DataFrame([row for row in rows if row.pop("holds")])
