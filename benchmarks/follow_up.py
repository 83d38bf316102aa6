"""Follow-up of invented leaders whose true change is known: false alarms, power, slopes, and what a programme did.

    python -m benchmarks.follow_up [--quick] [--write]

Each wave is answered afresh, item by item (``benchmarks.leaders``); the true score moves by what is asked, in points.
What is counted is what the tool itself says: ``reliable_change``, ``roadmap.slopes``, ``roadmap.programme_effect`` and
``roadmap.against_waiting_list``. ``--write`` puts the page into docs/follow-up.md.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from angle_mort.instrument import Instrument
from angle_mort.roadmap import against_waiting_list, people_needed, programme_effect, regression_to_mean, slopes
from angle_mort.scores import reliable_change, score_responses
from benchmarks.leaders import INSTRUMENT, Scale, Truth, scale_of, truth_of, with_known_norms
from benchmarks.tables import markdown, percent, plain

HERE = Path(__file__).parent
TEMPLATE, PAGE = HERE / "pages" / "follow-up.md", HERE.parent / "docs" / "follow-up.md"
SEED, PEOPLE, GROUPS = 2026, 8000, 4000
CODE, LEVEL = "A", 0.90
INTER_ITEM = {"low": 0.20, "declared": 0.36, "high": 0.50}
CHANGES = (0.0, -5.0, -10.0, -15.0, -20.0, -25.0)
SPREAD = 10.0
"""The standard deviation of true changes within a programme, in points, as the questionnaire declares it."""

_GRID = np.linspace(-4.5, 4.5, 901)


@dataclass(frozen=True)
class People:
    """Leaders whose scores are known: latent ``position`` and ``true`` score (0-100) at each wave, people x waves."""

    scale: Scale
    position: NDArray
    true: NDArray

    def scored(self, draw: np.random.Generator) -> NDArray:
        """The scores of fresh answers, people x waves, as the kernel makes them of whole answers."""
        waves = [self.scale.answers(column, draw).mean(axis=1) * 25 for column in self.position.T]
        return np.column_stack(waves)

    def answers(self, wave: int, draw: np.random.Generator, missing: float = 0.0) -> pd.DataFrame:
        answered = self.scale.answers(self.position[:, wave], draw).astype(float)
        answered[draw.random(answered.shape) < missing] = np.nan
        return pd.DataFrame(answered, columns=list(self.scale.items))


def moved(scale: Scale, position: NDArray, changes: NDArray) -> People:
    """The same leaders, their true score moved by ``changes`` (people x later waves, points), within 2 and 98."""
    true = np.interp(position, _GRID, scale.true_score(_GRID))
    later = np.clip(true[:, None] + changes, 2, 98)
    positions = np.interp(later, scale.true_score(_GRID), _GRID)
    return People(scale, np.column_stack([position, positions]), np.column_stack([true, later]))


# -------------------------------------------------------------------------------------------- one leader, two waves


def two_waves(people: int, draw: np.random.Generator) -> pd.DataFrame:
    """How many leaders are called better or worse, by reliability, true change, and the margins that are used."""
    rows = []
    for name, inter_item in INTER_ITEM.items():
        scale = scale_of(CODE, inter_item)
        truth = truth_of(scale)
        known = with_known_norms({CODE: truth}, 0.6)
        for change in CHANGES:
            group = _above(scale, people, change, draw)
            answers = [group.answers(wave, draw) for wave in (0, 1)]
            shares = [_called(answers, instrument) for instrument in (known, INSTRUMENT)]
            told = {"items": name, "reliability": truth.reliability, "true change": change}
            told |= {"better, known margins": shares[0]["better"], "worse, known margins": shares[0]["worse"]}
            rows.append(told | {"better, declared": shares[1]["better"], "worse, declared": shares[1]["worse"]})
    return pd.DataFrame(rows)


def _above(scale: Scale, people: int, change: float, draw: np.random.Generator, waves: int = 2) -> People:
    """Leaders with room to move by ``change``, in equal steps from wave to wave."""
    position = draw.normal(size=3 * people)
    true = np.interp(position, _GRID, scale.true_score(_GRID))
    position = position[true + change > 3][:people]
    steps = change * np.arange(1, waves) / (waves - 1)
    return moved(scale, position, np.broadcast_to(steps, (len(position), waves - 1)))


def _called(answers: list[pd.DataFrame], instrument: Instrument) -> dict[str, float]:
    scores = [score_responses(each, instrument) for each in answers]
    found = reliable_change(*scores, level=LEVEL).query("scale == @CODE")["direction"]
    return {name: float((found == name).mean()) for name in ("better", "worse")}


# --------------------------------------------------------------------------------------------- one leader, many waves


def many_waves(people: int, draw: np.random.Generator) -> pd.DataFrame:
    """Two to four waves and a steady true change: the slope's interval, and how often either rule sees the change."""
    scale = scale_of(CODE, INTER_ITEM["declared"])
    truth, rows = truth_of(scale), []
    for waves in (2, 3, 4):
        for change in (0.0, -10.0, -20.0):
            group = _above(scale, people, change, draw, waves)
            scores, found = group.scored(draw), slopes_of(group, draw, truth)
            true = (group.true[:, -1] - group.true[:, 0]) / (waves - 1)
            threshold = 1.6449 * np.sqrt(2) * truth.error
            told = {"waves": waves, "true change": change}
            told |= {"ends: better": (scores[:, -1] - scores[:, 0] < -threshold).mean()}
            told |= {"ends: worse": (scores[:, -1] - scores[:, 0] > threshold).mean()}
            told |= {"slope: better": (found["high"] < 0).mean(), "slope: worse": (found["low"] > 0).mean()}
            rows.append(told | {"slope within": ((found["low"] <= true) & (true <= found["high"])).mean()})
    return pd.DataFrame(rows)


def slopes_of(group: People, draw: np.random.Generator, truth: Truth) -> pd.DataFrame:
    scores = group.scored(draw)
    people, waves = scores.shape
    tidy = pd.DataFrame(
        {
            "person": np.repeat(np.arange(people), waves),
            "wave": np.tile([f"T{place}" for place in range(waves)], people),
            "scale": CODE,
            "value": scores.ravel(),
            "se_measurement": truth.error,
        }
    )
    return slopes(tidy, {f"T{place}": place for place in range(waves)}, LEVEL)


# ------------------------------------------------------------------------------------------------------ a programme


def programmes(groups: int, draw: np.random.Generator) -> pd.DataFrame:
    """How often intervals hold the true mean change, by size of group, true effect, and how people were picked."""
    scale = scale_of(CODE, INTER_ITEM["declared"])
    rows = [
        _programme(scale, n, effect, picked, groups, draw)
        for picked in (False, True)
        for effect in (0.0, -8.0)
        for n in (10, 20, 40)
    ]
    return pd.DataFrame(rows)


def _programme(scale: Scale, n: int, effect: float, picked: bool, groups: int, draw: np.random.Generator) -> dict:
    truth = truth_of(scale)
    own, waiting = (_joined(scale, n * groups, each, picked, draw) for each in (effect, 0.0))
    changes, waited = (_in_groups(scores, n) for _, scores in (own, waiting))
    found = programme_effect(changes, LEVEL)
    expected = regression_to_mean(_in_groups(own[1], n, start=True), truth.mean, truth.reliability)
    true, against = (float((people.true[:, 1] - people.true[:, 0]).mean()) for people, _ in (own, waiting))
    versus = against_waiting_list(changes, waited, LEVEL)
    without = found["mean"] - expected
    return {
        "picked": "the highest third" if picked else "anybody",
        "n": n,
        "true effect": true,
        "mean change": float(found["mean"].mean()),
        "before–after within": _within(found["low"], found["high"], true),
        "zero left out": _seen(found["low"], found["high"]),
        "regression taken out: mean": float(without.mean()),
        "regression taken out: within": _within(found["low"] - expected, found["high"] - expected, true),
        "waiting list: within": _within(versus["low"], versus["high"], true - against),
        "waiting list: zero left out": _seen(versus["low"], versus["high"]),
    }


def _joined(
    scale: Scale, people: int, effect: float, picked: bool, draw: np.random.Generator
) -> tuple[People, NDArray]:
    """People of a programme and their scores at both waves; picked, they are those whose first score was highest."""
    position = draw.normal(size=3 * people if picked else people)
    everybody = moved(scale, position, effect + draw.normal(0, SPREAD, (len(position), 1)))
    scores = everybody.scored(draw)
    if not picked:
        return everybody, scores
    rank = scores[:, 0] + draw.uniform(0, 1e-6, len(scores))  # equal scores: drawn
    chosen = draw.permutation(np.argsort(rank)[-people:])
    return People(scale, everybody.position[chosen], everybody.true[chosen]), scores[chosen]


def _in_groups(scores: NDArray, n: int, start: bool = False) -> pd.DataFrame | NDArray:
    """Many groups of ``n`` at once, each a « scale » of its own for the rules that are tried; or their first means."""
    if start:
        return scores[:, 0].reshape(-1, n).mean(axis=1)
    return pd.DataFrame({"scale": np.repeat(np.arange(len(scores) // n), n), "difference": scores[:, 1] - scores[:, 0]})


def _within(low: pd.Series, high: pd.Series, true: float) -> float:
    return float(((low <= true) & (true <= high)).mean())


def _seen(low: pd.Series, high: pd.Series) -> float:
    return float(((low > 0) | (high < 0)).mean())


def sizes() -> pd.DataFrame:
    """The people needed, for one score of eight items and for the index, by the declared margins."""
    errors = {"one reason (A, B or C)": 18 * np.sqrt(0.2), "index": 12.5 / np.sqrt(8)}
    rows = []
    for name, error in errors.items():
        sd = float(np.sqrt(SPREAD**2 + 2 * error**2))
        for change in (3, 5, 8, 10, 15):
            alone, each = (people_needed(change, sd, groups, 0.80, LEVEL) for groups in (1, 2))
            rows.append(
                {"score": name, "SD of a change": sd, "mean change": change, "alone": alone, "each group": each}
            )
    return pd.DataFrame(rows)


# ------------------------------------------------------------------------------------------------------------- page


def run(share: float = 1.0) -> dict[str, pd.DataFrame]:
    draw = np.random.default_rng(SEED)
    people, groups = int(PEOPLE * share), int(GROUPS * share)
    return {
        "two": two_waves(people, draw),
        "many": many_waves(people, draw),
        "programme": programmes(groups, draw),
        "sizes": sizes(),
    }


def page(found: dict[str, pd.DataFrame], share: float = 1.0) -> str:
    two, programme = found["two"], found["programme"]
    still = two[two["true change"] == 0]
    told = {name: markdown(_written(table)) for name, table in found.items()}
    told |= {"seed": SEED, "people": f"{int(PEOPLE * share):,}", "groups": f"{int(GROUPS * share):,}"}
    for kind in ("known margins", "declared"):
        alarms = still[f"better, {kind}"] + still[f"worse, {kind}"]
        word = kind.split(maxsplit=1)[0]
        told |= {f"fewest_{word}": percent(alarms.min()), f"most_{word}": percent(alarms.max())}
    picked = programme[programme["picked"] != "anybody"]
    nothing = picked[picked["true effect"].abs() < 1.5]
    told |= {"fooled": percent(nothing["zero left out"].max(), 0), "drop": plain(nothing["mean change"].mean(), 1)}
    told |= {"worst_waiting": percent(programme["waiting list: within"].min())}
    told |= {"worst_anybody": percent(programme.loc[programme["picked"] == "anybody", "before–after within"].min())}
    told |= {"worst_taken_out": percent(picked["regression taken out: within"].min())}
    return TEMPLATE.read_text(encoding="utf-8").format(**told)


_POINTS = ("true effect", "mean change", "regression taken out: mean", "SD of a change", "true change")


def _written(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({column: [_cell(column, each) for each in table[column]] for column in table})


def _cell(column: str, value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    if column in _POINTS:
        digits = 0 if column == "true change" else 1
        return plain(round(value, digits) + 0.0, digits)
    return plain(value, 2) if column == "reliability" else percent(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="an eighth of the people")
    parser.add_argument("--write", action="store_true", help="write docs/follow-up.md")
    asked = parser.parse_args()
    share = 1 / 8 if asked.quick else 1.0
    text = page(run(share), share)
    print(text)
    if asked.write:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
