"""Reading the instrument: what it promises, and what a broken file is told."""

import pytest
import yaml

from angle_mort.errors import AngleMortError
from angle_mort.instrument import load_instrument, load_norms, load_prototypes
from angle_mort.instrument import loading as place

SHIPPED = place.files("angle_mort.instrument").joinpath("questionnaires/angle-mort-1.yaml")


def spoilt(tmp_path, change):
    entry = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    change(entry)
    path = tmp_path / "q.yaml"
    path.write_text(yaml.safe_dump(entry, allow_unicode=True), encoding="utf-8")
    return path


def code_of(path):
    with pytest.raises(AngleMortError) as error:
        load_instrument(path)
    return error.value.codes[0]


def test_a_file_of_the_same_content_gives_the_same_instrument(tmp_path):
    read = load_instrument(spoilt(tmp_path, lambda entry: None))
    assert read.items == load_instrument().items
    assert read.scoring == load_instrument().scoring


def test_the_shipped_instrument_is_read_once():
    assert load_instrument() is load_instrument()


def test_directions_are_known_for_modules_facets_and_indices():
    instrument = load_instrument()
    assert [instrument.high_is_good(scale) for scale in ("A", "B2", "IDO", "E", "H3")] == [
        False,
        False,
        False,
        True,
        True,
    ]
    assert instrument.high_is_good("F") is None
    assert instrument.high_is_good("nothing") is None


def test_a_not_applicable_answer_is_offered_only_where_it_makes_sense():
    offered = {
        m.code for m in load_instrument().modules for item in m.items if -1 in {c.code for c in item.format.choices}
    }
    assert offered == {"A", "B", "C", "C0", "D3", "E", "G", "I", "M"}


def test_what_cannot_be_read_and_what_contradicts_itself(tmp_path):
    assert code_of(tmp_path / "absent.yaml") == "AM101"
    (tmp_path / "bad.yaml").write_text("a: [", encoding="utf-8")
    assert code_of(tmp_path / "bad.yaml") == "AM101"
    (tmp_path / "tag.yaml").write_text("!!python/object/apply:os.getcwd []", encoding="utf-8")
    assert code_of(tmp_path / "tag.yaml") == "AM101"

    def twice(entry):
        entry["modules"][1]["facets"][0]["items"][0]["id"] = "a101"

    def unknown_nature(entry):
        entry["modules"][0]["nature"] = "magic"

    def unknown_part(entry):
        entry["scoring"]["indices"]["IDO"]["parts"][0]["scale"] = "ZZ"

    for change in (twice, unknown_nature, unknown_part):
        assert code_of(spoilt(tmp_path, change)) == "AM102"


def test_norms_and_prototypes_have_their_figures():
    norms, prototypes = load_norms(), load_prototypes()
    assert (norms.name, norms.sd["A"], norms.block_correlation, norms.provisional) == ("provisoire-2", 18, 0.6, True)
    for scale, k in {"A": 8, "B": 8, "C": 8, "D3": 5, "I": 6}.items():
        assert norms.reliability[scale] == round(k / (k + 2), 2), "Spearman-Brown at a mean correlation of one third"
        assert norms.sd[scale] == pytest.approx(27.89 * ((k + 2) / 3 / k) ** 0.5, abs=0.06)
    assert [each.code for each in prototypes.prototypes] == [
        "faiseur",
        "verificateur",
        "porteur",
        "verrou_complet",
        "en_bascule",
    ]
    assert (prototypes.spread, prototypes.named_at) == (8, 0.80)
