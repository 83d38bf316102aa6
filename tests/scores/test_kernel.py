"""The kernel against the same rule told row by row in plain Python; what may not change a bit, and what is refused."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from angle_mort.datasets import make_cohort
from angle_mort.errors import AngleMortError
from angle_mort.instrument import NOT_APPLICABLE, load_instrument
from angle_mort.scores.kernel import MISSING, Counted, Key, count_and_score
from angle_mort.scores.scales import score_responses, scoring_keys

ITEMS = tuple(f"x{number:02d}" for number in range(12))
STEPS = st.integers(MISSING, 4)


def key(scale="A", items=ITEMS[:8], highest=4, may_not_apply=True, share=0.75, least=4, error=9.0, length=8):
    return Key(scale, tuple(items), highest, may_not_apply, share, least, error, length)


@st.composite
def keys(draw):
    """One to four scales over the same items: apart, sharing items, in any order, some asking for an absent item."""
    chosen = st.lists(st.sampled_from([*ITEMS, "never asked"]), min_size=1, max_size=12, unique=True)
    shares, counts = st.sampled_from([0.0, 0.5, 0.75, 1.0]), st.integers(0, 8)
    picked = draw(st.lists(st.tuples(chosen, shares, counts), min_size=1, max_size=4))
    return [key(str(n), items, share=share, least=least) for n, (items, share, least) in enumerate(picked)]


@st.composite
def answers(draw):
    rows = draw(st.lists(st.lists(STEPS, min_size=12, max_size=12), max_size=40))
    return np.array(rows, np.int8).reshape(-1, 12)


def scored_by_hand(row, rule):
    """value, error, total, answered, applicable of one respondent, without NumPy."""
    told = dict(zip(ITEMS, row, strict=True))
    codes = [told.get(item, MISSING) for item in rule.items]
    given_ = [code for code in codes if code >= 0]
    applicable = len([code for code in codes if code != NOT_APPLICABLE])
    answered, total = len(given_), sum(given_)
    if answered == 0 or applicable < rule.least_applicable or answered < Fraction(rule.least_share) * applicable:
        return (math.nan, math.nan, total, answered, applicable)
    value = float(Fraction(100 * total, rule.highest * answered))
    return (value, rule.error * math.sqrt(rule.length / answered), total, answered, applicable)


def figures(counted):
    return counted.value, counted.error, counted.total, counted.answered, counted.applicable


def same(found, expected):
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(figures(found), figures(expected), strict=True))


def codes_of(error):
    assert "{" not in str(error.value)
    return [(each.code, each.fields.get("item"), each.fields.get("count")) for each in error.value.problems]


@settings(max_examples=120, deadline=None)
@given(answers(), keys())
def test_every_figure_is_that_of_the_rule_told_row_by_row(codes, rules):
    counted = count_and_score(codes, ITEMS, rules)
    for scale, rule in enumerate(rules):
        for person, row in enumerate(codes.tolist()):
            found = [each[scale, person] for each in figures(counted)]
            np.testing.assert_array_equal(found, scored_by_hand(row, rule))


@settings(max_examples=60, deadline=None)
@given(answers(), keys(), st.integers(1, 50))
def test_the_size_of_a_block_changes_no_bit(codes, rules, block):
    assert same(count_and_score(codes, ITEMS, rules, block), count_and_score(codes, ITEMS, rules))


@pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "int64", ">i4"])
@pytest.mark.parametrize("order", ["C", "F"])
@settings(max_examples=20, deadline=None)
@given(answers(), keys())
def test_no_integer_type_nor_layout_changes_a_bit(dtype, order, codes, rules):
    other = codes.astype(dtype, order=order)
    assert same(count_and_score(other, ITEMS, rules), count_and_score(codes, ITEMS, rules))


@settings(max_examples=30, deadline=None)
@given(answers(), keys())
def test_bytes_without_sign_and_views_are_the_same_codes(codes, rules):
    expected = count_and_score(codes, ITEMS, rules)
    every_other = np.repeat(codes, 2, axis=0)[::2]
    assert same(count_and_score(codes.view(np.uint8), ITEMS, rules), expected)
    assert same(count_and_score(every_other, ITEMS, rules), expected)


@settings(max_examples=30, deadline=None)
@given(answers(), keys(), st.permutations(range(12)))
def test_columns_and_respondents_permute(codes, rules, order):
    expected = count_and_score(codes, ITEMS, rules)
    moved = count_and_score(codes[:, order], [ITEMS[place] for place in order], rules)
    turned = count_and_score(codes[::-1], ITEMS, rules)
    assert same(moved, expected)
    assert same(Counted(*(each[:, ::-1] for each in turned)), expected)


@settings(max_examples=30, deadline=None)
@given(answers(), keys())
def test_what_is_written_over_is_what_new_memory_would_hold(codes, rules):
    before = count_and_score(codes[::-1], ITEMS, rules)
    again = count_and_score(codes, ITEMS, rules, out=before)
    assert again is before
    assert same(again, count_and_score(codes, ITEMS, rules))


def test_answers_are_left_as_they_were():
    codes = np.array([[4, MISSING, NOT_APPLICABLE, *[1] * 9]], np.int8)
    before = codes.copy()
    count_and_score(codes, ITEMS, [key()])
    np.testing.assert_array_equal(codes, before)


@pytest.mark.parametrize("k", [31, 32, 63, 64, 100])
def test_a_long_scale_does_not_overflow_its_bytes(k):
    items = [f"x{number}" for number in range(k)]
    codes = np.full((3, k), 4, np.int8)
    codes[1, ::2], codes[2, ::2] = MISSING, NOT_APPLICABLE
    half = k // 2
    counted = count_and_score(codes, items, [key(items=items, share=0.4, length=k)])
    assert counted.total.tolist() == [[4 * k, 4 * half, 4 * half]]
    assert counted.answered.tolist() == [[k, half, half]]
    assert counted.applicable.tolist() == [[k, k, half]]
    assert counted.value.tolist() == [[100, 100, 100]]


def test_a_scale_that_nobody_was_asked_is_missing_for_all():
    counted = count_and_score(np.zeros((2, 1), np.int8), ["x00"], [key(items=("y1", "y2"))])
    assert np.isnan(counted.value).all()
    assert (counted.answered.tolist(), counted.applicable.tolist()) == ([[0, 0]], [[2, 2]])


def test_nobody_and_no_scale_are_empty():
    assert count_and_score(np.empty((0, 12), np.int8), ITEMS, [key()]).value.shape == (1, 0)
    assert count_and_score(np.zeros((3, 12), np.int8), ITEMS, []).value.shape == (0, 3)


@pytest.mark.parametrize("bad", [5, 99, 127, -3, -128])
def test_a_code_outside_the_format_is_refused_wherever_it_is(bad):
    codes = np.zeros((40, 12), np.int8)
    codes[37, 5] = codes[2, 5] = codes[11, 7] = bad
    with pytest.raises(AngleMortError) as error:
        count_and_score(codes, ITEMS, [key()], block=16)
    assert codes_of(error) == [("AM403", "x05", 2), ("AM403", "x07", 1)]


@pytest.mark.parametrize("dtype", [np.uint16, np.uint64])
@pytest.mark.parametrize("bad", [99, 253, 254, 255, 256, 260, 65_534, 65_535])
def test_a_wider_integer_is_not_cut_to_a_byte(bad, dtype):
    with pytest.raises(AngleMortError) as error:
        count_and_score(np.full((1, 12), bad, dtype), ITEMS, [key(items=ITEMS[:1])])
    assert codes_of(error) == [("AM403", "x00", 1)]


def test_what_does_not_apply_is_refused_where_the_format_does_not_have_it():
    codes = np.zeros((3, 12), np.int8)
    codes[1, 0] = NOT_APPLICABLE
    assert count_and_score(codes, ITEMS, [key()]).applicable.tolist() == [[8, 7, 8]]
    with pytest.raises(AngleMortError) as error:
        count_and_score(codes, ITEMS, [key(may_not_apply=False)])
    assert codes_of(error) == [("AM403", "x00", 1)]


def test_a_column_of_no_scale_is_not_read():
    codes = np.zeros((2, 12), np.int8)
    codes[:, 11] = 99
    assert count_and_score(codes, ITEMS, [key()]).value.tolist() == [[0, 0]]


@pytest.mark.parametrize(
    "codes",
    [np.zeros((2, 12)), np.zeros((2, 12), bool), np.zeros((2, 12), object), np.zeros(12, int), np.zeros((2, 11), int)],
    ids=["floats", "booleans", "objects", "one dimension", "a column too few"],
)
def test_what_is_no_table_of_integers_is_refused(codes):
    with pytest.raises(AngleMortError) as error:
        count_and_score(codes, ITEMS, [key()])
    assert error.value.codes == ["AM407"]


def test_the_table_of_scores_is_that_of_the_kernel():
    instrument = load_instrument()
    responses = make_cohort(n=50, seed=8, missing=0.1).responses
    reflective = {module.code for module in instrument.of_nature("reflective")}
    rules = [each for each in scoring_keys(instrument) if each.scale in reflective]
    items = [item for rule in rules for item in rule.items]
    counted = count_and_score(responses[items].fillna(MISSING).to_numpy(np.int8), items, rules)
    table = score_responses(responses).set_index("scale")
    for scale, rule in enumerate(rules):
        np.testing.assert_array_equal(table.loc[rule.scale, "value"], counted.value[scale])
        np.testing.assert_array_equal(table.loc[rule.scale, "se_measurement"], counted.error[scale])
