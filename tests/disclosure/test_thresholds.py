"""No group below the minimum is ever told, whatever the counts."""

from hypothesis import given
from hypothesis import strategies as st

from angle_mort.disclosure import POLICY, merge_neighbours, merge_rest, shown_count

counts = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 30), min_size=2, max_size=6)


@given(counts)
def test_merged_neighbours_are_large_enough_contiguous_and_complete(given_counts):
    groups = merge_neighbours(given_counts)
    assert all(count >= POLICY.group for _, count in groups)
    if groups:
        assert [each for group, _ in groups for each in group] == list(given_counts)
        assert sum(count for _, count in groups) == sum(given_counts.values())
        assert len(groups) > 1


@given(counts)
def test_merged_rest_is_large_enough_and_complete(given_counts):
    groups = merge_rest(given_counts, rest="a")
    assert all(count >= POLICY.group for _, count in groups)
    if groups:
        assert sum(count for _, count in groups) == sum(given_counts.values())
        assert len(groups) > 1


@given(st.integers(0, 40), st.integers(8, 40))
def test_a_count_never_tells_fewer_than_five_nor_all_but_a_few(count, n):
    shown = shown_count(min(count, n), n)
    if shown.isdigit():
        assert POLICY.group <= int(shown) <= n - POLICY.group


def test_the_finest_cut_is_chosen():
    assert [group for group, _ in merge_neighbours({"1": 8, "2": 8, "3": 8})] == [("1",), ("2",), ("3",)]
