"""What a summary tells at each size, and what it never tells."""

import dataclasses

import numpy as np
import pytest

from angle_mort.cohort import load_cohort
from angle_mort.errors import AngleMortError
from angle_mort.shipped import shipped

DEMO = load_cohort(shipped("demo") / "cohorte")


def smaller(n):
    """The first n leaders of the demonstration as a cohort of their own."""
    return dataclasses.replace(DEMO, leaders=DEMO.leaders.iloc[:n].reset_index(drop=True))


@pytest.mark.parametrize("n", [1, 5, 7])
def test_below_eight_there_is_no_cohort(n):
    with pytest.raises(AngleMortError) as error:
        _ = smaller(n).summary
    assert error.value.problems[0].code == "AM605"


@pytest.mark.parametrize("n", [8, 11])
def test_from_eight_to_eleven_means_and_no_count(n):
    summary = smaller(n).summary
    assert not summary.means.empty
    assert summary.counts.empty
    assert {"scenario", "dominance", "prototype"} <= set(summary.withheld["what"])


@pytest.mark.parametrize("n", [12, 16, 20, 24])
def test_from_twelve_counts_of_at_least_five(n):
    counts = smaller(n).summary.counts
    assert (counts["count"] >= 5).all()
    for _, groups in counts.groupby("figure"):
        assert len(groups) > 1


def test_means_have_one_decimal_a_margin_and_enough_people():
    means = DEMO.summary.means
    assert (means["mean"] == means["mean"].round(1)).all()
    assert (means["n"] >= 5).all()
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
    assert means.loc["IDO", "n"] == means.loc["D1", "n"] == means.loc["E", "n"]
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
    for frame in (sheet.scores, sheet.bands, sheet.dominance, sheet.prototypes, sheet.steps):
        assert set(frame["respondent"]) == {leader}
    with pytest.raises(AngleMortError) as error:
        DEMO.sheet("nobody")
    assert error.value.problems[0].code == "AM607"


def test_memberships_and_bands_are_probabilities():
    codes = [each.code for each in DEMO.instrument.prototypes.prototypes]
    assert np.allclose(DEMO.profiles[codes].sum(axis=1), 1)
    assert np.allclose(DEMO.bands[["p_green", "p_orange", "p_red"]].dropna().sum(axis=1), 1)
