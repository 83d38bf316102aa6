"""How fast mixtures are fitted and tested, beside scikit-learn, StepMix and mclust doing the same work.

All jobs of a table run in turn, round after round, each on one thread in a process of its own, so that a busy machine
slows them alike; a ratio is taken within its round. Times are the processor's own. What each finds is printed beside
its time: whoever stops earlier is faster and finds less.
"""

# ruff: noqa: E402  the libraries read their number of threads when they are imported

from __future__ import annotations

import os

for _library in ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM"):
    os.environ[f"{_library}_NUM_THREADS"] = "1"

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from angle_mort.profiles import ProfileMixture
from angle_mort.profiles.candidates import Cohort, gains
from angle_mort.profiles.evidence import Evidence, Parameters
from angle_mort.profiles.expectation import Prior, Rules, e_step, m_step
from angle_mort.profiles.families import FAMILIES

FAMILY, MOST, STARTS, TESTS = "VVI", 6, 20, 3
COARSE, FINE = 1e-4, 1e-6  # of log-likelihood per person
PEER_SCRIPT = Path(__file__).with_name("profiles_speed_peers.py")
OURS = "angle_mort"

Answer = tuple[float, list[float]]


def people(n: int, d: int, missing: float, seed: int = 1) -> np.ndarray:
    """Four profiles of 40, 30, 20 and 10 % on d scales."""
    draw = np.random.default_rng(seed)
    means, spread = draw.normal(0, 12, (4, d)), draw.uniform(8, 16, (4, d))
    profile = draw.choice(4, n, p=[0.4, 0.3, 0.2, 0.1])
    scores = 50 + means[profile] + spread[profile] * draw.normal(size=(n, d))
    scores[draw.random(scores.shape) < missing] = np.nan
    return scores


# ---------------------------------------------------------------------------------------------------------------- work


class Peer:
    """A program that waits for jobs."""

    def __init__(self, *command: str) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, job: str, table: Path, tol: float) -> Answer:
        print(job, table, tol, file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.process.args} stopped: {job}")
        answer = json.loads(line)
        return answer["seconds"], answer["values"]

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def ours(job: Callable[..., list[float]], *given: object) -> Answer:
    start = time.process_time()
    values = job(*given)
    return time.process_time() - start, values


def path(scores: np.ndarray, tol: float, starts: int = STARTS) -> list[float]:
    """The log-likelihoods of 1 to 6 profiles; ``tol`` per person is all that is left to gain."""
    settings = {"prior": None, "n_init": starts, "tol": tol * len(scores), "max_iter": 3000, "random_state": 0}
    models = (ProfileMixture(k, FAMILY, **settings) for k in range(1, MOST + 1))
    return [model.fit(scores).log_likelihood_ for model in models]


def test(scores: np.ndarray) -> list[float]:
    """``bootstrap_ratio`` for 2, 3 and 4 profiles: mean of twice the gain that chance gives to a profile too many."""
    cohort = Cohort(pd.DataFrame(scores), None, None, STARTS, 0)
    found = [cohort.candidate(FAMILY, k) for k in range(1, TESTS + 2)]
    return [2 * float(gains(candidate, null)[1:].mean()) for null, candidate in pairwise(found)]


def stored(scores: np.ndarray, place: Path) -> Path:
    table = place / f"people_{len(scores)}_{np.isnan(scores).sum()}.csv"
    pd.DataFrame(scores).to_csv(table, index=False)
    return table


def rounds(jobs: dict[str, Callable[[], Answer]], count: int) -> tuple[pd.DataFrame, dict[str, list[float]]]:
    """Seconds of each job, a row per round, and what each found last."""
    seconds, values = [], {}
    for _ in range(count):
        answers = {name: job() for name, job in jobs.items()}
        seconds.append({name: answer[0] for name, answer in answers.items()})
        values |= {name: answer[1] for name, answer in answers.items()}
    return pd.DataFrame(seconds), values


# -------------------------------------------------------------------------------------------------------------- tables


def told(seconds: pd.DataFrame, values: dict[str, list[float]], targets: dict[str, float]) -> None:
    """A line per job: median time and ratio to ours, by how much ours found a higher log-likelihood, the target."""
    for name in seconds:
        ratio = (seconds[name] / seconds[OURS]).median()
        line = f"  {name:<16}{seconds[name].median():10.3f} s  x {ratio:6.2f}"
        if name != OURS and len(values[name]) == MOST:
            better = np.subtract(values[OURS], values[name])
            line += f"   ours higher by {better.min():9.2f} to {better.max():9.2f}"
        if name in targets:
            line += f"   {'met   ' if ratio >= targets[name] else 'MISSED'} at least {targets[name]:g}"
        print(line, flush=True)


def path_table(n: int, tol: float, peers: dict[str, Peer], count: int, place: Path) -> None:
    scores = people(n, 8, 0.0)
    table = stored(scores, place)
    relative = {"scikit-learn": tol, "stepmix": tol / 10, "mclust": tol / 10}  # a log-likelihood is about 10 a person
    jobs: dict[str, Callable[[], Answer]] = {OURS: lambda: ours(path, scores, tol)}
    for name, peer in peers.items():
        if tol == COARSE or n < 50_000:
            jobs[name] = lambda name=name, peer=peer: peer("path", table, relative[name])
    if n < 1_000:
        jobs["ours, 80 starts"] = lambda: ours(path, scores, tol, 80)
    print(f"\nK = 1..{MOST}, {FAMILY}, {STARTS} starts, n = {n:,} x 8, tolerance {tol:g} a person; {count} rounds")
    told(*rounds(jobs, count), {"stepmix": 10, "scikit-learn": 3, "mclust": 1})


def gap_table(n: int, count: int) -> None:
    whole, gappy = people(n, 8, 0.0), people(n, 8, 0.07)
    jobs = {OURS: lambda: ours(path, whole, COARSE), "with gaps": lambda: ours(path, gappy, COARSE)}
    seconds, _ = rounds(jobs, count)
    ratio = (seconds["with gaps"] / seconds[OURS]).median()
    print(f"\n7 % of scores missing, n = {n:,} x 8: {ratio:.2f} times the time of whole data (at most 2)", flush=True)


def test_table(peers: dict[str, Peer], count: int, place: Path) -> None:
    scores = people(300, 8, 0.0)
    table = stored(scores, place)
    jobs: dict[str, Callable[[], Answer]] = {OURS: lambda: ours(test, scores)}
    asked = {"stepmix, coarse": COARSE, "stepmix": FINE, "mclust": COARSE}  # ours: .001 in all, 3e-6 a person
    for name, tol in asked.items():
        peer = peers.get(name.split(",")[0])
        if peer:
            jobs[name] = lambda peer=peer, tol=tol: peer("test", table, tol / 10)
    print(f"\nBootstrap likelihood-ratio test, {TESTS} x 99 cohorts, n = 300 x 8; {count} rounds")
    seconds, values = rounds(jobs, count)
    told(seconds, values, {"stepmix": 15, "mclust": 1})
    for name in (OURS, "mclust"):
        print(f"  twice the gain that chance gives a profile too many, {name}:", np.round(values.get(name, []), 1))


def step_table() -> None:
    """Nanoseconds of a step per person, profile and scale, and of the exponentials that it cannot do without."""
    print("\nA step of four mixtures: ns per n x K x d, and the exponentials of n x K alone in the same unit")
    for n, k, d in ((1_000, 4, 8), (10_000, 4, 8), (100_000, 4, 8), (100_000, 2, 8), (100_000, 8, 8), (100_000, 4, 16)):
        step, floor = _step_and_floor(n, k, d)
        unit = 4 * n * k * d / 1e9
        print(
            f"  n = {n:>7,}  K = {k}  d = {d:>2}   step {step / unit:6.3f}   exponentials {floor / unit:6.3f}",
            flush=True,
        )


def _step_and_floor(n: int, k: int, d: int) -> tuple[float, float]:
    scores = (people(n, d, 0.0) - 50) / 18
    family = FAMILIES[FAMILY]
    evidence = Evidence.gather(scores, np.zeros(scores.shape), family, np.ones((1, n)))
    rules = Rules(family, Prior(np.zeros(d), np.ones(d)), 1, 1.0)
    draw = np.random.default_rng(3)
    start = Parameters(np.full((4, k), 1 / k), draw.normal(0, 0.5, (4, k, d)), np.ones((4, k, d)))
    logarithms = draw.uniform(-50, 0, 4 * k * n)
    spare = np.empty_like(logarithms)
    cost, floor = [], []
    for _ in range(7):
        cost.append(ours(lambda: m_step(evidence, e_step(evidence, start)[1], start, rules))[0])
        floor.append(ours(lambda: np.exp(logarithms, out=spare))[0])
    return float(np.median(cost)), float(np.median(floor))


def main() -> None:
    parser = argparse.ArgumentParser(description="Mixtures, timed beside others.")
    parser.add_argument("--stepmix", metavar="PYTHON", help="a Python that has StepMix; left out without")
    parser.add_argument("--no-mclust", action="store_true", help="where R or its mclust is missing")
    parser.add_argument("--sizes", type=int, nargs="+", default=[300, 5_000, 100_000])
    parser.add_argument("--rounds", type=int, default=5, help="a fifth of them at 100,000 people")
    given = parser.parse_args()
    peers = {"scikit-learn": Peer(sys.executable, str(PEER_SCRIPT), "scikit-learn")}
    if given.stepmix:
        peers["stepmix"] = Peer(given.stepmix, str(PEER_SCRIPT), "stepmix")
    if not given.no_mclust:
        peers["mclust"] = Peer("Rscript", str(PEER_SCRIPT.with_suffix(".R")))
    with tempfile.TemporaryDirectory() as place:
        for n in given.sizes:
            count = max(given.rounds // (5 if n > 50_000 else 1), 1)
            path_table(n, COARSE, peers, count, Path(place))
            if n < 1_000:
                path_table(n, FINE, peers, count, Path(place))
            gap_table(n, count)
        test_table(peers, given.rounds, Path(place))
    step_table()
    for peer in peers.values():
        peer.close()


if __name__ == "__main__":
    main()
