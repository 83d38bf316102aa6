"""Items: their answers counted by hand, and what is said when there is little to say."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import angle_mort as am
from angle_mort.errors import AngleMortError
from angle_mort.instrument import load_instrument
from angle_mort.scores.items import answer_shares, item_statistics
from angle_mort.scores.reliability import item_analysis

INSTRUMENT = load_instrument()
A = [item.id for item in INSTRUMENT.module("A").items]


def pool(n=80, seed=5, **kind):
    return am.make_cohort(n=n, seed=seed, profiles=0, **({"missing": 0.05, "not_applicable": 0.04} | kind)).responses


def by_hand():
    """Two items of A: six people, one without an answer, one to whom it does not apply."""
    return pd.DataFrame({"a101": [0, 4, 4, 2, np.nan, -1], "a102": [1, 3, 4, 2, 0, 3]}, index=list("uvwxyz"))


def test_counts_and_shares_by_hand():
    row = item_statistics(by_hand()).set_index("item").loc["a101"]
    assert row[["n", "n_answered", "n_missing", "n_not_applicable", "n_lowest", "n_highest"]].tolist() == [
        6, 4, 1, 1, 1, 2,
    ]  # fmt: skip
    assert row[["missing", "not_applicable", "floor", "ceiling"]].tolist() == [1 / 6, 1 / 6, 0.25, 0.5]
    assert (row["mean"], row["n_used"]) == (2.5, 4)
    assert row["sd"] == pytest.approx(np.std([0, 4, 4, 2], ddof=1))
    assert row["item_rest"] == pytest.approx(np.corrcoef([0, 4, 4, 2], [1, 3, 4, 2])[0, 1])


def test_the_ceiling_is_the_declared_one_and_not_the_highest_answer_seen():
    table = item_statistics(by_hand().replace(4, 3)).set_index("item")
    assert table["ceiling"].tolist() == [0, 0]


def test_shares_of_answers_by_hand():
    shares = answer_shares(by_hand()).query("item == 'a101'").set_index("code")
    assert shares["n"].tolist() == [1, 0, 1, 0, 2]
    assert shares["share"].tolist() == [0.25, 0, 0.25, 0, 0.5]


def test_counts_and_shares_add_up():
    responses = pool()
    table, shares = item_statistics(responses), answer_shares(responses)
    assert (table[["n_answered", "n_missing", "n_not_applicable"]].sum(axis=1) == len(responses)).all()
    each = shares.groupby("item")
    np.testing.assert_allclose(each["share"].sum(), 1)
    assert each["n"].sum().loc[table["item"]].tolist() == table["n_answered"].tolist()
    ends = shares.set_index(["item", "code"])["share"].unstack()
    np.testing.assert_allclose(table["floor"], ends.loc[table["item"], 0])
    np.testing.assert_allclose(table["ceiling"], ends.loc[table["item"], 4])


def test_item_rest_is_that_of_the_scale_alone():
    responses = pool()
    own = responses[A].where(responses[A] >= 0)
    told = item_statistics(responses).query("scale == 'A'")
    assert told["item_rest"].tolist() == item_analysis(own)["item_rest"].tolist()
    assert told["n_used"].unique().tolist() == [len(own.dropna())]


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(40)), st.integers(0, 100))
def test_the_order_of_people_changes_nothing(order, seed):
    responses = pool(40, seed)
    one, other = (item_statistics(each) for each in (responses, responses.iloc[list(order)]))
    pd.testing.assert_frame_equal(one, other)


def test_an_item_that_nobody_answered_has_no_shares_and_its_scale_no_item_rest():
    table = item_statistics(pool().assign(a101=np.nan)).set_index("item")
    assert table.loc["a101", ["floor", "ceiling", "mean", "sd"]].isna().all()
    assert table.loc["a101", "missing"] == 1
    assert table.loc[A, ["item_rest", "alpha_if_dropped"]].isna().all(axis=None)
    assert answer_shares(pool().assign(a101=np.nan)).query("item == 'a101'")["share"].isna().all()


def test_everybody_the_same_is_nowhere_a_number():
    table = item_statistics(pool().assign(**dict.fromkeys(A, 4.0))).set_index("item").loc[A]
    assert (table["ceiling"] == 1).all()
    assert table[["item_rest", "alpha_if_dropped"]].isna().all(axis=None)


def test_one_respondent_and_no_scale_are_tables_all_the_same():
    assert item_statistics(pool(1, missing=0))["item_rest"].isna().all()
    none = item_statistics(pool()[["j101", "k101"]])
    assert none.empty and "item_rest" in none
    assert answer_shares(pool()[["j101", "k101"]]).empty


@pytest.mark.parametrize("ask", [item_statistics, answer_shares])
@pytest.mark.parametrize(
    ("change", "code"),
    [({"a101": "jamais"}, "AM402"), ({"a101": 7.0}, "AM403"), ({"z999": 1.0}, "AM401"), ({"a101": np.inf}, "AM403")],
)
def test_bad_answers_have_a_code(ask, change, code):
    with pytest.raises(AngleMortError) as caught:
        ask(pool().assign(**change))
    assert caught.value.codes == [code]
