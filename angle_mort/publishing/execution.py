"""Run a notebook from top to bottom in a fresh kernel of this very Python, with checked parameters."""

from __future__ import annotations

import copy
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import nbformat
import zmq
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from angle_mort.disk import replace_file
from angle_mort.errors import AngleMortError, problem
from angle_mort.publishing.script import cells_of, check_parameters

_SECONDS_PER_CELL = 300
_CODE = re.compile(r"\[(AM\d{3})\]")


class _ThisPython(KernelSpecManager):
    """A kernel that is always the Python that runs now, whatever kernels the user has installed elsewhere."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        launch = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        able = {"supported_encryption": ["curve"]}
        return KernelSpec(argv=launch, display_name="Python 3", language="python", metadata=able)


def execute(
    notebook: nbformat.NotebookNode, parameters: Mapping[str, object], aside: Path | None = None
) -> nbformat.NotebookNode:
    """A copy of the notebook with its outputs.

    The kernel works in an empty temporary folder: parameters that are paths are made absolute. What passes between it
    and this process is encrypted, so that no other program of the machine can listen. A notebook that fails is kept in
    ``aside``, with what it had shown until then: it may hold what is private.

    Raises ``AngleMortError``: AM701 and AM714 a parameter that the notebook does not declare, AM702 a cell failed (its
    number, and the codes of our own problems when it was one), AM703 the kernel died or a cell took too long.
    """
    ready = with_parameters(notebook, parameters)
    with tempfile.TemporaryDirectory() as folder:
        client = _client(ready, folder)
        try:
            client.execute(env=_environment(), cleanup_kc=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except Exception as error:
            if client.interrupted:
                raise KeyboardInterrupt from None
            _keep(ready, aside)
            raise _told(ready, error) from None
    failing = _failing_cells(ready)
    if failing:
        _keep(ready, aside)
        raise AngleMortError(problem("AM702", cell=failing[0], reason="raises-exception"))
    return ready


def _keep(notebook: nbformat.NotebookNode, aside: Path | None) -> None:
    if aside:
        with suppress(OSError):
            aside.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            replace_file(aside, nbformat.writes(notebook).encode())


def read_notebook(path: str | Path) -> nbformat.NotebookNode:
    """A notebook as it was saved; raises AM700 for what is none."""
    try:
        source = nbformat.read(Path(path), as_version=4)
        nbformat.validate(source)
    except (OSError, ValueError, AttributeError, KeyError, TypeError, nbformat.ValidationError) as error:
        raise AngleMortError(problem("AM700", path=str(path))) from error
    return source


class _Client(NotebookClient):
    """A client that remembers Ctrl-C: nbclient answers it by stopping the kernel, and then fails in its own ways."""

    interrupted = False

    async def _async_cleanup_kernel(self) -> None:
        """Called by the signal with cells still to run and no error under way, or at the end of a run."""
        self.interrupted |= sys.exc_info()[0] is None and self.code_cells_executed < self._code_cells()
        await super()._async_cleanup_kernel()

    def _code_cells(self) -> int:
        return sum(cell.cell_type == "code" and bool(cell.source.strip()) for cell in self.nb.cells)


def _told(notebook: nbformat.NotebookNode, error: Exception) -> Exception:
    """The coded error for a failed cell or a dead kernel; any other exception as it is."""
    if isinstance(error, CellExecutionError):
        return AngleMortError(_failed(notebook, error))
    if isinstance(error, DeadKernelError | CellTimeoutError):
        return AngleMortError(problem("AM703", reason=type(error).__name__))
    return error


def _client(notebook: nbformat.NotebookNode, folder: str) -> _Client:
    sealed = "auto" if zmq.has("curve") else "disabled"
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=_ThisPython(), transport_encryption=sealed)
    return _Client(
        notebook,
        km=manager,
        timeout=_SECONDS_PER_CELL,
        resources={"metadata": {"path": folder}},
        store_widget_state=False,
    )


def _environment() -> dict[str, str]:
    """What the kernel may know: nothing of ours, the passphrase of the vault least of all."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANGLE_MORT_")}
    return kept | {"MPLBACKEND": "agg", "OMP_NUM_THREADS": "1"}


def _failed(notebook: nbformat.NotebookNode, error: CellExecutionError) -> object:
    """Which cell failed; of the message only our own codes are kept, since it may quote an answer."""
    failing = _failing_cells(notebook)
    codes = ", ".join(dict.fromkeys(_CODE.findall(error.evalue or ""))) or error.ename
    return problem("AM702", cell=failing[0] if failing else 0, reason=codes)


def _failing_cells(notebook: nbformat.NotebookNode) -> list[int]:
    return [place for place, cell in enumerate(notebook.cells, 1) if _has_error(cell)]


def _has_error(cell: nbformat.NotebookNode) -> bool:
    return any(output.output_type == "error" for output in cell.get("outputs", []))


def with_parameters(notebook: nbformat.NotebookNode, parameters: Mapping[str, object]) -> nbformat.NotebookNode:
    """A copy with the parameters set in a cell of their own, right after the declared ones, and nothing of any run.

    Outputs and tags that were saved with the notebook are removed: a cell that is skipped, or allowed to fail, would
    keep a figure of somebody else.
    """
    check_parameters(cells_of(notebook), parameters)
    ready = _fresh(notebook)
    if parameters:
        source = "\n".join(f"{name} = {_plain(value)!r}" for name, value in parameters.items())
        place = next(place for place, cell in enumerate(cells_of(notebook), 1) if cell.declares)
        ready.cells.insert(place, nbformat.v4.new_code_cell(source))
    return ready


def _fresh(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    ready = copy.deepcopy(notebook)
    for cell in ready.cells:
        cell.metadata = nbformat.NotebookNode()
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return ready


def _plain(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value.resolve()) if isinstance(value, Path) else value
