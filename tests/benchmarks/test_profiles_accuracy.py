"""The bench of profiles on a handful of cohorts: its cohorts, its judge, and that a run goes on where it stopped."""

import numpy as np
import pandas as pd
import pytest

from benchmarks import profile_methods, profiles_accuracy
from benchmarks.profile_methods import Fit
from benchmarks.typed_cohorts import APART, Kind, draw

ONCE = dict.fromkeys(profiles_accuracy.SIZES, 1)
DESIGN = {"typed": ONCE, "untyped": {3: ONCE, 8: ONCE}}


def test_cohorts_are_what_they_are_said_to_be():
    cohort = draw(Kind(40_000, 4, 2.0, 0.3), np.random.default_rng(1))
    seen = cohort.scores[~np.isnan(cohort.scores)]
    np.testing.assert_allclose(seen * 5, (seen * 5).round(), atol=1e-9)
    assert seen.min() == 0 and seen.max() == 4 and 0.05 < np.isnan(cohort.scores).mean() < 0.10
    np.testing.assert_allclose(np.bincount(cohort.types) / 40_000, cohort.shares, atol=0.01)
    for k in range(4):
        own = pd.DataFrame(cohort.scores[cohort.types == k])
        np.testing.assert_allclose(own.mean(), cohort.means[k], atol=0.06)
        np.testing.assert_allclose(own.cov(), cohort.covariances[k], atol=0.06)
    spread = np.sqrt(np.diagonal(cohort.covariances, axis1=1, axis2=2))
    correlation = cohort.covariances / (spread[:, :, None] * spread[:, None, :])
    assert correlation[0][~np.eye(8, dtype=bool)].mean() == pytest.approx(0.3, abs=0.03)
    apart = np.abs(cohort.means[:, None] - cohort.means) / spread.mean()
    assert apart.max() == pytest.approx(2.0, abs=0.1)
    assert ((apart > 0.1).sum(axis=-1)[np.triu_indices(4, 1)] >= APART).all()


def test_without_types_scores_go_together_and_may_pile_up():
    even, skewed = (
        pd.DataFrame(draw(Kind(20_000, 1, 0.0, 0.4, 3, each), np.random.default_rng(2)).scores)
        for each in (False, True)
    )
    assert even.corr().to_numpy()[0, 1] == pytest.approx(0.4, abs=0.04)
    assert even.skew().abs().max() < 0.1 and skewed.skew().min() > 0.8


def test_the_oracle_knows_most_people_when_types_are_far_apart():
    cohort = draw(Kind(400, 3, 2.0, 0.0), np.random.default_rng(3))
    memberships = cohort.oracle()
    np.testing.assert_allclose(memberships.sum(axis=1), 1)
    assert (memberships.argmax(axis=1) == cohort.types).mean() > 0.85


def test_the_judge_matches_profiles_to_types_whatever_their_order():
    cohort = draw(Kind(60, 3, 2.0, 0.0), np.random.default_rng(4))
    perfect = np.eye(3)[(cohort.types + 1) % 3]
    found = profiles_accuracy.judged(Fit(np.arange(60), perfect, cohort.covariances), cohort)
    assert (found["k"], found["ari"]) == (3, 1.0)
    assert profiles_accuracy.calibration_error([found["bins"]]) == 0
    unsure = 0.4 * perfect + 0.2
    found = profiles_accuracy.judged(Fit(np.arange(60), unsure, cohort.covariances), cohort)
    assert profiles_accuracy.calibration_error([found["bins"]]) == pytest.approx(0.4)
    flat = cohort.covariances * np.array([[1.0, 1, 1, 1, 1, 1, 1, 0]])[:, :, None]
    assert profiles_accuracy.judged(Fit(np.arange(60), perfect, flat), cohort)["spread"] < profile_methods.SINGULAR
    assert profiles_accuracy.judged("no model", cohort) == {"failure": "no model"}


def test_a_run_goes_on_where_it_was_stopped_and_failures_are_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(profiles_accuracy, "SIZES", (30,))
    asked = []

    def oracle(cohort, given, seed):
        asked.append(given)
        if len(asked) == 1:
            raise ArithmeticError("too hard")
        return profile_methods.oracle(cohort)

    path = tmp_path / "results.jsonl"
    left = profiles_accuracy.run(path, {"oracle": oracle}, minutes=0, **DESIGN)
    assert left == 18 and not asked
    assert profiles_accuracy.run(path, {"oracle": oracle}, **DESIGN) == 0
    path.write_text(path.read_text()[:-30])  # stopped in the middle of a line
    assert profiles_accuracy.run(path, {"oracle": oracle}, **DESIGN) == 0
    found = profiles_accuracy.read(path)
    assert len(asked) == 19 and len(found) == 18
    assert found["chosen failure"].dropna().tolist() == ["ArithmeticError: too hard"]


@pytest.mark.slow
def test_every_method_answers_and_the_page_has_every_table(tmp_path, monkeypatch):
    monkeypatch.setattr(profiles_accuracy, "SIZES", (30,))
    monkeypatch.setattr(profiles_accuracy, "TYPES", (3,))
    monkeypatch.setattr(profiles_accuracy, "SEPARATIONS", (2.0,))
    monkeypatch.setattr(profile_methods, "MOST", 2)
    monkeypatch.setattr(profile_methods, "SKLEARN_STARTS", 1)
    path = tmp_path / "results.jsonl"

    def copied(cohort, given, seed):
        return {"mclust": profile_methods.scikit_learn(cohort, given, seed)["scikit-learn, 2+"]}

    methods = {
        "ours": profile_methods.angle_mort,
        "scikit-learn": profile_methods.scikit_learn,
        "mclust": copied,
        "oracle": lambda cohort, given, seed: profile_methods.oracle(cohort),
    }
    assert profiles_accuracy.run(path, methods, **DESIGN) == 0
    found = profiles_accuracy.read(path)
    assert found.groupby("method").size().to_dict() == {
        "best": 10, "mclust": 10, "one fit": 10, "oracle": 2, "scikit-learn": 10, "scikit-learn, 2+": 10,
        "verdict": 10,
    }  # fmt: skip
    monkeypatch.setattr(profiles_accuracy, "targets", lambda found: [])
    page = profiles_accuracy.page(found)
    assert "{" not in page and page.count("|--:") >= 7


@pytest.mark.needs("R")
def test_mclust_answers_on_complete_rows():
    peer = profile_methods.mclust()
    cohort = draw(Kind(120, 3, 2.0, 0.0), np.random.default_rng(5))
    try:
        answers = peer(cohort, 3, 0)
    finally:
        peer.close()
    answer = answers["mclust"]
    assert answer.given.k == 3 and answers["mclust, 2+"].chosen.k > 1
    assert answer.chosen.people.tolist() == np.flatnonzero(~np.isnan(cohort.scores).any(axis=1)).tolist()
    np.testing.assert_allclose(answer.given.memberships.sum(axis=1), 1, atol=1e-6)


def test_the_committed_page_keeps_its_shape():
    page = profiles_accuracy.PAGE.read_text(encoding="utf-8")
    assert page.splitlines()[0] == profiles_accuracy.TEMPLATE.read_text(encoding="utf-8").splitlines()[0]
    assert "nan" not in page
