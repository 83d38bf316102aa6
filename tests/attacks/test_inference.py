"""What somebody who knows nearly everything learns of a person from what is shared, beside people who are not in it."""

import numpy as np
import pytest

from angle_mort.disclosure.audit import fewest_isolated
from angle_mort.disclosure.pool import SCALES, group_means, group_size, linkage_success
from angle_mort.disclosure.summary import COUNTS
from tests.attacks.histories import fewest_by_determinants
from tests.attacks.test_pool import people
from tests.cohorts import answers, entered


def with_outliers(n, seed):
    """Answers of n leaders, the first three of whom gave everywhere the highest or the lowest."""
    frame = answers(n, seed=seed)
    scales = [item for item in frame if item[0] in "abcdehi"]
    for place, end in enumerate((0.0, 3.0, 0.0)):
        frame.loc[frame.index[place], scales] = end
    return frame


@pytest.mark.parametrize("n", [12, 20, pytest.param(100, marks=pytest.mark.slow)])
def test_whoever_knows_everything_of_everybody_finds_at_best_a_fifth_of_a_group_in_a_page(tmp_path, n):
    cohort = entered(tmp_path, with_outliers(n, seed=n))
    rows = {row: place for place, row in enumerate(cohort.leaders["leader"])}
    measures: dict[str, list[frozenset]] = {}
    for figure in cohort.figures:
        assert len(figure.people) >= 5
        assert figure.measure != COUNTS or n - len(figure.people) >= 5
        measures.setdefault(figure.measure, []).append(frozenset(rows[row] for row in figure.people))
    assert {"people", "answers", "A", "B", "C"} <= set(measures)
    for sets in measures.values():
        assert fewest_isolated(sets, 5) >= 5
        assert n > 30 or fewest_by_determinants(sets, n) >= 5


def test_who_is_known_at_the_start_is_not_found_in_the_pool_of_the_follow_up():
    before = people(130, outliers=5)
    change = np.random.default_rng(1).normal(-4, 8, before.shape)
    after = (before + change).clip(0, 100)
    for known, pool in ((before, after), (after, before)):
        success = linkage_success(known, group_means(pool, group_size(len(pool))))
        assert success.max() <= 1 / 5
    assert linkage_success(before, after).mean() > 0.3, "with exact rows the attack works"


def guessed(known, pool, hidden):
    """The hidden score of each person, read off the row of the pool that lies nearest by the eight known ones."""
    seen = [scale for scale in SCALES if scale != hidden]
    spread = pool[seen].std().to_numpy()
    distance = ((known[seen].to_numpy()[:, None] - pool[seen].to_numpy()) / spread) ** 2
    return pool[hidden].to_numpy()[distance.sum(axis=2).argmin(axis=1)]


@pytest.mark.parametrize("n", [100, 500])
def test_a_pool_tells_of_its_own_people_hardly_more_than_of_others_like_them(n):
    """The baseline is our own: people of the same kind who are not in the pool, guessed from the same pool.

    A person's own row is found one time in k at most, so that they may be guessed that much more often than others.
    """
    advantage, exact = [], []
    for seed in range(6):
        everybody = people(2 * n, seed=seed)
        inside, outside = everybody.iloc[:n], everybody.iloc[n:]
        for hidden in ("A", "D3"):
            for rows, found in ((group_means(inside, group_size(n)), advantage), (inside, exact)):
                hit = [np.abs(guessed(who, rows, hidden) - who[hidden].to_numpy()) <= 5 for who in (inside, outside)]
                found.append(hit[0].mean() - hit[1].mean())
    assert np.mean(advantage) <= 1 / group_size(n)
    assert np.mean(exact) > 0.5, "from exact rows nearly everybody is read"
