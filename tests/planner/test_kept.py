"""A plan from the answers to the vault and back, out to a spreadsheet and a calendar, and through a killed kernel."""

import os
import signal
from dataclasses import replace
from datetime import date

import openpyxl
import pandas as pd
import pytest
from icalendar import Calendar

import angle_mort as am
from angle_mort.cohort import release_cohort, row_ids, stored_intake, working_audience
from angle_mort.errors import AngleMortError
from angle_mort.publishing import Entry, scan, write_calendar
from angle_mort.publishing.scanning import Known
from angle_mort.roadmap import as_plan
from angle_mort.scores import score_responses
from angle_mort.tokens import KnownTokens
from tests.leaders import CASES, house, identity
from tests.vault.invented import PASSPHRASE

FIRST = min(CASES)
LONG = "Répondre, avant midi ; « tout de suite » \\ " + "à chaque client qui appelle au sujet de sa chaudière " * 3


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return house(tmp_path_factory.mktemp("house"))


def opened(home, name=FIRST):
    cohort, vault = home
    return am.plan_delegation(cohort, identity(name), vault).model


def test_the_first_plan_is_made_of_the_answers(home):
    model = opened(home)
    holders = dict(zip([task.task for task in model.tasks], [task.holder for task in model.tasks], strict=True))
    assert holders["Contrôler un travail fini, point par point"] == 1 and list(holders.values()).count(0) == 7
    assert model.week.missions == 12 and model.week.outside == 38 and model.week.total == 50


def test_saved_and_reopened(home):
    _, vault = home
    other = sorted(CASES)[1]
    model = opened(home, other)
    key = model.add(task="Faire les vitrines", priority="G3", hours=1.5, who="Lise", quarter="2027-T2")
    model.remove(model.tasks[0].key)
    assert model.save()
    again = opened(home, other)
    assert [task.task for task in again.tasks] == model.frame["task"].tolist()
    lost = next(task for task in again.tasks if task.task == "Faire les vitrines")
    assert (lost.hours, lost.who, lost.quarter) == (1.5, "Lise", "2027-T2") and key not in again.chosen
    row = vault.find(identity(other))[0]
    assert as_plan(vault.plan(*row)).shape == again.frame.shape


def test_at_the_next_wave_the_plan_is_found_again_and_what_the_leader_keeps_is_in_a_first_one(home, tmp_path):
    cohort, vault = home
    leader = sorted(CASES)[3]
    model = opened(home, leader)
    model.change(model.tasks[0].key, "who", "Noé")
    model.save()
    first = stored_intake(vault, "cas", "T0")
    words = pd.DataFrame({"respondent": [FIRST], "item": ["f109"], "text": ["Signer les devis\nEmbaucher"]})
    vault.store("cas", "T1", replace(first, dialect=replace(first.dialect, sha256="1"), texts=words))
    later = stored_intake(vault, "cas", "T1")
    ids = row_ids(later, vault.naming(working_audience("cas", "T1")))
    table = score_responses(later.responses, cohort.instrument)
    place = release_cohort(
        later, table, ids, tmp_path / "cas-T1", cohort.instrument, date(2027, 6, 1), "cas-T1", wave="T1"
    )
    again = am.plan_delegation(am.load_cohort(place), identity(leader), vault).model
    assert again.tasks[0].who == "Noé" and again.sheet.leader != model.sheet.leader
    kept = [task.task for task in opened((am.load_cohort(place), vault)).tasks if task.only_me]
    assert kept == ["Signer les devis", "Embaucher"]  # what the leader wrote that they alone must do


# --------------------------------------------------------------------------------------------------------- exports


def entries_of(path):
    return [each for each in Calendar.from_ical(path.read_bytes()).walk() if each.name == "VEVENT"]


def test_a_workbook_whose_formulas_are_words_and_a_calendar_that_reads_back(home, tmp_path):
    model = opened(home)
    model.folder = tmp_path
    model.change(0, "task", "=HYPERLINK(1)")
    model.change(0, "hours", "2,5")
    model.change(0, "who", "@Karim")
    model.change(0, "quarter", "2027-T1")
    model.change(1, "task", LONG)
    model.change(1, "quarter", "2027-T2")
    workbook, days = model.export()
    (head, first, *_) = openpyxl.load_workbook(workbook).active.iter_rows(values_only=True)
    assert head == ("Tâche", "Priorité", "Heures par semaine", "Qui la fait", "À qui la transmettre", "Quand")
    assert first == ("'=HYPERLINK(1)", "1. Tâches répétitives", 2.5, "Moi", "'@Karim", "2027-T1")
    one, two = entries_of(days)
    assert one["summary"] == "Transmettre\u00a0: =HYPERLINK(1) → @Karim" and one.decoded("dtstart") == date(2027, 1, 1)
    assert two["summary"] == f"Transmettre\u00a0: {LONG.strip()}" and two.decoded("dtend") == date(2027, 4, 2)
    assert "2,5\u00a0h par semaine" in one["description"] and str(one["class"]) == "PRIVATE"
    raw = days.read_bytes()
    assert max(map(len, raw.split(b"\r\n"))) <= 75 and raw.endswith(b"END:VCALENDAR\r\n")
    assert scan(raw, days.name) == []
    ids = [str(each["uid"]) for each in (one, two)]
    model.change(0, "quarter", "2027-T4")
    model.change(0, "who", "Lise")
    moved = entries_of(model.export()[1])  # the same ids: a calendar moves the day and does not double it
    assert [str(each["uid"]) for each in moved] == ids[::-1] and moved[1].decoded("dtstart") == date(2027, 10, 1)
    neighbour = opened(home, sorted(CASES)[5])
    neighbour.folder = tmp_path
    neighbour.change(1, "task", LONG)
    neighbour.change(1, "quarter", "2026-T1")
    (past,) = entries_of(neighbour.export()[1])
    assert str(past["uid"]) not in ids and past.decoded("dtstart") == neighbour.today


def test_a_calendar_of_which_a_fold_cuts_a_known_name_is_refused(tmp_path):
    known = Known.of(KnownTokens.of([{"person": "Zoé Quenneville"}]))
    for before in range(40, 75):  # wherever the fold falls
        with pytest.raises(AngleMortError, match="AM704"):
            write_calendar(
                [Entry(date(2027, 1, 1), "x" * before + " Zoé Quenneville")],
                tmp_path / "p.ics",
                date(2026, 1, 1),
                known,
            )
    assert not list(tmp_path.iterdir())
    with pytest.raises(AngleMortError, match="AM709"):
        write_calendar([], tmp_path / "p.txt", date(2026, 1, 1), known)


# -------------------------------------------------------------------------------------------------- a killed kernel

SAVE = """
import angle_mort as am
from angle_mort.vault import sealing
sealing.WORK = (2**4, 8, 1)
vault = am.open_vault({place!r}, {passphrase!r})
panel = am.plan_delegation(am.load_cohort({cohort!r}), {leader!r}, vault)
row = panel.rows[panel.model.tasks[0].key]
row.cells["who"].value = "Karim"
row.cells["hours"].value = "2h30"
panel.buttons["add"].click()
panel.table.children[-1].cells["task"].value = "Ouvrir l'atelier"
panel.buttons["save"].click()
print(panel.status.told)
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is a thing of Unix")
def test_a_kernel_killed_right_after_saving_has_lost_nothing(home):
    from jupyter_client.manager import start_new_kernel

    cohort, vault = home
    leader = identity(sorted(CASES)[2])
    code = SAVE.format(place=str(vault.path), passphrase=PASSPHRASE, cohort=str(cohort.folder), leader=leader)
    manager, client = start_new_kernel()
    told = []
    client.execute_interactive(code, timeout=120, output_hook=told.append)
    os.kill(manager.provisioner.pid, signal.SIGKILL)
    manager.provisioner.process.wait(10)
    client.stop_channels()
    manager.cleanup_resources()
    assert "Plan enregistré" in "".join(each["content"].get("text", "") for each in told)
    again = am.plan_delegation(cohort, leader, am.open_vault(vault.path, PASSPHRASE)).model
    assert [task.hours for task in again.tasks if task.who == "Karim"] == [2.5]
    assert "Ouvrir l'atelier" in [task.task for task in again.tasks]
