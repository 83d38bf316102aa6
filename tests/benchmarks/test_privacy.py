"""The figures of privacy are counted as they say, on a small scale."""

from pathlib import Path

import numpy as np

from benchmarks import privacy


def test_the_worst_case_is_over_everybody_and_never_above_one_in_k():
    table = privacy.linkage(rounds=1)
    assert table["n"].tolist() == [100, 500, 2000]
    assert (table["worst"] <= table["target"]).all()
    assert (table["mean"] < table["worst"]).all()


def test_a_transfer_is_a_loss_between_two_agreements():
    table = privacy.profile_transfer(rounds=2, sizes=(100,))
    assert table["covariance"].tolist() == ["EEI", "VVI"]
    np.testing.assert_allclose(table["loss"], table["exact"] - table["pool"])
    assert table["exact"].between(0.3, 1).all()


def test_the_table_goes_between_its_marks_and_nothing_else_changes():
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    written = privacy.with_table(readme, "| one |")
    assert f"{privacy.BEGIN}\n| one |\n{privacy.END}" in written
    assert written.split(privacy.BEGIN)[0] == readme.split(privacy.BEGIN)[0]
    assert written.split(privacy.END)[1] == readme.split(privacy.END)[1]


def test_the_figures_of_the_gate_count_what_the_attacks_count():
    way, off = privacy.canaries(), privacy.defences_off()
    assert way["out"] == 0 and way["bare"] == way["routes"] >= 80
    assert off["stopped"] == off["leaking"] >= 40
    said = privacy.planted_people(20)
    assert (said["texts"], said["out"], said["missed"]) == (480, 0, 0)


def test_the_scan_is_measured_on_half_a_megabyte():
    fast = privacy.scan_speed(rounds=1)
    assert fast["size"] >= 500_000
    assert fast["seconds"] > 0 < fast["ratio"]


def test_histories_are_tried_with_the_audit_and_without():
    tried = privacy.histories(6, requested=10)
    assert tried["fewest"] >= 5 and tried["without"] > 0.5 and 0 < tried["told"] < 1


def test_the_audit_is_timed_beside_a_programme_that_finds_the_same():
    timed = privacy.audit_speed(rounds=1, n=16, shared=5)
    assert timed["ratio"] > 0 and timed["seconds"] > 0


def test_a_guess_is_held_against_people_outside_the_pool():
    (row,) = privacy.guessing(rounds=1, sizes=(100,)).to_dict("records")
    assert 0 < row["others"] < row["own"] < 1 and row["target"] == 0.2
