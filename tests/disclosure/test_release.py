"""A released cohort: sealed, described, without names, and read back to the same scores."""

import dataclasses
import datetime
import hashlib
import json
import os

import numpy as np
import pandas as pd
import pytest

from angle_mort.cohort import load_cohort, release_cohort
from angle_mort.datasets import make_cohort
from angle_mort.disclosure import POLICY, certify, release
from angle_mort.disclosure.certificate import _seal
from angle_mort.disclosure.release import tidy_scores
from angle_mort.errors import AngleMortError
from angle_mort.instrument import load_instrument, write_norms
from angle_mort.responses import answer_care
from angle_mort.scores import build_norms, score_responses
from angle_mort.shipped import shipped
from tests.cohorts import DAY, intake_of, released

INSTRUMENT = load_instrument()
RESPONSES = make_cohort(n=15, seed=4, missing=0.04).responses
IDS = {each: f"id{place:02d}" for place, each in enumerate(reversed(RESPONSES.index))}


def made():
    table = score_responses(RESPONSES, INSTRUMENT)
    return table, release(table, RESPONSES, answer_care(RESPONSES, INSTRUMENT), INSTRUMENT, IDS, "complete")


def test_scores_come_back_from_the_released_rows_to_the_last_bit():
    table, released = made()
    back = tidy_scores(released.leaders, INSTRUMENT, provisional=True)
    expected = table.assign(respondent=table["respondent"].map(IDS))
    order = ["respondent", "scale"]
    pd.testing.assert_frame_equal(
        back.sort_values(order, ignore_index=True),
        expected.sort_values(order, ignore_index=True),
        check_dtype=False,
        check_exact=True,
    )


def test_rows_are_sorted_by_their_random_id_and_hold_no_item_answer():
    _, released = made()
    assert released.leaders["leader"].is_monotonic_increasing
    private = [
        item.id for code in ("A", "B", "C", "D1", "D2", "D3", "E", "I") for item in INSTRUMENT.module(code).items
    ]
    assert not set(private) & set(released.leaders.columns)


def test_context_is_released_in_merged_bands_that_five_share():
    _, released = made()
    context = [item.id for item in INSTRUMENT.module("X").items]
    for item in INSTRUMENT.module("X").items:
        bands = {choice.band for choice in item.format.choices}
        assert {band for label in released.leaders[item.id].dropna() for band in label.split(" / ")} <= bands
    assert released.leaders.groupby(context, dropna=False).size().min() >= 5
    assert released.leaders[context].notna().any(axis=None)


def test_an_item_answered_by_fewer_than_five_has_no_mean():
    answers = RESPONSES.copy()
    answers.loc[answers.index[4:], "c101"] = np.nan
    table = score_responses(answers, INSTRUMENT)
    released = release(table, answers, answer_care(answers, INSTRUMENT), INSTRUMENT, IDS, "complete")
    assert np.isnan(released.items.set_index("item")["mean"]["c101"])


def test_the_certificate_counts_who_is_alone():
    _, released = made()
    leaders = released.leaders
    leaders[["x101", "x102", "x103", "x104", "x105"]] = ["a", "b", "c", "d", "e"]
    leaders.loc[:2, "x101"] = "alone"
    sealed = certify(released, {}, INSTRUMENT, {}, "essai", "0", datetime.date(2026, 1, 1), False)
    assert sealed["k_characteristics"] == 3
    assert sealed["k_row"] == 1
    first = sealed["attacks"][0]
    assert first["success_max"] == pytest.approx(1 / 3, abs=1e-4)
    assert first["success_mean"] == pytest.approx(2 / 15, abs=1e-4)
    low, high = first["interval"]
    assert low < first["success_mean"] < high
    assert sealed["attacks"][1]["success_max"] == 1.0
    assert sealed["l_scenario"] == leaders.groupby("x101")["J"].nunique().min()
    assert not sealed["certifiable"]


@pytest.fixture
def copied(tmp_path):
    import shutil

    return shutil.copytree(shipped("demo") / "cohorte", tmp_path / "cohorte")


@pytest.mark.parametrize("name", ["leaders.csv", "items.csv", "datapackage.json"])
def test_one_changed_byte_is_refused(copied, name):
    content = bytearray((copied / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copied / name).write_bytes(content)
    with pytest.raises(AngleMortError) as error:
        load_cohort(copied)
    assert [(each.code, each.fields["file"]) for each in error.value.problems] == [("AM602", name)]


def test_a_missing_file_a_later_format_and_a_broken_certificate_have_their_codes(copied, tmp_path):
    (copied / "items.csv").unlink()
    assert code_of(copied) == "AM602"
    certificate = json.loads((copied / "certificate.json").read_text())
    (copied / "certificate.json").write_text(json.dumps(certificate | {"format": 99}))
    assert code_of(copied) == "AM603"
    (copied / "certificate.json").write_text("{")
    assert code_of(copied) == "AM604"
    (copied / "certificate.json").unlink()
    assert code_of(copied) == "AM601"
    assert code_of(tmp_path / "nowhere") == "AM601"


def test_another_questionnaire_is_refused(copied):
    rewrite(copied, resealed=True, instrument={"name": "angle-mort", "version": "9.0.0"})
    assert code_of(copied) == "AM608"


def rewrite(folder, resealed=False, **changed):
    """Change what a certificate says, with its seal made again or not."""
    certificate = json.loads((folder / "certificate.json").read_text(encoding="utf-8")) | changed
    certificate = {key: value for key, value in certificate.items() if value is not None}
    if resealed:
        certificate["seal"] = _seal(certificate)
    (folder / "certificate.json").write_text(json.dumps(certificate), encoding="utf-8")


def edited(rows, change):
    """The lines of a table with its header, its columns or one of its cells changed."""
    header, *body = [line.split(",") for line in rows.decode().splitlines()]
    if change == "column":
        header[3] = "Z"
    if change == "order":
        header, *body = [[line[1], line[0], *line[2:]] for line in (header, *body)]
    if change == "type":
        body[0][header.index("A")] = "beaucoup"
    if change == "another row":
        body[0][0] = "zzzz"
    return "".join(",".join(line) + "\n" for line in (header, *body)).encode()


@pytest.mark.parametrize("change", ["column", "order", "type", "another row"])
def test_a_table_changed_and_sealed_again_is_refused_by_its_columns_order_types_and_rows(copied, change):
    rows = edited((copied / "leaders.csv").read_bytes(), change)
    assert rows != (copied / "leaders.csv").read_bytes()
    (copied / "leaders.csv").write_bytes(rows)
    files = json.loads((copied / "certificate.json").read_text(encoding="utf-8"))["files"]
    rewrite(copied, resealed=True, files=files | {"leaders.csv": hashlib.sha256(rows).hexdigest()})
    with pytest.raises(AngleMortError) as error:
        load_cohort(copied)
    file = "certificate.json" if change == "another row" else "leaders.csv"
    assert [(each.code, each.fields["file"]) for each in error.value.problems] == [("AM602", file)]


def test_a_package_that_describes_other_columns_is_refused_even_when_sealed_again(copied):
    package = json.loads((copied / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"][0]["schema"]["fields"][4]["type"] = "string"
    content = json.dumps(package).encode()
    (copied / "datapackage.json").write_bytes(content)
    files = json.loads((copied / "certificate.json").read_text(encoding="utf-8"))["files"]
    rewrite(copied, resealed=True, files=files | {"datapackage.json": hashlib.sha256(content).hexdigest()})
    with pytest.raises(AngleMortError) as error:
        load_cohort(copied)
    assert [(each.code, each.fields["file"]) for each in error.value.problems] == [("AM602", "datapackage.json")]


@pytest.mark.parametrize(
    "changed", [{"demonstration": False}, {"n": 5}, {"day": "2020-01-01"}, {"name": "Jean Dupont"}]
)
def test_one_changed_word_of_the_certificate_is_seen(copied, changed):
    rewrite(copied, **changed)
    assert code_of(copied) == "AM602"


@pytest.mark.parametrize(
    "key",
    [
        "name",
        "tool",
        "day",
        "demonstration",
        "instrument",
        "files",
        "schema",
        "intake",
        "seal",
        "rows",
        "kind",
        "policy",
    ],
)
def test_a_certificate_that_lacks_something_is_refused_by_its_code(copied, key):
    rewrite(copied, **{key: None})
    assert code_of(copied) == "AM604"
    rewrite(copied, **{key: []})
    assert code_of(copied) == "AM604"


def test_a_certificate_of_another_number_of_rows_is_refused_even_when_sealed_again(copied):
    rewrite(copied, resealed=True, n=23)
    assert code_of(copied) == "AM602"


def test_thresholds_are_those_of_the_first_release_until_the_end(tmp_path):
    first = released(tmp_path, RESPONSES)
    stricter = first.certificate["policy"] | {"name": "maison", "group": 6, "split": 14}
    rewrite(tmp_path / "essai", resealed=True, policy=stricter)
    again = released(tmp_path, RESPONSES)
    assert again.certificate["policy"] == stricter
    assert again.certificate["k_characteristics"] >= 6
    assert again.summary.minimum == 6
    assert (again.summary.counts["count"] >= 6).all()


def test_thresholds_that_protect_less_than_the_tool_are_refused_and_not_inherited(tmp_path):
    released(tmp_path, RESPONSES)
    rewrite(tmp_path / "essai", resealed=True, policy=POLICY.as_dict() | {"group": 3})
    assert code_of(tmp_path / "essai") == "AM618"


@pytest.mark.parametrize("size", [float("nan"), 5.0, "9", True, None])
def test_a_threshold_that_is_no_whole_number_is_no_threshold(tmp_path, size):
    released(tmp_path, RESPONSES)
    rewrite(tmp_path / "essai", resealed=True, policy=POLICY.as_dict() | {"group": size})
    assert code_of(tmp_path / "essai") == "AM604"
    assert released(tmp_path, RESPONSES).certificate["policy"] == POLICY.as_dict()
    for broken in ({"other": 1}, {"group": "five"}):
        rewrite(tmp_path / "essai", resealed=True, policy=POLICY.as_dict() | broken)
        assert code_of(tmp_path / "essai") == "AM604"


@pytest.mark.parametrize("failing", [1, 2])
def test_a_release_that_cannot_be_put_in_place_leaves_the_old_one_whole(tmp_path, monkeypatch, failing):
    released(tmp_path, RESPONSES)
    before = {path.name: path.read_bytes() for path in (tmp_path / "essai").iterdir()}
    calls, replace = [], os.replace

    def full_disk(source, target):
        calls.append(source)
        if len(calls) == failing:
            raise OSError("no space left")
        replace(source, target)

    monkeypatch.setattr(os, "replace", full_disk)
    with pytest.raises(AngleMortError) as error:
        released(tmp_path, RESPONSES.iloc[:12])
    assert error.value.codes[0] == "AM614"
    assert {path.name: path.read_bytes() for path in (tmp_path / "essai").iterdir()} == before
    assert {path.name for path in tmp_path.iterdir()} == {"essai", ".essai.lock"}


def code_of(folder):
    with pytest.raises(AngleMortError) as error:
        load_cohort(folder)
    return error.value.codes[0]


# ------------------------------------------------------------------------------------- the norms of a released cohort


@pytest.fixture
def normed(tmp_path):
    """A workspace with norms of its own, and a cohort released with them."""
    pool = make_cohort(n=60, seed=3, not_applicable=0).responses
    norms = build_norms(pool, "Dirigeants inventés", datetime.date(2026, 11, 23), name="coachs-2026")
    path = write_norms(norms, tmp_path / "data" / "norms" / "coachs-2026.yaml")
    instrument = load_instrument(norms=path)
    return path, norms, released(tmp_path / "data" / "cohorts", RESPONSES, instrument=instrument)


def test_a_cohort_is_read_again_with_the_norms_it_was_released_with(normed):
    path, norms, _ = normed
    again = load_cohort(path.parents[1] / "cohorts" / "essai")
    assert again.instrument.norms == norms
    assert (again.summary.versions["norms"], again.summary.provisional) == ("coachs-2026", False)
    assert set(again.scores["status"]) <= {"ok", "non calculable"}


def test_norms_that_are_gone_or_changed_are_told_and_nothing_is_read(normed):
    path, norms, _ = normed
    place = path.parents[1] / "cohorts" / "essai"
    write_norms(dataclasses.replace(norms, sd=dict(norms.sd) | {"A": 12.0}), path)
    assert code_of(place) == "AM617"
    path.unlink()
    assert code_of(place) == "AM104"


def test_a_cohort_of_former_declared_norms_keeps_them(tmp_path):
    former = released(tmp_path, RESPONSES, instrument=load_instrument(norms="provisoire-1"))
    assert (former.instrument.norms.name, INSTRUMENT.norms.name) == ("provisoire-1", "provisoire-2")
    assert former.instrument.norms.block_correlation is None
    own = former.scores.query("scale == 'A' and n_answered == 8")["se_measurement"]
    assert own.round(9).unique().tolist() == [9.0]


def test_a_certificate_from_before_norms_were_sealed_is_still_read(tmp_path):
    released(tmp_path, RESPONSES)
    place = tmp_path / "essai" / "certificate.json"
    told = json.loads(place.read_text(encoding="utf-8"))
    del told["norms"]["seal"]
    place.write_text(json.dumps(told | {"seal": _seal(told)}), encoding="utf-8")
    assert load_cohort(place.parent).instrument.norms.name == told["norms"]["name"]


@pytest.mark.parametrize(("seconds", "lit"), [("", None), ("60", 15), ("0:15:00", 0)])
def test_the_light_of_the_time_is_told_only_where_there_is_a_clock(tmp_path, seconds, lit):
    intake = intake_of(RESPONSES)
    intake.identities["duration"] = seconds
    table = score_responses(RESPONSES, INSTRUMENT)
    cohort = load_cohort(release_cohort(intake, table, IDS, tmp_path / "essai", INSTRUMENT, DAY, "essai"))
    assert (cohort.leaders["fast_light"].sum() if "fast_light" in cohort.leaders else None) == lit
    assert ("fast_light" in cohort.summary.care["light"].tolist()) is (lit is not None)
