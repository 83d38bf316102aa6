"""What really changed between two waves, beyond the margin of the two scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from angle_mort.errors import AngleMortError, problem
from angle_mort.instrument import load_instrument
from angle_mort.margins import half_width
from angle_mort.scores.dominance import NEEDED, check_scores

if TYPE_CHECKING:
    from angle_mort.instrument import Norms

COLUMNS = ["respondent", "scale", "before", "after", "difference", "threshold", "direction"]


def reliable_change(
    before: pd.DataFrame,
    after: pd.DataFrame,
    level: float = 0.90,
    high_is_good: Mapping[str, bool] | None = None,
    norms: Norms | None = None,
) -> pd.DataFrame:
    """Each respondent's change, and whether it passes what the two margins could produce alone.

    Parameters
    ----------
    before, after : tidy scores of two waves with ``respondent, scale, value, se_measurement`` (points of 0-100).
    level : in ]0, 1[: without any true change, a share of ``1 - level`` would still pass the threshold.
    high_is_good : per scale, whether more is better, None where neither is; by default as the standard questionnaire
        declares it, fact by fact where facts differ (a longer absence is better, more calls are worse).
    norms : where they hold the retest reliability of a scale, the margins are those of a retest instead of alpha's:
        each standard error times sqrt((1 - retest) / (1 - reliability)).

    Returns
    -------
    One row per respondent x scale found in both tables, in the order of ``before``: ``respondent, scale, before, after,
    difference`` (after - before), ``threshold`` (z * sqrt(se_before**2 + se_after**2), same units) and ``direction``:
    ``better`` or ``worse`` when the difference passes the threshold, ``changed`` when it does and the scale has no
    declared good side, ``none`` when it does not, ``unknown`` when a value or one standard error is missing. What has
    no standard error in either wave, and a value in one, is a fact (the two-week scenario, a count of tasks): its
    threshold is 0, a transition from 1 to 2 is a transition, and a count is a count. Calculable in neither wave, it has
    no threshold.
    A choice of the standard questionnaire (which gain first, which prides) is not subtracted: no difference and no
    threshold, ``changed`` or ``none``.

    Regression to the mean: somebody picked for a very high score is expected to come nearer to the middle without any
    true change, by (1 - reliability) of the distance to the mean of the group they were picked from. A threshold around
    one person's difference does not correct that; a comparison group does.

    Raises ``AngleMortError``: AM410, AM411, AM415 for the tables, AM412 for the level, AM103 for a retest reliability
    of a scale that has no reliability in the norms.

    Source: Jacobson & Truax 1991; two standard errors as in Christensen & Mendoza 1986.

    >>> scores = pd.DataFrame({"respondent": ["L1", "L1"], "scale": ["A", "E"], "value": [70.0, 40.0],
    ...                        "se_measurement": [8.0, 8.0]})
    >>> later = scores.assign(value=[48.0, 52.0])
    >>> change = reliable_change(scores, later, high_is_good={"A": False, "E": True})
    >>> change[["scale", "difference", "direction"]].to_dict("list")
    {'scale': ['A', 'E'], 'difference': [-22.0, 12.0], 'direction': ['better', 'none']}
    >>> change["threshold"].round(1).tolist()
    [18.6, 18.6]
    """
    _check(before, after, level, norms)
    both = _paired(before, after)
    unmeasured = both["se_before"].isna() & both["se_after"].isna()
    fact = unmeasured & (both["before"].notna() | both["after"].notna())
    both["difference"] = both["after"] - both["before"]
    margin = half_width(level) * np.hypot(both["se_before"], both["se_after"]) * retest_factor(both["scale"], norms)
    both["threshold"] = margin.mask(fact, 0.0)
    both["direction"] = _direction(both, _good_sides(both["scale"].unique(), high_is_good))
    chosen = both["scale"].isin(load_instrument().preferences)
    both[["difference", "threshold"]] = both[["difference", "threshold"]].mask(chosen)
    return both[COLUMNS]


def _paired(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    keys = ["respondent", "scale"]
    first, second = (
        table[list(NEEDED)].rename(columns={"value": wave, "se_measurement": f"se_{wave}"})
        for table, wave in ((before, "before"), (after, "after"))
    )
    return first.merge(second, on=keys, how="inner", validate="one_to_one")


def _direction(both: pd.DataFrame, good: Mapping[str, bool | None]) -> np.ndarray:
    side = both["scale"].map({scale: {True: 1.0, False: -1.0}.get(high) for scale, high in good.items()}).astype(float)
    gain = both["difference"] * side
    real = both["difference"].abs() > both["threshold"]
    known = both["threshold"].notna() & both["difference"].notna()
    cases = [~known, ~real, gain > 0, gain < 0]
    return np.select(cases, ["unknown", "none", "better", "worse"], default="changed")


def _good_sides(scales: np.ndarray, high_is_good: Mapping[str, bool] | None) -> dict[str, bool | None]:
    if high_is_good is not None:
        return {scale: high_is_good.get(scale) for scale in scales}
    instrument = load_instrument()
    return {scale: instrument.high_is_good(scale) for scale in scales}


def retest_factor(scales: pd.Series, norms: Norms | None) -> pd.Series:
    """How much wider or narrower a margin is when the retest reliability is known, per row; 1 where it is not."""
    known = dict(norms.retest) if norms else {}
    wider = {scale: float(np.sqrt((1 - again) / (1 - norms.reliability[scale]))) for scale, again in known.items()}
    return scales.map(wider).astype(float).fillna(1.0)


def _check(before: pd.DataFrame, after: pd.DataFrame, level: float, norms: Norms | None) -> None:
    if not 0 < level < 1:
        raise AngleMortError(problem("AM412", name="level", value=level))
    alone = norms.retest_alone if norms else []
    if alone:
        raise AngleMortError(*(problem("AM103", path=norms.name, reason=f"retest of {each} alone") for each in alone))
    check_scores(before, NEEDED)
    check_scores(after, NEEDED)
