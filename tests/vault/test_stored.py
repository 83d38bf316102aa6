"""What the vault keeps is enough to release a wave again, byte for byte, and to follow a person inside it."""

import datetime

import pandas as pd
import pytest

from angle_mort.cohort import release_cohort, row_ids, score_intake, stored_intake, working_audience
from angle_mort.errors import AngleMortError
from angle_mort.instrument import load_instrument
from angle_mort.responses import read_export
from angle_mort.shipped import shipped
from angle_mort.vault import Vault, open_vault, sealing

PASSPHRASE = "trois chèvres sur un toit"
DAY = datetime.date(2026, 11, 25)


@pytest.fixture(scope="module")
def instrument():
    return load_instrument()


@pytest.fixture(scope="module")
def read(instrument):
    return read_export(shipped("demo") / "reponses.csv", instrument)


@pytest.fixture
def vault(tmp_path, monkeypatch):
    monkeypatch.setattr(sealing, "WORK", (2**4, 8, 1))
    return Vault.create(tmp_path / "coffre.bin", PASSPHRASE)


def released(intake, vault, folder, instrument, wave="T0"):
    ids = row_ids(intake, vault.naming(working_audience("artisans", wave)))
    release_cohort(intake, score_intake(intake, instrument), ids, folder, instrument, DAY, "artisans")
    return {path.name: path.read_bytes() for path in folder.iterdir()}, ids


def test_a_stored_export_is_released_as_the_one_that_was_read(vault, read, instrument, tmp_path):
    vault.store("artisans", "T0", read)
    first, _ = released(read, vault, tmp_path / "first", instrument)
    again = stored_intake(open_vault(vault.path, PASSPHRASE), "artisans", "T0")
    assert again.counts == read.counts and again.dialect == read.dialect
    assert released(again, vault, tmp_path / "again", instrument)[0] == first
    with pytest.raises(AngleMortError) as error:
        stored_intake(vault, "artisans", "T1")
    assert error.value.codes[0] == "AM323"


def test_two_waves_share_no_id_and_are_linked_in_the_vault_alone(vault, read, instrument, tmp_path):
    for wave in ("T0", "T1"):
        vault.store("artisans", wave, read)
    ids = [set(released(read, vault, tmp_path / wave, instrument, wave)[1].values()) for wave in ("T0", "T1")]
    assert len(ids[0]) == 24 and not ids[0] & ids[1]
    people = vault.follow("artisans")
    assert people.index.names == ["wave", "respondent"]
    pd.testing.assert_series_equal(people.loc["T0"], people.loc["T1"])
    assert people.nunique() == 24
