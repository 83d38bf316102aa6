"""The demonstration: committed as the script makes it, its noise is told, and no invented name gets out."""

import base64
import re
import unicodedata

import pandas as pd
import pytest

from angle_mort.cohort import demonstration_id, load_cohort, report, row_ids
from angle_mort.instrument import load_instrument
from angle_mort.responses import read_export
from angle_mort.scores import score_responses
from angle_mort.shipped import shipped
from tests import demonstration

INSTRUMENT = load_instrument()
COLUMNS = ["value", "se_measurement", "low", "high", "n_answered", "n_items"]


@pytest.fixture(scope="module")
def intake():
    return read_export(shipped("demo") / "reponses.csv", INSTRUMENT)


def test_the_committed_files_are_what_the_script_makes(tmp_path):
    demonstration.make(tmp_path)
    made, kept = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("[!.]*") if path.is_file()}
        for folder in (tmp_path, shipped("demo"))
    )
    assert len(kept) == 29
    assert made == kept


def test_the_export_has_the_noise_of_real_life(intake):
    counts = intake.counts
    assert (counts.rows_read, counts.rows_kept, counts.rows_set_aside, counts.rows_duplicate) == (26, 24, 1, 1)
    rules = intake.report["rule"].value_counts()
    assert (rules["test_row"], rules["duplicate"], rules["out_of_range"]) == (1, 1, 1)
    assert intake.responses.isna().sum().sum() == sum(map(len, demonstration.MISSING.values())) + 1


def test_scores_of_the_export_are_those_of_the_released_cohort_to_the_last_bit(intake):
    ids = row_ids(intake, demonstration_id)
    table = score_responses(intake.responses, INSTRUMENT)
    expected = table.assign(respondent=table["respondent"].map(ids)).sort_values(["respondent", "scale"])
    loaded = load_cohort(shipped("demo") / "cohorte").scores.sort_values(["respondent", "scale"])
    pd.testing.assert_frame_equal(
        loaded[COLUMNS].reset_index(drop=True),
        expected[COLUMNS].reset_index(drop=True),
        check_exact=True,
        check_dtype=False,
    )


# ------------------------------------------------------------------------------------------------------------ canaries


def folded(text):
    """Lower case, without accents or punctuation: a name must not get out in another dress either."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[^a-z0-9]+", " ", "".join(each for each in plain if not unicodedata.combining(each)))


def canaries():
    """Every invented name, e-mail and company, whole and by its own words, and every free text."""
    for person, mailbox, company in demonstration.PEOPLE:
        yield from (person, mailbox, f"{mailbox}@exemple.example", company, person.split()[-1])
    yield from (text for text in demonstration.ONLY_ME if len(text) > 8)
    yield from ("Montfaucon-sur-Lère", "Gilbert", "Lavergnolle", "Saint-Ybard", "06 00 00 00 24")


def everything_in(page):
    """The page's text, with whatever its base64 holds decoded and set beside it."""
    inside = [base64.b64decode(each) for each in re.findall(r"base64,([A-Za-z0-9+/=]+)", page)]
    assert inside
    return page + " ".join(content.decode("latin-1") for content in inside)


def found_in(page):
    text = f" {folded(everything_in(page))} "
    return [each for each in canaries() if f" {folded(each).strip()} " in text]


def test_no_invented_name_address_company_or_text_is_in_the_page():
    page = report(load_cohort(shipped("demo") / "cohorte")).html
    assert len(list(canaries())) > 100
    assert found_in(page) == []
    for leader in load_cohort(shipped("demo") / "cohorte").leaders["leader"]:
        assert leader not in page


@pytest.mark.parametrize(
    "canary", ["Élodie Marchandeau", "TOITURES MARCHANDEAU", "m.jouvenceau@exemple.example", "gilbert"]
)
def test_the_search_would_find_one(canary):
    page = report(load_cohort(shipped("demo") / "cohorte")).html
    assert found_in(page.replace("</main>", f"<p>{canary}</p></main>"))
    hidden = base64.b64encode(canary.encode("latin-1")).decode()
    assert found_in(page.replace("</main>", f'<img src="data:image/png;base64,{hidden}"></main>'))


def test_no_released_file_holds_a_name_either():
    for path in (shipped("demo") / "cohorte").iterdir():
        text = f" {folded(path.read_text(encoding='utf-8'))} "
        assert [each for each in canaries() if f" {folded(each).strip()} " in text] == []
