"""The bench of follow-up on few leaders: true changes are what was asked, and what it is about shows."""

import numpy as np
import pytest

from benchmarks import follow_up
from benchmarks.leaders import scale_of


def test_true_scores_move_by_what_is_asked():
    scale, draw = scale_of("A", 0.36), np.random.default_rng(1)
    group = follow_up._above(scale, 300, -20.0, draw, waves=3)
    steps = np.diff(group.true, axis=1)
    assert np.abs(steps + 10).max() < 1.1  # within 2 and 98
    scored = group.scored(draw).mean(axis=0)
    assert scored == pytest.approx(group.true.mean(axis=0), abs=2)


def test_picked_leaders_come_nearer_to_the_middle_and_a_waiting_list_takes_it_out():
    scale, draw = scale_of("A", 0.36), np.random.default_rng(2)
    anybody, picked = (follow_up._programme(scale, 30, 0.0, each, 150, draw) for each in (False, True))
    assert abs(anybody["mean change"]) < 0.7 < 2.5 < -picked["mean change"]
    assert picked["before–after within"] < 0.75 < picked["waiting list: within"]
    assert abs(picked["regression taken out: mean"]) < 0.8


@pytest.mark.slow
def test_the_page_has_its_four_tables_and_its_figures():
    found = follow_up.run(1 / 80)
    page = follow_up.page(found, 1 / 80)
    assert {name: len(table) for name, table in found.items()} == {"two": 18, "many": 9, "programme": 12, "sizes": 10}
    assert page.count("|--:") >= 4 and "{" not in page
    assert follow_up.PAGE.read_text(encoding="utf-8").splitlines()[0] == page.splitlines()[0]
