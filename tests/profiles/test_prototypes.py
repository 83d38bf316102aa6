"""Placement among declared prototypes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from angle_mort.errors import AngleMortError
from angle_mort.instrument.model import Prototype, Prototypes
from angle_mort.profiles.prototypes import place_among_prototypes

POSITIONS = {"doer": (70, 45, 45), "checker": (45, 70, 45), "carrier": (45, 45, 70), "locked": (72, 72, 72)}
PROTOTYPES = Prototypes(
    "1", ("A", "B", "C"), 8.0, 0.80,
    tuple(Prototype(code, code, code, dict(zip("ABC", at, strict=True))) for code, at in POSITIONS.items()), "invented",
)  # fmt: skip


def tidy(rows, error=8.0):
    rows = np.asarray(rows, dtype=float)
    return pd.DataFrame(
        {
            "respondent": np.repeat([f"L{i}" for i in range(len(rows))], 3),
            "scale": list("ABC") * len(rows),
            "value": rows.ravel(),
            "se_measurement": error,
        }
    )


def kernel(row, error):
    spread = np.hypot(8.0, error)
    weights = np.array(
        [
            np.prod([norm.pdf(x, m, spread) for x, m in zip(row, at, strict=True) if not np.isnan(x)])
            for at in POSITIONS.values()
        ]
    )
    return weights / weights.sum()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(20, 90), min_size=3, max_size=3), st.floats(0, 20))
def test_memberships_are_the_gaussian_kernel(row, error):
    placed = place_among_prototypes(tidy([row], error), PROTOTYPES)
    np.testing.assert_allclose(placed[list(POSITIONS)].to_numpy()[0], kernel(row, error), atol=1e-12)
    assert placed[list(POSITIONS)].to_numpy().sum() == pytest.approx(1)


def test_a_missing_block_leaves_its_dimension_out():
    placed = place_among_prototypes(tidy([[70, np.nan, 45]]), PROTOTYPES)
    np.testing.assert_allclose(placed[list(POSITIONS)].to_numpy()[0], kernel([70, np.nan, 45], 8.0))


def test_nobody_is_named_without_a_block():
    placed = place_among_prototypes(tidy([[np.nan] * 3, [70, 45, 45]]), PROTOTYPES)
    assert placed["nearest"].tolist() == [None, "doer"]
    assert placed["named"].tolist() == [False, True]
    assert placed[[*POSITIONS, "probability"]].isna().all(axis=1).tolist() == [True, False]


def test_a_wide_margin_takes_the_name_away():
    named = [place_among_prototypes(tidy([[62, 48, 48]], error), PROTOTYPES)["named"].item() for error in (0.0, 30.0)]
    assert named == [True, False]


def test_positions_out_of_reach_still_have_a_probability():
    placed = place_among_prototypes(tidy([[100_000, 0, 0]], 0.0), PROTOTYPES)
    assert placed["nearest"].tolist() == ["locked"]


def test_order_of_respondents_is_kept():
    table = tidy([[70, 45, 45], [45, 70, 45]]).iloc[::-1]
    placed = place_among_prototypes(table, PROTOTYPES)
    assert placed[["respondent", "nearest"]].to_numpy().tolist() == [["L1", "checker"], ["L0", "doer"]]


@pytest.mark.parametrize(
    ("change", "code"), [(lambda t: t.drop(columns="value"), "AM501"), (lambda t: pd.concat([t, t]), "AM502")]
)
def test_wrong_tables_have_a_code(change, code):
    with pytest.raises(AngleMortError, match=code):
        place_among_prototypes(change(tidy([[50, 50, 50]])), PROTOTYPES)
