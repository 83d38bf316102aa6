"""Pages opened in a real browser, without any network: whole, silent, usable by everybody, on a desk and on a phone."""

import itertools
import re

import pytest

from tests.browser.pages import FIGURES, PAGES, page_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.needs("browser")]
SIZES = {"desk": (1280, 900), "tablet": (768, 1024), "phone": (390, 844)}
EVERY_PAGE = [pytest.param(each, marks=() if each == "01" else pytest.mark.slow) for each in PAGES]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")

    def saved(number):
        path = folder / f"{number}.html"
        return (path if path.exists() else page_of(number).save(path)).as_uri()

    return saved


@pytest.fixture
def opening(browser, address):
    """Open a page, offline, with every request and console message that it caused."""
    contexts = []

    def opened(number, size):
        width, height = SIZES[size]
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, offline=True))
        page, requests, messages = contexts[-1].new_page(), [], []
        page.on("request", lambda each: requests.append(each.url))
        page.on("console", lambda each: messages.append(each.text))
        page.on("pageerror", lambda each: messages.append(str(each)))
        page.goto(address(number))
        return page, [url for url in requests if not url.startswith("data:")], messages

    yield opened
    for each in contexts:
        each.close()


@pytest.fixture(params=SIZES)
def opened(request, opening):
    return opening("01", request.param)


@pytest.fixture(params=EVERY_PAGE)
def number(request):
    return request.param


def test_it_asks_for_itself_and_nothing_else_and_says_nothing_to_the_console(opened, address):
    _, requests, messages = opened
    assert requests == [address("01")]
    assert messages == []


def test_the_sections_are_visible(opened):
    page, _, _ = opened
    headings = page.locator("main h2")
    assert headings.count() == 9
    for place in range(headings.count()):
        assert headings.nth(place).is_visible()


def test_every_picture_is_drawn_and_fits_the_screen(opened):
    page, _, _ = opened
    pictures = page.evaluate(
        "[...document.images].map(i => ({drawn: i.complete && i.naturalWidth > 600, width: i.clientWidth}))"
    )
    assert len(pictures) == 5
    assert all(each["drawn"] for each in pictures)
    assert all(280 < each["width"] <= page.viewport_size["width"] for each in pictures)


@pytest.mark.parametrize("size", SIZES)
def test_nothing_runs_over_the_side_but_wide_tables_in_their_own_box(opening, number, size):
    page, _, _ = opening(number, size)
    for shown in ("figure", "table"):
        page.evaluate("shown => document.querySelectorAll(`.as-${shown}`).forEach(each => each.click())", shown)
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
        over = page.evaluate(
            "[...document.querySelectorAll('main div')].filter(d => d.scrollWidth > d.clientWidth + 1)"
            ".map(d => [d.className, d.tabIndex])"
        )
        assert all(each == ["wide", 0] for each in over), "what scrolls can be scrolled by the keyboard"


@pytest.mark.slow
def test_the_table_of_sizes_gives_its_sentences_room_on_a_phone(opening):
    page, _, _ = opening("04", "phone")
    table = page.locator("table", has_text="Avec quels mots")
    first, second, _ = table.locator("thead th").evaluate_all("cells => cells.map(each => each.clientWidth)")
    assert second > 1.5 * first
    assert table.evaluate("table => table.clientWidth <= table.parentElement.clientWidth")


def test_the_keyboard_reaches_the_contents_first(opened):
    page, _, _ = opened
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#partie-1")


# ------------------------------------------------------------------------------------------ figure, table, larger


def test_each_view_is_a_figure_or_its_table_at_the_choice_of_the_keyboard(opened):
    page, _, _ = opened
    choice = page.locator(".choice").first
    picture, table = choice.locator("img"), choice.locator("table")
    assert picture.is_visible() and not table.is_visible()
    choice.locator("input").first.focus()
    page.keyboard.press("ArrowRight")
    assert table.is_visible() and not picture.is_visible()
    assert page.locator(".choice").nth(1).locator("img").is_visible(), "each view has its own choice"
    page.keyboard.press("ArrowLeft")
    assert picture.is_visible() and not table.is_visible()


def test_a_figure_enlarges_and_closes_again_without_any_program(opened):
    page, _, _ = opened
    button = page.locator(".choice").first.get_by_role("button", name="Agrandir")
    picture = page.locator(".choice img").first
    before = picture.evaluate("each => each.clientWidth")
    for close in ("Enter", "Escape"):
        button.focus()
        page.keyboard.press("Enter")
        assert picture.evaluate("each => each.clientWidth") > 1.04 * before
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Fermer"
        page.keyboard.press(close)
        assert picture.evaluate("each => each.clientWidth") == before
        assert button.evaluate("each => each === document.activeElement"), "the reader is back where they were"


def test_on_paper_both_the_figure_and_its_table_are_there_and_no_button(opening):
    page, _, _ = opening("01", "desk")
    page.locator(".as-table").first.evaluate("each => each.click()")
    page.emulate_media(media="print")
    for choice in page.locator(".choice").all():
        assert choice.locator("img").is_visible() and choice.locator("table").is_visible()
    assert page.evaluate("[...document.querySelectorAll('button, label, nav')].every(each => !each.offsetParent)")


# -------------------------------------------------------------------------------------------------- for everybody


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_axe_finds_nothing_to_mend(opening, number, size):
    from axe_playwright_python.sync_playwright import Axe

    page, _, _ = opening(number, size)
    for shown in ("figure", "table"):
        page.evaluate("shown => document.querySelectorAll(`.as-${shown}`).forEach(each => each.click())", shown)
        violations = Axe().run(page).response["violations"]
        assert [(each["id"], each["impact"], each["nodes"][0]["html"]) for each in violations] == []


def test_axe_does_see_what_is_wrong(opening):
    from axe_playwright_python.sync_playwright import Axe

    page, _, _ = opening("01", "desk")
    page.evaluate("document.images[0].removeAttribute('alt'); document.documentElement.lang = ''")
    found = {each["id"] for each in Axe().run(page).response["violations"]}
    assert found == {"image-alt", "html-has-lang"}


def test_headings_go_down_one_by_one_and_landmarks_stand_once(opening, number):
    page, _, _ = opening(number, "desk")
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3, h4')].map(each => +each.tagName[1])")
    assert levels[0] == levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    marks = page.evaluate("['header', 'nav', 'main', 'footer'].map(each => document.querySelectorAll(each).length)")
    assert marks == [1, 1, 1, 1]
    assert page.locator("html").get_attribute("lang") == "fr"
    assert page.title() == page_of(number).whole_title
    assert page.title().startswith("DÉMONSTRATION — données inventées") == page_of(number).demonstration


def test_the_text_of_each_figure_is_ours_and_says_its_numbers(opening, number):
    """axe takes any text, an English filler too: these are French sentences with the numbers of the table."""
    page, _, _ = opening(number, "desk")
    texts = page.evaluate("[...document.images].map(each => each.alt)")
    assert len(texts) == len(set(texts)) == FIGURES[number]
    for text, table in zip(texts, page.locator(".numbers").all(), strict=True):
        assert len(text) > 40 and text.endswith(".") and re.match("[A-ZÀ-Ý]", text)
        assert letters(table.locator("tbody th").first.text_content()) in letters(text)


def letters(text):
    return re.sub(r"\W", "", text).casefold()


CONTRASTS = """() => {
  const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map(v => { v /= 255;
    return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 }); return .2126 * r + .7152 * g + .0722 * b };
  const behind = e => { while (e) { const c = getComputedStyle(e).backgroundColor;
    if (c !== 'rgba(0, 0, 0, 0)') return c; e = e.parentElement } return 'rgb(255, 255, 255)' };
  return [...document.querySelectorAll('p, a, li, th, td, h1, h2, label, button, caption, strong')].map(e => {
    const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
    return [e.tagName, (a + .05) / (b + .05)] }) }"""


def test_text_stands_out_from_its_background(opening, number):
    """Contrast of at least 4.5 for every colour that text is set in (WCAG AA)."""
    page, _, _ = opening(number, "desk")
    ratios = page.evaluate(CONTRASTS)
    assert len(ratios) > 50
    assert [each for each in ratios if each[1] < 4.5] == []


def test_what_a_finger_touches_is_large_enough(opening):
    page, _, _ = opening("01", "phone")
    heights = page.evaluate("[...document.querySelectorAll('label, .choice > button')].map(each => each.clientHeight)")
    assert heights and min(heights) >= 34


def test_print_puts_narrow_spaces_where_french_does(opening, number):
    page, _, _ = opening(number, "desk")
    text = page.evaluate("document.body.innerText")
    assert not re.search("[ \u00a0][;!?%»]|«[ \u00a0]", text)
    assert "\u202f" in text
    assert not re.search(r"(?<![\d.])\d+\.\d+(?![\d.])", text), "a comma before decimals, but in a version"
