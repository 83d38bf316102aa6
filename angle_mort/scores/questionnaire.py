"""Whether the questionnaire held for a group: every exact figure behind it, before anything may be told."""

from __future__ import annotations

import numpy as np
import pandas as pd

from angle_mort.instrument import Instrument
from angle_mort.scores.items import item_statistics
from angle_mort.scores.reliability import FEWEST, reliability
from angle_mort.scores.structure import (
    compare_structures,
    fisher_interval,
    parallel_analysis,
    preferred_structure,
    scale_correlations,
)


def questionnaire_statistics(responses: pd.DataFrame, instrument: Instrument) -> dict[str, pd.DataFrame]:
    """How well the questionnaire held: reliabilities, questions, links between the blocks, one factor or three.

    ``responses`` is respondents x items (codes; NaN missing, -1 does not apply). Intervals are at the instrument's
    declared level. The figures are exact, and for the coach's machine only: what may be told of them is for
    ``disclosure`` to say.

    - ``reliability``: the rows of ``reliability`` for each scale that at least 3 respondents answered without a gap,
      ``se_measurement`` in points of 0-100;
    - ``questions``: ``item_statistics``, with ``item_rest_low`` and ``item_rest_high`` (Fisher);
    - ``links``: ``scale_correlations``;
    - ``structure``: ``compare_structures``, and in each row ``preferred`` (the model to keep) and ``dimensions`` (how
      many the answers hold beyond chance; missing when too few respondents left no gap).

    Raises the errors of ``score_responses``, AM429 when a block has fewer than 3 questions here.

    >>> import angle_mort as am
    >>> exact = questionnaire_statistics(am.make_cohort(n=60, seed=3).responses, am.load_instrument())
    >>> exact["reliability"]["scale"].tolist(), exact["structure"]["preferred"].tolist()
    (['A', 'B', 'C', 'D3', 'I'], ['too few', 'too few'])
    """
    level = instrument.scoring["interval_level"]["value"]
    questions = item_statistics(responses, instrument)
    return {
        "reliability": _reliability(responses, questions, instrument, level),
        "questions": questions.assign(**_edges(questions, level)),
        "links": scale_correlations(responses, instrument),
        "structure": _structure(responses, instrument),
    }


def _reliability(
    responses: pd.DataFrame, questions: pd.DataFrame, instrument: Instrument, level: float
) -> pd.DataFrame:
    used = questions.groupby("scale", sort=False)["n_used"].first()
    scales = list(used.index[used >= FEWEST])
    if not scales:
        return pd.DataFrame({"scale": [], "n_used": []})
    rows = reliability(responses, instrument, scales=scales, level=level)
    points = [100 / instrument.module(scale).items[0].format.highest for scale in rows["scale"]]
    return rows.assign(se_measurement=rows["se_measurement"] * points)


def _edges(questions: pd.DataFrame, level: float) -> dict[str, list[float]]:
    pairs = [
        fisher_interval(r, int(n), level) if n > 3 and abs(r) < 1 else (np.nan, np.nan)
        for r, n in zip(questions["item_rest"], questions["n_used"], strict=True)
    ]
    low, high = zip(*pairs, strict=True) if pairs else ((), ())
    return {"item_rest_low": list(low), "item_rest_high": list(high)}


def _structure(responses: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    models = compare_structures(responses, instrument)
    above = parallel_analysis(responses, instrument)["above"]
    dimensions = float(above.sum()) if len(above) else np.nan
    return models.assign(preferred=preferred_structure(models), dimensions=dimensions)
