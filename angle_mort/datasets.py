"""Synthetic cohorts with known truth: invented leaders, seeded, for tests, benchmarks and the demonstration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from angle_mort.errors import AngleMortError, problem
from angle_mort.instrument import NOT_APPLICABLE, Instrument, Item, Module, load_instrument

_LOADINGS = {"D1": 0.75, "D2": 0.55, "D3": 0.60, "E": -0.70, "H": -0.60, "I": -0.50, "C0": 0.65}
"""How each consequence or resource follows how much the leader keeps (correlation with the mean of the blocks)."""

_WITHIN = 8.0
_ITEM_SPREAD = 0.85
_SPREAD = 15.0


@dataclass(frozen=True)
class SyntheticCohort:
    """``responses`` (respondents x items, integer codes) and the ``truth`` behind them (true scores, profile)."""

    responses: pd.DataFrame
    truth: pd.DataFrame


def make_cohort(
    n: int = 24,
    seed: int = 0,
    profiles: int = 3,
    missing: float = 0.0,
    not_applicable: float = 0.02,
    instrument: Instrument | None = None,
) -> SyntheticCohort:
    """``n`` invented leaders drawn around the first ``profiles`` prototypes, answering the complete form.

    ``profiles=0`` draws one correlated group without types. ``missing`` and ``not_applicable`` are shares of the
    answers to scale items (NaN, and -1 where the format allows it). The same seed gives the same cohort.

    Raises ``AngleMortError`` AM406 when ``profiles`` exceeds the declared prototypes.

    >>> cohort = make_cohort(n=3, seed=1)
    >>> cohort.responses.shape, cohort.truth["profile"].tolist()
    ((3, 88), ['faiseur', 'verificateur', 'porteur'])
    """
    instrument = instrument or load_instrument()
    if not 0 <= profiles <= len(instrument.prototypes.prototypes):
        raise AngleMortError(problem("AM406", given=profiles, most=len(instrument.prototypes.prototypes)))
    draw = np.random.default_rng(seed)
    truth = _true_scores(n, profiles, instrument, draw)
    blocks = [_module_answers(module, truth, draw) for module in instrument.modules if module.code != "M"]
    responses = pd.concat(blocks, axis=1)
    _leave_gaps(responses, instrument, missing, not_applicable, draw)
    return SyntheticCohort(responses, truth)


def _true_scores(n: int, profiles: int, instrument: Instrument, draw: np.random.Generator) -> pd.DataFrame:
    names, centres = _centres(n, profiles, instrument, draw)
    blocks = np.clip(centres + draw.normal(0, _WITHIN, centres.shape), 3, 97)
    truth = pd.DataFrame(blocks, columns=list(instrument.prototypes.blocks), index=_respondents(n))
    kept = _standardised(blocks.mean(axis=1))
    for code, loading in _LOADINGS.items():
        noise = draw.normal(0, np.sqrt(1 - loading**2), n)
        truth[code] = np.clip(50 + _SPREAD * (loading * kept + noise), 3, 97)
    truth["kept"] = kept
    truth.insert(0, "profile", names)
    return truth


def _centres(n: int, profiles: int, instrument: Instrument, draw: np.random.Generator) -> tuple[list[str], np.ndarray]:
    declared = instrument.prototypes
    if not profiles:
        shared = draw.normal(50, 11, (n, 1))
        return ["" for _ in range(n)], np.broadcast_to(shared, (n, len(declared.blocks))).copy()
    chosen = draw.permutation(np.arange(n) % profiles)
    picked = [declared.prototypes[index] for index in chosen]
    positions = [[each.position[block] for block in declared.blocks] for each in picked]
    return [each.code for each in picked], np.array(positions, float).reshape(n, -1)


def _standardised(values: np.ndarray) -> np.ndarray:
    spread = values.std()
    return (values - values.mean()) / spread if spread > 0 else np.zeros_like(values)


def _respondents(n: int) -> pd.Index:
    return pd.Index([f"r{number:03d}" for number in range(1, n + 1)], name="respondent")


def _module_answers(module: Module, truth: pd.DataFrame, draw: np.random.Generator) -> pd.DataFrame:
    answer = _OWN_WAY.get(module.code, _scale_answers)
    columns = answer(module, truth, draw)
    return pd.DataFrame(columns, index=truth.index).astype(float)


def _scale_answers(module: Module, truth: pd.DataFrame, draw: np.random.Generator) -> dict[str, np.ndarray]:
    trait = truth[module.code].to_numpy()
    return {item.id: _ordinal_answer(item, trait, draw) for item in module.items}


def _ordinal_answer(item: Item, trait: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    top = item.format.highest
    shift = draw.normal(0, 0.25)
    return np.clip(np.rint(trait * top / 100 + shift + draw.normal(0, _ITEM_SPREAD, len(trait))), 0, top) + 0.0


def _hours(module: Module, truth: pd.DataFrame, draw: np.random.Generator) -> dict[str, np.ndarray]:
    """A week of 45 to 65 hours, more of it spent producing by those who keep more; one in eight does not add up."""
    n, kept = len(truth), truth["kept"].to_numpy()
    total = np.rint(draw.normal(54, 5, n).clip(38, 75))
    producing = np.rint(total * np.clip(0.45 + 0.10 * kept + draw.normal(0, 0.05, n), 0.1, 0.8))
    rest = np.rint(total * draw.uniform(0.10, 0.20, n))
    missions = _split(total - producing - rest, draw)
    total = np.where(draw.random(n) < 0.125, total + 12, total)
    ids = [item.id for item in module.items if item.format.kind == "number"]
    return dict(zip(ids, [*missions.T, producing, rest, total], strict=True))


def _split(hours: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Whole hours into five missions that add up exactly."""
    shares = draw.dirichlet([3, 4, 2, 2, 3], len(hours))
    parts = np.floor(np.maximum(hours, 0)[:, None] * shares)
    parts[:, 1] += np.maximum(hours, 0) - parts.sum(axis=1)
    return parts


def _tasks(module: Module, truth: pd.DataFrame, draw: np.random.Generator) -> dict[str, np.ndarray]:
    leans = 1 / (1 + np.exp(-(0.2 + 0.8 * truth["kept"].to_numpy())))
    return {item.id: _task(leans, draw) for item in module.items}


def _task(leans: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    mine, absent = draw.random(len(leans)) < leans, draw.random(len(leans)) < 0.06
    others = draw.integers(1, 3, len(leans))
    return np.where(absent, NOT_APPLICABLE, np.where(mine, 0, others))


def _scenario(module: Module, truth: pd.DataFrame, draw: np.random.Generator) -> dict[str, np.ndarray]:
    free = (truth["E"] - truth["D1"]).to_numpy() / 2 + 50 + draw.normal(0, 8, len(truth))
    scenario, absence, calls = module.items
    return {
        scenario.id: 1.0 + (free > 46) + (free > 62),
        absence.id: np.rint(np.clip((free - 20) / 5 + draw.normal(0, 2, len(truth)), 0, 30)),
        calls.id: np.rint(np.clip((80 - free) / 8 + draw.normal(0, 1.5, len(truth)), 0, 40)),
    }


def _gains(module: Module, truth: pd.DataFrame, draw: np.random.Generator) -> dict[str, np.ndarray]:
    counted = [item for item in module.items if item.format.kind == "number"]
    numbers = {item.id: np.minimum(draw.poisson(3, len(truth)), item.format.maximum) for item in counted}
    return numbers | _choices(module, truth, draw)


def _placements(module: Module, truth: pd.DataFrame, draw: np.random.Generator) -> dict[str, np.ndarray]:
    today = np.clip(np.rint(4 - 1.5 * truth["kept"].to_numpy() + draw.normal(0, 1, len(truth))), 0, 10)
    now, later, pride = module.items
    return {
        now.id: today,
        later.id: np.clip(today + draw.integers(1, 5, len(truth)), 0, 10),
        pride.id: [_two_of(len(pride.format.choices), draw) for _ in range(len(truth))],
    }


def _two_of(count: int, draw: np.random.Generator) -> int:
    return int(sum(2**code for code in draw.choice(count, 2, replace=False)))


def _choices(module: Module, truth: pd.DataFrame, draw: np.random.Generator) -> dict[str, np.ndarray]:
    chosen = [item for item in module.items if item.format.kind == "choice"]
    return {item.id: draw.choice([choice.code for choice in item.format.choices], len(truth)) for item in chosen}


def _calm(module: Module, truth: pd.DataFrame, draw: np.random.Generator) -> dict[str, np.ndarray]:
    (item,) = module.items
    codes = [choice.code for choice in item.format.choices]
    odds = np.array([0.6, 0.3, 0.1, *[0.0] * (len(codes) - 3)])
    return {item.id: draw.choice(codes, len(truth), p=odds / odds.sum())}


_OWN_WAY: dict[str, Callable] = {
    "F": _hours,
    "G": _tasks,
    "J": _scenario,
    "K": _gains,
    "L": _placements,
    "X": _choices,
    "Q": _calm,
}


def _leave_gaps(
    responses: pd.DataFrame, instrument: Instrument, missing: float, not_applicable: float, draw: np.random.Generator
) -> None:
    scales = [item for module in instrument.of_nature("reflective", "formative") for item in module.items]
    for item in scales:
        absent = draw.random(len(responses)) < not_applicable
        if NOT_APPLICABLE in {choice.code for choice in item.format.choices}:
            responses.loc[absent, item.id] = NOT_APPLICABLE
        responses.loc[draw.random(len(responses)) < missing, item.id] = np.nan
