"""Views: a figure, its table, its sentence and its text, all telling the same numbers."""

import dataclasses
import re

import pytest

from angle_mort import views
from angle_mort.cohort import load_cohort
from angle_mort.instrument import load_instrument
from angle_mort.shipped import shipped
from angle_mort.views import style
from tests.cohorts import answers, released, without

DEMO = load_cohort(shipped("demo") / "cohorte")
SUMMARY = DEMO.summary
CHARTS = [views.dependence, views.blocks, views.areas, views.two_weeks, views.four_steps]
TABLES = [views.answer_care, views.withheld, views.heading, views.about]


def texts_of(figure):
    return [each.get_text() for axes in figure.axes for each in axes.texts]


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_has_a_figure_a_table_a_sentence_and_a_text(chart):
    view = chart(SUMMARY)
    assert view.figure is not None
    assert len(view.frame())
    assert all(sentence.endswith(".") for sentence in view.reading)
    assert re.search(r"\d", view.alt)
    assert view.audience == "sponsor"


@pytest.mark.parametrize("table", TABLES)
def test_a_table_has_no_figure_and_reads_itself(table):
    view = table(SUMMARY)
    assert view.figure is None
    assert view.png is None
    assert "<img" not in view.html
    assert view.reading


@pytest.mark.parametrize("chart", [views.dependence, views.blocks, views.four_steps])
def test_each_row_of_a_chart_is_labelled_and_valued_in_the_picture(chart):
    view = chart(SUMMARY)
    drawn = texts_of(view.figure)
    for label in view.frame()["Mesure"]:
        assert label in drawn
    assert sum("±" in text for text in drawn) == len(view.frame())


def test_no_text_of_a_figure_lies_outside_it_or_over_another():
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    for chart in CHARTS:
        figure = chart(SUMMARY).figure
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        texts = [text for axes in figure.axes for text in axes.texts]
        boxes = [text.get_window_extent(canvas.get_renderer()) for text in texts]
        width, height = canvas.get_width_height()
        for box in boxes:
            assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width + 1 and box.y1 <= height + 1
        overlaps = [(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1 :] if a.overlaps(b)]
        assert not overlaps, chart.__name__


def test_a_scale_where_high_is_good_is_turned_so_that_right_is_always_blockage():
    mean = SUMMARY.means.set_index("scale").loc["E", "mean"]
    shown = views.dependence(SUMMARY).frame().set_index("Mesure").loc["Manque d’autonomie de l’équipe", "Moyenne"]
    assert float(shown.replace(",", ".")) == pytest.approx(100 - mean, abs=0.051)


def test_counts_of_people_in_a_figure_are_at_least_five():
    people = views.two_weeks(SUMMARY).frame()["Dirigeants"]
    assert (people >= 5).all()


def test_a_cohort_of_nine_shows_no_count_and_says_so(tmp_path):
    nine = released(tmp_path, answers(9)).summary
    view = views.two_weeks(nine)
    assert view.figure is None
    assert "ne peut pas être montrée" in view.reading[0]
    assert "12 dirigeants" in views.withheld(nine).html


def test_what_stands_behind_the_figures_is_told_and_nothing_that_is_the_coachs():
    told = views.about(SUMMARY).frame().set_index("Constat")["Valeur"]
    assert told["Dirigeants"] == "24" and told["Cohorte faite le"] == "23 novembre 2026"
    assert told["Questionnaire"] == "angle-mort 1.0.0" and told["Non montré"].startswith(f"{len(SUMMARY.withheld)} ")
    assert all(str(size) in told["Règles de diffusion"] for size in (8, 12, 30, 5, 10))
    assert DEMO.certificate["seal"].startswith(told["Sceau (début)"].replace(" ", ""))
    html = views.about(SUMMARY).html
    for private in (DEMO.certificate["rows"], DEMO.certificate["schema"], *DEMO.certificate["files"].values()):
        assert private[:12] not in html
    assert "k_row" not in html and "attaque" not in html


def test_every_text_is_escaped():
    hostile = dataclasses.replace(SUMMARY, name="<script>alert(1)</script>", demonstration=False)
    html = views.heading(hostile).html
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_the_picture_has_no_notes_inside_and_is_light():
    for chart in CHARTS:
        png = chart(SUMMARY).png
        assert b"tEXt" not in png and b"iTXt" not in png
        assert len(png) < 120_000


def test_the_frame_is_a_copy():
    view = views.blocks(SUMMARY)
    taken = view.frame()
    taken.iloc[0, 0] = "x"
    assert view.frame().iloc[0, 0] != "x"


def test_drawing_leaves_nothing_behind_in_pyplot():
    import matplotlib.pyplot as plt

    before = len(plt.get_fignums())
    assert views.areas(SUMMARY).png
    assert len(plt.get_fignums()) == before


MODULES = ("A", "B", "C", "C0", "D1", "D2", "D3", "E", "F", "G", "H", "I", "J")


@pytest.mark.slow
@pytest.mark.parametrize("absent", MODULES)
@pytest.mark.parametrize("kept", [0, 3])
def test_every_view_holds_when_a_module_was_hardly_answered(tmp_path, absent, kept):
    """A module that nobody, or only three, answered: no crash, no other number in its place, no figure of nothing."""
    items = [item.id for item in load_instrument().module(absent).items if item.format.kind != "text"]
    summary = released(tmp_path, without(answers(14), items, kept)).summary
    for make in (*CHARTS, *TABLES):
        view = make(summary)
        assert not re.search(r"(?i)\bnan\b", re.sub(r"base64,[^\"]+", "", view.html))
        assert view.reading
        assert (view.figure is None) == (view.alt == "" or make in TABLES)
    if absent in ("D1", "E"):
        assert "calculable pour ce groupe" in views.dependence(summary).reading[0]
    if absent in ("A", "B", "C"):
        assert "ne peuvent pas être comparées" in views.blocks(summary).reading[0]


def test_the_follow_up_form_says_what_it_did_not_ask(tmp_path):
    short = answers(14)[[item.id for item in load_instrument().form_items("suivi")]]
    summary = released(tmp_path, short, form="suivi").summary
    assert views.areas(summary).figure is None
    assert "n’ont pas été posées" in views.areas(summary).reading[0]
    assert views.four_steps(summary).figure is None
    assert views.blocks(summary).figure is not None


def test_a_margin_is_the_true_half_width_even_at_the_edge():
    assert style.with_margin(2.1, 2.553, 0.90) == "2 ± 4"
