"""Classes, k, l and the table of attacks, counted by hand."""

import pandas as pd
import pytest

from angle_mort.disclosure.linkage import attack, class_sizes, k_anonymity, l_diversity, wilson

ROWS = pd.DataFrame(
    {"trade": [*list("aaaabb"), None, None], "size": list("xxyyxxxx"), "answer": [1, 1, 2, 3, 1, None, 2, 2]}
)


def test_missing_is_a_value_of_its_own():
    assert class_sizes(ROWS, ["trade"]).tolist() == [4, 4, 4, 4, 2, 2, 2, 2]
    assert k_anonymity(ROWS, ["trade", "size"]) == 2
    assert k_anonymity(ROWS, ["trade", "size", "answer"]) == 1
    assert k_anonymity(ROWS, []) == 8


def test_l_is_the_poorest_class():
    assert l_diversity(ROWS, ["trade"], "answer") == 1
    assert l_diversity(ROWS, ["size"], "answer") == 2
    assert l_diversity(ROWS, [], "answer") == 4


def test_the_attack_tells_its_worst_case_and_its_interval():
    told = attack("trade", 1 / class_sizes(ROWS, ["trade"]))
    assert (told["success_mean"], told["success_max"], told["baseline"]) == (0.375, 0.5, 0.125)
    assert told["interval"] == list(wilson(0.375, 8, 0.95)) == pytest.approx([0.136, 0.695], abs=0.01)
