"""Reliability against R's psych and lavaan, on public data sets."""

import numpy as np
import pytest

from angle_mort.scores.reliability import item_analysis, one_factor, reliability

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
    gold, items = gold_scale
    lavaan = gold["lavaan_cfa_ml_listwise"]
    complete = items.dropna()
    fit = one_factor(np.cov(complete.to_numpy(dtype=float), rowvar=False, ddof=0))
    scale = max(1.0, np.abs(lavaan["loadings"]).max())
    turn = np.sign(np.sum(lavaan["loadings"]))
    np.testing.assert_allclose(fit.loadings, turn * np.array(lavaan["loadings"]), atol=2e-5 * scale)
    np.testing.assert_allclose(fit.uniquenesses, lavaan["residual_var"], atol=1e-4 * scale**2)


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
    if missing == "listwise":
        np.testing.assert_allclose(table["item_rest"], gold["item_rest_plain_listwise"], atol=1e-6)
