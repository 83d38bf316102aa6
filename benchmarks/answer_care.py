"""How often do the lights of answer care shine on leaders who answered with care?

    python -m benchmarks.answer_care [--write]

Honest leaders have a position per dimension and answer each item by itself (``benchmarks.leaders``): nobody repeats an
answer out of habit, so every light on them is a false alarm. Careless answers are the other side: a light that never
shines on them is of no use either. ``--write`` puts the page into docs/answer-care.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from angle_mort.responses import answer_care
from angle_mort.responses.quality import longest_runs
from benchmarks.leaders import INSTRUMENT, Scale, scale_of
from benchmarks.tables import markdown, percent

HERE = Path(__file__).parent
TEMPLATE, PAGE = HERE / "pages" / "answer-care.md", HERE.parent / "docs" / "answer-care.md"
SEED, PEOPLE, INTER_ITEM = 2026, 4000, 0.375

RULE = INSTRUMENT.scoring["care"]
CODES = tuple(RULE["run_items"])
SIGNS = np.array([-1.0 if INSTRUMENT.high_is_good(code) else 1.0 for code in CODES])
"""Who keeps everything is high on each of these modules, and low on autonomy."""

LEVELS = {
    "ordinary": 0.0,
    "keeps a lot (1.5 SD above)": 1.5,
    "keeps nearly everything (2.5 SD above)": 2.5,
    "lets go of nearly everything (2.5 SD below)": -2.5,
}


def scales() -> list[Scale]:
    return [scale_of(code, INTER_ITEM) for code in CODES]


def honest(people: int, level: float, draw: np.random.Generator) -> pd.DataFrame:
    """Leaders around this overall level (SDs): the modules share it, with each leader's own ups and downs."""
    own = level + draw.normal(0, 0.7 if level == 0 else 0.2, (people, 1))
    position = SIGNS * own + draw.normal(0, 0.7, (people, len(CODES)))
    return _frame(np.hstack([scale.answers(position[:, i], draw) for i, scale in enumerate(scales())]), draw)


def every_day(people: int, draw: np.random.Generator, share: float, top: bool = True) -> pd.DataFrame:
    """Leaders for whom this share of the items is truly at its end: every day (or never), and autonomy at the other."""
    ends = np.hstack(
        [np.full(len(INSTRUMENT.module(code).items), _end(sign, top)) for code, sign in zip(CODES, SIGNS, strict=True)]
    )
    other = np.abs(ends - 1)
    at_end = draw.random((people, len(ends))) < share
    return _frame(np.where(at_end, ends, other), draw)


def _end(sign: float, top: bool) -> int:
    return 4 if (sign > 0) == top else 0


def every_day_but_autonomy(people: int, draw: np.random.Generator) -> pd.DataFrame:
    """Leaders who truly keep everything every day, and whose teams are as autonomous as anybody's."""
    answers, ordinary = every_day(people, draw, 1.0), honest(people, 0.0, draw)
    return answers.assign(**{item: ordinary[item] for item in _turned_items()})


def _turned_items() -> list[str]:
    turned = [module for module, sign in zip(CODES, SIGNS, strict=True) if sign < 0]
    return [item.id for module in turned for item in INSTRUMENT.module(module).items]


def every_week(people: int, draw: np.random.Generator) -> pd.DataFrame:
    """Leaders whose weeks are all alike: nine answers in ten are the middle one."""
    answers = np.where(draw.random((people, _n_items())) < 0.9, 2, draw.choice([1, 3], (people, _n_items())))
    return _frame(answers, draw)


def one_column(people: int, draw: np.random.Generator, start: int = 0, stop: int = 40) -> pd.DataFrame:
    """Ticks one column from question ``start`` + 1 to ``stop``, without reading; answers the rest with care."""
    answers = honest(people, 0.0, draw)
    ticked = draw.integers(0, 5, (people, 1))
    answers.iloc[:, start:stop] = np.broadcast_to(ticked, (people, stop - start))
    return answers


def at_random(people: int, draw: np.random.Generator) -> pd.DataFrame:
    return _frame(draw.integers(0, 5, (people, _n_items())), draw)


def _n_items() -> int:
    return sum(len(INSTRUMENT.module(code).items) for code in CODES)


def _frame(answers: NDArray, draw: np.random.Generator, missing: float = 0.02) -> pd.DataFrame:
    """Answers to the items of the rule, two in a hundred left out."""
    ids = [item.id for code in CODES for item in INSTRUMENT.module(code).items]
    frame = pd.DataFrame(answers, columns=ids, dtype=float)
    return frame.mask(draw.random(frame.shape) < missing)


# -------------------------------------------------------------------------------------------------- the rules compared


def run_light(answers: pd.DataFrame) -> NDArray:
    """The rule of the tool: a long run whose answer comes back on autonomy, the middle one left out."""
    return answer_care(answers, INSTRUMENT)["run_light"].to_numpy()


def any_run(answers: pd.DataFrame) -> NDArray:
    """Any run of the declared length, whatever it says: the rule that is usual."""
    return answer_care(answers, INSTRUMENT)["longest_run"].to_numpy() >= RULE["run"]


def with_the_middle(answers: pd.DataFrame) -> NDArray:
    """The rule of the tool without sparing the middle answer, which is its own opposite and contradicts nothing."""
    items = [item.id for code in CODES for item in INSTRUMENT.module(code).items]
    runs, codes = longest_runs(answers[items].to_numpy())
    again = (answers[_turned_items()].to_numpy() == codes[:, None]).sum(axis=1)
    return (runs >= RULE["run"]) & (again >= RULE["contradicted_by"]["items"])


def unlikely_run(answers: pd.DataFrame, draws: int = 200, at_most: float = 0.01, seed: int = 0) -> NDArray:
    """A run longer than the leader's own answers give when shuffled: it asks for order, not for sameness."""
    draw = np.random.default_rng(seed)
    seen = longest_runs(answers.to_numpy())[0]
    rank = np.zeros(len(answers))
    for _ in range(draws):
        rank += longest_runs(draw.permuted(answers.to_numpy(), axis=1))[0] >= seen
    return any_run(answers) & ((rank + 1) / (draws + 1) <= at_most)


RULES: dict[str, Callable[[pd.DataFrame], NDArray]] = {
    "run light": run_light,
    "with the middle": with_the_middle,
    "any run": any_run,
    "run that surprises": unlikely_run,
}

HONEST: dict[str, Callable[[int, np.random.Generator], pd.DataFrame]] = {
    **{name: lambda n, draw, level=level: honest(n, level, draw) for name, level in LEVELS.items()},
    "8 answers in 10 are « almost every day »": lambda n, draw: every_day(n, draw, 0.8),
    "9 in 10": lambda n, draw: every_day(n, draw, 0.9),
    "all are « almost every day »": lambda n, draw: every_day(n, draw, 1.0),
    "the same, and a team as autonomous as any": every_day_but_autonomy,
    "all are « never »": lambda n, draw: every_day(n, draw, 1.0, top=False),
    "9 in 10 are « about once a week »": every_week,
}
CARELESS: dict[str, Callable[[int, np.random.Generator], pd.DataFrame]] = {
    "one column from the first question on": one_column,
    "one column from the 17th question on": lambda n, draw: one_column(n, draw, 16),
    "one column from the 29th question on": lambda n, draw: one_column(n, draw, 28),
    "one column over the first 24 questions, then with care": lambda n, draw: one_column(n, draw, 0, 24),
    "at random": at_random,
}


def lights(kinds: dict[str, Callable], people: int, draw: np.random.Generator) -> pd.DataFrame:
    """Per kind of leader: the share on whom each rule's light shines, and the median longest run."""
    return pd.DataFrame([_kind(name, make(people, draw)) for name, make in kinds.items()])


def _kind(name: str, answers: pd.DataFrame) -> dict[str, object]:
    longest = answer_care(answers, INSTRUMENT)["longest_run"]
    return {
        "leaders": name,
        "median run": int(longest.median()),
        **{rule: f(answers).mean() for rule, f in RULES.items()},
    }


def lengths(people: int, draw: np.random.Generator) -> pd.DataFrame:
    """The same light with other lengths: what would be gained by asking for a longer run."""
    kinds = {
        "ordinary": HONEST["ordinary"],
        "nearly everything": HONEST["keeps nearly everything (2.5 SD above)"],
        "all every day": HONEST["all are « almost every day »"],
        "one column throughout": CARELESS["one column from the first question on"],
        "one column from the 17th on": CARELESS["one column from the 17th question on"],
    }
    runs = {name: answer_care(make(people, draw), INSTRUMENT)["longest_run"] for name, make in kinds.items()}
    return pd.DataFrame(
        [
            {"run of at least": n, **{name: (each >= n).mean() for name, each in runs.items()}}
            for n in (8, 10, 12, 16, 20)
        ]
    )


def run(people: int = PEOPLE, seed: int = SEED) -> dict[str, pd.DataFrame]:
    tables = (
        lambda draw: lights(HONEST, people, draw),
        lambda draw: lights(CARELESS, people, draw),
        lambda draw: lengths(people, draw),
    )
    names = ("honest", "careless", "lengths")
    return {
        name: table(np.random.default_rng([seed, i])) for i, (name, table) in enumerate(zip(names, tables, strict=True))
    }


def page(found: dict[str, pd.DataFrame], people: int = PEOPLE) -> str:
    written = {name: markdown(table.map(_cell)) for name, table in found.items()}
    honest, careless = (found[name].set_index("leaders") for name in ("honest", "careless"))
    everything, every_day, autonomous = (list(HONEST)[place] for place in (2, 6, 7))
    facts = {
        "usual_extreme": percent(honest["any run"][everything], 0),
        "usual_every_day": percent(honest["any run"][every_day], 0),
        "most_false": percent(honest["run light"].max()),
        "autonomous": percent(honest["run light"][autonomous]),
        "caught": percent(careless["run light"][next(iter(CARELESS))], 0),
        "column_then_care": percent(careless["run light"][list(CARELESS)[3]], 0),
    }
    return TEMPLATE.read_text(encoding="utf-8").format(seed=SEED, people=people, run=RULE["run"], **facts, **written)


def _cell(value: object) -> str:
    return percent(value) if isinstance(value, float) else str(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write docs/answer-care.md")
    text = page(run())
    print(text)
    if parser.parse_args().write:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
