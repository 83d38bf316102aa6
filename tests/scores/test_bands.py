"""Bands: three probabilities, one band named only when it is sure enough."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from angle_mort.errors import AngleMortError
from angle_mort.scores.bands import bands

CHANCES = ["p_green", "p_orange", "p_red"]


def one(value, error=8.0, scale="A"):
    return pd.DataFrame({"respondent": ["L1"], "scale": [scale], "value": [value], "se_measurement": [error]})


@settings(max_examples=50, deadline=None)
@given(st.floats(0, 100), st.floats(0.5, 40))
def test_probabilities_are_those_of_a_normal_error(value, error):
    green, orange, red = bands(one(value, error))[CHANCES].iloc[0]
    assert green == pytest.approx(norm.cdf(40, value, error))
    assert red == pytest.approx(norm.sf(65, value, error))
    assert green + orange + red == pytest.approx(1)


@pytest.mark.parametrize(
    ("value", "error", "band"),
    [
        (20.0, 8.0, "vert"),
        (52.5, 8.0, "orange"),
        (90.0, 8.0, "rouge"),
        (41.0, 8.0, "entre vert et orange"),
        (64.0, 8.0, "entre orange et rouge"),
        (39.99, 0.0, "vert"),
        (40.0, 0.0, "orange"),
        (65.0, 0.0, "rouge"),
        (np.nan, 8.0, "non calculable"),
        (np.nan, 0.0, "non calculable"),
        (50.0, np.nan, "non calculable"),
    ],
)
def test_the_band_that_is_named(value, error, band):
    assert bands(one(value, error))["band"].tolist() == [band]


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 100))
def test_a_reversed_scale_is_read_as_its_complement(value):
    reversed_, straight = bands(one(value, scale="E")), bands(one(100 - value, scale="A"))
    pd.testing.assert_frame_equal(reversed_[[*CHANCES, "band"]], straight[[*CHANCES, "band"]])


def test_scales_without_bands_are_left_out_and_words_are_data():
    table = pd.concat([one(20.0), one(2.0, np.nan, "J")])
    words = dict.fromkeys(("green", "orange", "red", "green_orange", "orange_red", "unknown"), "?") | {"green": "calme"}
    assert bands(table, words=words)[["scale", "band"]].to_numpy().tolist() == [["A", "calme"]]


@pytest.mark.parametrize(("options", "code"), [({"named_at": 0}, "AM412"), ({"thresholds": (65, 40)}, "AM413")])
def test_wrong_settings_have_a_code(options, code):
    with pytest.raises(AngleMortError, match=code):
        bands(one(50.0), **options)


def test_a_table_that_is_no_table_of_scores_has_a_code():
    with pytest.raises(AngleMortError, match="AM410"):
        bands(one(50.0).drop(columns="scale"))
    with pytest.raises(AngleMortError, match="AM411"):
        bands(pd.concat([one(50.0), one(50.0)]))
