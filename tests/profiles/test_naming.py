"""Names of profiles: from the blocks alone, the same for everybody."""

import itertools

import numpy as np
import pytest

from angle_mort.instrument import load_instrument
from angle_mort.profiles.naming import leading, profile_names

INSTRUMENT = load_instrument()


def names(*means, error=2.0, scales=("A", "B", "C")):
    means = np.array(means, dtype=float)
    return profile_names(list(scales), means, np.full(means.shape, error), INSTRUMENT)


@pytest.mark.parametrize(
    ("means", "name"),
    [
        ((70, 45, 45), "le faire devant, niveau moyen"),
        ((45, 70, 45), "le contrôle devant, niveau moyen"),
        ((20, 20, 45), "la charge devant, niveau bas"),
        ((90, 90, 60), "le faire et le contrôle devant, niveau haut"),
        ((53, 71, 71), "le contrôle et la charge devant, niveau entre moyen et haut"),
        ((72, 72, 72), "les trois ensemble, niveau haut"),
        ((50, 57, 50), "les trois ensemble, niveau moyen"),
    ],
)
def test_a_name_says_what_leads_and_how_high(means, name):
    assert names(means) == [name]


def test_wide_margins_take_the_lead_and_the_band_away():
    assert names((45, 70, 45), error=40.0) == ["les trois ensemble, niveau entre moyen et haut"]


def test_names_do_not_depend_on_the_order_of_scales_nor_on_others_beside_them():
    for order in itertools.permutations(range(3)):
        scales = [("A", "B", "C")[each] for each in order]
        means = [(70, 45, 52)[each] for each in order]
        assert names([*means, 99.0], scales=[*scales, "D1"]) == names((70, 45, 52))


def test_equal_names_are_numbered_and_scales_without_blocks_have_numbers_only():
    assert names((70, 45, 45), (30, 30, 30), (68, 45, 45)) == [
        "le faire devant, niveau moyen (1)", "les trois ensemble, niveau bas", "le faire devant, niveau moyen (2)",
    ]  # fmt: skip
    assert names((1, 2), (3, 4), scales=("A", "x")) == ["profil 1", "profil 2"]


def test_every_pattern_of_leads_has_its_words():
    told = {leading(np.array(means, float), np.ones(3), INSTRUMENT) for means in itertools.product((40, 60), repeat=3)}
    assert told == {"A", "B", "C", "AB", "AC", "BC", "together"}
