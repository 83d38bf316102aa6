"""Gaussian mixtures on scores with gaps and known errors, as a scikit-learn estimator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, DensityMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from angle_mort.errors import AngleMortError, Problem, problem
from angle_mort.profiles.evidence import Evidence, Parameters, arranged
from angle_mort.profiles.expectation import Prior, Rules, log_joint, log_sum
from angle_mort.profiles.families import FACTOR, FAMILIES, SPHERE, Family
from angle_mort.profiles.placing import log_joints
from angle_mort.profiles.starts import Found, search

FORMAT = 1
WEAK = 0.001
"""The sum of squares that each covariance starts with, in variances of the whole cohort."""


class ProfileMixture(ClassNamePrefixFeaturesOutMixin, TransformerMixin, DensityMixin, BaseEstimator):
    """A mixture of Gaussian profiles on respondents x scales, fitted by maximum likelihood or with a weak prior.

    Parameters
    ----------
    n_components : how many profiles, at least 1.
    covariance : the family, named as mclust names it: ``EII VII EEI VVI EEE VVV``; ``CCC`` adds one factor to
        EII.
    prior : ``"weak"``: an inverse-Wishart prior on each covariance, against spikes on a few equal answers: sums of
        squares start at a thousandth of each variable's own variance, not at zero; a number: that share; None: plain
        maximum likelihood.
    n_init : starts, half of them fresh, half the best of these with one profile moved. All make a short run, the best
        quarter (at least 2) go on to the end.
    max_iter : steps of the long run at most, counted in threes (two of expectation-maximisation and a leap).
    tol : a start has converged when the log-likelihood still to gain, judged by how fast steps shrink, is below this.
    random_state : seed of the starts.

    Attributes
    ----------
    weights_ (k), means_ (k x d), covariances_ (k x d x d) : the profiles, by rising mean of their means.
    converged_ : whether the best start converged; where it did not, every result is refused (AM517).
    n_iter_, n_replicated_ : its steps; how many finalists reached its objective within .01.
    log_likelihood_ : of the data fitted, without the prior.
    objective_history_ : log-likelihood plus log-prior after each step; it never falls.
    n_respondents_, n_parameters_ : people with at least one score; free numbers of the model.

    Notes
    -----
    Missing scores (NaN) are handled by the likelihood: nothing is imputed and nobody is dropped. Someone without any
    score gets the weights as memberships. ``standard_errors`` (n x d, in the units of the scores) may come with every
    table: the observed covariance is the profile's plus that person's errors; NaN or 0 is no error, infinity is a
    missing score. BIC, ICL and AIC3 are smaller when better.

    >>> rng = np.random.default_rng(1)
    >>> scores = np.vstack([rng.normal(30, 6, (40, 3)), rng.normal(70, 6, (40, 3))])
    >>> scores[0, 0] = np.nan
    >>> mixture = ProfileMixture(2, random_state=0).fit(scores)
    >>> np.abs(mixture.means_ - [[30], [70]]).max() < 3, mixture.converged_
    (np.True_, True)
    >>> mixture.predict(scores)[[0, 79]]
    array([0, 1])
    """

    def __init__(
        self,
        n_components: int = 1,
        covariance: str = "VVI",
        prior: str | float | None = "weak",
        n_init: int = 200,
        max_iter: int = 500,
        tol: float = 1e-4,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.covariance = covariance
        self.prior = prior
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state

    def fit(
        self,
        X: ArrayLike,
        y: object = None,
        standard_errors: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> ProfileMixture:
        """Find the profiles of respondents x scales (NaN = missing); ``y`` is ignored.

        ``sample_weight`` (n) says how much each person counts: 2 is the same as being there twice.

        Errors: an infinity (AM510), too few respondents (AM511), a column empty (AM512) or constant (AM513), a
        parameter out of range (AM514), errors of another shape (AM515) or negative (AM516), only spikes (AM518).
        """
        _refuse(*self._wrong_parameters())
        scores, errors = self._scores(X, standard_errors, reset=True)
        weights = _check_sample_weight(sample_weight, scores, dtype=np.float64, ensure_non_negative=True)
        kept = (weights > 0) & ~np.isnan(scores).all(axis=1)
        _refuse(*self._wrong_scores(scores[kept]))
        workshop = Workshop.open(scores[kept], errors[kept], FAMILIES[self.covariance], weights[kept])
        rules = workshop.rules(self.prior, self.max_iter, self.tol)
        evidence = workshop.evidence.reweighted(workshop.evidence.weights[None])
        found = search(evidence, rules, self.n_components, self.n_init, check_random_state(self.random_state))
        if not np.isfinite(found.objective[0]):
            raise AngleMortError(problem("AM518"))
        return self._keep(found, workshop)

    def predict(self, X: ArrayLike, standard_errors: ArrayLike | None = None) -> NDArray:
        """The index of the most probable profile of each person: n."""
        return self.predict_proba(X, standard_errors).argmax(axis=1)

    def predict_proba(self, X: ArrayLike, standard_errors: ArrayLike | None = None) -> NDArray:
        """The memberships of each person: n x k, rows sum to 1."""
        joint = self._joint(X, standard_errors)[0]
        return np.exp(joint - log_sum(joint)).T

    def transform(self, X: ArrayLike, standard_errors: ArrayLike | None = None) -> NDArray:
        """The memberships, as ``predict_proba`` gives them: a frame with a column per profile where
        ``set_output(transform="pandas")`` asks for it.
        """
        return self.predict_proba(X, standard_errors)

    def score_samples(self, X: ArrayLike, standard_errors: ArrayLike | None = None) -> NDArray:
        """The log-likelihood of each person's scores, without the prior: n."""
        return log_sum(self._joint(X, standard_errors)[0])

    def score(self, X: ArrayLike, y: object = None, standard_errors: ArrayLike | None = None) -> float:
        """The mean log-likelihood, without the prior; ``y`` is ignored."""
        return float(self.score_samples(X, standard_errors).mean())

    def bic(self, X: ArrayLike, standard_errors: ArrayLike | None = None) -> float:
        """-2 log-likelihood + parameters x log(people with a score): smaller is better (mclust's sign is opposite)."""
        joint, people = self._joint(X, standard_errors)
        return float(-2 * log_sum(joint).sum() + self.n_parameters_ * np.log(people))

    def icl(self, X: ArrayLike, standard_errors: ArrayLike | None = None) -> float:
        """BIC made worse by unsure memberships, -2 x the log of each person's highest: smaller is better."""
        highest = self.predict_proba(X, standard_errors).max(axis=1)
        return self.bic(X, standard_errors) - 2 * float(np.log(highest).sum())

    def aic3(self, X: ArrayLike, standard_errors: ArrayLike | None = None) -> float:
        """-2 log-likelihood + 3 x parameters: smaller is better."""
        return float(-2 * self.score_samples(X, standard_errors).sum() + 3 * self.n_parameters_)

    def sample(
        self, n_samples: int = 1, random_state: int | np.random.RandomState | None = None
    ) -> tuple[NDArray, NDArray]:
        """Draw people from the profiles: scores (n x d) and the profile of each (n).

        Without ``random_state`` here, the estimator's own is used.
        """
        self._ready()
        random = check_random_state(self.random_state if random_state is None else random_state)
        profile = np.sort(random.choice(len(self.weights_), n_samples, p=self.weights_))
        normal = random.standard_normal((n_samples, self.means_.shape[1], 1))
        # a covariance may be singular after rounding: eigenvectors draw from it where a Cholesky factor would fail
        eigenvalues, vectors = np.linalg.eigh(self.covariances_)
        root = vectors * np.sqrt(np.maximum(eigenvalues, 0))[:, None, :]
        return self.means_[profile] + (root[profile] @ normal)[..., 0], profile

    def to_json(self) -> dict[str, Any]:
        """The fitted model as a dictionary of plain numbers and words, ready for ``json.dump``."""
        self._ready()
        names = getattr(self, "feature_names_in_", None)
        return {
            "format": FORMAT,
            "model": "ProfileMixture",
            "settings": {name: value for name, value in self.get_params().items() if name != "random_state"},
            "scales": None if names is None else [str(name) for name in names],
            "n_respondents": self.n_respondents_,
            "n_parameters": self.n_parameters_,
            "log_likelihood": self.log_likelihood_,
            "n_replicated": self.n_replicated_,
            "n_iter": self.n_iter_,
            "profiles": [
                {"weight": float(weight), "mean": mean.tolist(), "covariance": covariance.tolist()}
                for weight, mean, covariance in zip(self.weights_, self.means_, self.covariances_, strict=True)
            ],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ProfileMixture:
        """A fitted model from what ``to_json`` gave (AM519 when it is something else)."""
        if stored.get("format") != FORMAT or stored.get("model") != "ProfileMixture":
            raise AngleMortError(problem("AM519", reason=f"format {stored.get('format')}"))
        try:
            return cls(**stored["settings"])._restore(stored)
        except (KeyError, TypeError, ValueError) as error:
            raise AngleMortError(problem("AM519", reason=type(error).__name__)) from error

    @property
    def _n_features_out(self) -> int:
        return len(self.weights_)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def _keep(self, found: Found, workshop: Workshop) -> ProfileMixture:
        family, best = FAMILIES[self.covariance], found.parameters.take(0)
        likelihood = log_sum(log_joint(workshop.evidence, found.parameters))[0] @ workshop.evidence.weights
        self.weights_, self.means_, self.covariances_ = _ordered(workshop.in_own_units(best))
        self.objective_history_ = found.history[:, 0] + workshop.log_scale
        self.converged_ = bool(found.converged[0])
        self.n_iter_ = 1 + int((np.diff(self.objective_history_) > 0).sum())
        self.n_replicated_ = int(found.replicated[0])
        self.n_respondents_ = len(workshop.evidence.seen)
        self.n_parameters_ = family.n_parameters(self.n_components, self.n_features_in_)
        self.log_likelihood_ = float(likelihood) + workshop.log_scale
        return self

    def _restore(self, stored: Mapping[str, Any]) -> ProfileMixture:
        profiles = stored["profiles"]
        self.weights_ = np.array([each["weight"] for each in profiles], dtype=float)
        self.means_ = np.array([each["mean"] for each in profiles], dtype=float)
        self.covariances_ = np.array([each["covariance"] for each in profiles], dtype=float)
        for name in ("n_respondents", "n_parameters", "log_likelihood", "n_replicated", "n_iter"):
            setattr(self, f"{name}_", stored[name])
        self.converged_ = True
        self.n_features_in_ = self.means_.shape[1]
        if stored["scales"] is not None:
            self.feature_names_in_ = np.array(stored["scales"], dtype=object)
        return self

    def _ready(self) -> None:
        check_is_fitted(self)
        if not self.converged_:
            raise AngleMortError(problem("AM517", max_iter=self.max_iter))

    def _joint(self, X: ArrayLike, standard_errors: ArrayLike | None) -> tuple[NDArray, int]:
        """Logarithms of weight x density (k x n), and how many people have a score."""
        self._ready()
        scores, errors = self._scores(X, standard_errors, reset=False)
        own = Parameters(self.weights_[None], self.means_[None], self.covariances_[None])
        joint = log_joints(own, scores, errors, FAMILIES[self.covariance])[0]
        return joint, int((~np.isnan(scores)).any(axis=1).sum())

    def _scores(self, X: ArrayLike, standard_errors: ArrayLike | None, *, reset: bool) -> tuple[NDArray, NDArray]:
        """Scores (NaN wherever nothing is known) and their errors (0 where none is given), n x d."""
        scores = validate_data(self, X, reset=reset, dtype=np.float64, ensure_all_finite=False)
        names = getattr(self, "feature_names_in_", np.arange(scores.shape[1]))
        _refuse(*(problem("AM510", column=str(name)) for name in names[np.isinf(scores).any(axis=0)]))
        errors = _errors(standard_errors, X, scores.shape)
        known = np.isfinite(errors) & ~np.isnan(scores)
        return np.where(known, scores, np.nan), np.where(known, errors, 0.0)

    def _wrong_scores(self, scores: NDArray) -> list[Problem]:
        names = getattr(self, "feature_names_in_", np.arange(scores.shape[1]))
        observed = ~np.isnan(scores)
        if len(scores) < max(2, self.n_components):
            return [problem("AM511", count=len(scores), components=self.n_components)]
        empty = ~observed.any(axis=0)
        filled = np.where(empty, 0.0, scores)
        constant = ~empty & (np.nanmax(filled, axis=0) == np.nanmin(filled, axis=0))
        return [
            *(problem("AM512", column=str(name)) for name in names[empty]),
            *(problem("AM513", column=str(name)) for name in names[constant]),
        ]

    def _wrong_parameters(self) -> list[Problem]:
        whole = "a whole number from 1 on"
        rules = {
            "n_components": (_whole(self.n_components), whole),
            "covariance": (self.covariance in FAMILIES, " ".join(FAMILIES)),
            "prior": (self.prior in ("weak", None) or _positive(self.prior), "weak, > 0, None"),
            "n_init": (_whole(self.n_init), whole),
            "max_iter": (_whole(self.max_iter), whole),
            "tol": (_positive(self.tol), "> 0"),
        }
        return [
            problem("AM514", name=name, expected=expected, value=getattr(self, name))
            for name, (right, expected) in rules.items()
            if not right
        ]


@dataclass(frozen=True)
class Workshop:
    """Scores made ready to be climbed on: centred, each scale by its spread (spheres: all by one), in a fixed order.

    ``centre``, ``scale`` and ``spread`` (d, in the units of the scores) are in the order of ``columns``.
    """

    evidence: Evidence
    family: Family
    columns: NDArray
    centre: NDArray
    scale: NDArray
    spread: NDArray

    @classmethod
    def open(cls, scores: NDArray, errors: NDArray, family: Family, weights: NDArray) -> Workshop:
        rows, columns = arranged(scores, errors)
        scores, errors, weights = scores[np.ix_(rows, columns)], errors[np.ix_(rows, columns)], weights[rows]
        seen = ~np.isnan(scores)
        filled, count = np.nan_to_num(scores), weights @ seen
        centre = weights @ filled / count
        spread = weights @ np.where(seen, filled - centre, 0.0) ** 2 / count
        scale = np.sqrt(np.full_like(spread, spread.mean()) if family.shape in (SPHERE, FACTOR) else spread)
        evidence = Evidence.gather((scores - centre) / scale, errors / scale, family, weights)
        return cls(evidence, family, columns, centre, scale, spread)

    @property
    def log_scale(self) -> float:
        """What the log-likelihood in the units of the scores has more than that in the units here."""
        return -float(self.evidence.weights @ self.evidence.seen @ np.log(self.scale))

    def rules(self, prior: str | float | None, max_iter: int, tol: float) -> Rules:
        share = {"weak": WEAK, None: 0.0}.get(prior, prior)
        spread = self.spread / self.scale**2
        return Rules(self.family, Prior(share * spread, spread), max_iter, tol)

    def in_own_units(self, parameters: Parameters) -> Parameters:
        """Weights k, means k x d and covariances k x d x d in the units and the order of the scores."""
        back = np.argsort(self.columns)
        means = parameters.means * self.scale + self.centre
        matrices = self.family.matrices(parameters.covariances) * (self.scale[:, None] * self.scale)
        return Parameters(parameters.weights, means[:, back], matrices[:, back][:, :, back])

    def in_these_units(self, parameters: Parameters) -> Parameters:
        """The opposite, for one mixture as a batch of one."""
        means = (parameters.means[:, self.columns] - self.centre) / self.scale
        matrices = parameters.covariances[:, self.columns][:, :, self.columns] / (self.scale[:, None] * self.scale)
        return Parameters(parameters.weights[None], means[None], self.family.packed(matrices)[None])


def _whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= 1


def _positive(value: object) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool) and 0 < value < np.inf


def _ordered(parameters: Parameters) -> Parameters:
    """By rising mean of the means; equal ones by their first scales."""
    means = parameters.means
    return parameters.take(np.lexsort((*means.T[::-1], means.mean(axis=1))))


def _errors(standard_errors: ArrayLike | None, X: ArrayLike, shape: tuple[int, int]) -> NDArray:
    """Standard errors n x d: 0 where none is given."""
    if standard_errors is None:
        return np.zeros(shape)
    if isinstance(standard_errors, pd.DataFrame) and isinstance(X, pd.DataFrame) and set(X) == set(standard_errors):
        standard_errors = standard_errors[X.columns]
    errors = _numbers(standard_errors)
    if errors.shape != shape:
        raise AngleMortError(problem("AM515", came=str(errors.shape), expected=str(shape)))
    negative = int((errors < 0).sum())
    if negative:
        raise AngleMortError(problem("AM516", count=negative))
    return np.where(np.isnan(errors), 0.0, errors)


def _numbers(standard_errors: ArrayLike) -> NDArray:
    try:
        return np.asarray(standard_errors, dtype=float)
    except (TypeError, ValueError) as error:
        raise AngleMortError(problem("AM516", count=np.size(standard_errors))) from error


def _refuse(*problems: Problem) -> None:
    if problems:
        raise AngleMortError(*problems)
