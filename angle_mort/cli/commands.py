"""What each command does, step by step."""

from __future__ import annotations

import argparse
import datetime
import os
import sys
import webbrowser
from collections.abc import Mapping
from pathlib import Path

from angle_mort.cli.output import output_folder
from angle_mort.cli.steps import Steps
from angle_mort.cli.vault import ACTIONS, COHORTS, POOLS, open_or_create, opened
from angle_mort.cohort import (
    FIRST_WAVE,
    check_name,
    check_wave,
    demonstration_id,
    ledger_members,
    load_cohort,
    norms_of,
    norms_place,
    refuse_other_folder,
    release_cohort,
    release_pool,
    report,
    row_ids,
    score_intake,
    standing_norms,
    stored_intake,
    wave_name,
    working_audience,
)
from angle_mort.disclosure import POOL, Ledger, read_certificate
from angle_mort.disk import recover_folders
from angle_mort.errors import AngleMortError, problem
from angle_mort.instrument import Norms, load_instrument, write_norms
from angle_mort.responses import Intake, read_export, sentences
from angle_mort.shipped import shipped
from angle_mort.text import command, explain, number, t
from angle_mort.vault import DEFAULT_PATH

EXPORT = "reponses.csv"
_LEDGER = "ledger sponsor"
CLEAN, REFUSED, FOUND, NOBODY_KNOWN = 0, 2, 3, 4


def recover() -> None:
    """Put back what an earlier command was killed in the middle of replacing."""
    for place in (COHORTS, POOLS):
        recover_folders(place)


def demo(asked: argparse.Namespace) -> int:
    """The main job on invented people: a raw export in, one page out."""
    folder, instrument, today = output_folder(asked.sortie), load_instrument(), datetime.date.today()
    with Steps(6) as step:
        with step("cli.step.read"):
            intake = read_export(shipped("demo") / EXPORT, instrument)
        with step("cli.step.pseudonyms"):
            ids = row_ids(intake, demonstration_id)
        with step("cli.step.scores"):
            table = score_intake(intake, instrument)
        with step("cli.step.release"):
            place = folder / "cohorte"
            release_cohort(intake, table, ids, place, instrument, today, "demonstration", demonstration=True)
        with step("cli.step.place"):
            cohort = load_cohort(place)
            n = len(cohort.profiles)
        with step("cli.step.page"):
            page = report(cohort).save(folder / "rapport.html")
    _tell_intake(intake)
    print(t("cli.demo.placed", n=n))
    _tell_page(page)
    return 0


def importer(asked: argparse.Namespace) -> int:
    """A coach's own export into the vault, and a working cohort out of it."""
    wave, place = _wave(asked)
    first = [COHORTS / asked.cohorte] if wave != FIRST_WAVE else []  # waves are compared on the same margins
    instrument = _instrument(asked, *first)
    if place.exists() and not asked.remplacer:
        raise AngleMortError(problem("AM610", name=place.name))
    refuse_other_folder(place)  # before the vault is touched
    vault = opened() if DEFAULT_PATH.exists() else None  # a wrong passphrase is told before the work begins
    steps = Steps(4)
    with steps as step:
        with step("cli.step.read"):
            intake = read_export(asked.file, instrument, ignore=asked.ignorer)
        with step("cli.step.scores"):
            table = score_intake(intake, instrument)
    vault = vault or open_or_create()  # between the bars: a question and a moving bar would write over each other
    _begin_ledger(place, new=vault.cohorts().empty)
    with steps as step:
        with step("cli.step.vault"):
            vault.store(asked.cohorte, wave, intake, replace=asked.remplacer)
        with step("cli.step.release"):
            _release(vault, asked.cohorte, wave, intake, table, instrument)
    _tell_intake(intake)
    _tell_followed(vault, asked.cohorte, wave)
    print(t("cli.importer.done", folder=str(place), command=command()))
    return 0


def liberer(asked: argparse.Namespace) -> int:
    """The working cohort again, from the answers in the vault; or a pool of its scores, from the cohort."""
    wave, place = _wave(asked)
    if asked.regrouper:
        return _release_pool(place)
    refuse_other_folder(place)
    instrument = _instrument(asked, place, COHORTS / asked.cohorte)
    vault = opened()
    with Steps(3) as step:
        with step("cli.step.opened"):
            intake = stored_intake(vault, asked.cohorte, wave)
        with step("cli.step.scores"):
            table = score_intake(intake, instrument)
        with step("cli.step.release"):
            _release(vault, asked.cohorte, wave, intake, table, instrument)
    print(t("cli.importer.done", folder=str(place), command=command()))
    return 0


def etalonner(asked: argparse.Namespace) -> int:
    """Norms from the answers in the vault, for the cohorts to come."""
    place, instrument = norms_place(asked.etalonnage), load_instrument()
    population = asked.population or t("cli.etalonner.everybody", cohorts=", ".join(asked.cohortes))
    vault = opened()
    with Steps(1) as step, step("cli.step.norms"):
        norms = norms_of(
            vault, asked.cohortes, FIRST_WAVE, population, datetime.date.today(), instrument, asked.etalonnage
        )
        write_norms(norms, place)
    _tell_norms(norms, {module.code: module.name for module in instrument.modules})
    print(t("cli.etalonner.done", path=str(place), n=norms.n, name=norms.name, command=command()))
    return 0


def _tell_norms(norms: Norms, names: Mapping[str, str]) -> None:
    for scale, edges in norms.reliability_interval.items():
        low, high, alpha = (number(each, 2) for each in (*edges, norms.reliability[scale]))
        told = {"scale": names[scale], "alpha": alpha, "low": low, "high": high, "n": norms.sizes[scale]}
        print(" ", t("cli.etalonner.scale", **told))
    if norms.provisional:
        print(t("cli.etalonner.still"))


def suivi(asked: argparse.Namespace) -> int:
    """What several waves say of a group, without a name; with ``--partager``, the page of those who answered both."""
    from angle_mort import views
    from angle_mort.followed import follow_cohort

    folder, vault = output_folder(asked.sortie), opened()
    with Steps(1) as step, step("cli.step.followed"):
        followed = follow_cohort(vault, asked.cohorte, asked.mois, asked.attente)
        reading = followed.reading
    if asked.partager:
        _tell_page(followed.save(folder / f"{asked.cohorte}-suivi.html"))
        return 0
    for view in (views.followed_attendance, views.followed_plan, views.followed_group, views.followed_effect):
        told = view(reading)
        table = [] if told.table.empty else ["", told.frame().to_string(index=False)]
        print("", *told.reading, *table, sep="\n")
    print("", t("cli.suivi.next", command=command(), cohort=asked.cohorte), sep="\n")
    return 0


def coffre(asked: argparse.Namespace) -> int:
    """What a coach does with the vault itself."""
    return ACTIONS[asked.action](asked)


def verifier(asked: argparse.Namespace) -> int:
    """Look through files before they are sent: 0 nothing found, 3 something, 4 nothing but no name is known here.

    A file that is refused (2) does not keep the others from being looked through.
    """
    from angle_mort.publishing.scanning import Known

    known = Known.here()
    found = [_look_through(Path(file), known) for file in asked.files]
    if not len(known.tokens):
        print(t("cli.verifier.nobody"))
    if None in found:
        return REFUSED
    return FOUND if any(found) else CLEAN if len(known.tokens) else NOBODY_KNOWN


def _look_through(file: Path, known) -> int | None:
    """Tell what a file holds; how many things, or None for a file that is refused."""
    from angle_mort.publishing.scanning import scan_file

    try:
        findings = scan_file(file, known)
    except AngleMortError as error:
        print(*explain(error), sep="\n", file=sys.stderr)
        return None
    told = "found" if findings else "clean"
    print(t(f"cli.verifier.{told}", n=len(findings), file=file.name))
    for each in findings:
        print(t("cli.verifier.finding", where=each.place, what=each.what, mend=each.mend))
    return len(findings)


# ------------------------------------------------------------------------------------------------------------- parts


def _wave(asked: argparse.Namespace) -> tuple[str, Path]:
    """The wave asked for, and where it is released."""
    wave = check_wave(asked.passation)
    return wave, COHORTS / wave_name(check_name(asked.cohorte), wave)


def _instrument(asked: argparse.Namespace, *places: Path):
    """With the norms asked for, else those of the first release that stands among ``places``."""
    standing = (standing_norms(place) for place in places)
    return load_instrument(norms=asked.etalonnage or next(filter(None, standing), None))


def _release(vault, cohort: str, wave: str, intake: Intake, table, instrument) -> None:
    name, today = wave_name(cohort, wave), datetime.date.today()
    ids = row_ids(intake, vault.naming(working_audience(cohort, wave)))
    members = ledger_members(intake, vault.naming(_LEDGER), vault.known_as(cohort, wave))
    release_cohort(intake, table, ids, COHORTS / name, instrument, today, name, members=members, wave=wave)


def _release_pool(place: Path) -> int:
    with Steps(2) as step:
        with step("cli.step.cohort"):
            cohort = load_cohort(place)
        with step("cli.step.pool"):
            folder = release_pool(cohort, POOLS / place.name, datetime.date.today())
            certificate = read_certificate(folder, POOL)
    print(t("cli.liberer.pool", folder=str(folder), n=certificate["n"], k=certificate["k"]))
    return 0


def _begin_ledger(place: Path, new: bool) -> None:
    """The ledger begins with the vault: one that is missing beside a full vault was lost, and is not begun again.

    One that knows somebody beside a new vault is of another vault: it would recognise nobody.
    """
    ledger = Ledger.beside(place)
    if not ledger.exists() and not new:
        raise AngleMortError(problem("AM630", path=str(ledger.path)))
    if ledger.exists() and new and ledger.knows_somebody():
        raise AngleMortError(problem("AM638", path=str(ledger.path)))
    ledger.begin()


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


def _tell_followed(vault, cohort: str, wave: str) -> None:
    """Who was there at another wave, once there is one: a typing error in the addresses shows here."""
    people = vault.follow(cohort)
    here, elsewhere = people.loc[wave], people.drop(wave, level="wave")
    if elsewhere.empty:
        return
    again, gone = int(here.isin(elsewhere).sum()), int((~elsewhere.drop_duplicates().isin(here)).sum())
    print(t("cli.importer.followed", wave=wave, again=again, fresh=len(here) - again, gone=gone))
    several = people.groupby("wave").apply(lambda wave: wave[wave.duplicated()].nunique()).sum()
    if several:
        print(t("cli.importer.several", people=int(several)))
    print(t("cli.importer.compare", command=command(), cohort=cohort))


def _tell_page(page: Path) -> None:
    print(t("cli.page", path=str(page.resolve())))
    if _on_desktop(os.environ, sys.platform, sys.stdout.isatty()):
        webbrowser.open(page.resolve().as_uri())


def _on_desktop(environment, platform: str, terminal: bool) -> bool:
    """Somebody sits there, with a screen: never in a script, in CI, or through SSH."""
    if not terminal or environment.get("CI") or environment.get("SSH_CONNECTION"):
        return False
    return platform in ("win32", "darwin") or any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
