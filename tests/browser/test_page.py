"""The report opened in a real browser, without any network: whole, silent, readable on a desk and on a phone."""

import pytest

from angle_mort.cohort import load_cohort, report
from angle_mort.shipped import shipped

pytestmark = [pytest.mark.browser, pytest.mark.needs("browser")]
SIZES = {"desk": (1280, 900), "tablet": (768, 1024), "phone": (390, 844)}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "rapport.html"
    return report(load_cohort(shipped("demo") / "cohorte")).save(path).as_uri()


@pytest.fixture(params=SIZES)
def opened(request, browser, address):
    """The page, offline, with every request and console message that it caused."""
    width, height = SIZES[request.param]
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
    page, requests, messages = context.new_page(), [], []
    page.on("request", lambda each: requests.append(each.url))
    page.on("console", lambda each: messages.append(each.text))
    page.on("pageerror", lambda each: messages.append(str(each)))
    page.goto(address)
    yield page, [url for url in requests if not url.startswith("data:")], messages
    context.close()


def test_it_asks_for_itself_and_nothing_else_and_says_nothing_to_the_console(opened, address):
    _, requests, messages = opened
    assert requests == [address]
    assert messages == []


def test_the_seven_sections_are_visible(opened):
    page, _, _ = opened
    headings = page.locator("main h2")
    assert headings.count() == 8
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


def test_nothing_runs_over_the_side(opened):
    page, _, _ = opened
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    wide = page.evaluate(
        "[...document.querySelectorAll('main div')].filter(d => d.scrollWidth > d.clientWidth + 1).map(d => d.id)"
    )
    assert wide == []


def test_the_keyboard_reaches_the_contents_and_opens_the_numbers(opened):
    page, _, _ = opened
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#partie-1")
    numbers = page.locator("details").first
    numbers.locator("summary").focus()
    page.keyboard.press("Enter")
    assert numbers.locator("table").is_visible()


def test_the_title_says_that_it_is_a_demonstration(opened):
    page, _, _ = opened
    assert page.title().startswith("DÉMONSTRATION — données inventées")
    assert page.locator("html").get_attribute("lang") == "fr"


def test_text_stands_out_from_its_background(opened):
    """Contrast of at least 4.5 for every colour that text is set in (WCAG AA)."""
    page, _, _ = opened
    weak = page.evaluate(
        """() => {
          const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map(v => { v /= 255;
            return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 }); return .2126 * r + .7152 * g + .0722 * b };
          const behind = e => { while (e) { const c = getComputedStyle(e).backgroundColor;
            if (c !== 'rgba(0, 0, 0, 0)') return c; e = e.parentElement } return 'rgb(255, 255, 255)' };
          return [...document.querySelectorAll('p, a, th, td, h1, h2, summary, caption')].map(e => {
            const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
            return [e.tagName, (a + .05) / (b + .05)] }).filter(([, ratio]) => ratio < 4.5) }"""
    )
    assert weak == []
