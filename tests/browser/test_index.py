"""The index over all reports in a real browser: its one script searches, nothing is asked, a phone will do."""

import pytest

from angle_mort.publishing import IndexPage
from angle_mort.publishing.index import Entry

pytestmark = [pytest.mark.browser, pytest.mark.needs("browser"), pytest.mark.slow]
WITHHELD = [("Les lignes des dirigeants, même sans nom", "Chaque ligne est une empreinte.")]
NAMES = ("garages", "cafés & bars", "réseau-nord")
ENTRIES = [
    Entry(
        name, f"{name}.html", "Que garde cette cohorte ?", "2026-11-25", f"{9 + rank} dirigeants", rank == 2, WITHHELD
    )
    for rank, name in enumerate(NAMES)
]


@pytest.fixture
def opened(browser, tmp_path):
    for name in NAMES:
        (tmp_path / f"{name}.html").write_text(f"<meta charset=utf-8><title>{name}</title>", encoding="utf-8")
    path = IndexPage(ENTRIES, [("petite", ["AM605"])]).save(tmp_path)

    def at(width):
        page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
        page.wrong, page.asked = [], []
        page.on("console", lambda each: page.wrong.append(each.text))
        page.on("pageerror", lambda each: page.wrong.append(str(each)))
        page.on("request", lambda each: page.asked.append(each.url))
        page.goto(path.as_uri())
        return page

    return at


def shown(page):
    return [name.split("\n")[0] for name in page.locator("tbody th:visible").all_inner_texts()]


def test_words_without_accents_find_rows_and_links_lead_to_pages(opened):
    page = opened(1440)
    assert shown(page) == list(NAMES)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("CAFES garde")
    assert (shown(page), page.locator("#trouves").inner_text()) == (["cafés & bars"], "1 / 3")
    page.locator("#chercher").fill("inventees")
    assert shown(page) == ["réseau-nord"]
    page.locator("#chercher").fill("")
    assert shown(page) == list(NAMES)
    page.get_by_role("link", name="cafés & bars").click()
    assert page.title() == "cafés & bars"
    assert page.wrong == [] and all(each.startswith("file:") for each in page.asked)


@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_to_mend_and_no_row_runs_out_of_the_screen(opened, width):
    from axe_playwright_python.sync_playwright import Axe

    page = opened(width)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
