"""Colours that everybody tells apart and can read, and pictures that really show what the frame says."""

import io

import numpy as np
import pytest

from angle_mort import views
from angle_mort.cohort import load_cohort
from angle_mort.joined import compare_cohorts
from angle_mort.shipped import shipped
from angle_mort.views import style
from angle_mort.views.dots import Dot, draw_dots

SUMMARY = load_cohort(shipped("demo") / "cohorte").summary
EYES = {
    "common": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    "no colour": np.full((3, 3), [0.2126, 0.7152, 0.0722]),
}
"""Severity 1.0 of Machado, Oliveira & Fernandes 2009 (IEEE TVCG 15, 1291-1298), in linear RGB; and luminance alone."""


def linear(colour):
    channels = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ np.clip(rgb, 0, 1)
    f = np.cbrt(xyz / [0.9505, 1.0, 1.089])
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(eyes, one, other):
    """CIE 1976: about 2 is just seen side by side."""
    seen = [lab(np.asarray(EYES[eyes]) @ linear(each)) for each in (one, other)]
    return float(np.linalg.norm(seen[0] - seen[1]))


def contrast(one, other):
    light, dark = sorted((float(linear(each) @ [0.2126, 0.7152, 0.0722]) for each in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_simulation_does_confuse_what_such_eyes_confuse():
    assert distance("deuteranopia", "#c00000", "#606000") < 0.4 * distance("common", "#c00000", "#606000")
    assert distance("tritanopia", "#0000ff", "#008080") < 0.6 * distance("common", "#0000ff", "#008080")


@pytest.mark.parametrize("eyes", [each for each in EYES if each != "no colour"])
@pytest.mark.parametrize("other, least", [("SECOND", 50), ("MUTED", 15), ("INK", 15)])
def test_colours_that_mean_something_are_told_apart_by_everybody(eyes, other, least):
    assert distance(eyes, style.ACCENT, getattr(style, other)) >= least


@pytest.mark.parametrize("eyes", [each for each in EYES if each != "no colour"])
def test_neighbouring_bands_are_seen_by_everybody_and_named_in_words_besides(eyes):
    for one, other in zip(style.ZONES, style.ZONES[1:], strict=False):
        assert distance(eyes, one, other) >= 5
    drawn = [text.get_text() for text in views.dependence(SUMMARY).figure.axes[0].texts]
    assert {"vert", "orange", "rouge"} <= set(drawn)


@pytest.mark.parametrize("ground", ["#ffffff", *style.ZONES])
@pytest.mark.parametrize("ink", ["INK", "MUTED", "ACCENT"])
def test_words_can_be_read_on_every_ground(ground, ink):
    assert contrast(getattr(style, ink), ground) >= 4.5


def test_the_other_colour_can_be_read_on_white():
    assert contrast(style.SECOND, "#ffffff") >= 4.5


# ---------------------------------------------------------------------------------------------------- by the picture


def pixels(view):
    from matplotlib.image import imread

    return imread(io.BytesIO(view.png))[..., :3]


def near(picture, colour, tolerance=0.02):
    return (
        np.abs(picture - np.array([int(colour[each : each + 2], 16) for each in (1, 3, 5)]) / 255).max(axis=2)
        < tolerance
    )


def across(picture, share):
    """Where the axis has this value: the bands fill it from 0 to 100."""
    columns = np.flatnonzero(sum(near(picture, zone) for zone in style.ZONES).sum(axis=0) > 50)
    return columns[0] + share / 100 * (columns[-1] - columns[0])


@pytest.mark.parametrize(
    "view",
    [views.dependence(SUMMARY), views.blocks(SUMMARY)],
    ids=lambda view: view.name,
)
def test_each_margin_stands_in_the_picture_where_the_frame_says(view):
    """The blue ends of a row are the lowest and the highest pixel of its margin, to one point of the axis."""
    picture, frame = pixels(view), view.frame()
    blue = near(picture, style.ACCENT, 0.12)
    rows = runs(blue[:, : int(across(picture, 100))].any(axis=1), len(frame))
    for (top, bottom), told in zip(rows, frame["Marge"], strict=True):
        low, high = (float(each.replace(",", ".")) for each in told.replace("de ", "").split(" à "))
        columns = np.flatnonzero(blue[top:bottom].any(axis=0))
        first = columns[0]
        gap = np.flatnonzero(np.diff(columns) > 12)
        last = columns[gap[0]] if len(gap) else columns[-1]
        assert first == pytest.approx(across(picture, low), abs=8)
        assert last == pytest.approx(across(picture, high), abs=8)


def runs(filled, count):
    """The ``count`` highest separate runs of a row of yes and no."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], filled.astype(int), [0]])))
    found = [(start, end) for start, end in edges.reshape(-1, 2) if end - start > 8]
    assert len(found) == count
    return found


def test_a_longer_bar_is_longer_in_the_picture_by_as_much():
    view = views.two_weeks(SUMMARY)
    blue = near(pixels(view), style.ACCENT, 0.05)
    people = view.frame()["Dirigeants"].tolist()
    bars = [int(np.diff(np.flatnonzero(np.diff(np.r_[0, row, 0]))[:2])[0]) for row in bar_rows(blue, len(people))]
    assert bars[0] / people[0] == pytest.approx(bars[1] / people[1], rel=0.03)
    assert sorted(range(3), key=bars.__getitem__) == sorted(range(3), key=people.__getitem__)


def bar_rows(blue, count):
    thick = runs(blue.sum(axis=1) > 60, count)
    return [blue[(top + bottom) // 2].astype(int) for top, bottom in thick]


# ------------------------------------------------------------------------------------------------------- the family


def test_a_value_never_stands_over_the_edge_of_the_figure_nor_over_its_mark():
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    spots = [(2, 0, 9, None), (50, 30, 99, 60), (97, 90, 100, 80), (60, 57, 63, 66), (70, 66, 74, 60), (20, 5, 35, 40)]
    dots = [Dot(f"Mesure {place}", *spot[:3], "88 ± 13", mark=spot[3]) for place, spot in enumerate(spots)]
    figure = draw_dots([("Un titre qui prend plus d’une seule ligne, parce qu’il dit beaucoup", dots)], "axe")
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    (axes,) = figure.axes
    width = canvas.get_width_height()[0]
    marks = [line.get_window_extent() for line in axes.lines if line.get_color() == style.SECOND]
    for text in (each for each in axes.texts if "±" in each.get_text()):
        box = text.get_window_extent(canvas.get_renderer())
        assert box.x0 >= 0 and box.x1 <= width
        assert not any(box.overlaps(mark) for mark in marks)


def test_an_early_margin_has_no_dot_and_a_missing_value_has_nothing():
    early = Dot("a", 50, 40, 60, "provisoire", early=True)
    missing = Dot("b", float("nan"), float("nan"), float("nan"), "–")
    (axes,) = draw_dots([("", [early, missing])], "axe").axes
    assert not [line for line in axes.lines if line.get_marker() == "o"]
    assert [text.get_text() for text in axes.texts] == ["a", "provisoire", "b"]


def test_a_cohort_that_stands_apart_is_written_in_bold():
    compared = compare_cohorts([shipped("demo") / "cohorte", shipped("demo") / "reseau"])
    named = {cohort for side in ("highest", "lowest") for cohort in compared.apart[side] if cohort}
    drawn = views.compared_reasons(compared).figure.axes[0].texts
    names = [text for text in drawn if text.get_text() in compared.sizes]
    assert len(names) == 6
    assert {text.get_text() for text in names if text.get_fontweight() == "bold"} <= named
