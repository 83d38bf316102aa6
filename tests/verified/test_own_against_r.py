"""Our own invented pool against what R gives for it (``own/values.R``): needs nothing but the committed files."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from angle_mort.instrument import load_instrument
from angle_mort.scores.factors import chance_eigenvalues, one_factor, several_factors
from angle_mort.scores.items import item_statistics
from angle_mort.scores.reliability import item_analysis, reliability
from angle_mort.scores.structure import compare_structures, parallel_analysis, scale_correlations

OWN = Path(__file__).with_name("own")
EXPECTED = json.loads((OWN / "expected.json").read_text(encoding="utf-8"))
POOL = pd.read_csv(OWN / "pool.csv", index_col=0)
INSTRUMENT = load_instrument()
SCALES = list(EXPECTED["scales"])
CLOSE = {"rel": 1e-6, "abs": 1e-6}


def of_scale(scale):
    return POOL[EXPECTED["scales"][scale]["items"]]


def answered(scale):
    return of_scale(scale).where(of_scale(scale) >= 0)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("missing", ["listwise", "pairwise"])
def test_alpha_and_its_company(scale, missing):
    ours = reliability(POOL, INSTRUMENT, missing, [scale]).iloc[0]
    psych = EXPECTED["scales"][scale][missing]
    for name in ("alpha", "alpha_standardised", "mean_inter_item"):
        assert ours[name] == pytest.approx(psych[name], **CLOSE)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("missing", ["listwise", "pairwise"])
def test_items(scale, missing):
    ours, psych = item_analysis(answered(scale), missing), EXPECTED["scales"][scale][missing]
    for name in ("n", "mean", "sd", "alpha_if_dropped"):
        assert ours[name].tolist() == pytest.approx(psych[name], **CLOSE)


@pytest.mark.parametrize("scale", SCALES)
def test_margins_halves_and_item_rest(scale):
    ours, r = reliability(POOL, INSTRUMENT, scales=[scale]).iloc[0], EXPECTED["scales"][scale]
    assert ours["n_used"] == r["n_complete"]
    assert ours[["split_half", "sd", "se_measurement"]].tolist() == pytest.approx(
        [r["split_half"], r["sd"], r["se_measurement"]], **CLOSE
    )
    assert item_analysis(answered(scale))["item_rest"].tolist() == pytest.approx(r["item_rest"], **CLOSE)
    told = item_statistics(POOL, INSTRUMENT).query("scale == @scale")
    assert told["item_rest"].tolist() == pytest.approx(r["item_rest"], **CLOSE)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("level", [0.90, 0.95])
def test_feldt_interval_at_a_declared_level(scale, level):
    row = reliability(POOL, INSTRUMENT, scales=[scale], level=level).iloc[0]
    expected = EXPECTED["scales"][scale][f"feldt_{level * 100:.0f}"]
    assert row[["alpha_low", "alpha_high"]].tolist() == pytest.approx(expected, **CLOSE)
    assert row["level"] == level


@pytest.mark.parametrize("scale", SCALES)
def test_omega_and_how_well_one_factor_fits(scale):
    ours, lavaan = reliability(POOL, INSTRUMENT, scales=[scale]).iloc[0], EXPECTED["scales"][scale]
    assert ours["omega"] == pytest.approx(lavaan["omega_model"], **CLOSE)
    fit = lavaan["one_factor"]["fit"]
    expected = [fit[name] for name in ("chisq", "df", "cfi", "rmsea", "srmr")]
    assert ours[["chi2", "df", "cfi", "rmsea", "srmr"]].tolist() == pytest.approx(expected, **CLOSE)
    model = one_factor(np.cov(answered(scale).dropna(), rowvar=False, ddof=0))
    np.testing.assert_allclose(model.loadings, np.ravel(lavaan["one_factor"]["loadings"]), atol=1e-6)
    np.testing.assert_allclose(model.uniquenesses, lavaan["one_factor"]["uniquenesses"], atol=1e-6)


def test_correlations_between_the_blocks():
    ours = scale_correlations(POOL, INSTRUMENT)
    for name in ("first", "second", "n"):
        assert ours[name].tolist() == [pair[name] for pair in EXPECTED["correlations"]]
    for name in ("r", "low", "high"):
        assert ours[name].tolist() == pytest.approx([pair[name] for pair in EXPECTED["correlations"]], **CLOSE)


def test_one_factor_against_three():
    ours = compare_structures(POOL, INSTRUMENT)
    blocks = EXPECTED["blocks"]
    assert ours["n_used"].tolist() == [blocks["n"]] * 2
    for row, model in zip(ours.itertuples(), ("one", "three"), strict=True):
        fit = blocks[model]["fit"]
        expected = [fit[name] for name in ("chisq", "df", "cfi", "rmsea", "srmr", "bic")]
        assert [row.chi2, row.df, row.cfi, row.rmsea, row.srmr, row.bic] == pytest.approx(expected, **CLOSE)


def test_correlations_between_the_three_factors():
    blocks = EXPECTED["blocks"]
    complete = POOL[blocks["items"]].where(POOL >= 0).dropna()
    model = several_factors(np.corrcoef(complete, rowvar=False), np.repeat([0, 1, 2], 8))
    np.testing.assert_allclose(model.correlations, blocks["three"]["correlations"], atol=1e-6)


def test_parallel_analysis():
    """Chance is drawn, here and in R: 500 draws each leave about .01 on a 95th percentile."""
    ours, blocks = parallel_analysis(POOL, INSTRUMENT), EXPECTED["blocks"]
    assert ours["eigenvalue"].tolist() == pytest.approx(blocks["eigenvalues"], **CLOSE)
    assert ours["above"].sum() == blocks["components"] == 3
    np.testing.assert_allclose(chance_eigenvalues(blocks["n"], 24, seed=7), blocks["chance"], atol=0.04)


@pytest.mark.slow
@pytest.mark.needs("R")
def test_r_still_gives_these_values(tmp_path):
    """psych, lavaan or jsonlite may be of another version: the values must not."""
    subprocess.run(["Rscript", str(OWN / "values.R"), str(tmp_path / "again.json")], check=True, capture_output=True)
    again = json.loads((tmp_path / "again.json").read_text(encoding="utf-8"))
    assert list(flat(again)) == pytest.approx(list(flat(EXPECTED)), **CLOSE)


def flat(values):
    """Every number of the answer, in order; what R and its packages are called is left out."""
    if isinstance(values, dict):
        values = [values[key] for key in sorted(values) if key != "made_with"]
    if isinstance(values, list):
        for each in values:
            yield from flat(each)
    elif not isinstance(values, str):
        yield values
