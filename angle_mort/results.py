"""What comes out: a cohort's summary that may be shared, and a leader's sheet that is for that leader. Frozen."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

SPONSOR, LEADER = "sponsor", "leader"
"""The audiences of a shared page: those who pay for or follow the programme, and one leader alone."""


@dataclass(frozen=True)
class CohortSummary:
    """Aggregates of one cohort that passed the disclosure rules; made by ``disclosure`` only.

    All values are 0-100 unless said; ``low`` and ``high`` hold measurement error only, at the declared level.

    - ``means``: ``scale``, ``mean`` (1 decimal), ``se_measurement``, ``low``, ``high``, ``n``, ``band``,
      ``provisional``
    - ``areas``: ``area``, ``felt``, ``felt_low``, ``felt_high``, ``fact``, ``fact_low``, ``fact_high``, ``n_felt``,
      ``n_fact``
    - ``steps``: ``step``, ``mean``, ``low``, ``high``, ``n``, ``p_weakest``
    - ``counts``: ``figure``, ``category`` (codes of a merged group joined by ``+``), ``count`` (or None), ``shown``
    - ``care``: ``light``, ``shown``
    - ``withheld``: ``what``, ``rule``, ``needed`` (the size from which it may be told)
    """

    name: str
    audience: str
    demonstration: bool
    day: datetime.date
    n: int
    level: float
    provisional: bool
    instrument: str
    versions: Mapping[str, str]
    intake: Mapping[str, int]
    certificate: Mapping[str, object]
    means: pd.DataFrame
    areas: pd.DataFrame
    steps: pd.DataFrame
    weakest_step: str | None
    counts: pd.DataFrame
    care: pd.DataFrame
    withheld: pd.DataFrame


@dataclass(frozen=True)
class LeaderSheet:
    """Everything that the working cohort knows of one leader, for the coach and that leader; never for a sponsor."""

    leader: str
    audience: str
    scores: pd.DataFrame
    bands: pd.DataFrame
    dominance: pd.DataFrame
    prototypes: pd.DataFrame
    steps: pd.DataFrame
