"""Whether the questionnaire held on a pool: the aggregates that may be told of it, and nothing else."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable

import numpy as np
import pandas as pd

from angle_mort.errors import AngleMortError, problem
from angle_mort.instrument import Instrument, load_instrument
from angle_mort.results import SPONSOR, QuestionnaireSummary
from angle_mort.scores.items import item_statistics
from angle_mort.scores.reliability import reliability
from angle_mort.scores.structure import compare_structures, parallel_analysis, preferred_structure, scale_correlations

FEWEST_PEOPLE = 30
"""Below it nothing is told of a question: the size from which a cohort may show distributions (decisions/0003)."""

FEWEST_IN_GROUP = 5
"""A share stands for at least so many people, and leaves out at least so many, or it is not told."""

_SCALES = ("n_items", "n_used", "alpha", "alpha_low", "alpha_high", "omega", "rmsea", "srmr", "mean_inter_item")
_SHARES = {"floor": "n_lowest", "ceiling": "n_highest", "missing": "n_missing", "not_applicable": "n_not_applicable"}


def check_questionnaire(
    pool: pd.DataFrame,
    instrument: Instrument | None = None,
    name: str = "",
    demonstration: bool = False,
    day: datetime.date | None = None,
) -> QuestionnaireSummary:
    """How well the questionnaire held on a pool: reliabilities, items, links between the blocks, one factor or three.

    ``pool`` is respondents x items (codes; NaN missing, -1 does not apply) of at least 30 leaders. Figures are rounded,
    small counts hidden: see ``QuestionnaireSummary``, which ``am.views`` shows.

    Raises ``AngleMortError`` AM611 below 30 leaders, and those of ``score_responses``.

    >>> import angle_mort as am
    >>> summary = check_questionnaire(am.make_cohort(n=60, seed=3).responses, demonstration=True)
    >>> summary.n, summary.scales["scale"].tolist(), summary.preferred
    (60, ['A', 'B', 'C', 'D3', 'I'], 'too few')
    """
    import angle_mort

    instrument = instrument or load_instrument()
    if len(pool) < FEWEST_PEOPLE:
        raise AngleMortError(problem("AM611", n=len(pool), minimum=FEWEST_PEOPLE))
    models = compare_structures(pool, instrument)
    kept = ["model", "n_used", "rmsea", "srmr", "bic", "status"]
    told = {
        "scales": told_scales(pool, instrument),
        "items": told_items(item_statistics(pool, instrument), instrument),
        "pairs": _told_pairs(pool, instrument),
        "models": models.round({"rmsea": 3, "srmr": 3, "bic": 0})[kept],
    }
    return QuestionnaireSummary(
        name=name,
        seal=_seal(told.values()),
        audience=SPONSOR,
        demonstration=demonstration,
        day=day or datetime.date.today(),
        n=len(pool),
        level=instrument.scoring["interval_level"]["value"],
        instrument=f"{instrument.name} {instrument.version}",
        versions={"tool": angle_mort.__version__},
        preferred=preferred_structure(models),
        dimensions=_dimensions(pool, instrument),
        **told,
    )


def told_scales(pool: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """The reliability of each scale that at least 30 leaders filled in without a gap: what a release may store.

    2 decimals, RMSEA and SRMR 3; ``se_measurement`` is in points of 0-100, 1 decimal.
    """
    items = item_statistics(pool, instrument).groupby("scale", sort=False)["n_used"].first()
    scales = list(items.index[items >= FEWEST_PEOPLE])
    columns = ["scale", *_SCALES, "split_half", "se_measurement", "provisional"]
    if not scales:
        return pd.DataFrame(columns=columns)
    level = instrument.scoring["interval_level"]["value"]
    rows = reliability(pool, instrument, scales=scales, level=level)
    points = [100 / instrument.module(scale).items[0].format.highest for scale in rows["scale"]]
    rows = rows.assign(se_measurement=(rows["se_measurement"] * points).round(1))
    figures = [name for name in (*_SCALES, "split_half") if rows[name].dtype.kind == "f"]
    return rows.round({name: 3 if name in ("rmsea", "srmr") else 2 for name in figures})[columns]


def told_items(items: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """What ``item_statistics`` may tell to others: 2 decimals, and no share that stands for fewer than 5 people.

    ``mean`` is in points of 0-100, told from 30 answers on; ``item_rest`` needs 30 leaders without a gap.
    """
    tops = np.array([instrument.items[item].format.highest for item in items["item"]], dtype=float)
    answered = items["n_answered"]
    mean = (items["mean"] * 100 / tops).round(0).where(answered >= FEWEST_PEOPLE)
    shares = {share: _told_share(items[count], _of(items, share)) for share, count in _SHARES.items()}
    item_rest = items["item_rest"].round(2).where(items["n_used"] >= FEWEST_PEOPLE)
    return items[["scale", "item"]].assign(mean=mean, **shares, item_rest=item_rest)


def _of(items: pd.DataFrame, share: str) -> pd.Series:
    return items["n"] if share in ("missing", "not_applicable") else items["n_answered"]


def _told_share(count: pd.Series, of: pd.Series) -> pd.Series:
    told = (count >= FEWEST_IN_GROUP) & (of - count >= FEWEST_IN_GROUP)
    return (count / of.where(told).astype(float)).round(2)


def _told_pairs(pool: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    pairs = scale_correlations(pool, instrument).drop(columns="level")
    figures = ["r", "low", "high", "r_true", "true_low", "true_high"]
    pairs[figures] = pairs[figures].round(2).where(pairs["n"] >= FEWEST_PEOPLE)
    return pairs


def _seal(frames: Iterable[pd.DataFrame]) -> str:
    return hashlib.sha256("".join(frame.to_csv(index=False) for frame in frames).encode()).hexdigest()


def _dimensions(pool: pd.DataFrame, instrument: Instrument) -> int | None:
    above = parallel_analysis(pool, instrument)["above"]
    return int(above.sum()) if len(above) else None
