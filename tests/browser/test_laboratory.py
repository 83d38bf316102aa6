"""The notebooks in a real JupyterLab, opened by ``angle-mort carnets``: whole, silent, in French, in both themes."""

import pytest

from angle_mort import views
from angle_mort.cohort import load_cohort
from angle_mort.shipped import shipped
from angle_mort.text import typeset
from tests.browser.jupyter import change_theme, run_in_laboratory, tab_to, window

pytestmark = [pytest.mark.browser, pytest.mark.needs("browser"), pytest.mark.slow]
OVER = "(box => box.scrollWidth - box.clientWidth)(document.querySelector('.jp-WindowedPanel-outer'))"
FIGURES = (views.dependence, views.blocks, views.areas, views.two_weeks, views.four_steps)


@pytest.fixture(scope="module")
def ran(browser, jupyter):
    """Notebook 01, every cell run once."""
    with window(browser) as screen:
        assert run_in_laboratory(screen, jupyter, "01_lire_une_cohorte.ipynb")
        yield screen


def test_it_shows_the_very_figures_of_the_cohort_with_their_words(ran):
    summary = load_cohort(shipped("demo") / "cohorte").summary
    made = [view(summary) for view in FIGURES]
    assert ran.pictures() == [(typeset(view.alt), view.png) for view in made]
    drawn = ran.page.evaluate("[...document.querySelectorAll('.am-view img')].every(i => i.naturalWidth > 600)")
    assert drawn


def test_jupyterlab_speaks_french_and_proposes_no_news(ran):
    menus = set(ran.page.locator(".lm-MenuBar-itemLabel").all_inner_texts())
    assert menus >= {"Fichier", "Édition", "Affichage", "Noyau", "Aide"}
    ran.page.wait_for_timeout(1000)  # a question would come late
    assert ran.page.locator(".Toastify__toast, .jp-Dialog").all_inner_texts() == []


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_words_stand_out_and_figures_keep_their_white_card(ran, theme):
    change_theme(ran.page, theme)
    ran.page.locator(".am-view summary").first.scroll_into_view_if_needed()
    ran.shoot(f"laboratory-01-{theme.lower()}")
    assert weak_words(ran.page) == []
    cards = ran.page.eval_on_selector_all(".am-view img", "all => all.map(i => getComputedStyle(i).backgroundColor)")
    assert set(cards) == {"rgb(255, 255, 255)"}


def weak_words(page):
    """Words of ours whose contrast with the notebook's background is under 4.5."""
    return page.evaluate(
        """() => {
          const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map(v => { v /= 255;
            return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 }); return .2126 * r + .7152 * g + .0722 * b };
          const behind = e => { while (e) { const c = getComputedStyle(e).backgroundColor;
            if (!/, 0\\)$/.test(c)) return c; e = e.parentElement } return 'rgb(255, 255, 255)' };
          return [...document.querySelectorAll('.am-view p, .am-view th, .am-view td, .am-view summary')].map(e => {
            const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
            return [e.textContent.trim(), (a + .05) / (b + .05)] }).filter(([, ratio]) => ratio < 4.5) }"""
    )


def test_the_keyboard_opens_and_closes_the_numbers_of_a_figure(ran):
    numbers = ran.page.locator(".am-view details").first
    ran.page.evaluate("window.jupyterapp.shell.currentWidget.content.activeCellIndex = 0")
    ran.page.evaluate("window.jupyterapp.commands.execute('notebook:move-cursor-down')")
    tab_to(ran.page, "summary")
    ran.page.keyboard.press("Enter")
    assert numbers.locator("table").is_visible()
    ran.page.keyboard.press("Enter")
    assert not numbers.locator("table").is_visible()


@pytest.mark.parametrize("width", [1440, 768, 390])
def test_figures_and_tables_fit_the_notebook(ran, width):
    """On a narrow screen, with the list of files put away as a person would."""
    if width < 1000 and ran.page.evaluate("!window.jupyterapp.shell.leftCollapsed"):
        ran.page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
    ran.page.set_viewport_size({"width": width, "height": 900})
    ran.page.wait_for_timeout(300)
    ran.shoot(f"laboratory-01-{width}")
    assert ran.page.evaluate(OVER) == 0


def test_nothing_was_said_to_the_console_nor_asked_of_another_machine(ran):
    """Last, so that it speaks of all of the above."""
    assert ran.complaints == []
    assert ran.abroad == []


OTHERS = sorted(path.name for path in shipped("notebooks").glob("*.ipynb") if path.name[:2] not in ("01", "03", "05"))
"""03 has a file of its own; 05 asks for a vault."""


@pytest.mark.parametrize("notebook", OTHERS)
def test_the_other_notebooks_run_whole_and_silent(browser, jupyter, notebook):
    with window(browser, 1440, 3000) as screen:
        assert run_in_laboratory(screen, jupyter, notebook)
        screen.shoot(f"laboratory-{notebook[:2]}")
        shown = screen.pictures()
        assert shown and all(len(alt) > 40 for alt, _ in shown)
        assert len({alt for alt, _ in shown}) == len(shown)
        assert (screen.complaints, screen.abroad) == ([], [])
