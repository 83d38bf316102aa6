"""Evidence for the four steps, 0-100 each, high meaning further along the path."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from angle_mort.instrument import Instrument
from angle_mort.margins import half_width, probability_highest

COLUMNS = ("respondent", "step", "value", "se_measurement", "low", "high")
_MARGINS = ["value", "se_measurement", "low", "high"]


def step_evidence(table: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """What the answers say of each step, from a tidy table of scores.

    Role: share of the week on the five missions. Delegation: share of the firm's tasks no longer done by the leader
    alone. Structure: index H. Acceptance: scale I. Returns one row per respondent x step: ``respondent``, ``step``,
    ``value`` (0-100, NaN when not calculable), ``se_measurement``, ``low``, ``high``.
    """
    level = instrument.scoring["interval_level"]["value"]
    blocks = []
    for step in instrument.scoring["steps"]["path"]:
        rows = table[table["scale"] == step["evidence"]]
        reading = _READINGS.get(step["evidence"], _as_scored)
        blocks.append(reading(rows, instrument, level).assign(step=step["code"]))
    return pd.concat(blocks, ignore_index=True)[list(COLUMNS)]


def _as_scored(rows: pd.DataFrame, instrument: Instrument, level: float) -> pd.DataFrame:
    return rows[["respondent", *_MARGINS]]


def _tasks_handed_over(rows: pd.DataFrame, instrument: Instrument, level: float) -> pd.DataFrame:
    """Counts of tasks still « Moi » to the share handed over; the declared error is that of a full list of tasks."""
    tasks = rows["n_items"].where(rows["n_items"] > 0)
    full = len(instrument.module("G").items)
    error = (instrument.norms.declared_errors["G"] * full / tasks).where(rows["value"].notna())
    reach = half_width(level) * error.fillna(0)
    return pd.DataFrame(
        {
            "respondent": rows["respondent"],
            "value": 100 * (1 - rows["value"] / tasks),
            "se_measurement": error,
            "low": (100 * (1 - rows["high"] / tasks) - reach).clip(0, 100),
            "high": (100 * (1 - rows["low"] / tasks) + reach).clip(0, 100),
        }
    )


_READINGS: Mapping[str, Callable] = {"G": _tasks_handed_over}


def weakest_step(evidence: pd.DataFrame, named_at: float) -> tuple[pd.Series, str | None]:
    """The probability that each step lies furthest below its own target, and the step named when probable enough.

    ``evidence`` is indexed by step with ``value``, ``se_measurement`` and ``target`` (all 0-100). The four have no unit
    in common, so each is read as a share of its target. Nothing is named while one is missing.

    >>> steps = pd.DataFrame({"value": [20.0, 60.0, 55.0, 60.0], "se_measurement": 6.0,
    ...                       "target": [50, 75, 67, 65]}, index=list("rdsa"))
    >>> weakest_step(steps, 0.80)[1]
    'r'
    """
    value, error, target = (evidence[column].to_numpy(float) for column in ("value", "se_measurement", "target"))
    chances, named = weakest_of(value, error, target, named_at)
    return pd.Series(chances, index=evidence.index), None if named is None else str(evidence.index[named])


def weakest_of(value: NDArray, error: NDArray, target: NDArray, named_at: float) -> tuple[NDArray, int | None]:
    """The same for one leader's steps as arrays: the probabilities (NaN while one is missing), and the place named."""
    if np.isnan(value + error).any():
        return np.full(len(value), np.nan), None
    chances = probability_highest(-value / target, error / target)
    return chances, (int(chances.argmax()) if chances.max() >= named_at else None)
