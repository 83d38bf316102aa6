"""Every kind of page of the demonstration, as its notebook makes it, without a kernel."""

import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

from angle_mort import views
from angle_mort.cohort import leader_report, load_cohort, report
from angle_mort.followed import follow_cohort
from angle_mort.joined import compare_cohorts
from angle_mort.publishing import Page, page_from_script
from angle_mort.publishing.script import read_cells, script_of
from angle_mort.shipped import shipped
from tests.joined import WITH_PROFILES, reading_of
from tests.waves import FULL, keep, later, new_vault, wave

DEMO = shipped("demo")


def script(number: str, **results) -> Page:
    (notebook,) = shipped("notebooks").glob(f"{number}_*.ipynb")
    told = {name.replace("_", "."): each for name, each in results.items()}
    return page_from_script(script_of(read_cells(notebook)), told, views)


def questionnaire() -> Page:
    cohort = load_cohort(DEMO / "reseau")
    return script("06", cohort_questionnaire=cohort.questionnaire, cohort_summary=cohort.summary)


def fatigued() -> Page:
    """A sheet with all that it can hold without a vault: an unequal pair, and the word about fatigue."""
    cohort = load_cohort(DEMO / "cohorte")
    return leader_report(cohort, cohort.leaders["leader"][2])


def follow_up() -> Page:
    folder = Path(tempfile.mkdtemp())
    vault = new_vault(folder)
    keep(vault, "artisans", [FULL, wave(later(range(6, 24), gain=1))])
    return replace(follow_cohort(vault, "artisans").page, demonstration=True)


PAGES = {
    "01": lambda: report(load_cohort(DEMO / "cohorte")),
    "02": fatigued,
    "04": lambda: script("04", reading_summary=reading_of(*WITH_PROFILES).summary),
    "suivi": follow_up,
    "06": questionnaire,
    "07": lambda: script("07", comparison=compare_cohorts([DEMO / "ateliers", DEMO / "chantiers"])),
}
FIGURES = {"01": 5, "02": 5, "04": 5, "suivi": 1, "06": 1, "07": 2}


@cache
def page_of(number: str) -> Page:
    return PAGES[number]()
