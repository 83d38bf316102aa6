"""The gate: only marked outputs leave, harmless, on a page that asks nothing of the network."""

import re

import nbformat
import pytest

from angle_mort import views
from angle_mort.cohort import load_cohort, report
from angle_mort.errors import AngleMortError
from angle_mort.publishing import page_from_notebook, publish
from angle_mort.publishing.execution import execute
from angle_mort.publishing.sanitising import clean
from angle_mort.publishing.scanning import scan
from angle_mort.shipped import shipped

COHORT = shipped("demo") / "cohorte"
NOTEBOOK = shipped("notebooks") / "01_lire_une_cohorte.ipynb"
SECRET = "Bernadette Canariello"


def marked(html, audience="sponsor"):
    return nbformat.v4.new_output(
        "display_data", {"text/html": html}, metadata={"angle_mort": {"audience": audience, "demonstration": True}}
    )


def notebook(*outputs, markdown=(), source="x = 1"):
    cells = [nbformat.v4.new_markdown_cell(each) for each in markdown]
    return nbformat.v4.new_notebook(cells=[*cells, nbformat.v4.new_code_cell(source, outputs=list(outputs))])


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    return publish(NOTEBOOK, tmp_path_factory.mktemp("out"), {"cohort_path": COHORT}).read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_published_notebook_is_the_report_to_the_letter(published):
    assert published == report(load_cohort(COHORT)).html


def test_the_sections_are_there_in_order(published):
    sections = re.findall(r"<h2>(.*?)</h2>", published)
    assert len(sections) == 9
    expected = (
        "Qui a répondu",
        "passe‑t‑elle encore",
        "Pourquoi tout garder",
        "Cinq domaines",
        "Deux semaines",
        "quatre étapes",
        "pas montré",
        "Limites",
        "À propos de ces chiffres",
    )
    for words, section in zip(expected, sections, strict=True):
        assert words in section


def test_the_page_says_its_language_its_policy_and_that_it_is_a_demonstration(published):
    assert '<html lang="fr">' in published
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in published
    assert re.search(r"<title>DÉMONSTRATION — données inventées · .+</title>", published)
    assert published.count('src="data:image/png;base64,') == 5


def test_nothing_of_the_workshop_is_in_the_page(published):
    for word in (
        "import angle_mort",
        "cohort_path",
        "parameters",
        "execution_count",
        "application/vnd",
        str(COHORT),
        "<script",
    ):
        assert word not in published


def test_every_picture_has_a_french_text_of_its_own(published):
    texts = re.findall(r'<img src="[^"]+" alt="([^"]*)"', published)
    assert len(texts) == len(set(texts)) == 5
    assert all(len(text) > 40 and re.search(r"\d", text) for text in texts)


LEAKS = {
    "unmarked output": notebook(
        nbformat.v4.new_output("display_data", {"text/html": f"<p>{SECRET}</p>"}), marked("<p>ok</p>")
    ),
    "printed": notebook(nbformat.v4.new_output("stream", name="stdout", text=SECRET), marked("<p>ok</p>")),
    "warning": notebook(nbformat.v4.new_output("stream", name="stderr", text=SECRET), marked("<p>ok</p>")),
    "traceback": notebook(
        nbformat.v4.new_output("error", ename="E", evalue=SECRET, traceback=[SECRET]), marked("<p>ok</p>")
    ),
    "code": notebook(marked("<p>ok</p>"), source=f"x = '{SECRET}'"),
    "a coach's note": notebook(marked("<p>ok</p>"), markdown=[f"# {SECRET}"]),
    "another audience": notebook(marked(f"<p>{SECRET}</p>", "leader"), marked("<p>ok</p>")),
    "script": notebook(marked(f"<p>ok</p><script>'{SECRET}'</script>")),
    "comment": notebook(marked(f"<p>ok</p><!-- {SECRET} -->")),
    "title attribute": notebook(marked(f'<p title="{SECRET}">ok</p>')),
    "class": notebook(marked(f'<p class="{SECRET}">ok</p>')),
    "style": notebook(marked(f"<p>ok</p><style>/* {SECRET} */</style>")),
    "other kind of a marked output": notebook(
        nbformat.v4.new_output(
            "display_data",
            {"text/html": "<p>ok</p>", "application/json": {"n": SECRET}, "text/plain": SECRET},
            metadata={"angle_mort": {"audience": "sponsor"}},
        )
    ),
}


@pytest.mark.parametrize("route", LEAKS)
def test_a_secret_does_not_get_out_by(route):
    leaking = LEAKS[route]
    leaking.metadata["widgets"] = {"state": SECRET}
    leaking.metadata["title"] = SECRET
    page = page_from_notebook(leaking).html
    assert "ok" in page
    for word in SECRET.split():
        assert word not in page


def saved(**metadata):
    """A notebook saved with a marked figure of somebody else in a cell that will not run anew."""
    old = nbformat.v4.new_code_cell("1", outputs=[marked(f"<p>{SECRET}</p>")], metadata=metadata)
    new = nbformat.v4.new_code_cell(
        "from IPython.display import publish_display_data as show\n"
        "show({'text/html': '<p>ok</p>'}, metadata={'angle_mort': {'audience': 'sponsor', 'demonstration': True}})"
    )
    return nbformat.v4.new_notebook(cells=[old, new])


@pytest.mark.slow
@pytest.mark.parametrize("tag", ["skip-execution", "raises-exception", ""])
def test_a_figure_saved_with_the_notebook_is_never_published(tmp_path, tag):
    notebook = saved(tags=[tag] if tag else [])
    if not tag:
        notebook.cells[0].source = ""
    nbformat.write(notebook, tmp_path / "x.ipynb")
    page = publish(tmp_path / "x.ipynb", tmp_path).read_text(encoding="utf-8")
    assert "ok" in page
    assert "Canariello" not in page


def test_a_cell_that_is_allowed_to_fail_still_stops_the_page(tmp_path):
    notebook = saved()
    notebook.cells[0] = nbformat.v4.new_code_cell("raise ValueError('x')", metadata={"tags": ["raises-exception"]})
    nbformat.write(notebook, tmp_path / "x.ipynb")
    with pytest.raises(AngleMortError) as error:
        publish(tmp_path / "x.ipynb", tmp_path / "out")
    assert error.value.codes == ["AM702"]
    assert not (tmp_path / "out").exists()


def test_the_kernel_does_not_know_the_passphrase(monkeypatch):
    monkeypatch.setenv("ANGLE_MORT_PASSPHRASE", SECRET)
    code = "import os\nassert not [n for n in os.environ if n.startswith('ANGLE_MORT')]"
    execute(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)]), {})


def test_invented_and_real_people_or_two_cohorts_never_share_a_page():
    for other in ({"demonstration": False}, {"demonstration": True, "cohort": "other"}):
        second = nbformat.v4.new_output(
            "display_data", {"text/html": "<p>b</p>"}, metadata={"angle_mort": {"audience": "sponsor"} | other}
        )
        with pytest.raises(AngleMortError) as error:
            page_from_notebook(notebook(marked("<p>a</p>"), second))
        assert error.value.codes == ["AM706"]


def test_a_page_without_any_marked_output_is_refused():
    with pytest.raises(AngleMortError) as error:
        page_from_notebook(notebook(nbformat.v4.new_output("display_data", {"text/html": "<p>x</p>"})))
    assert error.value.codes == ["AM705"]


DIRTY = {
    "address": '<a href="https://exemple.example">x</a>',
    "script": "<script>1</script>",
    "email": "anne@exemple.example",
    "phone": "06 12 34 56 78",
    "siret": "732 829 320 00074",
    "path": "/home/anne/data",
    "time": "2026-11-23T10:11:12",
    "traceback": "Traceback (most recent call last)",
    "data": '<img src="data:image/svg+xml;base64,AAAA">',
}


HIDDEN = {
    "email": ["élodie@société.fr", "jean<strong>@</strong>exemple.example"],
    "phone": ["+33 (0)6 12 34 56 78", "0033612345678", "06\u200b12345678", "06.12.34.56.78"],
    "time": ["2026/03/03 2:15:20 PM UTC+1", "23/11/2026 14:05"],
    "address": ["www.exemple.example", '<img src="//a.example/x.png">'],
    "path": ["data/private/coffre.bin", "C:\\Users\\anne", "~/notes"],
}
INNOCENT = [
    "il y a onze = 11",
    "un onglet =2",
    "le ws: x",
    "Cohorte artisans-01-02-03-04-05",
    "1 234,5 points ; 6/10/8",
]


@pytest.mark.parametrize("kind", HIDDEN)
def test_the_scanner_finds_it_in_other_dresses(kind):
    for text in HIDDEN[kind]:
        assert kind in [each.kind for each in scan(f"<p>{text}</p>")], text


@pytest.mark.parametrize("text", INNOCENT)
def test_the_scanner_leaves_plain_sentences_alone(text):
    assert scan(f"<p>{text}</p>") == []


@pytest.mark.parametrize("kind", DIRTY)
def test_the_scanner_finds(kind):
    assert kind in [each.kind for each in scan(f"<p>{DIRTY[kind]}</p>")]


def test_the_scanner_opens_pictures():
    import base64
    import io

    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    notes, picture = PngInfo(), io.BytesIO()
    notes.add_text("Author", SECRET)
    Image.new("L", (2, 2)).save(picture, "PNG", pnginfo=notes)
    page = f'<img src="data:image/png;base64,{base64.b64encode(picture.getvalue()).decode()}">'
    assert [each.kind for each in scan(page)] == ["notes"]


def test_what_the_scanner_finds_stops_the_page():
    page = page_from_notebook(notebook(marked("<p>Appelez le 06 12 34 56 78</p>")))
    with pytest.raises(AngleMortError) as error:
        _ = page.html
    assert error.value.codes == ["AM704"]
    assert "06 12" not in str(error.value)


@pytest.mark.parametrize(
    "hostile",
    [
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        '<iframe src="data:text/html,x"></iframe>',
        '<svg onload="alert(1)"></svg>',
        '<p style="background:url(//a.example)">x</p>',
        "<form action=//a.example><input></form>",
        '<input type="radio" onchange="x()"><label>x</label><button popovertarget="x">x</button>',
        '<p class="slot" id="x" popover style="x">x</p>',
        '<img alt="x" width="99999" height="1e3" src="x" style="x">',
        '<img src="data:image/svg+xml;base64,PHN2Zz4=">',
    ],
)
def test_sanitising_leaves_nothing_that_runs_or_fetches(hostile):
    cleaned = clean(hostile)
    assert not re.search(
        r"(?i)on\w+=|javascript|iframe|svg|style|form|href|a\.example|input|label|button|popover|slot|width|height",
        cleaned,
    )


def test_marks_that_reverse_text_are_removed():
    assert clean("<p>a\u202eb\u2066c\u0007d</p>") == "<p>abcd</p>"


def test_an_unknown_parameter_is_refused_before_anything_runs(tmp_path):
    with pytest.raises(AngleMortError) as error:
        publish(NOTEBOOK, tmp_path, {"cohorte_path": COHORT, "taille": 3})
    assert error.value.codes == ["AM714", "AM701"]
    assert not list(tmp_path.iterdir())


def test_a_failing_cell_publishes_nothing_and_names_the_cell_and_our_code(tmp_path):
    with pytest.raises(AngleMortError) as error:
        publish(NOTEBOOK, tmp_path, {"cohort_path": tmp_path / "nowhere"})
    (problem,) = error.value.problems
    assert (problem.code, problem.fields["reason"]) == ("AM702", "AM601")
    assert not list(tmp_path.iterdir())


def test_what_is_no_notebook_is_refused(tmp_path):
    (tmp_path / "x.ipynb").write_text("{")
    for path in (tmp_path / "x.ipynb", tmp_path / "absent.ipynb"):
        with pytest.raises(AngleMortError) as error:
            publish(path, tmp_path)
        assert error.value.codes == ["AM700"]


def test_a_view_marks_its_output_in_a_notebook():
    view = views.blocks(load_cohort(COHORT).summary)
    data, metadata = view._repr_mimebundle_()
    mark = metadata["angle_mort"]
    assert (mark["audience"], mark["view"], mark["demonstration"]) == ("sponsor", "blocks", True)
    assert mark["cohort"] == load_cohort(COHORT).certificate["seal"]
    assert set(data) == {"text/html", "text/plain"}
