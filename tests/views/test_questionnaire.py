"""Views of a questionnaire: the numbers of its summary, « provisoire » below 45, and nothing hidden comes back."""

import dataclasses
import re
from functools import cache

import pytest

import angle_mort as am
from angle_mort import views
from angle_mort.publishing import page_from_notebook
from angle_mort.publishing.execution import execute
from angle_mort.shipped import shipped
from angle_mort.text import number
from tests.cohorts import questionnaire_of

VIEWS = [views.scale_reliability, views.item_quality, views.block_links, views.one_or_three, views.heading]


@cache
def summary_of(n, missing=0.0, not_applicable=0.005):
    drawn = am.make_cohort(n=n, seed=6, profiles=0, missing=missing, not_applicable=not_applicable)
    return questionnaire_of(drawn.responses)


def texts_of(figure):
    (axes,) = figure.axes
    return [each.get_text() for each in axes.texts]


@pytest.mark.parametrize("n", [30, 60, 240])
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_reads_itself_at_every_size(view, n):
    shown = view(summary_of(n))
    assert shown.reading and all(
        sentence.endswith((".", "0.1.0")) for sentence in shown.reading if shown.name != "heading"
    )
    assert shown.mark()["angle_mort"]["audience"] == "sponsor"
    assert shown.demonstration
    assert not re.search(r"\b(nan|none)\b", re.sub(r'src="[^"]*"', "", shown.html), re.IGNORECASE)


def test_each_scale_is_drawn_with_its_value_and_its_n():
    summary = summary_of(240)
    drawn = texts_of(views.scale_reliability(summary).figure)
    for row in summary.scales.itertuples():
        assert f"{number(row.alpha, 2)} · n ≥ {row.n_used}" in drawn


def test_below_forty_five_the_interval_and_the_word_and_no_figure():
    summary = summary_of(40)
    view = views.scale_reliability(summary)
    table = view.frame()
    assert all("provisoire" in text for text in table["Alpha"])
    assert set(table["Oméga"]) == set(table["Erreur type (points)"]) == set(table["Deux moitiés"]) == {"–"}
    assert table["Intervalle"].str.match(r"de [\d,-]+ à [\d,-]+").all()
    assert sum("provisoire" in text for text in texts_of(view.figure)) == len(table)
    for alpha, low, high in summary.scales[["alpha", "alpha_low", "alpha_high"]].to_numpy():
        if alpha not in (low, high):
            assert not re.search(rf"\b{number(alpha, 2)} ·", view.html)


def test_no_text_of_the_figure_lies_outside_it_or_over_another():
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    for n in (30, 240):
        figure = views.scale_reliability(summary_of(n)).figure
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        boxes = [text.get_window_extent(canvas.get_renderer()) for text in figure.axes[0].texts]
        width, height = canvas.get_width_height()
        assert all(box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width + 1 and box.y1 <= height + 1 for box in boxes)
        assert not [(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1 :] if a.overlaps(b)]


def test_no_scale_left_to_tell_draws_nothing():
    view = views.scale_reliability(summary_of(40, missing=0.3))
    assert view.figure is None
    assert "30" in view.reading[0]


def test_hidden_shares_stay_hidden_and_a_column_of_them_is_left_out():
    summary = summary_of(60, missing=0.02)
    items = summary.items.copy()
    items["not_applicable"] = float("nan")
    items.loc[items.index[:5], "missing"] = 0.1
    view = views.item_quality(dataclasses.replace(summary, items=items))
    table = view.frame()
    assert (table["Sans réponse"] == "–").tolist() == items["missing"].isna().tolist()
    assert "Pas concerné" not in table
    (told,) = (sentence for sentence in view.reading if sentence.startswith("Colonnes retirées"))
    assert "Pas concerné" in told and "Sans réponse" not in told


def test_the_alpha_of_the_others_stands_beside_each_question_from_forty_five_leaders_on():
    summary = summary_of(240)
    table = views.item_quality(summary).frame()
    assert table["Alpha sans elle"].tolist() == [number(each, 2) for each in summary.items["alpha_if_dropped"]]
    early = views.item_quality(summary_of(40))
    assert "Alpha sans elle" not in early.frame() and "Alpha sans elle" in " ".join(early.reading)
    older = summary.items.drop(columns="alpha_if_dropped"), summary.scales.drop(columns="alpha_standardised")
    before = dataclasses.replace(summary, items=older[0], scales=older[1])
    assert "Alpha sans elle" not in views.item_quality(before).frame()
    assert "Alpha standardisé" not in views.scale_reliability(before).frame()


def test_a_share_that_is_told_of_few_questions_is_a_sentence():
    summary = summary_of(240)
    items = summary.items.assign(missing=float("nan"))
    items.loc[items.index[0], "missing"] = 0.04
    view = views.item_quality(dataclasses.replace(summary, items=items))
    assert "Sans réponse" not in view.frame()
    (told,) = (sentence for sentence in view.reading if "n’est montré que pour" in sentence and "Sans" in sentence)
    assert am.load_instrument().items[items["item"].iloc[0]].fr.rstrip(".") in told and "4\u00a0%" in told


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(0.70, 0.80, "Fiables"), (0.60, 0.78, "À lire avec prudence"), (0.40, 0.69, "Pas assez fiables")],
)
def test_each_scale_is_judged_by_its_interval(low, high, said):
    summary = summary_of(240)
    scales = summary.scales.assign(alpha_low=0.8, alpha_high=0.9)
    scales.loc[scales.index[0], ["alpha_low", "alpha_high"]] = low, high
    name = am.load_instrument().module(scales["scale"].iloc[0]).name
    told = views.scale_reliability(dataclasses.replace(summary, scales=scales)).reading
    assert [sentence.split("\u00a0:")[0] for sentence in told if name in sentence] == [said]


def test_a_question_whose_link_may_pass_the_limit_is_not_the_first_to_read_again():
    summary = summary_of(40)
    items = summary.items.copy()
    items.loc[items.index[0], ["item_rest", "item_rest_low", "item_rest_high"]] = 0.24, 0.0, 0.45
    items.loc[items.index[1:], "item_rest"] = 0.5
    told = views.item_quality(dataclasses.replace(summary, items=items)).reading
    (place,) = (n for n, sentence in enumerate(told) if "0,24" in sentence)
    assert told[place].startswith("Peut-être") and told[place - 1].startswith("Provisoire")


def test_a_weak_and_a_crowded_question_are_named():
    summary = summary_of(240)
    first, second = summary.items.index[:2]
    items = summary.items.copy()
    items.loc[first, ["item_rest", "item_rest_low", "item_rest_high"]] = 0.05, -0.06, 0.16
    items.loc[second, "ceiling"] = 0.8
    told = " ".join(views.item_quality(dataclasses.replace(summary, items=items)).reading)
    texts = [am.load_instrument().items[item].fr.rstrip(".") for item in items.loc[[first, second], "item"]]
    assert f"{texts[0]}\u00a0: 0,05 (de −0,06 à 0,16)" in told
    assert f"{texts[1]}\u00a0: 80\u00a0%" in told


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        (["merged", "apart", "apart"], "ne tient plus"),
        (["apart", "apart", "apart"], "restent distinctes"),
        (["undecided", "apart", "apart"], "ne tranchent pas"),
        (["too few", "too few", "too few"], "au moins 200 dirigeants"),
    ],
)
def test_the_story_of_three_reasons_follows_the_verdict(verdicts, said):
    summary = summary_of(240)
    view = views.block_links(dataclasses.replace(summary, pairs=summary.pairs.assign(verdict=verdicts)))
    assert said in view.reading[0]
    assert ("et Réflexe" in view.reading[0]) is (verdicts[0] == "merged")


@pytest.mark.parametrize(
    ("preferred", "said"),
    [
        ("a factor per scale", "mieux les réponses qu’une seule"),
        ("one factor", "aussi bien que trois"),
        ("undecided", "ne tranchent pas"),
        ("too few", "Il faut 200 dirigeants"),
    ],
)
def test_one_or_three_follows_the_comparison(preferred, said):
    view = views.one_or_three(dataclasses.replace(summary_of(240), preferred=preferred))
    assert said in view.reading[0]


@pytest.mark.slow
def test_the_notebook_runs_and_becomes_a_page_for_the_sponsor():
    import nbformat

    notebook = nbformat.read(shipped("notebooks") / "06_verifier_le_questionnaire.ipynb", as_version=4)
    page = page_from_notebook(execute(notebook, {"cohort_path": shipped("demo") / "reseau"}))
    assert page.demonstration
    assert sum(block.kind == "view" for block in page.blocks) == 7
    assert "DÉMONSTRATION" in page.html and "240 dirigeants" in page.html
