"""How far a scale can be trusted: reliability with its interval, and what each item brings."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from angle_mort.errors import AngleMortError, problem
from angle_mort.instrument.codes import holds_numbers, repeated_items
from angle_mort.scores.factors import NO_FIT, Fit, fit_measures, one_factor

if TYPE_CHECKING:
    from angle_mort.instrument.model import Instrument, Module, ResponseFormat

ESTIMATOR = "ml one-factor, covariances"
CERTAIN_FROM = 45  # people; below it Feldt's interval is too wide for a figure to be more than provisional
FEWEST = 3  # complete rows
CONFIDENCE = 0.95

_SINGULAR = 1e-10  # smallest eigenvalue of a correlation matrix that can still be inverted
_NOTHING = 1e-12  # a divisor this much smaller than what it divides is rounding
_BLOCK = 16_384  # people whose answers are centred at a time


class Covariance(NamedTuple):
    """Covariances of the items (n - 1 in the denominator) and the number of people behind them."""

    matrix: NDArray
    n: int


def reliability(
    frame: pd.DataFrame,
    instrument: Instrument | None = None,
    missing: str = "listwise",
    scales: Collection[str] | None = None,
    level: float = CONFIDENCE,
) -> pd.DataFrame:
    """The reliability of each reflective scale, with its interval and the number of people used.

    Parameters
    ----------
    frame : respondents x items, numbers. Without an instrument the columns are one scale, already keyed.
    instrument : tells which items make which scale; negative codes (-1, "does not apply") then count as missing.
    missing : ``listwise`` keeps the rows with every item answered; ``pairwise`` takes each covariance from the rows
        that have both items, and counts as n the smallest of those numbers, so that the interval is never too narrow.
    scales : with an instrument, the modules wanted; by default every reflective one that has answers in the frame.
    level : of the interval, between 0 and 1.

    Returns
    -------
    One row per scale, what cannot be computed is missing:
    ``scale, n_items, n_used, estimator``;
    ``alpha`` (Cronbach), ``alpha_low, alpha_high`` (Feldt's interval on ``n_used``, at ``level``),
    ``alpha_standardised``: at most 1, higher is more reliable;
    ``omega``: (sum of loadings)**2 / ((sum of loadings)**2 + sum of uniquenesses) in a one-factor maximum-likelihood
    model on covariances, and ``omega_status``: ``ok``, or why omega is missing (``too few items`` below 3, ``too few
    people``, ``constant item``, ``singular``, ``heywood``, ``not converged``). It has no interval: the ready ones
    suppose normal answers or many people, so alpha's stands beside it;
    ``chi2, df, cfi, rmsea, srmr``: how well that one factor fits (see ``fit_measures``); missing when omega is, and
    when ``missing`` is ``pairwise``, which has no likelihood;
    ``mean_inter_item`` correlation; ``split_half`` (odd against even items, Spearman-Brown);
    ``sd`` and ``se_measurement`` = sd * sqrt(1 - alpha), in the units of the mean of the items;
    ``provisional``: whether n is below 45.

    Errors: a scale that is not reflective (AM420), unknown (AM424), under 2 items (AM425), under 3 usable rows (AM423),
    an item twice (AM225), answers that are not numbers (AM421) or not finite (AM422), with an instrument a code outside
    the item's format (AM403) or a respondent twice (AM404), an unknown ``missing`` (AM426), a ``level`` that is no
    probability (AM412).

    Nothing here is polychoric: ordinal alpha tells the reliability of a sum that nobody observes, so no margin of the
    score can come from it (Chalmers 2018); decisions/0010-reliability.md says more.

    Sources: Cronbach 1951; Feldt, Woodruff & Salih 1987; McDonald 1999.

    >>> answers = pd.DataFrame({"a": [0, 1, 2, 3, 4], "b": [1, 1, 2, 3, 3], "c": [0, 2, 1, 4, 3]})
    >>> row = reliability(answers).iloc[0]
    >>> row["scale"], int(row["n_used"]), bool(row["provisional"])
    ('scale', 5, True)
    >>> row[["alpha", "alpha_low", "alpha_high"]].astype(float).round(2).tolist()
    [0.92, 0.59, 0.99]
    """
    _check_missing(missing)
    if not 0 < level < 1:
        raise AngleMortError(problem("AM412", name="level", value=level))
    named = [("scale", frame)] if instrument is None else list(_scales(frame, instrument, scales))
    answers = {scale: _answers(columns, coded=instrument is not None) for scale, columns in named}
    if instrument is not None:
        _check_codes(dict(named), instrument)
    covariances = {scale: _covariance(columns, missing) for scale, columns in answers.items()}
    _check_rows(covariances)
    complete = missing == "listwise"
    return pd.DataFrame([_row(scale, each, level, complete) for scale, each in covariances.items()])


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
    again = repeated_items(columns.columns)
    if again:
        raise AngleMortError(*again)
    text = [str(name) for name in columns if not holds_numbers(columns[name])]
    if text:
        raise AngleMortError(*(problem("AM421", item=item) for item in text))
    if len(columns.columns) < 2:
        raise AngleMortError(problem("AM425", n=len(columns.columns)))
    numbers = pd.DataFrame(columns.to_numpy(float, na_value=np.nan), index=columns.index, columns=columns.columns)
    endless = [str(name) for name in columns.columns[np.isinf(numbers.to_numpy()).any(axis=0)]]
    if endless:
        raise AngleMortError(*(problem("AM422", item=item) for item in endless))
    return numbers.where(numbers >= 0) if coded else numbers


def _check_codes(scales: dict[str, pd.DataFrame], instrument: Instrument) -> None:
    """Codes outside the format of their item, and a respondent twice, would pass for answers of somebody."""
    index = next(iter(scales.values())).index if scales else pd.RangeIndex(0)
    twice = int(index.duplicated().sum())
    outside = {
        item: _count_outside(columns[item], instrument.items[item].format)
        for columns in scales.values()
        for item in columns
    }
    found = [problem("AM404", n=twice)] if twice else []
    found += [problem("AM403", item=item, count=count) for item, count in outside.items() if count]
    if found:
        raise AngleMortError(*found)


def _count_outside(answers: pd.Series, format_: ResponseFormat) -> int:
    codes = [choice.code for choice in format_.choices]
    return int((answers.notna() & ~answers.isin(codes)).sum())


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


def _row(scale: str, covariance: Covariance, level: float, complete: bool) -> dict[str, object]:
    matrix, n = covariance
    k = len(matrix)
    alpha = _alpha(matrix)
    low, high = _feldt(alpha, n, k, level)
    mean_r = _mean_inter_item(matrix)
    omega, status, fit = _omega(covariance)
    sd = np.sqrt(max(matrix.sum(), 0.0)) / k
    return {
        "scale": scale, "n_items": k, "n_used": n, "estimator": ESTIMATOR,
        "alpha": alpha, "alpha_low": low, "alpha_high": high, "level": level,
        "alpha_standardised": _ratio(k * mean_r, 1 + (k - 1) * mean_r), "omega": omega, "omega_status": status,
        **(fit if complete else NO_FIT)._asdict(), "mean_inter_item": mean_r, "split_half": _split_half(matrix),
        "sd": sd, "se_measurement": sd * np.sqrt(1 - alpha), "provisional": n < CERTAIN_FROM,
    }  # fmt: skip


def _alpha(matrix: NDArray) -> float:
    k = len(matrix)
    return k / (k - 1) * (1 - _ratio(np.trace(matrix), matrix.sum())) if k > 1 else np.nan


def _feldt(alpha: float, n: int, k: int, level: float = CONFIDENCE) -> tuple[float, float]:
    from scipy.special import fdtri

    tails = ((1 + level) / 2, (1 - level) / 2)
    low, high = (1 - (1 - alpha) * fdtri(n - 1, (n - 1) * (k - 1), tail) for tail in tails)
    return float(low), float(high)


def _omega(covariance: Covariance) -> tuple[float, str, Fit]:
    status = _obstacle(covariance)
    if status != "ok":
        return np.nan, status, NO_FIT
    model = one_factor(covariance.matrix)
    if model.status != "ok":
        return np.nan, model.status, NO_FIT
    common = model.loadings.sum() ** 2
    fit = fit_measures(covariance.matrix, model.implied, covariance.n, 2 * len(covariance.matrix))
    return common / (common + model.uniquenesses.sum()), model.status, fit


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
    """Missing where the divisor is nothing but rounding: items that cancel each other out have no reliability."""
    return float(above / below) if below > _NOTHING * abs(above) else np.nan


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
