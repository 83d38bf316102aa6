"""Honest invented leaders whose true scores are known: the model behind ``calibration`` and ``answer_care``.

A leader has one latent position per scale. An answer is a graded response: the latent position plus fresh noise, cut
into the item's own steps (the number of steps comes from the questionnaire, the cuts are invented and seeded). The
loading is chosen so that the mean correlation between items, *as answered in steps*, is the one asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr

from angle_mort.instrument import Instrument, load_instrument

INSTRUMENT = load_instrument()
STEP = 0.85
"""Latent distance between two cuts: gives items an SD of about 1.1 steps, and eight of them one of about 18 points."""

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(81)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True)
class Scale:
    """The items of one scale (ids), their cuts (items x steps, latent units) and their common loading."""

    items: tuple[str, ...]
    cuts: NDArray
    loading: float

    def chances(self, position: NDArray) -> NDArray:
        """P(answer >= step) at each latent position: positions x items x steps."""
        noise = np.sqrt(1 - self.loading**2)
        return ndtr((self.loading * position[:, None, None] - self.cuts) / noise)

    def answers(self, position: NDArray, draw: np.random.Generator) -> NDArray:
        """One fresh passing of the items: positions x items, integer codes."""
        chance = draw.random((len(position), len(self.items), 1))
        return (chance < self.chances(position)).sum(axis=2)

    def true_score(self, position: NDArray) -> NDArray:
        """The expected score, 0-100, over all the answers that a leader at this position could give to these items."""
        return 100 * self.chances(position).mean(axis=(1, 2))

    def error_variance(self, position: NDArray) -> NDArray:
        """The variance, in points squared, of the score around the true score at this position, nothing missing."""
        chances = self.chances(position)
        steps = np.arange(1, self.cuts.shape[1] + 1)
        means, squares = chances.sum(axis=2), (chances * (2 * steps - 1)).sum(axis=2)
        return (squares - means**2).sum(axis=1) * (100 / self.cuts.size) ** 2


@dataclass(frozen=True)
class Truth:
    """What would be known of a scale in its whole population: points of 0-100."""

    mean: float
    sd: float
    reliability: float

    @property
    def error(self) -> float:
        """The standard error of a score."""
        return self.sd * float(np.sqrt(1 - self.reliability))


def scale_of(code: str, mean_inter_item: float, centre: float = 50.0, seed: int = 0, step: float = STEP) -> Scale:
    """A scale of the questionnaire whose items correlate at ``mean_inter_item`` and average about ``centre``.

    The smaller the ``step``, the more the answers spread.
    """
    module = INSTRUMENT.module(code)
    top = module.items[0].format.highest
    draw = np.random.default_rng([seed, *code.encode()])
    shifts = draw.normal(0, 0.35, len(module.items))
    base = step * (np.arange(top) - (top - 1) / 2)
    cuts = base + (shifts - shifts.mean())[:, None] - _shift(centre, base)
    scale = Scale(tuple(item.id for item in module.items), cuts, 0.6)
    found = brentq(lambda loading: inter_item(replace(scale, loading=loading)) - mean_inter_item, 0.05, 0.99)
    return replace(scale, loading=found)


def _shift(centre: float, base: NDArray) -> float:
    return brentq(lambda shift: 100 * ndtr(shift - base).mean() - centre, -5, 5)


def inter_item(scale: Scale) -> float:
    """The mean correlation between items, as answered in steps, exactly (by quadrature over the population)."""
    means = scale.chances(_NODES).sum(axis=2)
    mean = _WEIGHTS @ means
    shared = (means - mean).T @ ((means - mean) * _WEIGHTS[:, None])
    spread = item_sd(scale)
    correlations = shared / np.outer(spread, spread)
    return float(correlations[~np.eye(len(mean), dtype=bool)].mean())


def item_sd(scale: Scale) -> NDArray:
    """The SD of each item in its population, in steps, exactly."""
    chances = scale.chances(_NODES)
    steps = np.arange(1, scale.cuts.shape[1] + 1)
    mean, square = _WEIGHTS @ chances.sum(axis=2), _WEIGHTS @ (chances * (2 * steps - 1)).sum(axis=2)
    return np.sqrt(square - mean**2)


def step_for(code: str, sd: float) -> float:
    """The step between cuts at which the items of a scale centred at 50 have this SD on average."""
    return brentq(lambda step: item_sd(scale_of(code, 0.375, step=step)).mean() - sd, 0.3, 1.5)


def truth_of(scale: Scale) -> Truth:
    """Mean, SD and reliability (true variance over observed variance) of the whole scale in its population."""
    true = scale.true_score(_NODES)
    mean = float(_WEIGHTS @ true)
    true_variance = float(_WEIGHTS @ (true - mean) ** 2)
    variance = true_variance + float(_WEIGHTS @ scale.error_variance(_NODES))
    return Truth(mean, float(np.sqrt(variance)), true_variance / variance)


def with_known_norms(
    truths: Mapping[str, Truth], correlation: float, instrument: Instrument = INSTRUMENT
) -> Instrument:
    """The questionnaire with margins that rest on the population itself."""
    norms = replace(
        instrument.norms,
        provisional=False,
        sd={**instrument.norms.sd, **{scale: each.sd for scale, each in truths.items()}},
        reliability={**instrument.norms.reliability, **{scale: each.reliability for scale, each in truths.items()}},
        means={scale: each.mean for scale, each in truths.items()},
        block_correlation=correlation,
    )
    return replace(instrument, norms=norms)


def positions(n: int, correlation: float, scales: int, draw: np.random.Generator) -> NDArray:
    """Latent positions, n x scales: standard normal, every pair with the same correlation."""
    shared = draw.normal(size=(n, 1))
    return np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * draw.normal(size=(n, scales))


def one_passing(
    scales: Sequence[Scale], position: NDArray, missing: float | NDArray, draw: np.random.Generator
) -> pd.DataFrame:
    """Everybody answers once: respondents x items, NaN where an answer was left out at random (share ``missing``)."""
    blocks = [scale.answers(position[:, column], draw) for column, scale in enumerate(scales)]
    answers = np.concatenate(blocks, axis=1).astype(float)
    share = np.broadcast_to(np.asarray(missing, float).reshape(-1, 1), answers.shape)
    answers[draw.random(answers.shape) < share] = np.nan
    return pd.DataFrame(answers, columns=[item for scale in scales for item in scale.items])
