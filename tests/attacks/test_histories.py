"""Histories of requested figures: audited, no group of fewer than five is left; without the audit nearly always."""

import datetime

import numpy as np
import pytest

from angle_mort.disclosure import Figure, Ledger, SharedPage, of_everybody
from angle_mort.disclosure.audit import fewest_isolated
from angle_mort.errors import AngleMortError
from tests.attacks.histories import MINIMUM, fewest_by_determinants, requests, told


def drawn(seed):
    draw = np.random.default_rng(seed)
    return draw, int(draw.integers(8, 31))


def test_the_audit_and_determinants_in_a_finite_field_find_the_same_group():
    found = set()
    for seed in range(120):
        draw, n = drawn(seed)
        sets = told(draw, min(n, 16), int(draw.integers(1, 5)), audited=False)
        fewest = fewest_isolated(sets, MINIMUM)
        assert fewest == fewest_by_determinants(sets, min(n, 16)), seed
        found.add(fewest)
    assert found == {1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    "block", [range(12), *(pytest.param(range(at, at + 100), marks=pytest.mark.slow) for at in (100, 200))]
)
def test_no_history_that_the_audit_let_through_isolates_fewer_than_five(block):
    unaudited = 0
    for seed in block:
        draw, n = drawn(seed)
        shared = told(draw, n, 20)
        assert fewest_by_determinants(shared, n) >= MINIMUM, seed
        draw, n = drawn(seed)
        unaudited += fewest_by_determinants(told(draw, n, 20, audited=False), n) < MINIMUM
    assert unaudited > 0.8 * len(block)


@pytest.mark.parametrize("seed", range(3))
def test_the_ledger_lets_through_what_the_audit_does(tmp_path, seed):
    draw, n = drawn(seed)
    ledger, rows = Ledger(tmp_path / "registre.jsonl"), [f"row {place}" for place in range(n)]
    ledger.begin()
    ledger.enter("c", "s", [(f"p{place}", f"a{place}") for place in range(n)])
    shared = [frozenset(range(n))]
    for people in [shared[0], *requests(draw, n, 12)]:
        figures = [*of_everybody(rows), Figure("A", frozenset(rows[place] for place in people))]
        try:
            ledger.share(SharedPage("c", datetime.date(2026, 11, 25), {"s": rows}, figures))
            shared.append(people)
        except AngleMortError as error:
            assert error.codes[0] == "AM634"
    draw, n = drawn(seed)
    assert shared[1:] == told(draw, n, 12)
    assert fewest_by_determinants(shared, n) >= MINIMUM
