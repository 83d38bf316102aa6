"""The bench of the lights on few leaders: its rows, its columns, and the two ends that it is about."""

import numpy as np
import pytest

from benchmarks import answer_care


def shares(kinds, name):
    table = answer_care.lights({name: kinds[name]}, 200, np.random.default_rng(1))
    assert list(table) == ["leaders", "median run", *answer_care.RULES]
    return table.iloc[0]


def test_the_light_spares_ordinary_leaders_and_not_those_who_do_everything_every_day():
    assert shares(answer_care.HONEST, "ordinary")["run (now)"] < 0.02
    every_day = shares(answer_care.HONEST, "all are « almost every day »")
    assert every_day["run (now)"] > 0.98
    assert every_day["run that contradicts"] == 0


def test_one_column_is_seen_by_both_rules():
    column = shares(answer_care.CARELESS, "one column from the first question on")
    assert column["median run"] > 35
    assert column["run (now)"] == column["run that contradicts"] == 1


def test_the_run_of_a_row_is_known_by_its_answer():
    answers = answer_care.every_day(5, np.random.default_rng(1), 1.0)
    assert (answer_care._code_of_longest_run(answers) == 4).all()


@pytest.mark.slow
def test_the_page_has_its_three_tables_and_its_figures():
    found = answer_care.run(people=40)
    page = answer_care.page(found, 40)
    assert {name: len(table) for name, table in found.items()} == {"honest": 10, "careless": 5, "lengths": 5}
    assert page.count("|--:") >= 3 and "{" not in page
    assert answer_care.PAGE.read_text(encoding="utf-8").splitlines()[0] == page.splitlines()[0]
