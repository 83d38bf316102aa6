"""Does the tool find the types that are there, and none where there are none? Beside mclust, scikit-learn and StepMix.

    OMP_NUM_THREADS=1 python -m benchmarks.profiles_accuracy [--minutes M] [--stepmix PYTHON] [--only METHOD] [--write]

Each finished pair of a cohort and a method is one line more in ``--results``: a run that was stopped goes on where it
was. ``--minutes`` stops it between two cohorts. mclust needs R with mclust and jsonlite; StepMix an environment of its
own, whose Python is named. ``--write`` puts the page into docs/profiles.md.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import astuple, dataclass
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.stats import binomtest
from sklearn.metrics import adjusted_rand_score

from benchmarks import profile_methods
from benchmarks.profile_methods import SINGULAR, Answer, Fit, narrowest
from benchmarks.tables import markdown, percent, plain
from benchmarks.typed_cohorts import Kind, TypedCohort, draw

HERE = Path(__file__).parent
TEMPLATE, PAGE = HERE / "pages" / "profiles.md", HERE.parent / "docs" / "profiles.md"
RESULTS = HERE / "results" / "profiles_accuracy.jsonl"
SEED = 20261
SIZES, TYPES, SEPARATIONS = (30, 60, 120, 300, 1000), (3, 4, 5), (0.8, 1.2, 2.0)
WITHIN, NO_TYPES = (0.0, 0.3), (0.0, 0.4)
TYPED = {30: 4, 60: 4, 120: 2, 300: 1, 1000: 1}
"""Cohorts of each size for each number of types (of the largest, four types only), separation and correlation."""
UNTYPED = {
    3: {30: 30, 60: 30, 120: 30, 300: 30, 1000: 30},
    8: {30: 30, 60: 30, 120: 15, 300: 15, 1000: 10},
}
"""Cohorts without types, by the number of scales and by size, for each correlation and shape."""
OTHERS = {"StepMix": {"typed": 1, "untyped": 1}, "mclust": {"untyped": 10}, "scikit-learn": {"untyped": 10}}
"""Who does not get every cohort, for the time it takes, gets so many of each kind; StepMix none of the largest."""

BINS = 10
ALONE = ("mclust", "scikit-learn", "StepMix")
"""The others as they come: they may find one group."""
PEERS = ("mclust", "mclust, 2+", "scikit-learn", "scikit-learn, 2+", "StepMix")
ANSWERS = {"ours": ("verdict", "best", "one fit"), "mclust": PEERS[:2], "scikit-learn": PEERS[2:4]}
"""What each method that gives several answers calls them; others give one, of their own name."""


# ----------------------------------------------------------------------------------------------------------- the design


@dataclass(frozen=True)
class Task:
    """One cohort: its kind, and which of them."""

    kind: Kind
    repeat: int

    @property
    def key(self) -> str:
        return json.dumps([*astuple(self.kind), self.repeat])

    @property
    def given(self) -> int:
        """The number of profiles that a method is asked for, 0 where there are no types."""
        return self.kind.types if self.kind.types > 1 else 0

    def cohort(self, seed: int) -> TypedCohort:
        kind = self.kind
        drawn = [kind.n, kind.types, round(10 * kind.separation), round(10 * kind.within), kind.scales, kind.skewed]
        return draw(kind, np.random.default_rng([seed, *map(int, drawn), self.repeat]))


def tasks(typed: dict[int, int] = TYPED, untyped: dict[int, dict[int, int]] = UNTYPED) -> list[Task]:
    """Every cohort, in an order in which a run that is stopped early has some of each kind."""
    kinds = {
        Kind(n, types, separation, within): typed[n]
        for n, types, separation, within in product(SIZES, TYPES, SEPARATIONS, WITHIN)
        if n < 1000 or types == 4
    } | {
        Kind(n, 1, 0.0, within, scales, skewed): untyped[scales][n]
        for n, within, scales, skewed in product(SIZES, NO_TYPES, untyped, (False, True))
    }
    found = [Task(kind, repeat) for kind, count in kinds.items() for repeat in range(count)]
    return sorted(found, key=lambda task: (task.repeat + 0.5) / kinds[task.kind])


def asked_of(task: Task, method: str) -> bool:
    if (method == "oracle" and not task.given) or (method == "StepMix" and task.kind.n == max(SIZES)):
        return False
    return task.repeat < OTHERS.get(method, {}).get("typed" if task.given else "untyped", np.inf)


# ----------------------------------------------------------------------------------------------------------- the judge


def judged(fit: Fit | str | None, cohort: TypedCohort) -> dict[str, object] | None:
    """What a fit is worth: ``k``, ``ari``, ``spread`` (of its narrowest direction) and ``bins``: people, announced
    probabilities and hits of the top membership, by tenths. Of the people whom the method placed."""
    if fit is None or isinstance(fit, str):
        return fit and {"failure": fit}
    truth, modal = cohort.types[fit.people], fit.memberships.argmax(axis=1)
    return {
        "k": fit.k,
        "ari": round(adjusted_rand_score(truth, modal), 4),
        "spread": round(narrowest(fit.covariances, cohort.scores), 6),
        "bins": _bins(fit.memberships.max(axis=1), _named(modal, fit.k, truth) == truth),
    }


def _named(modal: NDArray, k: int, truth: NDArray) -> NDArray:
    """The type that each person is said to be of: profiles are matched to types so that most people fit; -1: none."""
    table = np.zeros((k, truth.max() + 1))
    np.add.at(table, (modal, truth), 1)
    name = np.full(k, -1)
    rows, columns = linear_sum_assignment(-table)
    name[rows] = columns
    return name[modal]


def _bins(chance: NDArray, hit: NDArray) -> list[list[float]]:
    place = np.minimum((chance * BINS).astype(int), BINS - 1)
    weights = (np.ones(len(chance)), chance, hit)
    return [np.bincount(place, each, BINS).round(4).tolist() for each in weights]


def calibration_error(bins: list[list[list[float]]]) -> float:
    """Mean distance between announced and found, tenth by tenth, everybody pooled.

    >>> calibration_error([[[0, 4], [0, 3.6], [0, 2]], [[0, 4], [0, 3.6], [0, 4]]])
    0.15
    """
    people, announced, found = np.array(bins).sum(axis=0)
    return round(float(np.abs(announced - found).sum() / people.sum()), 4)


# -------------------------------------------------------------------------------------------------------------- the run


def run(path: Path, methods: dict[str, Callable], minutes: float = np.inf, seed: int = SEED, **design) -> int:
    """Add what is missing to the results; how many pairs of a cohort and a method are still to do."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_whole(path), encoding="utf-8")
    done = {(each["task"], each["method"]) for each in _lines(path)}
    todo = [
        (task, name)
        for task in tasks(**design)
        for name in methods
        if asked_of(task, name) and (task.key, _answers(name)[0]) not in done
    ]
    until = time.monotonic() + 60 * minutes
    for number, (task, name) in enumerate(todo):
        if time.monotonic() > until:
            return len(todo) - number
        lines = [json.dumps(record) + "\n" for record in _records(task, name, methods[name], seed)]
        with path.open("a", encoding="utf-8") as file:
            file.write("".join(lines))
    return 0


def _answers(method: str) -> tuple[str, ...]:
    return ANSWERS.get(method, (method,))


def _records(task: Task, name: str, method: Callable, seed: int) -> Iterator[dict[str, object]]:
    cohort = task.cohort(seed)
    try:
        answers = method(cohort, task.given, task.repeat)
    except Exception as error:  # whoever fails, and however: it is counted, not hidden
        answers = Answer(f"{type(error).__name__}: {error}")
    if isinstance(answers, Answer):
        answers = dict.fromkeys(_answers(name), answers)
    for each, answer in answers.items():
        chosen, given = judged(answer.chosen, cohort), judged(answer.given, cohort)
        yield {"task": task.key, "method": each, "told": answer.told, "chosen": chosen, "given": given}


def _lines(path: Path) -> Iterator[dict[str, object]]:
    yield from map(json.loads, _whole(path).splitlines())


def _whole(path: Path) -> str:
    """Without a last line that was cut off."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return text[: text.rfind("\n") + 1]


def read(path: Path) -> pd.DataFrame:
    """One row per cohort and method: its kind, and what was found."""
    names = [*Kind.__dataclass_fields__, "repeat"]
    return pd.DataFrame(
        {"method": each["method"], "told": each["told"], **dict(zip(names, json.loads(each["task"]), strict=True))}
        | {f"{role} {name}": value for role in ("chosen", "given") for name, value in (each[role] or {}).items()}
        for each in _lines(path)
    )


# ------------------------------------------------------------------------------------------------------------ the page

ROW = ["n", "within"]
COLUMNS = ("best", *PEERS)


def false_alarms(found: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Cohorts without types in which a method finds some; for the verdict, what bounds its rate (one-sided, 95 %)."""
    rows = []
    for values, group in found[found["types"] == 1].groupby(keys):
        told = {name: own["chosen k"] > 1 for name, own in group.groupby("method")}
        row = dict(zip(keys, values, strict=True)) | {"cohorts": len(told["verdict"]), "verdict": told["verdict"].sum()}
        row |= {"rate": told["verdict"].mean(), "at most": bound(told["verdict"])}
        rows.append(row | {name: told[name].mean() if name in told else np.nan for name in ALONE})
    return pd.DataFrame(rows)


def bound(happened: pd.Series) -> float:
    """The rate that so few of so many make improbable (5 %; Clopper & Pearson 1934).

    >>> round(bound(pd.Series([False] * 60)), 3)
    0.049
    """
    told = binomtest(int(happened.sum()), len(happened), alternative="less")
    return float(told.proportion_ci(0.95, method="exact").high)


def right_numbers(found: pd.DataFrame) -> pd.DataFrame:
    """How often the number of profiles is right; of the verdict, how often profiles are shown, and are then right."""
    rows = []
    for values, group in found[found["types"] > 1].groupby(ROW):
        right = {name: own["chosen k"] == own["types"] for name, own in group.groupby("method")}
        verdict = group[group["method"] == "verdict"]
        shown = verdict["chosen k"] > 1
        row = dict(zip(ROW, values, strict=True)) | {"cohorts": len(verdict), "shown": shown.mean()}
        row |= {"right when shown": right["verdict"][shown].mean(), "too many when shown": _too_many(verdict[shown])}
        rows.append(row | {name: right[name].mean() if name in right else np.nan for name in COLUMNS})
    return pd.DataFrame(rows)


def _too_many(shown: pd.DataFrame) -> float:
    return (shown["chosen k"] > shown["types"]).mean()


def agreement(found: pd.DataFrame) -> pd.DataFrame:
    """Adjusted Rand index with the true types, 0 for a fit that failed; differences are of the same cohorts."""
    rows = []
    for values, group in found[found["types"] > 1].groupby(ROW):
        wide = _wide(group, "chosen ari")
        row = dict(zip(ROW, values, strict=True)) | {"cohorts": len(wide)} | _means(wide, (*COLUMNS, "oracle"))
        gains = {name: (wide["best"] - wide[name]).dropna() for name in PEERS if name in wide}
        ahead = gains.get("mclust", pd.Series(dtype=float))
        row |= {"ahead of mclust": ahead.mean(), "±": 1.96 * ahead.std() / np.sqrt(len(ahead))}
        least = min((gain.mean() for gain in gains.values() if len(gain)), default=np.nan)
        rows.append(row | {"ahead of the best": least})
    return pd.DataFrame(rows)


def by_separation(found: pd.DataFrame) -> pd.DataFrame:
    """What is shown, and the adjusted Rand index, by how far the types are apart."""
    rows = []
    for values, group in found[found["types"] > 1].groupby(["separation", "n"]):
        wide = _wide(group, "chosen ari")
        shown = group.loc[group["method"] == "verdict", "chosen k"] > 1
        row = dict(zip(("separation", "n"), values, strict=True)) | {"cohorts": len(wide), "shown": shown.mean()}
        rows.append(row | _means(wide, ("best", "mclust", "oracle")))
    return pd.DataFrame(rows)


def _wide(group: pd.DataFrame, value: str) -> pd.DataFrame:
    keys = [*Kind.__dataclass_fields__, "repeat"]
    return group.assign(**{value: group[value].fillna(0.0)}).pivot(index=keys, columns="method", values=value)


def _means(wide: pd.DataFrame, names: tuple[str, ...]) -> dict[str, float]:
    return {name: wide[name].mean() if name in wide else np.nan for name in names}


def calibration(found: pd.DataFrame) -> pd.DataFrame:
    """Calibration error of the top membership with the number of profiles given, people pooled over cohorts; and of
    ``best`` at each separation alone, since too sure here and too timid there make up for one another."""
    rows = []
    for values, group in found[found["types"] > 1].dropna(subset=["given bins"]).groupby(ROW):
        bins = {name: own["given bins"].tolist() for name, own in group.groupby("method")}
        row = dict(zip(ROW, values, strict=True))
        row |= {
            name: calibration_error(bins[name]) if name in bins else np.nan
            for name in ("best", "one fit", *ALONE, "oracle")
        }
        for apart, own in group[group["method"] == "best"].groupby("separation"):
            row[f"best at {apart}"] = calibration_error(own["given bins"].tolist())
        rows.append(row)
    return pd.DataFrame(rows)


def faults(found: pd.DataFrame) -> pd.DataFrame:
    """Fits that failed, and fits with a singular profile, of all that were asked for."""
    rows = []
    for name in ("verdict", *COLUMNS):
        own = found[found["method"] == name]
        both = own["chosen spread"].count() + own["given spread"].count()
        singular = sum((own[f"{role} spread"] < SINGULAR).sum() for role in ("chosen", "given"))
        failed = sum(own[column].count() for column in own if column.endswith("failure"))
        rows.append({"method": name, "fits": both + failed, "singular": singular, "failed": failed})
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Target:
    """One promise: what was found at worst, and what was asked: at most, or at least."""

    what: str
    found: float
    asked: float
    least: bool = False

    @property
    def met(self) -> bool:
        return self.found >= self.asked if self.least else self.found <= self.asked


def targets(found: pd.DataFrame) -> list[Target]:
    alarms, told, sure = false_alarms(found, ROW), agreement(found), calibration(found)
    ours = faults(found).set_index("method").loc[["verdict", "best"]].sum()
    small, large = sure[sure["n"] <= 60], sure[sure["n"] >= 300]
    return [
        Target("the verdict is a false profile, worst row", alarms["rate"].max(), 0.05),
        Target("the same, what bounds it", alarms["at most"].max(), 0.05),
        Target(
            "`best` ahead of mclust, 30 to 300 people", told.loc[told["n"] <= 300, "ahead of mclust"].min(), 0.03, True
        ),
        Target("`best` ahead of the best of the others", told["ahead of the best"].min(), -0.01, True),
        Target("calibration error, number given, 30 and 60 people", small["best"].max(), 0.07),
        Target("the same, from 300 people", large["best"].max(), 0.03),
        Target("singular fits", ours["singular"], 0),
        Target("fits that failed", ours["failed"], 0),
    ]


def page(found: pd.DataFrame) -> str:
    promises = [
        {"what": each.what, "worst": plain(each.found), "asked": _asked(each), "met": "yes" if each.met else "**no**"}
        for each in targets(found)
    ]
    tables = {
        "targets": pd.DataFrame(promises),
        "false_alarms": _written(false_alarms(found, ROW)),
        "by_shape": _written(false_alarms(found, ["scales", "skewed"])),
        "right_numbers": _written(right_numbers(found)),
        "agreement": _written(agreement(found)),
        "by_separation": _written(by_separation(found)),
        "calibration": _written(calibration(found)),
        "faults": faults(found),
    }
    told = found.loc[(found["method"] == "verdict") & (found["types"] > 1), "told"].value_counts()
    tables["reasons"] = told.rename_axis("verdict").rename("cohorts").reset_index()
    verdicts = found[found["method"] == "verdict"]
    alone = verdicts[verdicts["types"] == 1]
    facts = {
        "seed": SEED,
        "cohorts": len(verdicts),
        "untyped": len(alone),
        "together": percent(bound(alone["chosen k"] > 1)),
        "fewest": verdicts[verdicts["types"] > 1].groupby(ROW).size().min(),
    }
    texts = {name: markdown(table) for name, table in tables.items()}
    return TEMPLATE.read_text(encoding="utf-8").format(**facts, **texts)


def _asked(target: Target) -> str:
    return f"{'at least' if target.least else 'at most'} {target.asked:g}"


_SHARES = ("rate", "at most", "shown", "right when shown", "too many when shown")


def _written(table: pd.DataFrame) -> pd.DataFrame:
    whole = {"n", "scales", "cohorts", "verdict"}
    renamed = {"within": "correlation"}
    cells = {name: [_cell(name, each, name in whole) for each in table[name]] for name in table}
    return pd.DataFrame(cells).rename(columns=renamed)


def _cell(column: str, value: object, whole: bool) -> str:
    if whole or isinstance(value, bool):
        return str(value)
    if column in ("within", "separation"):
        return plain(value, 1)
    return percent(value) if column in _SHARES else plain(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=np.inf, help="stop after so long")
    parser.add_argument("--stepmix", metavar="PYTHON", help="a Python that has StepMix")
    parser.add_argument("--only", action="append", help="a method: ours, oracle, mclust, scikit-learn or StepMix")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--write", action="store_true", help="write docs/profiles.md from the results, and run nothing")
    asked = parser.parse_args()
    if asked.write:
        PAGE.write_text(page(read(asked.results)), encoding="utf-8")
        return
    with ExitStack() as stack:
        methods = {
            "oracle": lambda cohort, given, seed: profile_methods.oracle(cohort),
            "mclust": stack.enter_context(closing(profile_methods.mclust())),
            "scikit-learn": profile_methods.scikit_learn,
            "ours": profile_methods.angle_mort,
        }
        if asked.stepmix:
            methods["StepMix"] = stack.enter_context(closing(profile_methods.stepmix(asked.stepmix)))
        methods = {name: methods[name] for name in methods if not asked.only or name in asked.only}
        left = run(asked.results, methods, asked.minutes, asked.seed)
    print(f"{left} left to do; results in {asked.results}")


if __name__ == "__main__":
    main()
