"""The dominant block: exact probabilities, a name only when it is sure enough."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from angle_mort.errors import AngleMortError
from angle_mort.scores.dominance import dominant_block, highest_probabilities

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


def test_about_fifteen_points_name_a_block_at_a_margin_of_eight():
    named = dominant_block(tidy([[62, 45, 45], [57, 45, 45], [52, 45, 45]]))["block"].tolist()
    assert named == ["A", "mixte", "mixte"]


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
    assert [each.code for each in caught.value.problems] == [code]
    assert "{" not in str(caught.value)
