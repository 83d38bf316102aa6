"""How fast scoring is, beside the least that it could cost and beside what people would write.

All jobs of a table run in turn, round after round, so that a busy machine slows them alike; a ratio is taken within its
round. Times are the processor's own, on one thread, so that what else the machine does matters less.
"""

# ruff: noqa: E402  the libraries read their number of threads when they are imported

from __future__ import annotations

import os

for _library in ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM"):
    os.environ[f"{_library}_NUM_THREADS"] = "1"

import argparse
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

import angle_mort as am
from angle_mort.datasets import make_cohort
from angle_mort.instrument import load_instrument
from angle_mort.scores import item_analysis
from angle_mort.scores.kernel import BLOCK, MISSING, Counted, Key, count_and_score
from angle_mort.scores.scales import scoring_keys

SCALES = ("A", "B", "C", "D1", "D2", "D3", "E", "H", "I")
DOES_NOT_APPLY = np.uint8(255)
MISSING_BYTE = np.uint8(254)

Jobs = dict[str, Callable[[], object]]


# ------------------------------------------------------------------------------------------------------------ answers


def scales_and_items(instrument: am.Instrument) -> tuple[list[Key], list[str]]:
    """The scales of the questionnaire that are means, and the 50 items that they have between them."""
    keys = [key for key in scoring_keys(instrument) if key.scale in SCALES]
    return keys, [item for key in keys for item in key.items]


def answers(keys: list[Key], n: int, seed: int) -> np.ndarray:
    """Codes of n respondents as bytes, columns contiguous: 5 % missing, 3 % that do not apply where that is offered."""
    draw = np.random.default_rng(seed)
    columns = [_column(key, n, draw) for key in keys for _ in key.items]
    return np.array(columns).T


def _column(key: Key, n: int, draw: np.random.Generator) -> np.ndarray:
    codes, chance = draw.integers(0, key.highest + 1, n, dtype=np.uint8), draw.random(n, dtype=np.float32)
    codes[chance < 0.05] = MISSING_BYTE
    if key.may_not_apply:
        codes[chance > 0.97] = DOES_NOT_APPLY
    return codes


def as_people_have_it(codes: np.ndarray, items: list[str]) -> pd.DataFrame:
    """The same answers as a table of floats, NaN missing, -1 does not apply."""
    signed = codes.view(np.int8)
    return pd.DataFrame(np.where(signed == MISSING, np.nan, signed).astype(float, order="F"), columns=items)


# -------------------------------------------------------------------------------------------------------- the scorings


class BarePass:
    """The least: integer sums and counts by scale, over the same bytes in the same blocks; no check, no rule, no score.

    ``applicable`` says whether the items that apply are counted too, as the rule needs: more than the promise is held
    against. It writes in memory that it keeps.
    """

    def __init__(self, codes: np.ndarray, keys: list[Key], applicable: bool) -> None:
        ends = np.cumsum([len(key.items) for key in keys])
        self.codes, self.applicable = codes, applicable
        self.places = [slice(end - len(key.items), end) for key, end in zip(keys, ends, strict=True)]
        self.totals, self.answered, self.asked = np.zeros((3, len(keys), len(codes)), np.uint8)

    def __call__(self) -> None:
        for start in range(0, len(self.codes), BLOCK):
            for scale, place in enumerate(self.places):
                self._scale(scale, place, slice(start, start + BLOCK))

    def _scale(self, scale: int, place: slice, here: slice) -> None:
        block = self.codes.T[place, here]
        given = (block < MISSING_BYTE).view(np.uint8)
        given.sum(axis=0, dtype=np.uint8, out=self.answered[scale, here])
        (block * given).sum(axis=0, dtype=np.uint8, out=self.totals[scale, here])
        if self.applicable:
            asked = (block != DOES_NOT_APPLY).view(np.uint8)
            asked.sum(axis=0, dtype=np.uint8, out=self.asked[scale, here])


def vectorised(frame: pd.DataFrame, keys: list[Key]) -> dict[str, tuple[pd.Series, pd.Series, pd.Series]]:
    """What one writes with pandas: whole columns at a time, the same rule, the same margin."""
    return {key.scale: _vectorised_scale(frame[list(key.items)], key) for key in keys}


def _vectorised_scale(codes: pd.DataFrame, key: Key) -> tuple[pd.Series, pd.Series, pd.Series]:
    given = codes.where(codes >= 0)
    answered, applicable = given.count(axis=1), (codes != -1).sum(axis=1)
    enough = (applicable >= key.least_applicable) & (answered >= key.least_share * applicable) & (answered > 0)
    value = (given.mean(axis=1) * 100 / key.highest).where(enough)
    error = (key.error * np.sqrt(key.length / answered.where(enough))).where(enough)
    return value, error, answered


def row_by_row(frame: pd.DataFrame, keys: list[Key]) -> pd.DataFrame:
    """What one writes first with pandas: a function of one row, applied."""
    return frame.apply(lambda row: _one_person(row, keys), axis=1)


def _one_person(row: pd.Series, keys: list[Key]) -> pd.Series:
    found = {}
    for key in keys:
        codes = row[list(key.items)]
        given, applicable = codes[codes >= 0], (codes != -1).sum()
        n = len(given)
        enough = n and applicable >= key.least_applicable and n >= key.least_share * applicable
        found[key.scale] = given.mean() * 100 / key.highest if enough else np.nan
        found[f"{key.scale}_error"] = key.error * np.sqrt(key.length / n) if enough else np.nan
        found[f"{key.scale}_n"] = n
    return pd.Series(found)


def check_same(counted: Counted, frame: pd.DataFrame, keys: list[Key], rows: int) -> None:
    """A comparison of speeds means nothing unless all find the same scores."""
    few = frame.head(rows)
    table, slow = vectorised(few, keys), row_by_row(few, keys)
    for scale, key in enumerate(keys):
        own = [each[scale, :rows] for each in (counted.value, counted.error, counted.answered)]
        names = (key.scale, f"{key.scale}_error", f"{key.scale}_n")
        for mine, theirs, name in zip(own, table[key.scale], names, strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=1e-12)
            np.testing.assert_allclose(mine, slow[name], rtol=1e-12)


# --------------------------------------------------------------------------------------------------------- reliability


def complete_scale(n: int, k: int, seed: int) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    felt = 0.6 * draw.normal(size=(n, 1)) + 0.8 * draw.normal(size=(n, k))
    return pd.DataFrame(np.clip(np.rint(2 + 1.2 * felt), 0, 4), columns=[f"q{item:02d}" for item in range(1, k + 1)])


def own_analysis(frame: pd.DataFrame) -> tuple[float, np.ndarray, np.ndarray]:
    """Alpha with its interval, omega, split-half and the rest; and every item."""
    whole, items = am.reliability(frame), item_analysis(frame)
    return whole["alpha"].item(), items["alpha_if_dropped"].to_numpy(), items["item_rest"].to_numpy()


def with_pingouin(frame: pd.DataFrame) -> tuple[float, np.ndarray, np.ndarray]:
    """Alpha with its interval and alpha without each item, by pingouin; item-rest, which it lacks, by NumPy."""
    import pingouin

    alpha, _ = pingouin.cronbach_alpha(frame)
    dropped = [pingouin.cronbach_alpha(frame.drop(columns=item))[0] for item in frame]
    total = frame.sum(axis=1)
    rest = [np.corrcoef(frame[item], total - frame[item])[0, 1] for item in frame]
    return alpha, np.array(dropped), np.array(rest)


def without_pingouin() -> str:
    """Why pingouin cannot be compared, or nothing."""
    try:
        import pingouin  # noqa: F401
    except ImportError as reason:
        return str(reason)
    return ""


# ---------------------------------------------------------------------------------------------------------- stopwatch


def rounds(jobs: Jobs, count: int) -> pd.DataFrame:
    """Seconds of each job, a row per round; the first round warms up and is left out."""
    return pd.DataFrame([{name: _seconds(job) for name, job in jobs.items()} for _ in range(count + 1)]).iloc[1:]


def _seconds(job: Callable[[], object]) -> float:
    start = time.process_time()
    job()
    return time.process_time() - start


def tell(title: str, seconds: pd.DataFrame, unit: str) -> None:
    """Median and quartiles of the time, and the median ratio to the job ``unit`` with its quartiles."""
    print(f"\n{title}; {len(seconds)} rounds, median (quartiles)")
    ratios = seconds.div(seconds[unit], axis=0)
    for name in seconds:
        print(f"  {name:<46}{_spread(seconds[name] * 1000, '{:.1f}'):>28} ms  x {_spread(ratios[name], '{:.2f}')}")


def _spread(values: pd.Series, form: str) -> str:
    low, middle, high = (form.format(values.quantile(share)) for share in (0.25, 0.5, 0.75))
    return f"{middle} ({low}-{high})"


def verdict(what: str, ratio: pd.Series, target: float, at_most: bool) -> None:
    found = ratio.median()
    met = found <= target if at_most else found >= target
    sense = "at most" if at_most else "at least"
    print(f"  {'met   ' if met else 'MISSED'} {what}: {found:.2f}, {sense} {target:g}")


# ------------------------------------------------------------------------------------------------------------- tables


def scoring_table(n: int, sample: int, count: int) -> None:
    keys, items = scales_and_items(load_instrument())
    codes = answers(keys, n, seed=1)
    frame = as_people_have_it(codes, items)
    counted = count_and_score(codes, items, keys)
    check_same(counted, frame, keys, 300)
    bare, ours, pandas = "bare pass: sums, answered", "kernel: checked, counted, scored", "pandas, vectorised"
    rows, few = f"pandas, row by row (on {sample:,}, scaled)", frame.head(sample)
    jobs: Jobs = {
        bare: BarePass(codes, keys, applicable=False),
        "bare pass: sums, answered, applicable": BarePass(codes, keys, applicable=True),
        ours: lambda: count_and_score(codes, items, keys, out=counted),
        "kernel, in new memory": lambda: count_and_score(codes, items, keys),
        pandas: lambda: vectorised(frame, keys),
        rows: lambda: row_by_row(few, keys),
    }
    seconds = rounds(jobs, count)
    seconds[rows] *= n / sample
    tell(f"Scoring {n:,} respondents x {len(items)} items, {len(keys)} scales", seconds, ours)
    verdict("kernel / bare pass", seconds[ours] / seconds[bare], 3, at_most=True)
    verdict("vectorised pandas / kernel", seconds[pandas] / seconds[ours], 6, at_most=False)


def reliability_table(n: int, k: int, count: int) -> None:
    frame = complete_scale(n, k, seed=2)
    ours, theirs, reason = "reliability and item_analysis", "pingouin (item-rest by NumPy)", without_pingouin()
    jobs: Jobs = {ours: lambda: own_analysis(frame)}
    if not reason:
        for mine, other in zip(own_analysis(frame), with_pingouin(frame), strict=True):
            np.testing.assert_allclose(mine, other, rtol=1e-9)
        jobs[theirs] = lambda: with_pingouin(frame)
    seconds = rounds(jobs, count)
    tell(f"Alpha and items, {n:,} respondents x {k} items", seconds, ours)
    if reason:
        print(f"  skipped pingouin: {reason}")
    else:
        verdict("pingouin / ours", seconds[theirs] / seconds[ours], 10, at_most=False)


def cohort_table(count: int) -> None:
    responses = make_cohort(n=20, seed=3, missing=0.05).responses
    seconds = rounds({"score_responses": lambda: am.score_responses(responses)}, count)
    tell("A cohort of 20, the whole questionnaire, the table with its margins", seconds, "score_responses")


def main() -> None:
    parser = argparse.ArgumentParser(description="Scoring and reliability, timed beside others.")
    parser.add_argument("--respondents", type=int, default=1_000_000)
    parser.add_argument("--row-sample", type=int, default=1_000, help="respondents of the row-wise job")
    parser.add_argument("--rounds", type=int, default=9)
    given = parser.parse_args()
    scoring_table(given.respondents, given.row_sample, given.rounds)
    reliability_table(given.respondents, 30, max(3, given.rounds // 3))
    cohort_table(5 * given.rounds)


if __name__ == "__main__":
    main()
