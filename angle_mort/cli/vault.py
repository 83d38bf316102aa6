"""``angle-mort coffre``: look after the vault, and erase somebody from it on request."""

from __future__ import annotations

import argparse
import datetime
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from angle_mort.cli.steps import Steps
from angle_mort.cohort import FIRST_WAVE, check_wave, row_ids, stored_intake, wave_name, working_audience
from angle_mort.disclosure import POLICY
from angle_mort.disk import replace_file
from angle_mort.errors import AngleMortError, problem
from angle_mort.explorer import shortlist
from angle_mort.instrument import load_instrument
from angle_mort.planner import EXPORTS, forget_exports
from angle_mort.responses import read_export
from angle_mort.text import command, day, explain, t
from angle_mort.vault import (
    DEFAULT_PATH,
    NEW_PASSPHRASE_VARIABLE,
    PASSPHRASE_VARIABLE,
    Erasure,
    Row,
    Vault,
    ask_passphrase,
    back_up,
    open_vault,
    restore,
)

COHORTS, POOLS, REPORTS = Path("data/cohorts"), Path("data/pools"), Path("rapports")
RECEIPTS = DEFAULT_PATH.parent / "recus"
_TRIES, _MISTYPED = 3, ("AM302", "AM306", "AM313")
_ROW_ID = re.compile(r"[a-z2-7]{16}")

_Opened = TypeVar("_Opened")


def opened(open_it: Callable[[], _Opened] = open_vault) -> _Opened:
    """Three tries for somebody who types; a script gets its error at once."""
    typing = not os.environ.get(PASSPHRASE_VARIABLE) and sys.stdin is not None and sys.stdin.isatty()
    for left in reversed(range(_TRIES if typing else 1)):
        try:
            return open_it()
        except AngleMortError as error:
            if not left or error.codes[0] not in _MISTYPED:
                raise
            print(*explain(error), sep="\n", file=sys.stderr)
    raise AssertionError


def open_or_create() -> Vault:
    """The vault of this folder; at the first import, a new one under a passphrase that is typed twice."""
    if DEFAULT_PATH.exists():
        return opened()
    if not os.environ.get(PASSPHRASE_VARIABLE):
        print(t("cli.importer.new_vault", path=str(DEFAULT_PATH)))
    return opened(lambda: Vault.create(DEFAULT_PATH, ask_passphrase(confirm=True)))


def etat(asked: argparse.Namespace) -> int:
    """What is in the vault, without a name."""
    vault = opened()
    print(t("cli.coffre.etat.place", path=str(vault.path), size=max(1, vault.path.stat().st_size // 1000)))
    kept = vault.cohorts()
    for row in kept.itertuples():
        print(t("cli.coffre.etat.wave", cohort=row.cohort, wave=row.wave, form=row.form, n=row.n))
    if kept.empty:
        print(t("cli.coffre.etat.empty"))
    saved = vault.backed_up()
    print(t("cli.coffre.etat.saved", day=day(saved)) if saved else t("cli.coffre.etat.unsaved", command=command()))
    for erasure in vault.erasures():
        print(t("cli.coffre.etat.erasure", number=erasure.number, day=day(erasure.day)))
        _write_receipt(vault, erasure)  # a program killed between the vault and the receipt left none
    return 0


def phrase(asked: argparse.Namespace) -> int:
    """Another passphrase."""
    vault = opened()
    opened(lambda: vault.change_passphrase(ask_passphrase(True, "vault.ask_new", NEW_PASSPHRASE_VARIABLE)))
    print(t("cli.coffre.phrase.done", command=command()))
    return 0


def cle(asked: argparse.Namespace) -> int:
    """New keys under the same passphrase."""
    passphrase, vault = opened(_with_its_passphrase)
    with Steps(1) as step, step("cli.step.seal"):
        vault.renew_key(passphrase)
    print(t("cli.coffre.cle.done", command=command()))
    return 0


def sauvegarder(asked: argparse.Namespace) -> int:
    """A copy that was opened once."""
    vault = opened()
    with Steps(1) as step, step("cli.step.back_up"):
        place = back_up(vault, Path(asked.folder), datetime.datetime.now())
    print(t("cli.coffre.sauvegarder.done", path=str(place)))
    return 0


def restaurer(asked: argparse.Namespace) -> int:
    """The vault of a backup, opened before it takes its place."""
    source, now = Path(asked.file), datetime.datetime.now()

    def back():
        return restore(source, DEFAULT_PATH, ask_passphrase(prompt="vault.ask_backup"), now, asked.remplacer)

    made = opened(back)
    print(t("cli.coffre.restaurer.done", path=str(DEFAULT_PATH), n=len(made.vault.cohorts())))
    if made.put_aside:
        print(t("cli.coffre.restaurer.aside", path=str(made.put_aside)))
    known = {erasure.number for erasure in made.vault.erasures()}
    forgotten = sorted(receipt.stem for receipt in RECEIPTS.glob("E-*.txt") if receipt.stem not in known)
    if forgotten:
        print(t("cli.coffre.restaurer.forgotten", numbers=", ".join(forgotten), folder=str(RECEIPTS)))
    return 0


def effacer(asked: argparse.Namespace) -> int:
    """One leader out of the vault, for good; a receipt that names nobody, and what remains elsewhere."""
    vault = opened()
    identity = asked.identity or _typed(t("cli.coffre.effacer.ask"))
    rows = _of_row_id(vault, identity) if _ROW_ID.fullmatch(identity) else vault.find(identity)
    for cohort, wave, _ in rows:
        print(t("cli.coffre.effacer.found", cohort=cohort, wave=wave))
    if not asked.oui and _typed(t("cli.coffre.effacer.confirm")) != t("cli.coffre.effacer.word"):
        raise AngleMortError(problem("AM802"))
    own = {_row_ids(vault, cohort, wave)[respondent] for cohort, wave, respondent in rows}
    with Steps(1) as step, step("cli.step.erase"):
        asked_of = shortlist.forget(vault.path.parent / shortlist.NAME, own)
        exported = forget_exports(vault.path.parent / EXPORTS, own)
        erasure = vault.erase(rows, datetime.date.today())
        place = _write_receipt(vault, erasure)
    listed = [t("cli.coffre.effacer.questions", n=asked_of)] if asked_of else []
    listed += [t("cli.coffre.effacer.plans", folder=str(vault.path.parent / EXPORTS))] if exported else []
    print(*_receipt(vault, erasure), *listed, t("cli.coffre.effacer.kept", path=str(place)), sep="\n")
    return 0


def miroir(asked: argparse.Namespace) -> int:
    """What collaborators answered about one leader: codes alone, beside that leader's own answers."""
    wave = check_wave(asked.passation)
    with Steps(1) as step, step("cli.step.read"):
        intake = read_export(asked.file, load_instrument(), ignore=asked.ignorer)
    if intake.form != "miroir":
        raise AngleMortError(problem("AM661", form=intake.form))
    vault = opened()
    identity = asked.dirigeant or _typed(t("cli.coffre.miroir.ask"))
    rows = _of_row_id(vault, identity) if _ROW_ID.fullmatch(identity) else vault.find(identity)
    respondent = next((row[2] for row in rows if row[:2] == (asked.cohorte, wave)), None)
    if respondent is None:
        raise AngleMortError(problem("AM315"))
    vault.store_mirror(asked.cohorte, wave, respondent, intake.responses)
    minimum = load_instrument().scoring["cross_checks"]["minimum_mirror"]
    print(t("cli.coffre.miroir.done", n=len(intake.responses), minimum=minimum))
    return 0


ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {
    each.__name__: each for each in (etat, phrase, cle, sauvegarder, restaurer, effacer, miroir)
}


# ------------------------------------------------------------------------------------------------------------ opening


def _with_its_passphrase() -> tuple[str, Vault]:
    passphrase = ask_passphrase()
    return passphrase, open_vault(passphrase=passphrase)


def _typed(question: str) -> str:
    """What somebody types; AM802 where nobody can."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise AngleMortError(problem("AM802"))
    return input(question).strip()


def _of_row_id(vault: Vault, row: str) -> list[Row]:
    """The questionnaires of the person who has this id in a released cohort."""
    for cohort, wave in vault.cohorts()[["cohort", "wave"]].itertuples(index=False):
        for respondent, own in _row_ids(vault, cohort, wave).items():
            if own == row:
                return vault.rows_of(cohort, wave, respondent)
    raise AngleMortError(problem("AM315"))


def _row_ids(vault: Vault, cohort: str, wave: str) -> dict[str, str]:
    return row_ids(stored_intake(vault, cohort, wave), vault.naming(working_audience(cohort, wave)))


# ------------------------------------------------------------------------------------------------------------ receipts


def _write_receipt(vault: Vault, erasure: Erasure) -> Path:
    place = RECEIPTS / f"{erasure.number}.txt"
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_file(place, ("\n".join(_receipt(vault, erasure)) + "\n").encode())
    return place


def _receipt(vault: Vault, erasure: Erasure) -> list[str]:
    """What went, when, and where rows or figures about the person remain; nothing that says who it was."""
    left = vault.cohorts().set_index(["cohort", "wave"])["n"]
    plans = sum(told.get("plans", 0) for told in erasure.erased.values())  # receipts of before there were plans
    return [
        t("cli.coffre.receipt.title", number=erasure.number, day=day(erasure.day)),
        *(_gone(place, told) for place, told in erasure.erased.items()),
        *([t("cli.coffre.receipt.plans", n=plans)] if plans else []),
        *_remaining(sorted(erasure.erased), left),
    ]


def _gone(place: Sequence[str], told) -> str:
    fields = ", ".join(t(f"cli.coffre.field.{name}") for name in told["fields"]) or t("cli.coffre.field.none")
    cohort, wave = place
    return t(
        "cli.coffre.receipt.gone",
        cohort=cohort,
        wave=wave,
        n=told["people"],
        answers=told["answers"],
        texts=told["texts"],
        fields=fields,
    )


def _remaining(waves: Sequence[tuple[str, str]], left: Mapping[tuple[str, str], int]) -> Iterator[str]:
    """Where the person still is, by how many leaders each wave has left: too few, and it cannot be released again."""
    yield t("cli.coffre.receipt.remains")
    for cohort, wave in waves:
        name = wave_name(cohort, wave)
        if (COHORTS / name).exists():
            mend = "cohort" if left.get((cohort, wave), 0) >= POLICY.cohort else "cohort_small"
            words = cohort if wave == FIRST_WAVE else f"{cohort} --passation {wave}"
            told = {"folder": str(COHORTS / name), "words": words, "command": command(), "minimum": POLICY.cohort}
            yield t(f"cli.coffre.receipt.{mend}", **told)
        if (POOLS / name).exists():
            yield t("cli.coffre.receipt.pool", folder=str(POOLS / name))
    for page in sorted({page for cohort, _ in waves for page in REPORTS.glob(f"{cohort}*.html")}):
        yield t("cli.coffre.receipt.report", path=str(page))
    yield t("cli.coffre.receipt.elsewhere", command=command())
