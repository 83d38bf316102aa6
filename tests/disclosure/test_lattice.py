"""The bands of context: shared by enough people, at the least loss that any merging could have."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from angle_mort.disclosure.lattice import coarsened, partitions


def frame(rows):
    return pd.DataFrame(rows, columns=["trade", "size", "second"]).replace({"": None})


people = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c", ""]), st.sampled_from("xy"), st.sampled_from("pq")),
    min_size=6,
    max_size=30,
).map(frame)


def bits(bands, merged):
    """Non-uniform entropy by its definition: for each leader, -log2 of the category's share of its merged group."""
    lost = 0.0
    for column in bands:
        whole, group = bands[column].fillna("?"), merged[column]
        lost += sum(-np.log2((whole[group == group[row]] == whole[row]).mean()) for row in bands.index)
    return lost / len(bands)


def merged_ways(bands):
    """Every combination of partitions, as the group of each row in each column."""
    columns = []
    for column in bands:
        codes, found = pd.factorize(bands[column].fillna("?"))
        ways = [
            {each: place for place, group in enumerate(way) for each in group} for way in partitions(range(len(found)))
        ]
        columns.append([pd.Series(codes, bands.index).map(way) for way in ways])
    return (pd.DataFrame(dict(zip(bands, way, strict=True))) for way in itertools.product(*columns))


@settings(max_examples=15, deadline=None)
@given(people, st.integers(2, 5))
def test_of_all_ways_to_merge_the_one_that_loses_least_is_chosen(bands, k):
    best = min(
        (bits(bands, way) for way in merged_ways(bands) if way.groupby(list(way)).size().min() >= k), default=None
    )
    found = coarsened(bands, k)
    assert found.lost == pytest.approx(best)
    assert found.bands.fillna("-").groupby(list(bands)).size().min() >= k


@settings(max_examples=30, deadline=None)
@given(people, st.integers(2, 5), st.randoms())
def test_the_order_of_people_and_their_names_change_nothing(bands, k, shuffling):
    order = list(bands.index)
    shuffling.shuffle(order)
    shuffled = coarsened(bands.loc[order], k).bands.loc[bands.index]
    pd.testing.assert_frame_equal(coarsened(bands, k).bands, shuffled)


def test_nothing_is_lost_where_everybody_is_like_five_others():
    bands = frame([("a", "x", "p")] * 5 + [("b", "x", "q")] * 5)
    found = coarsened(bands, 5)
    pd.testing.assert_frame_equal(found.bands, bands, check_dtype=False)
    assert (found.lost, found.cells_emptied) == (0, 0)


def test_somebody_who_did_not_answer_is_merged_in_words_or_not_at_all():
    bands = frame([("a", "x", "p")] * 6 + [("", "x", "p")] * 2 + [("b", "x", "p")] * 6)
    assert sorted(set(coarsened(bands, 5).bands["trade"])) == ["a / sans réponse", "b"]
    alone = coarsened(frame([("a", "x", "p")] * 6 + [("", "x", "p")] * 6), 5).bands["trade"]
    assert alone.isna().sum() == 6


def test_more_categories_than_can_all_be_tried_are_merged_from_the_rarest_and_soon():
    draw = np.random.default_rng(0)
    columns = {name: [f"{name}{code:02d}" for code in draw.geometric(0.15, 200).clip(1, 21)] for name in "abcde"}
    found = coarsened(pd.DataFrame(columns), 5)
    assert found.bands.fillna("-").groupby(list("abcde")).size().min() >= 5
    assert found.bands.notna().any(axis=None)
    assert found.lost > 0 and found.kept > 0


def test_no_context_at_all_is_no_column():
    empty = pd.DataFrame(index=range(9))
    assert coarsened(empty, 5).bands.shape == (9, 0)
