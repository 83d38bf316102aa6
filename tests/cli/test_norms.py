"""``angle-mort etalonner``: norms from the vault that the next import scores with, and what is refused."""

import datetime
import re
from dataclasses import replace

import pandas as pd
import pytest

from angle_mort.cli.app import _parse, _run
from angle_mort.cohort import norms_of
from angle_mort.datasets import make_cohort
from angle_mort.errors import AngleMortError
from angle_mort.instrument import load_instrument
from angle_mort.responses import read_export
from angle_mort.scores import build_norms
from angle_mort.shipped import shipped
from angle_mort.text import explain
from angle_mort.vault import Vault, sealing

PASSPHRASE = "trois chèvres sur un toit"
ANSWERS = make_cohort(n=60, seed=3, not_applicable=0).responses


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """A vault with two cohorts of 30 invented leaders, ten of whom are in a third as well."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sealing, "WORK", (2**4, 8, 1))
    monkeypatch.setenv("ANGLE_MORT_PASSPHRASE", PASSPHRASE)
    monkeypatch.setattr("sys.stdin", None)
    read, vault = read_export(shipped("demo") / "reponses.csv", load_instrument()), Vault.create(None, PASSPHRASE)
    for name, rows in {"nord": range(30), "sud": range(30, 60), "encore": range(10)}.items():
        vault.store(name, "T0", _of(read, list(rows), name))
    return vault


def _of(read, rows, name):
    who = [f"r{row}" for row in rows]
    answers = ANSWERS.iloc[rows].set_axis(pd.Index(who, name=read.responses.index.name))
    people = pd.DataFrame("", index=range(len(rows)), columns=read.identities.columns)
    people = people.assign(
        respondent=who, line=range(2, len(rows) + 2), email=[f"p{row}@exemple.example" for row in rows]
    )
    hash_ = f"{len(name):02x}" * 32
    nothing = read.texts.iloc[:0]
    return replace(
        read, responses=answers, identities=people, texts=nothing, dialect=replace(read.dialect, sha256=hash_)
    )


def typed(*words):
    return _run(_parse(["etalonner", *words]))


def test_two_cohorts_make_norms_that_the_next_import_scores_with(workspace, capsys):
    assert typed("coachs-2026", "nord", "sud", "--population", "dirigeants inventés") == 0
    told = re.sub("[\u00a0\u202f]", " ", capsys.readouterr().out)
    norms = load_instrument(norms="coachs-2026").norms
    expected = build_norms(ANSWERS, "dirigeants inventés", datetime.date.today(), name="coachs-2026")
    assert norms == expected and not norms.provisional
    assert "data/norms/coachs-2026.yaml" in told.replace("\\", "/") and "--etalonnage coachs-2026" in told
    assert len(re.findall(r": fiabilité 0,\d\d \(de 0,\d\d à 0,\d\d\), sur 60 dirigeants", told)) == 5


def test_whoever_is_in_two_cohorts_counts_once(workspace):
    asked = workspace, ("nord", "sud", "encore"), "T0", "", datetime.date(2026, 11, 25), load_instrument()
    assert norms_of(*asked) == norms_of(asked[0], ("nord", "sud"), *asked[2:])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["petit", "nord"], "AM105"),
        (["nord-et-encore", "nord", "encore"], "AM105"),
        (["ailleurs", "ouest"], "AM309"),
        (["Coachs 2026", "nord", "sud"], "AM106"),
        (["provisoire-2", "nord", "sud"], "AM106"),
    ],
)
def test_what_is_refused_writes_nothing(workspace, tmp_path, words, code):
    with pytest.raises(AngleMortError) as error:
        typed(*words)
    assert error.value.codes == [code]
    assert explain(error.value)
    assert not (tmp_path / "data" / "norms").exists()


def test_norms_are_not_written_over(workspace):
    assert typed("coachs", "nord", "sud") == 0
    with pytest.raises(AngleMortError, match="AM106"):
        typed("coachs", "nord", "sud")
