"""Do the scales tell different stories: known truths found again, and silence below the declared sizes."""

import numpy as np
import pandas as pd
import pytest

import angle_mort as am
from angle_mort.errors import AngleMortError
from angle_mort.instrument import load_instrument
from angle_mort.scores.factors import HEYWOOD, chance_eigenvalues, fit_measures, several_factors
from angle_mort.scores.structure import (
    compare_structures,
    fisher_interval,
    parallel_analysis,
    preferred_structure,
    scale_correlations,
)

INSTRUMENT = load_instrument()
BLOCKS = {scale: [item.id for item in INSTRUMENT.module(scale).items] for scale in "ABC"}
ITEMS = [item for items in BLOCKS.values() for item in items]


def answers(n, between, seed=3, loading=0.6):
    """Five-step answers to A, B and C whose true scores correlate at ``between``."""
    draw = np.random.default_rng(seed)
    true = draw.multivariate_normal(np.zeros(3), np.full((3, 3), between) + (1 - between) * np.eye(3), n)
    raw = loading * np.repeat(true, 8, axis=1) + np.sqrt(1 - loading**2) * draw.standard_normal((n, 24))
    steps = np.clip(np.rint(2 + 1.2 * raw), 0, 4)
    return pd.DataFrame(steps, columns=ITEMS, index=[f"r{i}" for i in range(n)])


@pytest.mark.parametrize(("between", "verdict"), [(0.3, "apart"), (0.6, "apart"), (0.95, "merged")])
def test_true_correlations_are_found_again_and_judged(between, verdict):
    table = scale_correlations(answers(1000, between))
    np.testing.assert_allclose(table["r_true"], between, atol=0.07)
    assert (table["r"] < table["r_true"]).all()
    assert table["verdict"].unique().tolist() == [verdict]


def test_two_scales_of_the_same_thing_never_reach_the_limit_by_their_scores_alone():
    """Why the limit is held against true scores: their reliability caps what scores can show."""
    table = scale_correlations(answers(2000, 1.0, loading=0.5))
    assert (table["r"] < 0.80).all()
    assert (table["verdict"] == "merged").all()


@pytest.mark.parametrize(("n", "verdict"), [(199, "too few"), (200, "merged")])
def test_no_verdict_below_two_hundred(n, verdict):
    assert scale_correlations(answers(n, 0.98))["verdict"].tolist() == [verdict] * 3


def test_close_to_the_limit_is_undecided():
    table = scale_correlations(answers(220, 0.76, seed=8))
    near = table[(table["r_true"] < 0.8) & (table["true_high"] >= 0.8)]
    assert len(near) and (near["verdict"] == "undecided").all()


def test_ninety_per_cent_intervals_hold_the_true_correlation_nine_times_in_ten():
    draw = np.random.default_rng(1)
    pairs = draw.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], (2000, 60))
    edges = [fisher_interval(np.corrcoef(each, rowvar=False)[0, 1], 60, 0.90) for each in pairs]
    assert np.mean([low <= 0.5 <= high for low, high in edges]) == pytest.approx(0.90, abs=0.02)


def test_what_cannot_be_calculated_gets_no_verdict():
    table = scale_correlations(answers(250, 0.5).assign(**dict.fromkeys(BLOCKS["A"], 2.0)))
    assert table["r"].isna().tolist() == [True, True, False]
    assert table["verdict"].tolist() == ["too few", "too few", "apart"]


@pytest.mark.parametrize(("between", "preferred"), [(0.5, "a factor per scale"), (0.8, "a factor per scale")])
def test_three_factors_are_preferred_where_there_are_three(between, preferred):
    table = compare_structures(answers(300, between))
    assert preferred_structure(table) == preferred
    assert (table["status"] == "ok").all()
    assert parallel_analysis(answers(300, 0.5))["above"].sum() == 3


def test_one_factor_is_preferred_where_there_is_one():
    pool = answers(600, 1.0, seed=4)
    assert preferred_structure(compare_structures(pool)) == "one factor"
    assert parallel_analysis(pool)["above"].sum() == 1


@pytest.mark.parametrize("loading", [0.55, 0.75])
@pytest.mark.parametrize("seed", range(5))
def test_one_factor_is_told_where_the_correlations_end_on_their_bound(seed, loading):
    table = compare_structures(answers(300, 1.0, seed, loading))
    assert table["status"].isin(["ok", "factors coincide"]).all()
    assert preferred_structure(table) == "one factor"


def test_two_factors_are_no_proof_of_three():
    """A and B are one, C is another: three fit better than one, and nobody may say that they are three."""
    pool, other = answers(400, 1.0, seed=5, loading=0.75), answers(400, 1.0, seed=6, loading=0.75)
    table = compare_structures(pool.assign(**other[BLOCKS["C"]]))
    assert table["bic"][0] - table["bic"][1] > 10
    assert table["status"].tolist() == ["ok", "factors coincide"]
    assert preferred_structure(table) == "undecided"


def test_silence_below_two_hundred_complete_rows():
    pool = answers(220, 0.5)
    pool.iloc[:30, 0] = -1
    table = compare_structures(pool)
    assert table["n_used"].tolist() == [190, 190]
    assert table["status"].tolist() == ["too few people"] * 2
    assert table[["chi2", "cfi", "bic"]].isna().all(axis=None)
    assert preferred_structure(table) == "too few"
    assert parallel_analysis(pool).empty


def test_a_model_that_cannot_be_fitted_decides_nothing():
    copied = answers(250, 0.5).assign(a102=lambda each: each["a101"])
    constant = answers(250, 0.5).assign(a101=3.0)
    for pool in (copied, constant):
        table = compare_structures(pool)
        assert table["status"].tolist() == ["singular"] * 2
        assert preferred_structure(table) == "undecided"


def test_a_variance_that_wants_to_be_negative_is_told():
    correlation = np.array([[1, 0.9, 0.9, 0], [0.9, 1, 0.5, 0], [0.9, 0.5, 1, 0], [0, 0, 0, 1]], float)
    loose = np.eye(6)
    loose[:3, :3] = correlation[:3, :3]
    loose[3:, 3:] = np.full((3, 3), 0.4) + 0.6 * np.eye(3)
    model = several_factors(loose, [0, 0, 0, 1, 1, 1])
    assert model.status == "heywood"
    assert (np.diag(model.implied) > HEYWOOD).all()


def test_the_comparison_ignores_the_order_of_people():
    pool = answers(250, 0.5)
    shuffled = pool.sample(frac=1, random_state=2)
    one, other = (compare_structures(each)[["chi2", "bic"]] for each in (pool, shuffled))
    np.testing.assert_allclose(one, other, rtol=1e-6)
    pd.testing.assert_frame_equal(parallel_analysis(pool), parallel_analysis(shuffled))


def test_the_gradient_of_the_three_factor_model_is_right():
    from scipy.optimize import check_grad

    from angle_mort.scores.factors import _Shape, _structured_discrepancy

    shape, correlation = _Shape(np.repeat([0, 1, 2], 8)), np.corrcoef(answers(300, 0.5), rowvar=False)
    point = shape.start(correlation) + np.random.default_rng(0).uniform(-0.1, 0.1, 51)
    value = lambda at: _structured_discrepancy(at, correlation, shape)[0]  # noqa: E731
    slope = lambda at: _structured_discrepancy(at, correlation, shape)[1]  # noqa: E731
    assert check_grad(value, slope, point) < 1e-5


def test_a_model_that_reproduces_the_data_has_no_misfit():
    correlation = np.corrcoef(answers(300, 0.5), rowvar=False)
    fit = fit_measures(correlation, correlation, 300, 51)
    assert (fit.chi2, fit.cfi, fit.rmsea) == pytest.approx((0, 1, 0), abs=1e-9)


def test_chance_is_seeded_and_shrinks_with_people():
    np.testing.assert_array_equal(chance_eigenvalues(80, 6, seed=1), chance_eigenvalues(80, 6, seed=1))
    assert chance_eigenvalues(80, 6, seed=1)[0] > chance_eigenvalues(800, 6, seed=1)[0]


def test_refusals():
    with pytest.raises(AngleMortError, match="AM412"):
        scale_correlations(answers(50, 0.5), level=90)
    with pytest.raises(AngleMortError, match="AM429"):
        compare_structures(answers(250, 0.5).drop(columns=BLOCKS["C"][2:]))
    with pytest.raises(AngleMortError, match="AM420"):
        scale_correlations(am.make_cohort(n=60, seed=1).responses, scales=("A", "D1"))


def test_gaps_that_spare_no_row_leave_the_verdict_where_it_was():
    """Each leader leaves one question of A out: no row is complete, and every pair of questions has its people."""
    pool = answers(260, 1.0, loading=0.75)
    whole = scale_correlations(pool)
    for place in range(len(pool)):
        pool.iloc[place, place % 8] = np.nan
    table = scale_correlations(pool)
    assert table["verdict"].tolist() == whole["verdict"].tolist() == ["merged"] * 3
    assert (table["r_true"] > table["r"]).all()
    np.testing.assert_allclose(table["r_true"], whole["r_true"], atol=0.03)


def test_without_three_people_on_a_pair_scores_still_correlate_and_nothing_is_said_of_truth():
    pool = answers(60, 0.5)
    pool.loc[pool.index[:30], "a101"] = np.nan
    pool.loc[pool.index[28:], "a102"] = np.nan
    table = scale_correlations(pool)
    assert table["r"].notna().all()
    assert table["r_true"].isna().tolist() == [True, True, False]
    assert table["verdict"].tolist() == ["too few"] * 3
