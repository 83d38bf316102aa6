"""Reliability: its contract, its properties and what it refuses."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from angle_mort.errors import AngleMortError
from angle_mort.scores.reliability import _feldt, item_analysis, reliability

COLUMNS = [
    "scale", "n_items", "n_used", "estimator", "alpha", "alpha_low", "alpha_high", "level", "alpha_standardised",
    "omega", "omega_status", "chi2", "df", "cfi", "rmsea", "srmr", "mean_inter_item", "split_half", "sd",
    "se_measurement", "provisional",
]  # fmt: skip


def answers(n=60, k=8, seed=3, loading=0.7):
    rng = np.random.default_rng(seed)
    raw = loading * rng.normal(size=(n, 1)) + np.sqrt(1 - loading**2) * rng.normal(size=(n, k))
    steps = np.clip(np.round(2 + 1.2 * raw), 0, 4)
    return pd.DataFrame(steps, columns=[f"a{i:03d}" for i in range(1, k + 1)])


def module(code, nature, items):
    five = SimpleNamespace(choices=[SimpleNamespace(code=code) for code in (0, 1, 2, 3, 4, -1)])
    return SimpleNamespace(
        code=code, nature=nature, items=tuple(SimpleNamespace(id=item, format=five) for item in items)
    )


def instrument():
    modules = (
        module("A", "reflective", ["a001", "a002", "a003", "a004"]),
        module("D1", "formative", ["a005", "a006"]),
        module("B", "reflective", ["a007", "a008"]),
        module("I", "reflective", ["z001", "z002"]),
    )
    return SimpleNamespace(modules=modules, items={item.id: item for each in modules for item in each.items})


def codes(caught):
    assert "{" not in str(caught.value)
    return sorted(set(caught.value.codes))


def test_one_row_with_the_promised_columns():
    table = reliability(answers())
    assert table.columns.tolist() == COLUMNS
    assert table["scale"].tolist() == ["scale"]
    assert table["estimator"].tolist() == ["ml one-factor, covariances"]


@pytest.mark.parametrize(("n", "provisional"), [(44, True), (45, False)])
def test_provisional_below_forty_five(n, provisional):
    assert reliability(answers(n))["provisional"].tolist() == [provisional]


def test_known_alpha_and_omega_of_parallel_items():
    # n is large, so the true values (k r / (1 + (k - 1) r) with r = .49) are met within sampling error
    rng = np.random.default_rng(5)
    raw = 0.7 * rng.normal(size=(20_000, 1)) + np.sqrt(0.51) * rng.normal(size=(20_000, 6))
    row = reliability(pd.DataFrame(raw)).iloc[0]
    true = 6 * 0.49 / (1 + 5 * 0.49)
    assert row["alpha"] == pytest.approx(true, abs=0.005)
    assert row["omega"] == pytest.approx(true, abs=0.005)
    assert row["alpha_low"] < true < row["alpha_high"]


def test_the_interval_of_twelve_leaders_is_wide():
    # the figures that the blueprint gives: 8 items, alpha .80
    assert _feldt(0.80, 12, 8) == pytest.approx((0.57, 0.93), abs=0.01)


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(8)), st.integers(0, 1000))
def test_order_changes_nothing(order, seed):
    frame = answers(seed=seed)
    shuffled = frame.sample(frac=1, random_state=seed).iloc[:, list(order)]
    drop = ["split_half", "scale", "estimator", "omega_status"]
    one, other = (reliability(each).drop(columns=drop).astype(float) for each in (frame, shuffled))
    np.testing.assert_allclose(one, other, atol=1e-6)
    first, second = (item_analysis(each).set_index("item").sort_index() for each in (frame, shuffled))
    pd.testing.assert_frame_equal(first, second)


@settings(max_examples=10, deadline=None)
@given(st.floats(0.1, 50), st.floats(-10, 10))
def test_unit_and_origin_only_change_the_units(unit, origin):
    one, other = reliability(answers()).iloc[0], reliability(answers() * unit + origin).iloc[0]
    assert other["omega"] == pytest.approx(one["omega"], abs=1e-6)
    assert other["alpha"] == pytest.approx(one["alpha"])
    assert other["se_measurement"] == pytest.approx(one["se_measurement"] * unit)


def test_listwise_says_how_many_were_used_and_pairwise_the_fewest():
    frame = answers(60)
    frame.iloc[:5, 0] = np.nan
    frame.iloc[5:9, 1] = np.nan
    assert reliability(frame)["n_used"].tolist() == [51]
    assert reliability(frame, missing="pairwise")["n_used"].tolist() == [51]
    assert item_analysis(frame)["n"].unique().tolist() == [51]
    assert item_analysis(frame, missing="pairwise")["n"].tolist() == [55, 56, *[60] * 6]


def test_item_analysis_by_hand():
    frame = answers(30, 4)
    table = item_analysis(frame).set_index("item")
    rest = frame.drop(columns="a002")
    assert table.loc["a002", "item_rest"] == pytest.approx(frame["a002"].corr(rest.sum(axis=1)))
    assert table.loc["a002", "alpha_if_dropped"] == pytest.approx(reliability(rest)["alpha"].item())


def test_nullable_integers_are_answers():
    frame = answers(40)
    frame.iloc[0, 0] = np.nan
    pd.testing.assert_frame_equal(reliability(frame.astype("Int64")), reliability(frame))


@pytest.mark.parametrize(
    ("frame", "status"),
    [
        (answers(60, 2), "too few items"),
        (answers(8, 8), "too few people"),
        (answers(60, 4).assign(a004=2), "constant item"),
        (answers(60, 4).assign(a004=lambda each: each["a003"]), "singular"),
        (pd.DataFrame(np.random.default_rng(8).normal(size=(30, 5))), "heywood"),
    ],
)
def test_no_omega_where_the_model_cannot_be_fitted(frame, status):
    row = reliability(frame).iloc[0]
    assert (row["omega_status"], np.isnan(row["omega"]), np.isfinite(row["alpha"])) == (status, True, True)


def test_items_that_cancel_each_other_out_have_no_figure():
    row = reliability(pd.DataFrame({"x": [0.0, 1, 2, 3], "y": [4.0, 3, 2, 1]})).iloc[0]
    assert row[["alpha", "alpha_low", "alpha_standardised", "omega", "split_half"]].isna().all()
    assert row["mean_inter_item"] == pytest.approx(-1)
    rough = reliability(pd.DataFrame({"x": [0.1, 0.2, 0.3, 0.7], "y": [-0.1, -0.2, -0.3, -0.7]})).iloc[0]
    assert rough[["alpha", "alpha_standardised", "split_half"]].isna().all()


def test_everybody_the_same_is_nowhere_a_number():
    row = reliability(pd.DataFrame(np.full((10, 4), 2.0))).iloc[0]
    assert row[["alpha", "omega", "mean_inter_item", "split_half", "se_measurement"]].isna().all()
    table = item_analysis(pd.DataFrame(np.full((10, 4), 2.0)))
    assert table[["item_rest", "alpha_if_dropped"]].isna().all(axis=None)


def test_an_instrument_gives_one_row_per_reflective_scale_that_was_asked():
    table = reliability(answers(), instrument())
    assert table["scale"].tolist() == ["A", "B"]
    assert table["n_items"].tolist() == [4, 2]
    pd.testing.assert_frame_equal(
        table.iloc[[0]].drop(columns="scale"), reliability(answers().iloc[:, :4]).drop(columns="scale")
    )


def test_does_not_apply_is_not_an_answer_of_the_scale():
    frame = answers()
    frame.iloc[:7, 0] = -1
    assert reliability(frame, instrument(), scales=["A"])["n_used"].tolist() == [53]


def test_a_module_left_empty_by_all_is_not_a_scale_of_the_frame():
    frame = answers().assign(a007=np.nan, a008=None)
    assert reliability(frame, instrument())["scale"].tolist() == ["A"]


@pytest.mark.parametrize(
    ("scales", "expected"), [(["D1"], ["AM420"]), (["Q7", "D1"], ["AM420", "AM424"]), (["I"], ["AM425"])]
)
def test_what_has_no_reliability_has_a_code(scales, expected):
    with pytest.raises(AngleMortError) as caught:
        reliability(answers(), instrument(), scales=scales)
    assert codes(caught) == expected


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (answers(2), "AM423"),
        (answers().assign(a001=np.nan), "AM423"),
        (answers().iloc[:0], "AM423"),
        (answers().assign(a001="jamais"), "AM421"),
        (answers().assign(a001=np.inf), "AM422"),
        (answers().iloc[:, :1], "AM425"),
        (answers().iloc[:, [0, 1, 0]], "AM225"),
        (answers().assign(a001=True), "AM421"),
        (answers().assign(a001=1j), "AM421"),
    ],
)
@pytest.mark.parametrize("ask", [reliability, item_analysis])
def test_bad_tables_have_a_code(ask, frame, expected):
    with pytest.raises(AngleMortError) as caught:
        ask(frame)
    assert codes(caught) == [expected]


def test_other_refusals():
    with pytest.raises(AngleMortError, match="AM426"):
        reliability(answers(), missing="mean")
    with pytest.raises(AngleMortError, match="AM427"):
        reliability(answers().rename(columns=str.upper), instrument())
