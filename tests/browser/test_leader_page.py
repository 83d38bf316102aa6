"""A leader's sheet with everything on it, vault open: for a keyboard, for a screen reader, on a phone and on A4."""

import io

import pytest
from pypdf import PdfReader

from angle_mort.cohort import leader_report
from tests.browser.test_page import SIZES
from tests.leaders import house, identity, plain

pytestmark = [pytest.mark.browser, pytest.mark.needs("browser"), pytest.mark.slow]
SHY = "\u00ad"
STOP = """(each => each === document.body ? null : [
  each.tagName, each.getAttribute('href'),
  (each.labels?.[0]?.textContent || each.getAttribute('aria-label') || each.textContent).trim(),
])(document.activeElement)"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The page of the leader whose fatigue is high: the longest one."""
    cohort, vault = house(tmp_path_factory.mktemp("house"))
    return leader_report(cohort, identity("3_le_porteur"), vault)


@pytest.fixture(params=SIZES)
def page(request, browser, made, tmp_path):
    width, height = SIZES[request.param]
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
    opened = context.new_page()
    opened.goto(made.save(tmp_path / "fiche.html").as_uri())
    yield opened
    context.close()


def test_axe_finds_nothing_to_mend_whatever_is_shown(page):
    from axe_playwright_python.sync_playwright import Axe

    for shown in ("figure", "table"):
        page.evaluate("shown => document.querySelectorAll(`.as-${shown}`).forEach(each => each.click())", shown)
        violations = Axe().run(page).response["violations"]
        assert [(each["id"], each["impact"], each["nodes"][0]["html"]) for each in violations] == []


def test_the_keyboard_alone_goes_everywhere_and_gets_out_again(page):
    """Every stop has a name, every section is reached from the contents, and nothing holds the focus."""
    stops = []
    for _ in range(120):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            break
        stops.append(stop)
    assert 0 < len(stops) < 120, "the focus never came back to the page"
    assert all(name for _, _, name in stops)
    links = {place for tag, place, _ in stops if tag == "A"}
    sections = page.evaluate("[...document.querySelectorAll('main [id^=partie]')].map(each => each.id)")
    assert len(sections) == 13 and links >= {f"#{each}" for each in sections}
    assert sum(tag == "BUTTON" for tag, _, _ in stops) == page.locator(".choice").count() == 5


def test_nothing_runs_over_the_side(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert page.locator("main h2").count() == 13


def test_what_is_said_of_fatigue_brings_people_in_words_that_are_seen(page):
    told = page.locator("figcaption", has_text="Vous décrivez des semaines qui pèsent")
    assert told.is_visible()
    assert "le 3114 répond jour et nuit" in plain(told.inner_text())


def test_on_paper_the_sheet_is_a4_and_says_the_same(made):
    pdf = PdfReader(io.BytesIO(made.pdf))
    assert {(round(float(each.mediabox.width)), round(float(each.mediabox.height))) for each in pdf.pages} == {
        (595, 842)
    }
    assert 3 <= len(pdf.pages) <= 9
    words = plain("\n".join(each.extract_text() for each in pdf.pages)).replace(SHY, "")
    for told in ("le porteur", "3114", "Accepter l’imparfait", "laisse, je m’en occupe", "Votre plan de délégation"):
        assert plain(told) in words
    assert sum(len(each.images) for each in pdf.pages) == 5
