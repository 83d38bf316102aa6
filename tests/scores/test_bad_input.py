"""Bad input at every door: a coded error or an honest « non calculable », never a warning, no figure of nothing."""

import numpy as np
import pandas as pd
import pytest

import angle_mort as am
from angle_mort.errors import AngleMortError
from angle_mort.instrument import load_instrument
from angle_mort.scores import answer_shares, bands, item_statistics, scale_correlations

INSTRUMENT = load_instrument()
POOL = am.make_cohort(n=48, seed=7, not_applicable=0, missing=0.03).responses
ITEMS = [item.id for code in "ABC" for item in INSTRUMENT.module(code).items]

DOORS = {
    "score_responses": am.score_responses,
    "reliability": lambda answers: am.reliability(answers, INSTRUMENT),
    "item_statistics": item_statistics,
    "answer_shares": answer_shares,
    "scale_correlations": scale_correlations,
    "build_norms": am.build_norms,
    "answer_care": lambda answers: am.answer_care(answers, INSTRUMENT),
}
SPOILT = {
    "words": lambda a: a.assign(a101="beaucoup"),
    "infinite": lambda a: a.assign(a101=np.inf),
    "true or false": lambda a: a.assign(a101=True),
    "complex": lambda a: a.assign(a101=1 + 2j),
    "the same question twice": lambda a: pd.concat([a, a[["a101"]]], axis=1),
    "nobody's answers": lambda a: a.set_axis([np.nan, *a.index[1:]]),
    "out of range": lambda a: a.assign(a101=99.0),
    "twice the same person": lambda a: pd.concat([a, a.iloc[:1]]),
    "unknown item": lambda a: a.assign(zz1=1.0),
    "all missing": lambda a: a * np.nan,
    "constant items": lambda a: a.assign(**dict.fromkeys(ITEMS, 2.0)),
    "one person": lambda a: a.iloc[:1],
    "nobody": lambda a: a.iloc[:0],
}
CODES = {
    ("words", "reliability"): "AM421",
    ("words", "build_norms"): "AM421",
    ("words", None): "AM402",
    ("infinite", "reliability"): "AM422",
    ("infinite", "build_norms"): "AM422",
    ("infinite", None): "AM403",
    ("true or false", "reliability"): "AM421",
    ("true or false", "build_norms"): "AM421",
    ("true or false", None): "AM402",
    ("complex", "reliability"): "AM421",
    ("complex", "build_norms"): "AM421",
    ("complex", None): "AM402",
    ("the same question twice", None): "AM225",
    ("nobody's answers", "reliability"): None,  # nobody has to be told apart
    ("nobody's answers", None): "AM408",
    ("out of range", None): "AM403",
    ("twice the same person", None): "AM404",
    ("unknown item", "reliability"): None,  # it asks the questionnaire for its items, and reads no other
    ("unknown item", None): "AM401",
    ("all missing", "reliability"): "AM427",
    ("all missing", "build_norms"): "AM427",
    ("constant items", "build_norms"): "AM428",
    ("one person", "reliability"): "AM423",
    ("one person", "build_norms"): "AM423",
    ("nobody", "reliability"): "AM427",
    ("nobody", "build_norms"): "AM427",
    ("nobody", None): "AM405",
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("situation", SPOILT)
def test_answers_that_cannot_be_used_have_a_code_or_an_honest_blank(situation, door):
    """Every warning is an error here, so that what passes has been silent."""
    code = CODES.get((situation, door), CODES.get((situation, None)))
    answers = SPOILT[situation](POOL)
    if code is None:
        DOORS[door](answers)
        return
    with pytest.raises(AngleMortError) as caught:
        DOORS[door](answers)
    assert code in caught.value.codes


def test_what_nobody_answered_or_everybody_alike_is_no_figure():
    nothing, alike = am.score_responses(POOL * np.nan), am.reliability(POOL[ITEMS] * 0 + 2, INSTRUMENT)
    assert (nothing["status"] == "non calculable").all() and nothing["value"].isna().all()
    assert alike[["alpha", "alpha_low", "omega", "mean_inter_item"]].isna().all(axis=None)
    assert item_statistics(POOL[ITEMS] * 0 + 2)["item_rest"].isna().all()
    assert scale_correlations(POOL[ITEMS] * 0 + 2)[["r", "r_true"]].isna().all(axis=None)


SCORES = am.score_responses(POOL)


@pytest.mark.parametrize("column", ["value", "se_measurement"])
@pytest.mark.parametrize("wrong", [np.inf, "beaucoup"])
@pytest.mark.parametrize(
    "read", [bands, am.dominant_block, am.cross_checks, lambda table: am.reliable_change(SCORES, table)]
)
def test_scores_that_are_no_finite_numbers_have_a_code(read, wrong, column):
    table = SCORES.astype({column: object})
    table.loc[3, column] = wrong
    with pytest.raises(AngleMortError) as caught:
        read(table)
    assert [(each.code, dict(each.fields)) for each in caught.value.problems] == [
        ("AM415", {"column": column, "count": 1})
    ]
