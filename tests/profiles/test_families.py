"""Covariance families: their constraint, their count, their likelihood."""

import numpy as np
import pytest

from angle_mort.profiles.families import FAMILIES

NAMES = tuple(FAMILIES)


@pytest.fixture
def scatter():
    rng = np.random.default_rng(4)
    factors = rng.normal(size=(3, 10, 4))
    return np.swapaxes(factors, 1, 2) @ factors, np.array([10.0, 20.0, 5.0])


def likeliest(family, scatter, sizes):
    """The covariances as matrices, whatever the family keeps."""
    if family.full:
        return family.covariances(scatter, sizes)
    return family.matrices(family.covariances(family.packed(scatter), np.repeat(sizes[..., None], 4, axis=-1)))


@pytest.mark.parametrize("name", NAMES)
def test_the_constraint_holds(name, scatter):
    covariances = likeliest(FAMILIES[name], *scatter)
    assert covariances.shape == (3, 4, 4)
    if FAMILIES[name].shared:
        assert np.ptp(covariances, axis=0).max() == 0
    if name[1:] in ("II", "EI", "VI"):
        assert np.abs(covariances[:, 0, 1]).max() == 0
    if name[1:] == "II":
        np.testing.assert_allclose(covariances[:, 0, 0], covariances[:, 1, 1])
    if name == "CCC":
        assert np.ptp(np.linalg.eigvalsh(covariances)[:, :-1]) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_no_covariance_of_the_family_is_more_likely(name, scatter):
    family = FAMILIES[name]
    best = likeliest(family, *scatter)
    rng = np.random.default_rng(5)
    for _ in range(20):
        noise = rng.normal(size=(3, 4, 4)) * 0.2
        other = likeliest(family, best + noise @ np.swapaxes(noise, 1, 2), np.ones(3))
        assert _log_likelihood(other, *scatter) <= _log_likelihood(best, *scatter) + 1e-9


def test_leading_axes_are_independent(scatter):
    both = np.stack([scatter[0], 2 * scatter[0]])
    sizes = np.stack([scatter[1]] * 2)
    for family in FAMILIES.values():
        np.testing.assert_allclose(likeliest(family, both, sizes)[1], 2 * likeliest(family, *scatter))


def _log_likelihood(covariances, scatter, sizes):
    determinants = np.linalg.slogdet(covariances)[1]
    traces = np.trace(np.linalg.inv(covariances) @ scatter, axis1=1, axis2=2)
    return -(sizes * determinants + traces).sum() / 2
