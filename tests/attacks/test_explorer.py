"""Notebook 03 shows people: nothing of it may leave by publishing, its widget state included."""

import json

import nbformat
import pytest

import angle_mort as am
from angle_mort.errors import AngleMortError
from angle_mort.publishing.page import page_from_notebook
from angle_mort.publishing.scanning import Known, scan
from angle_mort.shipped import shipped

NOTEBOOK = shipped("notebooks") / "03_explorer_les_blocages.ipynb"
PATHS = {"cohort_paths": [str(shipped("demo") / "cohorte")]}
VIEW, STATE = "application/vnd.jupyter.widget-view+json", "application/vnd.jupyter.widget-state+json"


@pytest.mark.slow
@pytest.mark.parametrize("audience", ["sponsor", "leader", "coach"])
def test_it_is_refused_for_every_audience_and_nothing_is_written(tmp_path, audience):
    with pytest.raises(AngleMortError) as error:
        am.publish(NOTEBOOK, tmp_path / "out", PATHS, audience)
    assert error.value.codes[0] == "AM705"
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_beside_a_view_that_may_be_shared_nobody_comes_out_with_it(tmp_path):
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    shared = "am.views.dependence(am.load_cohort(cohort_paths[0]).summary)"
    notebook.cells.append(nbformat.v4.new_code_cell(shared))
    nbformat.write(notebook, tmp_path / "03.ipynb")
    page = am.publish(tmp_path / "03.ipynb", tmp_path / "out", PATHS).read_text(encoding="utf-8")
    assert_nobody(page)


@pytest.fixture
def panel():
    """The explorer of the demonstration with somebody chosen."""
    shown = am.explore(am.load_cohort(shipped("demo") / "cohorte"))
    shown.model.leader = shown.model.people.ids[0]
    return shown


def state_of(panel):
    """What JupyterLab saves of these widgets when it is told to."""
    told = {widget.model_id: {"state": widget.get_state(drop_defaults=True)} for widget in (panel, panel.drawing)}
    return json.loads(json.dumps({"state": told}, default=str))


def test_a_saved_widget_state_stays_behind(panel):
    """A coach who saves the notebook with its widgets, as JupyterLab may, and somebody who publishes that."""
    view, state = am.views.dependence(panel.model.released.summary), state_of(panel)
    data, mark = panel._repr_mimebundle_()
    saved = nbformat.v4.new_notebook(metadata={"widgets": {STATE: state}})
    outputs = [
        nbformat.v4.new_output("display_data", data, metadata=mark),
        nbformat.v4.new_output("display_data", {STATE: state, VIEW: data[VIEW]}, metadata=view.mark()),
        nbformat.v4.new_output("display_data", view._repr_mimebundle_()[0], metadata=view.mark()),
    ]
    saved.cells = [nbformat.v4.new_code_cell("am.explore(*cohort_paths)", outputs=outputs)]
    assert panel.model.leader in str(saved)
    page = page_from_notebook(saved)
    assert page.left_out == 2
    assert_nobody(page.html)


def test_a_notebook_saved_with_its_widgets_is_never_found_clean(panel):
    """It is so deep that ``verifier`` refuses to vouch for it; taken out of its wrappings, every row id is found."""
    known = Known.here(shipped("demo") / "cohorte")
    saved = nbformat.v4.new_notebook(metadata={"widgets": {STATE: state_of(panel)}})
    with pytest.raises(AngleMortError, match="AM712"):
        scan(nbformat.writes(saved), "carnet.ipynb", known)
    found = scan(json.dumps(panel.drawing.state["picture"]), "image.json", known)
    assert found and all("identifiant" in each.what for each in found)


def assert_nobody(page):
    assert not [leader for leader in am.load_cohort(shipped("demo") / "cohorte").leaders["leader"] if leader in page]
    assert "widget" not in page and "am-drawing" not in page
