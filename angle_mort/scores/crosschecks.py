"""Cross-checks: do two tellings of one story agree, within their margins? Where they do not, a blind spot may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from angle_mort.errors import AngleMortError, problem
from angle_mort.instrument import NOT_APPLICABLE, Instrument, Item, load_instrument
from angle_mort.instrument.codes import refuse_bad_codes
from angle_mort.scores.dominance import NEEDED, check_scores
from angle_mort.scores.scales import answer_error, z_of

SAME, DIFFERENT, TOO_LITTLE = "same", "different", "too_little"
COLUMNS = ["respondent", "check", "left", "right", "difference", "margin", "answer"]

_TOP = 100.0


class Sides(NamedTuple):
    """Two tellings, one pair per respondent, points of 0-100: the standard error of their difference, and the points
    by which unanswered parts leave it open on either side."""

    left: NDArray
    right: NDArray
    se: NDArray
    open_: NDArray


def cross_checks(
    table: pd.DataFrame,
    instrument: Instrument | None = None,
    mirror: pd.DataFrame | None = None,
    responses: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Four pairs of tellings per respondent, each with its difference, the margin of that difference, and an answer.

    Parameters
    ----------
    table : tidy scores as :func:`score_responses` returns them; a scale that is absent leaves its check untold.
    mirror : one row per collaborator, the mirror's items as columns (codes; NaN missing, -1 does not apply), and as
        index the respondent whom the row is about. Without it, or without ``responses``, the last check is untold.
    responses : the leaders' own answers, respondents x items; only the mirrored items are read.

    Returns
    -------
    One row per respondent x check, always the same four, in the order of the table. ``left`` and ``right`` are points
    of 0-100 in the same direction, ``difference`` is left - right, ``margin`` its half-width at the instrument's level:

    - ``J_IDO`` (high: dependence): the scenario of two weeks' absence against the index. A scenario lets an interval of
      the index be expected; left is the point of that interval that is nearest to the index.
    - ``C1_C0`` (high: dependence): what is felt in the five areas against who took over in fact. One area alone rests
      on one answer against one answer, too little to tell nearly always; so the five gaps are averaged into one.
      ``right`` is the level of the five facts for this check only: it is no score, has no band, and is never joined to
      C. An area without a fact may be anything from 0 to 100, which widens the margin.
    - ``F_L`` (high: leader): the share of hours in a leader's missions, against the share that the placement on 0-10
      lets expect.
    - ``self_mirror`` (high: keeps): the leader's answers to the mirrored items against the mean of at least 3
      collaborators, in steps of ten (an exact one would tell their answers), items of autonomy reversed. Only items
      that the leader and 3 collaborators answered count, and three quarters of the items are needed. The collaborators'
      margin rests on a declared spread, not on theirs: an observed one would be unsure with 3 people, and would help to
      guess their answers.

    ``answer``: ``different`` when the difference passes its margin (not the same story); otherwise ``same`` when the
    margin is narrow enough for that to mean something, or ``too_little`` (to tell) when it is wider than the declared
    points, or when a side is missing (NaN). The mappings, their errors and their sources are in the questionnaire
    (``scoring: cross_checks``); errors are normal and independent. No check says which side is right.

    Raises ``AngleMortError``: AM410, AM411, AM415 for the table; those of ``score_responses`` for ``responses`` and
    for the answers of ``mirror``; AM416 where the mirror is about somebody who is not in the table.

    >>> scores = pd.DataFrame({"respondent": "L1", "scale": ["J", "IDO", "F", "l101"], "value": [3, 70.0, 40.0, 5],
    ...                        "se_measurement": [np.nan, 4.4, 5.0, np.nan]})
    >>> checks = cross_checks(scores).set_index("check")
    >>> checks.loc[["J_IDO", "F_L"], ["left", "right", "difference", "answer"]].values.tolist()
    [[40.0, 70.0, -30.0, 'different'], [40.0, 42.5, -2.5, 'same']]
    >>> checks.loc["self_mirror", "answer"]
    'too_little'
    """
    instrument = instrument or load_instrument()
    check_scores(table, NEEDED)
    scores = _Scores(table)
    _refuse_strangers(mirror, scores.respondents)
    rules = instrument.scoring["cross_checks"]["checks"]
    sides = {
        "J_IDO": _scenario_and_index(scores, rules["J_IDO"]),
        "C1_C0": _felt_and_fact(scores, rules["C1_C0"], instrument),
        "F_L": _hours_and_placement(scores, rules["F_L"], instrument),
        "self_mirror": _self_and_mirror(scores.respondents, responses, mirror, instrument),
    }
    return _tidy(scores.respondents, sides, instrument)


class _Scores:
    """The table of scores, one array per scale; NaN for a scale that is absent."""

    def __init__(self, table: pd.DataFrame) -> None:
        self.respondents = pd.Index(table["respondent"].unique())
        self._values, self._errors = (
            table.pivot(index="respondent", columns="scale", values=column).reindex(self.respondents)
            for column in ("value", "se_measurement")
        )

    def value(self, *scales: str) -> NDArray:
        return self._values.reindex(columns=list(scales)).to_numpy(float)

    def error(self, *scales: str) -> NDArray:
        return self._errors.reindex(columns=list(scales)).to_numpy(float)


# -------------------------------------------------------------------------------------------------------- the checks


def _scenario_and_index(scores: _Scores, rule: Mapping) -> Sides:
    scenario, index = scores.value("J", "IDO").T
    ends = pd.DataFrame(rule["intervals"], index=["low", "high"]).T.reindex(scenario).to_numpy(float)
    left = np.clip(index, ends[:, 0], ends[:, 1])
    return Sides(left, index, np.hypot(scores.error("IDO")[:, 0], rule["error"]), np.zeros(len(index)))


def _felt_and_fact(scores: _Scores, rule: Mapping, instrument: Instrument) -> Sides:
    areas = [facet.code for facet in instrument.module("C0").facets]
    facts, errors = scores.value(*areas), scores.error(*areas)
    untold = np.isnan(facts)
    right = np.where(untold, _TOP / 2, facts).mean(axis=1)
    felt_error, fact_error = scores.error("C1")[:, 0], np.sqrt(np.nansum(errors**2, axis=1)) / len(areas)
    se = np.sqrt(felt_error**2 + fact_error**2 + rule["error"] ** 2)
    open_ = _TOP / 2 * untold.mean(axis=1)
    return Sides(scores.value("C1")[:, 0], np.where(untold.all(axis=1), np.nan, right), se, open_)


def _hours_and_placement(scores: _Scores, rule: Mapping, instrument: Instrument) -> Sides:
    share, place = scores.value("F", rule["placement"]).T
    first, last = rule["shares"]
    steps = instrument.items[rule["placement"]].format.maximum
    right = first + (last - first) * place / steps
    return Sides(share, right, np.hypot(scores.error("F")[:, 0], rule["error"]), np.zeros(len(share)))


def _self_and_mirror(
    respondents: pd.Index, responses: pd.DataFrame | None, mirror: pd.DataFrame | None, instrument: Instrument
) -> Sides:
    if responses is None or mirror is None:
        return Sides(*np.full((3, len(respondents)), np.nan), np.zeros(len(respondents)))
    items = instrument.module("M").items
    own, seen = _own_points(responses, items, instrument), _seen_points(mirror, items, instrument)
    observers = seen.groupby(level=0).count().reindex(respondents).fillna(0).to_numpy()
    means = seen.groupby(level=0).mean().reindex(respondents).to_numpy()
    return _mirrored(own.reindex(respondents).to_numpy(), means, observers, instrument)


def _mirrored(own: NDArray, seen: NDArray, observers: NDArray, instrument: Instrument) -> Sides:
    """Left and right over the items that both sides answered; ``observers`` counts the collaborators item by item."""
    fewest = instrument.scoring["cross_checks"]["minimum_mirror"]
    usable = ~np.isnan(own) & (observers >= fewest)
    n_items = usable.sum(axis=1)
    enough = n_items >= instrument.scoring["proration"]["minimum_share"] * own.shape[1]
    divisor = np.where(enough, n_items, 1)
    left, right = (np.where(enough, np.where(usable, side, 0).sum(axis=1) / divisor, np.nan) for side in (own, seen))
    people = np.where(usable, observers, np.inf).min(axis=1, initial=np.inf)
    step = instrument.scoring["cross_checks"]["checks"]["self_mirror"]["told_in"]
    told = np.floor(right / step + 0.5) * step
    return Sides(left, told, _mirror_error(divisor, people, instrument), np.full(len(left), step / 2))


def _mirror_error(n_items: NDArray, people: NDArray, instrument: Instrument) -> NDArray:
    """The leader's answers, the collaborators' (each with its own view), and what the two ways of asking add."""
    rule = instrument.scoring["cross_checks"]["checks"]["self_mirror"]
    answers = answer_error(instrument, instrument.module("M").items[0].format.highest) ** 2 / n_items
    return np.sqrt(answers + (rule["observer_spread"] ** 2 + answers) / people + rule["error"] ** 2)


def _own_points(responses: pd.DataFrame, items: tuple[Item, ...], instrument: Instrument) -> pd.DataFrame:
    own = responses[[item.mirrors for item in items if item.mirrors in responses]]
    refuse_bad_codes(own, instrument)
    named = own.rename(columns={item.mirrors: item.id for item in items})
    return _points(named, items, instrument)


def _seen_points(mirror: pd.DataFrame, items: tuple[Item, ...], instrument: Instrument) -> pd.DataFrame:
    refuse_bad_codes(mirror.reset_index(drop=True), instrument)
    return _points(mirror, items, instrument)


def _refuse_strangers(mirror: pd.DataFrame | None, respondents: pd.Index) -> None:
    unknown = 0 if mirror is None else int((~mirror.index.isin(respondents)).sum())
    if unknown:
        raise AngleMortError(problem("AM416", n=unknown))


def _points(answers: pd.DataFrame, items: tuple[Item, ...], instrument: Instrument) -> pd.DataFrame:
    """Points of 0-100 that all mean "keeps": an item of a module where high is good is turned round."""
    block = answers.reindex(columns=[item.id for item in items]).astype(float)
    points = block.where(block != NOT_APPLICABLE) * [_TOP / item.format.highest for item in items]
    turned = [item.id for item in items if instrument.high_is_good(instrument.items[item.mirrors].module)]
    return points.assign(**{item: _TOP - points[item] for item in turned})


# ---------------------------------------------------------------------------------------------------------- the table


def _tidy(respondents: pd.Index, sides: Mapping[str, Sides], instrument: Instrument) -> pd.DataFrame:
    widest = instrument.scoring["cross_checks"]["widest"]
    blocks = [_block(respondents, check, each, z_of(instrument), widest) for check, each in sides.items()]
    order = np.arange(len(respondents) * len(blocks)).reshape(len(blocks), -1).T.ravel()
    return pd.concat(blocks, ignore_index=True).iloc[order].reset_index(drop=True)


def _block(respondents: pd.Index, check: str, sides: Sides, z: float, widest: float) -> pd.DataFrame:
    difference = sides.left - sides.right
    margin = np.where(np.isnan(difference), np.nan, z * sides.se + sides.open_)
    answer = np.select(
        [np.isnan(margin), np.abs(difference) > margin, margin > widest], [TOO_LITTLE, DIFFERENT, TOO_LITTLE], SAME
    )
    columns = (respondents, check, sides.left, sides.right, difference, margin, answer)
    return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))
