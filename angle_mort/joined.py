"""Several released cohorts: read as one group, or side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from angle_mort.cohort import Cohort, check_nobody_in_common, load_cohort, share_side_by_side
from angle_mort.disclosure import POLICY, Policy, compare_summaries
from angle_mort.disclosure.profiles import FoundProfiles, Member, summarise_profiles
from angle_mort.errors import AngleMortError, problem
from angle_mort.instrument import Instrument
from angle_mort.profiles.reading import ProfileReading, read_profiles
from angle_mort.results import ComparisonSummary, ProfilesSummary

if TYPE_CHECKING:
    from angle_mort.profiles import ProfileModel
    from angle_mort.publishing import Page

CONSEQUENCES = ("D1", "D2", "D3", "E")
STOPS = "J"
"""Of the scenario, the share of leaders who answer that everything stops (points of 0-100)."""


@dataclass(frozen=True)
class JoinedCohorts:
    """Released cohorts as one group.

    A row that two of them share counts once, as the later release says. Row ids differ between cohorts and waves, so
    that nobody can be followed by them: a leader who is in two counts twice, and two waves are not to be joined.
    """

    cohorts: tuple[Cohort, ...]

    @property
    def instrument(self) -> Instrument:
        return self.cohorts[0].instrument

    @cached_property
    def scores(self) -> pd.DataFrame:
        """The tidy scores of everybody, as ``Cohort.scores``."""
        by_day = sorted(self.cohorts, key=lambda each: each.certificate["day"], reverse=True)
        told = [cohort.scores for cohort in by_day]
        met: set[str] = set()
        kept = []
        for frame in told:
            kept.append(frame[~frame["respondent"].isin(met)])
            met |= set(frame["respondent"])
        return pd.concat(kept, ignore_index=True)

    def of(self, column: str, scales: Sequence[str]) -> pd.DataFrame:
        """Respondents x scales: ``value`` or ``se_measurement``, NaN where there is none."""
        wide = self.scores.pivot(index="respondent", columns="scale", values=column)
        return wide.reindex(columns=list(scales)).astype(float)

    @property
    def outcomes(self) -> pd.DataFrame:
        """Respondents x what may follow from a profile: D1, D2, D3, E, and whether everything would stop (J)."""
        scenario = self.of("value", [STOPS])[STOPS]
        stops = (scenario == 1).astype(float).where(scenario.notna()) * 100
        return self.of("value", CONSEQUENCES).assign(**{STOPS: stops}).dropna(axis=1, how="all")

    def place(self, model: ProfileModel) -> pd.DataFrame:
        """Everybody of these cohorts among the profiles of a stored model, as ``ProfileModel.place`` gives it.

        Raises AM526 when the model was made with another questionnaire.
        """
        made_with, own = model.card["instrument"], f"{self.instrument.name} {self.instrument.version}"
        if made_with != own:
            raise AngleMortError(problem("AM526", found=made_with, known=own))
        return model.place(*(self.of(column, model.card["scales"]) for column in ("value", "se_measurement")))

    def read_profiles(
        self, max_components: int = 6, progress: Callable[[int, int], None] | None = None
    ) -> JoinedReading:
        """Whether the three blocks fall into profiles here, with each leader's own margins; seconds to minutes.

        ``progress`` is called with (candidates done, all).
        """
        blocks = list(self.instrument.prototypes.blocks)
        values, errors = self.of("value", blocks), self.of("se_measurement", blocks)
        return JoinedReading(
            self, read_profiles(values, errors, self.outcomes, self.instrument, max_components, progress=progress)
        )


@dataclass(frozen=True)
class JoinedReading:
    """What was found in joined cohorts: ``found`` for the coach, ``summary`` for views, ``save`` for the model."""

    joined: JoinedCohorts
    found: ProfileReading

    @cached_property
    def summary(self) -> ProfilesSummary:
        """What may be told, and to whom; raises AM605 below 8 leaders, AM616 for rows that are no whole cohort."""
        return self.summarised(POLICY)

    def summarised(self, policy: Policy) -> ProfilesSummary:
        """The same under other thresholds."""
        members = [Member(each.name, each.leaders, each.certificate) for each in self.joined.cohorts]
        found, model = self.found, self.found.model
        private = FoundProfiles(
            found.comparison,
            found.single_bic,
            found.verdict.code,
            pd.DataFrame() if model is None else model.profiles,
            pd.DataFrame() if model is None else model.scales,
            pd.DataFrame() if model is None else model.people,
            found.consequences,
            {} if model is None else model.model.iloc[0].to_dict(),
        )
        return summarise_profiles(members, private, self.joined.instrument, policy)

    def save(self, path: str | Path) -> Path | None:
        """Store the model where profiles may be told and a path is given; the path, or None when nothing was stored."""
        return self.found.model.save(path) if self.found.model and str(path) else None


def join_cohorts(folders: Sequence[str | Path]) -> JoinedCohorts:
    """Released cohorts from their folders, each accepted as ``load_cohort`` accepts it.

    Raises ``AngleMortError``: AM628 without any folder, AM629 when invented and real cohorts would be mixed, and those
    of ``load_cohort``.

    >>> from angle_mort.shipped import shipped
    >>> joined = join_cohorts([shipped("demo") / "cohorte", shipped("demo") / "reseau"])
    >>> len(joined.of("value", "ABC"))
    264
    """
    folders = [folders] if isinstance(folders, str | Path) else list(folders)
    if not folders:
        raise AngleMortError(problem("AM628"))
    cohorts = tuple(load_cohort(folder) for folder in folders)
    if len({bool(cohort.certificate["demonstration"]) for cohort in cohorts}) > 1:
        raise AngleMortError(problem("AM629"))
    return JoinedCohorts(cohorts)


def compare_cohorts(folders: Sequence[str | Path]) -> ComparisonSummary:
    """Released cohorts side by side: the group means of each, as far as each may tell them by itself.

    Raises ``AngleMortError``: AM650 for fewer than two cohorts or more than a page can show, AM651 when somebody is
    in two of them (two waves of one cohort are not compared here), AM605 for one below 8 leaders, those of
    ``join_cohorts``, and AM630 to AM635 when the ledger cannot say.

    >>> from angle_mort.shipped import shipped
    >>> compared = compare_cohorts([shipped("demo") / "ateliers", shipped("demo") / "chantiers"])
    >>> dict(compared.sizes)
    {'ateliers': 60, 'chantiers': 72}
    """
    return _side_by_side(join_cohorts(folders).cohorts)


def compared_report(folders: Sequence[str | Path]) -> Page:
    """The page of notebook 07 without a kernel; in the ledger before it is returned, as ``am.report`` does.

    Raises those of ``compare_cohorts`` and of ``share_side_by_side``.
    """
    from angle_mort import views
    from angle_mort.publishing import page_from_script
    from angle_mort.publishing.scanning import Known
    from angle_mort.publishing.script import read_cells, script_of
    from angle_mort.shipped import shipped

    cohorts = join_cohorts(folders).cohorts
    script = script_of(read_cells(shipped("notebooks") / "07_comparer_des_cohortes.ipynb"))
    known = Known.here(*(each.folder for each in cohorts if each.folder))
    page = page_from_script(script, {"comparison": _side_by_side(cohorts)}, views, known)
    _ = page.html  # scanned first: a page that cannot leave is not shared
    share_side_by_side(*cohorts)
    return page


def _side_by_side(cohorts: Sequence[Cohort]) -> ComparisonSummary:
    most = int(cohorts[0].instrument.scoring["comparison"]["most"])
    if not 2 <= len(cohorts) <= most:
        raise AngleMortError(problem("AM650", n=len(cohorts), most=most))
    check_nobody_in_common(*cohorts)
    return compare_summaries([each.summary for each in cohorts], cohorts[0].instrument)
