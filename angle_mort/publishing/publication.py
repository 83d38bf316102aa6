"""From a notebook to one HTML file that can be shared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from angle_mort.errors import AngleMortError, problem
from angle_mort.publishing.page import Page, page_from_notebook
from angle_mort.publishing.scanning import Known
from angle_mort.results import SPONSOR


def publish(
    notebook: str | Path,
    folder: str | Path,
    parameters: Mapping[str, object] | None = None,
    audience: str = SPONSOR,
    name: str | None = None,
    before: Callable[[Page], None] | None = None,
    pdf: bool = False,
    aside: Path | None = None,
) -> Path:
    """Execute a notebook and write ``folder/<name>.html`` with what ``audience`` may see; return its path.

    ``pdf``: the same page beside it, as ``<name>.pdf``; where no Chromium prints it (AM720, AM721) the page is written.

    ``name`` defaults to the notebook's own. A failed cell, an unknown parameter or what the scanner finds: nothing is
    written. ``before`` is called with the page once it is whole and scanned, just before it is written: what it raises
    leaves nothing behind (``cohort.publish`` enters the page into the ledger there; without it a page of real people
    for a sponsor is refused, AM636). A notebook that fails is kept in ``aside``, when it is given.
    Raises ``AngleMortError`` AM700 (no such notebook) and those of ``execute`` and ``Page.html``.
    """
    from angle_mort.publishing.execution import execute, read_notebook

    executed = execute(read_notebook(notebook), parameters or {}, aside)
    page = page_from_notebook(executed, audience, Known.here(*_folders(parameters or {})))
    _ = page.html  # scanned first: a page that cannot leave is not shared
    (before or _refuse_unentered)(page)
    path = page.save(Path(folder) / f"{Path(name or Path(notebook).stem).name}.html")
    if pdf:
        page.save(path.with_suffix(".pdf"))
    return path


def _folders(parameters: Mapping[str, object]) -> Iterator[Path]:
    """The folders that parameters name, one by one or several: the cohorts that the page tells of."""
    for value in parameters.values():
        for each in value if isinstance(value, list | tuple) else [value]:
            if isinstance(each, str | Path) and Path(each).is_dir():
                yield Path(each)


def _refuse_unentered(page: Page) -> None:
    if page.audience == SPONSOR and not page.demonstration:
        raise AngleMortError(problem("AM636"))
