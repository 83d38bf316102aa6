"""The scanner on every kind of file: what is found, where; what is innocent; and files made to exhaust it."""

import base64
import bz2
import gzip
import io
import json
import lzma
import zipfile
import zlib

import numpy as np
import pandas as pd
import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment
from pypdf import PdfReader, PdfWriter
from pypdf.actions import JavaScript
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from angle_mort.cohort import load_cohort, report
from angle_mort.errors import AngleMortError
from angle_mort.publishing.scanning import Known, scan, scan_file
from angle_mort.publishing.scanning.pieces import DEPTH_LIMIT
from angle_mort.shipped import shipped
from angle_mort.text import keys
from angle_mort.tokens import KINDS, KnownTokens
from tests.attacks.canaries import canary, png, zipped

WHO = canary(7)
NAME = WHO["person"]
COHORT = load_cohort(shipped("demo") / "cohorte")
KNOWN = Known.of(KnownTokens.of([WHO]), [COHORT.leaders])


def kinds(content, name=""):
    return {each.kind for each in scan(content, name, KNOWN)}


def refusal(content, name=""):
    with pytest.raises(AngleMortError) as error:
        scan(content, name, KNOWN)
    (problem,) = error.value.problems
    return problem.code


# --------------------------------------------------------------------------------------------------- kinds of files


def archive(**members):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, member in members.items():
            file.writestr(name, member)
    return content.getvalue()


def workbook(change):
    book, content = Workbook(), io.BytesIO()
    change(book)
    book.save(content)
    return content.getvalue()


def document(change):
    writer, content = PdfWriter(), io.BytesIO()
    writer.add_blank_page(width=200, height=200)
    change(writer)
    writer.write(content)
    return content.getvalue()


def drawn(text):
    """A PDF whose page says the text, its letters told by the numbers of a font, as browsers do."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_pdf import FigureCanvasPdf
    from matplotlib.figure import Figure

    figure, content = Figure(), io.BytesIO()
    FigureCanvasPdf(figure)
    figure.text(0.1, 0.5, text)
    with rc_context({"pdf.fonttype": 42}):
        figure.savefig(content, format="pdf", metadata={"CreationDate": None})
    return content.getvalue()


def hidden_sheet(book):
    book.create_sheet("notes").sheet_state = "hidden"
    book["notes"]["B7"] = NAME


FILES = {
    "text": NAME.encode(),
    "UTF-16": NAME.encode("utf-16"),
    "UTF-16 without its mark": ("Vu avec " + NAME).encode("utf-16-le"),
    "Windows": f"Déjà vu avec {NAME}".encode("cp1252"),
    "CSV": f"Nom;Note\r\n{NAME};3\r\n".encode(),
    "JSON": json.dumps({"a": [{"b": {NAME: 1}}]}).encode(),
    "HTML": f"<!DOCTYPE html><title>{NAME}</title>".encode(),
    "SVG": f'<svg xmlns="http://www.w3.org/2000/svg"><text>{NAME}</text></svg>'.encode(),
    "PNG": png(behind=NAME.encode()),
    "ZIP": zipped(NAME),
    "name of a file in a ZIP": archive(**{f"{NAME}.txt": "x"}),
    "ZIP in a ZIP in a ZIP": archive(a=archive(b=zipped(NAME))),
    "gzip": gzip.compress(NAME.encode()),
    "bzip2": bz2.compress(NAME.encode()),
    "xz": lzma.compress(NAME.encode()),
    "before a ZIP": b"PK\x03\x04" + NAME.encode() + zipped("x"),
    "workbook": workbook(lambda book: book.active.append(["a", NAME])),
    "hidden sheet": workbook(hidden_sheet),
    "name of a sheet": workbook(lambda book: book.create_sheet(NAME)),
    "comment on a cell": workbook(lambda book: setattr(book.active["A1"], "comment", Comment(NAME, "x"))),
    "title of a workbook": workbook(lambda book: setattr(book.properties, "title", NAME)),
    "page of a PDF": drawn(NAME),
    "title of a PDF": document(lambda writer: writer.add_metadata({"/Title": NAME})),
    "file attached to a PDF": document(lambda writer: writer.add_attachment("x.txt", NAME.encode())),
    "workbook attached to a PDF": document(
        lambda writer: writer.add_attachment("x.xlsx", workbook(lambda book: book.active.append([NAME])))
    ),
    "contents of a PDF": document(lambda writer: writer.add_outline_item(title=NAME, page_number=0)),
    "alternative text of a PDF": document(
        lambda writer: writer._add_object(
            DictionaryObject({NameObject("/Alt"): TextStringObject(NAME), NameObject("/S"): NameObject("/Figure")})
        )
    ),
    "unknown": b"\x00\x01\x02OLD" + NAME.encode() + b"\xff\x00\x03",
    "unknown, two bytes a letter": b"\x00\x01\x02\x03" + NAME.encode("utf-16-le") + b"\xff\xfe\x00\x03\x01",
}


@pytest.mark.parametrize("kind", FILES)
def test_a_name_is_found_in(kind):
    assert kinds(FILES[kind], "fichier.csv" if kind == "CSV" else "") & set(KINDS)


def test_what_a_pdf_left_behind_when_it_was_changed_is_found():
    first = drawn(NAME)
    start = PdfReader(io.BytesIO(first)).trailer.get("/Size")
    assert start
    changed = first + b"\n7 0 obj\n<< /Filter /FlateDecode /Length 99 >>\nstream\n"
    changed += zlib.compress(f"BT ({WHO['email']}) Tj ET".encode("latin-1")) + b"\nendstream\nendobj\n"
    assert "email" in kinds(changed + b"startxref\n" + first.rpartition(b"startxref\n")[2])


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"a;b\n=1+1;2\n", "x.csv", "formula"),
        (b"a\tb\n+cmd|x\t2\n", "x.tsv", "formula"),
        (workbook(lambda book: book.active.append(["=1+1"])), "x.xlsx", "formula"),
        (workbook(lambda book: setattr(book.properties, "creator", "x")), "x.xlsx", "author"),
        (document(lambda writer: writer.add_metadata({"/Author": "x"})), "", "author"),
        (document(lambda writer: writer.add_open_action(JavaScript("app.alert(1)"))), "", "script"),
        ('{"cells": [], "metadata": {"widgets": {"a": {"state": {"b": 1}}}}}', "", "widgets"),
        (png(behind=b"x"), "", "notes"),
        (b"\xff\xd8\xff\xe0 JFIF \x00\x01", "", "unreadable"),
        ("<p>a\u202eb</p>", "", "direction"),
        (f"<p>{COHORT.leaders['leader'][3]}</p>", "", "id"),
        ('<img src="data:image/svg+xml;base64,PHN2Zy8+">', "", "data"),
    ],
)
def test_what_a_place_gives_away_is_found(content, name, kind):
    assert kind in kinds(content, name)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (report(COHORT).html, "rapport.html"),
        ((shipped("demo") / "cohorte" / "items.csv").read_bytes(), "items.csv"),
        (workbook(lambda book: book.active.append(["Moyenne", 12.5, -3])), "moyennes.xlsx"),
        ("A;B\n-3;+12,5\n", "moyennes.csv"),
        (document(lambda writer: None), "page.pdf"),
        (png(), "figure.png"),
        ("Repères : 0 25 50 75 100, puis 33.33 66.67 100", "reperes.txt"),
        ('<p lang="fr" class="petit">Un petit moment</p>', "page.html"),
    ],
)
def test_what_is_innocent_is_left_alone(content, name):
    lang = Known.of(KnownTokens.of([{"person": "Anne Lang"}, {"person": "Jean Petit"}]), [COHORT.leaders])
    assert scan(content, name, lang) == []


# ----------------------------------------------------------------------------------------------------- exact scores

ROW = COHORT.leaders.iloc[4]
SCALES = ["A", "B", "C", "D1", "D3", "E"]
EXACT = [float(ROW[scale]) for scale in SCALES]
ARRAYS = {
    "list": json.dumps(EXACT),
    "three of them": json.dumps(EXACT[:3]),
    "in another order": json.dumps(EXACT[::-1]),
    "object": json.dumps(dict(zip(SCALES, EXACT, strict=True))),
    "records": json.dumps([{"echelle": scale, "v": value} for scale, value in zip(SCALES, EXACT, strict=True)]),
    "row of a table": pd.DataFrame([EXACT], columns=SCALES).to_html(),
    "column of a table": pd.DataFrame({"v": EXACT}, index=SCALES).to_html(),
    "line of the cohort": COHORT.leaders.iloc[[4]].to_csv(index=False),
    "French": " ; ".join(str(value).replace(".", ",") for value in EXACT),
    "A, B and C rounded": "; ".join(f"{value:.1f}".replace(".", ",") for value in EXACT[:3]),
    "workbook": workbook(lambda book: book.active.append(EXACT)),
    "base64": "x " + base64.b64encode(json.dumps(EXACT).encode()).decode(),
}


@pytest.mark.parametrize("how", ARRAYS)
def test_the_exact_scores_of_a_person_are_found_as(how):
    assert "scores" in kinds(ARRAYS[how])


def test_a_leaders_own_sheet_may_hold_the_scores_of_that_person_alone():
    own, other = ARRAYS["list"], json.dumps([float(COHORT.leaders.iloc[9][scale]) for scale in SCALES])
    leader = COHORT.leaders["leader"][4]
    assert [each.kind for each in scan(own, known=KNOWN, own=leader)] == []
    assert [each.kind for each in scan(other, known=KNOWN, own=leader)] == ["scores"]
    assert [each.kind for each in scan(f"[{own}, {other}]", known=KNOWN, own=leader)] == ["scores"]
    assert [each.kind for each in scan(f"{own[:-1]}, {other[1:]}", known=KNOWN, own=leader)] == ["scores"]


def test_random_figures_of_groups_are_nobodys():
    draw = np.random.default_rng(3)
    text = "\n".join("; ".join(f"{value:.1f}" for value in draw.uniform(20, 80, 8)) for _ in range(300))
    assert "scores" not in kinds(text)


def test_the_dots_of_a_drawing_are_nobodys():
    draw = np.random.default_rng(5)
    path = " ".join(f"{value:.4f}" for value in draw.uniform(0, 100, 5000))
    assert "scores" not in kinds(f'<svg xmlns="http://www.w3.org/2000/svg"><path d="{path}"/></svg>')


# ------------------------------------------------------------------------------------------------------------ refused


def nested(depth):
    content = b"fin"
    for _ in range(depth):
        content = archive(a=content)
    return content


def lying(content):
    """A ZIP that says its member is small."""
    size = (30_000_000).to_bytes(4, "little")
    return content.replace(size, (10).to_bytes(4, "little"))


HOSTILE = {
    "zip that grows too much": (archive(a=bytes(30_000_000)), "AM711"),
    "zip that lies about its size": (lying(archive(a=bytes(30_000_000))), "AM713"),
    "gzip that grows too much": (gzip.compress(bytes(30_000_000)), "AM711"),
    "gzip in gzip": (gzip.compress(gzip.compress(bytes(30_000_000))), "AM711"),
    "note of a picture that grows too much": (None, "AM711"),
    "stream of a PDF that grows too much": (None, "AM711"),
    "too deep": (nested(DEPTH_LIMIT + 3), "AM712"),
    "JSON too deep": (b"[" * 200_000 + b"]" * 200_000, "AM712"),
    "cut zip": (zipped("x")[:-10], "AM713"),
    "cut PDF": (b"%PDF-1.7\n1 0 obj\n", "AM713"),
}


def test_a_file_made_to_exhaust_the_scanner_is_refused_with_a_code():
    from tests.attacks.canaries import chunk

    bomb = zlib.compress(bytes(30_000_000), 9)
    made = {
        "note of a picture that grows too much": png(chunk(b"zTXt", b"a\x00\x00" + bomb)),
        "stream of a PDF that grows too much": b"%PDF-1.7\n1 0 obj\n<< /Filter /FlateDecode >>\nstream\n"
        + bomb
        + b"\nendstream\nendobj\n",
    }
    for name, (content, code) in HOSTILE.items():
        assert refusal(made.get(name, content)) == code, name


def test_too_much_in_all_is_refused(monkeypatch):
    monkeypatch.setattr("angle_mort.publishing.scanning.pieces.OPENED_LIMIT", 50_000)
    parts = {f"{number}.txt": f"{number} ".encode() * 10_000 for number in range(4)}
    assert refusal(archive(**parts)) == "AM710"
    assert refusal(archive(a=archive(**{"0": b"x" * 30_000}), b=b"y" * 30_000)) == "AM710"


@pytest.mark.slow
@pytest.mark.parametrize(
    "run",
    ["a", "1 ", "<", "<a ", "<!--", "<?x", "&#1", "a-\n", "data:", "%41", '<p title="', "<td>1", "a@", "06", "\\u0041"],
)
def test_a_text_made_to_be_read_for_ever_is_read_to_its_end(run):
    """Each of these once took a time that grew as the square of its length: this one would take an hour."""
    assert "person" in kinds(run * (500_000 // len(run)) + f">\n{NAME}")


def test_a_locked_document_is_refused():
    assert refusal(document(lambda writer: writer.encrypt("x", algorithm="RC4-128"))) == "AM713"


def test_what_is_no_file_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "absent.pdf"):
        with pytest.raises(AngleMortError) as error:
            scan_file(path)
        assert error.value.codes == ["AM708"]


def test_a_broken_part_does_not_hide_the_others():
    content = archive(**{"a.pdf": b"%PDF-1.7\n1 0 obj\n", "b.txt": NAME})
    assert kinds(content) >= {"unreadable", "person"}


# ------------------------------------------------------------------------------------------------------------- told


def test_a_finding_says_where_in_french_and_repeats_nothing():
    (found,) = [each for each in scan(f"<p>a</p>\n\n<p>Vu avec {NAME}</p>", known=KNOWN) if each.kind == "person"]
    assert (found.place, found.lines) == ("ligne 3", (3,))
    assert NAME not in " ".join([found.place, found.what, found.mend])


def test_a_finding_in_a_notebook_names_the_cell_and_the_output():
    notebook = {"cells": [{"cell_type": "markdown", "source": "x"}, {"outputs": [{"data": {"text/plain": [NAME]}}]}]}
    found, *_ = scan(json.dumps(notebook), "x.ipynb", KNOWN)
    assert found.place.startswith("cellule 2 › sortie 1")


def test_every_kind_has_its_name_and_its_remedy():
    written = {key.split(".")[2] for key in keys() if key.startswith("scan.kind.")}
    assert written == {key.split(".")[2] for key in keys() if key.startswith("scan.mend.")}
    assert written >= set(KINDS)
