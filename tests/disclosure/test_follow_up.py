"""Two waves of the same people: whose means are told, what is merged, and what stands behind each figure."""

import numpy as np
import pandas as pd
import pytest

from angle_mort.datasets import make_cohort
from angle_mort.disclosure import POLICY, Figure
from angle_mort.disclosure.figures import ANSWERS, PEOPLE
from angle_mort.disclosure.follow_up import PairedWaves, follow_up_figures, strictest, summarise_follow_up
from angle_mort.disclosure.summary import COUNTS
from angle_mort.instrument import load_instrument
from angle_mort.scores import score_responses

INSTRUMENT = load_instrument()


def certificate(seal, **policy):
    told = {"seal": seal, "demonstration": False, "day": "2026-11-25", "tool": "0"}
    return told | {"policy": POLICY.as_dict() | policy}


def paired(n, directions):
    """``n`` people, with the direction of the index and of the two weeks of each."""
    waves = [make_cohort(n=n, seed=seed, not_applicable=0).responses for seed in (1, 2)]
    scores = [score_responses(each.set_axis(each.index + mark)) for each, mark in zip(waves, "ab", strict=True)]
    rows = [f"r{place:03d}" for place in range(1, n + 1)]
    told = {"before": [f"{row}a" for row in rows], "after": [f"{row}b" for row in rows]}
    pairs = pd.DataFrame(told | {"change": directions, "scenario": directions})
    return PairedWaves("c", ("T0", "T1"), pairs, tuple(scores), (certificate("1"), certificate("2")))


def test_everybody_and_both_their_answers_stand_behind_what_is_told():
    private = paired(14, ["better"] * 8 + ["none"] * 4 + ["worse"] * 2)
    summary = summarise_follow_up(private, INSTRUMENT)
    figures = follow_up_figures(private, summary)
    before, after = (frozenset(private.pairs[side]) for side in ("before", "after"))
    assert [each for each in figures if each.measure == PEOPLE] == [Figure(PEOPLE, before)]
    assert [each.people for each in figures if each.measure == ANSWERS] == [before, after]
    assert {each.people for each in figures if each.measure == "A"} == {before, after}
    better = frozenset(private.pairs["before"][:8]) | frozenset(private.pairs["after"][:8])
    assert {each.people for each in figures if each.measure == COUNTS} == {better, (before | after) - better}
    assert summary.counts["category"].tolist()[0] == "better" and set(summary.counts["shown"]) == {"8", "6"}


def test_below_twelve_people_nobody_is_counted_and_where_all_groups_are_small_neither():
    for n, rule in ((10, "small"), (13, "group")):
        directions = (["better", "none", "worse", "unknown"] * n)[:n]
        withheld = summarise_follow_up(paired(n, directions), INSTRUMENT).withheld.set_index("what")
        assert withheld.loc["change", "rule"] == rule


def test_a_person_who_lacks_the_scale_in_one_wave_is_in_neither_mean():
    private = paired(14, ["none"] * 14)
    gone = private.scores[1]["respondent"].eq("r003b") & private.scores[1]["scale"].eq("A")
    private.scores[1].loc[gone, "value"] = np.nan
    summary = summarise_follow_up(private, INSTRUMENT)
    row = summary.means.set_index("scale").loc["A"]
    own = private.scores[0].query("scale == 'A' and respondent != 'r003a'")["value"]
    assert row["before"] == pytest.approx(own.mean(), abs=0.051)
    assert row["people"] == "au moins 10"
    told = [each.people for each in follow_up_figures(private, summary) if each.measure == "A"]
    assert [len(each) for each in told] == [13, 13]


def test_the_strictest_threshold_of_two_releases_holds():
    made = strictest([certificate("1", group=6), certificate("2", cohort=9)])
    assert (made.group, made.cohort, made.split) == (6, 9, POLICY.split)
