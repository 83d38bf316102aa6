"""Headers become items by id or by exact text; everything else is named, suggested at most, never guessed."""

from dataclasses import replace

import google_forms
import pandas as pd
import pytest

from angle_mort.errors import AngleMortError
from angle_mort.responses import read_export
from angle_mort.text import explain


def read(tmp_path, instrument, table, **options):
    return read_export(google_forms.write_rows(tmp_path / "reponses.csv", table), instrument, **options)


def position(table, text):
    return next(at for at, header in enumerate(table[0]) if text in header)


def without(table, at):
    return [row[:at] + row[at + 1 :] for row in table]


def with_column(table, header, cell="x"):
    return [[*table[0], header], *([*row, cell] for row in table[1:])]


def test_headers_by_text_or_by_id_give_the_same_matrix(tmp_path, instrument, table):
    by_text = read(tmp_path, instrument, table)
    items = google_forms.form_items(instrument, by_text.responses.columns)
    by_id = read(tmp_path, instrument, [table[0][:4] + [item.id for item in items], *table[1:]])
    bare = read(tmp_path, instrument, [table[0][:4] + [item.fr.upper() + " " for item in items], *table[1:]])
    assert by_id.responses.equals(by_text.responses)
    assert bare.responses.equals(by_text.responses)


def test_columns_in_any_order(tmp_path, instrument, table):
    turned = read(tmp_path, instrument, [row[:1] + row[:0:-1] for row in table])
    assert turned.responses.equals(read(tmp_path, instrument, table).responses)


def test_another_trade_pack_is_the_same_item(tmp_path, instrument, table):
    item = instrument.items["g101"]
    pack = next(text for text in item.packs.values() if text != item.fr)
    table[0][position(table, item.fr)] = f"{instrument.module('G').stem} [{pack}]"
    assert read(tmp_path, instrument, table).responses["g101"].notna().any()


def test_unknown_columns_are_all_named_at_once(tmp_path, instrument, table):
    spoilt = with_column(with_column(table, "Couleur préférée"), "Plat du dimanche")
    with pytest.raises(AngleMortError) as error:
        read(tmp_path, instrument, spoilt)
    assert error.value.codes == ["AM222", "AM222"]
    assert [each.fields["header"] for each in error.value.problems] == ["Couleur préférée", "Plat du dimanche"]


def test_an_unknown_column_may_be_ignored_by_its_title(tmp_path, instrument, table):
    intake = read(tmp_path, instrument, with_column(table, "Couleur  préférée"), ignore=["couleur préférée"])
    noted = intake.report[intake.report["rule"] == "ignored_column"]
    assert noted["text"].tolist() == ["Couleur  préférée"]
    assert intake.counts.cells_read == read(tmp_path, instrument, table).counts.cells_read


def test_a_near_text_is_suggested_and_not_applied(tmp_path, instrument, table):
    at = position(table, instrument.items["a101"].fr)
    table[0][at] = table[0][at].replace("moi-même", "tout seul")
    with pytest.raises(AngleMortError) as error:
        read(tmp_path, instrument, table)
    assert error.value.codes == ["AM223"]
    assert error.value.problems[0].fields["item"] == "a101"
    assert "ressemble à la question a101" in explain(error.value)[0]


def test_missing_required_questions_are_listed(tmp_path, instrument, table):
    spoilt = without(table, position(table, instrument.items["b101"].fr))
    spoilt = without(spoilt, position(spoilt, instrument.items["h103"].fr))
    with pytest.raises(AngleMortError) as error:
        read(tmp_path, instrument, spoilt)
    assert error.value.codes == ["AM224"]
    (sentence,) = explain(error.value)
    assert "b101" in sentence
    assert "h103" in sentence
    assert "manque 2 questions" in sentence


def test_optional_questions_may_be_absent(tmp_path, instrument, table):
    optional = [item for item in instrument.form_items("complete") if not item.required]
    for item in optional:
        table = without(table, position(table, item.fr))
    intake = read(tmp_path, instrument, table)
    absent = intake.report.loc[intake.report["rule"] == "absent_column", "item"]
    assert set(absent) == {item.id for item in optional}
    assert intake.responses[["d301", "d305"]].isna().all(axis=None)


def test_one_item_in_two_columns(tmp_path, instrument, table):
    with pytest.raises(AngleMortError) as error:
        read(tmp_path, instrument, with_column(table, "a101"))
    assert error.value.codes == ["AM225"]
    assert error.value.problems[0].fields["item"] == "a101"


def test_titles_above_the_header(tmp_path, instrument, table):
    title = ["Mes réponses", *[""] * (len(table[0]) - 1)]
    with pytest.raises(AngleMortError) as error:
        read_export(google_forms.write_workbook(tmp_path / "r.xlsx", [title, *table]), instrument)
    assert error.value.codes == ["AM221"]
    assert error.value.problems[0].fields["line"] == 2


def test_another_questionnaire(tmp_path, instrument):
    with pytest.raises(AngleMortError) as error:
        read(tmp_path, instrument, [["Horodateur", "Aimez-vous le café ?"], ["2026/02/10 3:49:20 PM UTC+1", "Oui"]])
    assert error.value.codes == ["AM220"]


def test_technical_columns_are_dropped_and_listed(tmp_path, instrument, table):
    intake = read(tmp_path, instrument, with_column(table, "Adresse IP", "192.0.2.77"))
    assert intake.report.loc[intake.report["rule"] == "technical_column", "text"].tolist() == ["Adresse IP"]
    kept = [frame.to_csv() for frame in (intake.responses, intake.report, intake.texts, intake.identities)]
    assert not any("192.0.2.77" in text for text in kept)


def alike(instrument):
    """The same questionnaire with one text in two grids."""
    text = instrument.items["a101"].fr
    d1 = instrument.module("D1")
    twin = replace(d1, items=(replace(d1.items[0], fr=text), *d1.items[1:]))
    return replace(instrument, modules=tuple(twin if module is d1 else module for module in instrument.modules))


def test_one_text_in_two_grids_is_told_by_the_question_above(tmp_path, instrument, invented):
    twins = alike(instrument)
    table = google_forms.rows(twins, *invented())
    intake = read(tmp_path, twins, table)
    pd.testing.assert_frame_equal(intake.responses, invented()[0])


def test_one_text_in_two_grids_without_the_question_is_ambiguous(tmp_path, instrument, invented):
    twins = alike(instrument)
    table = google_forms.rows(twins, *invented())
    table[0][position(table, twins.items["d101"].fr)] = twins.items["d101"].fr
    with pytest.raises(AngleMortError) as error:
        read(tmp_path, twins, table)
    assert error.value.codes == ["AM226", "AM224"]
    assert error.value.problems[0].fields["items"] == "a101, d101"


@pytest.mark.parametrize("form", ["complete", "suivi", "miroir"])
def test_the_form_is_recognised(tmp_path, instrument, invented, form):
    table = google_forms.rows(instrument, *invented(form=form))
    intake = read(tmp_path, instrument, table)
    assert intake.form == form
    assert list(intake.responses) == [item.id for item in instrument.form_items(form) if item.format.kind != "text"]


def test_a_question_of_another_form_is_listed_and_not_kept(tmp_path, instrument, invented):
    table = with_column(
        google_forms.rows(instrument, *invented(form="suivi")), instrument.items["q101"].fr, "À peu près"
    )
    intake = read(tmp_path, instrument, table)
    assert intake.form == "suivi"
    assert "q101" not in intake.responses
    assert intake.report["rule"].eq("outside_form").sum() == intake.counts.cells_set_aside == len(intake.responses)
