"""Notebooks as they are committed: without outputs, in the order of the house, runnable line by line."""

import ast
import re

import nbformat
import pytest

from angle_mort import views
from angle_mort.shipped import shipped

NOTEBOOKS = sorted(shipped("notebooks").glob("*.ipynb"))


def cells(notebook, kind):
    return [cell for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == kind]


def test_there_is_at_least_the_first_notebook():
    assert "01_lire_une_cohorte.ipynb" in [each.name for each in NOTEBOOKS]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda each: each.stem)
class TestEveryNotebook:
    def test_it_is_valid_and_holds_no_output(self, notebook):
        read = nbformat.read(notebook, as_version=4)
        nbformat.validate(read)
        for cell in cells(notebook, "code"):
            assert cell.outputs == []
            assert cell.execution_count is None
        assert set(read.metadata) <= {"kernelspec", "language_info"}

    def test_it_begins_with_a_title_then_one_parameters_cell_then_one_import(self, notebook):
        first = nbformat.read(notebook, as_version=4).cells[0]
        assert first.cell_type == "markdown" and first.source.startswith("# ")
        code = cells(notebook, "code")
        assert [index for index, cell in enumerate(code) if "parameters" in cell.metadata.get("tags", [])] == [0]
        assert code[1].source == "import angle_mort as am"

    def test_its_cells_are_single_lines_without_functions_prints_or_changes_in_place(self, notebook):
        for cell in cells(notebook, "code")[1:]:
            assert len(ast.parse(cell.source).body) == 1
            assert not re.search(r"\bdef\b|\bprint\(|inplace=True|\blambda\b", cell.source)

    def test_every_view_that_it_names_exists(self, notebook):
        source = " ".join(cell.source for cell in cells(notebook, "code"))
        named = re.findall(r"am\.views\.(\w+)", source)
        assert named or "am.explore(" in source
        assert set(named) <= set(views.__all__)

    def test_its_prose_is_written_with_french_spaces_and_apostrophes(self, notebook):
        for cell in cells(notebook, "markdown"):
            assert not re.search(r" [;:!?»%]|« |\w'\w", cell.source), cell.source
