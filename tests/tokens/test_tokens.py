"""Known names and numbers: found however they are written, told from everyday words, and not readable in their file."""

import json
import re
from bisect import bisect

import pytest

import angle_mort as am
from angle_mort.errors import AngleMortError
from angle_mort.shipped import shipped
from angle_mort.text import explain, keys
from angle_mort.text.catalogue import sentence
from angle_mort.tokens import KnownTokens, fold, plain, token
from tests.tokens.invented import EVERYDAY, FIRST, people

ANNE = {
    "person": "Anne-Élise QUENNEVILLE",
    "company": "SARL Quenneville & Fils",
    "town": "76000 Saint-Ouen-l’Exemple",
    "email": "anne@quenneville.example",
    "phone": "+33 6 12 34 56 78",
    "siret": "123 456 789 00012",
}


def kinds(known, text):
    return [hit.kind for hit in known.find(text)]


@pytest.fixture(scope="module")
def anne():
    return KnownTokens.of([ANNE])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("vu avec anne elise quenneville", "person"),
        ("ANNE ÉLISE QUENNEVILLE", "person"),
        ("Quenneville, Anne-Élise", "person"),
        ("Anne\u00a0Quenne\u00adville", "person"),
        ("Anne Que\u0301nneville".replace("e\u0301", "e"), "person"),
        ("anne_quenneville.xlsx", "person"),
        ("@AnneEliseQuenneville", "person"),
        ("Mme Quenneville", "name"),
        ("QUENNEVILLE", "name"),
        ("Quenneville et fils", "company"),
        ("sarl quenneville & fils", "company"),
        ("à st ouen l'exemple", "town"),
        ("ANNE @ QUENNEVILLE.EXAMPLE", "email"),
        ("www.quenneville.example", "domain"),
        ("0612345678", "number"),
        ("06.12.34.56.78", "number"),
        ("06-12-34-56-78", "number"),
        ("0033 6 12 34 56 78", "number"),
        ("+33 (0)6 12 34 56 78", "number"),
        ("tel06 12 34 56 78x", "number"),
        ("12 06 12 34 56 78 99", "number"),
        ("12345678900012", "number"),
        ("SIREN 123 456 789", "number"),
        ("\uff10\uff16 12 34 56 78", "number"),
    ],
)
def test_one_name_in_many_writings(anne, text, kind):
    assert kinds(anne, text) == [kind]


@pytest.mark.parametrize("text", ["quenneville", "Anne", "ann elise", "06 12 34 56 79", "2026-11-25 10:00", "", "fils"])
def test_what_is_not_the_name_is_no_hit(text):
    assert not kinds(KnownTokens.of([ANNE | {"person": "Quenneville", "email": ""}]), text)


def test_a_hit_says_where_and_repeats_nothing(anne):
    text = "Une page, puis Anne Quenneville au 06 12 34 56 78."
    assert [plain(text)[hit.start : hit.end] for hit in anne.find(text)] == ["Anne Quenneville", "06 12 34 56 78"]
    assert "Quenneville" not in repr(anne.find(text))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('<html lang="fr">', []),
        ("Lang", []),
        ("un petit pas", []),
        ("Petit à petit", []),
        ("Fin. Petit rappel", []),
        ("UN PETIT RAPPEL", []),
        ("avec M. Petit", ["name"]),
        ("avec Petit", ["name"]),
        ("avec mme petit", ["name"]),
        ("il me petit", []),
        ("Me Petit", ["name"]),
        ("P. Petit", ["name"]),
        ("madame Lang", ["name"]),
        ("petit rose", ["person"]),
        ("Rose Petit", ["person"]),
        ("trois tours", []),
        ("de Tours", ["town"]),
    ],
)
def test_everyday_words_are_names_only_where_they_are_set_apart(text, told):
    known = KnownTokens.of([{"person": "Rose Petit", "town": "Tours"}, {"person": "Lang Deux"}])
    assert kinds(known, text) == told


@pytest.fixture(scope="module")
def everyday_people():
    names = [{"person": f"{first} {word}", "company": word, "town": word} for first in FIRST for word in EVERYDAY]
    return KnownTokens.of(names)


def test_the_sentences_of_the_tool_hold_nobody_whose_name_is_an_everyday_word(everyday_people):
    told = "\n".join(str(sentence(key)) for key in keys())
    assert len(told) > 10_000
    assert everyday_people.find(told) == []


@pytest.mark.slow
def test_the_pages_of_the_tool_hold_nobody_whose_name_is_an_everyday_word(everyday_people):
    page = am.report(am.load_cohort(shipped("demo") / "cohorte")).html
    assert everyday_people.find(page) == []


WRITINGS = {
    "as it is": str,
    "lower case": str.lower,
    "capitals": str.upper,
    "without accents": plain,
    "spaces for hyphens": lambda text: text.replace("-", " "),
    "hyphens for spaces": lambda text: text.replace(" ", "-"),
}


def missed(known, everybody, role, writing):
    """The lines on which nothing was found; each line holds one planted name."""
    lines = [f"on a vu {writing(each[role])} hier" for each in everybody]
    text = plain("\n".join(lines))
    starts = [0, *(each.end() for each in re.finditer("\n", text))]
    hits = [bisect(starts, hit.start) - 1 for hit in known.find(text)]
    return [lines[number] for number in set(range(len(lines))) - set(hits)]


@pytest.mark.parametrize("name", WRITINGS)
def test_planted_names_are_found_in_any_writing(name):
    everybody = people(120)
    known = KnownTokens.of(everybody)
    assert [each for role in ANNE for each in missed(known, everybody, role, WRITINGS[name])] == []


@pytest.mark.slow
def test_ten_thousand_planted_names_are_found_in_any_writing():
    everybody = people(10_000, seed=2)
    known = KnownTokens.of(everybody)
    for role in ANNE:
        for writing in ("lower case", "capitals", "without accents"):
            assert missed(known, everybody, role, WRITINGS[writing]) == []


def test_a_siret_beside_the_name_of_a_firm_is_a_number():
    known = KnownTokens.of([{"company": "Quenneville 123 456 789 00012"}])
    assert kinds(known, "SIRET 12345678900012") == ["number"]
    assert kinds(known, "chez quenneville") == ["company"]


def test_a_name_that_is_one_short_word_is_not_looked_for():
    assert len(KnownTokens.of([{"person": "Li"}, {"town": "Y"}, {"company": "3"}, {"phone": "12"}, {}])) == 0


# ------------------------------------------------------------------------------------------------------------ the file


def test_the_file_gives_back_what_was_known_and_no_word_is_readable(tmp_path, anne):
    place = tmp_path / "jetons.json"
    place.write_bytes(anne.to_bytes())
    assert KnownTokens.load(place) == anne
    for word in ("quenneville", "anne", "exemple", "612345678", "12345678900012"):
        assert word.encode() not in place.read_bytes().lower()


def test_two_files_of_the_same_people_have_nothing_in_common(anne):
    again = KnownTokens.of([ANNE])
    assert not set(anne.kinds) & set(again.kinds) - {each for each in anne.kinds if len(each) == 6}
    assert anne.key != again.key


def test_a_number_is_not_told_by_its_token():
    """Sixty or so telephones of France share one: trying them all does not say which is known."""
    known = KnownTokens.of([{"phone": "0612345678"}])
    (short,) = known.kinds
    assert len(bytes.fromhex(short)) == 3
    alike = sum(token(known.key, str(each), "number") == short for each in range(600_000_000, 600_050_000))
    assert alike <= 2


def test_without_a_vault_nobody_is_known(tmp_path):
    assert KnownTokens.load(tmp_path / "jetons.json").find("Anne Quenneville, 06 12 34 56 78") == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "AM320"),
        (b"", "AM321"),
        (b"[]", "AM321"),
        (b'{"format": 1}', "AM321"),
        (b'{"format": 1, "tokens": [], "key": "", "starts": [], "revision": ""}', "AM321"),
        (b'{"format": 2}', "AM322"),
    ],
)
def test_a_vault_without_good_tokens_is_an_error(tmp_path, content, code):
    (tmp_path / "coffre.bin").touch()
    if content is not None:
        (tmp_path / "jetons.json").write_bytes(content)
    with pytest.raises(AngleMortError) as error:
        KnownTokens.load(tmp_path / "jetons.json")
    assert error.value.codes == [code]
    assert explain(error.value)


def test_the_file_is_plain_json_of_hexadecimal(anne):
    entry = json.loads(anne.to_bytes())
    assert entry["format"] == 1
    assert all(
        int(each, 16) >= 0 for each in (*entry["starts"], *(one for its in entry["tokens"].values() for one in its))
    )


def test_folding_keeps_words_apart_and_brings_writings_together():
    assert fold("Œuvre-d’Anne\u202f& Cie (Ste Foy)") == "oeuvre d anne et cie sainte foy"
    assert fold("STRASSE") == fold("Straße")
