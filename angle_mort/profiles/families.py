"""What the covariances of the profiles may look like: one small object per family, named as mclust names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

SPHERE, DIAGONAL, FACTOR, FULL = "sphere", "diagonal", "factor", "full"


@dataclass(frozen=True)
class Family:
    """A shape of covariance, and whether the profiles share one or have one each.

    ``name`` follows mclust: volume, shape and orientation are Equal, Variable or Identity. ``CCC`` is named as by
    McNicholas & Murphy (2008): a sphere plus one factor, the same in every profile, for scales that move together
    inside profiles. Spheres and diagonals are kept as variances (... x k x d), others as matrices (... x k x d x d).
    """

    name: str
    shared: bool
    shape: str

    @property
    def full(self) -> bool:
        return self.shape in (FACTOR, FULL)

    def covariances(self, scatter: NDArray, sizes: NDArray) -> NDArray:
        """The maximum-likelihood variances or matrices, of the shape of ``scatter``.

        ``scatter`` holds sums of squares about the means (... x k x d; for full families also of products, ... x k x d
        x d); ``sizes`` (... x k x d; ... x k) the number of people, or of pseudo-people, behind each.

        >>> FAMILIES["EEI"].covariances(np.array([[8.0, 2.0], [0.0, 2.0]]), np.array([[3, 3], [1, 1]]))
        array([[2., 1.],
               [2., 1.]])
        """
        sizes = sizes[..., None, None] if self.full else sizes
        profiles = -3 if self.full else -2
        axes = ((profiles,) if self.shared else ()) + ((-1,) if self.shape == SPHERE else ())
        total, people = (each.sum(axis=axes, keepdims=True) if axes else each for each in (scatter, sizes))
        mean = total / people
        return np.broadcast_to(_one_factor(mean) if self.shape == FACTOR else mean, scatter.shape)

    def restored(self, covariances: NDArray) -> NDArray:
        """Covariances that were moved together, brought back into the family."""
        return _one_factor(covariances) if self.shape == FACTOR else covariances

    def matrices(self, covariances: NDArray) -> NDArray:
        """As matrices, ... x k x d x d."""
        return covariances if self.full else covariances[..., None] * np.eye(covariances.shape[-1])

    def packed(self, matrices: NDArray) -> NDArray:
        """Matrices as this family keeps them."""
        return matrices if self.full else np.diagonal(matrices, axis1=-2, axis2=-1)

    def n_parameters(self, n_components: int, n_scales: int) -> int:
        """Free numbers of a mixture: weights, means and covariances.

        >>> [FAMILIES[name].n_parameters(3, 4) for name in ("EII", "VII", "EEI", "VVI", "CCC", "EEE", "VVV")]
        [15, 17, 18, 26, 19, 24, 44]
        """
        whole = n_scales * (n_scales + 1) // 2
        one = {SPHERE: 1, DIAGONAL: n_scales, FACTOR: min(n_scales + 1, whole), FULL: whole}[self.shape]
        return n_components - 1 + n_components * n_scales + one * (1 if self.shared else n_components)


def _one_factor(covariances: NDArray) -> NDArray:
    """The likeliest sphere plus an outer product: the longest axis stays, the others are made equal (Tipping & Bishop
    1999)."""
    values, axes = np.linalg.eigh(covariances)
    others = values[..., : max(values.shape[-1] - 1, 1)].mean(axis=-1)
    factor = axes[..., -1] * np.sqrt(values[..., -1] - others)[..., None]
    return factor[..., :, None] * factor[..., None, :] + others[..., None, None] * np.eye(values.shape[-1])


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        family.name: family
        for family in (
            Family("EII", shared=True, shape=SPHERE),
            Family("VII", shared=False, shape=SPHERE),
            Family("EEI", shared=True, shape=DIAGONAL),
            Family("VVI", shared=False, shape=DIAGONAL),
            Family("CCC", shared=True, shape=FACTOR),
            Family("EEE", shared=True, shape=FULL),
            Family("VVV", shared=False, shape=FULL),
        )
    }
)
"""Every family by its name. ``EEE`` with one component is the correlated single group."""
