"""Comparing candidates, and the verdict by size."""

import numpy as np
import pandas as pd
import pytest

from angle_mort.errors import AngleMortError
from angle_mort.profiles import compare_profiles, verdict
from angle_mort.profiles.families import FAMILIES
from angle_mort.profiles.selection import COLUMNS, RULES, _rule, pasted
from benchmarks.typed_cohorts import Kind, draw

MEANS = np.array([[30, 30, 30], [78, 40, 40], [40, 78, 70]])


def three_groups(n, seed=1, spread=8.0):
    rng = np.random.default_rng(seed)
    scores = MEANS[np.arange(n) % 3] + rng.normal(0, spread, (n, 3))
    scores[rng.random(scores.shape) < 0.04] = np.nan
    return pd.DataFrame(scores, columns=list("ABC"), index=[f"L{i}" for i in range(n)])


def one_group(n, r=0.4, seed=2):
    rng = np.random.default_rng(seed)
    scores = rng.multivariate_normal([50] * 3, 324 * (r + (1 - r) * np.eye(3)), n)
    return pd.DataFrame(scores, columns=list("ABC"))


@pytest.mark.parametrize("n", [1, 7, 8, 29])
def test_below_thirty_nothing_is_fitted(n):
    table = compare_profiles(three_groups(n))
    assert table.columns.tolist() == COLUMNS
    assert table[["family", "n_components", "verdict"]].to_numpy().tolist() == [["EEE", 1, "too few"]]
    assert table[["log_likelihood", "bic", "icl", "smallest"]].isna().all(axis=None)
    assert not verdict(table).shown


def test_people_without_any_score_do_not_count():
    frame = three_groups(30)
    frame.iloc[0] = np.nan
    assert verdict(compare_profiles(frame)).code == "too few"


@pytest.mark.parametrize(
    ("n", "code"), [(36, "hypothesis"), pytest.param(75, "exploratory profiles", marks=pytest.mark.slow)]
)
def test_clear_profiles_are_shown_with_the_words_of_their_size(n, code):
    table = compare_profiles(three_groups(n), max_components=3)
    told = verdict(table)
    assert (told.code, told.shown, told.n_components) == (code, True, 3)
    judged = table[table["judged"]].iloc[0]
    assert judged["jaccard"] >= 0.75
    assert judged["blrt_p"] <= 0.05 and judged["split_half"] >= 0.6
    assert judged["jaccard"] == min(judged["jaccards"]) and len(judged["jaccards"]) == 3
    assert judged["p_components"] == pytest.approx(table.drop_duplicates("n_components")["p_components"].max())


def test_scales_that_move_together_inside_profiles_do_not_pass_for_more_profiles():
    frame = three_groups(90) + 8 * np.random.default_rng(6).normal(size=(90, 1))
    table = compare_profiles(frame, 4, families=("EII", "CCC"), measured="verdict")
    best = table.loc[table["best"], ["family", "n_components"]].to_numpy().tolist()
    assert best == [["CCC", 3]]
    assert table.loc[table.loc[table["family"] == "EII", "aic3"].idxmin(), "n_components"] > 3


@pytest.mark.parametrize("r", [0.0, 0.5])
@pytest.mark.parametrize("n", [40, 90])
def test_one_group_is_called_one_group(n, r):
    assert not verdict(compare_profiles(one_group(n, r), max_components=3, measured="verdict")).shown


def test_the_correlated_single_group_is_always_there_and_candidates_do_not_outnumber_people():
    table = compare_profiles(three_groups(32), max_components=6, measured="verdict")
    assert table.loc[0, ["family", "n_components"]].tolist() == ["EEE", 1]
    assert not table.duplicated(["family", "n_components"]).any()
    assert (table["n_parameters"] < 32).all()
    pairs = zip(table["family"], table["n_components"], strict=True)
    counted = [FAMILIES[family].n_parameters(k, 3) for family, k in pairs]
    assert table["n_parameters"].tolist() == counted


def test_criteria_follow_from_the_log_likelihood():
    table = compare_profiles(three_groups(36), max_components=2, measured="verdict")
    np.testing.assert_allclose(table["bic"], -2 * table["log_likelihood"] + table["n_parameters"] * np.log(36))
    np.testing.assert_allclose(table["aic3"], -2 * table["log_likelihood"] + table["n_parameters"] * 3)
    assert (table["icl"] >= table["bic"] - 1e-9).all()
    assert table["relative_entropy"].dropna().between(0, 1).all()


def test_more_profiles_are_never_less_likely():
    table = compare_profiles(three_groups(60), max_components=4, measured="verdict")
    for _, path in table[table["family"] != "EEE"].groupby("family"):
        assert path["log_likelihood"].is_monotonic_increasing


def test_a_small_profile_is_not_shown():
    rng = np.random.default_rng(3)
    scores = np.vstack([rng.normal(40, 6, (38, 3)), rng.normal(90, 3, (3, 3))])
    told = verdict(compare_profiles(pd.DataFrame(scores, columns=list("ABC")), max_components=2, measured="verdict"))
    assert told.code == "small profile"
    assert told.n_components is None


@pytest.mark.parametrize("people", ["twenty three times", "with gaps", "one for half", "another tool's order"])
def test_rows_that_were_copied_are_no_profiles(people):
    few = one_group(20)
    copied = {
        "twenty three times": pd.concat([few] * 3),
        "with gaps": pd.concat([few.mask(few > 70)] * 3),
        "one for half": pd.concat([one_group(30), *[few.head(1)] * 30]),
        "another tool's order": pd.concat([one_group(50), few.head(12)] * 2).sample(frac=1, random_state=1),
    }[people].reset_index(drop=True)
    table = compare_profiles(copied)
    assert (verdict(table).code, verdict(table).shown) == ("repeated rows", False)
    assert table["bic"].isna().all()


@pytest.mark.parametrize("n", [30, 60, 200, 2000])
@pytest.mark.parametrize("within", [0.0, 0.7])
@pytest.mark.parametrize("skewed", [False, True])
def test_people_who_meet_by_chance_are_not_taken_for_copies(n, within, skewed):
    """Scores of 21 steps on three scales: of 2,000 people more than half stand where somebody else stands."""
    drawn = [draw(Kind(n, 1, 0.0, within, 3, skewed), np.random.default_rng([n, seed])) for seed in range(5)]
    assert not any(pasted(pd.DataFrame(each.scores).dropna(how="all")) for each in drawn)
    if n == 2000 and skewed:
        assert all(pd.DataFrame(each.scores).duplicated().mean() > 0.3 for each in drawn)


def test_at_most_three_profiles_below_two_hundred():
    rng = np.random.default_rng(4)
    corners = np.array([[20, 20, 20], [80, 20, 20], [20, 80, 20], [20, 20, 80]])
    scores = pd.DataFrame(corners[np.arange(48) % 4] + rng.normal(0, 4, (48, 3)), columns=list("ABC"))
    table = compare_profiles(scores, max_components=4, measured="verdict")
    assert table.loc[table["bic"].idxmin(), "n_components"] == 4
    assert table.loc[table["judged"], "n_components"].item() <= 3


@pytest.mark.slow
@pytest.mark.parametrize("measured", ["all", "verdict"])
def test_order_of_people_and_scales_and_workers_change_nothing(measured):
    frame = three_groups(45)
    settings = {"families": ("EII", "CCC"), "measured": measured}
    straight = compare_profiles(frame, 2, **settings)
    turned = frame.sample(frac=1, random_state=3)[["C", "A", "B"]]
    for other in (
        compare_profiles(turned, 2, **settings),
        compare_profiles(frame, 2, **settings, n_jobs=2),
    ):
        pd.testing.assert_frame_equal(straight, other, rtol=1e-9, atol=1e-9)


def test_progress_is_told_and_only_the_judged_candidate_is_measured_when_asked():
    told = []
    table = compare_profiles(three_groups(36), 2, measured="verdict", progress=lambda *each: told.append(each))
    assert told == [(done, len(table)) for done in range(1, len(table) + 1)]
    assert table["jaccard"].notna().tolist() == table["judged"].tolist()


def test_the_chances_of_each_number_of_profiles_sum_to_one():
    table = compare_profiles(three_groups(36), 4, measured="verdict")
    assert table.groupby("n_components")["p_components"].first().sum() == pytest.approx(1)
    assert table.groupby("n_components")["p_components"].nunique().max() == 1


@pytest.mark.slow
def test_the_same_seed_gives_the_same_table_and_errors_are_used():
    frame = three_groups(36)
    settings = {"families": ("EII", "CCC"), "random_state": 5}
    one, other = (compare_profiles(frame, 2, **settings) for _ in range(2))
    pd.testing.assert_frame_equal(one, other)
    errors = pd.DataFrame(6.0, index=frame.index, columns=frame.columns)
    with_errors = compare_profiles(frame, 2, standard_errors=errors, measured="verdict", **settings)
    assert not np.allclose(with_errors["bic"], one["bic"])


def test_the_rules_are_those_of_the_size_table():
    assert [_rule(n) and _rule(n).shown for n in (7, 29, 30, 59, 60, 199, 200)] == [
        None, None, "hypothesis", "hypothesis", "exploratory profiles", "exploratory profiles", "profiles",
    ]  # fmt: skip
    assert [(rule.n, rule.most_components, rule.smallest, rule.smallest_share, rule.starts) for rule in RULES] == [
        (30, 3, 5, 0.10, 50), (60, 3, 5, 0.10, 50), (200, 99, 25, 0.05, 50),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [{"max_components": 0}, {"max_components": 2.5}, {"measured": "some"}, {"families": ["XYZ"]}, {"families": []}],
)
def test_wrong_settings_have_a_code(wrong):
    with pytest.raises(AngleMortError, match="AM514"):
        compare_profiles(three_groups(36), **wrong)


def test_several_wrong_settings_are_told_at_once():
    with pytest.raises(AngleMortError) as caught:
        compare_profiles(three_groups(36), 0, measured="some")
    assert len(caught.value.problems) == 2
