"""The members behind every figure of a page: what the ledger keeps of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from angle_mort.disclosure.summary import COUNTS, MEASURES, WorkingCohort, complete_scores, splits
from angle_mort.instrument import Instrument
from angle_mort.results import CohortSummary

PEOPLE, ANSWERS = "people", "answers"
"""Who is in the cohort at all; everybody asked, behind whatever is told of all of them."""


@dataclass(frozen=True)
class Figure:
    """One thing told of some people: what was measured, and the row ids of those behind it."""

    measure: str
    people: frozenset[str]


def shared_figures(cohort: WorkingCohort, summary: CohortSummary, instrument: Instrument) -> list[Figure]:
    """Everything that a page of this summary tells, with the people behind it.

    A figure of one question (an area as leaders feel it, a statistic of the questionnaire) stands on all those who were
    asked: who left a question out is not in the working cohort. Numbers told in words (« moins de 5 ») are no sets.
    """
    whole = of_everybody(cohort.leaders["leader"])
    return [*whole, *_means(cohort, summary), *_steps(cohort, summary, instrument), *_groups(cohort, summary)]


def of_everybody(rows: Iterable[str]) -> list[Figure]:
    """Who is there, and whatever is told of all of them."""
    return [Figure(PEOPLE, frozenset(rows)), Figure(ANSWERS, frozenset(rows))]


def pool_figures(means: pd.DataFrame) -> list[Figure]:
    """A pool: each of its rows is the mean of a group on every scale. ``means``: people x scales, the rows of a group
    alike, as ``group_means`` makes them."""
    groups = [frozenset(group.index) for _, group in means.groupby(list(means))]
    whole = of_everybody(means.index)
    return [*whole, *(Figure(MEASURES.get(scale, scale), group) for scale in means for group in groups)]


def _means(cohort: WorkingCohort, summary: CohortSummary) -> Iterator[Figure]:
    """By scale, and both sides of the five areas."""
    values = complete_scores(cohort.scores)
    for scale in summary.means["scale"]:
        yield Figure(MEASURES.get(scale, scale), _known(values[scale]))
    for side in ("felt", "fact"):
        for area in summary.areas.loc[summary.areas[side].notna(), "area"]:
            yield Figure(f"{side} {area}", frozenset(cohort.leaders["leader"]))


def _known(values: pd.Series) -> frozenset[str]:
    return frozenset(values.index[values.notna()])


def _steps(cohort: WorkingCohort, summary: CohortSummary, instrument: Instrument) -> Iterator[Figure]:
    """A step is measured by the scale that it is evidence of."""
    scales = {step["code"]: step["evidence"] for step in instrument.scoring["steps"]["path"]}
    evidence = cohort.evidence.pivot(index="respondent", columns="step", values="value")
    for step in summary.steps.loc[summary.steps["mean"].notna(), "step"]:
        yield Figure(scales[step], _known(evidence[step]))


def _groups(cohort: WorkingCohort, summary: CohortSummary) -> Iterator[Figure]:
    """Every group of a split, and the people beside it."""
    categories = splits(cohort)
    for row in summary.counts.itertuples():
        people = categories[row.figure]
        yield Figure(COUNTS, frozenset(people.index[people.isin(row.category.split("+"))]))
    for row in summary.care[summary.care["shown"].str.isdigit()].itertuples():
        for lit in (True, False):
            people = categories[row.light]
            yield Figure(COUNTS, frozenset(people.index[people == lit]))
