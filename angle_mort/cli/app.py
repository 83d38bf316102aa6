"""Read the words of the command line, run one command, and end every error in a French sentence and status 2."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import signal
import sys
import threading
from collections.abc import Sequence
from typing import NoReturn

import angle_mort
from angle_mort.cli.unforeseen import unforeseen
from angle_mort.cli.workers import cores
from angle_mort.errors import AngleMortError, problem
from angle_mort.text import command, explain, t

REFUSED, UNFORESEEN, INTERRUPTED = 2, 1, 130


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; returns 0, 2 for an explained error, 1 for one that was not foreseen, 130 when stopped."""
    _speak_utf8()
    pressed = _ctrl_c()
    try:
        return _run(_parse(list(sys.argv[1:] if words is None else words)))
    except AngleMortError as error:
        if not pressed:
            print(*explain(error), sep="\n", file=sys.stderr)
            return REFUSED
    except (KeyboardInterrupt, asyncio.CancelledError):
        pass
    except Exception as error:
        if not pressed:
            print(*explain(unforeseen(error)), sep="\n", file=sys.stderr)
            return UNFORESEEN
    print(t("cli.interrupted"), file=sys.stderr)
    return INTERRUPTED


def _ctrl_c() -> list[int]:
    """Filled when Ctrl-C is pressed: libraries may turn the interruption into any error of their own."""
    pressed: list[int] = []

    def interrupt(number: int, frame: object) -> NoReturn:
        pressed.append(number)
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, interrupt)
    return pressed


def _run(asked: argparse.Namespace) -> int:
    """Commands are imported when they are run: ``--help`` and ``--version`` stay quick."""
    from angle_mort.cli import commands

    commands.recover()
    home = importlib.import_module(f"angle_mort.cli.{_HOMES.get(asked.command, 'commands')}")
    return getattr(home, asked.command)(asked)


def _speak_utf8() -> None:
    """A console that knows few letters gets question marks instead of a crash."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


# --------------------------------------------------------------------------------------------------- words and help


class _Help(argparse.RawDescriptionHelpFormatter):
    def add_usage(self, usage, actions, groups, prefix=None) -> None:
        super().add_usage(usage, actions, groups, t("cli.usage") if prefix is None else prefix)


class _Parser(argparse.ArgumentParser):
    """argparse in French: its titles, its help option, and its errors."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options, add_help=False, formatter_class=_Help, allow_abbrev=False)
        self._positionals.title, self._optionals.title = t("cli.arguments"), t("cli.options")
        self.add_argument("-h", "--help", action="help", help=t("cli.help"))

    def error(self, message: str) -> NoReturn:
        raise AngleMortError(problem("AM801", usage=" ".join(self.format_usage().split()), command=self.prog))


def _parse(words: list[str]) -> argparse.Namespace:
    parser = _Parser(prog=command(), description=t("cli.about"), epilog=t("cli.example", command=command()))
    parser.add_argument(
        "--version", action="version", version=f"angle-mort {angle_mort.__version__}", help=t("cli.version")
    )
    commands = parser.add_subparsers(
        dest="command", metavar=t("cli.command"), title=t("cli.commands"), parser_class=_Parser
    )
    for name, declare in _COMMANDS.items():
        declare(commands.add_parser(name, help=t(f"cli.{name}.help"), description=t(f"cli.{name}.about")))
    if not words:
        parser.print_help()
        raise SystemExit(REFUSED)
    return parser.parse_args(words)


def _demo(parser: _Parser) -> None:
    _folder(parser, "angle-mort-demo", "cli.demo.sortie")


def _importer(parser: _Parser) -> None:
    parser.add_argument("file", metavar=t("cli.importer.file"), help=t("cli.importer.file_help"))
    parser.add_argument("--cohorte", required=True, metavar=t("cli.importer.name"), help=t("cli.importer.cohorte"))
    parser.add_argument("--passation", default="T0", metavar=t("cli.importer.wave"), help=t("cli.importer.passation"))
    parser.add_argument(
        "--ignorer", action="append", default=[], metavar=t("cli.importer.header"), help=t("cli.importer.ignorer")
    )
    parser.add_argument("--etalonnage", metavar=t("cli.importer.norms"), help=t("cli.importer.etalonnage"))
    parser.add_argument("--remplacer", action="store_true", help=t("cli.importer.remplacer"))


def _liberer(parser: _Parser) -> None:
    parser.add_argument("cohorte", metavar=t("cli.importer.name"), help=t("cli.liberer.cohorte"))
    parser.add_argument("--passation", default="T0", metavar=t("cli.importer.wave"), help=t("cli.liberer.passation"))
    parser.add_argument("--regrouper", action="store_true", help=t("cli.liberer.regrouper"))
    parser.add_argument("--etalonnage", metavar=t("cli.importer.norms"), help=t("cli.importer.etalonnage"))


def _etalonner(parser: _Parser) -> None:
    parser.add_argument("etalonnage", metavar=t("cli.importer.name"), help=t("cli.etalonner.name"))
    parser.add_argument("cohortes", nargs="+", metavar=t("cli.etalonner.cohorts"), help=t("cli.etalonner.cohorts_help"))
    parser.add_argument("--population", metavar=t("cli.etalonner.words"), help=t("cli.etalonner.population"))


def _rapport(parser: _Parser) -> None:
    parser.add_argument("cohorts", nargs="+", metavar=t("cli.rapport.cohorts"), help=t("cli.rapport.cohorts_help"))
    parser.add_argument("--carnet", default="01", metavar=t("cli.rapport.number"), help=t("cli.rapport.carnet"))
    parser.add_argument(
        "--parametre", action="append", default=[], metavar=t("cli.rapport.value"), help=t("cli.rapport.parametre")
    )
    parser.add_argument(
        "--travaux", type=_count, default=cores(), metavar=t("cli.rapport.n"), help=t("cli.rapport.travaux", n=cores())
    )
    parser.add_argument("--tout", action="store_true", help=t("cli.rapport.tout"))
    parser.add_argument("--pdf", action="store_true", help=t("cli.rapport.pdf"))
    parser.add_argument("--comparer", action="store_true", help=t("cli.rapport.comparer"))
    _folder(parser, "rapports", "cli.rapport.sortie")


def _count(text: str) -> int:
    """A whole number of one or more; argparse tells the rest."""
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(text)
    return int(text)


def _nouveau(parser: _Parser) -> None:
    parser.add_argument("folder", metavar=t("cli.folder"), help=t("cli.nouveau.folder"))


def _suivi(parser: _Parser) -> None:
    parser.add_argument("cohorte", metavar=t("cli.importer.name"), help=t("cli.liberer.cohorte"))
    parser.add_argument(
        "--mois", nargs="+", type=float, default=(), metavar=t("cli.suivi.month"), help=t("cli.suivi.mois")
    )
    parser.add_argument("--attente", default="", metavar=t("cli.importer.name"), help=t("cli.suivi.attente"))
    parser.add_argument("--partager", action="store_true", help=t("cli.suivi.partager"))
    _folder(parser, "rapports", "cli.rapport.sortie")


def _carnets(parser: _Parser) -> None:
    parser.add_argument("folder", nargs="?", metavar=t("cli.folder"), help=t("cli.carnets.folder"))
    parser.add_argument("--sans-code", action="store_true", help=t("cli.carnets.sans_code"))
    parser.add_argument("--sans-navigateur", action="store_true", help=t("cli.carnets.sans_navigateur"))


def _verifier(parser: _Parser) -> None:
    parser.add_argument("files", nargs="+", metavar=t("cli.verifier.file"), help=t("cli.verifier.file_help"))


def _coffre(parser: _Parser) -> None:
    actions = parser.add_subparsers(
        dest="action", required=True, metavar=t("cli.command"), title=t("cli.commands"), parser_class=_Parser
    )
    made = {
        name: actions.add_parser(name, help=t(f"cli.coffre.{name}.help"), description=t(f"cli.coffre.{name}.about"))
        for name in ("etat", "phrase", "cle", "sauvegarder", "restaurer", "effacer", "miroir")
    }
    made["sauvegarder"].add_argument("folder", metavar=t("cli.folder"), help=t("cli.coffre.sauvegarder.folder"))
    made["restaurer"].add_argument("file", metavar=t("cli.importer.file"), help=t("cli.coffre.restaurer.file"))
    made["restaurer"].add_argument("--remplacer", action="store_true", help=t("cli.coffre.restaurer.remplacer"))
    made["effacer"].add_argument(
        "identity", nargs="?", metavar=t("cli.coffre.effacer.who"), help=t("cli.coffre.effacer.identity")
    )
    mirror = made["miroir"]
    mirror.add_argument("file", metavar=t("cli.importer.file"), help=t("cli.importer.file_help"))
    mirror.add_argument("--cohorte", required=True, metavar=t("cli.importer.name"), help=t("cli.liberer.cohorte"))
    mirror.add_argument("--passation", default="T0", metavar=t("cli.importer.wave"), help=t("cli.liberer.passation"))
    mirror.add_argument("--dirigeant", metavar=t("cli.coffre.effacer.who"), help=t("cli.coffre.miroir.who"))
    ignored = {"metavar": t("cli.importer.header"), "help": t("cli.importer.ignorer")}
    mirror.add_argument("--ignorer", action="append", default=[], **ignored)
    made["effacer"].add_argument("--oui", action="store_true", help=t("cli.coffre.effacer.oui"))


def _folder(parser: _Parser, default: str, key: str) -> None:
    parser.add_argument("--sortie", default=default, metavar=t("cli.folder"), help=t(key, default=default))


_COMMANDS = {
    "demo": _demo,
    "importer": _importer,
    "liberer": _liberer,
    "etalonner": _etalonner,
    "rapport": _rapport,
    "nouveau": _nouveau,
    "suivi": _suivi,
    "carnets": _carnets,
    "verifier": _verifier,
    "coffre": _coffre,
}
_HOMES = {"rapport": "reports", "nouveau": "lab", "carnets": "lab"}
"""The modules of the commands that are not with the others."""
