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
from angle_mort.disclosure.audit import fewest_isolated
from angle_mort.disclosure.pool import SCALES, group_means, group_size, linkage_success
from angle_mort.publishing import page_from_notebook
from angle_mort.publishing.scanning import Known, scan
from angle_mort.scores import score_responses
from angle_mort.tokens import KnownTokens
from benchmarks.tables import markdown, percent, plain
from tests.attacks.histories import fewest_by_determinants, told
from tests.attacks.test_inference import guessed
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


def storing_speed(rounds: int, n: int = 500) -> dict[str, float]:
    """Storing 500 leaders in an empty vault: seconds of processor, and as a ratio to making its key."""
    from dataclasses import replace

    from angle_mort.responses.table import report_frame
    from angle_mort.vault import Vault
    from angle_mort.vault.sealing import Lock
    from tests.tokens.invented import people

    intake = intake_of(am.make_cohort(n=n, seed=1).responses)
    named = pd.DataFrame(people(n), index=intake.identities.index)
    intake = replace(intake, identities=intake.identities.assign(**named), report=report_frame([]))
    phrase, times = "trois moutons sur un toit", []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            vault = Vault.create(Path(folder) / "coffre.bin", phrase)
            store = _seconds(lambda vault=vault: vault.store("essai", "T0", intake))
        times.append((store, _seconds(lambda: Lock.new(phrase))))
    ratio = statistics.median(store / key for store, key in times)
    return {"seconds": statistics.median(store for store, _ in times), "ratio": ratio}


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


# ------------------------------------------------------------------------------------------------------------ ledger


def histories(count: int, requested: int = 20) -> dict[str, float]:
    """Random histories of requested figures on cohorts of 8 to 30: the fewest people isolable from all that was told.

    With the audit, and asking the same without it; found by determinants in a finite field, not by the audit itself.
    ``told`` is the share of requests that the audit let through.
    """
    with_audit, without, passed = [], [], []
    for seed in range(count):
        for found, audited in ((with_audit, True), (without, False)):
            draw = np.random.default_rng(seed)
            n = int(draw.integers(8, 31))
            shared = told(draw, n, requested, audited)
            found.append(fewest_by_determinants(shared, n))
            passed += [(len(shared) - 1) / requested] if audited else []
    return {"fewest": min(with_audit), "without": float(np.mean(np.array(without) < 5)), "told": float(np.mean(passed))}


def audit_speed(rounds: int, n: int = 20, shared: int = 50) -> dict[str, float]:
    """One more request after 50 shared figures of a cohort of 20: seconds of processor, and integer programming beside.

    The figures are of random sets, which is harder than what a page tells: those that the audit lets through, and then
    figures of the same sets. The two find the same, which is checked. ``ratio``: the programme's time to the audit's.
    """
    times = [_audited(np.random.default_rng(seed), n, shared) for seed in range(rounds)]
    audit, programme = (np.array(each) for each in zip(*times, strict=True))
    return {"seconds": audit.max(), "milp": programme.max(), "ratio": float(np.median(programme / audit))}


def _audited(draw: np.random.Generator, n: int, shared: int) -> tuple[float, float]:
    sets = [frozenset(range(n))]
    for size in draw.integers(5, 16, shared):
        people = frozenset(draw.choice(n, size, replace=False).tolist())
        sets += [people] if fewest_isolated([*sets, people], 5) >= 5 else [sets[draw.integers(len(sets))]]
    asked = [*sets, frozenset(draw.choice(n, 11, replace=False).tolist())]
    assert fewest_isolated(asked, 5) == by_milp(asked, n)
    return _seconds(lambda: fewest_isolated(asked, 5)), _seconds(lambda: by_milp(asked, n))


def by_milp(sets: list[frozenset], n: int, minimum: int = 5) -> int:
    """The same question as an integer programme (HiGHS), one per person who carries the largest weight of the sum."""
    from scipy.linalg import orth
    from scipy.optimize import Bounds, LinearConstraint, milp

    table = np.array([[float(person in each) for person in range(n)] for each in dict.fromkeys(sets)])
    basis = orth(table.T)  # people x independent sums
    free, fewest = basis.shape[1], minimum
    cost = np.hstack([np.zeros(free), np.ones(n)])
    limits = Bounds(np.hstack([np.full(free, -np.inf), np.zeros(n)]), np.hstack([np.full(free, np.inf), np.ones(n)]))
    for person in range(n):
        bound = [LinearConstraint(np.hstack([sign * basis, -np.eye(n)]), ub=0) for sign in (1, -1)]
        bound.append(LinearConstraint(np.hstack([basis[person], np.zeros(n)]), lb=1, ub=1))
        bound.append(LinearConstraint(cost, ub=fewest - 1))
        found = milp(cost, constraints=bound, integrality=cost, bounds=limits)
        fewest = round(found.fun) if found.status == 0 else fewest
    return fewest


def kills(count: int) -> dict[str, int]:
    """Import, replacement, release and publication, killed at random moments: what was lost, or half, afterwards."""
    from tests.attacks.test_kills import KILLED, at_random_moments

    with tempfile.TemporaryDirectory() as folder:
        tries = at_random_moments(Path(folder), count)
    fell = sum(each["status"] == KILLED for each in tries)
    return {"kills": fell, "harm": sum(bool(each["lost"] or each["broken"] or each["half"]) for each in tries)}


def guessing(rounds: int, sizes: tuple[int, ...] = (100, 500)) -> pd.DataFrame:
    """Somebody knows eight scores of a person and reads the ninth off the nearest row of a pool: within 5 points?

    The baseline is our own: people of the same kind who are not in the pool, guessed from the same pool.
    """
    rows = []
    for n in sizes:
        hits = []
        for seed in range(rounds):
            everybody, _ = exact_scores(2 * n, seed)
            inside, outside = everybody.iloc[:n], everybody.iloc[n:]
            pool = group_means(inside, group_size(n))
            hits += [[_within(who, pool, hidden) for who in (inside, outside)] for hidden in ("A", "D3")]
        own, others = np.mean(hits, axis=0)
        rows.append({"n": n, "own": own, "others": others, "target": 1 / group_size(n)})
    return pd.DataFrame(rows)


def _within(people: pd.DataFrame, pool: pd.DataFrame, hidden: str, points: float = 5) -> float:
    return float(np.mean(np.abs(guessed(people, pool, hidden) - people[hidden].to_numpy()) <= points))


# ------------------------------------------------------------------------------------------------------------- table


def figures(quick: bool) -> pd.DataFrame:
    """One row per promise: what was promised, what was found, and how it was tried."""
    rounds = 3 if quick else 20
    found, moved, fast = linkage(rounds), profile_transfer(rounds), release_speed(3 if quick else 7)
    stored = storing_speed(3 if quick else 7)
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
        *_of_the_ledger(quick),
        (
            "worst-case linkage in a pool ≤ 1/k",
            worst,
            f"{rounds} pools per size, 10 outliers each, every score known; of 12 or 20 no row is shared",
        ),
        ("profile transfer loss ≤ .02 ARI, n ≥ 500", loss, f"{rounds} cohorts per size, one spread for all profiles"),
        ("the same, a spread per profile", astray, "fails: a pool does not bear such models"),
        (
            "releasing 500 leaders < 5 s",
            f"{fast['seconds']:.2f} s, {fast['ratio']:.0f} × scoring them",
            "scores ready; questionnaire checked, context searched, files written",
        ),
        (
            "storing 500 leaders within a few seconds",
            f"{stored['seconds']:.2f} s, {plain(stored['ratio'])} × making the key",
            "answers and names sealed in an empty vault, on the disk, their tokens beside it",
        ),
        *_of_the_gate(quick),
    ]
    return pd.DataFrame(rows, columns=["promised", "found", "tried"])


def _of_the_ledger(quick: bool) -> list[tuple[str, str, str]]:
    count = 50 if quick else 1000
    tried, audit = histories(count), audit_speed(3 if quick else 20)
    read = ", ".join(
        f"{percent(row.own)} against {percent(row.others)} (n = {row.n:,})"
        for row in guessing(3 if quick else 20).itertuples()
    )
    stopped = kills(8 if quick else 200)
    return [
        (
            "killed at any moment: nothing lost, nothing half",
            f"{stopped['harm']} of {stopped['kills']} kills did harm",
            "import, replacement, release and publication; vault, cohorts, pages and ledger read after each",
        ),
        (
            "fewest people isolable from everything told ≥ 5",
            f"{tried['fewest']}, in {count:,} histories of 20 requests ({percent(tried['told'], 0)} told)",
            f"cohorts of 8–30; without the audit {percent(tried['without'])} of the histories isolate fewer",
        ),
        (
            "audit of a cohort of 20 after 50 figures < 2 s",
            f"{audit['seconds']:.2f} s at worst; an integer programme {audit['ratio']:.0f} × as long",
            f"the programme (HiGHS) {audit['milp']:.1f} s at worst, same answers",
        ),
        (
            "a ninth score read off a pool, own people against others: less than 1/k more",
            read,
            "eight scores known exactly, read within 5 points",
        ),
    ]


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
