"""The plan of a leader names employees and hours: nothing of it may leave by publishing, its widget state included."""

import nbformat
import pytest

import angle_mort as am
from angle_mort.errors import AngleMortError
from angle_mort.publishing import page_from_notebook
from angle_mort.shipped import shipped

STATE = "application/vnd.jupyter.widget-state+json"
SECRET = "Yolande Chavigneul"


def test_beside_a_view_that_may_go_nothing_of_a_plan_comes_out_with_it():
    cohort = am.load_cohort(shipped("demo") / "cohorte")
    panel = am.plan_delegation(cohort, cohort.leaders["leader"][0])
    for row in panel.rows.values():
        row.cells["who"].value = SECRET
    data, mark = panel._repr_mimebundle_()
    state = {each.model_id: {"state": each.get_state()} for row in panel.rows.values() for each in row.cells.values()}
    saved = nbformat.v4.new_notebook(metadata={"widgets": {STATE: {"state": str(state)}}})
    shown = am.views.dependence(cohort.summary)
    outputs = [
        nbformat.v4.new_output("display_data", data, metadata=mark),
        nbformat.v4.new_output("display_data", {STATE: str(state)}, metadata=mark),
        nbformat.v4.new_output("display_data", shown._repr_mimebundle_()[0], metadata=shown.mark()),
    ]
    saved.cells = [nbformat.v4.new_code_cell("am.plan_delegation(cohort, leader)", outputs=outputs)]
    assert SECRET in str(saved)
    for audience in ("leader", "coach"):
        with pytest.raises(AngleMortError, match="AM705"):
            page_from_notebook(saved, audience)
    page = page_from_notebook(saved)
    assert page.left_out == 2
    assert SECRET not in page.html and "widget" not in page.html
