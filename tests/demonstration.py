"""Make ``data/demo``: a Google Forms export of 24 invented leaders, with real life's noise, and its released cohort;
``reseau``, the released cohort of 240 others, enough of them to check a questionnaire and without profiles; and two
cohorts, ``ateliers`` and ``chantiers``, of 132 drawn around three profiles.

Run from the root: ``python -m tests.demonstration``, which also draws the figure of the README. Everything is invented
and seeded; a test checks that what is committed is what this makes.
"""

from __future__ import annotations

import datetime
from pathlib import Path

import pandas as pd

from angle_mort.cohort import demonstration_id, release_cohort, row_ids, score_intake
from angle_mort.datasets import make_cohort
from angle_mort.instrument import load_instrument
from angle_mort.responses import read_export
from tests.cohorts import DAY, released
from tests.responses.google_forms import rows, write_rows

DEMO = Path(__file__).parents[1] / "data" / "demo"
SEED = 2053
NETWORK, NETWORK_SEED = 240, 6
JOINED, JOINED_SEED = {"ateliers": slice(0, 60), "chantiers": slice(60, 132)}, 4

PEOPLE = [
    ("Élodie Marchandeau", "elodie.marchandeau", "Toitures Marchandeau"),
    ("Yannick Le Guellaff", "y.leguellaff", "Chaudronnerie du Trieuxel"),
    ("Fatima Benkassem", "fatima.benkassem", "Boulangerie Aux Trois Levains"),
    ("Jérôme Pouzadoux", "jerome.pouzadoux", "Garage Pouzadoux et Fille"),
    ("Sandrine Vauquelain", "s.vauquelain", "Plomberie Vauquelain"),
    ("Marc-Antoine Tissandrier", "ma.tissandrier", "Menuiserie Tissandrier"),
    ("Nadège Corbillat", "nadege.corbillat", "Corbillat Paysages"),
    ("Thierry Oudinotte", "t.oudinotte", "Électricité Oudinotte"),
    ("Aïcha Delmasure", "aicha.delmasure", "Nettoyage Clair-Logis Delmasure"),
    ("Bruno Escaffrel", "bruno.escaffrel", "Mécanique Escaffrel"),
    ("Coralie Hennebicq-Roy", "coralie.hennebicq", "Imprimerie du Vieux Canalet"),
    ("Dominique Sarrazot", "d.sarrazot", "Sarrazot Maçonnerie"),
    ("Estelle Gourdonneau", "estelle.gourdonneau", "Bureau d'études Gourdonneau"),
    ("Franck Wattrelin", "franck.wattrelin", "Serrurerie Wattrelin"),
    ("Gaëlle Tanguidec", "gaelle.tanguidec", "Conserverie Tanguidec"),
    ("Hervé Mazeyrac", "herve.mazeyrac", "Scierie Mazeyrac"),
    ("Inès Lopardo", "ines.lopardo", "Carrosserie Lopardo"),
    ("Jean-Loup Briançais", "jl.briancais", "Charpentes Briançais"),
    ("Karine Delporteau", "karine.delporteau", "Pâtisserie Delporteau"),
    ("Ludovic Ferrachat", "ludo.ferrachat", "Ferrachat Climatisation"),
    ("Mireille Jouvenceau", "m.jouvenceau", "Atelier de couture Jouvenceau"),
    ("Noël Kerbrézan", "noel.kerbrezan", "Chantier naval Kerbrézan"),
    ("Odile Ramonteix", "odile.ramonteix", "Transports Ramonteix"),
    ("Pascal Vignaudière", "pascal.vignaudiere", "Peinture Vignaudière"),
]
ONLY_ME = [
    "Signer les gros devis, et parler à la banque de Montfaucon-sur-Lère.",
    "Recruter. Mon beau-frère Gilbert s'en mêle mais c'est moi qui tranche.",
    "Choisir les chantiers avec Madame Lavergnolle, notre comptable.",
    "=1+1",
    "<b>Tout</b> ce qui touche aux recettes de mon père Aimé.",
    "La relation avec le maire de Saint-Ybard-le-Neuf, 06 00 00 00 24.",
]
MISSING = {
    "r003": ["d103"],
    "r007": ["a104", "b202"],
    "r012": ["g301"],
    "r015": ["i201"],
    "r019": ["h103"],
    "r022": ["k102"],
}


def people() -> pd.DataFrame:
    """One row per invented leader: time, email, person, company."""
    start = datetime.datetime(2026, 11, 9, 6, 42, 17)
    table = pd.DataFrame(PEOPLE, columns=["person", "email", "company"])
    table["email"] += "@exemple.example"
    table["time"] = [
        start + datetime.timedelta(hours=7 * place, minutes=11 * place % 60) for place in range(len(table))
    ]
    return table


def texts(respondents: pd.Index) -> pd.DataFrame:
    """The open question, answered by one leader in four."""
    told = [(each, "f109", ONLY_ME[place % len(ONLY_ME)]) for place, each in enumerate(respondents) if place % 4 == 1]
    return pd.DataFrame(told, columns=["respondent", "item", "text"])


def export() -> list[list[str]]:
    """The rows of the export: 24 leaders, one of them twice, one test row, one impossible answer, seven gaps."""
    instrument = load_instrument()
    answers = make_cohort(n=len(PEOPLE), seed=SEED, profiles=4).responses
    for respondent, items in MISSING.items():
        answers.loc[respondent, items] = float("nan")
    table = rows(instrument, answers, people(), texts(answers.index))
    header, body = table[0], table[1:]
    column = next(place for place, title in enumerate(header) if instrument.items["f106"].fr in title)
    body[9][column] = "250"
    trial = [*body[0]]
    trial[1:4] = ["test@exemple.example", "Test Test", "Essai"]
    return [header, trial, *body[:17], body[16], *body[17:]]


def make(folder: Path) -> None:
    """Write the export and the four released cohorts into ``folder``."""
    instrument = load_instrument()
    path = write_rows(folder / "reponses.csv", export())
    intake = read_export(path, instrument)
    ids = row_ids(intake, demonstration_id)
    table = score_intake(intake, instrument)
    release_cohort(intake, table, ids, folder / "cohorte", instrument, DAY, "demonstration", demonstration=True)
    network = make_cohort(n=NETWORK, seed=NETWORK_SEED, profiles=0, not_applicable=0.005).responses
    released(folder, network, name="reseau", demonstration=True)
    several = make_cohort(n=132, seed=JOINED_SEED, profiles=3, missing=0.02).responses.rename(index="pool {}".format)
    for name, people in JOINED.items():
        released(folder, several.iloc[people], name=name, demonstration=True)


def draw(path: Path) -> None:
    """The figure of the README."""
    from angle_mort import views
    from angle_mort.cohort import load_cohort

    path.write_bytes(views.dependence(load_cohort(DEMO / "cohorte").summary).png)


if __name__ == "__main__":
    make(DEMO)
    draw(DEMO.parents[1] / "docs" / "demonstration.png")
