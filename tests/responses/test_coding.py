"""From the words of a cell to its code, by every way in which tools and hands write the same answer."""

import math

import pytest

from angle_mort.responses.coding import misdeclared, read_answer


def read(instrument, item, text):
    return read_answer(text, instrument.items[item].format)


@pytest.mark.parametrize(
    ("item", "text", "code"),
    [
        ("a101", "Presque tous les jours", 4),
        ("a101", " presque tous\u00a0les jours ", 4),
        ("a101", "4", 4),
        ("a101", "4,0", 4),
        ("a101", "4.0", 4),
        ("a101", "4 - Presque tous les jours", 4),
        ("a101", "4 – Presque tous les jours", 4),
        ("a101", "4. Presque tous les jours", 4),
        ("a101", "Almost every day", 4),
        ("a101", "Pas concerné", -1),
        ("a101", "-1", -1),
        ("x102", "De 5 à 9 salariés", 1),
        ("f101", "12", 12),
        ("f101", "12,5", 12.5),
        ("f101", "12 h", 12),
        ("f101", "12 h/semaine", 12),
        ("j102", "1 jour", 1),
        ("l101", "10", 10),
        ("l103", "Une entreprise mieux bâtie, Une équipe qui a grandi", 2**1 + 2**5),
        ("l103", "Une équipe qui a grandi;Une entreprise mieux bâtie;", 2**1 + 2**5),
        ("l103", "Une équipe qui a grandi", 2**5),
    ],
)
def test_good_answers(instrument, item, text, code):
    reading = read(instrument, item, text)
    assert (reading.code, reading.rule) == (code, "")


@pytest.mark.parametrize(
    ("item", "text", "rule"),
    [
        ("a101", "3 - Presque tous les jours", "contradiction"),
        ("a101", "5", "out_of_range"),
        ("a101", "99", "out_of_range"),
        ("a101", "3,5", "out_of_range"),
        ("a101", "Parfois", "unknown_label"),
        ("a101", "3 - Parfois", "unknown_label"),
        ("a101", "=HYPERLINK(1)", "unknown_label"),
        ("a101", "5-Jan", "turned_into_date"),
        ("a101", "janv-05", "turned_into_date"),
        ("a101", "2026-01-05 00:00:00", "turned_into_date"),
        ("a101", "#N/A", "formula_error"),
        ("a101", "#FORMULE!", "formula_error"),
        ("f101", "beaucoup", "not_a_number"),
        ("f101", "12 kg", "not_a_number"),
        ("f101", "12h30", "not_a_number"),
        ("f101", "-3", "out_of_range"),
        ("f101", "1 200", "out_of_range"),
        ("l101", "11", "out_of_range"),
        ("l103", "Une autre fierté", "unknown_label"),
        ("l103", "Une équipe qui a grandi, et le reste", "unknown_label"),
        (
            "l103",
            "Une équipe qui a grandi, Une entreprise mieux bâtie, Une organisation qui tourne bien",
            "too_many",
        ),
    ],
)
def test_what_does_not_fit_is_set_aside(instrument, item, text, rule):
    reading = read(instrument, item, text)
    assert math.isnan(reading.code)
    assert reading.rule == rule


def test_blank_is_missing_and_no_finding(instrument):
    for blank in ("", "  ", "\u00a0", "\u200b"):
        reading = read(instrument, "a101", blank)
        assert math.isnan(reading.code)
        assert reading.rule == ""


def test_every_label_of_the_questionnaire_reads_as_its_code(instrument):
    for item in instrument.items.values():
        if item.format.kind == "choice":
            for choice in item.format.choices:
                assert read_answer(choice.fr, item.format).code == choice.code, item.id


def test_labels_with_commas_are_told_apart(instrument):
    from angle_mort.instrument.model import Choice, ResponseFormat

    form = ResponseFormat(
        "P", "multiple", (Choice(0, "Un chat", ""), Choice(1, "Un chat, un chien", ""), Choice(2, "Rien", ""))
    )
    assert read_answer("Un chat, un chien, Rien", form).code == 2**1 + 2**2
    assert read_answer("Un chat, Rien", form).code == 2**0 + 2**2


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["1 - Jamais", "2 - Une ou deux fois dans le mois", "5 - Presque tous les jours"], True),
        (["4 - Jamais", "0 - Presque tous les jours", "0 - Presque tous les jours"], True),
        (["0 - Jamais", "4 - Presque tous les jours", "3 - Presque tous les jours"], False),
        (["1", "5", "3", "5", "2"], True),
        (["0", "5", "3", "5", "2"], False),
        (["1", "4", "3", "4", "2"], False),
        (["1", "5", "3", "4", "2"] * 4 + ["9"], False),
        (["1", "5", *["3"] * 30], False),
        (["Jamais"] * 9, False),
        ([], False),
    ],
)
def test_a_scale_numbered_otherwise_in_the_tool(instrument, texts, expected):
    assert misdeclared(texts, instrument.items["a101"].format) is expected
