"""Who could be found: the classes of people who look alike, and the chance that somebody points at the right row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from angle_mort.margins import half_width

_LEVEL = 0.95


def class_sizes(rows: pd.DataFrame, known: Sequence[str]) -> pd.Series:
    """For each row, how many share everything in the columns ``known``; a missing value is a value."""
    if not known:
        return pd.Series(len(rows), index=rows.index)
    return rows.groupby(list(known), dropna=False)[known[0]].transform("size").astype(int)


def k_anonymity(rows: pd.DataFrame, known: Sequence[str]) -> int:
    """The size of the smallest class (Samarati & Sweeney 1998).

    >>> k_anonymity(pd.DataFrame({"trade": list("aaabb")}), ["trade"])
    2
    """
    return int(class_sizes(rows, known).min())


def l_diversity(rows: pd.DataFrame, known: Sequence[str], sensitive: str) -> int:
    """The fewest different values of ``sensitive`` in a class (Machanavajjhala et al. 2007, distinct l).

    Where it is 1, whoever knows the class of a person knows the value without finding the row.

    >>> l_diversity(pd.DataFrame({"trade": list("aaabb"), "answer": [1, 2, 2, 3, 3]}), ["trade"], "answer")
    1
    """
    keys = list(known) or pd.Series(0, index=rows.index)
    return int(rows.groupby(keys, dropna=False)[sensitive].nunique(dropna=False).min())


def attack(knows: str, success: Sequence[float]) -> dict[str, object]:
    """One line of the table of attacks, from the chance of success on each person, 0-1.

    ``success_mean`` with its Wilson interval at 95 % (what another draw of so many people would give), ``success_max``
    (the person who is easiest to find), and ``baseline``: pointing at a row with closed eyes.
    """
    n, mean = len(success), float(np.mean(success))
    return {
        "attacker_knows": knows,
        "success_mean": round(mean, 4),
        "interval": list(wilson(mean, n, _LEVEL)),
        "success_max": round(float(np.max(success)), 4),
        "baseline": round(1 / n, 4),
    }


def wilson(share: float, n: int, level: float) -> tuple[float, float]:
    """Wilson's interval of a share of n (1927), 4 decimals.

    >>> wilson(0.0, 24, 0.95)
    (0.0, 0.138)
    """
    z = half_width(level)
    middle, reach = share + z**2 / (2 * n), z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    low, high = (float(np.clip(edge / (1 + z**2 / n), 0, 1)) for edge in (middle - reach, middle + reach))
    return round(low, 4), round(high, 4)
