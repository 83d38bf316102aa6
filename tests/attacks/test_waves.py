"""Two waves of one group: those who answered both, or both whole waves, never both."""

import datetime
import shutil
from dataclasses import replace

import numpy as np
import pytest

from angle_mort.cohort import load_cohort, share
from angle_mort.disclosure import Figure, Ledger, SharedPage, of_everybody
from angle_mort.disclosure.figures import ANSWERS, PEOPLE
from angle_mort.disclosure.summary import COUNTS
from angle_mort.errors import AngleMortError
from tests.attacks.histories import MINIMUM, drawn_waves, fewest_people, wave_pages
from tests.cohorts import answers, entered

DAY = datetime.date(2026, 11, 25)

BEFORE, AFTER = answers(24), answers(24, seed=2)
COHORTS = {
    "t0": BEFORE.iloc[:18],
    "t1": AFTER.iloc[6:],
    "t0_paired": BEFORE.iloc[6:18],
    "t1_paired": AFTER.iloc[6:18],
}
"""Six leave after the first wave and six come: enough that no arithmetic on sets would tell of fewer than five."""


@pytest.fixture(scope="module")
def two_waves(tmp_path_factory):
    folder = tmp_path_factory.mktemp("waves")
    return {name: entered(folder, people, name).folder for name, people in COHORTS.items()}


@pytest.fixture
def shared(two_waves, tmp_path):
    """Share cohorts in turn, each in a workspace of its own; whether each was new, or the code that refused it."""

    def in_turn(*names):
        shutil.copytree(two_waves["t0"].parents[1], tmp_path / "data")
        return [outcome(tmp_path / "data" / "cohorts" / name) for name in names]

    def outcome(place):
        try:
            return share(load_cohort(place))
        except AngleMortError as error:
            return error.codes[0]

    return in_turn


def test_both_whole_waves_are_shared(shared):
    assert shared("t0", "t1") == [True, True]


def test_the_paired_set_is_shared(shared):
    assert shared("t0_paired", "t1_paired") == [True, True]


@pytest.mark.slow
@pytest.mark.parametrize("whole", ["t0", "t1"])
@pytest.mark.parametrize("paired", ["t0_paired", "t1_paired"])
def test_the_paired_set_is_not_shared_after_a_whole_wave(shared, whole, paired):
    assert shared(whole, paired) == [True, "AM637"]


@pytest.mark.parametrize("whole", ["t0", "t1"])
def test_nor_the_other_way_round_and_the_same_page_again_is_no_new_figure(shared, whole):
    assert shared("t1_paired", whole, "t1_paired") == [True, "AM637", False]


# ----------------------------------------------------------------------------- one page of those who answered both


def row(person, wave):
    return f"row {person} {wave}"


def page(waves, people=None, paired=True, **more):
    """A page of some waves: everybody, or of the first wave's people those given."""
    rows = {f"s{wave}": [row(person, wave) for person in own] for wave, own in waves.items()}
    told = [[row(person, wave) for person in people or own] for wave, own in waves.items()]
    figures = [figure for each in told for figure in of_everybody(each)]
    figures = [figure for figure in figures if figure.measure != PEOPLE] + [Figure(PEOPLE, frozenset(told[0]))]
    figures += [Figure(measure, frozenset(each)) for measure, sets in more.items() for each in sets]
    return SharedPage("c", DAY, rows, figures, paired=paired)


def ledger_of(path, waves):
    made = Ledger(path / "registre.jsonl")
    made.begin()
    for wave, own in waves.items():
        made.enter("c", f"s{wave}", [(f"p{person}", f"a{person} {wave}") for person in own])
    return made


def outcome(ledger, asked):
    try:
        return ledger.share(asked)
    except AngleMortError as error:
        return error.codes[0]


WAVES = {0: list(range(18)), 1: list(range(6, 24))}
BOTH = list(range(6, 18))


@pytest.mark.parametrize("whole", [0, 1])
def test_a_paired_page_and_that_of_a_whole_wave_exclude_each_other_in_either_order(tmp_path, whole):
    alone = page({whole: WAVES[whole]}, paired=False)
    for place, order in enumerate([(page(WAVES, BOTH), alone), (alone, page(WAVES, BOTH))]):
        (tmp_path / str(place)).mkdir()
        ledger = ledger_of(tmp_path / str(place), WAVES)
        assert [outcome(ledger, each) for each in order] == [True, "AM637"]


@pytest.mark.parametrize("gone", [1, 2, 3, 4])
def test_a_paired_page_that_would_set_few_people_apart_is_refused_whatever_it_says_of_itself(tmp_path, gone):
    waves = {0: list(range(18)), 1: list(range(gone, 18))}
    ledger = ledger_of(tmp_path, waves)
    assert outcome(ledger, page({0: waves[0]}, paired=False)) is True
    for paired in (True, False):
        assert outcome(ledger, page(waves, waves[1], paired=paired)) in ("AM634", "AM637")


def test_where_nobody_left_or_came_a_whole_wave_is_the_paired_set_and_all_go_together(tmp_path):
    waves = {0: list(range(18)), 1: list(range(18))}
    ledger = ledger_of(tmp_path, waves)
    asked = [page({0: waves[0]}, paired=False), page(waves), page({1: waves[1]}, paired=False)]
    assert [outcome(ledger, each) for each in asked] == [True, True, False]


@pytest.mark.parametrize(("left", "expected"), [(14, "AM634"), (11, True)])
def test_another_pair_of_waves_must_differ_by_five_people_and_tells_no_split_again(tmp_path, left, expected):
    waves = {0: list(range(20)), 1: list(range(16)), 2: list(range(left))}
    ledger, pair = ledger_of(tmp_path, waves), {0: waves[0], 2: waves[2]}
    first = page({0: waves[0], 1: waves[1]}, waves[1], **{COUNTS: halves((0, 1), waves[1])})
    assert outcome(ledger, first) is True
    assert outcome(ledger, page(pair, waves[2], **{COUNTS: halves((0, 2), waves[2])})) == "AM634"
    assert outcome(ledger, page(pair, waves[2])) == expected


def joined(waves):
    """A page of several cohorts read as one group."""
    alone = page(waves, paired=False)
    everybody = [row(person, wave) for wave, own in waves.items() for person in own]
    return replace(alone, figures=[*alone.figures, *of_everybody(everybody)])


@pytest.mark.parametrize("missing", [0, 17])
def test_a_pool_of_nearly_a_whole_wave_is_that_wave(tmp_path, missing):
    told = [row(person, 0) for person in WAVES[0] if person != missing]
    pool = SharedPage("c", DAY, {"s0": [row(person, 0) for person in WAVES[0]]}, of_everybody(told))
    ledger = ledger_of(tmp_path, WAVES)
    assert [outcome(ledger, each) for each in (page(WAVES, BOTH), pool)] == [True, "AM637"]


def test_a_wave_beside_another_cohort_is_a_wave_too_and_goes_with_its_pairs_where_nobody_left(tmp_path):
    for left, expected in ((WAVES[1], "AM637"), (WAVES[0], True)):
        waves = {0: WAVES[0], 1: left, 9: list(range(30, 45))}
        place = tmp_path / str(expected)
        place.mkdir()
        both = sorted({*waves[0]} & {*waves[1]})
        asked = page({0: waves[0], 1: waves[1]}, both), joined({0: waves[0], 9: waves[9]})
        assert [outcome(ledger, each) for ledger in [ledger_of(place, waves)] for each in asked] == [True, expected]


def halves(waves, people):
    people = list(people)
    return [[row(person, wave) for person in half for wave in waves] for half in (people[:5], people[5:])]


@pytest.mark.parametrize("block", [range(2), pytest.param(range(2, 25), marks=pytest.mark.slow)])
def test_no_history_of_pages_of_three_waves_isolates_fewer_than_five(tmp_path, block):
    unaudited = 0
    for seed in block:
        draw = np.random.default_rng(seed)
        waves = dict(enumerate(drawn_waves(draw)))
        (tmp_path / str(seed)).mkdir()
        ledger, let_through, asked_for = ledger_of(tmp_path / str(seed), waves), {}, {}
        for chosen, paired, people, known, group in wave_pages(draw, waves, 12):
            split = [[row(each, wave) for each in half for wave in chosen] for half in (group, set(people) - group)]
            means = [[row(each, wave) for each in known] for wave in chosen]
            more = {"A": means} | ({COUNTS: split} if min(map(len, (group, set(people) - group))) >= MINIMUM else {})
            asked = page({wave: waves[wave] for wave in chosen}, people, paired, **more)
            for sets in (asked_for, *([let_through] if outcome(ledger, asked) is True else [])):
                for figure in asked.figures:
                    rows = {each if figure.measure != PEOPLE else each.split()[1] for each in figure.people}
                    sets.setdefault(figure.measure, []).append(frozenset(rows))
        assert {PEOPLE, ANSWERS} <= set(let_through)
        for measure, sets in let_through.items():
            assert fewest_people(sets, Owner()) >= MINIMUM, (seed, measure)
        unaudited += any(fewest_people(sets, Owner()) < MINIMUM for sets in asked_for.values())
    assert unaudited > 0.8 * len(block)


class Owner(dict):
    """Whose a row is: « row 12 T1 » is 12's, and 12 is 12's."""

    def __missing__(self, member):
        return member.split()[1] if " " in member else member
