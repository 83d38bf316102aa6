"""The names that others rely on, what they cost, and what importing them must not bring."""

import inspect
import subprocess
import sys

import pytest

import angle_mort as am

PROMISED = {
    "load_instrument": [],
    "read_export": ["path", "instrument"],
    "score_responses": ["responses", "instrument"],
    "reliability": ["frame", "instrument"],
    "dominant_block": ["table"],
    "reliable_change": ["before", "after"],
    "compare_profiles": ["frame", "max_components"],
    "load_cohort": ["folder"],
    "report": ["cohort"],
    "leader_report": ["cohort", "leader", "vault"],
    "build_norms": ["pool"],
    "open_vault": [],
    "publish": ["notebook", "folder", "parameters"],
    "make_cohort": ["n", "seed", "profiles"],
}


@pytest.mark.parametrize("name", PROMISED)
def test_a_promised_function_takes_what_was_promised(name):
    parameters = list(inspect.signature(getattr(am, name)).parameters)
    assert parameters[: len(PROMISED[name])] == PROMISED[name]


def test_norms_of_a_pool_need_nothing_but_the_pool():
    norms = am.build_norms(am.make_cohort(n=60, seed=3, not_applicable=0).responses)
    assert (norms.n, norms.provisional) == (60, False)


def test_estimators_take_what_was_promised():
    assert list(inspect.signature(am.ScaleScorer).parameters) == ["instrument"]
    mixture = inspect.signature(am.ProfileMixture).parameters
    assert next(iter(mixture)) == "n_components"
    assert mixture["covariance"].default == "VVI"
    assert mixture["prior"].default == "weak"
    assert {"n_init", "random_state"} <= set(mixture)
    for method in ("fit", "predict", "predict_proba", "score", "bic", "icl", "sample"):
        assert callable(getattr(am.ProfileMixture, method))


def test_every_name_of_the_shelf_is_there_and_listed():
    for name in am.__all__:
        assert getattr(am, name) is not None
        assert name in dir(am)
    with pytest.raises(AttributeError):
        _ = am.nothing


def test_a_cohort_has_what_was_promised():
    from angle_mort.shipped import shipped

    cohort = am.load_cohort(shipped("demo") / "cohorte")
    assert len(cohort.scores) and cohort.summary.n == 24 and len(cohort.profiles) == 24
    assert cohort.sheet(cohort.leaders["leader"][0]).audience == "leader"
    assert am.report(cohort).html.startswith("<!DOCTYPE html>")


def modules_after(code):
    told = subprocess.run(
        [sys.executable, "-c", f"{code}; import sys; print(*sys.modules)"], capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr
    return set(told.stdout.split())


HEAVY = {"seaborn", "matplotlib", "IPython", "ipywidgets", "nbclient", "sklearn"}


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import angle_mort as am", HEAVY | {"pandas", "numpy", "yaml", "scipy"}),
        ("import angle_mort as am; am.load_instrument()", HEAVY | {"pandas", "scipy"}),
        ("import angle_mort as am; am.score_responses", HEAVY | {"scipy"}),
        ("import angle_mort.cli.app as a; a._parse(['demo'])", HEAVY | {"pandas", "numpy"}),
    ],
)
def test_importing_little_brings_little(code, absent):
    assert not absent & modules_after(code)


def test_an_error_in_a_notebook_is_a_french_sentence_without_a_traceback():
    error = am.AngleMortError(am.errors.problem("AM605", n=5, minimum=8))
    (line,) = error._render_traceback_()
    assert line.startswith("Il reste 5 dirigeants")
