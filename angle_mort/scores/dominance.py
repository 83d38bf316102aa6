"""Which of the three blocks leads, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from angle_mort.errors import AngleMortError, problem

if TYPE_CHECKING:
    from angle_mort.instrument import Norms

MIXED = "mixte"
NOT_CALCULABLE = "non calculable"
NEEDED = ("respondent", "scale", "value", "se_measurement")

_SMALLEST_ERROR = 1e-6  # points: an error declared as 0 is read as this, so that equal scores share the probability
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(96)


def dominant_block(
    table: pd.DataFrame,
    blocks: Sequence[str] = ("A", "B", "C"),
    named_at: float = 0.80,
    norms: Norms | None = None,
) -> pd.DataFrame:
    """The block that is highest, named only when the probability is high enough.

    Parameters
    ----------
    table : tidy scores, one row per respondent x scale: ``respondent, scale, value, se_measurement`` (points of 0-100).
    blocks : the codes of the three scales to compare.
    named_at : the probability, in ]0, 1], from which a block is named.
    norms : tell how alike the true scores of the blocks are; by default those declared with the package.

    Returns
    -------
    One row per respondent, in the order of the table: ``respondent``, one ``p_<block>`` per block (the probability that
    the true score of that block is the highest; they sum to 1), and ``block``: a code of ``blocks``, ``mixte``, or
    ``non calculable`` with missing probabilities when a block has no value or no standard error.

    The three errors are independent and normal. When blocks go together, large true differences are rare and part of
    an observed lead is error: the differences are drawn towards those of the population as far as their own reliability
    asks (see ``drawn_together``). Norms that do not tell how the blocks go together leave the scores as they are.
    P(A > B and A > C) is then a bivariate normal probability, computed by Gauss-Legendre quadrature over the
    correlation angle (Drezner & Wesolowsky 1990), not by simulation.

    >>> scores = pd.DataFrame({"respondent": ["L1"] * 3, "scale": list("ABC"),
    ...                        "value": [70.0, 45.0, 45.0], "se_measurement": [8.0] * 3})
    >>> dominant_block(scores).round(3).to_dict("records")
    [{'respondent': 'L1', 'p_A': 0.927, 'p_B': 0.037, 'p_C': 0.037, 'block': 'A'}]
    >>> dominant_block(scores.assign(value=50.0)).round(3).to_dict("records")
    [{'respondent': 'L1', 'p_A': 0.333, 'p_B': 0.333, 'p_C': 0.333, 'block': 'mixte'}]
    >>> dominant_block(scores.assign(value=[70.0, 45.0, None]))["block"].tolist()
    ['non calculable']
    """
    _check(table, blocks, named_at)
    values, errors = _wide(table, "value", blocks), _wide(table, "se_measurement", blocks)
    probabilities = _probabilities(*drawn_together(values, errors, blocks, norms or _declared()))
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
    return _probabilities(values, _diagonal(np.maximum(errors, _SMALLEST_ERROR) ** 2))


def drawn_together(values: NDArray, errors: NDArray, blocks: Sequence[str], norms: Norms) -> tuple[NDArray, NDArray]:
    """What is known of each row's true scores, given that the blocks go together: means n x 3, covariances n x 3 x 3.

    The true scores of the blocks have the norms' means (none: the same for all three), variances sd**2 * reliability
    and one correlation. Only the differences between blocks are drawn: the row's own level may be anything, so that no
    assumption on how high the group stands enters. This is the exact posterior under normal errors, also where missing
    answers make them unequal.
    """
    noise = np.maximum(errors, _SMALLEST_ERROR) ** 2
    if norms.block_correlation is None or not set(blocks) <= set(norms.sd):
        return values, _diagonal(noise)
    spread = np.array([norms.sd[block] * np.sqrt(norms.reliability[block]) for block in blocks])
    alike = np.full((3, 3), norms.block_correlation) + np.eye(3) * (1 - norms.block_correlation)
    precision = np.linalg.inv(alike * np.outer(spread, spread))
    level = precision.sum(axis=1)
    precision -= np.outer(level, level) / level.sum()  # nothing is known beforehand of the common level
    covariance = np.linalg.inv(precision + _diagonal(1 / noise))
    middle = np.array([norms.means.get(block, 0.0) for block in blocks])
    return middle + (covariance @ ((values - middle) / noise)[..., None])[..., 0], covariance


def _diagonal(variances: NDArray) -> NDArray:
    return variances[..., None] * np.eye(3)


def _declared() -> Norms:
    from angle_mort.instrument import load_instrument

    return load_instrument().norms


def _probabilities(means: NDArray, covariances: NDArray) -> NDArray:
    columns = [_highest(means, covariances, first) for first in range(3)]
    return np.column_stack(columns) / np.sum(columns, axis=0)[:, None]


def _highest(means: NDArray, covariances: NDArray, first: int) -> NDArray:
    contrasts = np.eye(3)[first] - np.delete(np.eye(3), first, axis=0)
    within = contrasts @ covariances @ contrasts.T
    spread = np.sqrt(within.diagonal(axis1=1, axis2=2))
    lead = means @ contrasts.T / spread
    return _both_below(lead[:, 0], lead[:, 1], within[:, 0, 1] / spread.prod(axis=1))


def _both_below(h: NDArray, k: NDArray, correlation: NDArray) -> NDArray:
    """P(X <= h and Y <= k) for standard normals of this correlation, above -1 and below 1."""
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
    """Refuse a table of scores that lacks a column, repeats a respondent x scale, or holds no finite numbers."""
    absent = [column for column in needed if column not in table]
    if absent:
        raise AngleMortError(problem("AM410", columns=", ".join(absent)))
    twice = int(table.duplicated(["respondent", "scale"]).sum())
    found = [problem("AM411", n=twice)] if twice else []
    wrong = {column: _not_finite(table[column]) for column in ("value", "se_measurement") if column in needed}
    found += [problem("AM415", column=column, count=count) for column, count in wrong.items() if count]
    if found:
        raise AngleMortError(*found)


def _not_finite(column: pd.Series) -> int:
    numbers = pd.to_numeric(column, errors="coerce")
    return int((numbers.isna() & column.notna()).sum() + np.isinf(numbers.to_numpy(float, na_value=np.nan)).sum())
