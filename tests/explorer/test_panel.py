"""The widgets of the explorer: that they only carry choices, make nothing anew, and that the drawing asks nothing."""

import asyncio
import json
import re

import pytest
from ipywidgets.widgets.widget import _instances

import angle_mort as am
from angle_mort.explorer import drawing
from angle_mort.explorer.model import VIEWS
from angle_mort.shipped import shipped


@pytest.fixture(scope="module")
def cohorts():
    return [am.load_cohort(shipped("demo") / name) for name in ("cohorte", "reseau")]


@pytest.fixture
def panel(cohorts):
    return am.explore(*cohorts)


def choose(panel, **choices):
    for name, value in choices.items():
        panel.choosers[name].value = value


def test_without_a_cohort_there_is_nothing_to_explore():
    with pytest.raises(am.AngleMortError, match="AM628"):
        am.explore()


def test_every_control_has_a_description_and_the_page_its_classes(panel):
    controls = [*panel.choosers.values(), panel.search, panel.question, panel.list, *panel.buttons.values()]
    assert all(control.description for control in controls)
    assert panel.search.continuous_update is False
    assert "am-explorer" in panel._dom_classes


def test_a_choice_goes_to_the_model_and_comes_back_as_a_picture(panel):
    before = panel.drawing.state["number"]
    choose(panel, view="consequences", scale="B", against="D2")
    assert (panel.model.view, panel.model.scale, panel.model.against) == ("consequences", "B", "D2")
    assert panel.drawing.state["number"] > before
    assert panel.drawing.state["picture"]["title"] == panel.model.picture.title
    json.dumps(panel.drawing.state, allow_nan=False)


def test_controls_follow_the_model_and_those_without_use_are_hidden(panel):
    panel.model.view = "split"
    assert panel.choosers["view"].value == "split"
    assert panel.choosers["characteristic"].value == panel.model.characteristic
    hidden = {name for name, control in panel.choosers.items() if control.layout.display == "none"}
    assert hidden == {"against"}
    panel.model.view = "areas"
    hidden = {name for name, control in panel.choosers.items() if control.layout.display == "none"}
    assert hidden == {"scale", "against", "characteristic"}


def test_a_click_on_a_mark_chooses_its_leader_and_tells_why(panel):
    leader = panel.drawing.state["picture"]["marks"][0]["id"]
    panel.drawing.chosen = leader
    assert panel.model.leader == leader and panel.drawing.state["leader"] == leader
    assert panel.drawing.state["why"]
    choose(panel, cohort="reseau")
    assert (panel.drawing.chosen, panel.drawing.state["why"]) == ("", [])


def test_a_click_on_somebody_who_is_gone_is_no_error(panel):
    gone = panel.model.people.ids[0]
    choose(panel, cohort="reseau")
    panel.drawing.chosen = gone  # clicked before the other cohort was painted
    assert (panel.model.leader, panel.drawing.chosen) == ("", "")


def test_the_list_is_kept_dropped_and_its_problems_are_told_in_french(panel):
    panel.buttons["keep"].click()
    assert panel.drawing.status.startswith("Choisissez un dirigeant")
    panel.drawing.chosen = panel.model.people.ids[0]
    assert panel.drawing.status == ""
    panel.buttons["keep"].click()
    assert [code for _, _, code in panel.model.shortlist] == ["strength"] and len(panel.list.options) == 1
    panel.list.index = 0
    panel.buttons["drop"].click()
    assert panel.model.shortlist == [] and panel.list.options == ()


def test_a_search_says_what_it_found(panel):
    panel.search.value = "zzzzzz"
    assert panel.drawing.state["search"].startswith("Aucun dirigeant")
    panel.search.value = panel.model.people.ids[3][:8]
    assert panel.drawing.state["leader"] == panel.model.people.ids[3]
    assert panel.drawing.state["search"] == ""


def test_a_burst_of_changes_is_painted_once_and_shows_the_last(panel):
    before = panel.drawing.state["number"]

    async def burst():
        for view in VIEWS:
            panel.choosers["view"].value = view
        assert panel.drawing.state["number"] == before  # nothing stale is painted
        await asyncio.sleep(0)

    asyncio.run(burst())
    assert panel.drawing.state["number"] == before + 1
    assert panel.drawing.state["picture"]["title"] == panel.model.picture.title
    assert panel.model.view == VIEWS[-1]


@pytest.mark.slow
def test_five_hundred_clicks_make_no_new_widget(panel):
    choose(panel, view="split")
    before = set(_instances)
    for click in range(500):
        panel.drawing.chosen = panel.model.people.ids[click % 20]
        if click % 5 == 0:
            choose(panel, view=VIEWS[click // 5 % len(VIEWS)])
    assert set(_instances) == before
    assert set(panel.drawing.state) == {"number", "heading", "picture", "why", "leader", "search", "words"}


def test_the_output_is_marked_for_the_coach_and_its_words_tell_nothing(panel):
    data, mark = panel._repr_mimebundle_()
    assert mark == {"angle_mort": {"audience": "coach"}}
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/plain"].startswith("Réservé au coach")
    assert not any(leader in str(data) for leader in panel.model.people.ids)


def test_the_drawing_asks_nothing_of_any_network():
    script = (drawing._HERE / "drawing.js").read_text(encoding="utf-8")
    style = (drawing._HERE / "drawing.css").read_text(encoding="utf-8")
    addresses = set(re.findall(r"https?://[^\"'\s]+", script + style))
    assert addresses == {"http://www.w3.org/2000/svg"}  # the name of a format, which no browser fetches
    assert not re.search(
        r"\bimport\b|\bfetch\b|XMLHttpRequest|WebSocket|sendBeacon|@import|url\(|\bsrc\b", script + style
    )
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b", script)


def test_every_colour_is_read_on_every_ground_in_both_themes():
    """WCAG 2: words 4.5 to 1, marks 3 to 1, on the page and on each of the three bands."""
    style = (drawing._HERE / "drawing.css").read_text(encoding="utf-8")
    light, dark = (dict(re.findall(r"(--am-[\w-]+): (?:var\([^,]+, )?(#\w{6})", part)) for part in themes(style))
    assert len(light) == 8 and len(dark) == 5
    dark = light | {"--am-ink": "#ffffff", "--am-ground": "#111111"} | dark  # what JupyterLab's dark theme gives
    for colours in (light, dark):
        grounds = [colours[name] for name in ("--am-ground", "--am-zone-0", "--am-zone-1", "--am-zone-2")]
        for ground in grounds:
            for ink in ("--am-ink", "--am-accent", "--am-second"):
                assert contrast(colours[ink], ground) >= 4.5, (ink, ground)
            quiet = mixed(colours["--am-ink"], ground, 0.76)
            assert contrast(quiet, ground) >= 4.5


def themes(style):
    """The rules of the light theme, and those that the dark one replaces."""
    blocks = re.findall(r"\{([^}]*)\}", style)
    return blocks[0], blocks[1]


def mixed(ink, ground, share):
    parts = [round(share * a + (1 - share) * b) for a, b in zip(channels(ink), channels(ground), strict=True)]
    return "#" + "".join(f"{each:02x}" for each in parts)


def channels(colour):
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]


def contrast(one, other):
    def luminance(colour):
        linear = [
            c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (x / 255 for x in channels(colour))
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)
