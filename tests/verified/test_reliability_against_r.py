"""Reliability against R's psych and lavaan, on public data sets."""

import numpy as np
import pandas as pd
import pytest

from angle_mort.scores.change import reliable_change
from angle_mort.scores.factors import discrepancy, one_factor
from angle_mort.scores.reliability import _feldt, item_analysis, reliability

pytestmark = pytest.mark.needs("reference")

CLOSE = {"abs": 1e-6}


@pytest.mark.parametrize("missing", ["listwise", "pairwise"])
def test_alpha_and_its_company(gold_scale, missing):
    gold, items = gold_scale
    total = gold[f"psych_alpha_{missing}"]["total"]
    row = reliability(items, missing=missing).iloc[0]
    assert row["alpha"] == pytest.approx(total["raw_alpha"], **CLOSE)
    assert row["alpha_standardised"] == pytest.approx(total["std.alpha"], **CLOSE)
    assert row["mean_inter_item"] == pytest.approx(total["average_r"], **CLOSE)


def test_feldt_interval_on_the_n_actually_used(gold_scale):
    gold, items = gold_scale
    row = reliability(items).iloc[0]
    feldt = gold["psych_alpha_listwise"]["feldt"]
    assert row["n_used"] == gold["n_complete"]
    assert [row["alpha_low"], row["alpha_high"]] == pytest.approx([feldt["lower.ci"], feldt["upper.ci"]], **CLOSE)


def test_omega_is_that_of_the_one_factor_model(gold_scale):
    gold, items = gold_scale
    row = reliability(items).iloc[0]
    assert row["omega_status"] == "ok"
    assert row["omega"] == pytest.approx(gold["lavaan_cfa_ml_listwise"]["omega_model"], **CLOSE)


def test_how_well_the_one_factor_fits(gold_scale):
    gold, items = gold_scale
    row, fit = reliability(items).iloc[0], gold["lavaan_cfa_ml_listwise"]["fit"]
    assert row["df"] == fit["df"]
    assert row["chi2"] == pytest.approx(fit["chisq"], rel=1e-6, abs=1e-6)
    # these values come from a model with means, which always fit: lavaan then divides by k more elements
    k = items.shape[1]
    srmr = fit["srmr"] * np.sqrt((k + 3) / (k + 1))
    assert row[["cfi", "rmsea", "srmr"]].tolist() == pytest.approx([fit["cfi"], fit["rmsea"], srmr], **CLOSE)


def test_loadings_and_uniquenesses(gold_scale):
    """lavaan stops a little before the best: on every scale ours fits as well or better, by up to 1e-10 of the fit
    function, which leaves loadings of the longest scales 3e-6 apart, uniquenesses 8e-6 (in units of the largest)."""
    gold, items = gold_scale
    lavaan = gold["lavaan_cfa_ml_listwise"]
    loadings, uniquenesses = np.array(lavaan["loadings"]), np.array(lavaan["residual_var"])
    covariance = np.cov(items.dropna().to_numpy(dtype=float), rowvar=False, ddof=0)
    fit = one_factor(covariance)
    theirs = discrepancy(covariance, np.outer(loadings, loadings) + np.diag(uniquenesses))
    assert discrepancy(covariance, fit.implied) <= theirs + 1e-13
    scale, turn = max(1.0, np.abs(loadings).max()), np.sign(loadings.sum())
    near = 1e-6 if items.shape[1] < 7 else 4e-6
    np.testing.assert_allclose(fit.loadings, turn * loadings, atol=near * scale)
    np.testing.assert_allclose(fit.uniquenesses, uniquenesses, atol=2.5 * near * scale**2)


def test_split_half_and_standard_error(gold_scale):
    gold, items = gold_scale
    row = reliability(items).iloc[0]
    assert row["split_half"] == pytest.approx(gold["odd_even_listwise"]["spearman_brown"], **CLOSE)
    assert row["sd"] == pytest.approx(gold["sem_rci_listwise"]["sd"], **CLOSE)
    assert row["se_measurement"] == pytest.approx(gold["sem_rci_listwise"]["sem"], **CLOSE)


@pytest.mark.parametrize("missing", ["listwise", "pairwise"])
def test_items(gold_scale, missing):
    gold, items = gold_scale
    psych = gold[f"psych_alpha_{missing}"]
    table = item_analysis(items, missing=missing)
    assert table["item"].tolist() == gold["items"]
    np.testing.assert_allclose(table["n"], psych["item_stats"]["n"])
    np.testing.assert_allclose(table["mean"], psych["item_stats"]["mean"], atol=1e-6)
    np.testing.assert_allclose(table["sd"], psych["item_stats"]["sd"], atol=1e-6)
    np.testing.assert_allclose(table["alpha_if_dropped"], psych["alpha_drop"]["raw_alpha"], atol=1e-6)
    rest = psych["item_stats"]["r.drop"] if missing == "pairwise" else gold["item_rest_plain_listwise"]
    np.testing.assert_allclose(table["item_rest"], rest, atol=1e-6)


def test_a_pairwise_interval_counts_the_fewest_pair_where_psych_counts_every_row(gold_scale):
    """The same formula: on psych's n it gives psych's edges; ours stands on fewer people and is never narrower."""
    gold, items = gold_scale
    row, feldt = reliability(items, missing="pairwise").iloc[0], gold["psych_alpha_pairwise"]["feldt"]
    theirs = [feldt["lower.ci"], feldt["upper.ci"]]
    assert _feldt(row["alpha"], gold["n"], items.shape[1]) == pytest.approx(theirs, **CLOSE)
    assert row["n_used"] <= gold["n"]
    assert row["alpha_low"] <= theirs[0] + 1e-6 and row["alpha_high"] >= theirs[1] - 1e-6


@pytest.mark.parametrize("missing", ["listwise", "pairwise"])
def test_alpha_is_that_of_pingouin_and_its_interval_stands_on_too_many_people(
    gold_scale, scale_name, missing, reference
):
    """pingouin prints three decimals, and counts rows with gaps even where it has dropped them."""
    gold, items = gold_scale
    theirs = reference.gold(f"{scale_name}__pingouin")[missing]
    row = reliability(items, missing=missing).iloc[0]
    assert row["alpha"] == pytest.approx(theirs["alpha"], **CLOSE)
    assert _feldt(row["alpha"], gold["n"], items.shape[1]) == pytest.approx(theirs["ci95"], abs=5.1e-4)


def test_the_threshold_of_a_real_change(gold_scale):
    gold, items = gold_scale
    error = reliability(items)["se_measurement"].item()
    wave = pd.DataFrame({"respondent": ["L1"], "scale": ["A"], "value": [50.0], "se_measurement": [error]})
    threshold = reliable_change(wave, wave, level=0.95)["threshold"].item()
    assert threshold == pytest.approx(gold["sem_rci_listwise"]["rci_95"], **CLOSE)
