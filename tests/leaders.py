"""Six invented leaders, from readable cases: the vault that holds their answers, the cohort released from it, and the
words of a sheet."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pandas as pd
import pytest
import yaml

from angle_mort import views
from angle_mort.cohort import Cohort, load_cohort, release_cohort, row_ids, working_audience
from angle_mort.instrument import load_instrument
from angle_mort.results import LeaderSheet
from angle_mort.scores import score_responses
from angle_mort.shipped import shipped
from angle_mort.vault import Vault, sealing
from tests.cohorts import DAY, intake_of

FILES = sorted((Path(__file__).parent / "roadmap" / "cases").glob("*.yaml"))
CASES = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in FILES}
NAME, WAVE = "cas", "T0"
INSTRUMENT = load_instrument()
MIRROR = [item.id for item in INSTRUMENT.module("M").items]
NOTEBOOK = shipped("notebooks") / "02_preparer_un_entretien.ipynb"


def answers_of(case: dict) -> dict[str, float]:
    """The codes of a case, which stand in the order of the questionnaire."""
    told = {}
    for module, codes in case["answers"].items():
        items = [item.id for item in INSTRUMENT.module(module).items if item.format.kind != "text"]
        told |= dict(zip(items, codes, strict=True))
    return told


def mirror_of(case: dict) -> pd.DataFrame:
    return pd.DataFrame(case["mirror"], columns=MIRROR, dtype=float)


def identity(name: str) -> str:
    """The e-mail under which the vault knows a case."""
    return f"{name}@exemple.example"


def house(folder: Path) -> tuple[Cohort, Vault]:
    """The released cohort of the six, and the vault that their answers and mirrors are in."""
    place = folder / "data" / "private" / "coffre.bin"
    place.parent.mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "WORK", (2**4, 8, 1))
        vault = Vault.create(place, "trois chèvres sur un toit")
    responses = pd.DataFrame({name: answers_of(case) for name, case in CASES.items()}).T.astype(float)
    intake = intake_of(responses.rename_axis("respondent"))
    vault.store(NAME, WAVE, intake)
    for name, case in CASES.items():
        if "mirror" in case:
            vault.store_mirror(NAME, WAVE, name, mirror_of(case))
    ids = row_ids(intake, vault.naming(working_audience(NAME, WAVE)))
    table = score_responses(responses, INSTRUMENT)
    cohort = folder / "data" / "cohorts" / NAME
    return load_cohort(release_cohort(intake, table, ids, cohort, INSTRUMENT, DAY, NAME)), vault


def plain(text: str) -> str:
    """One kind of space: who reads a case need not see which is narrow."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


def words_of(sheet: LeaderSheet) -> str:
    """Every word of a sheet, view by view as notebook 02 shows them."""
    cells = [cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells]
    shown = [getattr(views, name)(sheet) for name in re.findall(r"am\.views\.(\w+)\(sheet\)", "\n".join(cells))]
    told = [(view.title, *view.reading, view.alt, view.caption, *view.table.to_numpy(str).ravel()) for view in shown]
    return plain("\n".join(text for view in told for text in view))
