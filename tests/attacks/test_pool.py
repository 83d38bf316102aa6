"""Somebody who knows every exact score looks for each person in a pool, outliers first; small cohorts have no pool."""

import hashlib
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from angle_mort.cohort import demonstration_id, load_pool, release_pool
from angle_mort.disclosure.certificate import _seal
from angle_mort.disclosure.pool import (
    SCALES,
    group_means,
    group_size,
    linkage_success,
    mdav,
    pool_scores,
    told_rows,
)
from angle_mort.errors import AngleMortError
from tests.cohorts import DAY, answers, entered, released


def people(n, seed=0, outliers=0):
    """Scores of n invented people, the first ones as far from everybody as scores go."""
    draw = np.random.default_rng(seed)
    scores = draw.normal(50, 15, (n, 1)) * 0.6 + draw.normal(20, 12, (n, len(SCALES)))
    scores[:outliers] = draw.choice([0.0, 100.0], (outliers, len(SCALES)))
    return pd.DataFrame(scores.clip(0, 100), columns=list(SCALES))


def pointed_at(scores, means):
    """The same attack by hand: the rows told, one after the other, and how often the nearest is the person's own."""
    rows, spread = told_rows(means).to_numpy(), scores.std(ddof=0).to_numpy()
    for (_, person), (_, own) in zip(scores.iterrows(), means.iterrows(), strict=True):
        distance = (((rows - person.to_numpy()) / spread) ** 2).sum(axis=1)
        candidates = rows[np.isclose(distance, distance.min())]
        yield np.isclose(candidates, own.to_numpy()).all(axis=1).mean() / len(candidates)


@pytest.mark.parametrize("n", [100, 130, 500, 2000])
def test_whoever_knows_every_score_finds_nobody_more_often_than_one_time_in_k(n):
    k, scores = group_size(n), people(n, outliers=7)
    means = group_means(scores, k)
    success = linkage_success(scores, means)
    assert success.max() <= 1 / k
    assert means.value_counts().min() >= k
    assert success.mean() > 3 / n, "an attack that finds nobody proves nothing"
    with_exact_rows = linkage_success(scores, scores.round(1))
    assert with_exact_rows.max() == 1.0


def test_the_attack_is_the_one_that_it_says():
    scores = people(100, seed=3, outliers=3)
    means = group_means(scores, 5)
    np.testing.assert_allclose(linkage_success(scores, means), list(pointed_at(scores, means)))


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 6), st.integers(2, 60), st.integers(0, 99), st.booleans())
def test_every_group_has_k_people_and_fewer_than_two_k(k, n, seed, alike):
    draw = np.random.default_rng(seed)
    points = np.repeat(draw.normal(size=(1, 3)), n, axis=0) if alike else draw.normal(size=(n, 3))
    sizes = np.bincount(mdav(points, k))
    assert sizes.sum() == n
    assert sizes.min() >= min(k, n)
    assert sizes.max() <= 2 * k - 1 or len(sizes) == 1


def test_the_order_of_people_changes_nothing_and_rows_follow_no_order_of_theirs():
    scores = people(120, seed=5)
    shuffled = scores.sample(frac=1, random_state=2)
    told = told_rows(group_means(scores, 5))
    pd.testing.assert_frame_equal(told, told_rows(group_means(shuffled, 5)), check_exact=False)
    assert told["A"].is_monotonic_increasing
    assert list(told) == list(SCALES)


@pytest.mark.parametrize("n", [12, 20, 99])
def test_no_row_of_a_small_cohort_is_shared(n):
    leaders = people(n).assign(leader=[f"id{place:03d}" for place in range(n)])
    with pytest.raises(AngleMortError) as error:
        pool_scores(leaders)
    assert [(each.code, each.fields) for each in error.value.problems] == [("AM619", {"n": n, "minimum": 100})]


def test_those_who_lack_a_score_are_at_least_five_or_nobody():
    leaders = people(130).assign(leader=[f"id{place:03d}" for place in range(130)])
    assert len(pool_scores(leaders)) == 130
    for lacking, kept in ((1, 125), (4, 125), (5, 125), (9, 121)):
        gaps = leaders.copy()
        gaps.loc[: lacking - 1, "C"] = np.nan
        assert len(pool_scores(gaps)) == kept
        assert pool_scores(gaps).notna().all(axis=None)


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    return entered(tmp_path_factory.mktemp("pool"), answers(130))


@pytest.fixture
def pool(cohort, tmp_path):
    return release_pool(cohort, tmp_path / "pool", DAY)


def test_a_pool_holds_scores_and_nothing_of_anybody(cohort, pool):
    assert sorted(path.name for path in pool.iterdir()) == ["certificate.json", "datapackage.json", "scores.csv"]
    told = load_pool(pool)
    assert list(told) == list(SCALES)
    whole = "".join(path.read_text(encoding="utf-8") for path in pool.iterdir())
    assert not [leader for leader in cohort.leaders["leader"] if leader in whole]
    assert cohort.certificate["seal"] not in whole and cohort.certificate["rows"] not in whole
    np.testing.assert_allclose(told.mean(), pool_scores(cohort.leaders).mean(), atol=0.06)


def test_its_certificate_tells_the_worst_case(cohort, pool):
    certificate = json.loads((pool / "certificate.json").read_text(encoding="utf-8"))
    exact = pool_scores(cohort.leaders)
    assert (certificate["n"], certificate["k"]) == (len(exact), 5)
    assert certificate["k_row"] >= 5
    assert 0.3 < certificate["variance_kept"] < 1
    (told,) = certificate["attacks"]
    success = linkage_success(exact, group_means(exact, 5))
    assert told["success_max"] == pytest.approx(success.max(), abs=1e-4) and told["success_max"] <= 0.2
    assert certificate["certifiable"] is True


def test_a_pool_that_was_changed_is_refused(pool):
    rows = (pool / "scores.csv").read_bytes()
    (pool / "scores.csv").write_bytes(rows.replace(b".1", b".2", 1))
    assert code_of(pool) == "AM602"
    fewer = b"".join(rows.splitlines(keepends=True)[:-1])
    (pool / "scores.csv").write_bytes(fewer)
    certificate = json.loads((pool / "certificate.json").read_text(encoding="utf-8"))
    certificate["files"]["scores.csv"] = hashlib.sha256(fewer).hexdigest()
    certificate["seal"] = _seal(certificate)
    (pool / "certificate.json").write_text(json.dumps(certificate), encoding="utf-8")
    assert code_of(pool) == "AM602"


def code_of(folder):
    with pytest.raises(AngleMortError) as error:
        load_pool(folder)
    return error.value.codes[0]


def test_a_pool_is_in_the_ledger_and_one_of_other_people_beside_it_is_refused(cohort, pool, tmp_path):
    workspace = cohort.folder.parent.parent.parent
    ledger = workspace / "data" / "private" / "registre-sponsor.jsonl"
    assert len(ledger.read_text(encoding="utf-8").splitlines()) == 3
    one = next(each for each in answers(130).index if demonstration_id(each) in pool_scores(cohort.leaders).index)
    fewer = entered(workspace, answers(130).drop(index=one), name="moins")
    before = ledger.read_bytes()
    with pytest.raises(AngleMortError) as error:
        release_pool(fewer, tmp_path / "other", DAY)
    assert error.value.codes[0] == "AM634"
    assert not (tmp_path / "other").exists() and ledger.read_bytes() == before


def test_a_cohort_is_no_pool(tmp_path):
    released(tmp_path, answers(9))
    assert code_of(tmp_path / "essai") == "AM604"
