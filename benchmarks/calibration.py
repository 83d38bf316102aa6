"""Do the margins keep their word? Simulated leaders whose true scores are known, and the tool's own functions on them.

    python -m benchmarks.calibration [--quick] [--write]

**True score.** A leader's true score on a scale is the expected score of that leader over all the answers that could
have been given to the scale's own items, all of them: same person, same four weeks, fresh answers (Lord & Novick 1968).
It is computed from the model, not estimated. *Known reliability* is the variance of the true scores over that of the
scores, in the whole population and with nothing missing. Items are the questionnaire's own in number and steps; see
``benchmarks.leaders``. Missing answers are left out at random: a score on six answers is held against the true score on
all eight. Real leaders may also leave out what embarrasses them; no table here can say what that costs.

``--write`` puts the page into docs/calibration.md; ``--quick`` takes an eighth of the people.
"""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from angle_mort.errors import AngleMortError
from angle_mort.instrument import Instrument
from angle_mort.margins import half_width
from angle_mort.scores import bands, build_norms, dominant_block, reliable_change, score_responses
from benchmarks.leaders import (
    INSTRUMENT,
    STEP,
    Scale,
    Truth,
    one_passing,
    positions,
    scale_of,
    step_for,
    truth_of,
    with_known_norms,
)
from benchmarks.tables import markdown, percent, plain

HERE = Path(__file__).parent
TEMPLATE, PAGE = HERE / "pages" / "calibration.md", HERE.parent / "docs" / "calibration.md"
SEED = 2026
BLOCKS = ("A", "B", "C")
REFLECTIVE = ("A", "B", "C", "D3", "I")
INTER_ITEM, MISSING, CENTRES, SIZES = (
    (0.30, 0.375, 0.45),
    (0.0, 0.05, 0.10, 0.15),
    (35.0, 50.0, 65.0),
    (12, 24, 60, 300),
)
CORRELATIONS, REALISTIC = (0.0, 0.3, 0.5, 0.7, 0.85), (0.3, 0.5, 0.7)
SPREADS = (0.9, 1.0, 1.1, 1.2, 1.3, 1.4)
"""SDs of the items, in steps; 1.41 is that of five answers given equally often."""
LESS_RELIABLE = (0.15, 0.20, 0.25)
LEAST_RELIABLE = 0.273
"""The mean correlation between items at which eight items have a reliability of .75, below the declared .80."""
POOL, POOLS = 60, 8
"""Leaders in a pool that norms are made of, and how many such pools are drawn."""

LEVEL = INSTRUMENT.scoring["interval_level"]["value"]
COVERAGE, COVERAGE_PROVISIONAL, ECE, FALSE_ALARMS = (0.88, 0.92), (0.85, 1.0), (0.0, 0.03), (0.08, 0.12)


@dataclass(frozen=True)
class Population:
    """Leaders of one kind: their scales, what is true of them, and how alike the blocks are."""

    scales: tuple[Scale, ...]
    codes: tuple[str, ...]
    truths: dict[str, Truth]
    correlation: float

    @property
    def known(self) -> Instrument:
        return with_known_norms(self.truths, self.correlation)

    def draw(self, n: int, draw: np.random.Generator) -> NDArray:
        return positions(n, self.correlation, len(self.scales), draw)

    def true_scores(self, position: NDArray) -> pd.Series:
        """Indexed by (respondent, scale)."""
        columns = zip(self.scales, position.T, strict=True)
        wide = np.column_stack([scale.true_score(column) for scale, column in columns])
        stacked = pd.DataFrame(wide, columns=list(self.codes)).stack()
        return stacked.rename_axis(["respondent", "scale"]).rename("true")


@cache
def population(
    inter_item: float = 0.375,
    centre: float | tuple[float, ...] = 50.0,
    correlation: float = 0.5,
    codes: tuple[str, ...] = BLOCKS,
    spread: float | None = None,
) -> Population:
    """``spread`` is the SD of the items, in steps; about 1.1 without it."""
    centres = centre if isinstance(centre, tuple) else (centre,) * len(codes)
    steps = [step_for(code, spread) if spread else STEP for code in codes]
    pairs = zip(codes, centres, steps, strict=True)
    scales = tuple(scale_of(code, inter_item, each, step=step) for code, each, step in pairs)
    truths = {code: truth_of(scale) for code, scale in zip(codes, scales, strict=True)}
    return Population(scales, codes, truths, correlation)


def scored(responses: pd.DataFrame, instrument: Instrument, people: Population, position: NDArray) -> pd.DataFrame:
    """The tool's own scores of the whole scales, with the true score beside each; not calculable ones are left out."""
    table = score_responses(responses, instrument)
    table = table[table["scale"].isin(people.codes)].set_index(["respondent", "scale"])
    return table.join(people.true_scores(position)).dropna(subset=["value"]).reset_index()


def covered(table: pd.DataFrame) -> pd.Series:
    return table["true"].between(table["low"], table["high"])


def expected_calibration_error(chance: NDArray, happened: NDArray, bins: int = 10) -> float:
    """Mean distance between what was announced and what happened, over equal-width bins weighted by their people.

    >>> expected_calibration_error(np.array([0.9, 0.9, 0.9, 0.9]), np.array([1, 1, 1, 0]))
    0.15
    """
    place = np.minimum((np.asarray(chance) * bins).astype(int), bins - 1)
    count = np.bincount(place, minlength=bins)
    gap = np.bincount(place, chance, bins) - np.bincount(place, happened, bins)
    return round(float(np.abs(gap).sum() / count.sum()), 9)


# ------------------------------------------------------------------------------------- intervals and change, by size


def by_size(people: int, draw: np.random.Generator, sizes: tuple[int, ...] = SIZES) -> pd.DataFrame:
    """Coverage of the intervals and false alarms of change, for cohorts of each size.

    Cohorts are drawn from nine populations (mean inter-item correlation x centre) with 0-15 % missing. ``own`` takes
    reliability and SD from the cohort itself (``build_norms``), whatever its size: what would happen without the rule
    of 45. Cohorts that are too thin for that are left out of ``own`` and counted.
    """
    return pd.DataFrame([_one_size(n, people, draw) for n in sizes])


def _one_size(n: int, people: int, draw: np.random.Generator) -> dict[str, float]:
    kinds = [population(r, centre) for r in INTER_ITEM for centre in CENTRES]
    each = max(1, round(people / (n * len(kinds))))
    told = [row for kind in kinds for row in _cohorts(kind, n, each, draw)]
    joined = pd.concat(told, ignore_index=True)
    found = {
        "n": n,
        "cohorts": each * len(kinds),
        "too thin": 1 - (joined["norms"] == "own").sum() / (each * len(kinds)),
    }
    for name in ("known", "provisional", "own"):
        mine = joined[joined["norms"] == name]
        found[f"coverage {name}"] = np.average(mine["covered"], weights=mine["scores"])
        found[f"alarms {name}"] = np.average(mine["alarms"], weights=mine["scores"])
    return found


def _cohorts(kind: Population, n: int, cohorts: int, draw: np.random.Generator) -> Iterator[pd.DataFrame]:
    """What each set of norms says of these cohorts: one row per cohort for its own, one in all for the others."""
    position = kind.draw(n * cohorts, draw)
    missing = np.repeat(draw.uniform(0, 0.15, cohorts), n)
    waves = [one_passing(kind.scales, position, missing, draw) for _ in range(2)]
    yield _one_norms("known", kind.known, kind, position, waves)
    yield _one_norms("provisional", INSTRUMENT, kind, position, waves)
    for start in range(0, n * cohorts, n):
        rows = slice(start, start + n)
        own = _own_norms(waves[0].iloc[rows])
        if own:
            yield _one_norms(
                "own", own, kind, position[rows], [each.iloc[rows].reset_index(drop=True) for each in waves]
            )


def _one_norms(
    name: str, instrument: Instrument, kind: Population, position: NDArray, waves: list[pd.DataFrame]
) -> pd.DataFrame:
    before, after = (scored(each, instrument, kind, position) for each in waves)
    inside, alarms = covered(before).mean(), false_alarms(before, after).mean()
    return pd.DataFrame([{"norms": name, "covered": inside, "alarms": alarms, "scores": len(before)}])


def _own_norms(pool: pd.DataFrame) -> Instrument | None:
    try:
        norms = build_norms(pool, "invented leaders", datetime.date(2026, 11, 23))
    except AngleMortError:
        return None
    return replace(INSTRUMENT, norms=norms)


def false_alarms(before: pd.DataFrame, after: pd.DataFrame) -> pd.Series:
    """Whether each pair of scores passes for a real change, when nothing changed."""
    return reliable_change(before, after, LEVEL)["direction"].isin(["better", "worse"])


# ------------------------------------------------------------------------------- intervals, by reliability and missing


def by_condition(people: int, draw: np.random.Generator) -> pd.DataFrame:
    """Coverage and false alarms of the five reflective scales, by mean inter-item correlation and missing answers."""
    return pd.DataFrame([_condition(r, missing, people, draw) for r in INTER_ITEM for missing in MISSING])


def less_reliable(people: int, draw: np.random.Generator) -> pd.DataFrame:
    """The same where the scales do worse than anybody hopes: what the declared margins are then worth."""
    rows = pd.DataFrame([_condition(r, 0.075, people, draw) for r in LESS_RELIABLE])
    return rows[["mean inter-item r", "coverage provisional", "least covered provisional", "alarms provisional"]]


def by_spread(people: int, draw: np.random.Generator) -> pd.DataFrame:
    """What the declared margins are worth where leaders answer more alike, or less, than the declared SD says.

    Scales A, B, C, nothing missing. The error declared is that of one SD and one reliability; the true one grows with
    the spread of the answers and falls with the correlation between them.
    """
    return pd.DataFrame([_spread_row(spread, r, people, draw) for spread in SPREADS for r in INTER_ITEM])


def _spread_row(spread: float, inter_item: float, people: int, draw: np.random.Generator) -> dict[str, float]:
    kind = population(inter_item, spread=spread)
    position = kind.draw(people, draw)
    first, second = (one_passing(kind.scales, position, 0.0, draw) for _ in range(2))
    truths = kind.truths.values()
    row = {
        "SD of items": spread,
        "mean inter-item r": inter_item,
        "SD of scores": np.mean([each.sd for each in truths]),
        "true error": np.mean([each.error for each in truths]),
    }
    for name, instrument in (("known", kind.known), ("provisional", INSTRUMENT)):
        before, after = (scored(each, instrument, kind, position) for each in (first, second))
        row |= {f"coverage {name}": covered(before).mean(), f"alarms {name}": false_alarms(before, after).mean()}
    return row


def _condition(inter_item: float, missing: float, people: int, draw: np.random.Generator) -> dict[str, float]:
    kind = population(inter_item, codes=REFLECTIVE)
    position = kind.draw(people, draw)
    first, second = (one_passing(kind.scales, position, missing, draw) for _ in range(2))
    row: dict[str, float] = {"mean inter-item r": inter_item, "missing": missing}
    for name, instrument in (("known", kind.known), ("provisional", INSTRUMENT)):
        before, after = (scored(each, instrument, kind, position) for each in (first, second))
        inside = covered(before).groupby(before["scale"]).mean()
        row[f"coverage {name}"], row[f"least covered {name}"] = inside.mean(), inside.min()
        row[f"alarms {name}"] = false_alarms(before, after).mean()
    row["not calculable"] = 1 - len(before) / (people * len(kind.codes))
    return row


def by_level(people: int, draw: np.random.Generator) -> pd.DataFrame:
    """Coverage where the true score stands low, in the middle and high: one error for all, and one that follows it."""
    tables = []
    for centre in CENTRES:
        kind = population(0.375, centre)
        position = kind.draw(people, draw)
        tables.append(
            _both_errors(scored(one_passing(kind.scales, position, 0.0, draw), kind.known, kind, position), kind)
        )
    table = pd.concat(tables)
    table["true score"] = pd.cut(table["true"], [0, 15, 30, 50, 70, 85, 100], right=False)
    grouped = table.groupby("true score", observed=True)
    rows = grouped[["one error", "following error"]].mean().reset_index()
    return rows.assign(scores=grouped.size().to_numpy(), **{"true score": rows["true score"].astype(str)})


def _both_errors(table: pd.DataFrame, kind: Population) -> pd.DataFrame:
    truth = table["scale"].map(kind.truths)
    mean, sd, r = (truth.map(lambda each, name=name: getattr(each, name)) for name in ("mean", "sd", "reliability"))
    error = following_error(table["value"], table["se_measurement"], mean, sd, r)
    reach = half_width(LEVEL) * error
    following = (table["true"] - table["value"]).abs() <= reach
    return table.assign(**{"one error": covered(table), "following error": following})


def following_error(value, error, mean, sd, reliability):
    """An error that is largest in the middle and small near the ends, of the same mean square as the one declared.

    Proportional to sqrt(t (100 - t)), t being Kelley's estimate of the true score; the shape is that of Keats 1957 for
    sums of right and wrong answers.
    """
    estimate = np.clip(mean + reliability * (value - mean), 0, 100)
    typical = mean * (100 - mean) - reliability**2 * sd**2
    return error * np.sqrt(estimate * (100 - estimate) / typical)


def index_coverage(people: int, draw: np.random.Generator) -> pd.DataFrame:
    """Coverage of the formative indices, whose margin rests on a declared error of half a step per answer.

    Each leader has a level of their own on each item, anywhere on its steps, and answers with normal noise, rounded to
    a step. The true index is the mean of the expected answers. The noise of real leaders is unknown until a retest: the
    rows say what the declared margin is worth if it is what was declared, and if it is more.
    """
    return pd.DataFrame([_index_row(noise, people, draw) for noise in (0.3, 0.43, 0.6, 0.8, 1.0)])


def _index_row(noise: float, people: int, draw: np.random.Generator) -> dict[str, float]:
    items = [item.id for code in ("D1", "E") for item in INSTRUMENT.module(code).items]
    keeps = draw.normal(0, 0.7, (people, 1)) * np.repeat([1, -1], [4, len(items) - 4])  # who keeps has less autonomy
    level = np.clip(2 + keeps + draw.normal(0, 0.7, (people, len(items))), -0.4, 4.4)
    expected = _expected_step(level, noise)
    answers = np.clip(np.rint(level + draw.normal(0, noise, level.shape)), 0, 4)
    table = score_responses(pd.DataFrame(answers, columns=items)).set_index("scale")
    error = 25 * float(np.sqrt(((answers - expected) ** 2).mean()))
    d1, e = 25 * expected[:, :4].mean(axis=1), 25 * expected[:, 4:].mean(axis=1)
    truths = {"D1": d1, "E": e, "IDO": (d1 + 100 - e) / 2}
    inside = {code: _inside(table.loc[code], true) for code, true in truths.items()}
    return {"error of one answer": error, **inside, "ECE of IDO's band": _index_band(table.loc["IDO"], truths["IDO"])}


def _index_band(rows: pd.DataFrame, true: NDArray) -> float:
    chances = bands(rows.reset_index())[_CHANCES].to_numpy()
    truly = np.searchsorted(INSTRUMENT.scoring["bands"]["thresholds"], true, side="right")
    top = chances.argmax(axis=1)
    return expected_calibration_error(chances[np.arange(len(top)), top], top == truly)


def _inside(rows: pd.DataFrame, true: NDArray) -> float:
    return float(((rows["low"] <= true) & (true <= rows["high"])).mean())


def _expected_step(level: NDArray, noise: float) -> NDArray:
    from scipy.special import ndtr

    return sum(ndtr((level - cut) / noise) for cut in (0.5, 1.5, 2.5, 3.5))


# --------------------------------------------------------------------------------------------- probabilities of bands


def band_norms(kind: Population) -> dict[str, Instrument]:
    return {"known": kind.known, "declared": INSTRUMENT}


def by_band(people: int, draw: np.random.Generator) -> pd.DataFrame:
    """Calibration of the probabilities of the bands, for populations centred low, in the middle and high."""
    rows = []
    for centre in CENTRES:
        parts = [_band_parts(population(r, centre), people // len(INTER_ITEM), draw) for r in INTER_ITEM]
        rows += [_band_row(name, centre, [part[name] for part in parts]) for name in parts[0]]
    return pd.DataFrame(rows).sort_values("norms", ascending=False, kind="stable")


_CHANCES, _BANDS = ["p_green", "p_orange", "p_red"], np.array(["vert", "orange", "rouge"])


def _band_parts(kind: Population, people: int, draw: np.random.Generator) -> dict[str, pd.DataFrame]:
    position = kind.draw(people, draw)
    answers = one_passing(kind.scales, position, draw.uniform(0, 0.15, people), draw)
    told = {}
    for name, instrument in band_norms(kind).items():
        table = scored(answers, instrument, kind, position)
        first, second = INSTRUMENT.scoring["bands"]["thresholds"]
        rule = {"thresholds": (first, second), "named_at": INSTRUMENT.scoring["bands"]["named_at"]}
        truly = _BANDS[(table["true"] >= first).astype(int) + (table["true"] >= second).astype(int)]
        told[name] = bands(table, **rule).assign(truly=truly)
    return told


def _band_row(name: str, centre: float, parts: list[pd.DataFrame]) -> dict[str, object]:
    """All populations of this centre together, and the worst of them alone."""
    alone = max(_judged(part)["ECE"] for part in parts)
    return {"norms": name, "centre": centre, **_judged(pd.concat(parts)), "ECE, worst alone": alone}


def _judged(told: pd.DataFrame) -> dict[str, float]:
    happened = told["truly"].to_numpy()[:, None] == _BANDS
    return _calibration(told[_CHANCES].to_numpy(), happened, told["band"], told["truly"])


def _calibration(chances: NDArray, happened: NDArray, named: pd.Series, truly: pd.Series) -> dict[str, float]:
    top = chances.argmax(axis=1)
    rows = np.arange(len(top))
    is_named = named.isin(truly.unique())
    return {
        "ECE": expected_calibration_error(chances[rows, top], happened[rows, top]),
        "ECE, all": expected_calibration_error(chances.ravel(), happened.ravel()),
        "named": is_named.mean(),
        "right when named": (named == truly)[is_named].mean(),
    }


# ------------------------------------------------------------------------------------ probabilities of the lead block


def lead_norms(kind: Population, draw: np.random.Generator) -> dict[str, list[Instrument]]:
    """The norms to compare: the population's own, those of pools of 60 leaders, and the declared ones."""
    return {"known": [kind.known], "of 60 leaders": _pool_norms(kind, draw), "declared": [INSTRUMENT]}


def _pool_norms(kind: Population, draw: np.random.Generator) -> list[Instrument]:
    pools = (one_passing(kind.scales, kind.draw(POOL, draw), draw.uniform(0, 0.15, POOL), draw) for _ in range(POOLS))
    made = (build_norms(pool, "invented leaders", datetime.date(2026, 11, 23)) for pool in pools)
    told = (replace(norms, provisional=False) for norms in made)
    return [replace(INSTRUMENT, norms=norms) for norms in told]


def by_dominance(people: int, draw: np.random.Generator) -> pd.DataFrame:
    """Calibration of P(block is the highest), by how alike the blocks are, and when one is higher for everybody."""
    settings = [*((each, 50.0) for each in CORRELATIONS), (0.5, (57.0, 50.0, 43.0))]
    rows = [row for each in settings for row in _dominance_rows(*each, INTER_ITEM, people, draw)]
    return pd.DataFrame(rows).sort_values("norms", key=lambda each: each.map(_NORMS.index), kind="stable")


_NORMS = ["known", "of 60 leaders", "declared"]


def lead_by_reliability(people: int, draw: np.random.Generator) -> pd.DataFrame:
    """The calibration error alone, one mean correlation between items at a time: in a mixture of populations, too sure
    here and too timid there make up for one another."""
    rows = []
    for inter_item in (LEAST_RELIABLE, *INTER_ITEM):
        for correlation in REALISTIC:
            told = _dominance_rows(correlation, 50.0, (inter_item,), people, draw)
            errors = {f"ECE {row['norms']}": row["ECE"] for row in told}
            rows.append({"mean inter-item r": inter_item, "correlation": correlation, **errors})
    return pd.DataFrame(rows)


def _dominance_rows(
    correlation: float,
    centre: float | tuple[float, ...],
    inter_item: tuple[float, ...],
    people: int,
    draw: np.random.Generator,
) -> list[dict[str, object]]:
    kinds = [population(r, centre, correlation) for r in inter_item]
    parts = [_dominance_parts(kind, people // len(kinds), draw) for kind in kinds]
    return [_dominance_row(name, correlation, centre, pd.concat([part[name] for part in parts])) for name in parts[0]]


def _dominance_parts(kind: Population, people: int, draw: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Each set of norms on its own share of the same leaders."""
    position = kind.draw(people, draw)
    answers = one_passing(kind.scales, position, draw.uniform(0, 0.15, people), draw)
    truly = kind.true_scores(position).unstack().idxmax(axis=1)
    return {
        name: pd.concat([_led(part, each, kind, position, truly) for each, part in _shared(answers, made)])
        for name, made in lead_norms(kind, draw).items()
    }


def _shared(answers: pd.DataFrame, made: list[Instrument]) -> Iterator[tuple[Instrument, pd.DataFrame]]:
    return ((each, answers.iloc[place :: len(made)]) for place, each in enumerate(made))


def _led(
    answers: pd.DataFrame, instrument: Instrument, kind: Population, position: NDArray, truly: pd.Series
) -> pd.DataFrame:
    table = scored(answers, instrument, kind, position)
    told = dominant_block(table, norms=instrument.norms).set_index("respondent")
    return told.assign(truly=truly).dropna()


def _dominance_row(name: str, correlation: float, centre: object, told: pd.DataFrame) -> dict[str, object]:
    chances = told[[f"p_{block}" for block in BLOCKS]].to_numpy()
    happened = told["truly"].to_numpy()[:, None] == np.array(BLOCKS)
    blocks = "equal" if isinstance(centre, float) else "A higher, C lower"
    found = _calibration(chances, happened, told["block"], told["truly"])
    return {"norms": name, "correlation": correlation, "means of the blocks": blocks, **found}


# -------------------------------------------------------------------------------------------------- targets and page


@dataclass(frozen=True)
class Target:
    """One promise: what was looked at, the worst figures found, and the range asked for."""

    what: str
    low: float
    high: float
    asked: tuple[float, float]

    @property
    def met(self) -> bool:
        return self.asked[0] <= self.low and self.high <= self.asked[1]


def targets(found: dict[str, pd.DataFrame]) -> list[Target]:
    """The promises of the issue, each against the lowest and highest figure of its tables."""
    both, spread = [found["by_size"], found["by_condition"]], [found["by_spread"]]
    bands_, lead = found["by_band"].set_index("norms")["ECE, worst alone"], found["lead_by_reliability"]
    asked, below = (
        lead[lead["mean inter-item r"] > LEAST_RELIABLE],
        lead[lead["mean inter-item r"] == LEAST_RELIABLE],
    )
    return [
        _target("coverage of 90 % intervals, known reliability", COVERAGE, both, "coverage known"),
        _target("coverage, declared reliability", COVERAGE_PROVISIONAL, both, "coverage provisional"),
        _target("the same, least covered scale", COVERAGE_PROVISIONAL, both, "least covered provisional"),
        _target("coverage, the cohort's own reliability", COVERAGE_PROVISIONAL, both[:1], "coverage own"),
        _target("false alarms of change, known reliability", FALSE_ALARMS, both, "alarms known"),
        _target(
            "the same, declared reliability, nine populations together", FALSE_ALARMS, both[:1], "alarms provisional"
        ),
        _target("the same, declared reliability, each on its own", FALSE_ALARMS, both[1:], "alarms provisional"),
        *(
            _target(f"{what}, items of SD 0.9 to 1.4, {each} reliability", asked, spread, f"{column} {norms}")
            for what, column, norms, each, asked in (
                ("coverage", "coverage", "known", "known", COVERAGE),
                ("false alarms", "alarms", "known", "known", FALSE_ALARMS),
                ("coverage", "coverage", "provisional", "declared", COVERAGE_PROVISIONAL),
                ("false alarms", "alarms", "provisional", "declared", FALSE_ALARMS),
            )
        ),
        *(
            _target(f"calibration error of bands, norms {each}", ECE, [bands_[[each]].to_frame()], "ECE, worst alone")
            for each in ("known", "declared")
        ),
        *(
            _target(f"calibration error of the lead block, norms {each}", ECE, [asked], f"ECE {each}")
            for each in _NORMS
        ),
        *(_target(f"the same, true reliability .75, norms {each}", ECE, [below], f"ECE {each}") for each in _NORMS),
    ]


def _target(what: str, asked: tuple[float, float], tables: list[pd.DataFrame], column: str) -> Target:
    figures = pd.concat([table[column] for table in tables if column in table])
    return Target(what, float(figures.min()), float(figures.max()), asked)


PEOPLE = {
    "by_size": 6000,
    "by_condition": 20_000,
    "less_reliable": 20_000,
    "by_spread": 10_000,
    "by_level": 60_000,
    "index_coverage": 20_000,
    "by_band": 30_000,
    "by_dominance": 30_000,
    "lead_by_reliability": 20_000,
}


_TABLES: tuple[Callable, ...] = (
    by_size,
    by_condition,
    less_reliable,
    by_level,
    index_coverage,
    by_band,
    by_dominance,
    lead_by_reliability,
    by_spread,
)
"""In the order of their seeds."""


def run(share: float = 1.0, seed: int = SEED) -> dict[str, pd.DataFrame]:
    """Every table, each from its own seed, with this share of the people."""
    return {
        table.__name__: table(max(30, round(PEOPLE[table.__name__] * share)), np.random.default_rng([seed, number]))
        for number, table in enumerate(_TABLES)
    }


def page(found: dict[str, pd.DataFrame], share: float = 1.0) -> str:
    tables = {name: markdown(_written(table)) for name, table in found.items()}
    rows = [
        (t.what, _figure(t.low, t), _figure(t.high, t), _asked(t), "yes" if t.met else "**no**") for t in targets(found)
    ]
    tables["targets"] = markdown(pd.DataFrame(rows, columns=["what", "lowest", "highest", "asked", "met"]))
    people = "" if share == 1 else f" A quick run, on {percent(share, 0)} of the people: figures are rough."
    return TEMPLATE.read_text(encoding="utf-8").format(seed=SEED, quick=people, **tables, **_facts(found))


def _facts(found: dict[str, pd.DataFrame]) -> dict[str, str]:
    """The figures that the sentences of the page quote."""
    truths = [truth for r in INTER_ITEM for centre in CENTRES for truth in population(r, centre).truths.values()]
    errors = [each.error for each in truths]
    doubtful = found["index_coverage"].iloc[-2]
    return {
        **_spread_facts(found["by_spread"]),
        "smallest_error": plain(min(errors), 1),
        "error_ratio": plain(max(errors) / min(errors), 2),
        "largest_error": plain(max(errors), 1),
        "doubtful_error": plain(doubtful["error of one answer"], 0),
        "doubtful_coverage": percent(doubtful["IDO"], 0),
    }


def _spread_facts(table: pd.DataFrame) -> dict[str, str]:
    """What the declared margins are worth at the two ends of the spread, and from which error on they fall short."""
    ends = table.groupby("SD of items")[["coverage provisional", "alarms provisional"]].agg(["min", "max"])
    wide, narrow = ends.loc[SPREADS[-1]], ends.loc[SPREADS[0]]
    short = table.loc[table["coverage provisional"] < COVERAGE_PROVISIONAL[0], "true error"]
    return {
        "wide_coverage": _range(wide["coverage provisional"]),
        "wide_alarms": _range(wide["alarms provisional"]),
        "narrow_coverage": _range(narrow["coverage provisional"]),
        "narrow_alarms": _range(narrow["alarms provisional"]),
        "short_from": plain(float(short.min()), 1),
    }


def _range(ends: pd.Series) -> str:
    return f"{100 * ends['min']:.0f} to {percent(ends['max'], 0)}"


def _figure(value: float, target: Target) -> str:
    return plain(value) if target.asked == ECE else percent(value)


def _asked(target: Target) -> str:
    low, high = target.asked
    if target.asked == ECE:
        return f"at most {high}"
    return f"at least {percent(low, 0)}" if high == 1 else f"{percent(low, 0)} to {percent(high, 0)}"


_PERCENT = (
    "coverage",
    "least",
    "alarms",
    "too thin",
    "not calculable",
    "one error",
    "following",
    "named",
    "right",
    "missing",
)


def _written(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({column: [_cell(column, each) for each in table[column]] for column in table})


def _cell(column: str, value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    if column.startswith(_PERCENT) or column in {"D1", "E", "IDO"}:
        return percent(value)
    if column in {"centre", "error of one answer", "SD of items", "SD of scores", "true error"}:
        return plain(value, 0 if column == "centre" else 1)
    return plain(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="an eighth of the people")
    parser.add_argument("--write", action="store_true", help="write docs/calibration.md")
    asked = parser.parse_args()
    share = 1 / 8 if asked.quick else 1.0
    text = page(run(share), share)
    print(text)
    if asked.write:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
