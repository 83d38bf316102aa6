"""Released cohorts of invented leaders, of any size and with any gaps, for the tests of what may be told."""

from __future__ import annotations

import datetime
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from angle_mort.cohort import Cohort, demonstration_id, ledger_members, load_cohort, release_cohort
from angle_mort.datasets import make_cohort
from angle_mort.disclosure import Ledger
from angle_mort.instrument import load_instrument
from angle_mort.responses import Counts, Dialect, Intake
from angle_mort.responses.table import report_frame
from angle_mort.results import QuestionnaireSummary
from angle_mort.scores import score_responses

DAY = datetime.date(2026, 11, 23)


def intake_of(responses: pd.DataFrame, form: str = "complete") -> Intake:
    """What reading an export with these answers would have given."""
    n, cells = len(responses), int(responses.notna().to_numpy().sum())
    people = pd.DataFrame({"respondent": responses.index, "line": range(2, n + 2)})
    people[["time", "person", "company", "phone"]] = ""
    people["email"] = [f"{each}@exemple.example" for each in responses.index]
    nothing = pd.DataFrame(columns=["respondent", "item", "text"])
    counts = Counts(n, n, 0, 0, cells, cells, 0, 0)
    return Intake(
        responses, report_frame([]), counts, nothing, people, form, Dialect("unknown", "csv", "utf-8", ",", "0")
    )


def released(
    folder,
    responses: pd.DataFrame,
    form: str = "complete",
    name: str = "essai",
    instrument=None,
    demonstration: bool = False,
    members=None,
    wave: str = "T0",
) -> Cohort:
    """A cohort of these answers, released into ``folder`` and loaded again."""
    instrument, intake = instrument or load_instrument(), intake_of(responses, form)
    ids = {each: demonstration_id(each) for each in responses.index}
    table = score_responses(responses, instrument)
    place = release_cohort(intake, table, ids, folder / name, instrument, DAY, name, demonstration, members, wave)
    return load_cohort(place)


def entered(workspace: Path, responses: pd.DataFrame, name: str = "essai") -> Cohort:
    """The same in ``data/cohorts`` of a workspace, and in its ledger, which begins with the first one."""
    place = workspace / "data" / "cohorts"
    Ledger.beside(place / name).begin()
    return released(place, responses, name=name, members=ledger_members(intake_of(responses), demonstration_id))


def questionnaire_of(responses: pd.DataFrame, form: str = "complete") -> QuestionnaireSummary:
    """What may be told of the questionnaire once these answers are released."""
    with tempfile.TemporaryDirectory() as folder:
        return released(Path(folder), responses, form, demonstration=True).questionnaire


def answers(n: int, seed: int = 1, missing: float = 0.0) -> pd.DataFrame:
    """Answers of ``n`` invented leaders to the complete form."""
    return make_cohort(n=n, seed=seed, profiles=4, missing=missing).responses


def without(responses: pd.DataFrame, items: list[str], kept: int = 0) -> pd.DataFrame:
    """The same answers, those to ``items`` left blank by all but the first ``kept`` leaders."""
    blank = responses.copy()
    blank.loc[blank.index[kept:], items] = np.nan
    return blank
