"""The dominant block: exact probabilities, a name only when it is sure enough."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from angle_mort.errors import AngleMortError
from angle_mort.instrument import load_norms
from angle_mort.scores.dominance import dominant_block, highest_probabilities

ALONE = load_norms("provisoire-1")
"""Norms that do not tell how the blocks go together: three errors and nothing else."""

points = st.floats(0, 100)
margins = st.floats(2, 25)


def tidy(rows, errors=None, blocks=("A", "B", "C")):
    values = np.asarray(rows, dtype=float)
    errors = np.full(values.shape, 8.0) if errors is None else np.asarray(errors, dtype=float)
    n = len(values)
    return pd.DataFrame(
        {
            "respondent": np.repeat([f"L{i}" for i in range(n)], 3),
            "scale": list(blocks) * n,
            "value": values.ravel(),
            "se_measurement": errors.ravel(),
        }
    )


def bivariate(values, errors, first):
    others = [other for other in range(3) if other != first]
    spread = np.hypot(errors[first], errors[others])
    correlation = errors[first] ** 2 / spread.prod()
    lead = (values[first] - values[others]) / spread
    return multivariate_normal.cdf(lead, cov=[[1, correlation], [correlation, 1]])


@pytest.mark.parametrize("smallest", [5.0, 0.5])
def test_probabilities_equal_the_bivariate_normal(smallest):
    rng = np.random.default_rng(11)
    values = rng.uniform(20, 80, (60, 3))
    errors = rng.uniform(smallest, 20, (60, 3))
    expected = [[bivariate(v, e, first) for first in range(3)] for v, e in zip(values, errors, strict=True)]
    np.testing.assert_allclose(highest_probabilities(values, errors), expected, atol=1e-8, rtol=0)


@settings(max_examples=50, deadline=None)
@given(st.tuples(points, points, points), st.tuples(margins, margins, margins), st.permutations(range(3)))
def test_rows_sum_to_one_and_order_does_not_matter(values, errors, order):
    values, errors = np.array([values]), np.array([errors])
    straight = highest_probabilities(values, errors)
    assert straight.sum() == pytest.approx(1)
    moved = highest_probabilities(values[:, order], errors[:, order])
    np.testing.assert_allclose(moved, straight[:, order], atol=1e-12)


@pytest.mark.parametrize("error", [0.0, 8.0])
def test_equal_scores_share_the_probability(error):
    np.testing.assert_allclose(highest_probabilities(np.full((1, 3), 50.0), np.full((1, 3), error)), 1 / 3)


def test_about_fifteen_points_name_a_block_at_a_margin_of_eight_and_seventeen_once_blocks_go_together():
    table = tidy([[62.5, 45, 45], [60, 45, 45], [58, 45, 45]])
    assert dominant_block(table, norms=ALONE)["block"].tolist() == ["A", "A", "mixte"]
    assert dominant_block(table)["block"].tolist() == ["A", "mixte", "mixte"]


# --------------------------------------------------------------------------------- differences that are drawn together


def simulated(values, errors, norms, draws=400_000):
    """P(highest) by draws from the population, whose level may be anything, weighed by how well they explain values."""
    rng = np.random.default_rng(5)
    spread = np.array([norms.sd[block] * np.sqrt(norms.reliability[block]) for block in "ABC"])
    alike = np.full((3, 3), norms.block_correlation) + np.eye(3) * (1 - norms.block_correlation)
    true = rng.multivariate_normal(
        [norms.means.get(block, 0) for block in "ABC"], alike * np.outer(spread, spread), draws
    )
    true += rng.uniform(-60, 60, (draws, 1)) + np.mean(values)
    fit = -(((np.asarray(values) - true) / np.asarray(errors)) ** 2).sum(axis=1) / 2
    return np.bincount(true.argmax(axis=1), np.exp(fit - fit.max()), 3) / np.exp(fit - fit.max()).sum()


@pytest.mark.parametrize(
    ("values", "errors", "change"),
    [
        ([62, 50, 45], [8, 8, 8], {}),
        ([62, 50, 45], [8, 12, 9], {"block_correlation": 0.8}),
        ([55, 50, 52], [6, 8, 10], {"sd": {"A": 20, "B": 16, "C": 18}, "block_correlation": 0.2}),
    ],
)
def test_the_probabilities_are_those_of_the_population_weighed_by_the_scores(values, errors, change):
    norms = dataclasses.replace(load_norms(), **change)
    told = dominant_block(tidy([values], [errors]), norms=norms)[["p_A", "p_B", "p_C"]].to_numpy()[0]
    np.testing.assert_allclose(told, simulated(values, errors, norms), atol=0.012)


def test_the_more_alike_the_blocks_the_less_a_lead_is_worth_and_its_order_stays():
    chances = [
        dominant_block(tidy([[65, 50, 40]]), norms=dataclasses.replace(load_norms(), block_correlation=each))
        for each in (0.0, 0.3, 0.6, 0.9)
    ]
    first = [frame["p_A"].item() for frame in chances]
    assert first == sorted(first, reverse=True) and first[0] - first[-1] > 0.15
    assert all(frame["p_A"].item() > frame["p_B"].item() > frame["p_C"].item() for frame in chances)


def test_a_block_that_is_high_for_everybody_must_be_higher_still():
    equal, high = (dataclasses.replace(load_norms(), means=each) for each in ({}, {"A": 65.0, "B": 50.0, "C": 50.0}))
    table = tidy([[62, 55, 55]])
    assert dominant_block(table, norms=high)["p_A"].item() > dominant_block(table, norms=equal)["p_A"].item()
    assert dominant_block(tidy([[55, 62, 55]]), norms=high)["p_B"].item() < 0.6


@pytest.mark.parametrize("norms", [None, "drawn"])
def test_another_level_changes_nothing(norms):
    norms = dataclasses.replace(load_norms(), means={"A": 60.0, "B": 50.0, "C": 40.0}) if norms else None
    low, high = ([[20 + each, 30 + each, 15 + each]] for each in (0, 45))
    errors = [[8, 9, 12]]
    told = [dominant_block(tidy(each, errors), norms=norms).drop(columns="respondent") for each in (low, high)]
    pd.testing.assert_frame_equal(*told)


@settings(max_examples=30, deadline=None)
@given(st.tuples(points, points, points), st.tuples(margins, margins, margins), st.permutations("ABC"))
def test_the_order_of_the_blocks_does_not_matter(values, errors, order):
    frame = tidy([values], [errors])
    straight, moved = dominant_block(frame), dominant_block(frame, blocks=order)
    assert straight[["p_A", "p_B", "p_C"]].sum(axis=1).item() == pytest.approx(1)
    np.testing.assert_allclose(moved[[f"p_{b}" for b in "ABC"]], straight[["p_A", "p_B", "p_C"]], atol=1e-9)


def test_a_missing_value_or_error_is_not_calculable():
    frame = dominant_block(tidy([[70, 40, np.nan], [70, 40, 40], [70, 40, 40]], [[8, 8, 8], [8, np.nan, 8], [8, 8, 8]]))
    assert frame["block"].tolist() == ["non calculable", "non calculable", "A"]
    assert frame[["p_A", "p_B", "p_C"]].isna().all(axis=1).tolist() == [True, True, False]


def test_a_respondent_without_the_blocks_keeps_a_row():
    table = pd.concat([tidy([[70, 40, 40]]), pd.DataFrame({"respondent": ["Z"], "scale": ["E"], "value": [50.0]})])
    assert dominant_block(table)[["respondent", "block"]].to_numpy().tolist() == [["L0", "A"], ["Z", "non calculable"]]


def test_other_blocks_and_order_of_respondents():
    table = tidy([[30, 80, 30], [80, 30, 30]], blocks=("A1", "B1", "C1")).iloc[::-1]
    frame = dominant_block(table, blocks=("A1", "B1", "C1"))
    assert frame["respondent"].tolist() == ["L1", "L0"]
    assert frame["block"].tolist() == ["A1", "B1"]
    assert frame.columns.tolist() == ["respondent", "p_A1", "p_B1", "p_C1", "block"]


@pytest.mark.parametrize(
    ("change", "options", "code"),
    [
        (lambda t: t.drop(columns="se_measurement"), {}, "AM410"),
        (lambda t: pd.concat([t, t]), {}, "AM411"),
        (lambda t: t, {"named_at": 1.5}, "AM412"),
        (lambda t: t, {"blocks": ("A", "B")}, "AM414"),
    ],
)
def test_what_is_wrong_is_told_by_a_code(change, options, code):
    with pytest.raises(AngleMortError) as caught:
        dominant_block(change(tidy([[50, 50, 50]])), **options)
    assert caught.value.codes == [code]
    assert "{" not in str(caught.value)
