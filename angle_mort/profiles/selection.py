"""How many profiles the data bear, if any, and what may be told of them at this size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.utils import check_random_state

from angle_mort.errors import AngleMortError, problem
from angle_mort.profiles.candidates import SINGLE_GROUP, Candidate, Cohort, bootstrap_ratio, shaped_ratio
from angle_mort.profiles.families import FAMILIES

COMPARED = ("EII", "EEI", "CCC", "EEE")
TOO_FEW, REPEATED, ONE_GROUP, SMALL = "too few", "repeated rows", "one group", "small profile"
NOT_CONVERGED, NOT_REPLICATED, UNSTABLE = "not converged", "not replicated", "unstable"
NOT_SIGNIFICANT, NOT_SPLIT = "not beyond one group", "not found in halves"
HYPOTHESIS, EXPLORATORY, PROFILES = "hypothesis", "exploratory profiles", "profiles"
SHOWN = (HYPOTHESIS, EXPLORATORY, PROFILES)

MARGIN = 6.0  # of BIC over the correlated single group
JACCARD = 0.75  # that every profile must reach over bootstrap refits
SIGNIFICANCE = 0.05  # of the bootstrap likelihood-ratio test
COPIES = 0.10  # of the rows that copy another one, before anybody asks where they come from; our choice
SCALES_THAT_TELL = 3  # on fewer scales people may well stand at the same place
AGREEMENT = 0.60  # median adjusted Rand index between the models of two halves; our choice, no norm exists

COLUMNS = [
    "family", "n_components", "log_likelihood", "n_parameters", "bic", "icl", "aic3", "smallest", "relative_entropy",
    "replicated", "jaccard", "jaccards", "shape_p", "blrt_p", "split_half", "p_components", "judged", "best", "verdict",
]  # fmt: skip

MEASURED_FOR = {
    UNSTABLE: ("jaccards", "jaccard"), NOT_SIGNIFICANT: ("shape_p", "blrt_p"), NOT_SPLIT: ("split_half",),
}  # fmt: skip
"""What each condition looks at, in the order in which they are asked."""
MEASURES = tuple(name for names in MEASURED_FOR.values() for name in names)


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
    Rule(30, 3, 5, 0.10, 50, False, HYPOTHESIS),
    Rule(60, 3, 5, 0.10, 50, True, EXPLORATORY),
    Rule(200, 99, 25, 0.05, 50, True, PROFILES),
)


@dataclass(frozen=True)
class Verdict:
    """What may be told: a code, whether profiles may be shown, and which candidate it is about (None: none)."""

    code: str
    shown: bool
    family: str | None
    n_components: int | None


def compare_profiles(
    frame: pd.DataFrame,
    max_components: int = 6,
    random_state: int | np.random.RandomState = 0,
    standard_errors: pd.DataFrame | None = None,
    *,
    families: Sequence[str] = COMPARED,
    prior: str | None = "weak",
    measured: str = "all",
    n_jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Every candidate side by side, and the verdict by the size of the cohort.

    Parameters
    ----------
    frame : respondents x scales, numbers, NaN where missing; people without any score are left out.
    max_components : most profiles tried.
    random_state : seed; the same seed gives the same table, whatever the number of workers and the order of people.
    standard_errors : of the same shape, or None.
    families, prior : of the candidates; see ``ProfileMixture``. By default two families know that scales move together
        inside profiles (CCC, EEE). An unknown setting is refused (AM514).
    measured : ``"all"``: every candidate of two profiles or more is resampled; ``"verdict"``: the judged one only, as
        far as the verdict needs (the other measures are missing).
    n_jobs : processes that work side by side.
    progress : called with (done, total) as candidates are ready.

    Returns
    -------
    One row per candidate, the correlated single group (``EEE``, 1) first; candidates with as many parameters as people
    are left out. ``family, n_components, log_likelihood, n_parameters``; ``bic, icl, aic3`` (smaller is better);
    ``smallest`` (people in the smallest profile); ``relative_entropy`` (0 to 1, sharper is higher; missing for one
    profile; it decides nothing); ``replicated`` (the best solution was reached by two starts). ``jaccards``: how well
    each profile is found again over 50 Bayesian bootstrap refits, and ``jaccard`` the least of them; ``blrt_p``: of the
    bootstrap likelihood-ratio test against the correlated single group (99 cohorts drawn), ``shape_p``: the same
    against one group of few numbers in which each scale has the shape that it has here; ``split_half``: median
    agreement of 20 pairs of halves.

    ``p_components`` is the probability of that number of profiles, all families together (weights exp(-BIC/2)).
    ``best`` marks the candidate of lowest AIC3 among those of two profiles or more, for those who must choose: whether
    there are any profiles is for the verdict to say; ``judged`` the candidate of lowest BIC among
    those that the size of the cohort allows. ``verdict`` is about that one, and the same in each row.

    Verdicts, by the number n of people. Below 30 ``too few``: nothing is fitted, all numbers are missing; the same for
    ``repeated rows``, where more than 10 % of the rows (three scales or more) copy others and chance does not explain
    it: copies would pass for profiles. From 30, at
    most 3 profiles are allowed (from 200, all); ``one group`` unless BIC is better by more than 6 than that of any
    single group, those of few numbers (``one_group``) included; ``not converged``; ``small profile`` under 5 people or
    10 % (from 200: 25 people or 5 %); ``unstable`` when a profile's Jaccard is below .75; ``not beyond one group`` when
    ``shape_p`` (from 60 also ``blrt_p``) is above .05; from 60 also ``not found in halves`` when their agreement is
    below .60; from 200 also ``not replicated`` over 50 starts.
    Otherwise ``hypothesis`` (30-59), ``exploratory profiles`` (60-199), ``profiles`` (200 on).

    >>> rng = np.random.default_rng(2)
    >>> one_group = pd.DataFrame(rng.normal(50, 18, (40, 3)), columns=["A", "B", "C"])
    >>> table = compare_profiles(one_group, max_components=2)
    >>> table[["family", "n_components"]].head(3).to_numpy().tolist()
    [['EEE', 1], ['EII', 1], ['EII', 2]]
    >>> verdict(table)
    Verdict(code='one group', shown=False, family=None, n_components=None)
    """
    _refuse_settings(max_components, families, measured)
    kept = frame[frame.notna().any(axis=1)]
    errors = None if standard_errors is None else standard_errors.loc[kept.index]
    rule = _rule(len(kept))
    if rule is None or pasted(kept):
        return _nothing_fitted(TOO_FEW if rule is None else REPEATED)
    cohort = Cohort(kept, errors, prior, rule.starts, int(check_random_state(random_state).randint(2**31)))
    wanted = list(_candidates(*kept.shape, max_components, families))
    jobs = [partial(_row, cohort, *each, measured == "all") for each in wanted]
    table = pd.DataFrame(_done(jobs, n_jobs, progress))
    judged, singles = _judged(table, rule), table.loc[table["n_components"] == 1, "bic"]
    single = min(singles.min(), cohort.one_group.bic(len(kept)))
    table["p_components"] = _chances(table)
    table["judged"], table["best"] = table.index == judged, table.index == _best(table)
    code = _code(table, judged, single, rule, len(kept))
    if code in MEASURED_FOR and measured != "all":
        table[list(MEASURES)] = table[list(MEASURES)].astype(object)
        candidate = cohort.candidate(*wanted[judged])
        for step in MEASURED_FOR:  # a cohort that fails at one step is not put through the next
            if step == code:
                for name in MEASURED_FOR[step]:
                    table.at[judged, name] = _measure(name, cohort, candidate)
                code = _code(table, judged, single, rule, len(kept))
    return table.assign(verdict=code)[COLUMNS]


def _refuse_settings(max_components: int, families: Sequence[str], measured: str) -> None:
    rules = {
        "max_components": (max_components, isinstance(max_components, int | np.integer) and max_components >= 1, "> 0"),
        "families": (families, bool(families) and set(families) <= set(FAMILIES), " ".join(FAMILIES)),
        "measured": (measured, measured in ("all", "verdict"), "all, verdict"),
    }
    wrong = [
        problem("AM514", name=name, expected=expected, value=value)
        for name, (value, right, expected) in rules.items()
        if not right
    ]
    if wrong:
        raise AngleMortError(*wrong)


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


def pasted(frame: pd.DataFrame) -> bool:
    """Whether rows were copied: many are equal to others, and hardly any lie next to one another.

    People who meet by chance on scores of few steps have neighbours, one step away on one scale, in still larger
    number. ``frame``: respondents x scales, NaN where missing (an equal gap is part of an equal row).

    >>> steps = pd.DataFrame(np.random.default_rng(1).integers(0, 6, (60, 3)), columns=["A", "B", "C"])
    >>> pasted(steps), pasted(pd.concat([steps.head(20)] * 3))
    (False, True)
    """
    steps = frame.rank(method="dense").fillna(-1).to_numpy(dtype=int)
    rows, times = np.unique(steps, axis=0, return_counts=True)
    if frame.shape[1] < SCALES_THAT_TELL or len(frame) - len(rows) <= COPIES * len(frame):
        return False
    known = pd.MultiIndex.from_arrays(rows.T)
    one_up = (rows[rows[:, scale] > 0] + axis for scale, axis in enumerate(np.eye(rows.shape[1], dtype=int)))
    neighbours = sum(int(pd.MultiIndex.from_arrays(each.T).isin(known).sum()) for each in one_up)
    return bool((times > 1).sum() > neighbours)


def _nothing_fitted(code: str) -> pd.DataFrame:
    row = dict.fromkeys(COLUMNS, np.nan) | {"family": SINGLE_GROUP[0], "n_components": SINGLE_GROUP[1]}
    return pd.DataFrame([row | {"replicated": False, "judged": False, "verdict": code}])


def _candidates(n: int, d: int, most: int, families: Sequence[str]) -> Iterator[tuple[str, int]]:
    yield SINGLE_GROUP
    for family in families:
        for k in range(1, most + 1):
            if (family, k) != SINGLE_GROUP and FAMILIES[family].n_parameters(k, d) < n:
                yield family, k


def _done(jobs: list[Callable], n_jobs: int, progress: Callable[[int, int], None] | None) -> list[dict[str, object]]:
    from joblib import Parallel, delayed

    rows = []
    for row in Parallel(n_jobs=n_jobs, return_as="generator")(delayed(job)() for job in jobs):
        rows.append(row)
        if progress:
            progress(len(rows), len(jobs))
    return rows


def _row(cohort: Cohort, family: str, n_components: int, measured: bool) -> dict[str, object]:
    candidate = cohort.candidate(family, n_components)
    model = candidate.model
    row = {
        "family": family, "n_components": n_components, "log_likelihood": model.log_likelihood_,
        "n_parameters": model.n_parameters_, "replicated": n_components == 1 or model.n_replicated_ > 1,
    }  # fmt: skip
    if not model.converged_:
        return row | dict.fromkeys(("bic", "icl", "aic3", "smallest", "relative_entropy", *MEASURES), np.nan)
    loss, memberships = -2 * model.log_likelihood_, candidate.memberships
    bic = loss + model.n_parameters_ * np.log(len(memberships))
    row |= {
        "bic": bic,
        "icl": bic - 2 * float(np.log(memberships.max(axis=1)).sum()),
        "aic3": loss + 3 * model.n_parameters_,
        "smallest": int(np.bincount(memberships.argmax(axis=1), minlength=n_components).min()),
        "relative_entropy": _relative_entropy(memberships),
    }
    wanted = MEASURES if measured and n_components > 1 else ()
    return row | dict.fromkeys(MEASURES, np.nan) | {name: _measure(name, cohort, candidate) for name in wanted}


def _measure(name: str, cohort: Cohort, candidate: Candidate) -> object:
    if name == "shape_p":
        return shaped_ratio(candidate, cohort)
    if name == "blrt_p":
        return bootstrap_ratio(candidate, cohort.single)
    if name == "split_half":
        return candidate.split_half
    jaccards = candidate.jaccards.round(3)
    return float(jaccards.min()) if name == "jaccard" else jaccards.tolist()


def _relative_entropy(memberships: NDArray) -> float:
    n, k = memberships.shape
    if k == 1:
        return np.nan
    spread = -(memberships * np.log(np.maximum(memberships, np.finfo(float).tiny))).sum()
    return float(1 - spread / (n * np.log(k)))


def _chances(table: pd.DataFrame) -> pd.Series:
    weights = np.exp((table["bic"].min() - table["bic"]) / 2).fillna(0.0)
    return weights.groupby(table["n_components"]).transform("sum") / weights.sum()


def _best(table: pd.DataFrame) -> int:
    """For those who must choose: two profiles or more, where anything of the kind could be fitted."""
    several = table.loc[table["n_components"] > 1, "aic3"].dropna()
    return (table["aic3"] if several.empty else several).idxmin()


def _judged(table: pd.DataFrame, rule: Rule) -> int | None:
    allowed = table[table["n_components"].between(2, rule.most_components) & table["bic"].notna()]
    return None if allowed.empty else allowed["bic"].idxmin()


def _code(table: pd.DataFrame, judged: int | None, single: float, rule: Rule, n: int) -> str:
    """The verdict: the first condition that is not met, or what may be shown; a measure not made yet is not met."""
    if np.isnan(table["bic"].iloc[0]):
        return NOT_CONVERGED
    if judged is None or not single - table["bic"].loc[judged] > MARGIN:
        return ONE_GROUP
    row = table.loc[judged]
    conditions = {
        SMALL: row["smallest"] >= max(rule.smallest, rule.smallest_share * n),
        NOT_REPLICATED: row["replicated"] or rule.shown != PROFILES,
        UNSTABLE: row["jaccard"] >= JACCARD,
        NOT_SIGNIFICANT: row["shape_p"] <= SIGNIFICANCE and (row["blrt_p"] <= SIGNIFICANCE or not rule.tested),
        NOT_SPLIT: row["split_half"] >= AGREEMENT or not rule.tested,
    }
    return next((code for code, met in conditions.items() if not met), rule.shown)
