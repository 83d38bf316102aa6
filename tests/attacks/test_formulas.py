"""Nothing that somebody wrote is computed by a spreadsheet: released cohorts, exported tables, CSV and workbooks."""

import csv
import io

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

import angle_mort as am
from angle_mort.cohort import demonstration_id, load_cohort, release_cohort, row_ids, score_intake
from angle_mort.errors import AngleMortError
from angle_mort.publishing import write_table
from angle_mort.publishing.scanning import scan
from angle_mort.shipped import shipped
from tests.attacks.hostile import HOSTILE, export
from tests.cohorts import DAY

COMPUTED = tuple("=+-@\t\r\uff1d")


def is_number(cell):
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True


def formulas(content, delimiter):
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=delimiter)
    return [
        cell for row in rows for cell in row if cell.strip(" \u00a0")[:1] in COMPUTED and cell and not is_number(cell)
    ]


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """The cohort that a hostile export becomes."""
    folder, instrument = tmp_path_factory.mktemp("hostile"), am.load_instrument()
    intake = am.read_export(export(folder / "export.csv"), instrument)
    ids = row_ids(intake, demonstration_id)
    return release_cohort(intake, score_intake(intake, instrument), ids, folder / "cohorte", instrument, DAY, "essai")


def test_the_export_is_hostile(tmp_path):
    assert len(formulas(export(tmp_path / "x.csv").read_bytes(), ",")) >= 10


def test_no_cell_of_a_released_cohort_is_a_formula_or_an_answer(released):
    for path in sorted(released.iterdir()):
        content = path.read_bytes()
        if path.suffix == ".csv":
            assert formulas(content, ",") == []
            assert "formula" not in {each.kind for each in scan(content, path.name)}
        for hostile in HOSTILE:
            assert hostile not in content.decode()


MILD = [each for each in HOSTILE if "<" not in each and "javascript" not in each and "http" not in each]


class Table:
    """A view whose every text is hostile."""

    audience, demonstration, leader = "sponsor", True, ""

    def __init__(self, texts=MILD):
        self.texts = texts

    def frame(self):
        numbers = np.linspace(-3, 3, len(self.texts))
        return pd.DataFrame({"=1+1": self.texts, "nombre": numbers}, index=self.texts)


def test_no_cell_of_a_written_csv_is_a_formula(tmp_path):
    content = write_table(Table(), tmp_path / "x.csv").read_bytes()
    assert formulas(content, ";") == []
    assert b"'=cmd|" in content and b"\r\n-" not in content.replace(b";-", b"")


def test_no_cell_of_a_written_workbook_is_a_formula(tmp_path):
    book = load_workbook(write_table(Table(), tmp_path / "x.xlsx"))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert not [cell for cell in cells if cell.data_type == "s" and cell.value.strip()[:1] in COMPUTED]
    assert [cell.value for cell in book.active["B"]][1:] == pytest.approx(np.linspace(-3, 3, len(cells) // 2 - 1))


def test_an_address_or_a_program_in_a_table_is_refused(tmp_path):
    for hostile in ('=HYPERLINK("http://a.example")', "<script>1</script>"):
        with pytest.raises(AngleMortError) as error:
            write_table(Table([hostile]), tmp_path / "x.csv")
        assert set(error.value.codes) == {"AM704"}
    assert not list(tmp_path.iterdir())


def test_another_kind_of_file_is_refused(tmp_path):
    with pytest.raises(AngleMortError) as error:
        write_table(Table(), tmp_path / "x.ods")
    assert error.value.codes == ["AM709"]


def test_a_table_of_real_people_is_in_the_ledger_or_is_not_written(tmp_path, released):
    cohort = load_cohort(released)
    with pytest.raises(AngleMortError) as error:
        write_table(am.views.blocks(cohort.summary), tmp_path / "x.csv")
    assert error.value.codes == ["AM636"]
    with pytest.raises(AngleMortError) as error:  # the cohort of this test was released beside no ledger
        am.write_table(cohort, am.views.blocks, tmp_path / "x.csv")
    assert error.value.codes == ["AM630"]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_table_of_a_real_view_is_written_as_it_is(tmp_path, suffix):
    cohort = load_cohort(shipped("demo") / "cohorte")
    view, path = am.views.blocks(cohort.summary), am.write_table(cohort, am.views.blocks, tmp_path / f"raisons{suffix}")
    read = pd.read_csv(path, sep=";", dtype=str) if suffix == ".csv" else pd.read_excel(path, dtype=str)
    assert list(read.columns) == list(view.frame().columns)
    assert read.iloc[:, 0].tolist() == view.frame().iloc[:, 0].astype(str).tolist()


def test_no_view_uses_a_styler_whose_index_would_not_be_escaped():
    from pathlib import Path

    code = [path.read_text(encoding="utf-8") for path in Path(am.__file__).parent.rglob("*.py")]
    code += [path.read_text(encoding="utf-8") for path in shipped("notebooks").glob("*.ipynb")]
    assert not [text for text in code if ".style." in text or "Styler" in text or "escape=False" in text]
