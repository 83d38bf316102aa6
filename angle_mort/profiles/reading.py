"""Whether people bear profiles, which, and what goes with them: comparison, verdict and model in one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from angle_mort.instrument import Instrument
from angle_mort.profiles.model import ProfileModel
from angle_mort.profiles.one_group import simplest
from angle_mort.profiles.selection import RULES, Verdict, compare_profiles, verdict

_NO_CONSEQUENCES = ["profile", "name", "outcome", "n", "mean", "se", "low", "high", "p"]


@dataclass(frozen=True)
class ProfileReading:
    """What ``compare_profiles`` found, the BIC of the best single group, and, when profiles may be told, their model
    and its consequences (a frame without rows otherwise)."""

    comparison: pd.DataFrame
    verdict: Verdict
    single_bic: float
    model: ProfileModel | None
    consequences: pd.DataFrame


def read_profiles(
    scores: pd.DataFrame,
    standard_errors: pd.DataFrame,
    outcomes: pd.DataFrame,
    instrument: Instrument,
    max_components: int = 6,
    progress: Callable[[int, int], None] | None = None,
) -> ProfileReading:
    """Compare, judge, and fit what may be told: respondents x blocks, their errors, and respondents x outcomes."""
    comparison = compare_profiles(
        scores, max_components, standard_errors=standard_errors, measured="verdict", progress=progress
    )
    told = verdict(comparison)
    model = _model(scores, standard_errors, told, instrument) if told.shown else None
    consequences = model.consequences(outcomes) if model else pd.DataFrame(columns=_NO_CONSEQUENCES)
    return ProfileReading(comparison, told, _single_bic(comparison, scores, standard_errors), model, consequences)


def _model(scores, errors, told: Verdict, instrument: Instrument) -> ProfileModel:
    starts = next(rule.starts for rule in reversed(RULES) if len(scores) >= rule.n)
    return ProfileModel.fit(
        scores,
        errors,
        family=told.family,
        n_components=told.n_components,
        n_init=starts,
        instrument=instrument,
        verdict=told.code,
    )


def _single_bic(comparison: pd.DataFrame, scores: pd.DataFrame, errors: pd.DataFrame) -> float:
    """The lowest BIC of a single group, that of few numbers included; missing where nothing was fitted."""
    singles = comparison.loc[comparison["n_components"] == 1, "bic"].astype(float)
    if singles.isna().all():
        return float("nan")
    kept = scores.notna().any(axis=1)
    values, margins = scores[kept].to_numpy(dtype=float), np.nan_to_num(errors[kept].to_numpy(dtype=float))
    return min(singles.min(), simplest(values, margins).bic(len(values)))
