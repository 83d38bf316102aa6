"""k and l agree with pycanon, in an environment of its own: ``ANGLE_MORT_PYCANON`` is the path of its Python."""

import json
import os
import subprocess

import pytest

from angle_mort.datasets import make_cohort
from angle_mort.disclosure.lattice import coarsened
from angle_mort.disclosure.linkage import k_anonymity, l_diversity
from angle_mort.disclosure.pool import group_means
from tests.attacks.test_pool import people

THEIRS = """
import json, sys
import pandas as pd
from pycanon import anonymity
rows = pd.read_csv(sys.argv[1], dtype=str, keep_default_na=False)
known = [column for column in rows if column != "answer"]
l = anonymity.l_diversity(rows, known, ["answer"]) if "answer" in rows else None
print(json.dumps([int(anonymity.k_anonymity(rows, known)), l if l is None else int(l)]))
"""


def theirs(rows, folder):
    """What pycanon finds; a missing value is written as one more value, since it has no word for it."""
    rows.astype(object).fillna("none").to_csv(folder / "rows.csv", index=False)
    told = subprocess.run(
        [os.environ["ANGLE_MORT_PYCANON"], "-c", THEIRS, folder / "rows.csv"],
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(json.loads(told.stdout.splitlines()[-1]))


def context_and_answer(n, seed, coarse):
    """Five characteristics of invented leaders, some without an answer, and the scenario that each chose."""
    answers = make_cohort(n=n, seed=seed, missing=0.0).responses
    context = answers[["x101", "x102", "x103", "x104", "x105"]].map(lambda code: f"band {int(code) % 3}")
    context = context.mask(context == "band 2") if seed == 1 else context
    return (coarsened(context, 5).bands if coarse else context).assign(answer=answers["j101"])


@pytest.mark.slow
@pytest.mark.needs("pycanon")
@pytest.mark.parametrize(("n", "seed", "coarse"), [(12, 0, True), (60, 1, True), (240, 2, True), (40, 1, False)])
def test_k_and_l_are_those_of_pycanon(tmp_path, n, seed, coarse):
    rows = context_and_answer(n, seed, coarse)
    known = [column for column in rows if column != "answer"]
    ours = k_anonymity(rows, known), l_diversity(rows, known, "answer")
    assert ours == theirs(rows, tmp_path)
    assert (ours[0] >= 5) == coarse


@pytest.mark.slow
@pytest.mark.needs("pycanon")
def test_k_of_a_pool_is_that_of_pycanon(tmp_path):
    rows = group_means(people(130), 5)
    assert (k_anonymity(rows, list(rows)), None) == theirs(rows, tmp_path)
