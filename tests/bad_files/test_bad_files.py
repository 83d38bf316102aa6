"""Files that cannot be read: one code each, one French sentence with what to do, and the file as it was."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from angle_mort.errors import AngleMortError
from angle_mort.instrument import load_instrument
from angle_mort.responses import read_export
from angle_mort.responses.files import SIZE_LIMIT
from angle_mort.text import explain

REFERENCE = Path(os.environ.get("ANGLE_MORT_REFERENCE") or Path(__file__).parents[2] / ".." / "shared" / "reference")
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512)
HEADER = "Horodateur;Courriel;J’ai délégué.;J’ai dormi."


def text(*lines, encoding="utf-8"):
    return "\n".join(lines).encode(encoding)


def workbook(*rows, at=None):
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(row)
    for place, value in (at or {}).items():
        book.active[place] = value
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def archive(**parts):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in parts.items():
            file.writestr(name.replace("__", "/").replace("_", "."), part)
    return content.getvalue()


def with_part(content, name, change):
    """The same workbook with one part changed."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, change(old.read(part)) if part == name else old.read(part))
    return changed.getvalue()


TABLE = (("Horodateur", "a101"), ("x", 1), ("y", 2))
SHEET = "xl/worksheets/sheet1.xml"

BAD = {
    "empty.csv": (b"", "AM202"),
    "only spaces.csv": (b" \n\n \n", "AM202"),
    "only a mark.csv": (b"\xef\xbb\xbf\n", "AM202"),
    "old.xls": (OLE, "AM205"),
    "old renamed.xlsx": (OLE, "AM205"),
    "protected.xlsx": (OLE + "EncryptedPackage".encode("utf-16-le"), "AM206"),
    "page.xls": (b"\xef\xbb\xbf\n<HTML><table><tr><td>a101</td></tr></table>", "AM207"),
    "document.csv": (b"%PDF-1.7 ...", "AM208"),
    "picture.csv": (b"\x89PNG\r\n", "AM208"),
    "other.zip": (archive(note_txt="bonjour"), "AM208"),
    "cut.xlsx": (workbook(*TABLE)[:-300], "AM209"),
    "cut short.xlsx": (b"PK\x03\x04 and no more", "AM209"),
    "broken part.xlsx": (with_part(workbook(*TABLE), SHEET, lambda part: part[: len(part) // 2]), "AM209"),
    "document type.xlsx": (with_part(workbook(*TABLE), SHEET, lambda part: b"<!DOCTYPE a>" + part), "AM209"),
    "null bytes.csv": (text(HEADER, "x;y;1\x00;2"), "AM210"),
    "read twice.csv": (text(HEADER, "x;y;1;2").decode("cp1252").encode(), "AM211"),
    "read twice in latin 1.csv": (text(HEADER, "x;y;1;2").decode("latin-1").encode(), "AM211"),
    "letters lost.csv": (text(HEADER.replace("é", "\ufffd"), "x;y;1;2"), "AM211"),
    "cut inside a letter.csv": (text(HEADER, "x;y;1;é")[:-1], "AM211"),
    "open quote.csv": (text(HEADER, "x;y;1;2", 'x;"y'), "AM212"),
    "mixed.csv": (text(HEADER, '"x,y,1,2";;;', '"x,y,3,2";;;'), "AM213"),
    "short last line.csv": (text(HEADER, "x;y;1;2", "x;y"), "AM214"),
    "longer line.csv": (text(HEADER, "x;y;1;2;3", "x;y;1;2"), "AM214"),
    "bomb.xlsx": (with_part(workbook(*TABLE), "xl/styles.xml", lambda part: part + b" " * 60_000_000), "AM215"),
    "stray row.xlsx": (workbook(*TABLE, at={"A90000": "x"}), "AM215"),
    "stray column.xlsx": (workbook(*TABLE, at={"XFD2": "x"}), "AM215"),
    "title above.csv": (text("Mes réponses", "", HEADER, "x;y;1;2"), "AM221"),
    "header only.csv": (text(HEADER), "AM216"),
    "header only.xlsx": (workbook(TABLE[0]), "AM216"),
    "no cell.xlsx": (workbook(), "AM202"),
    "download.zip": (archive(reponses_csv=HEADER), "AM217"),
    "foreign.csv": (text(HEADER, "x;y;1;2"), "AM220"),
}  # fmt: skip


def refused(path):
    """The codes of the refusal, after a look at the sentences and at the folder."""
    before = path.read_bytes()
    with pytest.raises(AngleMortError) as error:
        read_export(path, load_instrument())
    assert path.read_bytes() == before
    assert sorted(path.parent.iterdir()) == [path]
    for sentence, each in zip(explain(error.value), error.value.problems, strict=True):
        assert sentence.endswith(f"[{each.code}]")
        assert path.name in sentence
    return error.value.codes


@pytest.mark.parametrize("name", BAD)
def test_refused_with_its_code(tmp_path, name):
    content, code = BAD[name]
    path = tmp_path / name
    path.write_bytes(content)
    assert refused(path) == [code]


def test_missing_file_and_folder(tmp_path):
    for path, code in ((tmp_path / "absent.csv", "AM201"), (tmp_path, "AM204")):
        with pytest.raises(AngleMortError) as error:
            read_export(path, load_instrument())
        assert error.value.codes == [code]


def test_too_large_is_refused_before_reading_unless_asked(tmp_path):
    path = tmp_path / "large.csv"
    path.write_bytes(text(HEADER, "x;y;1;" + "2" * 100_000) + b"\n" + b"x;y;1;" + b" " * SIZE_LIMIT)
    assert refused(path) == ["AM203"]
    with pytest.raises(AngleMortError) as error:
        read_export(path, load_instrument(), size_limit=2 * SIZE_LIMIT)
    assert error.value.codes == ["AM212"]  # read now, and one cell is beyond reason


def test_an_empty_cell_too_many_on_every_line_is_dropped_and_noted(tmp_path):
    items = [item.id for item in load_instrument().form_items("miroir")]
    path = tmp_path / "r.csv"
    path.write_bytes(text(";".join(items), *[";".join("12341234") + ";"] * 1, ";".join("43214321") + ";"))
    intake = read_export(path, load_instrument())
    assert intake.counts.rows_kept == 2
    assert intake.report["rule"].tolist() == ["trailing_cells"]


def test_no_message_holds_an_answer(tmp_path):
    path = tmp_path / "r.csv"
    path.write_bytes(text(HEADER, "10/02/2026;secret@example.org;tres-secret;2"))
    with pytest.raises(AngleMortError) as error:
        read_export(path, load_instrument())
    assert "secret" not in str(error.value) + " ".join(explain(error.value))


@pytest.mark.needs("reference")
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("vide.csv", "AM202"),
        ("xls_renomme.xlsx", "AM205"),
        ("protege.xlsx", "AM206"),
        ("mojibake.csv", "AM211"),
        ("tronque.csv", "AM212"),
        ("delim_melange.csv", "AM213"),
        ("double_entete.csv", "AM220"),
        ("fin_de_ligne_en_trop.csv", "AM220"),
        ("formule.csv", "AM220"),
    ],
)
def test_reference_files(tmp_path, name, code):
    source = REFERENCE / "bad_files" / name
    path = tmp_path / name
    path.write_bytes(source.read_bytes())
    assert refused(path) == [code]


@pytest.mark.needs("reference")
@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        ("gf_zip_fr.csv", ("csv", "utf-8", ",", True, 4)),
        ("gf_sheet_fr.csv", ("csv", "utf-8", ",", False, 4)),
        ("saisie_fr_cp1252.csv", ("csv", "cp1252", ";", False, 3)),
        ("ls_code_short.csv", ("csv", "utf-8", ",", True, 3)),
        ("kobo_fr_labels.csv", ("csv", "utf-8", ";", True, 3)),
        ("msforms_fr.xlsx", ("xlsx", "", "", False, None)),
        ("kobo_xml_values.xlsx", ("xlsx", "", "", False, None)),
    ],
)
def test_reference_exports_are_read_as_cells(name, dialect):
    from angle_mort.responses.files import read_sheet

    source = REFERENCE / "exports" / name
    sheet = read_sheet(source)
    assert (sheet.kind, sheet.encoding, sheet.delimiter, sheet.quoted) == dialect[:4]
    assert dialect[4] in (None, len(sheet.rows))
    assert {len(row) for row in sheet.rows} == {len(sheet.header)}
