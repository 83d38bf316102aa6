"""One cohort over its waves: who is the same person is known to the vault alone, and joined here."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from angle_mort.cohort import (
    Cohort,
    check_name,
    load_cohort,
    row_ids,
    stored_intake,
    wave_name,
    wave_number,
    working_audience,
)
from angle_mort.disclosure import Ledger, SharedPage
from angle_mort.disclosure.figures import ANSWERS, PEOPLE
from angle_mort.disclosure.follow_up import PairedWaves, follow_up_figures, summarise_follow_up
from angle_mort.errors import AngleMortError, problem
from angle_mort.instrument import Instrument, load_instrument
from angle_mort.responses import Intake
from angle_mort.results import COACH, FollowUp, FollowUpSummary
from angle_mort.roadmap import (
    against_waiting_list,
    people_needed,
    programme_effect,
    regression_to_mean,
    slopes,
    step_evidence,
)
from angle_mort.roadmap.delegation import MINE
from angle_mort.scores import reliable_change, score_responses
from angle_mort.scores.change import retest_factor
from angle_mort.text import t
from angle_mort.vault import Vault

if TYPE_CHECKING:
    from angle_mort.publishing import Page

SCALES = ("IDO", "A", "B", "C", "D1", "D3", "E")
"""What both forms measure with a margin."""

SCENARIO, FACTS = "J", ("k101", "k102", "k103", "k104", "k105", "l101", "l102")
DIFFERENCES = (3, 5, 8, 10, 15)
"""True changes, in points, that the table of needed people is made for."""


@dataclass(frozen=True)
class FollowedCohort:
    """The waves of one cohort as the vault keeps them, people joined by e-mail, else by name.

    ``reading`` is for the coach, ``summary`` for a page, which ``share`` enters into the ledger.
    """

    vault: Vault
    name: str
    intakes: Mapping[str, Intake]
    instrument: Instrument
    months: Mapping[str, float]
    waiting: FollowedCohort | None = None

    @property
    def waves(self) -> tuple[str, ...]:
        return tuple(self.intakes)

    @property
    def ends(self) -> tuple[str, str]:
        """The first and the last wave."""
        return self.waves[0], self.waves[-1]

    @cached_property
    def everybody(self) -> pd.DataFrame:
        """Every questionnaire: ``wave, respondent, person, label``, ``known`` (an e-mail or a name was given),
        ``several`` (the person answered this wave more than once: none of the answers is the one to follow)."""
        people = self.vault.identities(self.name).fillna("").reset_index("wave").set_index(["wave", "respondent"])
        table = (
            people[["email", "person"]].rename(columns={"person": "label"}).assign(person=self.vault.follow(self.name))
        )
        table["known"] = (table["email"] != "") | (table["label"] != "")
        table["label"] = table["label"].where(table["label"] != "", table["email"])
        table = table.reset_index()
        table["several"] = table.duplicated(["wave", "person"], keep=False)
        return table[table["wave"].isin(self.waves)]

    @cached_property
    def persons(self) -> pd.DataFrame:
        """Persons x waves: the respondent of each wave, missing where the person was not there or answered twice."""
        once = self.everybody[~self.everybody["several"]]
        return once.pivot(index="person", columns="wave", values="respondent").reindex(columns=list(self.waves))

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Tidy scores of everybody who can be followed: ``person, wave, scale, value, se_measurement``..."""
        there = [wave for wave in self.waves if self.persons[wave].notna().any()]
        if not there:
            raise AngleMortError(problem("AM642", cohort=self.name))
        return pd.concat([self._scored(wave) for wave in there], ignore_index=True)

    def _scored(self, wave: str) -> pd.DataFrame:
        who = {respondent: person for person, respondent in self.persons[wave].dropna().items()}
        table = score_responses(self.intakes[wave].responses.loc[list(who)], self.instrument)
        table.insert(0, "person", table["respondent"].map(who))
        return table.assign(wave=wave)

    def pairs(self) -> pd.Index:
        """The persons of the first and of the last wave."""
        ends = self.persons[list(self.ends)]
        return ends.index[ends.notna().all(axis=1)]

    # ------------------------------------------------------------------------------------------------ for the coach

    @cached_property
    def reading(self) -> FollowUp:
        """All that is for the coach's eyes; raises AM642 when nobody answered two waves."""
        changes = self.changes
        between = self.between(*self.ends)
        return FollowUp(
            name=self.name,
            audience=COACH,
            seal="",
            demonstration=False,
            level=self.level,
            waves=self.waves,
            moments=self.moments,
            unit="month" if self.months else "wave",
            headline=self.headline,
            paired=len(self.pairs()),
            waiting_name=self.waiting.name if self.waiting else "",
            attendance=self._attendance(),
            lost=self._lost(),
            people=self._people(),
            changes=changes,
            slopes=self._slopes(),
            facts=self._facts(),
            group=_tallied(between),
            transitions=_transitions(between),
            effect=self._effect(between),
            waiting=self._against_waiting(between),
            needed=self._needed(),
        )

    @property
    def headline(self) -> str:
        return str(self.instrument.scoring["change"]["headline"])

    @property
    def level(self) -> float:
        return float(self.instrument.scoring["change"]["level"])

    @property
    def moments(self) -> dict[str, float]:
        """When each wave was: in months where the coach says so, else its number."""
        return {wave: float(self.months[wave] if self.months else wave_number(wave)) for wave in self.waves}

    @cached_property
    def changes(self) -> pd.DataFrame:
        """Each person's change from the first to the last wave that they answered themselves."""
        seen = self.persons.notna()
        own = pd.DataFrame({"first": seen.idxmax(axis=1), "last": seen.iloc[:, ::-1].idxmax(axis=1)})
        own = own[own["first"] != own["last"]]
        if own.empty:
            raise AngleMortError(problem("AM642", cohort=self.name))
        sides = [own[side].rename("wave").rename_axis("person").reset_index() for side in ("first", "last")]
        change = self._change(*(self.scores.merge(side, on=["person", "wave"]) for side in sides))
        return change.merge(own.rename_axis("person").reset_index(), on="person")

    def between(self, first: str, last: str) -> pd.DataFrame:
        """The changes of the persons of these two waves; nobody else's."""
        both = self.persons.index[self.persons[[first, last]].notna().all(axis=1)]
        kept = self.scores[self.scores["person"].isin(both)]
        return self._change(*(kept[kept["wave"] == wave] for wave in (first, last)))

    def _change(self, before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
        own = [side.drop(columns="respondent").rename(columns={"person": "respondent"}) for side in (before, after)]
        return reliable_change(*own, level=self.level, norms=self.instrument.norms).rename(
            columns={"respondent": "person"}
        )

    def _slopes(self) -> pd.DataFrame:
        own = self.scores[self.scores["scale"].isin(SCALES)]
        wider = own["se_measurement"] * retest_factor(own["scale"], self.instrument.norms)
        return slopes(own.assign(se_measurement=wider), self.moments, self.level)

    def _people(self) -> pd.DataFrame:
        followed = self.changes["person"].unique()
        own = self.everybody[self.everybody["person"].isin(followed)].groupby("person")["label"].first()
        return own.sort_values().rename_axis("person").reset_index()

    def _facts(self) -> pd.DataFrame:
        kept = self.scores[self.scores["scale"].isin([SCENARIO, *FACTS])]
        wide = kept.pivot(index=["person", "wave"], columns="scale", values="value")
        handed = [
            step_evidence(own, self.instrument).query("step == 'delegation'").assign(wave=wave)
            for wave, own in self.scores.groupby("wave")
        ]
        who = self.scores[["person", "wave", "respondent"]].drop_duplicates()
        told = who.merge(pd.concat(handed), on=["wave", "respondent"]).set_index(["person", "wave"])["value"]
        return self._with_plans(wide.assign(handed=told.reindex(wide.index)).reset_index())

    def _with_plans(self, facts: pd.DataFrame) -> pd.DataFrame:
        """The share of tasks of each person's last wave, from their delegation plan where the form did not ask."""
        last = facts[~facts.duplicated("person", keep="last") & facts["handed"].isna()]
        plans = {row: _share(plan) for row, plan in self.vault.plans(self.name).items()}
        rows = {row.Index: (row.wave, self.persons.loc[row.person, row.wave]) for row in last.itertuples()}
        shares = pd.Series({place: plans.get(row) for place, row in rows.items()}, dtype=float).reindex(facts.index)
        return facts.assign(handed=facts["handed"].fillna(shares), from_plan=shares.notna())

    def _attendance(self) -> pd.DataFrame:
        seen, rows = self.persons.notna().sum(axis=1), []
        for wave, own in self.everybody.groupby("wave"):
            here = self.persons.index[self.persons[wave].notna()]
            answers = self.intakes[wave].responses
            asked = answers[[item.id for item in self.instrument.form_items("suivi") if item.id in answers]]
            told = {"wave": wave, "form": self.intakes[wave].form, "n": len(own), "again": int((seen[here] > 1).sum())}
            told |= {"unknown": int((~own["known"]).sum()), "several": int(own["several"].sum())}
            rows.append(told | {"missing": float(asked.isna().to_numpy().mean())})
        return pd.DataFrame(rows).sort_values("wave", key=lambda waves: waves.map(wave_number), ignore_index=True)

    def _lost(self) -> pd.DataFrame:
        """Those who did not come back against those who did, on the headline before."""
        first = self.scores[(self.scores["wave"] == self.waves[0]) & (self.scores["scale"] == self.headline)]
        first = first.rename(columns={"value": "difference"})
        back = first["person"].isin(self.pairs())
        return against_waiting_list(first[~back], first[back], self.level)

    def _effect(self, between: pd.DataFrame) -> pd.DataFrame:
        told = programme_effect(between[between["scale"].isin(SCALES)], self.level)
        before = between.groupby("scale")["before"].mean()
        told["before"] = told["scale"].map(before)
        norms = self.instrument.norms
        reliability = dict(norms.reliability) | dict(norms.retest)
        told["regression"] = [
            regression_to_mean(row.before, norms.means[row.scale], reliability[row.scale])
            if row.scale in norms.means
            else np.nan
            for row in told.itertuples()
        ]
        return told

    def _against_waiting(self, between: pd.DataFrame) -> pd.DataFrame:
        if not self.waiting:
            return pd.DataFrame(columns=["scale", "n", "n_waiting", "difference", "low", "high"])
        own, theirs = (each[each["scale"].isin(SCALES)] for each in (between, self.waiting.between(*self.waiting.ends)))
        return against_waiting_list(own, theirs, self.level)

    def _needed(self) -> pd.DataFrame:
        """Said before anything is known of this group: the spread of a change is declared, not the group's own."""
        rule = self.instrument.scoring["change"]
        error = self.scores.loc[self.scores["scale"] == self.headline, "se_measurement"].median()
        sd = float(np.sqrt(rule["spread"] ** 2 + 2 * error**2))
        sizes = [
            [people_needed(each, sd, groups, rule["power"], self.level) for groups in (1, 2)] for each in DIFFERENCES
        ]
        return pd.DataFrame(sizes, columns=["alone", "each"]).assign(difference=DIFFERENCES, sd=sd)

    # -------------------------------------------------------------------------------------------------- for a page

    @property
    def folders(self) -> list[Path]:
        """Where the first and the last wave are released."""
        place = _cohorts(self.vault)
        return [place / wave_name(self.name, wave) for wave in self.ends]

    @cached_property
    def released(self) -> list[Cohort]:
        return [load_cohort(folder) for folder in self.folders]

    @cached_property
    def _paired(self) -> PairedWaves:
        between = self.between(*self.ends).pivot(index="person", columns="scale", values="direction")
        pairs = pd.DataFrame({"change": between[self.headline], "scenario": between[SCENARIO]})
        for side, wave in zip(("before", "after"), self.ends, strict=True):
            ids = row_ids(self.intakes[wave], self.vault.naming(working_audience(self.name, wave)))
            pairs[side] = self.persons.loc[pairs.index, wave].map(ids)
        for side, cohort in zip(("before", "after"), self.released, strict=True):
            if not set(pairs[side]) <= set(cohort.leaders["leader"]):
                raise AngleMortError(problem("AM659", cohort=cohort.name))
        scores, seals = zip(*((each.scores, each.certificate) for each in self.released), strict=True)
        return PairedWaves(self.name, self.ends, pairs, scores, seals)

    @cached_property
    def summary(self) -> FollowUpSummary:
        """What may be shared of those who answered both, beside what was shared before; AM605 when they are too few."""
        whole = summarise_follow_up(self._paired, self.instrument)
        refused = frozenset(self._ledger.refused(self._page(whole)))
        return whole if refused & {PEOPLE, ANSWERS} else summarise_follow_up(self._paired, self.instrument, refused)

    @property
    def _ledger(self) -> Ledger:
        return Ledger.beside(self.folders[0])

    def _page(self, summary: FollowUpSummary) -> SharedPage:
        rows = {str(each.certificate["seal"]): list(each.leaders["leader"]) for each in self.released}
        figures = follow_up_figures(self._paired, summary)
        return SharedPage(self.name, datetime.date.today(), rows, figures, paired=True)

    @property
    def page(self) -> Page:
        """The page that may be shared, whole and scanned; it is shared once ``save`` wrote it."""
        from angle_mort import views
        from angle_mort.publishing import page_from_views
        from angle_mort.publishing.scanning import Known

        own = self.summary
        shown = {"change": views.group_change, "progress": views.group_progress, "withheld": views.withheld}
        parts = [t("follow.page.title"), views.heading(own)]
        parts += [part for name, view in shown.items() for part in (t(f"follow.page.{name}"), view(own))]
        page = page_from_views([*parts, t("follow.page.limits"), views.about(own)], Known.here(*self.folders))
        _ = page.html  # scanned first: a page that cannot leave is not shared
        return page

    def save(self, path: str | Path) -> Path:
        """Share the page: it is in the ledger before it is written. Raises those of ``share`` and of ``Page.save``."""
        page = self.page
        self.share()
        return page.save(path)

    def share(self) -> bool:
        """Enter what the summary tells into the ledger; raises AM634, AM637 and the others of ``Ledger.share``."""
        return self._ledger.share(self._page(self.summary))


def follow_cohort(
    vault: Vault,
    name: str,
    months: Mapping[str, float] | Sequence[float] = (),
    waiting_list: str = "",
) -> FollowedCohort:
    """The waves of a cohort, out of an open vault.

    ``months``: when each wave was, by name (``{"T0": 0, "T1": 4}``) or in order; without it slopes are per wave.
    ``waiting_list``: a cohort of the same vault whose people were waiting meanwhile; its first and last wave are
    compared with this one's. Scores rest on the norms of the first wave's release, else on the declared ones.
    Raises ``AngleMortError`` AM309 (no such cohort), AM642 (one wave only), AM643 (months for other waves), AM612.
    """
    kept = vault.cohorts()
    waves = sorted(kept.loc[kept["cohort"] == check_name(name), "wave"], key=wave_number)
    if not waves:
        vault.identities(name)  # raises AM309
    if len(waves) < 2:
        raise AngleMortError(problem("AM642", cohort=name))
    intakes = {wave: stored_intake(vault, name, wave) for wave in waves}
    waiting = follow_cohort(vault, waiting_list) if waiting_list else None
    return FollowedCohort(vault, name, intakes, _instrument(vault, name, waves[0]), _moments(months, waves), waiting)


def _moments(months: Mapping[str, float] | Sequence[float], waves: Sequence[str]) -> dict[str, float]:
    told = dict(months) if isinstance(months, Mapping) else dict(zip(waves, months, strict=False))
    wrong = len(months) != len(waves) or list(told) != list(waves) or sorted(set(told.values())) != list(told.values())
    if len(months) and wrong:
        raise AngleMortError(problem("AM643", waves=", ".join(waves)))
    return told


def _instrument(vault: Vault, name: str, wave: str) -> Instrument:
    folder = _cohorts(vault) / wave_name(name, wave)
    return load_cohort(folder).instrument if folder.exists() else load_instrument()


def _cohorts(vault: Vault) -> Path:
    return vault.path.resolve().parent.parent / "cohorts"


def _share(plan: pd.DataFrame) -> float:
    """Of the tasks of a plan, those that somebody else does by now, 0-100; missing where nobody says who does any."""
    known = plan["holder"].dropna()
    return 100 * float((known != MINE).mean()) if len(known) else np.nan


def _tallied(between: pd.DataFrame) -> pd.DataFrame:
    """How many changed in which way, by scale; and of the scenario."""
    kept = between[between["scale"].isin([*SCALES, SCENARIO])]
    table = kept.groupby("scale", sort=False)["direction"].value_counts().unstack(fill_value=0)
    return table.reindex(columns=["better", "none", "worse", "unknown"], fill_value=0).reset_index()


def _transitions(between: pd.DataFrame) -> pd.DataFrame:
    """How many went from each answer to each answer of the two weeks."""
    own = between[between["scale"] == SCENARIO].dropna(subset=["before", "after"])
    return own.groupby(["before", "after"]).size().rename("n").reset_index()
