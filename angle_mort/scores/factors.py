"""Factor models by maximum likelihood: one factor for omega, three against one, and how many to expect by chance.

Models are fitted to the correlations of people without gaps: with maximum likelihood the fit is the same in any unit.
Figures of fit follow lavaan's: n (not n - 1) people, SRMR with the diagonal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

HEYWOOD = 1e-3
"""A standardised uniqueness at or below this is a variance that wants to be negative."""

COINCIDE = 1e-3
"""A smallest eigenvalue of the factors' correlations at or below this: one factor is another, or a sum of others."""

_STEEP = 1e-5  # the largest slope, per standardised parameter, that still counts as a solution


class OneFactor(NamedTuple):
    """A one-factor model in the units of the items: loadings, uniquenesses, and whether it may be used."""

    loadings: NDArray
    uniquenesses: NDArray
    status: str

    @property
    def implied(self) -> NDArray:
        return np.outer(self.loadings, self.loadings) + np.diag(self.uniquenesses)


class SeveralFactors(NamedTuple):
    """Each item on one factor, the factors correlated: ``correlations`` between them, and ``implied`` between items.

    ``status`` is ``factors coincide`` where the best that can be found makes fewer factors than were asked: it fits,
    and may be compared, but it is no proof of several.
    """

    correlations: NDArray
    implied: NDArray
    status: str


class Fit(NamedTuple):
    """How far a model lies from the data: smaller is better, except ``cfi`` (1 is best)."""

    chi2: float
    df: float
    cfi: float
    rmsea: float
    srmr: float


NO_FIT = Fit(*[float("nan")] * 5)


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
    bounds = [(np.log(HEYWOOD), np.log(2.0))] * len(sd)
    found = minimize(
        _discrepancy, start, args=(correlation,), jac=True, method="L-BFGS-B",
        bounds=bounds, options={"maxiter": 2000, "ftol": 1e-16, "gtol": 1e-9},
    )  # fmt: skip
    uniquenesses = np.exp(found.x)
    loadings = _loadings(uniquenesses, correlation)
    return OneFactor(loadings * sd, uniquenesses * sd**2, _status(uniquenesses, _slope(found, bounds)))


def several_factors(correlation: NDArray, factor_of: Sequence[int]) -> SeveralFactors:
    """A confirmatory model by maximum likelihood: item i loads on factor ``factor_of[i]`` only, factors correlate.

    ``correlation`` is k x k; ``factor_of`` holds 0, 1, ... Needs 3 items per factor.

    >>> loadings = np.zeros((6, 2))
    >>> loadings[:3, 0] = loadings[3:, 1] = 0.7
    >>> truth = loadings @ np.array([[1, 0.4], [0.4, 1]]) @ loadings.T
    >>> np.fill_diagonal(truth, 1.0)
    >>> model = several_factors(truth, [0, 0, 0, 1, 1, 1])
    >>> model.correlations.round(4).tolist(), model.status
    ([[1.0, 0.4], [0.4, 1.0]], 'ok')
    """
    from scipy.optimize import minimize

    shape = _Shape(np.asarray(factor_of))
    found = minimize(
        _structured_discrepancy, shape.start(correlation), args=(correlation, shape), jac=True, method="L-BFGS-B",
        bounds=shape.bounds(), options={"maxiter": 5000, "maxfun": 20_000, "ftol": 1e-16, "gtol": 1e-9, "maxcor": 40},
    )  # fmt: skip
    loadings, correlations, uniquenesses = shape.unfold(found.x)
    implied = loadings @ correlations @ loadings.T + np.diag(uniquenesses)
    status = _status(uniquenesses, _slope(found, shape.bounds()))
    together = status == "ok" and eigenvalues(correlations)[-1] <= COINCIDE * 1.01
    return SeveralFactors(correlations, implied, "factors coincide" if together else status)


def fit_measures(sample: NDArray, implied: NDArray, n: int, parameters: int) -> Fit:
    """The fit of a model to the k x k covariances of n people without gaps.

    ``chi2`` against the saturated model; ``cfi`` against independence (Bentler 1990); ``rmsea`` (Steiger & Lind 1980);
    ``srmr``: root mean square of what is left of the correlations, variances included (Bentler 1995), means not. With
    ``df`` 0 the model cannot fail, and the figures say nothing. They assume normal answers: five-step items make them
    rough.

    >>> exact = np.array([[2.0, 1.0, 0.5], [1.0, 3.0, 1.0], [0.5, 1.0, 1.5]])
    >>> [round(float(each), 6) + 0.0 for each in fit_measures(exact, exact, 100, 6)]
    [0.0, 0.0, 1.0, 0.0, 0.0]
    """
    k = len(sample)
    df = k * (k + 1) // 2 - parameters
    chi2 = n * discrepancy(sample, implied) if df else 0.0
    excess = max(chi2 - df, 0.0)
    independent = max(n * discrepancy(sample, np.diag(np.diag(sample))) - k * (k - 1) / 2, excess)
    sd = np.sqrt(np.diag(sample))
    left = ((sample - implied) / np.outer(sd, sd))[np.tril_indices(k)]
    cfi = 1 - excess / independent if independent > 0 else 1.0
    rmsea = np.sqrt(excess / (n * df)) if df else 0.0
    return Fit(float(chi2), float(df), float(cfi), float(rmsea), float(np.sqrt(np.mean(left**2))))


def discrepancy(sample: NDArray, implied: NDArray) -> float:
    """The fit function of maximum likelihood, at least 0, and 0 when the model reproduces the sample."""
    ratio = np.linalg.solve(implied, sample)
    return max(float(np.trace(ratio) - np.linalg.slogdet(ratio)[1] - len(sample)), 0.0)


def chance_eigenvalues(n: int, k: int, seed: int) -> NDArray:
    """The eigenvalues that k unrelated items of n people reach by chance in 500 draws, highest first.

    Parallel analysis (Horn 1965) at the 95th percentile (Glorfeld 1995): an eigenvalue above its own counts a factor.

    >>> bool((np.diff(chance_eigenvalues(100, 5, seed=1)) < 0).all())
    True
    """
    draw = np.random.default_rng(seed)
    found = [eigenvalues(np.corrcoef(draw.standard_normal((n, k)), rowvar=False)) for _ in range(500)]
    return np.quantile(found, 0.95, axis=0)


def eigenvalues(correlation: NDArray) -> NDArray:
    """The eigenvalues of a correlation matrix, highest first."""
    return np.linalg.eigvalsh(correlation)[::-1]


def _slope(found, bounds: Sequence[tuple[float | None, float | None]]) -> float:
    """The steepest way that is still open: on a bound, the slope beyond it does not count (Karush, Kuhn and Tucker)."""
    low, high = np.array(bounds, float).T
    low, high = np.where(np.isnan(low), -np.inf, low), np.where(np.isnan(high), np.inf, high)
    return float(np.abs(found.x - np.clip(found.x - found.jac, low, high)).max())


def _status(uniquenesses: NDArray, slope: float) -> str:
    if uniquenesses.min() <= HEYWOOD * 1.01:
        return "heywood"
    # the line search may stop on rounding before its own tolerance; the gradient says whether that is a solution
    return "ok" if slope < _STEEP else "not converged"


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


class _Shape(NamedTuple):
    """Where each parameter stands: k loadings, k logarithms of uniquenesses, the correlations between factors."""

    factor_of: NDArray

    @property
    def factors(self) -> int:
        return int(self.factor_of.max()) + 1

    @property
    def pairs(self) -> tuple[NDArray, NDArray]:
        return np.triu_indices(self.factors, 1)

    def start(self, correlation: NDArray) -> NDArray:
        k = len(self.factor_of)
        return np.concatenate([np.full(k, 0.6), np.full(k, np.log(0.64)), np.full(len(self.pairs[0]), 0.3)])

    def bounds(self) -> list[tuple[float | None, float | None]]:
        k = len(self.factor_of)
        return [(None, None)] * k + [(np.log(HEYWOOD), np.log(2.0))] * k + [(-0.999, 0.999)] * len(self.pairs[0])

    def unfold(self, parameters: NDArray) -> tuple[NDArray, NDArray, NDArray]:
        k = len(self.factor_of)
        loadings = np.zeros((k, self.factors))
        loadings[np.arange(k), self.factor_of] = parameters[:k]
        correlations = np.eye(self.factors)
        correlations[self.pairs] = correlations.T[self.pairs] = parameters[2 * k :]
        return loadings, correlations, np.exp(parameters[k : 2 * k])

    def fold(self, loadings: NDArray, uniquenesses: NDArray, correlations: NDArray) -> NDArray:
        own = loadings[np.arange(len(self.factor_of)), self.factor_of]
        return np.concatenate([own, uniquenesses, correlations[self.pairs]])


def _structured_discrepancy(parameters: NDArray, correlation: NDArray, shape: _Shape) -> tuple[float, NDArray]:
    """The fit function up to a constant, and its gradient; far away where no such correlations can exist."""
    loadings, between, uniquenesses = shape.unfold(parameters)
    implied = loadings @ between @ loadings.T + np.diag(uniquenesses)
    sign, logarithm = np.linalg.slogdet(implied)
    if sign <= 0 or np.linalg.eigvalsh(implied)[0] <= 0:
        return 1e6, np.zeros_like(parameters)
    inverse = np.linalg.inv(implied)
    slope = inverse @ (implied - correlation) @ inverse
    gradient = shape.fold(
        2 * slope @ loadings @ between, np.diag(slope) * uniquenesses, 2 * loadings.T @ slope @ loadings
    )
    return float(logarithm + np.sum(inverse * correlation)), gradient
