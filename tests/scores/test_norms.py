"""Norms: what a pool gives, what its file keeps, and scoring with it."""

import dataclasses
import datetime

import numpy as np
import pytest
import yaml

import angle_mort as am
from angle_mort.datasets import make_cohort
from angle_mort.errors import AngleMortError
from angle_mort.instrument import load_instrument, load_norms, write_norms
from angle_mort.instrument.loading import PERCENTILES_FROM
from angle_mort.scores import build_norms, reliability, scale_correlations, score_responses

DAY = datetime.date(2026, 11, 23)
INSTRUMENT = load_instrument()


def pool(n, **kind):
    return am.make_cohort(n=n, seed=11, profiles=0, **({"not_applicable": 0} | kind)).responses


def norms_of(n, **kind):
    return build_norms(pool(n, **kind), "Dirigeants inventés, métiers du bâtiment", DAY)


def test_what_the_pool_gives():
    norms, rows = norms_of(240), reliability(pool(240), INSTRUMENT, "pairwise", level=0.90).set_index("scale")
    assert (norms.name, norms.n, norms.day, norms.level) == ("pool-2026-11-23", 240, "2026-11-23", 0.90)
    for scale in ("A", "B", "C", "D3", "I"):
        assert norms.reliability[scale] == pytest.approx(rows["alpha"][scale], abs=5e-4)
        assert norms.sd[scale] == pytest.approx(rows["sd"][scale] * 25, abs=5e-3)
        low, high = norms.reliability_interval[scale]
        assert low < norms.reliability[scale] < high
        assert [low, high] == pytest.approx([rows["alpha_low"][scale], rows["alpha_high"][scale]], abs=5e-4)


def test_percentiles_are_those_of_the_scores():
    norms, table = norms_of(240), score_responses(pool(240), INSTRUMENT)
    scores = table.loc[table["scale"] == "B", "value"]
    assert norms.percentiles["B"][50] == pytest.approx(np.median(scores), abs=0.05)
    for ranks in norms.percentiles.values():
        assert list(ranks.values()) == sorted(ranks.values())


@pytest.mark.parametrize(("n", "told"), [(99, False), (100, True)])
def test_no_percentile_below_a_hundred_leaders(n, told):
    norms = norms_of(n)
    assert bool(norms.percentiles) is told
    assert INSTRUMENT.scoring["percentiles"]["minimum_n"] == PERCENTILES_FROM


def test_a_gap_counts_against_the_hundred():
    responses = pool(105)
    responses.iloc[:10, responses.columns.get_loc("a101")] = np.nan
    norms = build_norms(responses, "Dirigeants inventés", DAY)
    assert norms.sizes["A"] == 95
    assert "A" not in norms.percentiles and "B" in norms.percentiles


def test_the_blocks_means_and_true_correlation_are_told_from_forty_five_leaders_on():
    few, many = norms_of(44), norms_of(240)
    assert (few.means, few.block_correlation) == ({}, INSTRUMENT.norms.block_correlation)
    table = score_responses(pool(240), INSTRUMENT).pivot(index="respondent", columns="scale", values="value")
    assert many.means["A"] == pytest.approx(table["A"].mean(), abs=0.05)
    assert many.block_correlation == pytest.approx(scale_correlations(pool(240))["r_true"].mean(), abs=0.02)


def test_a_thin_pool_is_used_pair_by_pair():
    """One answer in seven is left out: hardly a leader of twelve fills every scale in without a gap."""
    responses = make_cohort(n=12, seed=2, missing=0.15, not_applicable=0).responses
    assert reliability(responses, INSTRUMENT, "pairwise")["n_used"].min() >= 4
    with pytest.raises(AngleMortError, match="AM423"):
        reliability(responses, INSTRUMENT)
    assert build_norms(responses, "Dirigeants inventés", DAY).provisional


def test_a_pool_that_is_too_thin_is_told_scale_by_scale():
    responses = pool(12)
    responses.loc[responses.index[2:], "a101"] = np.nan
    with pytest.raises(AngleMortError) as caught:
        build_norms(responses)
    assert [(each.code, dict(each.fields)) for each in caught.value.problems] == [("AM423", {"scale": "A", "n": 2})]


@pytest.mark.parametrize(("n", "provisional"), [(44, True), (45, False)])
def test_provisional_below_forty_five(n, provisional):
    assert norms_of(n).provisional is provisional


def test_a_scale_that_nobody_was_asked_keeps_its_declared_values_and_the_norms_stay_provisional():
    responses = pool(120).drop(columns=[item.id for item in INSTRUMENT.module("D3").items])
    norms = build_norms(responses, "Dirigeants inventés", DAY)
    assert norms.reliability["D3"] == INSTRUMENT.norms.reliability["D3"]
    assert "D3" not in norms.sizes and "D3" not in norms.percentiles
    assert norms.provisional


@pytest.mark.parametrize("n", [60, 240])
def test_a_norms_file_gives_back_the_same_norms(tmp_path, n):
    norms = norms_of(n)
    path = write_norms(norms, tmp_path / "etalonnages" / "batiment.yaml")
    assert load_norms(path) == norms
    assert "Dirigeants inventés, métiers du bâtiment" in path.read_text(encoding="utf-8")
    assert [each.name for each in path.parent.iterdir()] == ["batiment.yaml"]


def test_scoring_with_a_norms_file_uses_its_figures_and_is_no_longer_provisional(tmp_path):
    path = write_norms(norms_of(240), tmp_path / "norms.yaml")
    instrument = load_instrument(norms=path)
    assert instrument.norms.name == "pool-2026-11-23"
    table = score_responses(pool(12), instrument)
    row = table[(table["scale"] == "A") & (table["n_answered"] == 8)].iloc[0]
    norms = instrument.norms
    assert row["se_measurement"] == pytest.approx(norms.sd["A"] * np.sqrt(1 - norms.reliability["A"]))
    assert row["status"] == "ok"


def test_a_workspace_finds_its_norms_by_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    norms = build_norms(pool(60), "Dirigeants inventés", DAY, name="coachs-2026")
    assert write_norms(norms).as_posix() == "data/norms/coachs-2026.yaml"
    assert load_instrument(norms="coachs-2026").norms == norms
    assert load_norms("provisoire-1").provisional


def test_a_name_that_no_norms_have_is_told_with_the_folder_to_look_in(tmp_path):
    for name in ("coachs-2026", "../coachs-2026", "coachs 2026", ""):
        with pytest.raises(AngleMortError) as caught:
            load_norms(name, tmp_path)
        assert [(each.code, each.fields["name"]) for each in caught.value.problems] == [("AM104", name)]


def test_a_file_under_another_name_than_its_own_is_refused(tmp_path):
    write_norms(norms_of(60), tmp_path / "coachs.yaml")
    with pytest.raises(AngleMortError, match=r"AM103.*its own name is pool-2026-11-23"):
        load_norms("coachs", tmp_path)
    assert load_norms(tmp_path / "coachs.yaml").name == "pool-2026-11-23"


def test_a_name_that_makes_no_file_name_is_refused():
    with pytest.raises(AngleMortError, match="AM103"):
        write_norms(dataclasses.replace(norms_of(60), name="../coachs"))


def test_the_seal_tells_other_figures_and_survives_the_file(tmp_path):
    norms = norms_of(240)
    assert load_norms(write_norms(norms, tmp_path / "n.yaml")).seal == norms.seal
    assert dataclasses.replace(norms, answer_error=10.0).seal != norms.seal


def test_questions_that_contradict_each_other_or_never_vary_make_no_norms():
    responses = pool(60)
    blocks = [[item.id for item in INSTRUMENT.module(scale).items] for scale in "AB"]
    responses[blocks[0][::2]] = 4 - responses[blocks[0][::2]]
    responses[blocks[1]] = 2.0
    with pytest.raises(AngleMortError) as caught:
        build_norms(responses, "Dirigeants inventés", DAY)
    assert [(each.code, each.fields["scale"]) for each in caught.value.problems] == [("AM428", "A"), ("AM428", "B")]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"sd": None}, "sd is missing"),
        ({"reliability": {"A": 1.2}}, "reliability of A"),
        ({"reliability": {"A": "fort"}}, "reliability of A"),
        ({"block_correlation": 1.0}, "block_correlation"),
        ({"retest": {"D1": 0.8}}, "retest of D1 alone"),
        ({"retest": {"zz": 0.5}}, "retest of zz alone"),
        ({"means": {"A": 120}}, "means of A"),
        ({"sd": {"A": 0, "B": 18}}, "sd of A"),
        ({"population": "tous"}, "population.fr is missing"),
        ({"percentiles": {"A": {50: 48.0}}, "sizes": {"A": 40}}, "percentiles of A below 100"),
        ({"percentiles": {"A": {50: 48.0}}, "sizes": {}}, "percentiles of A below 100"),
    ],
)
def test_a_norms_file_with_an_impossible_value_has_a_code(tmp_path, change, reason):
    path = write_norms(norms_of(60), tmp_path / "norms.yaml")
    entry = yaml.safe_load(path.read_text(encoding="utf-8")) | change
    entry = {name: value for name, value in entry.items() if value is not None or name in ("n", "level")}
    path.write_text(yaml.safe_dump(entry), encoding="utf-8")
    with pytest.raises(AngleMortError) as caught:
        load_instrument(norms=path)
    assert [(each.code, each.fields["reason"]) for each in caught.value.problems] == [("AM103", reason)]


def test_norms_that_lack_a_scale_are_named(tmp_path):
    norms = norms_of(60)
    lacking = {scale: each for scale, each in norms.reliability.items() if scale != "I"}
    path = write_norms(dataclasses.replace(norms, reliability=lacking), tmp_path / "norms.yaml")
    with pytest.raises(AngleMortError, match=r"AM102.*norms.yaml.*no reliability for I"):
        load_instrument(norms=path)
