"""Notebook 03 in a real browser, in JupyterLab and without its code: every control changes what is painted and said."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from angle_mort.text import t
from tests.browser.jupyter import change_theme, open_without_code, run_in_laboratory, tab_to, window

pytestmark = [pytest.mark.browser, pytest.mark.needs("browser"), pytest.mark.slow]
NOTEBOOK = "03_explorer_les_blocages.ipynb"
CONTROL = {
    name: t(f"explorer.control.{name}")
    for name in ("cohort", "view", "scale", "against", "characteristic", "search", "question", "list")
}


class Explorer:
    """What a coach sees of the explorer, and does to it."""

    def __init__(self, screen):
        self.screen, self.page = screen, screen.page
        self.drawing = self.page.locator(".am-drawing")
        self.drawing.and_(self.page.locator("[data-state]")).wait_for()

    def control(self, name):
        return self.page.get_by_label(CONTROL[name], exact=True).and_(self.page.locator("select, input")).first

    def options(self, name):
        chooser = self.control(name)
        return chooser.locator("option").all_inner_texts() if chooser.is_visible() else []

    def after(self, act):
        """Act, and wait until what follows from it is painted."""
        before = self.drawing.get_attribute("data-state")
        act()
        self.page.wait_for_function(f"document.querySelector('.am-drawing').dataset.state !== '{before}'")
        return self.seen()

    def choose(self, name, index):
        return self.after(lambda: self.control(name).select_option(index=index))

    def seen(self):
        """The pixels of the figure and its alternative text."""
        canvas = self.drawing.locator(".am-canvas")  # which stays, while each picture in it is a new one
        return canvas.screenshot(), canvas.locator("svg").get_attribute("aria-label")

    @property
    def why(self):
        return self.drawing.locator(".am-why").inner_text()

    def leaders(self):
        return self.drawing.locator("[data-leader]")

    def fresh(self):
        """The first view of the first cohort, nobody chosen."""
        for name in ("cohort", "view", "scale"):
            if self.control(name).evaluate("each => each.selectedIndex"):
                self.choose(name, 0)
        if self.why:
            self.after(self.drawing.locator("[data-leader].am-chosen").first.click)


@pytest.fixture(scope="module", params=["laboratory", "without code"])
def way(request):
    return request.param


@pytest.fixture(scope="module")
def opened(browser, jupyter, way):
    with window(browser, 1440, 1200) as screen:
        if way == "laboratory":
            assert run_in_laboratory(screen, jupyter, NOTEBOOK)
        else:
            open_without_code(screen, jupyter, NOTEBOOK)
        yield Explorer(screen)


@pytest.fixture
def explorer(opened):
    opened.page.set_viewport_size({"width": 1440, "height": 1200})
    opened.fresh()
    return opened


def test_every_view_paints_another_figure_with_other_words(explorer, way):
    seen = [explorer.seen()]
    for index in range(1, len(explorer.options("view"))):
        seen.append(explorer.choose("view", index))
        explorer.screen.shoot(f"explorer-{way}-view-{index}")
    assert len(seen) == 7
    assert len({pixels for pixels, _ in seen}) == len({words for _, words in seen}) == 7
    assert all(len(words) > 40 for _, words in seen)


@pytest.mark.parametrize("name", ["scale", "against", "characteristic"])
def test_every_chooser_of_every_view_changes_the_figure_and_its_words(explorer, name):
    tried = 0
    for view in range(7):
        if view:
            explorer.choose("view", view)
        choices = len(explorer.options(name))
        before = explorer.seen()
        for index in range(1, choices):
            after = explorer.choose(name, index)
            assert after[0] != before[0] and after[1] != before[1], (view, index)
            before, tried = after, tried + 1
    assert tried >= {"scale": 12, "against": 4, "characteristic": 1}[name]


def test_another_cohort_is_another_figure_and_another_heading(explorer):
    head, before = explorer.drawing.locator(".am-head").inner_text(), explorer.seen()
    after = explorer.choose("cohort", 1)
    assert after[0] != before[0] and after[1] != before[1]
    assert explorer.drawing.locator(".am-head").inner_text() != head


def test_a_click_on_a_leader_says_why_and_a_second_one_takes_it_back(explorer, way):
    before = explorer.seen()
    after = explorer.after(explorer.leaders().nth(3).click)
    assert after[0] != before[0]
    assert len(explorer.why) > 200
    explorer.screen.shoot(f"explorer-{way}-why")
    explorer.after(explorer.drawing.locator("[data-leader].am-chosen").click)
    assert explorer.why == ""


def test_the_first_letters_find_a_leader(explorer):
    name = explorer.leaders().nth(5).get_attribute("data-leader")
    search = explorer.control("search")
    search.fill(name)
    explorer.after(lambda: search.press("Enter"))
    assert name in explorer.why
    explorer.after(explorer.drawing.locator("[data-leader].am-chosen").first.click)


def test_a_question_is_kept_and_dropped(explorer):
    explorer.after(explorer.leaders().nth(0).click)
    press = {name: explorer.page.get_by_role("button", name=t(f"explorer.control.{name}")) for name in ("keep", "drop")}
    kept = explorer.control("list").locator("option")
    press["keep"].click()
    kept.first.wait_for(state="attached")
    assert kept.count() == 1
    explorer.control("list").select_option(index=0)
    press["drop"].click()
    kept.first.wait_for(state="detached")
    explorer.after(explorer.drawing.locator("[data-leader].am-chosen").first.click)


def test_the_keyboard_alone_chooses_a_leader_and_keeps_a_question(explorer):
    explorer.control("view").focus()
    press = explorer.page.keyboard.press
    tab_to(explorer.page, "[data-leader]", 15)
    first = explorer.page.evaluate("document.activeElement.dataset.leader")
    press("ArrowDown")
    press("ArrowDown")
    chosen = explorer.page.evaluate("document.activeElement.dataset.leader")
    assert first and chosen and first != chosen
    explorer.after(lambda: press("Enter"))
    assert len(explorer.why) > 200
    assert explorer.page.evaluate("document.activeElement.dataset.leader") == chosen, "the place is not lost"
    explorer.after(lambda: press(" "))
    assert explorer.why == ""


def test_of_twenty_quick_changes_the_last_one_stands(explorer):
    before = int(explorer.drawing.get_attribute("data-state"))
    wanted = explorer.options("scale")[4]
    explorer.control("scale").evaluate(
        """each => { for (let turn = 1; turn <= 20; turn++) {
             each.selectedIndex = turn === 20 ? 4 : turn % 4;
             each.dispatchEvent(new Event('change', {bubbles: true})) } }"""
    )
    title = explorer.drawing.locator("figure .am-title")
    expect(title).to_have_text(re.compile(r"\s".join(map(re.escape, wanted.split()))))
    explorer.page.wait_for_timeout(1000)  # a late picture would come now
    expect(title).to_have_text(re.compile(r"\s".join(map(re.escape, wanted.split()))))
    assert int(explorer.drawing.get_attribute("data-state")) - before <= 20


@pytest.mark.parametrize("width", [1440, 768, 390])
def test_it_fits_the_screen(explorer, way, width):
    if way == "laboratory" and width < 1000 and explorer.page.evaluate("!window.jupyterapp.shell.leftCollapsed"):
        explorer.page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
    explorer.page.set_viewport_size({"width": width, "height": 1200})
    explorer.page.wait_for_timeout(500)
    explorer.page.locator(".am-explorer").scroll_into_view_if_needed()
    explorer.screen.shoot(f"explorer-{way}-{width}")
    over = "[...document.querySelectorAll('.am-explorer, .am-drawing')].map(e => e.scrollWidth - e.clientWidth)"
    assert max(explorer.page.evaluate(over)) <= 1
    assert explorer.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_dark_theme_repaints_it(explorer, way):
    if way == "laboratory":
        before = explorer.seen()[0]
        change_theme(explorer.page, "Dark")
        explorer.screen.shoot("explorer-laboratory-dark")
        after = explorer.seen()[0]
        change_theme(explorer.page, "Light")
        assert after != before


def test_axe_finds_nothing_of_ours(explorer, way):
    if way == "laboratory":  # JupyterLab's own page has faults of its own
        found = Axe().run(explorer.page, context=".am-drawing").response["violations"]
    else:
        found = Axe().run(explorer.page).response["violations"]
    assert [(each["id"], [node["html"][:200] for node in each["nodes"]][:3]) for each in found] == []


def test_nothing_was_said_to_the_console_nor_asked_of_another_machine(opened):
    """Last, so that it speaks of all of the above."""
    assert opened.screen.complaints == []
    assert opened.screen.abroad == []
