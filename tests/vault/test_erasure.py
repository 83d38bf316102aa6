"""Somebody erased: as if they had never answered, in the vault and in its tokens, and nobody named in the receipt."""

import csv
import datetime
from dataclasses import replace

import pandas as pd
import pytest

from angle_mort.cohort import stored_intake
from angle_mort.instrument import load_instrument
from angle_mort.responses import read_export
from angle_mort.shipped import shipped
from angle_mort.tokens import KnownTokens
from angle_mort.vault import open_vault
from angle_mort.vault.people import same_people
from tests.vault.invented import PASSPHRASE, fails

EXPORT = shipped("demo") / "reponses.csv"
DAY = datetime.date(2026, 11, 25)
BRUNO = "bruno.escaffrel@exemple.example"
"""One who wrote a text, and one of whose answers was set aside."""


@pytest.fixture(scope="module")
def read():
    return read_export(EXPORT, load_instrument())


@pytest.fixture(scope="module")
def never_there(tmp_path_factory):
    """The same export, had Bruno never answered."""
    place = tmp_path_factory.mktemp("without") / "reponses.csv"
    with EXPORT.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file) if BRUNO not in row]
    with place.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    return read_export(place, load_instrument())


@pytest.fixture
def full(vault, read):
    vault.store("artisans", "T0", read)
    vault.store("artisans", "T1", replace(read, dialect=replace(read.dialect, sha256="cd" * 32)))
    vault.store("voisins", "T0", read)
    return vault


def renumbered(frame, of):
    """The frame with its respondents named by the order of ``of``, and lines left out: another file numbers them so."""
    names = {name: f"r{place:03d}" for place, name in enumerate(of, start=1)}
    frame = frame.drop(columns=["line", "first_line"], errors="ignore").astype(object)
    frame = frame.assign(respondent=frame["respondent"].map(names)) if "respondent" in frame else frame.rename(names)
    return frame.reset_index(drop="respondent" in frame)


def test_after_an_erasure_the_vault_is_as_if_the_person_had_never_answered(full, never_there):
    rows = full.find(BRUNO)
    assert {row[:2] for row in rows} == {("artisans", "T0"), ("artisans", "T1"), ("voisins", "T0")}
    erasure = full.erase(rows, DAY)
    assert set(erasure.erased) == {row[:2] for row in rows}
    told = erasure.erased["artisans", "T0"]
    assert (told["people"], told["texts"], told["fields"]) == (1, 1, ["email", "person", "company", "time"])
    for cohort, wave in erasure.erased:
        left = stored_intake(open_vault(full.path, PASSPHRASE), cohort, wave)
        assert left.counts == never_there.counts
        of = [*left.responses.index], [*never_there.responses.index]
        for part in ("responses", "texts", "identities"):
            mine, theirs = (
                renumbered(getattr(each, part), at) for each, at in zip((left, never_there), of, strict=True)
            )
            pd.testing.assert_frame_equal(mine, theirs, check_dtype=False, check_names=False, check_index_type=False)
        assert left.report["rule"].tolist() == never_there.report["rule"].tolist()


def test_nothing_of_the_person_is_left_in_the_content_or_in_the_tokens(full, read):
    bruno = read.identities.set_index("email").loc[BRUNO]
    tokens = full.path.with_name("jetons.json")
    assert KnownTokens.load(tokens).find(bruno["person"])
    full.erase(full.find(BRUNO), DAY)
    content = str(full._load())
    for words in (BRUNO, bruno["person"], bruno["company"], "Escaffrel", bruno["time"]):
        assert words not in content
    known = KnownTokens.load(tokens)
    left = {hit.kind for hit in known.find(f"{bruno['person']}, {bruno['company']}, {BRUNO}")}
    assert left == {"domain"}  # which is everybody's here
    assert known.find("Nadège Corbillat")


def test_the_receipt_is_kept_and_names_nobody(full):
    erasure = full.erase(full.find(BRUNO), DAY)
    assert open_vault(full.path, PASSPHRASE).erasures() == [erasure]
    assert "escaffrel" not in str(erasure).lower()
    assert erasure.number.startswith("E-20261125-")
    full.erase(full.find("Nadège Corbillat"), DAY)
    assert len(full.erasures()) == 2


def test_the_file_that_would_bring_somebody_back_is_refused(full, read, never_there):
    full.erase(full.find(BRUNO), DAY)
    fails("AM318", full.store, "artisans", "T0", read)
    fails("AM318", full.store, "artisans", "T0", read, replace=True)
    fails("AM308", full.store, "artisans", "T0", never_there)
    full.store("artisans", "T0", never_there, replace=True)
    full.store("artisans", "T0", read, replace=True)  # another file stood there since: somebody chose this one


@pytest.mark.parametrize("asked", [BRUNO.upper(), " Bruno  Escaffrel", "ESCAFFREL, bruno"])
def test_somebody_is_found_by_address_or_by_name_however_it_is_written(full, asked):
    assert [row[2] for row in full.find(asked)] == ["r010"] * 3


@pytest.mark.parametrize("asked", ["Bruno", "bruno@exemple.example", "", " ", "@", "Escaffrel Brunot"])
def test_nobody_is_found_by_less_than_a_whole_name(full, asked):
    assert fails("AM315", full.find, asked).problems[0].fields == {}


def test_two_people_of_one_name_are_told_apart_by_their_address(vault, read):
    people = read.identities.copy()
    people.loc[1, "person"] = people.loc[0, "person"]
    vault.store("artisans", "T0", replace(read, identities=people))
    fails("AM316", vault.find, people.loc[0, "person"])
    assert vault.find(people.loc[1, "email"]) == [("artisans", "T0", "r002")]


def test_nobody_to_erase_changes_nothing(full):
    before = full.path.read_bytes()
    fails("AM315", full.erase, [], DAY)
    fails("AM315", full.erase, [("artisans", "T0", "r999"), ("nulle part", "T0", "r001")], DAY)
    assert full.path.read_bytes() == before


def test_somebody_without_an_address_in_one_wave_is_still_the_same_person():
    people = pd.DataFrame(
        [
            ("a@x.example", "Anne Bé"),
            ("", "BÉ anne"),
            ("b@x.example", "Luc Dé"),
            ("c@x.example", "Luc Dé"),
            ("", "Luc Dé"),
            ("", ""),
            ("", ""),
        ],
        columns=["email", "person"],
    )
    assert same_people(people).tolist() == [0, 0, 1, 2, 3, 4, 5]
