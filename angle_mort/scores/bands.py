"""In which of three bands a score stands, with the probability of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from angle_mort.errors import AngleMortError, problem
from angle_mort.scores.dominance import NEEDED, check_scores

BANDED = ("A", "B", "C", "D1", "D2", "D3", "IDO", "E", "H", "I")
REVERSED = ("E", "H", "I")
WORDS = {
    "green": "vert",
    "orange": "orange",
    "red": "rouge",
    "green_orange": "entre vert et orange",
    "orange_red": "entre orange et rouge",
    "unknown": "non calculable",
}
PROBABILITIES = ["p_green", "p_orange", "p_red"]


def bands(
    table: pd.DataFrame,
    thresholds: tuple[float, float] = (40, 65),
    named_at: float = 0.75,
    scales: Collection[str] = BANDED,
    reversed_scales: Collection[str] = REVERSED,
    words: Mapping[str, str] = WORDS,
) -> pd.DataFrame:
    """Green, orange or red, and how probable each is given the score's own margin.

    Parameters
    ----------
    table : tidy scores with ``respondent, scale, value, se_measurement`` (points of 0-100).
    thresholds : green is below the first, red is from the second on, in points.
    named_at : the probability, in ]0, 1], from which one band is named; below it, two neighbours are.
    scales : the scales that have bands; other rows are left out.
    reversed_scales : scales where high is good: they are read as 100 - value.
    words : what to write for ``green, orange, red, green_orange, orange_red, unknown``.

    Returns
    -------
    One row per respondent x scale, in the order of the table: ``respondent, scale, p_green, p_orange, p_red, band``.
    The probabilities sum to 1; errors are normal; a standard error of 0 gives probabilities of 0 and 1. Without a
    value or a standard error they are missing and the band is ``non calculable``.

    >>> scores = pd.DataFrame({"respondent": ["L1"] * 3, "scale": ["A", "B", "E"], "value": [30.0, 60.0, 30.0],
    ...                        "se_measurement": [8.0, 8.0, 0.0]})
    >>> print(bands(scores).round(2).to_string(index=False))
    respondent scale  p_green  p_orange  p_red                  band
            L1     A     0.89      0.11   0.00                  vert
            L1     B     0.01      0.73   0.27 entre orange et rouge
            L1     E     0.00      0.00   1.00                 rouge
    """
    _check(table, thresholds, named_at)
    kept = table[table["scale"].isin(scales)]
    value = kept["value"].to_numpy(dtype=float)
    blockage = np.where(kept["scale"].isin(reversed_scales), 100 - value, value)
    chances = _chances(blockage, kept["se_measurement"].to_numpy(dtype=float), thresholds)
    frame = kept[["respondent", "scale"]].reset_index(drop=True)
    frame[PROBABILITIES] = chances
    frame["band"] = [words[name] for name in _names(chances, named_at)]
    return frame


def _chances(value: NDArray, error: NDArray, thresholds: tuple[float, float]) -> NDArray:
    below_first, below_second = (_below(threshold, value, error) for threshold in thresholds)
    return np.column_stack([below_first, below_second - below_first, 1 - below_second])


def _below(threshold: float, value: NDArray, error: NDArray) -> NDArray:
    from scipy.special import ndtr

    exact = error == 0
    normal = ndtr((threshold - value) / np.where(exact, 1.0, error))
    return np.where(exact & ~np.isnan(value), value < threshold, normal)


def _names(chances: NDArray, named_at: float) -> list[str]:
    names = np.array(["green", "orange", "red"])
    known = ~np.isnan(chances).any(axis=1)
    filled = np.where(known[:, None], chances, 0.0)
    between = np.where(filled[:, 0] > filled[:, 2], "green_orange", "orange_red")
    named = np.where(filled.max(axis=1) >= named_at, names[filled.argmax(axis=1)], between)
    return np.where(known, named, "unknown").tolist()


def _check(table: pd.DataFrame, thresholds: tuple[float, float], named_at: float) -> None:
    if not 0 < named_at <= 1:
        raise AngleMortError(problem("AM412", name="named_at", value=named_at))
    if not thresholds[0] < thresholds[1]:
        raise AngleMortError(problem("AM413", first=thresholds[0], second=thresholds[1]))
    check_scores(table, NEEDED)
