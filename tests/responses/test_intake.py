"""A whole export read: the round trip, every rule for rows and cells, and what the report says of them."""

import hashlib
from pathlib import Path

import google_forms
import numpy as np
import pandas as pd
import pytest

from angle_mort.responses import read_export, sentences
from angle_mort.responses.table import IDENTITY_COLUMNS, REPORT_COLUMNS, TEXT_COLUMNS, Counts


def read(tmp_path, instrument, table):
    return read_export(google_forms.write_rows(tmp_path / "reponses.csv", table), instrument)


def findings(intake, rule):
    return intake.report[intake.report["rule"] == rule]


def column(table, text):
    return next(at for at, header in enumerate(table[0]) if text in header)


@pytest.mark.parametrize("form", ["complete", "suivi", "miroir"])
def test_round_trip_of_the_csv_of_the_form(tmp_path, instrument, invented, form):
    responses, people, texts = invented(n=30, seed=3, form=form)
    intake = read_export(google_forms.write(tmp_path / "r.csv", instrument, responses, people, texts), instrument)
    pd.testing.assert_frame_equal(intake.responses, responses)
    assert (intake.dialect.tool, intake.dialect.encoding, intake.dialect.delimiter) == ("google_forms", "utf-8", ",")


def test_round_trip_of_the_linked_sheet(tmp_path, instrument, invented):
    responses, people, texts = invented(n=30, seed=4)
    table = google_forms.rows(instrument, responses, people, texts)
    for path in (
        google_forms.write_sheet_csv(tmp_path / "r.csv", table),
        google_forms.write_workbook(tmp_path / "r.xlsx", table),
    ):
        intake = read_export(path, instrument)
        pd.testing.assert_frame_equal(intake.responses, responses)
        assert (intake.dialect.tool, intake.dialect.kind) == ("google_sheets", path.suffix[1:])


def test_numbers_and_dates_of_a_workbook_are_read_as_they_are(tmp_path, instrument, invented):
    responses, people, texts = invented(n=4, seed=5, blanks=0)
    table = google_forms.rows(instrument, responses, people, texts)
    hours = column(table, instrument.items["f101"].fr)
    for number, row in enumerate(table[1:]):
        row[0], row[hours] = pd.Timestamp(2026, 2, 10, 17, 7, 20).to_pydatetime(), [12, 12.0, 12.5, "12,5"][number]
    intake = read_export(google_forms.write_workbook(tmp_path / "r.xlsx", table), instrument)
    assert intake.responses["f101"].tolist() == [12, 12, 12.5, 12.5]
    assert set(intake.identities["time"]) == {"2026-02-10 17:07:20"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_encoding_and_delimiter(tmp_path, instrument, invented, encoding, delimiter):
    responses, people, texts = invented(n=5, seed=6)
    table = google_forms.rows(instrument, responses, people, texts)
    lines = (delimiter.join(f'"{cell}"' for cell in row) for row in table)
    path = tmp_path / "r.csv"
    path.write_bytes("\r\n".join(lines).replace("\u202f", "\u00a0").encode(encoding))
    intake = read_export(path, instrument)
    pd.testing.assert_frame_equal(intake.responses, responses)
    assert intake.dialect.delimiter == delimiter
    assert intake.dialect.encoding == encoding.removesuffix("-sig")


def test_shapes_and_types(tmp_path, instrument, table):
    intake = read(tmp_path, instrument, table)
    assert intake.responses.index.tolist() == [f"r{number:03d}" for number in range(1, 7)]
    assert set(intake.responses.dtypes) == {np.dtype("float64")}
    assert "f109" not in intake.responses
    assert tuple(intake.report) == REPORT_COLUMNS
    assert tuple(intake.texts) == TEXT_COLUMNS
    assert tuple(intake.identities) == IDENTITY_COLUMNS
    assert intake.dialect.sha256 == hashlib.sha256((tmp_path / "reponses.csv").read_bytes()).hexdigest()


def test_identities_and_texts_are_kept_apart(tmp_path, instrument, invented):
    responses, people, _ = invented(n=3)
    texts = pd.DataFrame(
        {"respondent": ["r002"], "item": ["f109"], "text": ['Voir les clients; "signer"\net dire non']}
    )
    intake = read_export(google_forms.write(tmp_path / "r.csv", instrument, responses, people, texts), instrument)
    assert intake.texts.to_dict("records") == texts.to_dict("records")
    assert intake.identities["email"].tolist() == people["email"].tolist()
    assert intake.identities["line"].tolist() == [2, 3, 4]
    assert intake.identities["time"].iloc[0] == "2026/02/10 3:49:20 PM UTC+1"
    assert intake.identities["phone"].tolist() == [""] * 3


def test_several_columns_of_one_role(tmp_path, instrument, table):
    names = ["Nom", "Prénom", "Courriel"]
    cells = [names, *[["Exemple", "Anne", "autre@example.org"]] * 6]
    spoilt = [[*row, *more] for row, more in zip(table, cells, strict=True)]
    intake = read(tmp_path, instrument, spoilt)
    assert intake.identities["person"].iloc[0] == "Personne Inventée0 Exemple Anne"
    assert intake.identities["email"].iloc[0] == "personne0@example.org"


def test_the_time_that_somebody_took_is_kept_with_who_they_are(tmp_path, instrument, table):
    spoilt = [[*row, cell] for row, cell in zip(table, ["Durée (en secondes)", *map(str, range(60, 66))], strict=True)]
    intake = read(tmp_path, instrument, spoilt)
    assert intake.identities["duration"].tolist() == ["60", "61", "62", "63", "64", "65"]
    assert "identity_column" in intake.report["rule"].tolist()


def test_nobody_is_shown_by_the_repr(tmp_path, instrument, table):
    shown = repr(read(tmp_path, instrument, table))
    assert "rows_kept=6" in shown
    assert "example.org" not in shown
    assert "Inventée" not in shown


def test_exact_duplicate_keeps_the_first(tmp_path, instrument, table):
    copy = ["2026/02/10 9:00:00 PM UTC+1", *table[2][1:]]
    intake = read(tmp_path, instrument, [*table, copy])
    assert findings(intake, "duplicate")[["line", "first_line", "outcome"]].values.tolist() == [[8, 3, "duplicate"]]
    assert (intake.counts.rows_kept, intake.counts.rows_duplicate) == (6, 1)
    assert intake.counts.cells_duplicate == sum(map(bool, table[2][4:]))


def test_same_person_with_other_answers_stays_and_is_told(tmp_path, instrument, table):
    other = table[3].copy()
    other[1] = f" {table[2][1].upper()}"
    intake = read(tmp_path, instrument, [*table, other])
    assert findings(intake, "same_person")[["line", "first_line", "outcome"]].values.tolist() == [[8, 3, "noted"]]
    assert intake.counts.rows_kept == 7


@pytest.mark.parametrize(
    ("email", "person", "gone"),
    [
        ("test@example.org", "Anne Inventée", True),
        ("anne@example.org", "TEST", True),
        ("anne.essai2@example.org", "Anne", True),
        ("anne@example.org", "Essai du formulaire", True),
        ("contest@example.org", "Ernest Testard", False),
    ],
)
def test_test_rows_are_told_by_a_whole_word(tmp_path, instrument, table, email, person, gone):
    table[2][1:3] = email, person
    intake = read(tmp_path, instrument, table)
    assert findings(intake, "test_row")["line"].tolist() == ([3] if gone else [])
    assert intake.counts.rows_set_aside == gone


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (lambda table: table[0], "repeated_header"),
        (lambda table: [""] * len(table[0]), "empty_row"),
        (lambda table: ["Moyenne", *["2,1"] * (len(table[0]) - 1)], "summary_row"),
        (lambda table: [*table[1][:4], *[""] * (len(table[0]) - 4)], "no_answer"),
    ],
)
def test_rows_that_are_no_answer(tmp_path, instrument, table, row, rule):
    intake = read(tmp_path, instrument, [*table[:3], row(table), *table[3:]])
    assert findings(intake, rule)[["line", "outcome"]].values.tolist() == [[4, "set aside"]]
    assert (intake.counts.rows_kept, intake.counts.rows_set_aside) == (6, 1)


def test_a_row_whose_every_answer_is_set_aside_goes_too(tmp_path, instrument, table):
    table[2][4:] = ["?"] * (len(table[0]) - 4)
    intake = read(tmp_path, instrument, table)
    assert findings(intake, "no_answer")["line"].tolist() == [3]
    assert intake.counts.rows_kept == 5
    assert intake.responses.index.tolist()[-1] == "r005"


def test_blank_lines_at_the_end_are_no_rows(tmp_path, instrument, table):
    assert read(tmp_path, instrument, [*table, [""] * len(table[0]), []]).counts.rows_read == 6


def test_a_cell_set_aside_is_missing_and_listed_with_its_place(tmp_path, instrument, table):
    at = column(table, instrument.items["a103"].fr)
    table[4][at] = "Tout le temps"
    intake = read(tmp_path, instrument, table)
    (found,) = findings(intake, "unknown_label").to_dict("records")
    assert (found["line"], found["column"], found["item"], found["text"]) == (5, "G", "a103", "Tout le temps")
    assert np.isnan(intake.responses.loc["r004", "a103"])
    assert intake.counts.cells_set_aside == 1
    (sentence,) = sentences(findings(intake, "unknown_label"))
    assert "Ligne 5, colonne G, question a103" in sentence


def test_a_scale_numbered_otherwise_stops_the_reading(tmp_path, instrument, table):
    from angle_mort.errors import AngleMortError

    labels = ["Jamais", "Une ou deux fois dans le mois", "Environ une fois par semaine", "Plusieurs fois par semaine"]
    numbered = {label: f"{code} - {label}" for code, label in enumerate([*labels, "Presque tous les jours"], start=1)}
    spoilt = [table[0], *([numbered.get(cell, cell) for cell in row] for row in table[1:])]
    with pytest.raises(AngleMortError) as error:
        read(tmp_path, instrument, spoilt)
    assert set(error.value.codes) == {"AM227"}


def test_more_than_a_thousand_respondents_keep_their_order(tmp_path, instrument, invented):
    responses, people, texts = invented(n=1002, seed=7, form="miroir")
    intake = read_export(google_forms.write(tmp_path / "r.csv", instrument, responses, people, texts), instrument)
    assert intake.responses.index[-1] == "r1002"
    assert np.array_equal(intake.responses, responses, equal_nan=True)


def test_the_second_sheet_is_named(tmp_path, instrument, table):
    from openpyxl import load_workbook

    path = google_forms.write_workbook(tmp_path / "r.xlsx", table)
    book = load_workbook(path)
    book.create_sheet("Graphiques").append(["x"])
    book.save(path)
    assert findings(read_export(path, instrument), "other_sheet")["text"].tolist() == ["Graphiques"]


def test_a_hidden_sheet_is_not_read(tmp_path, instrument, table):
    from openpyxl import load_workbook

    path = google_forms.write_workbook(tmp_path / "r.xlsx", table)
    book = load_workbook(path)
    book.create_sheet("Brouillon", 0).append(["x"])
    book["Brouillon"].sheet_state = "hidden"
    book.save(path)
    intake = read_export(path, instrument)
    assert intake.counts.rows_kept == 6
    assert findings(intake, "other_sheet").empty


def test_a_formula_without_value_is_set_aside(tmp_path, instrument, table):
    at = column(table, instrument.items["a101"].fr)
    table[2][at] = "=1+1"
    intake = read_export(google_forms.write_workbook(tmp_path / "r.xlsx", table), instrument)
    assert findings(intake, "formula_error")[["line", "item"]].values.tolist() == [[3, "a101"]]


def test_every_rule_has_its_sentence(instrument):
    import re

    from angle_mort.text.catalogue import keys

    told = {
        part: {key.split(".")[-1] for key in keys() if key.startswith(f"intake.{part}.")} for part in ("rule", "mend")
    }
    assert told["rule"] == told["mend"]
    package = Path(__file__).parents[2] / "angle_mort" / "responses"
    written = "".join(path.read_text(encoding="utf-8") for path in package.glob("*.py"))
    assert all(re.search(f'"{rule}"', written) for rule in told["rule"])


def test_counts_that_do_not_add_up_are_a_bug():
    with pytest.raises(AssertionError):
        Counts(3, 1, 1, 0, 0, 0, 0, 0)
