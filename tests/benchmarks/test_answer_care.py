"""The bench of the lights on few leaders: its rows, its columns, and the two ends that it is about."""

import numpy as np
import pytest

from benchmarks import answer_care


def shares(kinds, name):
    table = answer_care.lights({name: kinds[name]}, 200, np.random.default_rng(1))
    assert list(table) == ["leaders", "median run", *answer_care.RULES]
    return table.iloc[0]


def test_the_light_spares_those_who_do_everything_every_day_where_any_run_would_not():
    every_day = shares(answer_care.HONEST, "all are « almost every day »")
    assert every_day["any run"] > 0.98
    assert every_day["run light"] == every_day["with the middle"] == 0


def test_steady_weeks_are_spared_only_when_the_middle_is():
    weeks = shares(answer_care.HONEST, "9 in 10 are « about once a week »")
    assert weeks["with the middle"] > 0.5
    assert weeks["run light"] == 0


def test_one_column_is_seen_but_in_the_middle():
    column = shares(answer_care.CARELESS, "one column from the first question on")
    assert column["median run"] > 35
    assert column["any run"] == column["with the middle"] == 1
    assert column["run light"] == pytest.approx(0.8, abs=0.1)


@pytest.mark.slow
def test_the_page_has_its_three_tables_and_its_figures():
    found = answer_care.run(people=40)
    page = answer_care.page(found, 40)
    assert {name: len(table) for name, table in found.items()} == {"honest": 10, "careless": 5, "lengths": 5}
    assert page.count("|--:") >= 3 and "{" not in page
    assert answer_care.PAGE.read_text(encoding="utf-8").splitlines()[0] == page.splitlines()[0]
