"""A canary on every way out: none leaves; and when one defence is off, the scanner stops the page."""

import copy
import re

import nbformat
import pytest

from angle_mort.errors import AngleMortError
from angle_mort.publishing import page, page_from_notebook, sanitising
from angle_mort.publishing.scanning import Known, scan
from angle_mort.text import t
from angle_mort.tokens import KINDS, KnownTokens
from tests.attacks import canaries

ROUTES = canaries.LEFT_BEHIND | canaries.STOPPED
PEOPLE = {route: canaries.canary(number) for number, route in enumerate(ROUTES, 1)}
KNOWN = Known.of(KnownTokens.of(PEOPLE.values()))
BODY = canaries.marked("<p>Corps de la page</p>").cells


def notebook_of(*routes):
    """One notebook with the canaries of these routes, and something that may be published."""
    made = [ROUTES[route](PEOPLE[route]["person"]) for route in routes]
    metadata = {key: value for each in made for key, value in each.metadata.items()}
    return nbformat.v4.new_notebook(cells=[cell for each in made for cell in each.cells] + BODY, metadata=metadata)


def rendered(notebook):
    """The page as it would leave if nobody looked at it."""
    made = page_from_notebook(notebook, known=KNOWN)
    return page.house().get_template("page.html").render(page=made, policy=page.POLICY, t=t)


def names_in(content, name=""):
    return {each.kind for each in scan(content, name, KNOWN)} & set(KINDS)


def stopped(notebook):
    with pytest.raises(AngleMortError) as error:
        _ = page_from_notebook(notebook, known=KNOWN).html
    return set(error.value.codes) == {"AM704"}


def test_the_canaries_are_no_words_of_ours():
    assert len({person["person"] for person in PEOPLE.values()}) == len(ROUTES) >= 80
    assert not names_in(rendered(notebook_of()))


def test_all_canaries_in_one_notebook_and_none_in_its_page():
    html = page_from_notebook(notebook_of(*canaries.LEFT_BEHIND), known=KNOWN).html
    assert "Corps de la page" in html
    for person in PEOPLE.values():
        for word in person["person"].split():
            assert word.casefold() not in html.casefold()


@pytest.mark.parametrize("route", ROUTES)
def test_the_scanner_finds_it_in_the_bare_notebook(route):
    assert names_in(nbformat.writes(notebook_of(route)), "carnet.ipynb")


@pytest.mark.parametrize("route", canaries.STOPPED)
def test_words_of_a_marked_output_stop_the_page(route):
    assert stopped(notebook_of(route))


def test_a_refusal_repeats_nothing_of_what_was_found():
    with pytest.raises(AngleMortError) as error:
        _ = page_from_notebook(notebook_of(*canaries.STOPPED), known=KNOWN).html
    for person in PEOPLE.values():
        assert not set(person["person"].split()) & set(re.findall(r"\w+", str(error.value)))


# -------------------------------------------------------------------------------------------- one defence at a time off


def allowing(**more):
    """The sanitiser with something more allowed."""

    def off(patch):
        allowed = copy.deepcopy(sanitising._ALLOWED)
        for name, value in more.items():
            allowed[name] = value(allowed[name])
        patch.setattr(sanitising, "_ALLOWED", allowed)

    return off


def any_attribute(*names):
    def off(patch):
        allowing(attributes=lambda own: own | {"*": set(names)}, tags=lambda own: own | {"a", "input"})(patch)
        patch.setattr(sanitising, "_SHAPES", {})

    return off


def any_tag(*names):
    def off(patch):
        allowing(tags=lambda own: own | set(names), clean_content_tags=lambda own: own - set(names))(patch)

    return off


def any_kind(kind):
    def off(patch):
        content = page._content
        patch.setattr(
            page, "_content", lambda output: page.escape(str(output.get("data", {}).get(kind) or content(output)))
        )

    return off


def any_mark(patch):
    patch.setattr(page, "_mark", lambda output: {"audience": "sponsor", "demonstration": True})


def any_output(patch):
    """Streams and errors too, whatever their mark."""
    any_mark(patch)
    content = page._content

    def told(output):
        parts = [output.get("text", ""), output.get("evalue", ""), "\n".join(output.get("traceback", []))]
        return content(output) if "data" in output else page.escape("\n".join(parts))

    patch.setattr(page, "_content", told)


class Anything:
    def __contains__(self, source):
        return True


def any_prose(patch):
    patch.setattr(page, "_known_prose", Anything)


def any_html_in_prose(patch):
    """Notes of the coach, with their HTML, and comments kept."""
    any_prose(patch)
    allowing(strip_comments=lambda own: False)(patch)
    patch.setattr(page, "_prose", lambda source: page.Block("prose", page.clean(source)))


def any_picture(patch):
    patch.setattr(sanitising, "picture", lambda address: address)


def no_sanitising(patch):
    patch.setattr(page, "clean", lambda html: html)


DEFENCES = {
    "only marked outputs": (any_mark, ["unmarked output", "another audience"]),
    "only figures and tables, no streams": (any_output, ["printed", "warning", "error value", "traceback"]),
    "only our own prose": (any_prose, ["coach's note", "heading"]),
    "no HTML of a coach": (any_html_in_prose, ["comment in a note"]),
    "no JSON": (any_kind("application/json"), ["JSON beside"]),
    "no text beside a table": (any_kind("text/plain"), ["text beside"]),
    "no SVG": (any_kind("image/svg+xml"), ["SVG"]),
    "no Markdown": (any_kind("text/markdown"), ["Markdown output"]),
    "no LaTeX": (any_kind("text/latex"), ["formula output"]),
    "no programs": (any_kind("application/javascript"), ["program output"]),
    "no widgets": (any_kind("application/vnd.jupyter.widget-view+json"), ["widget view"]),
    "no chart data": (any_kind("application/vnd.vegalite.v5+json"), ["chart data"]),
    "no data explorer": (any_kind("application/vnd.dataresource+json"), ["data explorer"]),
    "no PDF": (any_kind("application/pdf"), ["PDF"]),
    "no JPEG": (any_kind("image/jpeg"), ["JPEG"]),
    "no scripts": (any_tag("script"), ["script", "JSON in a script"]),
    "no styles": (any_tag("style"), ["style"]),
    "no comments": (
        allowing(strip_comments=lambda own: False),
        ["comment", "base64 in a comment", "entities in a comment"],
    ),
    "no titles": (any_attribute("title"), ["title attribute", "look-alike letters", "zero widths", "letter by letter"]),
    "no classes": (any_attribute("class"), ["class"]),
    "no ids": (any_attribute("id"), ["id"]),
    "no data attributes": (any_attribute("data-leader"), ["data attribute"]),
    "no labels": (any_attribute("aria-label"), ["label"]),
    "no style attributes": (any_attribute("style"), ["style attribute"]),
    "no handlers": (any_attribute("onclick"), ["handler"]),
    "no fields": (any_attribute("value"), ["form field"]),
    "no links": (
        lambda patch: (any_attribute("href")(patch), allowing(url_schemes=lambda own: own | {"mailto"})(patch)),
        ["link", "percent signs in a link", "table to download", "workbook to download"],
    ),
    "pictures without notes": (
        any_picture,
        [
            *("text in a picture's notes", "packed text in a picture's notes", "camera notes", "behind a picture"),
            *("international text in a picture's notes", "ZIP behind a picture", "SVG as a picture"),
        ],
    ),
    "sanitising at all": (no_sanitising, ["meta", "frame", "script", "comment", "style", "handler", "link"]),
}
SWITCHED_OFF = [(defence, route) for defence, (_, routes) in DEFENCES.items() for route in routes]


@pytest.mark.parametrize(("defence", "route"), SWITCHED_OFF)
def test_without_one_defence_it_would_leave_and_the_scanner_stops_it(monkeypatch, defence, route):
    assert not names_in(rendered(notebook_of(route)))
    DEFENCES[defence][0](monkeypatch)
    assert names_in(rendered(notebook_of(route)))
    assert stopped(notebook_of(route))


@pytest.mark.parametrize("route", canaries.STOPPED)
def test_without_the_scanner_it_would_leave(route):
    assert names_in(rendered(notebook_of(route)))


AS_AN_EXPORTER_DOES = {
    "code": lambda cell: cell.source,
    "comment in code": lambda cell: cell.source,
    "injected parameters": lambda cell: cell.source,
    "raw cell": lambda cell: cell.source,
    "hidden cell": lambda cell: cell.source,
    "cell id": lambda cell: cell.id,
    "cell tag": lambda cell: " ".join(cell.metadata.tags),
    "cell name": lambda cell: cell.metadata.name,
    "slide note": lambda cell: cell.metadata.slideshow.note,
    "name of an attached file": lambda cell: " ".join(cell.attachments),
    "attached picture": lambda cell: f'<img src="data:image/png;base64,{cell.attachments["x.png"]["image/png"]}">',
}


@pytest.mark.parametrize("route", AS_AN_EXPORTER_DOES)
def test_a_page_that_kept_what_exporters_keep_would_be_stopped(monkeypatch, route):
    """Nothing in the gate reads cells' sources, ids and metadata: here their text is put into a marked output."""
    notebook = notebook_of(route)
    monkeypatch.setattr(sanitising, "picture", lambda address: address)
    notebook.cells += canaries.marked(f"<p>{AS_AN_EXPORTER_DOES[route](notebook.cells[0])}</p>").cells
    assert stopped(notebook)


@pytest.mark.parametrize("key", ["papermill", "authors", "title", "kernelspec", "widgets"])
def test_a_page_with_the_metadata_of_the_notebook_would_be_stopped(key):
    routes = dict(zip(("papermill", "authors", "title", "kernelspec", "widgets"), METADATA, strict=True))
    notebook = notebook_of(routes[key])
    notebook.cells += canaries.marked(f"<p>{page.escape(str(notebook.metadata[key]))}</p>").cells
    assert stopped(notebook)


METADATA = ("papermill parameters", "authors", "title", "kernel", "widget state")


def test_a_page_without_its_policy_is_stopped(monkeypatch):
    monkeypatch.setattr(page, "house", Bare)
    with pytest.raises(AngleMortError) as error:
        _ = page_from_notebook(notebook_of(), known=KNOWN).html
    assert error.value.codes == ["AM704"]


class Bare:
    """A template that forgot the content security policy."""

    def get_template(self, _):
        return self

    def render(self, page, **_):
        return "".join(block.html for block in page.blocks)


def test_the_name_of_the_page_is_looked_at_too(tmp_path):
    person = PEOPLE["code"]["person"].replace(" ", "_").lower()
    with pytest.raises(AngleMortError):
        page_from_notebook(notebook_of(), known=KNOWN).save(tmp_path / f"seance_{person}.html")
    assert not list(tmp_path.iterdir())
