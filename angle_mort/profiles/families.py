"""What the covariances of the profiles may look like: one small object per family, named as mclust names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Shape:
    """What one covariance may look like: how to bring a free one to it, and how many numbers it has in d dimensions."""

    constrain: Callable[[NDArray], NDArray]
    count: Callable[[int], int]


@dataclass(frozen=True)
class Family:
    """A shape, and whether the profiles share one covariance or have one each.

    ``name`` follows mclust: volume, shape and orientation are Equal, Variable or Identity.
    """

    name: str
    shared: bool
    shape: Shape

    def covariances(self, scatter: NDArray, sizes: NDArray) -> NDArray:
        """The maximum-likelihood covariances, ... x k x d x d.

        ``scatter`` (... x k x d x d) holds sums of squares and products about the means; ``sizes`` (... x k) the number
        of people, or of pseudo-people, behind each.

        >>> scatter = np.array([[[8.0, 1.0], [1.0, 2.0]], [[0.0, 0.0], [0.0, 2.0]]])
        >>> FAMILIES["EEI"].covariances(scatter, np.array([3, 1]))
        array([[[2., 0.],
                [0., 1.]],
        <BLANKLINE>
               [[2., 0.],
                [0., 1.]]])
        """
        sizes = sizes[..., None, None]
        if self.shared:
            scatter = np.broadcast_to(scatter.sum(axis=-3, keepdims=True), scatter.shape)
            sizes = sizes.sum(axis=-3, keepdims=True)
        return self.shape.constrain(scatter / sizes)

    def n_parameters(self, n_components: int, n_scales: int) -> int:
        """Free numbers of a mixture: weights, means and covariances.

        >>> [FAMILIES[name].n_parameters(3, 4) for name in ("EII", "VII", "EEI", "VVI", "EEE", "VVV")]
        [15, 17, 18, 26, 24, 44]
        """
        covariances = self.shape.count(n_scales) * (1 if self.shared else n_components)
        return n_components - 1 + n_components * n_scales + covariances


def _spherical(covariance: NDArray) -> NDArray:
    d = covariance.shape[-1]
    variance = np.trace(covariance, axis1=-2, axis2=-1) / d
    return variance[..., None, None] * np.eye(d)


def _diagonal(covariance: NDArray) -> NDArray:
    return covariance * np.eye(covariance.shape[-1])


def _full(covariance: NDArray) -> NDArray:
    return (covariance + np.swapaxes(covariance, -1, -2)) / 2


SPHERE = Shape(_spherical, lambda d: 1)
DIAGONAL = Shape(_diagonal, lambda d: d)
FULL = Shape(_full, lambda d: d * (d + 1) // 2)

FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        family.name: family
        for family in (
            Family("EII", shared=True, shape=SPHERE),
            Family("VII", shared=False, shape=SPHERE),
            Family("EEI", shared=True, shape=DIAGONAL),
            Family("VVI", shared=False, shape=DIAGONAL),
            Family("EEE", shared=True, shape=FULL),
            Family("VVV", shared=False, shape=FULL),
        )
    }
)
"""Every family by its name. ``EEE`` with one component is the correlated single group."""
