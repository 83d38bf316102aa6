"""The calibration bench on few people: the right rows and columns, and a truth that is the truth."""

import dataclasses

import numpy as np
import pytest

from benchmarks import calibration
from benchmarks.leaders import inter_item, item_sd, positions, scale_of, step_for, truth_of


def draws(seed=1):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("centre", [35.0, 50.0])
def test_the_truth_of_a_scale_is_what_many_leaders_show(centre):
    scale = scale_of("A", 0.375, centre)
    position = positions(40_000, 0.5, 1, draws())[:, 0]
    answers = scale.answers(position, draws(2))
    score, truth = 25 * answers.mean(axis=1), truth_of(scale)
    assert np.corrcoef(answers.T)[np.triu_indices(8, 1)].mean() == pytest.approx(0.375, abs=0.01)
    assert (score.mean(), score.std()) == pytest.approx((truth.mean, truth.sd), abs=0.3)
    assert np.var(scale.true_score(position)) / np.var(score) == pytest.approx(truth.reliability, abs=0.01)
    assert np.var(score - scale.true_score(position)) == pytest.approx(scale.error_variance(position).mean(), rel=0.02)


def test_items_correlate_as_asked():
    assert inter_item(scale_of("D3", 0.30)) == pytest.approx(0.30, abs=1e-6)


@pytest.mark.parametrize("sd", [0.9, 1.4])
def test_items_spread_as_asked(sd):
    scale = scale_of("A", 0.375, step=step_for("A", sd))
    answers = scale.answers(positions(20_000, 0.5, 1, draws())[:, 0], draws(2))
    assert item_sd(scale).mean() == pytest.approx(sd, abs=1e-6)
    assert answers.std(axis=0) == pytest.approx(item_sd(scale), abs=0.02)


def test_declared_margins_fall_short_where_answers_spread_more():
    rows = [calibration._spread_row(sd, 0.30, 2000, draws()) for sd in (1.0, 1.4)]
    assert rows[0]["coverage provisional"] > 0.90 > 0.85 > rows[1]["coverage provisional"]
    assert all(0.88 < row["coverage known"] < 0.92 for row in rows)


def test_calibration_error_is_the_gap_between_what_was_announced_and_what_happened():
    chance = np.array([0.95] * 10 + [0.55] * 10)
    happened = np.array([1] * 8 + [0] * 2 + [1] * 5 + [0] * 5)
    assert calibration.expected_calibration_error(chance, happened) == pytest.approx((0.15 + 0.05) / 2)


def test_a_cohort_of_each_size_has_its_row():
    table = calibration.by_size(100, draws(), sizes=(12, 24))
    assert table["n"].tolist() == [12, 24]
    assert table.filter(regex="coverage|alarms").shape == (2, 6)
    assert table["coverage known"].between(0.7, 1).all()


def test_intervals_keep_their_word_on_a_few_hundred_leaders():
    table = calibration.by_condition(300, draws())
    assert len(table) == 12
    assert table["coverage known"].between(0.86, 0.94).all()
    assert table.loc[table["missing"] == 0, "not calculable"].eq(0).all()


def test_every_kind_of_norms_has_its_probabilities_judged(monkeypatch):
    monkeypatch.setattr(calibration, "POOLS", 1)
    bands = calibration.by_band(90, draws())
    lead = calibration.pd.DataFrame(calibration._dominance_rows(0.5, 50.0, (0.375,), 90, draws()))
    assert bands["norms"].unique().tolist() == ["known", "declared"]
    assert lead["norms"].tolist() == calibration._NORMS
    for table in (bands, lead):
        assert table["ECE"].between(0, 0.5).all()
        assert table["named"].between(0, 1).all()


def test_norms_that_know_how_alike_the_blocks_are_keep_their_promise():
    """With a correlation of .7 and three errors alone, leads are told 6 points too surely."""
    kind = calibration.population(0.30, 50.0, 0.7)
    position = kind.draw(3000, draws())
    answers = calibration.one_passing(kind.scales, position, 0.05, draws(2))
    truly = kind.true_scores(position).unstack().idxmax(axis=1)
    alone = dataclasses.replace(kind.known.norms, block_correlation=None)
    errors = []
    for norms in (kind.known.norms, alone):
        instrument = dataclasses.replace(kind.known, norms=norms)
        told = calibration._led(answers, instrument, kind, position, truly)
        errors.append(calibration._dominance_row("", 0.7, 50.0, told)["ECE"])
    assert errors[0] < 0.03 < 0.05 < errors[1]


@pytest.mark.slow
def test_the_page_has_every_table_and_every_promise(monkeypatch):
    monkeypatch.setattr(calibration, "POOLS", 1)
    found = calibration.run(share=0.002)
    page = calibration.page(found, 0.002)
    assert set(found) == set(calibration.PEOPLE)
    assert "A quick run" in page and "{" not in page
    assert sum(line.startswith(("|--:|", "|---|")) for line in page.splitlines()) == len(found) + 1
    assert len(calibration.targets(found)) == 19


def test_the_committed_page_is_a_full_run():
    page = calibration.PAGE.read_text(encoding="utf-8")
    assert "A quick run" not in page
    assert page.splitlines()[0] == calibration.TEMPLATE.read_text(encoding="utf-8").splitlines()[0]
