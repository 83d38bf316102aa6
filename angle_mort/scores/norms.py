"""Norms from a pool of answers: what margins rest on once enough leaders have answered."""

from __future__ import annotations

import datetime

import pandas as pd

from angle_mort.instrument import Instrument, Norms, load_instrument
from angle_mort.scores.reliability import reliability


def build_norms(
    pool: pd.DataFrame, population: str, day: datetime.date, instrument: Instrument | None = None, name: str = ""
) -> Norms:
    """Reliability (Cronbach's alpha, complete cases) and SD of each reflective scale of a pool, with n and date.

    ``pool`` is respondents x items (codes; NaN missing, -1 does not apply). SDs are in points of 0-100. The norms are
    ``provisional`` while a scale rests on fewer leaders than the instrument's rule asks; ``n`` is the smallest number
    that any scale rests on. Errors of single answers stay those declared: one wave cannot tell them.
    Give the result to ``dataclasses.replace(instrument, norms=...)`` to score with it.

    Raises ``AngleMortError`` (those of ``reliability``).

    >>> import angle_mort as am
    >>> pool = am.make_cohort(n=60, seed=3, not_applicable=0).responses
    >>> norms = build_norms(pool, "invented people", datetime.date(2026, 11, 23))
    >>> norms.n, norms.provisional, sorted(norms.reliability)
    (60, False, ['A', 'B', 'C', 'D3', 'I'])
    """
    instrument = instrument or load_instrument()
    rows = reliability(pool, instrument).set_index("scale")
    n = int(rows["n_used"].min())
    declared = instrument.norms
    points = {scale: 100 / instrument.module(scale).items[0].format.highest for scale in rows.index}
    return Norms(
        name=name or f"pool-{day.isoformat()}",
        provisional=n < instrument.scoring["norms"]["provisional_below"],
        n=n,
        day=day.isoformat(),
        population=population,
        estimator="alpha",
        sd={scale: float(rows["sd"][scale] * points[scale]) for scale in rows.index},
        reliability={scale: float(rows["alpha"][scale]) for scale in rows.index},
        retest=dict(declared.retest),
        answer_error=declared.answer_error,
        declared_errors=dict(declared.declared_errors),
        source=f"n = {n}, {population}",
    )
