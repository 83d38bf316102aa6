"""The notebooks without their code: Voilà's page, ours in French, asks nothing of any other machine."""

import json
import time
import urllib.request

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.jupyter import TOKEN, open_without_code, tab_to, window

pytestmark = [pytest.mark.browser, pytest.mark.needs("browser"), pytest.mark.slow]
SIZES = {1440: 900, 768: 1024, 390: 844}


@pytest.fixture(scope="module")
def opened(browser, jupyter):
    with window(browser) as screen:
        open_without_code(screen, jupyter, "01_lire_une_cohorte.ipynb")
        yield screen


def test_it_says_its_title_and_its_language_and_shows_no_code(opened):
    assert opened.page.title() == "Que garde cette cohorte pour elle, et pourquoi\u202f?"
    assert opened.page.locator("html").get_attribute("lang") == "fr"
    assert opened.page.locator("h1").inner_text().startswith("Que garde cette cohorte")
    assert opened.page.locator(".jp-InputArea-editor").count() == 0
    assert len(opened.pictures()) == 5


@pytest.mark.parametrize("width", SIZES)
def test_it_fits_the_screen(opened, width):
    opened.page.set_viewport_size({"width": width, "height": SIZES[width]})
    opened.page.wait_for_timeout(300)
    opened.shoot(f"without-code-01-{width}")
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_keyboard_opens_the_numbers_of_a_figure(opened):
    opened.page.locator("h1").click()
    tab_to(opened.page, "summary", 3)
    opened.page.keyboard.press("Enter")
    assert opened.page.locator(".am-view details table").first.is_visible()


def test_axe_finds_nothing(opened):
    found = Axe().run(opened.page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in found] == []


def test_nothing_was_said_to_the_console_nor_asked_of_another_machine(opened):
    """Last, so that it speaks of all of the above."""
    assert opened.complaints == []
    assert opened.abroad == []


def test_a_page_that_is_left_leaves_no_kernel_behind(browser, jupyter):
    def kernels():
        with urllib.request.urlopen(f"{jupyter}/api/kernels?token={TOKEN}", timeout=20) as answer:
            return {each["id"] for each in json.load(answer)}

    before = kernels()
    with window(browser) as screen:
        open_without_code(screen, jupyter, "01_lire_une_cohorte.ipynb")
        assert len(kernels() - before) == 1
        screen.page.close(run_before_unload=True)
        for _ in range(100):
            if not kernels() - before:
                break
            time.sleep(0.2)
    assert kernels() == before
