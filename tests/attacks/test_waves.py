"""Two waves of one group: those who answered both, or both whole waves, never both."""

import shutil

import pytest

from angle_mort.cohort import load_cohort, share
from angle_mort.errors import AngleMortError
from tests.cohorts import answers, entered

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
            return error.problems[0].code

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
