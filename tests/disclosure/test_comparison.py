"""Cohorts side by side: only what each tells by itself, margins from a declared spread, few false differences."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from angle_mort import views
from angle_mort.cohort import load_cohort
from angle_mort.disclosure import compare_summaries, compared_seal
from angle_mort.errors import AngleMortError
from angle_mort.instrument import load_instrument
from angle_mort.joined import compare_cohorts
from angle_mort.shipped import shipped
from tests.cohorts import answers, released

DEMO = shipped("demo")
SCALES = ("IDO", "D1", "E", "D2", "D3", "A", "B", "C")
RULE = load_instrument().scoring["comparison"]
OF_ONE = load_cohort(DEMO / "cohorte").summary


@pytest.fixture(scope="module")
def compared():
    return compare_cohorts([DEMO / "ateliers", DEMO / "chantiers"])


def made_up(means, n=24, names="abcdef"):
    """Cohorts of ``n`` whose means are those of an array (cohorts x scales)."""
    cohorts = []
    for name, own in zip(names, means, strict=False):
        rows = pd.DataFrame({"scale": SCALES, "mean": own, "least": n, "people": str(n)})
        cohorts.append(dataclasses.replace(OF_ONE, name=name, seal=name * 64, n=n, means=rows))
    return compare_summaries(cohorts, load_instrument())


def test_each_cohort_tells_the_means_of_its_own_page(compared):
    for name in compared.sizes:
        own = load_cohort(DEMO / name).summary.means.set_index("scale")
        here = compared.means[compared.means["cohort"] == name].set_index("scale")
        assert set(here.index) == set(SCALES)
        assert here["mean"].to_dict() == own.loc[list(here.index), "mean"].to_dict()
        assert here["people"].to_dict() == own.loc[list(here.index), "people"].to_dict()


def test_a_margin_is_the_declared_spread_over_the_root_of_the_people_that_are_told(compared):
    row = compared.means[(compared.means["cohort"] == "ateliers") & (compared.means["scale"] == "IDO")].iloc[0]
    assert row["people"] == "au moins 45"
    assert row["error"] == pytest.approx(RULE["spread"] / np.sqrt(45), abs=0.005)
    assert row["high"] - row["low"] == pytest.approx(2 * 1.645 * row["error"], abs=0.1)


def test_the_seal_is_that_of_these_cohorts_in_any_order_and_no_other(compared):
    seals = [str(load_cohort(DEMO / name).certificate["seal"]) for name in ("chantiers", "ateliers")]
    assert compared.seal == compared_seal(seals) and compared.seal not in seals


def test_a_cohort_far_above_is_named_and_one_that_is_turned_the_right_way_round():
    low, high = np.full(8, 40.0), np.full(8, 65.0)
    high[2], low[2] = 30.0, 60.0  # autonomy: little of it is blockage
    summary = made_up([low, high])
    assert set(summary.apart.loc[summary.apart["scale"] != "E", "highest"]) == {"b"}
    assert summary.apart.set_index("scale").loc["E", "highest"] == "a"
    told = views.compared_dependence(summary).reading
    assert all("b est au-dessus (probabilité plus de 99" in sentence for sentence in told[:5])
    assert told[2].startswith("Manque d’autonomie de l’équipe")


def test_of_three_the_highest_and_the_lowest_may_both_be_named():
    summary = made_up([np.full(8, mean) for mean in (20.0, 50.0, 80.0)])
    assert set(summary.apart["highest"]) == {"c"} and set(summary.apart["lowest"]) == {"a"}
    reading = " ".join(views.compared_reasons(summary).reading)
    assert "c est au-dessus" in reading and "a est au-dessous" in reading


@pytest.mark.slow
@pytest.mark.parametrize("k", [2, 3, 6])
def test_cohorts_without_any_difference_are_told_apart_on_a_tenth_of_pages_at_most(k):
    """All true means alike and the spread as declared: 400 pages each; 0.10 and three standard errors of 0.015."""
    rng, false = np.random.default_rng(k), 0
    for _ in range(400):
        summary = made_up(50 + rng.normal(0, RULE["spread"] / np.sqrt(24), (k, 8)))
        false += bool((summary.apart[["highest", "lowest"]] != "").any(axis=None))
    assert false / 400 <= RULE["chance"] + 0.045


@pytest.mark.slow
def test_halves_of_one_invented_group_are_hardly_ever_told_apart():
    """Real scores, whose spread is not the declared one: 200 splits of the 240 of the demonstration into 24 and 24."""
    cohort = load_cohort(DEMO / "reseau")
    wide = cohort.scores.pivot(index="respondent", columns="scale", values="value")[list(SCALES)].dropna().to_numpy()
    rng, false = np.random.default_rng(1), 0
    for _ in range(200):
        drawn = rng.permutation(len(wide))[:48].reshape(2, 24)
        summary = made_up([wide[half].mean(axis=0).round(1) for half in drawn])
        false += bool((summary.apart["highest"] != "").any())
    assert false / 200 <= RULE["chance"]


def test_what_only_one_cohort_tells_is_not_compared():
    summary = made_up([np.full(8, 50.0), np.full(8, 60.0)])
    assert len(summary.apart) == 8
    short = dataclasses.replace(OF_ONE, name="b", seal="b" * 64, means=OF_ONE.means[OF_ONE.means["scale"] == "A"])
    summary = compare_summaries([OF_ONE, short], load_instrument())
    assert summary.apart["scale"].tolist() == ["A"] and set(summary.means["scale"]) == {"A"}
    nothing = views.compared_dependence(summary)
    assert nothing.figure is None and nothing.frame().empty and "Rien ne se compare" in nothing.reading[0]


def test_no_cohort_below_eight_and_never_one_or_too_many(tmp_path):
    eight = answers(8).rename(index=lambda respondent: f"autre {respondent}")
    small = released(tmp_path, eight, name="assez", demonstration=True).folder
    assert compare_cohorts([small, DEMO / "reseau"]).sizes["assez"] == 8
    for folders, code in (([small], "AM650"), ([small] * 7, "AM650"), ([small, small], "AM651")):
        with pytest.raises(AngleMortError) as error:
            compare_cohorts(folders)
        assert error.value.codes[0] == code


@pytest.mark.parametrize("view", [views.compared_reasons, views.compared_dependence])
def test_the_figure_names_every_cohort_under_every_measure(compared, view):
    shown = view(compared)
    (axes,) = shown.figure.axes
    drawn = [text.get_text() for text in axes.texts]
    measures = shown.frame()["Mesure"].unique()
    assert all(drawn.count(name) == len(measures) for name in compared.sizes)
    assert set(measures) <= set(drawn)
    assert all(name in shown.alt for name in (*compared.sizes, *measures))
