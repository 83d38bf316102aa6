"""The table of a delegation plan in JupyterLab: keyboard alone, named for screen readers, on a narrow screen."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.jupyter import open_without_code, run_in_laboratory, window

pytestmark = [pytest.mark.browser, pytest.mark.needs("browser"), pytest.mark.slow]
CELLS = "window.jupyterapp.shell.currentWidget.content.widgets.length"


@pytest.fixture(scope="module")
def screen(browser, jupyter):
    with window(browser, height=4000) as screen:
        assert run_in_laboratory(screen, jupyter, "02_preparer_un_entretien.ipynb")
        screen.page.locator(".am-planner [role=status]").wait_for(state="attached")
        yield screen


def field(screen, name, row=1):
    return screen.page.locator(".am-planner").get_by_label(name).nth(row - 1)


def tab_to(screen, name):
    """Press the tab key until what has this name has the focus."""
    for _ in range(12):
        screen.page.keyboard.press("Tab")
        if name in screen.page.evaluate(
            "document.activeElement.labels?.[0]?.innerText ?? document.activeElement.innerText"
        ):
            return
    raise AssertionError(name)


def test_a_task_is_filled_in_and_tried_without_a_mouse(screen):
    field(screen, "Tâche 1").focus()
    tab_to(screen, "Vos heures")
    screen.page.keyboard.type("2h30")
    tab_to(screen, "À qui")
    screen.page.keyboard.type("Karim")
    tab_to(screen, "Quand")
    screen.page.keyboard.press("ArrowDown")
    tab_to(screen, "Et si")
    screen.page.keyboard.press("Space")
    screen.page.locator(".am-planner img[alt^='Courbe de votre semaine']").wait_for()
    assert field(screen, "Vos heures").input_value() == "2,5"
    assert "Karim" not in screen.page.locator(".am-planner [role=status]").inner_text()
    screen.page.locator(".am-planner").get_by_text("2,1\u00a0h par semaine").first.wait_for()


def test_what_is_wrong_is_said_and_the_earlier_value_comes_back(screen):
    field(screen, "Vos heures").fill("beaucoup")
    screen.page.keyboard.press("Tab")
    screen.page.locator(".am-planner [role=status]").get_by_text("AM672").wait_for()
    assert field(screen, "Vos heures").input_value() == "2,5"


def test_keys_of_the_table_are_not_taken_for_commands_on_cells(screen):
    before = screen.page.evaluate(CELLS)
    for name in ("Et si", "Quand", "Moi seul"):
        field(screen, name, 3).focus()
        for key in ("a", "b", "d", "d"):
            screen.page.keyboard.press(key)
    assert screen.page.evaluate(CELLS) == before


def test_a_task_goes_and_comes_back(screen):
    rows = screen.page.locator(".am-planner").get_by_label("Et si").count()
    screen.page.get_by_role("button", name="Retirer la tâche 2").press("Enter")
    screen.page.locator(".am-planner [role=status]").get_by_text("la ramène").wait_for()
    assert screen.page.locator(".am-planner").get_by_label("Et si").count() == rows - 1
    screen.page.get_by_role("button", name="Remettre").press("Enter")
    screen.page.get_by_role("button", name=f"Retirer la tâche {rows}").wait_for()


def test_axe_finds_nothing_serious(screen):
    screen.shoot("planner-laboratory")
    assert serious(screen) == []


def test_nothing_was_said_to_the_console_nor_asked_of_another_machine(screen):
    """The last one here, so that it speaks of all of the above."""
    assert (screen.complaints, screen.abroad) == ([], [])


def test_without_code_it_fits_a_phone(browser, jupyter):
    with window(browser, 390, 4000) as screen:
        open_without_code(screen, jupyter, "02_preparer_un_entretien.ipynb")
        field(screen, "Vos heures").fill("3")
        field(screen, "Et si").check()
        screen.page.locator(".am-planner img[alt^='Courbe de votre semaine']").wait_for()
        screen.shoot("planner-phone")
        wide = "[...document.querySelectorAll('.am-planner *')].map(e => e.getBoundingClientRect().right)"
        assert screen.page.evaluate(f"Math.max(...{wide})") <= 390
        assert serious(screen) == []


def serious(screen):
    found = Axe().run(screen.page, context=".am-planner").response["violations"]
    return [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in ("serious", "critical")]
