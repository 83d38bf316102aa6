"""What each command does, step by step."""

from __future__ import annotations

import argparse
import datetime
import glob
import os
import subprocess
import sys
import webbrowser
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from angle_mort.cli.steps import Steps
from angle_mort.cli.workspace import is_workspace, workspace
from angle_mort.cohort import (
    check_name,
    demonstration_id,
    load_cohort,
    release_cohort,
    row_ids,
    score_intake,
)
from angle_mort.errors import AngleMortError, problem
from angle_mort.instrument import load_instrument
from angle_mort.responses import Intake, read_export, sentences
from angle_mort.shipped import shipped
from angle_mort.text import explain, t

NOTEBOOK = "01_lire_une_cohorte.ipynb"
EXPORT = "reponses.csv"
COHORTS = Path("data/cohorts")
_AUDIENCE = "sponsor"
_WORKING = "working cohort"


def demo(asked: argparse.Namespace) -> int:
    """The main job on invented people: a raw export in, one page out."""
    folder, instrument = _output(asked.sortie), load_instrument()
    with Steps(6) as step:
        with step("cli.step.read"):
            intake = read_export(shipped("demo") / EXPORT, instrument)
        with step("cli.step.pseudonyms"):
            ids = row_ids(intake, demonstration_id)
        with step("cli.step.scores"):
            table = score_intake(intake, instrument)
        with step("cli.step.release"):
            place = folder / "cohorte"
            release_cohort(intake, table, ids, place, instrument, datetime.date.today(), demonstration=True)
        with step("cli.step.place"):
            cohort = load_cohort(place)
            n = len(cohort.profiles)
        with step("cli.step.notebook") as advance:
            page = _publish(place, folder, "rapport", advance)
    _tell_intake(intake)
    print(t("cli.demo.placed", n=n))
    _tell_page(page)
    return 0


def importer(asked: argparse.Namespace) -> int:
    """A coach's own export into the vault, and a working cohort out of it."""
    instrument, place = load_instrument(), COHORTS / check_name(asked.cohorte)
    if place.exists() and not asked.remplacer:
        raise AngleMortError(problem("AM610", name=asked.cohorte))
    with Steps(4) as step:
        with step("cli.step.read"):
            intake = read_export(asked.file, instrument, ignore=asked.ignorer)
        with step("cli.step.scores"):
            table = score_intake(intake, instrument)
        vault = _vault()
        with step("cli.step.vault"):
            vault.store(asked.cohorte, "T0", intake, replace=asked.remplacer)
            ids = row_ids(intake, partial(vault.pseudonym, _WORKING))
        with step("cli.step.release"):
            release_cohort(intake, table, ids, place, instrument, datetime.date.today())
    _tell_intake(intake)
    print(t("cli.importer.done", folder=str(place)))
    return 0


def rapport(asked: argparse.Namespace) -> int:
    """One page per cohort; a failure is told and the others go on."""
    places, folder = _cohorts(asked.cohorts), _output(asked.sortie)
    failed = 0
    with Steps(len(places)) as step:
        for place in places:
            with step("cli.step.report", name=place.name) as advance:
                failed += not _report(place, folder, advance)
    return 2 if failed else 0


def carnets(asked: argparse.Namespace) -> int:
    """JupyterLab on a workspace, made at first use."""
    here = Path.cwd()
    folder = Path(asked.folder) if asked.folder else here if is_workspace(here) else here / "angle-mort"
    workspace(folder)
    print(t("cli.carnets.opening", folder=str(folder.resolve())), flush=True)
    options = ["--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    options += ["--no-browser"] if asked.sans_navigateur else []
    root = f"--ServerApp.root_dir={folder.resolve()}"
    return subprocess.call([sys.executable, "-m", "jupyterlab", root, *options], cwd=folder)


# ------------------------------------------------------------------------------------------------------------- parts


def _output(folder: str) -> Path:
    path = Path(folder)
    if path.exists() and not path.is_dir():
        raise AngleMortError(problem("AM803", folder=folder))
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AngleMortError(problem("AM804", folder=folder)) from error
    return path


def _vault():
    from angle_mort.vault import DEFAULT_PATH, Vault, ask_passphrase, open_vault

    if DEFAULT_PATH.exists():
        return open_vault()
    print(t("cli.importer.new_vault", path=str(DEFAULT_PATH)))
    return Vault.create(DEFAULT_PATH, ask_passphrase(confirm=True))


def _cohorts(patterns: Iterable[str]) -> list[Path]:
    """The folders named, wildcards expanded here too, since not every shell does; two of one name are refused."""
    found: list[Path] = []
    for pattern in patterns:
        matches = sorted(glob.glob(pattern)) if glob.has_magic(pattern) else [pattern]
        if not matches:
            raise AngleMortError(problem("AM805", pattern=pattern))
        found += [Path(match) for match in matches if Path(match).is_dir() or match == pattern]
    unique = list(dict.fromkeys(path.resolve() for path in found))
    twice = sorted({path.name for path in unique if sum(path.name == each.name for each in unique) > 1})
    if twice:
        raise AngleMortError(*(problem("AM806", name=name) for name in twice))
    return unique


def _report(place: Path, folder: Path, advance) -> bool:
    try:
        load_cohort(place).summary  # noqa: B018 - a cohort that cannot be told of fails before a kernel starts
        page = _publish(place, folder, place.name, advance)
    except AngleMortError as error:
        print(f"{place.name} : " + " ".join(explain(error)), file=sys.stderr)
        return False
    _tell_page(page, browse=False)
    return True


def _publish(place: Path, folder: Path, name: str, advance) -> Path:
    from angle_mort.publishing import publish  # a second to import, needed by nothing that may be refused before

    parameters = {"cohort_path": place}
    return publish(shipped("notebooks") / NOTEBOOK, folder, parameters, _AUDIENCE, name, advance)


def _tell_intake(intake: Intake) -> None:
    counts = intake.counts
    print(
        t(
            "cli.intake",
            read=counts.rows_read,
            kept=counts.rows_kept,
            aside=counts.rows_set_aside,
            duplicate=counts.rows_duplicate,
        )
    )
    for sentence in sentences(intake.report):
        print(f"  - {sentence}")


def _tell_page(page: Path, browse: bool = True) -> None:
    print(t("cli.page", path=str(page.resolve())))
    if browse and _on_desktop(os.environ, sys.platform, sys.stdout.isatty()):
        webbrowser.open(page.resolve().as_uri())


def _on_desktop(environment, platform: str, terminal: bool) -> bool:
    """Somebody sits there, with a screen: never in a script, in CI, or through SSH."""
    if not terminal or environment.get("CI") or environment.get("SSH_CONNECTION"):
        return False
    return platform in ("win32", "darwin") or any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
