"""The probability of being highest, against an independent computation."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from angle_mort.margins import half_width, probability_highest


@pytest.mark.parametrize("values", [(50, 50, 50), (70, 45, 45), (30, 62, 60)])
def test_three_values_agree_with_the_bivariate_normal(values):
    values, errors = np.array(values, float), np.array([8.0, 10.0, 6.0])
    for first in range(3):
        others = [other for other in range(3) if other != first]
        lead = values[first] - values[others]
        covariance = np.full((2, 2), errors[first] ** 2) + np.diag(errors[others] ** 2)
        expected = multivariate_normal(mean=[0, 0], cov=covariance).cdf(lead)
        assert probability_highest(values, errors)[first] == pytest.approx(expected, abs=1e-7)


def test_four_equal_values_share_and_rows_sum_to_one():
    chances = probability_highest(np.array([[50.0] * 4, [10, 90, 20, 30]]), np.full(4, 7.0))
    assert chances[0] == pytest.approx([0.25] * 4)
    assert chances.sum(axis=1) == pytest.approx([1, 1])


def test_a_missing_value_makes_the_row_missing():
    assert np.isnan(probability_highest(np.array([1.0, np.nan]), np.ones(2))).all()


def test_half_width_of_95_percent():
    assert half_width(0.95) == pytest.approx(1.959963984540054)
