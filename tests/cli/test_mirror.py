"""``angle-mort coffre miroir``: what collaborators answered, beside their leader's answers, and to nobody else."""

import re

import pandas as pd
import pytest

from angle_mort.instrument import load_instrument
from angle_mort.text import t
from angle_mort.vault import open_vault
from tests.cli.test_vault import BRUNO, PASSPHRASE, coffre, read, refused, workspace
from tests.leaders import CASES, MIRROR, mirror_of
from tests.responses import google_forms

__all__ = ["coffre", "read", "workspace"]


@pytest.fixture
def export(workspace):
    """Three collaborators, one of whom gave a name that nobody asked for."""
    answers = mirror_of(CASES["6_deux_histoires"]).set_axis(["r001", "r002", "r003"])
    people = pd.DataFrame({"time": ["24/11/2026 08:12:33"] * 3, "person": ["Zoé Indiscrète", "", ""]})
    return google_forms.write(workspace / "miroir.csv", load_instrument(), answers, people)


def kept():
    return open_vault(passphrase=PASSPHRASE).mirror("artisans", "T0", "r001")


def test_a_mirror_goes_beside_its_leader_as_codes_alone(coffre, export):
    vault = open_vault(passphrase=PASSPHRASE)
    respondent = next(row[2] for row in vault.find(BRUNO) if row[:2] == ("artisans", "T0"))
    told = coffre("miroir", export, "--cohorte", "artisans", "--dirigeant", BRUNO)
    assert "3 collaborateurs" in told
    mirror = vault.mirror("artisans", "T0", respondent)
    assert mirror.columns.tolist() == MIRROR and len(mirror) == 3
    assert not re.search("indiscr", str(vault._load()), flags=re.I)
    coffre("effacer", "--oui", BRUNO)
    assert vault.mirror("artisans", "T0", respondent).empty


def test_another_form_or_another_person_is_refused(coffre, export, workspace):
    from angle_mort.shipped import shipped

    refused(coffre, "AM661", "miroir", shipped("demo") / "reponses.csv", "--cohorte", "artisans", "--dirigeant", BRUNO)
    refused(coffre, "AM315", "miroir", export, "--cohorte", "artisans", "--dirigeant", "personne@exemple.example")
    refused(coffre, "AM315", "miroir", export, "--cohorte", "ailleurs", "--dirigeant", BRUNO)
    refused(coffre, "AM802", "miroir", export, "--cohorte", "artisans")
    assert t("cli.coffre.miroir.ask")
