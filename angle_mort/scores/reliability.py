"""How far a scale can be trusted: reliability with its interval, and what each item brings."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import is_numeric_dtype

from angle_mort.errors import AngleMortError, problem

if TYPE_CHECKING:
    from angle_mort.instrument.model import Instrument, Module

ESTIMATOR = "ml one-factor, covariances"
CERTAIN_FROM = 45  # people; below it Feldt's interval is too wide for a figure to be more than provisional
FEWEST = 3  # complete rows
CONFIDENCE = 0.95

_HEYWOOD = 1e-3  # a standardised uniqueness at or below this is a variance that wants to be negative
_SINGULAR = 1e-10  # smallest eigenvalue of a correlation matrix that can still be inverted
_BLOCK = 16_384  # people whose answers are centred at a time


class Covariance(NamedTuple):
    """Covariances of the items (n - 1 in the denominator) and the number of people behind them."""

    matrix: NDArray
    n: int


class OneFactor(NamedTuple):
    """A one-factor model in the units of the items: loadings, uniquenesses, and whether it may be used."""

    loadings: NDArray
    uniquenesses: NDArray
    status: str


def reliability(
    frame: pd.DataFrame,
    instrument: Instrument | None = None,
    missing: str = "listwise",
    scales: Collection[str] | None = None,
) -> pd.DataFrame:
    """The reliability of each reflective scale, with its interval and the number of people used.

    Parameters
    ----------
    frame : respondents x items, numbers. Without an instrument the columns are one scale, already keyed.
    instrument : tells which items make which scale; negative codes (-1, "does not apply") then count as missing.
    missing : ``listwise`` keeps the rows with every item answered; ``pairwise`` takes each covariance from the rows
        that have both items, and counts as n the smallest of those numbers, so that the interval is never too narrow.
    scales : with an instrument, the modules wanted; by default every reflective one that has answers in the frame.

    Returns
    -------
    One row per scale, what cannot be computed is missing:
    ``scale, n_items, n_used, estimator``;
    ``alpha`` (Cronbach), ``alpha_low, alpha_high`` (Feldt's 95 % interval on ``n_used``), ``alpha_standardised``: at
    most 1, higher is more reliable;
    ``omega``: (sum of loadings)**2 / ((sum of loadings)**2 + sum of uniquenesses) in a one-factor maximum-likelihood
    model on covariances, and ``omega_status``: ``ok``, or why omega is missing (``too few items`` below 3, ``too few
    people``, ``constant item``, ``singular``, ``heywood``, ``not converged``);
    ``mean_inter_item`` correlation; ``split_half`` (odd against even items, Spearman-Brown);
    ``sd`` and ``se_measurement`` = sd * sqrt(1 - alpha), in the units of the mean of the items;
    ``provisional``: whether n is below 45.

    Errors: a scale that is not reflective (AM420), unknown (AM424), under 2 items (AM425), under 3 usable rows (AM423),
    answers that are not numbers (AM421) or not finite (AM422), an unknown ``missing`` (AM426).

    Sources: Cronbach 1951; Feldt, Woodruff & Salih 1987; McDonald 1999.

    >>> answers = pd.DataFrame({"a": [0, 1, 2, 3, 4], "b": [1, 1, 2, 3, 3], "c": [0, 2, 1, 4, 3]})
    >>> row = reliability(answers).iloc[0]
    >>> row["scale"], int(row["n_used"]), bool(row["provisional"])
    ('scale', 5, True)
    >>> row[["alpha", "alpha_low", "alpha_high"]].astype(float).round(2).tolist()
    [0.92, 0.59, 0.99]
    """
    _check_missing(missing)
    named = [("scale", frame)] if instrument is None else list(_scales(frame, instrument, scales))
    answers = {scale: _answers(columns, coded=instrument is not None) for scale, columns in named}
    covariances = {scale: _covariance(columns, missing) for scale, columns in answers.items()}
    _check_rows(covariances)
    return pd.DataFrame([_row(scale, covariance) for scale, covariance in covariances.items()])


def item_analysis(frame: pd.DataFrame, missing: str = "listwise") -> pd.DataFrame:
    """What each item brings to the scale that the columns make together, already keyed.

    Returns one row per item: ``item``, ``n`` (rows used), ``mean``, ``sd``, ``item_rest`` (its correlation with the sum
    of the others, in [-1, 1]) and ``alpha_if_dropped``. What cannot be computed (a constant item) is missing.
    ``missing`` and the errors are those of ``reliability``.

    >>> answers = pd.DataFrame({"a": [0, 1, 2, 3, 4], "b": [1, 1, 2, 3, 3], "c": [0, 2, 1, 4, 3]})
    >>> print(item_analysis(answers).round(3).to_string(index=False))
    item  n  mean    sd  item_rest  alpha_if_dropped
       a  5   2.0 1.581      0.904             0.833
       b  5   2.0 1.000      0.917             0.889
       c  5   2.0 1.581      0.806             0.923
    """
    _check_missing(missing)
    answers = _answers(frame, coded=False)
    covariance = _covariance(answers, missing)
    _check_rows({"scale": covariance})
    used = answers.dropna() if missing == "listwise" else answers
    return pd.DataFrame(
        {
            "item": answers.columns,
            "n": used.count().to_numpy(),
            "mean": np.asarray(used.mean() if missing == "pairwise" else used.to_numpy().mean(axis=0)),
            "sd": np.sqrt(np.diag(covariance.matrix)),
            "item_rest": _item_rest(covariance.matrix),
            "alpha_if_dropped": _alpha_if_dropped(covariance.matrix),
        }
    )


def one_factor(covariance: NDArray) -> OneFactor:
    """A one-factor model by maximum likelihood, from a k x k covariance matrix, k >= 3.

    The loadings are solved for given uniquenesses (Joreskog 1967), so only k logarithms are searched. The model is the
    same in any unit, so the search is done on correlations.

    >>> loadings = np.array([1.0, 2.0, 1.5, 0.5])
    >>> fit = one_factor(np.outer(loadings, loadings) + np.diag([1.0, 2.0, 3.0, 1.0]))
    >>> fit.loadings.round(4), fit.uniquenesses.round(4), fit.status
    (array([1. , 2. , 1.5, 0.5]), array([1., 2., 3., 1.]), 'ok')
    """
    from scipy.optimize import minimize

    sd = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(sd, sd)
    start = np.log((1 - 0.5 / len(sd)) / np.diag(np.linalg.inv(correlation)))
    found = minimize(
        _discrepancy, start, args=(correlation,), jac=True, method="L-BFGS-B",
        bounds=[(np.log(_HEYWOOD), np.log(2.0))] * len(sd), options={"maxiter": 2000, "ftol": 1e-16, "gtol": 1e-9},
    )  # fmt: skip
    uniquenesses = np.exp(found.x)
    loadings = _loadings(uniquenesses, correlation)
    return OneFactor(loadings * sd, uniquenesses * sd**2, _fit_status(found, uniquenesses))


def _fit_status(found: object, uniquenesses: NDArray) -> str:
    if uniquenesses.min() <= _HEYWOOD * 1.01:
        return "heywood"
    # the line search may stop on rounding before its own tolerance; the gradient says whether that is a solution
    return "ok" if np.abs(found.jac).max() < 1e-5 else "not converged"


def _discrepancy(log_uniquenesses: NDArray, correlation: NDArray) -> tuple[float, NDArray]:
    """Twice the fit function of maximum likelihood up to a constant, and its gradient."""
    uniquenesses = np.exp(log_uniquenesses)
    root = np.sqrt(uniquenesses)
    eigenvalues = np.linalg.eigvalsh(correlation / np.outer(root, root))[:-1]
    loadings = _loadings(uniquenesses, correlation)
    gradient = (loadings**2 + uniquenesses - np.diag(correlation)) / uniquenesses
    return float(np.sum(eigenvalues - np.log(eigenvalues))), gradient


def _loadings(uniquenesses: NDArray, correlation: NDArray) -> NDArray:
    root = np.sqrt(uniquenesses)
    eigenvalues, vectors = np.linalg.eigh(correlation / np.outer(root, root))
    loadings = root * vectors[:, -1] * np.sqrt(max(eigenvalues[-1] - 1, 0.0))
    return loadings if loadings.sum() >= 0 else -loadings


def _scales(
    frame: pd.DataFrame, instrument: Instrument, scales: Collection[str] | None
) -> Iterator[tuple[str, pd.DataFrame]]:
    """The columns of each scale; a module that nobody was asked, or that nobody answered, is no scale of this frame."""
    if scales is not None:
        _check_scales(instrument, scales)
    for module in instrument.modules:
        wanted = module.nature == "reflective" if scales is None else module.code in scales
        columns = frame[[item.id for item in module.items if item.id in frame]] if wanted else None
        if columns is not None and (scales is not None or columns.notna().to_numpy().any()):
            yield module.code, columns


def _answers(columns: pd.DataFrame, coded: bool) -> pd.DataFrame:
    """The columns as floats, missing as NaN; negative codes too when they are codes."""
    text = [str(name) for name in columns if not _numeric(columns[name])]
    if text:
        raise AngleMortError(*(problem("AM421", item=item) for item in text))
    if len(columns.columns) < 2:
        raise AngleMortError(problem("AM425", n=len(columns.columns)))
    numbers = pd.DataFrame(columns.to_numpy(float, na_value=np.nan), index=columns.index, columns=columns.columns)
    endless = [str(name) for name in columns.columns[np.isinf(numbers.to_numpy()).any(axis=0)]]
    if endless:
        raise AngleMortError(*(problem("AM422", item=item) for item in endless))
    return numbers.where(numbers >= 0) if coded else numbers


def _numeric(column: pd.Series) -> bool:
    return is_numeric_dtype(column) or column.isna().all()


def _fewest_pairs(answers: pd.DataFrame) -> int:
    answered = answers.notna().to_numpy(dtype=float)
    return int((answered.T @ answered).min())


def _covariance(answers: pd.DataFrame, missing: str) -> Covariance:
    used = answers.dropna() if missing == "listwise" else answers
    n = len(used) if missing == "listwise" else _fewest_pairs(used)
    matrix = _complete_covariance if missing == "listwise" else pd.DataFrame.cov
    return Covariance(np.asarray(matrix(used)) if n >= FEWEST else np.full((answers.shape[1],) * 2, np.nan), n)


def _complete_covariance(answers: pd.DataFrame) -> NDArray:
    """By blocks of people: a million need no second copy of their answers."""
    rows = answers.to_numpy()
    centre = rows.mean(axis=0)
    blocks = (rows[start : start + _BLOCK] - centre for start in range(0, len(rows), _BLOCK))
    return sum(block.T @ block for block in blocks) / (len(rows) - 1)


def _row(scale: str, covariance: Covariance) -> dict[str, object]:
    matrix, n = covariance
    k = len(matrix)
    alpha = _alpha(matrix)
    low, high = _feldt(alpha, n, k)
    mean_r = _mean_inter_item(matrix)
    omega, status = _omega(covariance)
    sd = np.sqrt(max(matrix.sum(), 0.0)) / k
    return {
        "scale": scale, "n_items": k, "n_used": n, "estimator": ESTIMATOR,
        "alpha": alpha, "alpha_low": low, "alpha_high": high, "alpha_standardised": k * mean_r / (1 + (k - 1) * mean_r),
        "omega": omega, "omega_status": status, "mean_inter_item": mean_r, "split_half": _split_half(matrix),
        "sd": sd, "se_measurement": sd * np.sqrt(1 - alpha), "provisional": n < CERTAIN_FROM,
    }  # fmt: skip


def _alpha(matrix: NDArray) -> float:
    k = len(matrix)
    return k / (k - 1) * (1 - _ratio(np.trace(matrix), matrix.sum())) if k > 1 else np.nan


def _feldt(alpha: float, n: int, k: int) -> tuple[float, float]:
    from scipy.special import fdtri

    tails = ((1 + CONFIDENCE) / 2, (1 - CONFIDENCE) / 2)
    low, high = (1 - (1 - alpha) * fdtri(n - 1, (n - 1) * (k - 1), tail) for tail in tails)
    return float(low), float(high)


def _omega(covariance: Covariance) -> tuple[float, str]:
    status = _obstacle(covariance)
    if status != "ok":
        return np.nan, status
    loadings, uniquenesses, status = one_factor(covariance.matrix)
    common = loadings.sum() ** 2
    return (common / (common + uniquenesses.sum()) if status == "ok" else np.nan), status


def _obstacle(covariance: Covariance) -> str:
    """Why no one-factor model can be fitted, or ``ok``."""
    matrix, n = covariance
    if len(matrix) < 3:
        return "too few items"
    if n <= len(matrix):
        return "too few people"
    if np.diag(matrix).min() <= 0:
        return "constant item"
    return "ok" if np.linalg.eigvalsh(_correlation(matrix)).min() > _SINGULAR else "singular"


def _mean_inter_item(matrix: NDArray) -> float:
    k = len(matrix)
    return float((_correlation(matrix).sum() - k) / (k * (k - 1)))


def _correlation(matrix: NDArray) -> NDArray:
    """Correlations; those of a constant item are missing."""
    variances = np.diag(matrix)
    sd = np.sqrt(np.where(variances > 0, variances, np.nan))
    return matrix / np.outer(sd, sd)


def _split_half(matrix: NDArray) -> float:
    odd, even = slice(0, None, 2), slice(1, None, 2)
    spread = matrix[odd, odd].sum() * matrix[even, even].sum()
    r = _ratio(matrix[odd, even].sum(), np.sqrt(max(spread, 0.0)))
    return _ratio(2 * r, 1 + r)


def _item_rest(matrix: NDArray) -> NDArray:
    own = np.diag(matrix)
    with_rest = matrix.sum(axis=1) - own
    rest = matrix.sum() - 2 * with_rest - own
    spread = own * rest
    return with_rest / np.sqrt(np.where(spread > 0, spread, np.nan))


def _alpha_if_dropped(matrix: NDArray) -> list[float]:
    items = range(len(matrix))
    return [_alpha(np.delete(np.delete(matrix, item, 0), item, 1)) for item in items]


def _ratio(above: float, below: float) -> float:
    return float(above / below) if below > 0 else np.nan


def _check_missing(missing: str) -> None:
    if missing not in ("listwise", "pairwise"):
        raise AngleMortError(problem("AM426", value=missing))


def _check_scales(instrument: Instrument, scales: Sequence[str]) -> None:
    modules: dict[str, Module] = {module.code: module for module in instrument.modules}
    unknown = [problem("AM424", scale=scale) for scale in scales if scale not in modules]
    others = [
        problem("AM420", scale=scale, nature=modules[scale].nature)
        for scale in scales
        if scale in modules and modules[scale].nature != "reflective"
    ]
    if unknown or others:
        raise AngleMortError(*unknown, *others)


def _check_rows(covariances: dict[str, Covariance]) -> None:
    few = [problem("AM423", scale=scale, n=each.n) for scale, each in covariances.items() if each.n < FEWEST]
    if few or not covariances:
        raise AngleMortError(*(few or [problem("AM427")]))
