"""What profiles are called: a name from where the three blocks stand, the same for everybody and never by hand."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from angle_mort.instrument import Instrument
from angle_mort.margins import probability_highest
from angle_mort.text import t

TOGETHER = "together"
_LEVELS = ("low", "middle", "high")


def profile_names(scales: list[str], means: NDArray, errors: NDArray, instrument: Instrument) -> list[str]:
    """A French name for each profile (k), distinct ones.

    ``means`` and their standard ``errors`` are k x d, points of 0-100. The name says which block or blocks stand above
    the others (by more than the declared spread of the prototypes, and with their probability to be named), and in
    which band the mean of the blocks lies (« entre » two of them when neither is probable enough). Where a block is not
    among the scales, profiles have numbers only.

    >>> from angle_mort.instrument import load_instrument
    >>> means = np.array([[30.0, 32, 28], [72, 45, 44]])
    >>> profile_names(["A", "B", "C"], means, np.full((2, 3), 2.0), load_instrument())
    ['les trois ensemble, niveau bas', 'le faire devant, niveau moyen']
    """
    blocks = instrument.prototypes.blocks
    if not set(blocks) <= set(scales):
        return [t("profile.number", place=str(place)) for place in range(1, len(means) + 1)]
    own = [scales.index(block) for block in blocks]
    named = [_name(*row, instrument) for row in zip(means[:, own], errors[:, own], strict=True)]
    return _distinct(named)


def _name(means: NDArray, errors: NDArray, instrument: Instrument) -> str:
    lead, level = leading(means, errors, instrument), _level(means, errors, instrument)
    return t(f"profile.lead.{lead}", level=t(f"profile.level.{level}"))


def leading(means: NDArray, errors: NDArray, instrument: Instrument) -> str:
    """The block or the two blocks that stand above the others (``A``, ``AB``), or ``together``.

    >>> from angle_mort.instrument import load_instrument
    >>> leading(np.array([70.0, 50, 52]), np.array([2.0, 2, 2]), load_instrument())
    'A'
    >>> leading(np.array([70.0, 50, 52]), np.array([30.0, 30, 30]), load_instrument())
    'together'
    """
    blocks, gap = np.array(instrument.prototypes.blocks), instrument.prototypes.spread
    certain = instrument.prototypes.named_at
    errors, down = np.maximum(errors, 1e-6), np.sort(means)[::-1]
    if probability_highest(means, errors).max() >= certain and down[0] - down[1] > gap:
        return str(blocks[means.argmax()])
    if probability_highest(-means, errors).max() >= certain and down[-2] - down[-1] > gap:
        return "".join(np.delete(blocks, means.argmin()))
    return TOGETHER


def _level(means: NDArray, errors: NDArray, instrument: Instrument) -> str:
    rule = instrument.scoring["bands"]
    edges = np.array([-np.inf, *rule["thresholds"], np.inf])
    error = max(float(np.sqrt((errors**2).sum())) / len(errors), 1e-6)
    chances = np.diff(ndtr((edges - means.mean()) / error))
    if chances.max() >= rule["named_at"]:
        return _LEVELS[int(chances.argmax())]
    first = int(np.sort(np.argsort(-chances)[:2])[0])
    return f"{_LEVELS[first]}_{_LEVELS[first + 1]}"


def _distinct(names: list[str]) -> list[str]:
    """Equal names are numbered, in the order of the profiles (by rising mean)."""
    count, met = Counter(names), Counter()
    told = []
    for name in names:
        met[name] += 1
        told.append(t("profile.again", name=name, place=str(met[name])) if count[name] > 1 else name)
    return told
