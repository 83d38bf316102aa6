"""What a notebook says without being run: its cells, the parameters that it declares, the views that it names.

Read as plain JSON: the library of notebooks takes a second to load, for a check of its own that is not needed here.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from angle_mort.errors import AngleMortError, Problem, problem

_VIEW_CALL = re.compile(r"^am\.views\.(\w+)\(([\w.]+)\)$")
_PREPARES = ("import angle_mort as am", "cohort = am.load_cohort(cohort_path)")
Script = Sequence[tuple[str, str]]
"""What a notebook tells, cell by cell: the name of a view and the words for what it shows, or no name and prose."""


@dataclass(frozen=True)
class Cell:
    """A cell: its ``kind`` (code, markdown, raw), its ``source`` without blanks around it; some declare parameters."""

    kind: str
    source: str
    declares: bool


def read_cells(path: str | Path) -> list[Cell]:
    """The cells of a notebook file; raises AM700 for what is none."""
    try:
        notebook = json.loads(Path(path).read_bytes())
        if notebook["nbformat"] != 4:
            raise ValueError
        return cells_of(notebook)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise AngleMortError(problem("AM700", path=str(path))) from error


def cells_of(notebook: Mapping) -> list[Cell]:
    """The cells of a notebook."""
    return [_cell(each) for each in notebook["cells"]]


def _cell(told: Mapping) -> Cell:
    code = told["cell_type"] == "code"
    tags = told.get("metadata", {}).get("tags", [])
    return Cell(str(told["cell_type"]), "".join(told["source"]).strip(), code and "parameters" in tags)


def check_parameters(cells: Iterable[Cell], names: Iterable[str]) -> None:
    """Raise AM701 for each name that the notebook does not declare, AM714 for one that resembles a declared one."""
    declared = next((cell.source for cell in cells if cell.declares), "")
    known = sorted(set(_declared(declared)))
    unknown = [name for name in names if name not in known]
    if unknown:
        raise AngleMortError(*(_unknown(name, known) for name in unknown))


def _unknown(name: str, known: Sequence[str]) -> Problem:
    told = {"name": name, "known": ", ".join(known)}
    near = get_close_matches(name.lower(), known, 1)
    return problem("AM714", near=near[0], **told) if near else problem("AM701", **told)


def _declared(source: str) -> Iterator[str]:
    """The names that a cell assigns; none for a cell that is no Python."""
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        return
    for statement in statements:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def script_of(cells: Iterable[Cell]) -> Script:
    """What the cells tell: prose, and the views of those that are one view; nothing of any other code."""
    calls = [(cell, _VIEW_CALL.match(cell.source)) for cell in cells]
    told = [(call[1], call[2]) if call and cell.kind == "code" else ("", cell.source) for cell, call in calls]
    return [each for (cell, call), each in zip(calls, told, strict=True) if cell.kind == "markdown" or each[0]]


def is_script(cells: Sequence[Cell]) -> bool:
    """Whether these cells need no kernel.

    Their code is all of four kinds: parameters that are plain values, the import, the cohort, one view a cell.
    """
    code = [cell for cell in cells if cell.kind == "code" and not _VIEW_CALL.match(cell.source)]
    plain = all(cell.source in ("", *_PREPARES) or (cell.declares and _has_plain_values(cell.source)) for cell in code)
    return plain and {cell.source for cell in code} >= set(_PREPARES)


def _has_plain_values(source: str) -> bool:
    """Whether a cell does nothing but give values to names."""
    try:
        for statement in ast.parse(source).body:
            if not isinstance(statement, ast.Assign | ast.AnnAssign):
                return False
            ast.literal_eval(statement.value)
    except (SyntaxError, ValueError, TypeError):
        return False
    return True
