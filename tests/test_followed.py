"""A cohort over its waves: who is paired with whom, what is told of them, and the page of those who answered both."""

import re
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import angle_mort as am
from angle_mort import views
from angle_mort.cohort import load_cohort, share
from angle_mort.errors import AngleMortError
from angle_mort.instrument import load_instrument
from angle_mort.results import COACH, SPONSOR
from angle_mort.text import explain, number
from tests.waves import EVERYBODY, FULL, identities, keep, later, new_vault, wave

INSTRUMENT = load_instrument()


@pytest.fixture
def vault(tmp_path):
    return new_vault(tmp_path)


def code(call, *words):
    with pytest.raises(AngleMortError) as error:
        call(*words)
    assert explain(error.value)
    return error.value.codes[0]


# ----------------------------------------------------------------------------------------------------- who is paired


def test_people_are_paired_by_their_address_else_their_name_whatever_their_order(vault):
    again = later(range(4, 24)).iloc[::-1]
    numbers = [int(each[1:]) - 1 for each in again.index]
    shuffled = again.set_axis([f"s{place:03d}" for place in range(len(again))], axis=0)
    keep(vault, "artisans", [FULL, wave(shuffled, identities(numbers, [7, 9]))], False)
    followed = am.follow_cohort(vault, "artisans")
    assert len(followed.pairs()) == 20
    before, after = (EVERYBODY.iloc[4:24], later(range(4, 24)))
    expected = am.reliable_change(am.score_responses(before), am.score_responses(after)).query("scale == 'A'")
    found = followed.between("T0", "T1").query("scale == 'A'")
    assert sorted(found["difference"]) == pytest.approx(sorted(expected["difference"]))
    names = followed.reading.people.set_index("person")["label"]
    own = found.assign(label=found["person"].map(names)).set_index("label")["difference"]
    told = dict(zip(identities(range(4, 24))["person"], expected["difference"], strict=True))
    assert own.to_dict() == pytest.approx(told)


def test_who_answered_a_wave_twice_or_gave_no_name_is_not_followed(vault):
    people = identities(range(24))
    people.loc[3, ["email", "person"]] = ""
    people.loc[5, ["email", "person"]] = people.loc[6, ["email", "person"]]
    keep(vault, "artisans", [FULL, wave(later(range(24)), people)], release=False)
    reading = am.follow_cohort(vault, "artisans").reading
    assert reading.paired == 21  # without 3 (no name), 5 and 6 (the second wave says 6 twice)
    assert reading.attendance[["unknown", "several"]].values.tolist() == [[0, 0], [1, 2]]
    told = " ".join(views.followed_attendance(reading).reading)
    assert "Sans adresse ni nom" in told and "Deux questionnaires d’une même personne" in told


def test_each_leader_goes_from_their_own_first_wave_to_their_own_last(vault):
    keep(vault, "artisans", [FULL, wave(later(range(2, 24))), wave(later(range(6, 20), seed=8))], release=False)
    followed = am.follow_cohort(vault, "artisans")
    ends = followed.changes.drop_duplicates("person")[["first", "last"]].value_counts().to_dict()
    assert ends == {("T0", "T2"): 14, ("T0", "T1"): 8}
    assert followed.reading.paired == 14
    assert set(followed.reading.slopes["waves"]) == {2, 3}


def test_one_wave_is_not_followed_and_months_must_fit(vault):
    keep(vault, "artisans", [FULL], release=False)
    assert code(am.follow_cohort, vault, "artisans") == "AM642"
    assert code(am.follow_cohort, vault, "inconnue") == "AM309"
    vault.store("artisans", "T1", wave(later(range(24))))
    for months in ([0], [0, 0], [4, 0], {"T0": 0, "T2": 4}):
        assert code(am.follow_cohort, vault, "artisans", months) == "AM643"
    by_wave, by_month = (am.follow_cohort(vault, "artisans", months).reading.slopes for months in ((), [0, 4]))
    assert by_wave["slope"].to_numpy() == pytest.approx(4 * by_month["slope"].to_numpy())


def test_two_waves_without_anybody_in_common_are_no_follow_up(vault):
    keep(vault, "artisans", [FULL, wave(later(range(24, 36)))], release=False)
    assert code(lambda: am.follow_cohort(vault, "artisans").reading) == "AM642"


@pytest.mark.slow
def test_many_more_missing_answers_are_told(vault):
    gaps = later(range(24))
    gaps.iloc[:, ::5] = np.nan
    keep(vault, "artisans", [FULL, wave(gaps)], release=False)
    told = " ".join(views.followed_attendance(am.follow_cohort(vault, "artisans").reading).reading)
    assert "Beaucoup plus de réponses manquent" in told
    assert am.follow_cohort(vault, "artisans").reading.group.set_index("scale").loc["IDO", "unknown"] == 24


def test_those_who_did_not_come_back_are_compared_with_those_who_did(vault):
    ido = am.score_responses(FULL.responses).query("scale == 'IDO'").set_index("respondent")["value"]
    back = ido.sort_values().index[:14]
    keep(vault, "artisans", [FULL, wave(later(range(24)).loc[back])], release=False)
    reading = am.follow_cohort(vault, "artisans").reading
    assert reading.lost["low"].iloc[0] > 0
    assert "Attention" in views.followed_attendance(reading).reading[-1]


# ------------------------------------------------------------------------------------------- effect and waiting list


@pytest.mark.slow
def test_the_regression_is_estimated_where_norms_tell_the_mean_of_others(vault, tmp_path):
    norms = am.build_norms(am.make_cohort(n=80, seed=3, not_applicable=0).responses, name="nous")
    keep(vault, "artisans", [FULL, wave(later(range(24)))], release=False)
    plain = am.follow_cohort(vault, "artisans")
    assert plain.reading.effect["regression"].isna().all()
    normed = replace(plain, instrument=replace(plain.instrument, norms=norms))
    effect = normed.reading.effect.set_index("scale")
    expected = (1 - norms.reliability["A"]) * (norms.means["A"] - effect.loc["A", "before"])
    assert effect.loc["A", "regression"] == pytest.approx(expected)
    assert np.isnan(effect.loc["IDO", "regression"])
    told = [" ".join(views.followed_effect(each.reading).reading) for each in (plain, normed)]
    assert "il faut un étalonnage" in told[0] and "seule une liste d’attente répond" in told[1]


def test_a_waiting_list_is_another_cohort_of_the_vault(vault):
    keep(vault, "artisans", [FULL, wave(later(range(24), gain=1))], release=False)
    keep(vault, "attente", [wave(EVERYBODY.iloc[24:40], form="complete"), wave(later(range(24, 40)))], release=False)
    reading = am.follow_cohort(vault, "artisans", (), "attente").reading
    names = ("artisans", "attente")
    own, waiting = (am.follow_cohort(vault, name).reading.effect.set_index("scale")["mean"] for name in names)
    found = reading.waiting.set_index("scale")
    assert found["difference"].to_dict() == pytest.approx((own - waiting)[found.index].to_dict())
    assert "liste d’attente « attente »" in " ".join(views.followed_effect(reading).reading).replace("\u00a0", " ")


# ------------------------------------------------------------------------------------------------------ for the coach


@pytest.fixture(scope="module")
def reading(tmp_path_factory):
    vault = new_vault(tmp_path_factory.mktemp("coach"))
    keep(vault, "artisans", [FULL, wave(later(range(4, 24), gain=1))], release=False)
    return am.follow_cohort(vault, "artisans", [0, 5]).reading


@pytest.mark.slow
def test_what_the_coach_sees_carries_no_mark_that_a_page_takes(reading):
    from angle_mort.publishing import page_from_views

    shown = [getattr(views, name)(reading) for name in views.__all__ if name.startswith("followed_")]
    assert len(shown) == 7 and {each.mark()["angle_mort"]["audience"] for each in shown} == {COACH}
    assert all(each.html and each.reading for each in shown)
    assert code(page_from_views, ["# Titre", *shown]) == "AM705"


def test_one_leader_is_read_with_the_guide_of_the_measures(reading):
    label = reading.people["label"].iloc[3]
    view = views.followed_leader(reading, label)
    own = reading.changes[reading.changes["person"] == reading.people["person"].iloc[3]].set_index("scale")
    rows = view.frame().set_index("Mesure")
    assert view.title == label
    assert rows.loc[INSTRUMENT.module("B").name, "Avant"] == number(own.loc["B", "before"], 0)
    assert rows.loc["Manque d’autonomie de l’équipe", "Avant"] == number(100 - own.loc["E", "before"], 0)
    assert "par mois" in rows["Pente"].iloc[0]
    assert view.png[:4] == b"\x89PNG"
    assert code(views.followed_leader, reading, "Personne") == "AM644"


def test_gains_are_counts_and_the_one_wanted_first_is_marked(reading):
    person = int(reading.people["person"].iloc[0])
    facts = reading.facts[reading.facts["person"] == person]
    frame = views.followed_gains(reading).frame()
    (marked,) = frame[frame.iloc[:, 0].str.contains("voulu en premier")].values.tolist()
    item = f"k10{int(facts['k105'].iloc[0]) + 1}"
    assert marked[0].startswith(INSTRUMENT.items[item].fr)
    assert marked[1:] == [f"{each:.0f}" for each in facts[item]]
    tasks = frame[frame.iloc[:, 0].str.startswith("Part des tâches")].iloc[0].tolist()
    assert tasks[1].endswith("%") and tasks[2] == "–"


def test_the_share_of_tasks_of_the_last_wave_comes_from_the_delegation_plan(vault):
    keep(vault, "artisans", [FULL, wave(later(range(4, 24)))], release=False)
    plan = pd.DataFrame({"task": list("abcd"), "holder": [0, 1, 2, np.nan]})
    vault.save_plan("artisans", "T0", "r005", plan)
    reading = am.follow_cohort(vault, "artisans").reading
    label = identities([4])["person"][0]
    person = int(reading.people.set_index("label").loc[label, "person"])
    own = reading.facts[reading.facts["person"] == person]
    assert own["from_plan"].tolist() == [False, True]
    assert own["handed"].iloc[1] == pytest.approx(200 / 3)
    assert reading.facts["from_plan"].sum() == 1
    assert "plan de délégation gardé" in " ".join(views.followed_gains(reading, label).reading)


def test_fatigue_that_rises_asks_for_a_person_and_names_no_illness(reading):
    person = int(reading.people["person"].iloc[0])
    worse = (reading.changes["person"] == person) & (reading.changes["scale"] == "D3")
    for direction, said in (("worse", True), ("better", False)):
        directions = reading.changes["direction"].mask(worse, direction)
        told = replace(reading, changes=reading.changes.assign(direction=directions))
        assert ("de vive voix" in " ".join(views.followed_leader(told).reading)) is said


# --------------------------------------------------------------------------------------------------------- for a page


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    place = tmp_path_factory.mktemp("page")
    keep(new_vault(place), "artisans", [FULL, wave(later(range(6, 24), gain=1))])
    return place


@pytest.fixture
def followed(workspace, tmp_path):
    """In a workspace of its own: what is shared in one test is not in the next."""
    shutil.copytree(workspace / "data", tmp_path / "data")
    vault = am.open_vault(tmp_path / "data" / "private" / "coffre.bin", "trois chèvres sur un toit")
    return am.follow_cohort(vault, "artisans")


def test_the_page_is_of_those_who_answered_both_and_names_nobody(followed, tmp_path):
    assert followed.summary.n == 18 and followed.summary.audience == SPONSOR
    html = followed.save(tmp_path / "page.html").read_text(encoding="utf-8")
    assert "18 dirigeants ont répondu à T0 et à T1" in re.sub("[\u00a0\u202f]", " ", html)
    assert not re.search("exemple|Camille|Inventée", html)
    assert not any(row in html for each in followed.released for row in each.leaders["leader"])


def test_the_means_are_those_of_the_same_people_twice(followed):
    told = followed.summary.means.set_index("scale")
    between = followed.between("T0", "T1").query("scale == 'A'")
    assert told.loc["A", "before"] == round(between["before"].mean(), 1)
    assert told.loc["A", "change"] == pytest.approx(between["difference"].mean(), abs=0.11)
    reach = (told.loc["A", "high"] - told.loc["A", "low"]) / 2
    assert reach == pytest.approx(between["threshold"].iloc[0] / np.sqrt(18), abs=0.11)


@pytest.mark.slow
def test_few_people_are_counted_with_those_who_stood_still(followed):
    paired = followed._paired
    draw = np.random.default_rng(1)
    for _ in range(20):
        chosen = draw.choice(["better", "none", "worse", "unknown"], (2, 18), p=draw.dirichlet([1, 1, 1, 1]))
        pairs = paired.pairs.assign(change=chosen[0], scenario=chosen[1])
        counts = am.followed.summarise_follow_up(replace(paired, pairs=pairs), INSTRUMENT).counts
        assert (counts["count"] >= 5).all()
        for figure, own in counts.groupby("figure"):
            told = pairs[figure].value_counts()
            assert own["count"].sum() == 18 and len(own) > 1
            for category, people in zip(own["category"], own["count"], strict=True):
                assert told.reindex(category.split("+")).sum() == people


def test_fewer_than_eight_paired_people_have_no_page(vault):
    keep(vault, "artisans", [FULL, wave(later([*range(18, 24), *range(30, 38)]))])
    assert am.follow_cohort(vault, "artisans").reading.paired == 6
    assert code(lambda: am.follow_cohort(vault, "artisans").summary) == "AM605"


def test_after_the_paired_page_a_whole_wave_is_shared_only_where_it_is_the_paired_set(followed, tmp_path):
    first, second = (load_cohort(tmp_path / "data" / "cohorts" / name) for name in ("artisans", "artisans-T1"))
    assert followed.share()
    assert code(share, first) == "AM637"
    assert share(second)  # nobody but those who answered both
    assert followed.share() is False  # the same page again


def test_after_the_page_of_a_whole_wave_the_paired_one_is_refused_and_nothing_is_written(followed, tmp_path):
    assert share(load_cohort(tmp_path / "data" / "cohorts" / "artisans"))
    again = am.follow_cohort(followed.vault, "artisans")
    assert code(again.save, tmp_path / "page.html") == "AM637"
    assert not (tmp_path / "page.html").exists()


@pytest.mark.slow
def test_a_page_is_not_made_of_folders_that_are_older_than_the_vault(followed, tmp_path):
    vault = followed.vault
    vault.store("artisans", "T1", wave(later(range(6, 26), gain=1)), replace=True)
    vault.store("artisans", "T0", wave(EVERYBODY.iloc[:26], form="complete"), replace=True)
    assert code(lambda: am.follow_cohort(vault, "artisans").summary) == "AM659"
