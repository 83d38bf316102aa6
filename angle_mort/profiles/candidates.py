"""One candidate among mixtures: its fit, and what chance does to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import rankdata
from sklearn.metrics import adjusted_rand_score

from angle_mort.profiles.evidence import Parameters, arranged
from angle_mort.profiles.expectation import Rules
from angle_mort.profiles.families import FAMILIES
from angle_mort.profiles.mixture import ProfileMixture, Workshop
from angle_mort.profiles.one_group import OneGroup, one_group, simplest
from angle_mort.profiles.resampling import bayesian_refits, drawn, jaccard, likelihoods, shares
from angle_mort.profiles.starts import search

_REFITS, _DRAWN, _SPLITS = 50, 99, 20
_STARTS = 10  # of each mixture fitted to a resampled cohort
_STARTS_OF_NULL = 2  # of the mixture that the cohorts were drawn from, fitted to each, beside that mixture itself
_MAX_ITER, _TOL = 600, 1e-3  # of the same: they are many, and none is shown


SINGLE_GROUP = ("EEE", 1)
"""The correlated single group: the candidate that profiles have to beat."""


@dataclass(frozen=True)
class Cohort:
    """People to compare candidates on, and how each is fitted; a candidate's seed depends on itself alone."""

    frame: pd.DataFrame
    errors: pd.DataFrame | None
    prior: str | float | None
    n_init: int
    seed: int

    def candidate(self, family: str, n_components: int) -> Candidate:
        seed = [self.seed, list(FAMILIES).index(family), n_components]
        model = ProfileMixture(
            n_components, family, self.prior, n_init=self.n_init, random_state=np.random.RandomState(seed)
        ).fit(self.frame, standard_errors=self.errors)
        scores = self.frame.to_numpy(dtype=float)
        errors = np.zeros(scores.shape) if self.errors is None else self.errors.fillna(0.0).to_numpy(dtype=float)
        return Candidate(model, Workshop.open(scores, errors, FAMILIES[family], np.ones(len(scores))), tuple(seed))

    @cached_property
    def single(self) -> Candidate:
        return self.candidate(*SINGLE_GROUP)

    @cached_property
    def matrix(self) -> tuple[NDArray, NDArray]:
        """Scores and errors (0 where exact), in an order of rows and columns that depends on the values alone."""
        scores = self.frame.to_numpy(dtype=float)
        errors = np.zeros(scores.shape) if self.errors is None else self.errors.fillna(0.0).to_numpy(dtype=float)
        rows, columns = arranged(scores, errors)
        return scores[np.ix_(rows, columns)], errors[np.ix_(rows, columns)]

    @cached_property
    def one_group(self) -> OneGroup:
        """One group with fewer numbers than ``single``, correlated too."""
        return simplest(*self.matrix)

    @cached_property
    def shaped_draws(self) -> tuple[NDArray, NDArray]:
        """The real cohort and others drawn from that group, each scale of the shape it has here: 1 + c x n x d.

        Beside them the group's log-likelihoods, 1 + c.

        A scale that piles up at one end is no normal curve, and several profiles fit it better than one group does
        (Bauer & Curran 2003): that alone makes no types. The draws are from a Gaussian copula of few numbers. A full
        covariance of few people holds much of their chance, and cohorts drawn from it would be too easy to beat.
        """
        (scores, errors), form = self.matrix, self.one_group.form
        normal = np.column_stack([_normal_scores(each) for each in scores.T])
        root = np.linalg.cholesky(one_group(normal, np.zeros(normal.shape), form).correlation)
        random = np.random.RandomState([self.seed, 5])
        rank = ndtr(random.standard_normal((_DRAWN, *scores.shape)) @ root.T)
        cohorts = np.stack([np.nanquantile(own, rank[..., j]) for j, own in enumerate(scores.T)], axis=-1)
        cohorts[:, np.isnan(scores)] = np.nan
        cohorts = np.concatenate([scores[None], cohorts])
        likelihood = np.array([one_group(each, errors, form).log_likelihood for each in cohorts])
        return np.nan_to_num(cohorts), likelihood


@dataclass(frozen=True)
class Candidate:
    """A fitted mixture, the scores that it was fitted to, and what chance does to it (computed when asked for)."""

    model: ProfileMixture
    workshop: Workshop
    seed: tuple[int, ...]

    @cached_property
    def best(self) -> Parameters:
        """The mixture in the units of the workshop, as a batch of one."""
        own = Parameters(self.model.weights_, self.model.means_, self.model.covariances_)
        return self.workshop.in_these_units(own)

    @cached_property
    def memberships(self) -> NDArray:
        """n x k, in the order of the workshop."""
        return shares(self.workshop.evidence, self.best)[0].T

    @cached_property
    def refits(self) -> tuple[Parameters, NDArray]:
        """The mixture fitted anew to people who count differently each time, and how much each counted (refits x n).

        In units and order of the workshop, profiles in the order of the fit: what says how stable profiles are.
        """
        return bayesian_refits(self.workshop.evidence, self.best, self.rules, _REFITS, self.random(1))

    @cached_property
    def wider_refits(self) -> tuple[Parameters, NDArray]:
        """The same, as if the n people were fewer: n times n / (n + numbers to estimate). For places and margins.

        All refits see the same people, who have drawn the fit to themselves, the more so the more numbers there are to
        estimate; weights of variance 1 would then say what is much too sure.
        """
        n = len(self.workshop.evidence.seen)
        fewer = n / (n + self.model.n_parameters_)
        return bayesian_refits(self.workshop.evidence, self.best, self.rules, _REFITS, self.random(1), fewer)

    @cached_property
    def jaccards(self) -> NDArray:
        """How well each profile is found again when people count differently: k indices of Jaccard, 0 to 1."""
        return jaccard(self.workshop.evidence, self.best, *self.refits)

    @cached_property
    def split_half(self) -> float:
        """Median adjusted Rand index, over all people, between the mixtures of two random halves."""
        evidence, random = self.workshop.evidence, self.random(2)
        halves = np.array([random.permutation(len(evidence.seen)) % 2 for _ in range(_SPLITS)], dtype=float)
        labels = []
        for half in (halves, 1 - halves):
            found = search(evidence.reweighted(half), self.rules, self.model.n_components, _STARTS, random)
            labels.append(shares(evidence, found.parameters).argmax(axis=1))
        return float(np.median([adjusted_rand_score(*pair) for pair in zip(*labels, strict=True)]))

    @cached_property
    def draws(self) -> tuple[NDArray, NDArray]:
        """The real cohort and others drawn from this mixture (1 + c x n x d, in units of the scores).

        Beside them the log-likelihoods of such a mixture fitted to each (1 + c).
        """
        shop = self.workshop
        others = drawn(shop.evidence, self.rules, self.best, _DRAWN, self.random(4))
        cohorts = np.concatenate([shop.evidence.scores[None], others]) * shop.scale + shop.centre
        return cohorts, self.likelihoods_of(cohorts, _STARTS_OF_NULL, self.best)

    @property
    def rules(self) -> Rules:
        return self.workshop.rules(self.model.prior, _MAX_ITER, _TOL)

    def random(self, purpose: int) -> np.random.RandomState:
        return np.random.RandomState([*self.seed, purpose])

    def likelihoods_of(self, cohorts: NDArray, n_init: int = _STARTS, known: Parameters | None = None) -> NDArray:
        """The log-likelihood of this kind of mixture fitted to each cohort (c x n x d, in the units of the scores)."""
        evidence = self.workshop.evidence.rescored((cohorts - self.workshop.centre) / self.workshop.scale)
        found = search(evidence, self.rules, self.model.n_components, n_init, self.random(3), known)
        return likelihoods(evidence, found.parameters) + self.workshop.log_scale


def bootstrap_ratio(candidate: Candidate, null: Candidate) -> float:
    """p of the likelihood ratio of a candidate against a smaller one: (1 + larger ratios) / (1 + cohorts drawn).

    Cohorts are drawn from ``null``, with the gaps and errors of the real one. Both mixtures are fitted to each, and to
    the real cohort anew with the same care: more starts for the real one would find a larger ratio in it by themselves.
    """
    return _p(gains(candidate, null))


def gains(candidate: Candidate, null: Candidate) -> NDArray:
    """How much likelier the candidate is than the smaller one, in the real cohort and in those drawn: 1 + c."""
    cohorts, likelihood = null.draws
    return candidate.likelihoods_of(cohorts) - likelihood


def shaped_ratio(candidate: Candidate, cohort: Cohort) -> float:
    """The same against one group of few numbers in which each scale has the shape that it has in the cohort."""
    cohorts, likelihood = cohort.shaped_draws
    return _p(candidate.likelihoods_of(cohorts) - likelihood)


def _p(gains: NDArray) -> float:
    """``gains``: that of the real cohort, then those of the cohorts drawn."""
    return float((gains >= gains[0]).mean())


def _normal_scores(scores: NDArray) -> NDArray:
    """Scores by their rank, as a normal curve would have them (van der Waerden 1952)."""
    return ndtri(rankdata(scores, nan_policy="omit") / (np.sum(~np.isnan(scores)) + 1))
