"""Hostile answers in a real browser: nothing of theirs runs, neither in JupyterLab nor on the published page."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from angle_mort.cli.workspace import workspace
from angle_mort.publishing import page_from_notebook
from angle_mort.publishing.page import Page
from tests.attacks.hostile import HOSTILE, RAN, export, with_a_hostile_column
from tests.browser.jupyter import run_in_laboratory, served, window

pytestmark = [pytest.mark.browser, pytest.mark.needs("browser"), pytest.mark.slow]
ALL = "\n".join(f"<div>{each}</div>" for each in HOSTILE)
MARK = {"angle_mort": {"audience": "sponsor", "demonstration": True}}
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
CONTROL = "window.control = 1"

CELLS = [
    "import dataclasses\nimport angle_mort as am\nimport pandas as pd\npd.set_option('display.max_colwidth', None)",
    f"from IPython.display import HTML\nHTML('<img src=y onerror=\"{CONTROL}\">')",
    "intake = am.read_export('export.csv', am.load_instrument())",
    "intake.report",
    "intake.identities",
    "intake.texts",
    "intake.identities.set_index('person').T",
    "intake.texts['text'].tolist()",
    "print(intake.texts['text'].str.cat(sep='\\n'))",
    "cohort = am.load_cohort('../data/demo/cohorte')",
    "said = intake.texts['text'].tolist()",
    "hostile = dataclasses.replace(cohort.summary, name=' '.join(said), instrument=said[0])",
    "am.views.heading(hostile)",
    "am.views.answer_care(dataclasses.replace(hostile, intake=dict(zip(hostile.intake, said))))",
    "import ipywidgets\nipywidgets.Dropdown(options=list(intake.texts['text']), description='Choix')",
    "am.read_export('autre.csv', am.load_instrument())",
    "'fin'",
]


# ------------------------------------------------------------------------------------------------------ published page


def published(html):
    output = new_output("display_data", {"text/html": html}, metadata=MARK)
    return page_from_notebook(new_notebook(cells=[new_code_cell("1", outputs=[output])]))


def ran_in(browser, path):
    """How many hostile programs ran, what was asked of the network, what the page holds that could run."""
    page = browser.new_context().new_page()
    asked = []
    page.on("requestfinished", lambda each: asked.append(each.url))
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    page.wait_for_timeout(300)
    alive = page.locator("script, iframe, object, embed, svg, form, [onerror], [onload], [ontoggle], a[href^='java']")
    return page.evaluate("window.ran || 0"), [url for url in asked if not url.startswith("data:")][1:], alive.count()


def test_the_hostile_answers_do_run_on_a_page_without_defences(browser, tmp_path):
    (tmp_path / "x.html").write_text(f"<!DOCTYPE html>{ALL}", encoding="utf-8")
    ran, _, alive = ran_in(browser, tmp_path / "x.html")
    assert ran >= 4
    assert alive >= 5


def test_nothing_runs_on_the_published_page_and_nothing_is_asked(browser, tmp_path, monkeypatch):
    monkeypatch.setattr("angle_mort.publishing.page.scan", lambda *_, **__: [])  # the other barriers alone
    path = published(f"<p>ok</p>{ALL}").save(tmp_path / "x.html")
    assert "ok" in path.read_text(encoding="utf-8")
    assert ran_in(browser, path) == (0, [], 0)


def test_nothing_runs_when_the_answers_come_through_without_sanitising(browser, tmp_path, monkeypatch):
    """The policy alone: what is on the page, the browser does not run."""
    monkeypatch.setattr("angle_mort.publishing.page.scan", lambda *_, **__: [])
    monkeypatch.setattr("angle_mort.publishing.page.clean", lambda html: html)
    ran, asked, alive = ran_in(browser, published(f"<p>ok</p>{ALL}").save(tmp_path / "x.html"))
    assert (ran, asked) == (0, [])
    assert alive


def test_the_scanner_alone_stops_the_page(monkeypatch):
    monkeypatch.setattr("angle_mort.publishing.page.clean", lambda html: html)
    for hostile in HOSTILE[:7]:
        with pytest.raises(ValueError, match="AM704"):
            _ = published(hostile).html


def test_what_is_written_in_the_title_or_as_text_stays_text(browser, tmp_path, monkeypatch):
    monkeypatch.setattr("angle_mort.publishing.page.scan", lambda *_, **__: [])
    made = published("<p>ok</p>")
    path = Page(ALL, "sponsor", True, made.blocks).save(tmp_path / "x.html")
    assert ran_in(browser, path) == (0, [], 0)


# ---------------------------------------------------------------------------------------------------------- JupyterLab


@pytest.fixture
def laboratory(tmp_path):
    """JupyterLab on a workspace with a hostile export, a hostile notebook and the released cohort; its address."""
    place = tmp_path / "travail"
    workspace(place)
    export(place / "notebooks" / "export.csv")
    with_a_hostile_column(place / "notebooks" / "autre.csv")
    notes = [new_markdown_cell(each) for each in HOSTILE]
    run = [new_code_cell(each, metadata={"tags": ["raises-exception"] if "autre" in each else []}) for each in CELLS]
    nbformat.write(new_notebook(cells=[*run, *notes], metadata=KERNEL), place / "notebooks" / "x.ipynb")
    with served(place) as address:
        yield address


def test_no_answer_runs_in_jupyterlab(browser, laboratory):
    with window(browser, 1440, 3000) as screen:
        run_in_laboratory(screen, laboratory, "x.ipynb")
        screen.page.get_by_text("'fin'", exact=True).last.wait_for()
        nothing_ran_on(screen.page)


def nothing_ran_on(page):
    page.wait_for_timeout(1000)
    shown = page.locator(".jp-OutputArea-output")
    assert shown.count() >= 9
    assert page.evaluate("window.control") == 1, "a program in an output does run here: the test sees what it looks for"
    assert page.evaluate("window.ran || 0") == 0
    assert page.locator("img[src='x'], a[href^='javascript'], .jp-OutputArea svg[onload]").count() == 0
    assert RAN in page.content().replace("&quot;", '"')
