"""A leader's sheet: what it holds with the vault and without, and what it refuses."""

import re

import pandas as pd
import pytest

from angle_mort import datasets
from angle_mort.errors import AngleMortError
from angle_mort.instrument import load_instrument
from angle_mort.results import LeaderSheet
from tests.cohorts import released
from tests.leaders import (
    CASES,
    INSTRUMENT,
    MIRROR,
    NAME,
    NOTEBOOK,
    WAVE,
    answers_of,
    house,
    identity,
    mirror_of,
    words_of,
)

SIXTH = list(CASES)[5]


@pytest.fixture
def vaulted(tmp_path):
    return house(tmp_path)


def fails(code, call, *arguments):
    with pytest.raises(AngleMortError, match=code):
        call(*arguments)


def test_with_the_vault_every_answer_is_known_and_without_it_only_facts(vaulted):
    cohort, vault = vaulted
    opened = cohort.sheet(identity(SIXTH), vault)
    closed = cohort.sheet(opened.leader)
    told = opened.answers.set_index("item")["code"].dropna().to_dict()
    assert told == {item: float(code) for item, code in answers_of(CASES[SIXTH]).items()}
    known = closed.answers.set_index("item")["code"].dropna()
    assert known.to_dict() == {item: told[item] for item in known.index}
    assert not {"a101", "b202", "c101", "d302", "e101", "i101"} & set(known.index)
    assert {"c001", "h103", "f106", "j101", "j102", "l103"} <= set(known.index)
    assert (opened.missing, closed.missing) == (("role",), ("vault",))
    assert opened.areas["felt"].notna().all() and closed.areas["felt"].isna().all()


def test_every_frame_is_of_one_leader_and_nobody_elses(vaulted):
    cohort, vault = vaulted
    sheet = cohort.sheet(identity(SIXTH), vault)
    assert isinstance(sheet, LeaderSheet)
    frames = [each for each in vars(sheet).values() if isinstance(each, pd.DataFrame)]
    assert len(frames) == 10
    owners = {owner for frame in frames if "respondent" in frame for owner in frame["respondent"]}
    assert owners == {sheet.leader}


@pytest.mark.parametrize("people", [0, 2, 3])
def test_collaborators_are_told_from_three_on(vaulted, people):
    cohort, vault = vaulted
    vault.store_mirror(NAME, WAVE, SIXTH, mirror_of(CASES[SIXTH]).head(people))
    sheet = cohort.sheet(identity(SIXTH), vault)
    told = sheet.checks.set_index("check").loc["self_mirror"]
    assert pd.notna(told["right"]) == (people == 3)
    assert ("mirror" in sheet.missing) == (people < 3)


def test_the_answers_of_collaborators_are_kept_in_no_order_and_leave_with_their_leader(vaulted):
    import datetime

    cohort, vault = vaulted
    kept = vault.mirror(NAME, WAVE, SIXTH)
    assert kept.columns.tolist() == MIRROR
    assert kept.equals(kept.sort_values(MIRROR).reset_index(drop=True))
    vault.erase([(NAME, WAVE, SIXTH)], datetime.date(2026, 11, 25))
    assert vault.mirror(NAME, WAVE, SIXTH).empty
    fails("AM315", cohort.sheet, identity(SIXTH), vault)


def test_a_leader_who_is_not_there_is_refused(vaulted):
    cohort, vault = vaulted
    fails("AM607", cohort.sheet, "aaaabbbbccccdddd")
    fails("AM315", cohort.sheet, "personne@exemple.example", vault)
    fails("AM309", vault.mirror, "autre", WAVE, SIXTH)
    fails("AM315", vault.store_mirror, NAME, WAVE, "r999", mirror_of(CASES[SIXTH]))


def test_a_vault_with_new_keys_no_longer_knows_the_rows_of_an_old_release(vaulted):
    cohort, vault = vaulted
    vault.renew_key("trois chèvres sur un toit")
    fails("AM660", cohort.sheet, cohort.leaders["leader"][0], vault)


def test_stored_again_or_replaced_an_export_keeps_the_mirrors_with_their_leaders(vaulted):
    from dataclasses import replace

    from angle_mort.cohort import stored_intake

    _, vault = vaulted
    same = stored_intake(vault, NAME, WAVE)
    vault.store(NAME, WAVE, same)
    assert len(vault.mirror(NAME, WAVE, SIXTH)) == 3
    numbers = dict(zip(CASES, [f"r{place:03d}" for place in range(6, 0, -1)], strict=True))
    people = same.identities.assign(respondent=same.identities["respondent"].map(numbers))
    other = replace(same.dialect, sha256="1")
    vault.store(
        NAME, WAVE, replace(same, responses=same.responses.rename(numbers), identities=people, dialect=other), True
    )
    assert len(vault.mirror(NAME, WAVE, numbers[SIXTH])) == 3
    assert vault.mirror(NAME, WAVE, numbers[next(iter(CASES))]).empty


def test_everybody_who_answered_gets_three_questions_that_their_answers_raise(tmp_path):
    """Whatever was answered: three, on three themes, each quoting an answer that lies within the bounds of its rule."""
    cohort = released(tmp_path, datasets.make_cohort(n=60, seed=11, profiles=5, missing=0.05).responses)
    rules = {(rule.says): rule for rule in INSTRUMENT.interview.questions}
    for leader in cohort.leaders["leader"]:
        questions = cohort.sheet(leader).questions
        assert len(questions) == 3 and questions["about"].is_unique
        for row in questions.itertuples():
            low, high = rules[row.says].when[row.source]
            assert low <= row.answer <= high


def test_the_follow_up_has_a_sheet_that_says_what_it_cannot(tmp_path):
    items = [item.id for item in load_instrument().form_items("suivi")]
    cohort = released(tmp_path, datasets.make_cohort(n=12, seed=3).responses[items], form="suivi")
    sheet = cohort.sheet(cohort.leaders["leader"][0])
    assert sheet.steps["value"].isna().all() and sheet.weakest_step is None
    assert sheet.areas["fact"].isna().all()
    assert len(sheet.questions) > 0


@pytest.mark.parametrize("form", ["complete", "suivi"])
def test_whatever_is_missing_a_sheet_says_so_in_words(tmp_path, form):
    """Half of the answers gone, and one leader who gave a single one: nothing is said of nothing."""
    responses = datasets.make_cohort(n=10, seed=5, missing=0.6).responses
    responses.iloc[1:, ::3] = float("nan")
    responses.iloc[0] = responses.iloc[0].where(responses.columns == "a101")
    asked = [item.id for item in INSTRUMENT.form_items(form) if item.id in responses]
    cohort = released(tmp_path, responses[asked], form=form)
    for leader in cohort.leaders["leader"]:
        words = words_of(cohort.sheet(leader))
        assert not re.search(r"\b(nan|None|NaN)\b", words)
        assert "Les trois raisons ne peuvent pas être comparées" in words
        assert "Indécis : les quatre étapes ne peuvent pas être comparées" in words


@pytest.mark.slow
def test_notebook_02_opens_the_vault_and_writes_the_page_of_one_leader(vaulted, tmp_path):
    """As a coach runs it: the leader's e-mail, the vault's path, a passphrase, and a page at the end."""
    import os

    import nbformat
    from nbclient import NotebookClient

    from angle_mort.cohort import leader_report
    from angle_mort.publishing.execution import with_parameters

    cohort, vault = vaulted
    told = {"cohort_path": cohort.folder, "leader": identity(SIXTH), "vault_path": vault.path, "page": "fiche.html"}
    notebook = with_parameters(nbformat.read(NOTEBOOK, as_version=4), told)
    client = NotebookClient(notebook, resources={"metadata": {"path": tmp_path}}, kernel_name="python3")
    client.execute(env=os.environ | {"ANGLE_MORT_PASSPHRASE": "trois chèvres sur un toit", "MPLBACKEND": "agg"})
    page = (tmp_path / "fiche.html").read_text(encoding="utf-8")
    assert page == leader_report(cohort, identity(SIXTH), vault).html
    assert "l’équipe vous voit garder plus" in page


def test_a_later_wave_has_its_own_sheet(vaulted, tmp_path):
    """The follow-up asks less: the sheet says what it lacks, and finds its answers in the vault under its own wave."""
    from dataclasses import replace

    from angle_mort.cohort import load_cohort, release_cohort, row_ids, stored_intake, wave_name, working_audience
    from angle_mort.scores import score_responses
    from tests.cohorts import DAY

    _, vault = vaulted
    first = stored_intake(vault, NAME, WAVE)
    items = [item.id for item in INSTRUMENT.form_items("suivi")]
    later = replace(first, responses=first.responses[items], form="suivi", dialect=replace(first.dialect, sha256="1"))
    vault.store(NAME, "T1", later)
    ids = row_ids(later, vault.naming(working_audience(NAME, "T1")))
    table, name = score_responses(later.responses, INSTRUMENT), wave_name(NAME, "T1")
    cohort = load_cohort(release_cohort(later, table, ids, tmp_path / name, INSTRUMENT, DAY, name, wave="T1"))
    sheet = cohort.sheet(identity(SIXTH), vault)
    assert (sheet.wave, sheet.missing) == ("T1", ("mirror", "role"))
    assert sheet.answers.set_index("item")["code"]["b202"] == 1
    assert sheet.weakest_step is None and len(sheet.questions) == 3
