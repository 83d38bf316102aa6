"""Whether the questionnaire held: what may be told of it, stored with a release and read back as a summary."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import numpy as np
import pandas as pd

from angle_mort.disclosure.thresholds import POLICY, Policy, told_counts
from angle_mort.errors import AngleMortError, problem
from angle_mort.instrument import Instrument
from angle_mort.results import SPONSOR, QuestionnaireSummary

QUESTIONNAIRE = ("reliability", "questions", "links", "structure")
"""The tables that tell of it, in a release and in a summary."""

_DIGITS = {"rmsea": 3, "srmr": 3, "bic": 0, "se_measurement": 1}
_SHARES = {"floor": "n_lowest", "ceiling": "n_highest", "missing": "n_missing", "not_applicable": "n_not_applicable"}
_REST = ["item_rest", "item_rest_low", "item_rest_high", "alpha_if_dropped"]
_COLUMNS = {
    "reliability": [
        "scale", "n_items", "n_used", "alpha", "alpha_low", "alpha_high", "alpha_standardised", "omega", "rmsea",
        "srmr", "mean_inter_item", "split_half", "se_measurement", "provisional",
    ],
    "questions": ["scale", "item", *_SHARES, *_REST],
    "links": ["first", "second", "n", "r", "low", "high", "r_true", "true_low", "true_high", "verdict"],
    "structure": ["model", "n_used", "rmsea", "srmr", "bic", "status", "preferred", "dimensions"],
}  # fmt: skip


def told_questionnaire(exact: Mapping[str, pd.DataFrame], policy: Policy = POLICY) -> dict[str, pd.DataFrame]:
    """What may be told of the exact statistics of a group, table by table, in the columns of ``QuestionnaireSummary``.

    Figures are rounded; numbers of people are told in steps of the minimum group ("at least"); a scale needs as many
    leaders without a gap as a distribution does, and so does the link of a question with its scale, or the alpha of the
    others: each is a ratio of sums of covariances over thirty people or more, told to two decimals. A question has no
    mean: of all the ways in which thirty people can answer it, several means leave but one. Its shares are those of
    ``told_counts``.
    """
    told = {
        "reliability": exact["reliability"][exact["reliability"]["n_used"] >= policy.distribution],
        "questions": _questions(exact["questions"], policy),
        "links": _from_size(exact["links"], "n", ["r", "low", "high", "r_true", "true_low", "true_high"], policy),
        "structure": exact["structure"],
    }
    return {name: _rounded(told[name].reindex(columns=_COLUMNS[name]), policy) for name in QUESTIONNAIRE}


def _questions(questions: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    told = [_told_shares(row, policy) for row in questions[["n", *_SHARES.values()]].to_dict("records")]
    shares = pd.DataFrame(told, index=questions.index, columns=list(_SHARES))
    return _from_size(questions.assign(**shares), "n_used", _REST, policy)


def _told_shares(counts: Mapping[str, int], policy: Policy) -> dict[str, float]:
    """Each share is of all leaders: of those who answered, it would tell how many did not."""
    told = told_counts({share: counts[count] for share, count in _SHARES.items()}, counts["n"], policy)
    return {share: told[share] / counts["n"] if share in told else np.nan for share in _SHARES}


def _from_size(rows: pd.DataFrame, people: str, figures: list[str], policy: Policy) -> pd.DataFrame:
    return rows.assign(**rows[figures].where(rows[people] >= policy.distribution))


def _rounded(rows: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    people = {name: rows[name] // policy.group * policy.group for name in ("n", "n_used") if name in rows}
    figures = {name: _DIGITS.get(name, 2) for name in rows if rows[name].dtype.kind == "f"}
    return rows.round(figures).assign(**people).reset_index(drop=True)


def summarise_questionnaire(
    name: str, tables: Mapping[str, pd.DataFrame], certificate: Mapping[str, object], instrument: Instrument
) -> QuestionnaireSummary:
    """The shareable summary, for a sponsor, from the tables of a release and its certificate.

    Raises ``AngleMortError`` AM611 for a release too small to hold these tables.
    """
    policy = Policy(**certificate["policy"])
    if not set(QUESTIONNAIRE) <= set(tables):
        raise AngleMortError(problem("AM611", n=certificate["n"], minimum=policy.distribution))
    structure = tables["structure"]
    dimensions = structure["dimensions"].iloc[0]
    return QuestionnaireSummary(
        name=name,
        seal=str(certificate["seal"]),
        audience=SPONSOR,
        demonstration=bool(certificate["demonstration"]),
        day=datetime.date.fromisoformat(certificate["day"]),
        n=certificate["n"],
        minimum=policy.group,
        level=instrument.scoring["interval_level"]["value"],
        instrument=f"{instrument.name} {instrument.version}",
        versions={"tool": certificate["tool"], "norms": instrument.norms.name},
        policy=policy.as_dict(),
        scales=tables["reliability"],
        items=tables["questions"],
        pairs=tables["links"],
        models=structure.drop(columns=["preferred", "dimensions"]),
        preferred=str(structure["preferred"].iloc[0]),
        dimensions=None if np.isnan(dimensions) else int(dimensions),
    )
