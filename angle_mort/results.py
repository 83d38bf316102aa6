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

    - ``means``: ``scale``, ``mean`` (1 decimal), ``se_measurement``, ``low``, ``high``, ``people`` (in words where a
      number would isolate somebody), ``band``, ``provisional``
    - ``areas``: ``area``, then for ``felt`` and ``fact``: the mean, ``_se``, ``_low``, ``_high``, ``people_``
    - ``steps``: ``step``, ``mean``, ``se_measurement``, ``low``, ``high``, ``people``, ``target``, ``p_weakest``
    - ``counts``: ``figure``, ``category`` (codes of a merged group joined by ``+``), ``count`` (or None), ``shown``
    - ``care``: ``light``, ``shown``
    - ``withheld``: ``what``, ``rule``, ``needed`` (the size from which it may be told)
    """

    name: str
    seal: str
    audience: str
    demonstration: bool
    day: datetime.date
    n: int
    minimum: int
    level: float
    provisional: bool
    instrument: str
    versions: Mapping[str, str]
    intake: Mapping[str, str]
    certificate: Mapping[str, object]
    means: pd.DataFrame
    areas: pd.DataFrame
    steps: pd.DataFrame
    weakest_step: str | None
    counts: pd.DataFrame
    care: pd.DataFrame
    withheld: pd.DataFrame


@dataclass(frozen=True)
class QuestionnaireSummary:
    """How well the questionnaire held on one pool of leaders: aggregates rounded for sharing, never an answer.

    Shares are 0-1 and missing where they would tell of fewer than 5 people (or of all but fewer than 5); a scale that
    fewer than 30 leaders answered without a gap is left out.

    - ``scales``: ``scale``, ``n_items``, ``n_used``, ``alpha``, ``alpha_low``, ``alpha_high``, ``omega``, ``rmsea``,
      ``srmr``, ``mean_inter_item``, ``split_half``, ``se_measurement`` (points of 0-100), ``provisional``
    - ``items``: ``scale``, ``item``, ``mean`` (0-100), ``floor``, ``ceiling``, ``missing``, ``not_applicable``,
      ``item_rest``
    - ``pairs``: ``first``, ``second``, ``n``, ``r``, ``low``, ``high``, ``r_true``, ``true_low``, ``true_high``,
      ``verdict``
    - ``models``: ``model``, ``n_used``, ``rmsea``, ``srmr``, ``bic``, ``status``; ``preferred`` is the one to keep, and
      ``dimensions`` how many the answers hold beyond chance (None when too few leaders answered without a gap)

    ``seal`` is a hash of what is told: the views of one page carry the same.
    """

    name: str
    seal: str
    audience: str
    demonstration: bool
    day: datetime.date
    n: int
    level: float
    instrument: str
    versions: Mapping[str, str]
    scales: pd.DataFrame
    items: pd.DataFrame
    pairs: pd.DataFrame
    models: pd.DataFrame
    preferred: str
    dimensions: int | None


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
