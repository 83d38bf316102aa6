"""``nouveau`` and ``carnets``: a coach's folder, and JupyterLab on it."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path

from angle_mort.cli.workspace import Brought, is_workspace, workspace
from angle_mort.text import command, t

_FIRST = "01_lire_une_cohorte.ipynb"
_WITH_CODE = f"/lab/tree/notebooks/{_FIRST}"
_WITHOUT_CODE = "/voila/render/notebooks/03_explorer_les_blocages.ipynb"
_SETTINGS = Path(__file__).parent / "jupyter"
"""What Jupyter starts with here: French, no news from outside, and our page for a notebook without its code.

The coach's own settings come before it.
"""


def nouveau(asked: argparse.Namespace) -> int:
    """A workspace for a coach who has only the tool; a second time, what is missing or new."""
    folder = Path(asked.folder)
    _tell_brought(workspace(folder))
    print(t("cli.nouveau.done", folder=str(folder.resolve()), command=command(anywhere=True)))
    return 0


def carnets(asked: argparse.Namespace) -> int:
    """JupyterLab on a workspace, made at first use."""
    here = Path.cwd()
    folder = Path(asked.folder) if asked.folder else here if is_workspace(here) else here / "angle-mort"
    _tell_brought(workspace(folder))
    print(t("cli.carnets.opening", folder=str(folder.resolve())), flush=True)
    options = ["--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    options += ["--no-browser"] if asked.sans_navigateur else ["--log-level=WARN"]
    options += [f"--ServerApp.root_dir={folder.resolve()}", "--VoilaConfiguration.template=angle-mort"]
    options += [f"--LabApp.default_url={_WITHOUT_CODE if asked.sans_code else _WITH_CODE}"]
    status = _hosted(["jupyterlab", *options], folder)
    print(t("cli.carnets.stopped"))
    return status


def _tell_brought(brought: Brought) -> None:
    if brought.refreshed:
        print(t("cli.nouveau.refreshed", n=len(brought.refreshed), names=", ".join(brought.refreshed)))
    if brought.kept:
        print(t("cli.nouveau.kept", n=len(brought.kept), names=", ".join(brought.kept)))


def _hosted(words: Sequence[str], folder: Path) -> int:
    """A server of this Python, run until it is stopped: Ctrl-C is for it, which asks before it stops."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return subprocess.Popen([sys.executable, "-m", *words], cwd=folder, env=_environment(), **_heard()).wait()
    finally:
        signal.signal(signal.SIGINT, before)


def _environment() -> dict[str, str]:
    """The settings are given to this server alone, through Jupyter's own paths."""
    french = any(each.name == "fr_FR" for each in entry_points(group="jupyterlab.languagepack"))
    names = ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH") if french else ("JUPYTER_PATH",)
    return os.environ | {name: os.pathsep.join(filter(None, (str(_SETTINGS), os.environ.get(name)))) for name in names}


def _heard() -> dict[str, object]:
    """A program started from here hears Ctrl-C again, which this one has stopped listening to."""
    return {} if os.name == "nt" else {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.default_int_handler)}
