"""What is promised of privacy, tried out: one function per figure, one row per figure in the table of the README.

    python -m benchmarks.privacy [--quick] [--write]

Everybody is invented and every draw seeded. A time is told as a ratio to another job of the same run, taken in turn.
``--write`` puts the table into README.md, between its two marks.
"""

# ruff: noqa: E402  the libraries read their number of threads when they are imported

from __future__ import annotations

import os

for _library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{_library}_NUM_THREADS"] = "1"

import argparse
import re
import statistics
import tempfile
import time
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest

import angle_mort as am
from angle_mort.disclosure.pool import SCALES, group_means, group_size, linkage_success
from angle_mort.publishing import page_from_notebook
from angle_mort.publishing.scanning import Known, scan
from angle_mort.scores import score_responses
from angle_mort.tokens import KnownTokens
from benchmarks.tables import markdown, plain
from tests.cohorts import DAY, intake_of

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- privacy: begin -->", "<!-- privacy: end -->"
BLOCKS = ["A", "B", "C"]
PROFILES = 4
SIZES = (100, 500, 2000)


def exact_scores(n: int, seed: int) -> tuple[pd.DataFrame, pd.Series]:
    """The nine scores of n invented leaders, and the profile that each was drawn around."""
    cohort = am.make_cohort(n=n, seed=seed, profiles=PROFILES, not_applicable=0)
    table = score_responses(cohort.responses, am.load_instrument())
    wide = table.pivot(index="respondent", columns="scale", values="value")[list(SCALES)]
    return wide.loc[cohort.truth.index], cohort.truth["profile"]


# ----------------------------------------------------------------------------------------------------------- linkage


def linkage(rounds: int, outliers: int = 10) -> pd.DataFrame:
    """Somebody knows every exact score of every person and looks for each in the pool: the worst over all of them.

    The first people are moved to the ends of every scale: those whom nobody resembles are the easiest to find.
    """
    return pd.DataFrame([_linkage_of(n, rounds, outliers) for n in SIZES])


def _linkage_of(n: int, rounds: int, outliers: int) -> dict[str, object]:
    k, found = group_size(n), []
    for seed in range(rounds):
        scores, _ = exact_scores(n, seed)
        scores.iloc[:outliers] = np.random.default_rng(seed).choice([0.0, 100.0], (outliers, len(SCALES)))
        found.append(linkage_success(scores, group_means(scores, k)))
    success = np.concatenate(found)
    return {"n": n, "k": k, "worst": success.max(), "mean": success.mean(), "target": 1 / k}


# -------------------------------------------------------------------------------------------------- profile transfer


def profile_transfer(rounds: int, sizes: tuple[int, ...] = SIZES) -> pd.DataFrame:
    """What a profile model loses when it is made from a pool: agreement with the true profiles (adjusted Rand index).

    Two models with the true number of profiles, one of the exact scores and one of the pool, both placing the exact
    scores of the same people; the mean over rounds, and of the losses their standard error. ``EEI`` is what a pool
    bears: one spread for all profiles. ``VVI``, a spread of their own, is told beside it.
    """
    return pd.DataFrame([_transfer_of(n, rounds, covariance) for n in sizes for covariance in ("EEI", "VVI")])


def _transfer_of(n: int, rounds: int, covariance: str) -> dict[str, object]:
    k = group_size(n)
    exact, pool = np.array([_agreements(n, k, seed, covariance) for seed in range(rounds)]).T
    loss = exact - pool
    told = {"n": n, "k": k, "covariance": covariance, "exact": exact.mean(), "pool": pool.mean()}
    return told | {"loss": loss.mean(), "error": loss.std(ddof=1) / np.sqrt(rounds)}


def _agreements(n: int, k: int, seed: int, covariance: str) -> tuple[float, float]:
    from sklearn.metrics import adjusted_rand_score

    scores, truth = exact_scores(n, seed)
    rows = [scores[BLOCKS], group_means(scores, k)[BLOCKS]]
    models = [am.ProfileMixture(PROFILES, covariance, n_init=20, random_state=seed).fit(each) for each in rows]
    first, second = (adjusted_rand_score(truth, model.predict(scores[BLOCKS])) for model in models)
    return first, second


# ------------------------------------------------------------------------------------------------------------- speed


def release_speed(rounds: int, n: int = 500) -> dict[str, float]:
    """Releasing 500 leaders (scores ready): seconds of processor, and as a ratio to scoring the same answers once."""
    from angle_mort.cohort import demonstration_id, release_cohort

    instrument = am.load_instrument()
    intake = intake_of(am.make_cohort(n=n, seed=1).responses)
    ids = {each: demonstration_id(each) for each in intake.responses.index}
    table = score_responses(intake.responses, instrument)

    def release() -> None:
        with tempfile.TemporaryDirectory() as folder:
            release_cohort(intake, table, ids, Path(folder) / "essai", instrument, DAY, "essai")

    jobs = {"release": release, "scoring": lambda: score_responses(intake.responses, instrument)}
    times = [{name: _seconds(job) for name, job in jobs.items()} for _ in range(rounds + 1)][1:]
    ratio = statistics.median(each["release"] / each["scoring"] for each in times)
    return {"seconds": statistics.median(each["release"] for each in times), "ratio": ratio}


def _seconds(job: Callable[[], object]) -> float:
    start = time.process_time()
    job()
    return time.process_time() - start


# ------------------------------------------------------------------------------------------------- gate and scanner


def canaries() -> dict[str, int]:
    """An invented person on every way out of a notebook: how many are in its page, or in one that is not stopped."""
    from tests.attacks import test_canaries as attack

    behind, words = list(attack.canaries.LEFT_BEHIND), list(attack.canaries.STOPPED)
    page = page_from_notebook(attack.notebook_of(*behind), known=attack.KNOWN).html.casefold()
    names = [attack.PEOPLE[route]["person"].casefold().split() for route in behind]
    left = sum(any(word in page for word in name) for name in names)
    passed = sum(not _is_stopped(attack.notebook_of(route)) for route in words)
    bare = sum(bool(attack.names_in(nbformat.writes(attack.notebook_of(route)))) for route in (*behind, *words))
    return {"routes": len(behind) + len(words), "out": left + passed, "bare": bare}


def defences_off() -> dict[str, int]:
    """One defence of the gate switched off at a time: how many canaries would then leave, and how many are stopped."""
    from tests.attacks import test_canaries as attack

    leaking = stopped = 0
    for defence, route in attack.SWITCHED_OFF:
        with pytest.MonkeyPatch.context() as patch:
            attack.DEFENCES[defence][0](patch)
            leaking += bool(attack.names_in(attack.rendered(attack.notebook_of(route))))
            stopped += _is_stopped(attack.notebook_of(route))
    return {"defences": len(attack.DEFENCES), "leaking": leaking, "stopped": stopped}


def _is_stopped(notebook: nbformat.NotebookNode) -> bool:
    from tests.attacks import test_canaries as attack

    try:
        _ = page_from_notebook(notebook, known=attack.KNOWN).html
    except am.AngleMortError:
        return True
    return False


def planted_people(n: int) -> dict[str, int]:
    """People in every place of a notebook, four writings each: pages with anything left, texts the scanner misses."""
    from tests.attacks.planted import planted
    from tests.attacks.test_planted import out_and_missed

    out, missed = out_and_missed(n)
    return {"texts": len(planted(n)[1]), "out": out, "missed": len(missed)}


def scan_speed(rounds: int, size: int = 500_000) -> dict[str, float]:
    """Scanning a report of 500 kB, 500 people known: seconds of processor, and as a ratio to parsing its HTML."""
    from angle_mort.shipped import shipped
    from tests.tokens.invented import people

    cohort = am.load_cohort(shipped("demo") / "cohorte")
    known = Known.of(KnownTokens.of(people(500)), [cohort.leaders])
    report = am.report(cohort).html
    start, rest = report.split('<main id="contenu">')
    main, end = rest.split("</main>")
    words = re.sub(r"data:image/png;base64,[\w+/=]+", "", main)
    more = words * max(0, -(-(size - len(report)) // len(words)))
    long = f'{start}<main id="contenu">{main}{more}</main>{end}'
    jobs = {"scan": lambda: scan(long, "rapport.html", known), "parse": lambda: _parse(long)}
    times = [{name: _seconds(job) for name, job in jobs.items()} for _ in range(rounds + 1)][1:]
    ratio = statistics.median(each["scan"] / each["parse"] for each in times)
    return {"size": len(long), "seconds": statistics.median(each["scan"] for each in times), "ratio": ratio}


def _parse(page: str) -> None:
    parser = HTMLParser()
    parser.feed(page)
    parser.close()


# ------------------------------------------------------------------------------------------------------------- table


def figures(quick: bool) -> pd.DataFrame:
    """One row per promise: what was promised, what was found, and how it was tried."""
    rounds = 3 if quick else 20
    found, moved, fast = linkage(rounds), profile_transfer(rounds), release_speed(3 if quick else 7)
    moved = moved[moved["n"] >= SIZES[1]]
    worst = ", ".join(f"{row.worst:.3f} (k = {row.k}, n = {row.n:,})" for row in found.itertuples())
    loss, astray = (
        ", ".join(
            f"{plain(row.loss)} ± {plain(row.error)} (n = {row.n:,})"
            for row in moved[moved["covariance"] == family].itertuples()
        )
        for family in ("EEI", "VVI")
    )
    rows = [
        ("worst-case linkage in a pool ≤ 1/k", worst, f"{rounds} pools per size, 10 outliers each, every score known"),
        ("profile transfer loss ≤ .02 ARI, n ≥ 500", loss, f"{rounds} cohorts per size, one spread for all profiles"),
        ("the same, a spread per profile", astray, "fails: a pool does not bear such models"),
        (
            "releasing 500 leaders < 5 s",
            f"{fast['seconds']:.2f} s, {fast['ratio']:.0f} × scoring them",
            "scores ready; questionnaire checked, context searched, files written",
        ),
        *_of_the_gate(quick),
    ]
    return pd.DataFrame(rows, columns=["promised", "found", "tried"])


def _of_the_gate(quick: bool) -> list[tuple[str, str, str]]:
    way, off = canaries(), defences_off()
    people, fast = 300 if quick else 10_000, scan_speed(3 if quick else 9)
    said = planted_people(people)
    return [
        ("canaries: 0 leak", f"{way['out']} of {way['routes']}", f"each found in the bare notebook: {way['bare']}"),
        (
            "a defence off: the scanner stops it",
            f"{off['stopped']} of {off['leaking']}",
            f"{off['defences']} defences, one at a time, each canary that it holds back",
        ),
        (
            f"{people:,} planted people: 0 out",
            f"{said['out']} pages of {-(-said['texts'] // 10_000)}, {said['missed']} of {said['texts']:,} texts missed",
            "name, town, firm, telephone, e-mail, SIRET; lower case, capitals, no accents",
        ),
        (
            "scanning 500 kB < 1 s",
            f"{fast['seconds']:.2f} s, {fast['ratio']:.1f} × parsing its HTML",
            f"{fast['size'] // 1000} kB, pictures and tables, 500 people known",
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a few rounds of each")
    parser.add_argument("--write", action="store_true", help="write the table into README.md")
    asked = parser.parse_args()
    table = markdown(figures(asked.quick))
    print(table)
    if asked.write:
        README.write_text(with_table(README.read_text(encoding="utf-8"), table), encoding="utf-8")


def with_table(readme: str, table: str) -> str:
    """The README with this table between its marks."""
    before, rest = readme.split(BEGIN)
    return f"{before}{BEGIN}\n{table}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    main()
