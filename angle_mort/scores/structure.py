"""Do the scales tell different stories: correlations between them, and one factor against several."""

from __future__ import annotations

from itertools import combinations
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from angle_mort.errors import AngleMortError, problem
from angle_mort.instrument import Instrument, load_instrument
from angle_mort.instrument.codes import refuse_bad_codes
from angle_mort.scores.factors import (
    NO_FIT,
    chance_eigenvalues,
    eigenvalues,
    fit_measures,
    one_factor,
    several_factors,
)
from angle_mort.scores.reliability import FEWEST, reliability
from angle_mort.scores.scales import score_responses

BLOCKS = ("A", "B", "C")
APART, MERGED, UNDECIDED, TOO_FEW = "apart", "merged", "undecided", "too few"
ONE, SEVERAL = "one factor", "a factor per scale"

_CLEAR = 10.0  # points of BIC: "very strong" for Kass & Raftery 1995
_CORRELATIONS = (
    "first", "second", "n", "r", "low", "high", "r_true", "true_low", "true_high", "level", "verdict",
)  # fmt: skip
_MODELS = ("model", "n_used", "parameters", "chi2", "df", "cfi", "rmsea", "srmr", "bic", "status")


def scale_correlations(
    responses: pd.DataFrame,
    instrument: Instrument | None = None,
    scales: tuple[str, ...] = BLOCKS,
    level: float | None = None,
) -> pd.DataFrame:
    """How strongly scales go together, and whether they may still be told as different stories.

    Returns one row per pair: ``first``, ``second``, ``n`` (respondents who have both scores), ``r`` (Pearson) with
    ``low`` and ``high`` (Fisher's interval at ``level``, by default the instrument's); ``r_true`` = r / sqrt(alpha of
    the one x alpha of the other) (Spearman 1904), at most 1, with its interval divided in the same way, as if the two
    alphas were known (each from all who answered both items of a pair, since scores too bear gaps); ``verdict``:

    - ``merged``: ``r_true`` reaches the instrument's limit (.80): the story of several patterns fails here;
    - ``apart``: the whole interval of ``r_true`` lies below it; ``undecided``: in between;
    - ``too few``: under the n that the instrument asks (200), or not calculable.

    The limit is one for true scores (Ronkko & Cho 2022). Two scales with an alpha of .75 that measure the very same
    thing correlate at .75 only: held against ``r`` itself, the limit could never be reached. Where r passes it, so
    does ``r_true``.

    Raises ``AngleMortError`` AM412 (level) and those of ``score_responses`` and ``reliability``.

    >>> import angle_mort as am
    >>> pool = am.make_cohort(n=300, seed=4, profiles=0).responses
    >>> scale_correlations(pool)["verdict"].tolist()
    ['apart', 'apart', 'apart']
    """
    instrument = instrument or load_instrument()
    level = instrument.scoring["interval_level"]["value"] if level is None else level
    if not 0 < level < 1:
        raise AngleMortError(problem("AM412", name="level", value=level))
    table = score_responses(responses, instrument)
    scores = table.pivot(index="respondent", columns="scale", values="value").reindex(columns=list(scales))
    alphas = _alphas(responses, instrument, scales)
    limit, fewest = (instrument.scoring["separation"][name] for name in ("correlation", "minimum_n"))
    rows = [_pair(scores[list(pair)], alphas, level, limit, fewest) for pair in combinations(scales, 2)]
    return pd.DataFrame(rows, columns=list(_CORRELATIONS))


def fisher_interval(r: float, n: int, level: float) -> tuple[float, float]:
    """The interval of a Pearson correlation of n pairs, n > 3, on Fisher's scale (1921).

    >>> [round(each, 3) for each in fisher_interval(0.5, 103, 0.95)]
    [0.339, 0.632]
    """
    reach = NormalDist().inv_cdf((1 + level) / 2) / np.sqrt(n - 3)
    middle = np.arctanh(r)
    return float(np.tanh(middle - reach)), float(np.tanh(middle + reach))


def compare_structures(
    responses: pd.DataFrame, instrument: Instrument | None = None, scales: tuple[str, ...] = BLOCKS
) -> pd.DataFrame:
    """One factor for all items of the scales, against one factor per scale that correlate; maximum likelihood.

    Returns two rows, ``model`` ``one factor`` and ``a factor per scale``, with ``n_used`` (respondents who answered all
    these items), ``parameters``, ``chi2``, ``df``, ``cfi``, ``rmsea``, ``srmr`` (see ``fit_measures``), ``bic``
    (smaller is better) and ``status``: ``ok``, ``too few people`` (under the instrument's 200 complete rows: nothing is
    computed), ``factors coincide`` (two of the several are one, or all are), ``heywood``, ``not converged`` or
    ``singular``. ``preferred_structure`` reads it.

    Raises ``AngleMortError``: those of ``score_responses``, AM429 when a scale has fewer than 3 items here.

    >>> import angle_mort as am
    >>> pool = am.make_cohort(n=300, seed=4, profiles=0, not_applicable=0).responses
    >>> table = compare_structures(pool)
    >>> table["n_used"].tolist(), table["df"].tolist(), preferred_structure(table)
    ([300, 300], [252.0, 249.0], 'a factor per scale')
    """
    instrument = instrument or load_instrument()
    items, factor_of = _items(responses, instrument, scales)
    complete = _complete(responses, items)
    shares = {ONE: 2 * len(items), SEVERAL: 2 * len(items) + len(scales) * (len(scales) - 1) // 2}
    obstacle = _obstacle(complete, instrument)
    if obstacle:
        rows = [(model, len(complete), parameters, *NO_FIT, np.nan, obstacle) for model, parameters in shares.items()]
        return pd.DataFrame(rows, columns=list(_MODELS))
    covariance = np.cov(complete, rowvar=False, ddof=0)
    correlation = np.corrcoef(complete, rowvar=False)
    fitted = {ONE: one_factor(correlation), SEVERAL: several_factors(correlation, factor_of)}
    rows = [_model(name, model, covariance, correlation, len(complete), shares[name]) for name, model in fitted.items()]
    return pd.DataFrame(rows, columns=list(_MODELS))


def preferred_structure(models: pd.DataFrame) -> str:
    """Which model of ``compare_structures`` to keep, or ``undecided``, or ``too few``.

    A factor per scale needs a BIC lower by more than 10, an RMSEA that is no higher, and factors that do not coincide;
    one factor is kept as soon as its BIC is no higher. A model that could not be fitted decides nothing.
    """
    rows = models.set_index("model")
    if (rows["status"] == "too few people").any():
        return TOO_FEW
    if not rows["status"].isin(["ok", "factors coincide"]).all():
        return UNDECIDED
    gain, apart = rows["bic"][ONE] - rows["bic"][SEVERAL], rows["status"][SEVERAL] == "ok"
    if apart and gain > _CLEAR and rows["rmsea"][SEVERAL] <= rows["rmsea"][ONE]:
        return SEVERAL
    return ONE if gain <= 0 else UNDECIDED


def parallel_analysis(
    responses: pd.DataFrame, instrument: Instrument | None = None, scales: tuple[str, ...] = BLOCKS, seed: int = 0
) -> pd.DataFrame:
    """How many dimensions the items of the scales hold beyond chance (Horn 1965, at the 95th percentile).

    Returns one row per eigenvalue of the items' correlations, highest first: ``place``, ``eigenvalue``, ``by_chance``
    (seeded), ``above`` (it and all before it exceed chance: the number of these is the number of dimensions). The table
    is empty below the instrument's 200 respondents without gaps. Errors: those of ``compare_structures``.

    >>> import angle_mort as am
    >>> pool = am.make_cohort(n=300, seed=4, profiles=0, not_applicable=0).responses
    >>> int(parallel_analysis(pool)["above"].sum())
    3
    """
    instrument = instrument or load_instrument()
    items, _ = _items(responses, instrument, scales)
    complete = _complete(responses, items)
    found = np.empty(0) if _obstacle(complete, instrument) else eigenvalues(np.corrcoef(complete, rowvar=False))
    chance = chance_eigenvalues(len(complete), len(items), seed) if len(found) else found
    above = np.logical_and.accumulate(found > chance)
    place = np.arange(1, len(found) + 1)
    return pd.DataFrame({"place": place, "eigenvalue": found, "by_chance": chance, "above": above})


def _alphas(responses: pd.DataFrame, instrument: Instrument, scales: tuple[str, ...]) -> pd.Series:
    """Alpha of each scale, pair by pair as in norms; missing where some pair of items has fewer than 3 respondents."""
    items = {module.code: [item.id for item in module.items if item.id in responses] for module in instrument.modules}
    told = [each for each in scales if each not in items or _fewest_pair(responses[items[each]]) >= FEWEST]
    if not told:
        return pd.Series(np.nan, index=list(scales))
    rows = reliability(responses, instrument, "pairwise", told).set_index("scale")["alpha"]
    return rows.reindex(list(scales))


def _fewest_pair(answers: pd.DataFrame) -> int:
    told = (answers.astype("Float64").astype(float) >= 0).to_numpy(int)
    return int((told.T @ told).min(initial=len(answers)))


def _pair(scores: pd.DataFrame, alphas: pd.Series, level: float, limit: float, fewest: int) -> tuple[object, ...]:
    both = scores.dropna()
    first, second = scores.columns
    n = len(both)
    spread = n > 3 and bool((both.std() > 0).all())
    r = float(np.corrcoef(both.to_numpy(), rowvar=False)[0, 1]) if spread else np.nan
    edges = fisher_interval(r, n, level) if spread and abs(r) < 1 else (r, r)
    reach = alphas[first] * alphas[second]
    true = np.clip(np.array([r, *edges]) / np.sqrt(reach if min(alphas[first], alphas[second]) > 0 else np.nan), -1, 1)
    verdict = TOO_FEW if n < fewest or np.isnan(true).any() else _verdict(true, limit)
    return (first, second, n, r, *edges, *(float(each) for each in true), level, verdict)


def _verdict(true: NDArray, limit: float) -> str:
    middle, _, high = true
    if middle >= limit:
        return MERGED
    return APART if high < limit else UNDECIDED


def _items(responses: pd.DataFrame, instrument: Instrument, scales: tuple[str, ...]) -> tuple[list[str], list[int]]:
    refuse_bad_codes(responses, instrument)
    named = [[item.id for item in instrument.module(scale).items if item.id in responses] for scale in scales]
    short = [(scale, len(items)) for scale, items in zip(scales, named, strict=True) if len(items) < 3]
    if short:
        raise AngleMortError(*(problem("AM429", scale=scale, n=n) for scale, n in short))
    return [item for items in named for item in items], [place for place, items in enumerate(named) for _ in items]


def _complete(responses: pd.DataFrame, items: list[str]) -> NDArray:
    answers = responses[items].astype("Float64").astype(float)
    return answers.where(answers >= 0).dropna().to_numpy()


def _obstacle(complete: NDArray, instrument: Instrument) -> str:
    if len(complete) < instrument.scoring["separation"]["minimum_n"]:
        return "too few people"
    if (np.ptp(complete, axis=0) == 0).any() or eigenvalues(np.corrcoef(complete, rowvar=False))[-1] < 1e-10:
        return "singular"
    return ""


def _model(name: str, model, covariance: NDArray, correlation: NDArray, n: int, parameters: int) -> tuple[object, ...]:
    fit = fit_measures(correlation, model.implied, n, parameters)
    k = len(covariance)
    deviance = n * (k * np.log(2 * np.pi) + np.linalg.slogdet(covariance)[1] + k) + fit.chi2
    return (name, n, parameters, *fit, deviance + parameters * np.log(n), model.status)
