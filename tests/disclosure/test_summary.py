"""What a summary tells at each size, and what it never tells."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from angle_mort import views
from angle_mort.cohort import load_cohort
from angle_mort.disclosure.audit import fewest_isolated
from angle_mort.errors import AngleMortError
from angle_mort.shipped import shipped
from tests.cohorts import answers, released, without

DEMO = load_cohort(shipped("demo") / "cohorte")


@pytest.mark.parametrize("n", [1, 5, 7])
def test_below_eight_there_is_no_cohort(tmp_path, n):
    with pytest.raises(AngleMortError) as error:
        _ = released(tmp_path, answers(n)).summary
    assert error.value.codes[0] == "AM605"


@pytest.mark.parametrize("n", [8, 11])
def test_from_eight_to_eleven_means_and_no_count_of_people_at_all(tmp_path, n):
    summary = released(tmp_path, answers(n, missing=0.03)).summary
    assert not summary.means.empty
    assert summary.counts.empty
    assert summary.care.empty
    assert {"scenario", "dominance", "prototype"} <= set(summary.withheld["what"])


@pytest.mark.parametrize("n", [12, 30, 100])
def test_what_the_page_does_not_show_stays_in_its_list_though_the_rules_would_allow_it(tmp_path, n):
    withheld = released(tmp_path, answers(n)).summary.withheld.set_index("what")["rule"]
    for what, below, size, from_there in (
        ("spread", "distribution", 30, "version"),
        ("profiles", "profiles", 30, "notebook"),
        ("crossed", "crossed", 100, "version"),
        ("rows", "rows", 100, "pool"),
    ):
        assert withheld[what] == (from_there if n >= size else below)


@pytest.mark.parametrize("n", [12, 16, 20, 24, 28])
def test_from_twelve_counts_of_at_least_five_that_add_up(tmp_path, n):
    counts = released(tmp_path, answers(n, seed=n, missing=0.02)).summary.counts
    assert (counts["count"] >= 5).all()
    for _, groups in counts.groupby("figure"):
        assert len(groups) > 1
        assert groups["count"].sum() == n


def test_rows_that_are_not_the_whole_released_cohort_have_no_summary():
    somebody_else = DEMO.leaders.assign(leader=["zz", *DEMO.leaders["leader"][1:]])
    for rows in (DEMO.leaders.iloc[1:], somebody_else):
        part = dataclasses.replace(DEMO, tables=DEMO.tables | {"leaders": rows.reset_index(drop=True)})
        with pytest.raises(AngleMortError) as error:
            _ = part.summary
        assert error.value.codes[0] == "AM616"


def test_leaders_without_an_answer_stay_in_the_count(tmp_path):
    gaps = without(answers(20), ["j101"], kept=17)
    counts = released(tmp_path, gaps).summary.counts
    scenario = counts[counts["figure"] == "scenario"]
    assert scenario["count"].sum() == 20
    assert "none" in scenario["category"].iloc[0].split("+")


def test_how_many_answered_is_told_in_words_when_all_but_a_few_did(tmp_path):
    means = released(tmp_path, without(answers(20), ["d101"], kept=18)).summary.means.set_index("scale")
    assert means.loc["D1", "people"] == means.loc["IDO", "people"] == "au moins 16"
    assert means.loc["D2", "people"] == "20"


def test_a_mean_of_fewer_than_five_is_not_told(tmp_path):
    means = released(tmp_path, without(answers(20), ["d101"], kept=4)).summary.means
    assert not {"IDO", "D1", "E"} & set(means["scale"])
    assert "D2" in set(means["scale"])


def test_the_mean_of_a_question_is_not_told_where_it_tells_an_answer_of_few(tmp_path):
    item = DEMO.instrument.scoring["areas"]["felt"][0]
    responses = answers(20)
    for given, hidden in ([1] * 4 + [0] * 16, True), ([1] * 5 + [0] * 15, False), ([3] * 2 + [4] * 18, True):
        responses[item] = [float(each) for each in given]
        areas = released(tmp_path, responses).summary.areas
        assert areas["felt"].isna().tolist() == [hidden, False, False, False, False]
        assert areas["felt_low"].isna()[0] == hidden


def test_the_page_prints_the_rules_that_it_follows():
    told = " ".join(views.withheld(DEMO.summary).reading)
    for size in DEMO.certificate["policy"].values():
        assert str(size) in told


def figures_of(summary):
    """The group of each person in each figure that was told, as far as its counts say."""
    return {figure: groups["count"].tolist() for figure, groups in summary.counts.groupby("figure")}


@pytest.mark.slow
def test_two_figures_of_a_page_never_set_fewer_than_five_apart(tmp_path):
    together = 0
    for seed in range(12):
        cohort = released(tmp_path, answers(22, seed=seed), name=f"c{seed}")
        told = figures_of(cohort.summary)
        if {"prototype", "dominance"} <= set(told):
            together += 1
            near = cohort.profiles["nearest"].where(cohort.profiles["named"], "between")
            lead = cohort.dominance["block"].where(cohort.dominance["block"].isin(list("ABC")), "mixte")
            groups = [*merged(near, told["prototype"]), *merged(lead, told["dominance"])]
            assert fewest_isolated(groups, 5) == 5
    assert together < 12, "the audit never withheld anything: it proves nothing here"


def merged(categories, sizes):
    """The people of each group: categories that are told alone, and all others together."""
    alone = {name for name, count in categories.value_counts().items() if count in sizes}
    groups = pd.Series([name if name in alone else "rest" for name in categories])
    return [frozenset(people.index) for _, people in groups.groupby(groups)]


def test_means_have_one_decimal_a_margin_and_enough_people():
    means = DEMO.summary.means
    assert (means["mean"] == means["mean"].round(1)).all()
    points = means[means["se_measurement"].notna()]
    assert (points["low"] < points["mean"]).all()
    assert (points["mean"] < points["high"]).all()


def test_the_margin_of_a_mean_does_not_depend_on_how_far_apart_people_are():
    scores = DEMO.scores
    together = scores.assign(value=scores["value"].where(scores["scale"] != "A", 50.0))
    narrow = dataclasses.replace(DEMO)
    narrow.__dict__["scores"] = together
    before, after = DEMO.summary.means.set_index("scale"), narrow.summary.means.set_index("scale")
    assert after.loc["A", "mean"] == 50
    assert before.loc["A", "se_measurement"] == after.loc["A", "se_measurement"]


def test_the_index_and_its_halves_are_told_of_the_same_leaders():
    means = DEMO.summary.means.set_index("scale")
    assert means.loc["IDO", "people"] == means.loc["D1", "people"] == means.loc["E", "people"]
    halves = (means.loc["D1", "mean"] + 100 - means.loc["E", "mean"]) / 2
    assert means.loc["IDO", "mean"] == pytest.approx(halves, abs=0.11)


def test_no_frame_of_the_summary_has_a_row_per_person():
    frames = [value for value in vars(DEMO.summary).values() if hasattr(value, "columns")]
    ids = set(DEMO.leaders["leader"])
    assert len(frames) == 6
    for frame in frames:
        assert not ids & set(frame.astype(str).to_numpy().ravel())
        assert len(frame) < len(DEMO.leaders)


def test_lights_never_show_a_small_number():
    for shown in DEMO.summary.care["shown"]:
        assert not shown.isdigit() or 5 <= int(shown) <= 19


def test_the_sheet_of_one_leader_is_for_that_leader():
    leader = DEMO.leaders["leader"][0]
    sheet = DEMO.sheet(leader)
    assert sheet.audience == "leader"
    for frame in (sheet.scores, sheet.bands, sheet.dominance, sheet.prototypes):
        assert set(frame["respondent"]) == {leader}
    with pytest.raises(AngleMortError) as error:
        DEMO.sheet("nobody")
    assert error.value.codes[0] == "AM607"


def test_memberships_and_bands_are_probabilities():
    codes = [each.code for each in DEMO.instrument.prototypes.prototypes]
    assert np.allclose(DEMO.profiles[codes].sum(axis=1), 1)
    assert np.allclose(DEMO.bands[["p_green", "p_orange", "p_red"]].dropna().sum(axis=1), 1)
