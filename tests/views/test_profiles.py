"""Views of profiles: their words follow the verdict, and what is the coach's never gets a shareable mark."""

import dataclasses
import re

import nbformat
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from angle_mort import views
from angle_mort.disclosure.thresholds import POLICY
from angle_mort.errors import AngleMortError
from angle_mort.profiles.families import FAMILIES
from angle_mort.profiles.selection import SHOWN
from angle_mort.publishing import page_from_notebook, publish
from angle_mort.shipped import shipped
from tests.joined import FEW, WITH_PROFILES, WITHOUT, joined_of, reading_of

NOTEBOOK = shipped("notebooks") / "04_choisir_les_profils.ipynb"
ALWAYS = [views.profile_verdict, views.profile_chances, views.profile_candidates]
OF_PROFILES = [views.profile_positions, views.profile_sharpness, views.profile_people, views.profile_consequences]


def summary_of(*names):
    return joined_of(*names).read_profiles().summary if names == FEW else reading_of(*names).summary


def words(view):
    return re.sub("[\u00a0\u202f]", " ", " ".join(view.reading))


def without_numbers_missing(view):
    assert view.reading and all(sentence.endswith((".", "»")) for sentence in view.reading)
    assert not re.search(r"\b(nan|none)\b", re.sub(r'src="[^"]*"', "", view.html), re.IGNORECASE)


@pytest.mark.parametrize("view", ALWAYS + OF_PROFILES)
def test_a_small_cohort_is_told_why_there_is_nothing(view):
    shown = view(summary_of(*FEW))
    without_numbers_missing(shown)
    assert shown.figure is None and shown.mark()["angle_mort"]["audience"] == "sponsor"


def test_the_words_of_a_small_cohort_are_position_and_close_to():
    verdict = views.profile_verdict(summary_of(*FEW))
    assert "il en faut 30" in words(verdict) and "« position »" in words(verdict)
    assert verdict.frame()["Dirigeants"].str.contains("(ici)", regex=False).tolist() == [
        False,
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize("n", [8, 29, 30, 59, 60, 199, 200, 5000])
def test_the_table_of_sizes_marks_the_row_of_this_one(n):
    frame = views.profile_verdict(dataclasses.replace(summary_of(*FEW), n=n)).frame()
    (own,) = frame.loc[frame["Dirigeants"].str.contains("(ici)", regex=False), "Dirigeants"]
    low, high = {8: (8, 29), 30: (30, 59), 60: (60, 199), 200: (200, None)}[max(s for s in (8, 30, 60, 200) if s <= n)]
    assert own.startswith(f"{low} à {high}" if high else f"{low} et plus")


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_words_and_a_place_in_the_figure(family):
    facts = {"gap": 4.0, "smallest": "12", "relative_entropy": 0.8, "replicated": True, "judged": True}
    measured = {"jaccard": 0.61, "shape_p": 0.21, "blrt_p": 0.30, "split_half": 0.41}
    rows = pd.DataFrame([{"family": family, "n_components": 2} | facts | measured])
    view = views.profile_candidates(dataclasses.replace(summary_of(*FEW), candidates=rows))
    without_numbers_missing(view)
    drawn = [text.get_text() for text in view.figure.axes[0].texts]
    assert drawn == [view.frame()["Forme des profils"].iloc[0], "2"]


def test_every_candidate_is_a_number_under_the_name_of_its_form_and_none_covers_another():
    summary = reading_of(*WITH_PROFILES).summary
    figure = views.profile_candidates(summary).figure
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    (axes,) = figure.axes
    numbers = [text for text in axes.texts if text.get_text().isdigit()]
    assert sorted(int(text.get_text()) for text in numbers) == sorted(summary.candidates["n_components"])
    boxes = [text.get_window_extent(canvas.get_renderer()) for text in axes.texts]
    assert not [(a, b) for place, a in enumerate(boxes) for b in boxes[place + 1 :] if a.overlaps(b)]


REASONS = {
    "repeated rows": "plus d’un dirigeant sur dix",
    "one group": "il ne l’est que de 4",
    "small profile": "de moins de 5 dirigeants",
    "not converged": "solution sûre",
    "not replicated": "qu’une fois",
    "unstable": "qu’à 0,61",
    "not beyond one group": "p = 0,21 et 0,30",
    "not found in halves": "accord 0,41",
}


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_for_no_profile_has_its_sentence_with_its_numbers(code):
    facts = {"gap": 4.0, "smallest": "moins de 5", "relative_entropy": 0.8, "replicated": False}
    facts |= {"jaccard": 0.61, "shape_p": 0.21, "blrt_p": 0.30, "split_half": 0.41}
    judged = pd.DataFrame([{"family": "EII", "n_components": 3, "judged": True} | facts])
    summary = dataclasses.replace(summary_of(*FEW), n=90, verdict=code, candidates=judged)
    told = views.profile_verdict(summary)
    assert REASONS[code] in words(told)
    without_numbers_missing(told)
    if code == "one group":
        better = dataclasses.replace(summary, candidates=judged.assign(gap=-12.0))
        assert "BIC meilleur de 12" in words(views.profile_verdict(better))


@pytest.mark.slow
class TestProfilesThatAreThere:
    @pytest.mark.parametrize("view", ALWAYS + OF_PROFILES)
    @pytest.mark.parametrize("names", [WITH_PROFILES, WITHOUT])
    def test_every_view_reads_itself(self, names, view):
        shown = view(summary_of(*names))
        without_numbers_missing(shown)
        assert shown.mark()["angle_mort"] == {
            "audience": "sponsor",
            "view": view.__name__,
            "cohort": summary_of(*names).seal,
            "demonstration": True,
        }

    @pytest.mark.parametrize("code", SHOWN)
    def test_the_verdict_uses_the_words_of_the_size(self, code):
        told = words(views.profile_verdict(dataclasses.replace(summary_of(*WITH_PROFILES), verdict=code)))
        word = {"hypothesis": "hypothèse à discuter", "exploratory profiles": "Profils exploratoires"}
        assert word.get(code, "Profils : 3 profils") in told

    def test_positions_are_drawn_with_their_names_and_values(self):
        summary = summary_of(*WITH_PROFILES)
        (axes,) = views.profile_positions(summary).figure.axes
        drawn = [text.get_text() for text in axes.texts]
        for row in summary.positions.itertuples():
            assert any(text.startswith(row.name[:20]) for text in drawn)
            assert f"{row.mean:.0f}" in drawn

    def test_no_text_of_a_figure_lies_outside_it_or_over_another(self):

        longest = "le contrôle et la charge devant, niveau entre moyen et haut"
        summary = summary_of(*WITH_PROFILES)
        long = dataclasses.replace(
            summary, positions=summary.positions.assign(name=longest), people=summary.people.assign(group="1")
        )
        for made in (summary, long):
            for view in (views.profile_positions, views.profile_people, views.profile_chances):
                figure = view(made).figure
                canvas = FigureCanvasAgg(figure)
                canvas.draw()
                boxes = [each.get_window_extent(canvas.get_renderer()) for axes in figure.axes for each in axes.texts]
                width, height = canvas.get_width_height()
                assert all(b.x0 >= 0 and b.y0 >= 0 and b.x1 <= width + 1 and b.y1 <= height + 1 for b in boxes)
                assert not [1 for i, a in enumerate(boxes) for b in boxes[i + 1 :] if a.overlaps(b)], view.__name__

    def test_consequences_are_turned_so_that_right_is_always_blockage(self):
        summary = summary_of(*WITH_PROFILES)
        frame = views.profile_consequences(summary).frame()
        own = summary.consequences.query("outcome == 'E'")["mean"]
        shown = frame.loc[frame["Conséquence"] == "Manque d’autonomie de l’équipe", "Moyenne"].astype(float)
        assert (shown.to_numpy() == 100 - own.to_numpy()).all()

    @pytest.mark.parametrize("view", OF_PROFILES)
    def test_what_is_the_coachs_stands_beside_a_sentence_and_never_on_a_page(self, view):
        summary = reading_of(*WITH_PROFILES).summarised(dataclasses.replace(POLICY, rows=200))
        shown = view(summary)
        assert "Réservé au coach" in words(shown) and "200 dirigeants" in words(shown)
        assert shown.figure is None and shown.frame().empty
        assert shown.reserved.mark()["angle_mort"]["audience"] == "coach"
        assert shown.reserved.html == view(reading_of(*WITH_PROFILES).summary).html
        outputs = [
            nbformat.v4.new_output("display_data", {"text/html": each.html}, metadata=each.mark())
            for each in (shown, shown.reserved)
        ]
        executed = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", outputs=outputs)])
        page = page_from_notebook(executed)
        assert page.left_out == 1 and "devant, niveau" not in page.html
        with pytest.raises(AngleMortError, match="AM705"):
            page_from_notebook(executed, "coach")

    def test_where_the_model_is_stored_is_for_the_coach(self):
        stored = views.profile_model(summary_of(*WITH_PROFILES), "data/profils.json")
        assert "data/profils.json" in words(stored) and stored.mark()["angle_mort"]["audience"] == "coach"


def test_a_reserved_view_is_an_output_of_its_own(monkeypatch):
    """What a kernel is asked to show: the sentence with the shareable mark, then the coach's view with its own."""
    summary, shown = summary_of(*FEW), []
    kept = views.profile_model(summary, "x.json")
    view = dataclasses.replace(views.profile_people(summary), reserved=kept)
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw, metadata: shown.append((bundle, metadata)))
    view._ipython_display_()
    assert [metadata["angle_mort"]["audience"] for _, metadata in shown] == ["sponsor", "coach"]
    assert ["x.json" in bundle["text/html"] for bundle, _ in shown] == [False, True]


@pytest.mark.slow
@pytest.mark.parametrize(("names", "sections"), [(WITH_PROFILES, 5), (FEW, 0)])
def test_the_notebook_is_published_for_cohorts_with_profiles_and_without(tmp_path, names, sections):
    folders = [str(shipped("demo") / name) for name in names]
    settings = {"cohort_paths": folders, "max_components": 3, "model_path": str(tmp_path / "m.json")}
    page = publish(NOTEBOOK, tmp_path, settings).read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") == sections
    assert ("profils se dégagent" in page) == (names == WITH_PROFILES) == (tmp_path / "m.json").is_file()
    assert str(tmp_path) not in page and "DÉMONSTRATION" in page
