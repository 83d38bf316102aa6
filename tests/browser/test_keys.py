"""The explorer with the keyboard alone, in JupyterLab, which would take the same keys for its cells."""

import pytest

from tests.browser.jupyter import run_in_laboratory, window

pytestmark = [pytest.mark.browser, pytest.mark.needs("browser"), pytest.mark.slow]
NOTEBOOK = "window.jupyterapp.shell.currentWidget.content"


@pytest.fixture(scope="module")
def screen(browser, jupyter):
    with window(browser, height=1400) as screen:
        assert run_in_laboratory(screen, jupyter, "03_explorer_les_blocages.ipynb")
        screen.page.wait_for_selector(".am-drawing[data-state]")
        yield screen


def cells(screen):
    """How many cells the notebook has, and which one is active."""
    return screen.page.evaluate(f"[{NOTEBOOK}.widgets.length, {NOTEBOOK}.activeCellIndex]")


def focused(screen, what):
    return screen.page.evaluate(f"document.activeElement.{what} ?? null")


def test_a_leader_is_reached_chosen_and_left_without_a_mouse(screen):
    screen.page.get_by_label("Mesure").focus()
    before = cells(screen)
    screen.page.keyboard.press("ArrowDown")
    screen.page.wait_for_function("document.querySelector('.am-title').textContent.startsWith('Identité')")
    for _ in range(6):
        screen.page.keyboard.press("Tab")
        if focused(screen, "dataset.leader"):
            break
    first = focused(screen, "dataset.leader")
    assert first
    screen.page.keyboard.press("ArrowDown")
    second = focused(screen, "dataset.leader")
    assert second not in (None, first)
    screen.page.keyboard.press("Enter")
    screen.page.wait_for_function(f"document.querySelector('.am-why h3').textContent.endsWith('{second}')")
    assert focused(screen, "dataset.leader") == second  # painted anew, and the focus is where it was
    screen.page.keyboard.press("Tab")
    assert focused(screen, "tagName") == "SUMMARY"
    screen.page.keyboard.press("Enter")
    screen.page.wait_for_function("document.querySelectorAll('.am-drawing table tr').length === 25")
    assert cells(screen) == before


@pytest.mark.parametrize("place", [".am-controls select", ".am-mark[tabindex='0']", ".am-actions button"])
def test_letters_pressed_in_the_explorer_add_and_delete_no_cell(screen, place):
    screen.page.locator(place).first.focus()
    before = cells(screen)
    for key in ("a", "b", "d", "d"):
        screen.page.keyboard.press(key)
    assert cells(screen) == before
    assert screen.complaints == []
