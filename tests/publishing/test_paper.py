"""The page on paper: the same words and figures, tagged, in French, and nothing of the machine that printed it."""

import getpass
import http.server
import io
import re
import socket
import tempfile
import threading
from html import unescape

import nbformat
import pytest
from pypdf import PdfReader

from angle_mort.cohort import load_cohort, report
from angle_mort.errors import AngleMortError
from angle_mort.publishing import paper, publish, scan
from angle_mort.publishing.paper import broken_as, hyphenated, printed
from angle_mort.shipped import shipped

pytestmark = pytest.mark.needs("browser")
SHY = "\u00ad"


@pytest.fixture(scope="module")
def page():
    return report(load_cohort(shipped("demo") / "cohorte"))


@pytest.fixture(scope="module")
def pdf(page):
    return PdfReader(io.BytesIO(page.pdf))


def words_of(pdf):
    return "\n".join(each.extract_text() for each in pdf.pages)


def letters(text):
    return re.sub(r"[\W_]", "", text)


@pytest.mark.slow
def test_it_says_every_word_of_the_page_and_every_number_of_its_tables(page, pdf):
    told = letters(words_of(pdf))
    main = page.html.partition("<main")[2]
    texts = re.findall(r"(?s)<(?:h2|p|th|td|caption)\b[^>]*>(.*?)</(?:h2|p|th|td|caption)>", main)
    assert len(texts) > 150 and letters(page.title) in told
    assert [text for text in texts if letters(unescape(re.sub("<[^>]+>", "", text))) not in told] == []
    assert sum(len(each.images) for each in pdf.pages) == 5


@pytest.mark.slow
def test_it_is_a4_tagged_french_titled_and_has_an_outline(page, pdf):
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/StructTreeRoot"] and root["/Lang"] == "fr"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata.title == page.whole_title and page.whole_title.startswith("DÉMONSTRATION")
    assert {tuple(round(float(side)) for side in each.mediabox[2:]) for each in pdf.pages} == {(595, 842)}
    (title, sections) = pdf.outline
    assert [title.title, *(each.title for each in sections)] == [page.title, *(each.heading for each in page.contents)]


@pytest.mark.slow
def test_each_figure_keeps_its_own_text(page, pdf):
    numbers = [number for number in pdf.xref[0] if number]
    objects = [pdf.get_object(number) for number in numbers]
    told = {str(each["/Alt"]) for each in objects if isinstance(each, dict) and "/Alt" in each}
    assert told == {unescape(alt) for alt in re.findall(r'<img[^>]* alt="([^"]+)"', page.html)}


@pytest.mark.slow
def test_it_holds_nothing_of_the_machine_nor_of_the_hour(page, pdf):
    assert set(pdf.metadata) <= {"/Title", "/Producer"}
    streams = [each.get_data() for each in map(pdf.get_object, pdf.xref[0]) if hasattr(each, "get_data")]
    whole = b"\n".join([page.pdf, *streams]).lower()
    for trace in (tempfile.gettempdir(), socket.gethostname(), getpass.getuser(), "headless", "linux", "/creationdate"):
        assert len(trace) < 5 or trace.lower().encode() not in whole, trace
    assert b"page.html" not in whole
    again = printed(page.html, page.whole_title, [page.title, *(each.heading for each in page.contents)])
    assert again == page.pdf, "the same page gives the same bytes at another hour"


@pytest.mark.slow
def test_the_only_broken_words_are_those_at_the_end_of_a_line(pdf):
    lines = words_of(pdf).split("\n")
    broken = [line for line in lines if line.endswith("\u2010")]
    assert 3 <= len(broken) <= 20
    assert not [line for line in lines if SHY in line.rstrip(f"\u2010{SHY} ")]
    words = re.findall(r"\w+", words_of(pdf))
    assert "dirigeants" in words and "dépendance" in words and "opérationnelle" in words


def test_titles_tables_names_and_numbers_are_never_broken():
    whole = "<h2>Questionnaire</h2><td>entreprise</td><p>Marchandeau 123456 passe‑t‑elle dirigeants‑là</p>"
    assert hyphenated(whole) == whole
    assert hyphenated("<p>l’entreprise</p><li>responsabilité</li>").count(SHY) == 6


def test_a_line_end_that_is_not_found_again_breaks_nothing():
    page = "<p>une entreprise</p>"
    assert broken_as(page, ["tout autre chose, une entre\u2010", "prise"]) == page
    assert broken_as(page, ["une entre\u2010", "prise"]) == f"<p>une entre{SHY}prise</p>"


@pytest.mark.slow
def test_what_must_not_leave_is_found_in_it(page):
    planted = page.html.replace("<p>Page à partager.", "<p>Appelez le 06 12 34 56 78.</p><p>Page à partager.")
    assert "phone" in [each.kind for each in scan(printed(planted, "x", []))]


@pytest.mark.slow
def test_the_browser_asks_nothing_of_anybody():
    asked = []

    class Listening(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)

    server = http.server.HTTPServer(("127.0.0.1", 0), Listening)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        port = server.server_address[1]
        printed(f'<img src="http://127.0.0.1:{port}/a"><img src="http://localhost:{port}/b"><p>x</p>', "x", [])
    finally:
        server.shutdown()
        server.server_close()
    assert asked == []


# ------------------------------------------------------------------------------------------------ without a browser


@pytest.fixture
def notebook(tmp_path):
    code = (
        "from IPython.display import publish_display_data as show\n"
        "show({'text/html': '<p>ok</p>'}, metadata={'angle_mort': {'audience': 'sponsor', 'demonstration': True}})"
    )
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)]), tmp_path / "x.ipynb")
    return tmp_path / "x.ipynb"


def test_without_a_browser_the_page_is_there_and_the_reason_is_told(notebook, tmp_path, monkeypatch):
    monkeypatch.setattr(paper, "_BROWSERS", ("no-such-browser",))
    with pytest.raises(AngleMortError) as error:
        publish(notebook, tmp_path, pdf=True)
    assert error.value.codes == ["AM720"]
    assert "ok" in (tmp_path / "x.html").read_text(encoding="utf-8")
    assert not list(tmp_path.glob("*.pdf"))


@pytest.mark.parametrize("answer", ["exit 3", "exit 0"])
def test_a_browser_that_does_not_print_is_told_too(page, tmp_path, monkeypatch, answer):
    program = tmp_path / "browser"
    program.write_text(f"#!/bin/sh\n{answer}\n")
    program.chmod(0o755)
    monkeypatch.setattr(paper, "_BROWSERS", (str(program),))
    with pytest.raises(AngleMortError) as error:
        printed(page.html, "x", [])
    assert error.value.codes == ["AM721"]


@pytest.mark.slow
def test_published_with_a_pdf_both_are_beside_each_other(notebook, tmp_path):
    path = publish(notebook, tmp_path, pdf=True)
    assert path.with_suffix(".pdf").read_bytes().startswith(b"%PDF-")
