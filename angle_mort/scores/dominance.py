"""Which of the three blocks leads, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from angle_mort.errors import AngleMortError, problem

MIXED = "mixte"
NOT_CALCULABLE = "non calculable"
NEEDED = ("respondent", "scale", "value", "se_measurement")

_SMALLEST_ERROR = 1e-6  # points: an error declared as 0 is read as this, so that equal scores share the probability
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(96)


def dominant_block(
    table: pd.DataFrame, blocks: Sequence[str] = ("A", "B", "C"), named_at: float = 0.80
) -> pd.DataFrame:
    """The block that is highest, named only when the probability is high enough.

    Parameters
    ----------
    table : tidy scores, one row per respondent x scale: ``respondent, scale, value, se_measurement`` (points of 0-100).
    blocks : the codes of the three scales to compare.
    named_at : the probability, in ]0, 1], from which a block is named.

    Returns
    -------
    One row per respondent, in the order of the table: ``respondent``, one ``p_<block>`` per block (the probability that
    the true score of that block is the highest; they sum to 1), and ``block``: a code of ``blocks``, ``mixte``, or
    ``non calculable`` with missing probabilities when a block has no value or no standard error.

    The three errors are independent and normal. P(A > B and A > C) is then a bivariate normal probability, computed by
    Gauss-Legendre quadrature over the correlation angle (Drezner & Wesolowsky 1990), not by simulation.

    >>> scores = pd.DataFrame({"respondent": ["L1"] * 3, "scale": list("ABC"),
    ...                        "value": [70.0, 45.0, 45.0], "se_measurement": [8.0] * 3})
    >>> dominant_block(scores).round(3).to_dict("records")
    [{'respondent': 'L1', 'p_A': 0.975, 'p_B': 0.013, 'p_C': 0.013, 'block': 'A'}]
    >>> dominant_block(scores.assign(value=50.0)).round(3).to_dict("records")
    [{'respondent': 'L1', 'p_A': 0.333, 'p_B': 0.333, 'p_C': 0.333, 'block': 'mixte'}]
    >>> dominant_block(scores.assign(value=[70.0, 45.0, None]))["block"].tolist()
    ['non calculable']
    """
    _check(table, blocks, named_at)
    probabilities = highest_probabilities(_wide(table, "value", blocks), _wide(table, "se_measurement", blocks))
    frame = pd.DataFrame({"respondent": table["respondent"].unique()})
    frame[[f"p_{block}" for block in blocks]] = probabilities
    frame["block"] = _names(probabilities, blocks, named_at)
    return frame


def highest_probabilities(values: NDArray, errors: NDArray) -> NDArray:
    """The probability, per row, that each of three scores is the highest of the three.

    ``values`` and ``errors`` (standard errors) are n x 3; the result is n x 3, its rows sum to 1, and a row where
    anything is missing is missing.

    >>> highest_probabilities(np.array([[60.0, 50.0, 40.0]]), np.full((1, 3), 8.0)).round(4)
    array([[0.7958, 0.1815, 0.0227]])
    """
    errors = np.maximum(errors, _SMALLEST_ERROR)
    columns = [_highest(values, errors, first) for first in range(3)]
    return np.column_stack(columns) / np.sum(columns, axis=0)[:, None]


def _highest(values: NDArray, errors: NDArray, first: int) -> NDArray:
    others = [other for other in range(3) if other != first]
    spread = np.sqrt(errors[:, [first]] ** 2 + errors[:, others] ** 2)
    lead = (values[:, [first]] - values[:, others]) / spread
    correlation = errors[:, first] ** 2 / spread.prod(axis=1)
    return _both_below(lead[:, 0], lead[:, 1], correlation)


def _both_below(h: NDArray, k: NDArray, correlation: NDArray) -> NDArray:
    """P(X <= h and Y <= k) for standard normals of this correlation, in [0, 1[."""
    from scipy.special import ndtr

    angle = np.arcsin(np.minimum(correlation, 1.0))
    sine = np.sin(angle[:, None] * (_NODES + 1) / 2)
    h_, k_ = h[:, None], k[:, None]
    # h2 - 2hk.sin + k2, written as a sum of squares so that it never turns negative by rounding
    distance = (h_ - k_) ** 2 + 2 * h_ * k_ * (1 - sine)
    density = np.exp(-distance / (2 * (1 - sine**2)))
    return ndtr(h) * ndtr(k) + angle / (4 * np.pi) * (density @ _WEIGHTS)


def _names(probabilities: NDArray, blocks: Sequence[str], named_at: float) -> list[str]:
    known = ~np.isnan(probabilities).any(axis=1)
    first = np.where(known[:, None], probabilities, 0.0).argmax(axis=1)
    sure = np.where(known, probabilities.max(axis=1), 0.0) >= named_at
    return [
        (blocks[index] if named else MIXED) if calculable else NOT_CALCULABLE
        for index, named, calculable in zip(first, sure, known, strict=True)
    ]


def _wide(table: pd.DataFrame, column: str, blocks: Sequence[str]) -> NDArray:
    kept = table[table["scale"].isin(blocks)]
    wide = kept.pivot(index="respondent", columns="scale", values=column)
    return wide.reindex(index=table["respondent"].unique(), columns=list(blocks)).to_numpy(dtype=float)


def _check(table: pd.DataFrame, blocks: Sequence[str], named_at: float) -> None:
    if len(set(blocks)) != 3:
        raise AngleMortError(problem("AM414", n=len(set(blocks))))
    if not 0 < named_at <= 1:
        raise AngleMortError(problem("AM412", name="named_at", value=named_at))
    check_scores(table, NEEDED)


def check_scores(table: pd.DataFrame, needed: Sequence[str]) -> None:
    """Refuse a table of scores that lacks a column, or holds a respondent x scale twice."""
    absent = [column for column in needed if column not in table]
    if absent:
        raise AngleMortError(problem("AM410", columns=", ".join(absent)))
    twice = int(table.duplicated(["respondent", "scale"]).sum())
    if twice:
        raise AngleMortError(problem("AM411", n=twice))
