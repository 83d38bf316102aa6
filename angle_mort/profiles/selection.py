"""How many profiles the data bear, if any, and what may be told of them at this size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score
from sklearn.utils import check_random_state

from angle_mort.errors import AngleMortError, problem
from angle_mort.profiles.expectation import Evidence, Parameters, Prior, log_joint, log_sum
from angle_mort.profiles.families import FAMILIES
from angle_mort.profiles.mixture import ProfileMixture
from angle_mort.profiles.starts import Task, search

SINGLE_GROUP = ("EEE", 1)
"""The correlated single group: the candidate that profiles have to beat."""

COMPARED = ("EEI", "VVI", "EEE")
TOO_FEW, ONE_GROUP, SMALL = "too few", "one group", "small profile"
NOT_CONVERGED, NOT_REPLICATED, UNSTABLE = "not converged", "not replicated", "unstable"
NOT_SIGNIFICANT, NOT_SPLIT = "not beyond one group", "not found in halves"
HYPOTHESIS, EXPLORATORY, PROFILES = "hypothesis", "exploratory profiles", "profiles"
SHOWN = (HYPOTHESIS, EXPLORATORY, PROFILES)

MARGIN = 6.0  # of BIC over the correlated single group
JACCARD = 0.75  # that every profile must reach over bootstrap refits
SIGNIFICANCE = 0.05  # of the bootstrap likelihood-ratio test
AGREEMENT = 0.60  # median adjusted Rand index between the models of two halves; our choice, no norm exists

COLUMNS = [
    "family", "n_components", "log_likelihood", "n_parameters", "bic", "icl", "aic3", "smallest", "relative_entropy",
    "replicated", "judged", "jaccard", "blrt_p", "split_half", "verdict",
]  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """What a cohort from ``n`` people on may be told, and on which conditions."""

    n: int
    most_components: int
    smallest: int
    smallest_share: float
    starts: int
    tested: bool
    shown: str


RULES = (
    Rule(30, 3, 5, 0.10, 20, False, HYPOTHESIS),
    Rule(60, 3, 5, 0.10, 20, True, EXPLORATORY),
    Rule(200, 99, 25, 0.05, 50, True, PROFILES),
)


@dataclass(frozen=True)
class Verdict:
    """What may be told: a code, whether profiles may be shown, and which candidate it is about (None: none)."""

    code: str
    shown: bool
    family: str | None
    n_components: int | None


class Cohort(NamedTuple):
    """What the tests draw from: the evidence and its prior, and the seed."""

    evidence: Evidence
    prior: Prior
    random: np.random.RandomState


def compare_profiles(
    frame: pd.DataFrame,
    max_components: int = 6,
    random_state: int | np.random.RandomState = 0,
    standard_errors: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Every candidate side by side, and the verdict by the size of the cohort.

    Parameters
    ----------
    frame : respondents x scales, numbers, NaN where missing; people without any score are left out.
    max_components : most profiles tried.
    random_state : seed; the same seed gives the same table.
    standard_errors : of the same shape, or None.

    Returns
    -------
    One row per candidate, the correlated single group (``EEE``, 1) first; candidates with as many parameters as people
    are left out. ``family, n_components, log_likelihood, n_parameters``; ``bic, icl, aic3`` (smaller is better);
    ``smallest`` (people in the smallest profile); ``relative_entropy`` (0 to 1, sharper is higher; missing for one
    profile; it decides nothing); ``replicated`` (the best solution was reached by two starts).

    ``judged`` marks the candidate of lowest BIC among those allowed. Its ``jaccard`` (the least stable profile's, 50
    bootstrap refits), ``blrt_p`` (99 cohorts drawn from the single group) and ``split_half`` (median agreement of 20
    pairs of halves) are computed as far as the verdict needs them. ``verdict`` is the same in each row.

    Verdicts, by the number n of people. Below 30 ``too few``: nothing is fitted, all numbers are missing. From 30, at
    most 3 profiles are allowed (from 200, all); ``one group`` unless BIC is better than the single group's by more than
    6; ``not converged``; ``small profile`` under 5 people or 10 % (from 200: 25 people or 5 %); ``unstable`` when a
    profile's Jaccard is below .75; from 60 also ``not beyond one group`` when the bootstrap test's p is above .05, and
    ``not found in halves`` when their agreement is below .60; from 200 also ``not replicated`` over 50 starts.
    Otherwise ``hypothesis`` (30-59), ``exploratory profiles`` (60-199), ``profiles`` (200 on).

    >>> rng = np.random.default_rng(2)
    >>> one_group = pd.DataFrame(rng.normal(50, 18, (40, 3)), columns=["A", "B", "C"])
    >>> table = compare_profiles(one_group, max_components=2)
    >>> table[["family", "n_components"]].head(3).to_numpy().tolist()
    [['EEE', 1], ['EEI', 1], ['EEI', 2]]
    >>> verdict(table)
    Verdict(code='one group', shown=False, family=None, n_components=None)
    """
    if not isinstance(max_components, int | np.integer) or max_components < 1:
        raise AngleMortError(problem("AM514", name="max_components", expected="> 0", value=max_components))
    kept = frame[frame.notna().any(axis=1)]
    errors = None if standard_errors is None else standard_errors.loc[kept.index]
    rule = _rule(len(kept))
    if rule is None:
        return _nothing_fitted()
    random = check_random_state(random_state)
    models = _fit_all(kept, errors, max_components, rule, random)
    table = pd.DataFrame([_row(model, kept, errors) for model in models])
    judged = _judged(table, rule)
    table["judged"] = table.index == judged
    code, measures = _judge(models, table, judged, rule, _cohort(kept, errors, random))
    for name in ("jaccard", "blrt_p", "split_half"):
        table[name] = np.where(table["judged"], measures.get(name, np.nan), np.nan)
    return table.assign(verdict=code)[COLUMNS]


def verdict(comparison: pd.DataFrame) -> Verdict:
    """The verdict of a comparison, apart from its rows; the candidate is named only when it may be shown.

    >>> verdict(compare_profiles(pd.DataFrame({"A": [40.0, 60.0], "B": [50.0, 30.0]})))
    Verdict(code='too few', shown=False, family=None, n_components=None)
    """
    code = comparison["verdict"].iloc[0]
    if code not in SHOWN:
        return Verdict(code, False, None, None)
    row = comparison[comparison["judged"]].iloc[0]
    return Verdict(code, True, row["family"], int(row["n_components"]))


def _rule(n: int) -> Rule | None:
    return next((rule for rule in reversed(RULES) if n >= rule.n), None)


def _nothing_fitted() -> pd.DataFrame:
    row = dict.fromkeys(COLUMNS, np.nan) | {"family": SINGLE_GROUP[0], "n_components": SINGLE_GROUP[1]}
    return pd.DataFrame([row | {"replicated": False, "judged": False, "verdict": TOO_FEW}])


def _fit_all(
    frame: pd.DataFrame, errors: pd.DataFrame | None, most: int, rule: Rule, random: np.random.RandomState
) -> list[ProfileMixture]:
    return [
        ProfileMixture(k, family, n_init=rule.starts, random_state=random.randint(2**31)).fit(
            frame, standard_errors=errors
        )
        for family, k in _candidates(*frame.shape, most)
    ]


def _candidates(n: int, d: int, most: int) -> Iterator[tuple[str, int]]:
    yield SINGLE_GROUP
    for family in COMPARED:
        for k in range(1, most + 1):
            if (family, k) != SINGLE_GROUP and FAMILIES[family].n_parameters(k, d) < n:
                yield family, k


def _row(model: ProfileMixture, frame: pd.DataFrame, errors: pd.DataFrame | None) -> dict[str, object]:
    row = {
        "family": model.covariance, "n_components": model.n_components, "log_likelihood": model.log_likelihood_,
        "n_parameters": model.n_parameters_, "replicated": model.n_components == 1 or model.n_replicated_ > 1,
    }  # fmt: skip
    if not model.converged_:
        return row | dict.fromkeys(("bic", "icl", "aic3", "smallest", "relative_entropy"), np.nan)
    memberships = model.predict_proba(frame, errors)
    return row | {
        "bic": model.bic(frame, errors), "icl": model.icl(frame, errors), "aic3": model.aic3(frame, errors),
        "smallest": int(np.bincount(memberships.argmax(axis=1), minlength=model.n_components).min()),
        "relative_entropy": _relative_entropy(memberships),
    }  # fmt: skip


def _relative_entropy(memberships: NDArray) -> float:
    n, k = memberships.shape
    if k == 1:
        return np.nan
    spread = -(memberships * np.log(np.maximum(memberships, np.finfo(float).tiny))).sum()
    return float(1 - spread / (n * np.log(k)))


def _judged(table: pd.DataFrame, rule: Rule) -> int | None:
    allowed = table[table["n_components"].between(2, rule.most_components) & table["bic"].notna()]
    return None if allowed.empty else allowed["bic"].idxmin()


def _judge(
    models: list[ProfileMixture], table: pd.DataFrame, judged: int | None, rule: Rule, cohort: Cohort
) -> tuple[str, dict[str, float]]:
    """The verdict and the measures it took: the conditions are met in this order, the dearest last."""
    if not models[0].converged_:
        return NOT_CONVERGED, {}
    if judged is None or not table["bic"].iloc[0] - table["bic"].loc[judged] > MARGIN:
        return ONE_GROUP, {}
    model, row = models[judged], table.loc[judged]
    if row["smallest"] < max(rule.smallest, rule.smallest_share * len(cohort.evidence.weights)):
        return SMALL, {}
    if rule.shown == PROFILES and not row["replicated"]:
        return NOT_REPLICATED, {}
    return _tested(model, models[0], rule, cohort)


def _tested(model: ProfileMixture, single: ProfileMixture, rule: Rule, cohort: Cohort) -> tuple[str, dict[str, float]]:
    measures = {"jaccard": float(bootstrap_jaccard(model, cohort).min())}
    if measures["jaccard"] < JACCARD:
        return UNSTABLE, measures
    if not rule.tested:
        return rule.shown, measures
    measures["blrt_p"] = bootstrap_ratio(model, single, cohort)
    if measures["blrt_p"] > SIGNIFICANCE:
        return NOT_SIGNIFICANT, measures
    measures["split_half"] = split_agreement(model, cohort)
    return (rule.shown if measures["split_half"] >= AGREEMENT else NOT_SPLIT), measures


def bootstrap_jaccard(model: ProfileMixture, cohort: Cohort, n_bootstrap: int = 50) -> NDArray:
    """How well each profile is found again when people are drawn with replacement: k means of best Jaccard indices."""
    n = len(cohort.evidence.weights)
    draws = cohort.random.multinomial(n, np.full(n, 1 / n), size=n_bootstrap).astype(float)
    again = _labels(model, _redrawn(cohort.evidence, draws), cohort)
    own = _modal(cohort.evidence, _parameters(model))
    found = [
        _jaccard(own[counts > 0], labels[counts > 0], model.n_components)
        for counts, labels in zip(draws, again, strict=True)
    ]
    return np.mean(found, axis=0)


def bootstrap_ratio(model: ProfileMixture, single: ProfileMixture, cohort: Cohort, n_bootstrap: int = 99) -> float:
    """p of the likelihood ratio against the correlated single group: (1 + larger ones) / (1 + cohorts drawn)."""
    observed = model.log_likelihood_ - single.log_likelihood_
    drawn = _drawn(single, cohort, n_bootstrap)
    gains = _log_likelihoods(model, drawn, cohort) - _log_likelihoods(single, drawn, cohort)
    return float((1 + (gains >= observed).sum()) / (1 + n_bootstrap))


def split_agreement(model: ProfileMixture, cohort: Cohort, n_splits: int = 20) -> float:
    """Median adjusted Rand index, over all people, between the models fitted on two random halves."""
    n = len(cohort.evidence.weights)
    halves = np.array([cohort.random.permutation(n) < n // 2 for _ in range(n_splits)], dtype=float)
    first, second = (_labels(model, _redrawn(cohort.evidence, half), cohort) for half in (halves, 1 - halves))
    return float(np.median([adjusted_rand_score(*pair) for pair in zip(first, second, strict=True)]))


def _cohort(frame: pd.DataFrame, errors: pd.DataFrame | None, random: np.random.RandomState) -> Cohort:
    scores = frame.to_numpy(dtype=float)
    own = np.zeros(scores.shape) if errors is None else errors.fillna(0.0).to_numpy(dtype=float)
    return Cohort(Evidence.gather(scores, own), Prior.weak(np.nanvar(scores, axis=0)), random)


def _redrawn(evidence: Evidence, weights: NDArray) -> Evidence:
    """The same people, counted differently in each of c cohorts (weights c x n)."""
    scores = np.broadcast_to(evidence.scores, (len(weights), *evidence.scores.shape))
    return replace(evidence, scores=scores, weights=weights)


def _drawn(single: ProfileMixture, cohort: Cohort, count: int) -> Evidence:
    """Cohorts drawn from the single group, with the gaps and errors of the real one."""
    evidence = cohort.evidence
    shape = (count, *evidence.scores.shape)
    true = single.means_[0] + cohort.random.standard_normal(shape) @ np.linalg.cholesky(single.covariances_[0]).T
    noise = np.sqrt(evidence.noise)[evidence.pattern] * cohort.random.standard_normal(shape)
    return replace(evidence, scores=(true + noise) * evidence.observed, weights=np.ones(shape[:2]))


def _refit(model: ProfileMixture, evidence: Evidence, cohort: Cohort) -> Parameters:
    task = Task(FAMILIES[model.covariance], cohort.prior, model.n_components, n_init=10, max_iter=200, tol=1e-6)
    return search(evidence, task, cohort.random).parameters


def _labels(model: ProfileMixture, evidence: Evidence, cohort: Cohort) -> NDArray:
    return _modal(evidence, _refit(model, evidence, cohort))


def _modal(evidence: Evidence, parameters: Parameters) -> NDArray:
    return log_joint(evidence, parameters)[0].argmax(axis=-2)


def _log_likelihoods(model: ProfileMixture, evidence: Evidence, cohort: Cohort) -> NDArray:
    return log_sum(log_joint(evidence, _refit(model, evidence, cohort))[0]).sum(axis=-1)


def _parameters(model: ProfileMixture) -> Parameters:
    return Parameters(model.weights_, model.means_, model.covariances_)


def _jaccard(own: NDArray, again: NDArray, k: int) -> NDArray:
    """The best Jaccard index of each own profile with any profile found again: k (0 when nobody of it was drawn)."""
    mine, theirs = (labels[:, None] == np.arange(k) for labels in (own, again))
    shared = mine.T.astype(float) @ theirs
    either = mine.sum(axis=0)[:, None] + theirs.sum(axis=0) - shared
    return (shared / np.maximum(either, 1)).max(axis=1)
