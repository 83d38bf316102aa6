"""What is known of each person, as the sums that a Gaussian mixture needs: one matrix product reads or gathers them.

A log-density is linear in a person's features (1, scores, squares or products of scores), and so is what a step of
expectation-maximisation needs of everybody. A score that is missing takes no part; a score with a standard error comes
from the profile's covariance plus that error's variance, as in extreme deconvolution (Bovy, Hogg & Roweis 2011).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from angle_mort.profiles.families import Family

LOG_2_PI = float(np.log(2 * np.pi))

_CUTS = 48  # different errors of a scale: beyond it, so many people make a sheet


class Parameters(NamedTuple):
    """Mixtures: ``weights`` s x k (sum to 1), ``means`` s x k x d, ``covariances`` as their family keeps them."""

    weights: NDArray
    means: NDArray
    covariances: NDArray

    def take(self, starts: NDArray | int) -> Parameters:
        return Parameters(*(each[starts] for each in self))

    def put(self, starts: NDArray, others: Parameters) -> None:
        for mine, other in zip(self, others, strict=True):
            mine[starts] = other


class Moments(NamedTuple):
    """Of each profile: ``sizes`` s x k, ``shift`` of its sums about the old mean (s x k x d), ``scatter`` about it, and
    ``counts``, the people behind each number of the scatter (s x k x d for variances, s x k for matrices)."""

    sizes: NDArray
    shift: NDArray
    scatter: NDArray
    counts: NDArray


class Layout(Protocol):
    """How scores become features, and features a mixture's densities and moments; ``parts`` of people share a mould."""

    parts: tuple[slice, ...]

    def features(self, scores: NDArray) -> NDArray: ...

    def coefficients(self, parameters: Parameters) -> NDArray: ...

    def moments(self, sums: NDArray, parameters: Parameters) -> Moments: ...


class Sheet(NamedTuple):
    """Some of the people as features: ``table`` w x n, or c x w x n for c cohorts, to be read as ``layout`` says."""

    people: slice
    layout: Layout
    table: NDArray


@dataclass(frozen=True)
class Evidence:
    """What is known of n people, in one order.

    ``scores`` n x d, or c x n x d for c cohorts (0 where missing); ``seen`` n x d, 1 where observed; ``errors`` n x d;
    ``weights`` n, or c x n: how much each person counts; ``sheets`` the people as features, one after the other.
    """

    scores: NDArray
    seen: NDArray
    errors: NDArray
    weights: NDArray
    sheets: tuple[Sheet, ...]

    @classmethod
    def gather(cls, scores: NDArray, errors: NDArray, family: Family, weights: NDArray | None = None) -> Evidence:
        """From scores (NaN = missing) and standard errors (0 = exact), both n x d, in the order of ``arranged``."""
        seen, filled = (~np.isnan(scores)) * 1.0, np.nan_to_num(scores)
        errors = np.where(seen > 0, errors, 0.0)
        noise = errors**2
        layouts = [(people, _layout(seen[people], noise[people], family)) for people in _cut(seen, noise, family)]
        sheets = tuple(Sheet(people, layout, layout.features(filled[people])) for people, layout in layouts)
        return cls(filled, seen, errors, np.ones(len(scores)) if weights is None else weights, sheets)

    @property
    def several(self) -> bool:
        """Whether each cohort has scores of its own."""
        return self.scores.ndim == 3

    def reweighted(self, weights: NDArray) -> Evidence:
        """The same people, counted differently in each of c cohorts (c x n)."""
        return replace(self, weights=weights)

    def rescored(self, scores: NDArray) -> Evidence:
        """Other scores (c x n x d) with the same gaps and errors; a missing one may be anything."""
        scores = scores * self.seen
        sheets = [sheet._replace(table=sheet.layout.features(scores[:, sheet.people])) for sheet in self.sheets]
        return replace(self, scores=scores, sheets=tuple(sheets), weights=np.ones(scores.shape[:2]))

    def few(self, people: NDArray, family: Family) -> Evidence:
        """Some of the people, where all cohorts have the same scores."""
        scores = np.where(self.seen[people] > 0, self.scores[people], np.nan)
        return Evidence.gather(scores, self.errors[people], family, self.weights[..., people])

    def take(self, cohorts: NDArray | slice) -> Evidence:
        """Some of the cohorts."""
        weights = self.weights[cohorts]
        if not self.several:
            return replace(self, weights=weights)
        sheets = tuple(sheet._replace(table=sheet.table[cohorts]) for sheet in self.sheets)
        return replace(self, scores=self.scores[cohorts], sheets=sheets, weights=weights)

    def moments(self, sums: Sequence[NDArray], parameters: Parameters) -> Moments:
        """Of everybody, from the sums of each sheet."""
        own = [sheet.layout.moments(each, parameters) for sheet, each in zip(self.sheets, sums, strict=True)]
        return Moments(*(sum(each[1:], each[0]) for each in zip(*own, strict=True)))


def arranged(scores: NDArray, errors: NDArray) -> tuple[NDArray, NDArray]:
    """Orders of rows and of columns that depend on the values alone: whoever is first in a file, results are the same.

    Rows alike in gaps and errors stand together.
    """
    values = np.nan_to_num(scores, nan=np.inf)
    columns = np.array(sorted(range(scores.shape[1]), key=lambda scale: np.sort(values[:, scale]).tobytes()))
    # one number per person, summed scale by scale so that it is the same wherever the person stands: the cosines of
    # whole numbers are independent over the rationals, so that only people alike have the same
    mark = sum(np.cos(j + 1.0) * np.nan_to_num(scores[:, scale]) for j, scale in enumerate(columns))
    return _sorted([mark, *errors.T[columns], *np.isnan(scores).T[columns]]), columns


def alike(scores: NDArray, errors: NDArray) -> NDArray:
    """An order of rows in which those alike in gaps and errors stand together."""
    return _sorted([*errors.T, *np.isnan(scores).T])


def _sorted(keys: list[NDArray]) -> NDArray:
    """The order of rows by several keys, the last one first."""
    telling = [key for key in keys if (key != key[:1]).any()]
    if len(telling) == 1:
        return np.argsort(telling[0])
    return np.lexsort(telling) if telling else np.arange(len(keys[0]))


def _different(values: NDArray) -> NDArray:
    """Each value once, rising."""
    return values[:1] if (values == values[:1]).all() else np.unique(values)


def _cut(seen: NDArray, noise: NDArray, family: Family) -> list[slice]:
    """Everybody at once; with errors of many sizes and diagonal covariances, a few people at a time."""
    n = len(seen)
    many = not family.full and max(len(_different(column)) for column in noise.T) > _CUTS
    step = _CUTS if many else n
    return [slice(first, min(first + step, n)) for first in range(0, n, step)]


def _layout(seen: NDArray, noise: NDArray, family: Family) -> Layout:
    return PatternLayout.of(seen, noise, family.shared) if family.full else ScaleLayout.of(seen, noise)


# ---------------------------------------------------------------------------------------------- diagonal covariances


@dataclass(frozen=True)
class ScaleLayout:
    """For diagonal covariances: everybody at once, each scale cut by the size of its error.

    Features: 1, one mask per different set of people, then scores and squares of each cut. ``scale`` (l) is the scale
    of each cut, ``noise`` (l) its error variance, ``mask`` (u x l) which mask is whose, ``members`` (l x n) who is in.
    """

    scale: NDArray
    noise: NDArray
    mask: NDArray
    masks: NDArray
    members: NDArray
    parts: tuple[slice, ...]

    @classmethod
    def of(cls, seen: NDArray, noise: NDArray) -> ScaleLayout:
        cuts = [(j, size) for j in range(seen.shape[1]) for size in _different(noise[seen[:, j] > 0, j])]
        scale, size = (np.array(each) for each in zip(*cuts, strict=True))
        members = ((seen[:, scale] > 0) & (noise[:, scale] == size)).T * 1.0
        kinds = [row.tobytes() for row in members]
        first = [kinds.index(kind) for kind in dict.fromkeys(kinds)]
        mask = np.array([[kind == kinds[row] for kind in kinds] for row in first]) * 1.0
        return cls(scale, size, mask, members[first], members, (slice(0, len(seen)),))

    def features(self, scores: NDArray) -> NDArray:
        own = np.moveaxis(scores, -1, -2)[..., self.scale, :] * self.members
        masks = np.broadcast_to(self.masks, (*own.shape[:-2], *self.masks.shape))
        ones = np.ones((*own.shape[:-2], 1, own.shape[-1]))
        return np.concatenate([ones, masks, own, own**2], axis=-2)

    def coefficients(self, parameters: Parameters) -> NDArray:
        mean = parameters.means[..., self.scale]
        precision = 1 / (parameters.covariances[..., self.scale] + self.noise)
        constant = -(mean**2 * precision - np.log(precision) + LOG_2_PI) / 2
        first = np.log(parameters.weights)[..., None]
        return np.concatenate([first, constant @ self.mask.T, mean * precision, -precision / 2], axis=-1)[None]

    def moments(self, sums: NDArray, parameters: Parameters) -> Moments:
        u, cuts = self.mask.shape
        sizes, people = sums[0, ..., 0], sums[0, ..., 1 : 1 + u] @ self.mask
        first, second = sums[0, ..., 1 + u : 1 + u + cuts], sums[0, ..., 1 + u + cuts :]
        mean, variance = parameters.means[..., self.scale], parameters.covariances[..., self.scale]
        gain = variance / (variance + self.noise)
        shift = gain * (first - mean * people)
        square = gain**2 * (second - 2 * mean * first + mean**2 * people) + people * variance * (1 - gain)
        own = (self.scale[:, None] == np.arange(parameters.means.shape[-1])) * 1.0
        return Moments(sizes, shift @ own, square @ own, people @ own)


# -------------------------------------------------------------------------------------------------- full covariances


@dataclass(frozen=True)
class PatternLayout:
    """For full covariances: people alike in gaps and errors, part by part.

    Features: 1, scores, products of two scores. ``seen`` (p x d) is 1 where observed, ``noise`` (p x d) error
    variances, ``row`` and ``column`` (d(d+1)/2) the two scores of each product. Where the profiles have one covariance
    together (``shared``) it is inverted once, and squares are summed over the profiles at once.
    """

    seen: NDArray
    noise: NDArray
    row: NDArray
    column: NDArray
    parts: tuple[slice, ...]
    shared: bool

    @classmethod
    def of(cls, seen: NDArray, noise: NDArray, shared: bool) -> PatternLayout:
        kinds = np.hstack([seen, noise])
        edges = np.flatnonzero(np.r_[True, (kinds[1:] != kinds[:-1]).any(axis=1), True])
        parts = tuple(slice(a, b) for a, b in pairwise(edges))
        row, column = np.triu_indices(seen.shape[1])
        return cls(seen[edges[:-1]], noise[edges[:-1]], row, column, parts, shared)

    def features(self, scores: NDArray) -> NDArray:
        own = np.moveaxis(scores, -1, -2)
        ones = np.ones((*own.shape[:-2], 1, own.shape[-1]))
        return np.concatenate([ones, own, own[..., self.row, :] * own[..., self.column, :]], axis=-2)

    def coefficients(self, parameters: Parameters) -> NDArray:
        precisions, determinants = self._precisions(parameters.covariances)
        means = parameters.means[..., None, :]
        pulled = (precisions @ means[..., None])[..., 0]
        constant = (pulled * means).sum(axis=-1) + determinants + LOG_2_PI * self.seen.sum(axis=1)
        constant = np.log(parameters.weights)[..., None] - constant / 2
        products = -precisions[..., self.row, self.column] * np.where(self.row == self.column, 0.5, 1.0)
        products = np.broadcast_to(products, (*constant.shape, products.shape[-1]))
        return np.moveaxis(np.concatenate([constant[..., None], pulled, products], axis=-1), -2, 0)

    def moments(self, sums: NDArray, parameters: Parameters) -> Moments:
        d, k = self.seen.shape[1], parameters.means.shape[-2]
        sums = np.moveaxis(sums, 0, -2)
        people, first = sums[..., 0], sums[..., 1 : 1 + d]
        products = self._pooled(sums[..., 1 + d :])
        second = np.empty((*products.shape[:-1], d, d))
        second[..., self.row, self.column] = second[..., self.column, self.row] = products
        mean = parameters.means[..., None, :] * self.seen
        about, cross = people[..., None] * mean, self._outer(first, mean)
        square = second - cross - np.swapaxes(cross, -1, -2) + self._outer(about, mean)
        shift, square = self._completed(people, first - about, square, parameters.covariances)
        sizes = people.sum(axis=-1)
        return Moments(sizes, shift, square / k if self.shared else square, sizes)

    def _completed(self, people, shift, square, covariances) -> tuple[NDArray, NDArray]:
        """The sums over patterns of what the true scores are expected to be, given those observed."""
        if self.seen.all() and not self.noise.any():
            return shift.sum(axis=-2), square.sum(axis=-3)
        wide = self._one(covariances)[..., None, :, :]
        gain = wide @ self._precisions(covariances)[0]
        shift = (gain @ shift[..., None])[..., 0].sum(axis=-2)
        unseen = self._pooled(people[..., None])[..., None] * (wide - gain @ wide)
        square = (gain @ square @ np.swapaxes(gain, -1, -2) + unseen).sum(axis=-3)
        return shift, (square + np.swapaxes(square, -1, -2)) / 2  # what rounding leaves askew would grow step by step

    def _one(self, covariances: NDArray) -> NDArray:
        """The covariances that differ: ... x k x d x d, or ... x 1 x d x d."""
        return covariances[..., :1, :, :] if self.shared else covariances

    def _pooled(self, sums: NDArray) -> NDArray:
        """... x k x p x w, or ... x 1 x p x w."""
        return sums.sum(axis=-3, keepdims=True) if self.shared else sums

    def _outer(self, one: NDArray, other: NDArray) -> NDArray:
        """Products of the numbers of each profile and part: ... x k x p x d x d, or summed, ... x 1 x p x d x d."""
        if not self.shared:
            return one[..., :, None] * other[..., None, :]
        return (np.moveaxis(one, -3, -1) @ np.moveaxis(other, -3, -2))[..., None, :, :, :]

    def _precisions(self, covariances: NDArray) -> tuple[NDArray, NDArray]:
        """Inverse (... x k or 1 x p x d x d, 0 where missing) and log-determinant of the observed covariances.

        Missing dimensions are replaced by independent ones of variance 1, which change neither, and blanked afterwards.
        """
        both = self.seen[:, :, None] * self.seen[:, None, :]
        own = (self.noise + 1 - self.seen)[:, None, :] * np.eye(self.seen.shape[1])
        total = self._one(covariances)[..., None, :, :] * both + own
        return np.linalg.inv(total) * both, np.linalg.slogdet(total)[1]
