"""Norms from a pool of answers: what margins rest on once enough leaders have answered."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd

from angle_mort.errors import AngleMortError, problem
from angle_mort.instrument import Instrument, Norms, load_instrument
from angle_mort.scores.reliability import reliability
from angle_mort.scores.scales import score_responses

RANKS = (5, 10, 25, 50, 75, 90, 95)
"""The percentile ranks that norms hold: at 100 leaders the outermost rest on five people."""


def build_norms(
    pool: pd.DataFrame,
    population: str = "",
    day: datetime.date | None = None,
    instrument: Instrument | None = None,
    name: str = "",
) -> Norms:
    """Reliability (Cronbach's alpha, complete cases), its interval and the SD of each reflective scale of a pool.

    ``pool`` is respondents x items (codes; NaN missing, -1 does not apply), ``population`` says in French who they are,
    ``day`` when they answered (today without it).
    Reliabilities have 3 decimals with Feldt's interval at the instrument's declared level; SDs are in points of 0-100,
    2 decimals; ``percentiles`` (ranks 5 to 95, in points, 1 decimal) of every score that can be calculated stand only
    where the instrument's 100 leaders left no gap. ``n`` is the smallest number of leaders that any scale rests on;
    ``sizes`` tells it per scale. A scale that nobody of the pool was asked keeps its declared values, and has no size.
    The norms are ``provisional`` while a scale keeps them, or rests on fewer leaders than the instrument's rule asks.
    Errors of single answers stay those declared: one wave cannot tell them.

    ``write_norms(norms, path)`` keeps the result, ``load_instrument(norms=path)`` scores with it.

    Raises ``AngleMortError``: those of ``reliability``, and AM428 where alpha does not lie between 0 and 1.

    >>> import angle_mort as am
    >>> pool = am.make_cohort(n=60, seed=3, not_applicable=0).responses
    >>> norms = build_norms(pool, "dirigeants inventes", datetime.date(2026, 11, 23))
    >>> norms.n, norms.provisional, sorted(norms.reliability), dict(norms.percentiles)
    (60, False, ['A', 'B', 'C', 'D3', 'I'], {})
    """
    instrument, day = instrument or load_instrument(), day or datetime.date.today()
    level = instrument.scoring["interval_level"]["value"]
    rows = reliability(pool, instrument, level=level).set_index("scale")
    _refuse_impossible(rows["alpha"])
    declared = instrument.norms
    points = {scale: 100 / instrument.module(scale).items[0].format.highest for scale in rows.index}
    asked = set(declared.reliability) <= set(rows.index)
    n = int(rows["n_used"].min())
    return Norms(
        name=name or f"pool-{day.isoformat()}",
        provisional=n < instrument.scoring["norms"]["provisional_below"] or not asked,
        n=n,
        day=day.isoformat(),
        population=population,
        estimator="alpha",
        sd=dict(declared.sd) | {scale: round(float(rows["sd"][scale] * points[scale]), 2) for scale in rows.index},
        reliability=dict(declared.reliability) | {s: round(float(alpha), 3) for s, alpha in rows["alpha"].items()},
        retest=dict(declared.retest),
        answer_error=declared.answer_error,
        declared_errors=dict(declared.declared_errors),
        source=f"n = {n}, {population}",
        level=level,
        sizes={scale: int(size) for scale, size in rows["n_used"].items()},
        reliability_interval={
            row.Index: (round(row.alpha_low, 3), round(row.alpha_high, 3)) for row in rows.itertuples()
        },
        percentiles=_percentiles(pool, instrument, rows["n_used"]),
    )


def _refuse_impossible(alphas: pd.Series) -> None:
    """No margin can be made from such a value; rounding may not turn it into 0 or 1 either."""
    wrong = [scale for scale, alpha in alphas.items() if not 0.0005 <= alpha < 0.9995]
    if wrong:
        raise AngleMortError(*(problem("AM428", scale=scale) for scale in wrong))


def _percentiles(pool: pd.DataFrame, instrument: Instrument, sizes: pd.Series) -> dict[str, dict[int, float]]:
    enough = sizes.index[sizes >= instrument.scoring["percentiles"]["minimum_n"]]
    table = score_responses(pool, instrument).dropna(subset="value")
    values = {scale: table.loc[table["scale"] == scale, "value"] for scale in enough}
    return {
        scale: {rank: round(float(np.percentile(scores, rank)), 1) for rank in RANKS}
        for scale, scores in values.items()
    }
