"""Norms from a pool of answers: what margins rest on once enough leaders have answered."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd

from angle_mort.errors import AngleMortError, problem
from angle_mort.instrument import Instrument, Norms, load_instrument
from angle_mort.scores.reliability import reliability
from angle_mort.scores.scales import score_responses
from angle_mort.scores.structure import BLOCKS

RANKS = (5, 10, 25, 50, 75, 90, 95)
"""The percentile ranks that norms hold: at 100 leaders the outermost rest on five people."""

HIGHEST_CORRELATION = 0.95
"""Of the blocks' true scores: a pool of 45 may give more than 1, and no difference could then be told from error."""


def build_norms(
    pool: pd.DataFrame,
    population: str = "",
    day: datetime.date | None = None,
    instrument: Instrument | None = None,
    name: str = "",
) -> Norms:
    """Reliability (Cronbach's alpha), its interval, the SD and the mean of each reflective scale of a pool.

    ``pool`` is respondents x items (codes; NaN missing, -1 does not apply), ``population`` says in French who they are,
    ``day`` when they answered (today without it).
    Each covariance rests on the leaders who answered both items (pairwise): of leaders who each leave one answer in
    twelve, half would have to be left out otherwise. The size of a scale is the number behind its thinnest pair, so
    that the interval is never too narrow. Reliabilities have 3 decimals with Feldt's interval at the instrument's
    declared level; SDs are in points of 0-100, 2 decimals. ``n`` is the smallest size of any scale, ``sizes`` tells
    them all. A scale that nobody of the pool was asked keeps its declared values, and has no size. The norms are
    ``provisional`` while a scale keeps them, or rests on fewer leaders than the instrument's rule asks (45).

    Until then the correlation between blocks stays declared, and no mean is told: it would be unsure, and mean and SD
    of a small group together give its answers away. From there on ``means`` (points, 1 decimal) and
    ``block_correlation`` are the pool's, the latter the mean over pairs of r / sqrt(alpha x alpha), between 0 and .95.
    ``percentiles`` (ranks 5 to 95, in points, 1 decimal) of every score that can be calculated stand from a size of 100
    on. Errors of single answers stay those declared: one wave cannot tell them.

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
    rows = reliability(pool, instrument, missing="pairwise", level=level).set_index("scale")
    _refuse_impossible(rows["alpha"])
    scores = score_responses(pool, instrument).pivot(index="respondent", columns="scale", values="value")[rows.index]
    declared = instrument.norms
    points = {scale: 100 / instrument.module(scale).items[0].format.highest for scale in rows.index}
    asked = set(declared.reliability) <= set(rows.index)
    n = int(rows["n_used"].min())
    provisional = n < instrument.scoring["norms"]["provisional_below"] or not asked
    return Norms(
        name=name or f"pool-{day.isoformat()}",
        provisional=provisional,
        n=n,
        day=day.isoformat(),
        population=population,
        estimator="alpha, pairwise",
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
        percentiles=_percentiles(scores, rows["n_used"], instrument.scoring["percentiles"]["minimum_n"]),
        means={} if provisional else {scale: round(float(mean), 1) for scale, mean in scores.mean().items()},
        block_correlation=declared.block_correlation if provisional else _block_correlation(scores, rows["alpha"]),
    )


def _refuse_impossible(alphas: pd.Series) -> None:
    """No margin can be made from such a value; rounding may not turn it into 0 or 1 either."""
    wrong = [scale for scale, alpha in alphas.items() if not 0.0005 <= alpha < 0.9995]
    if wrong:
        raise AngleMortError(*(problem("AM428", scale=scale) for scale in wrong))


def _block_correlation(scores: pd.DataFrame, alphas: pd.Series) -> float:
    """The mean correlation between the true scores of the blocks (Spearman 1904)."""
    observed = scores[list(BLOCKS)].corr().to_numpy()
    alpha = alphas[list(BLOCKS)].to_numpy(float)
    true = (observed / np.sqrt(np.outer(alpha, alpha)))[np.triu_indices(len(BLOCKS), 1)]
    return round(float(np.clip(true.mean(), 0, HIGHEST_CORRELATION)), 3)


def _percentiles(scores: pd.DataFrame, sizes: pd.Series, fewest: int) -> dict[str, dict[int, float]]:
    values = {scale: scores[scale].dropna() for scale in sizes.index[sizes >= fewest]}
    return {
        scale: {rank: round(float(np.percentile(each, rank)), 1) for rank in RANKS} for scale, each in values.items()
    }
