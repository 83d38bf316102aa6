"""Ask for the passphrase: from the environment of a script, or from a person, without showing what is typed."""

from __future__ import annotations

import getpass
import os
import sys

from angle_mort.errors import AngleMortError, problem
from angle_mort.text import t

PASSPHRASE_VARIABLE = "ANGLE_MORT_PASSPHRASE"
NEW_PASSPHRASE_VARIABLE = "ANGLE_MORT_NEW_PASSPHRASE"
MINIMUM_PASSPHRASE = 12


def ask_passphrase(confirm: bool = False, prompt: str = "vault.ask", variable: str = PASSPHRASE_VARIABLE) -> str:
    """The passphrase from the environment, else typed without being shown; twice when it is chosen (``confirm``).

    Raises AM305 when there is neither a variable nor anybody to ask, AM313 when the two differ.
    """
    if os.environ.get(variable):
        return os.environ[variable]
    if not _somebody_to_ask():
        raise AngleMortError(problem("AM305", variable=variable))
    typed = _typed(prompt, variable)
    if confirm and _typed("vault.ask_again", variable) != typed:
        raise AngleMortError(problem("AM313"))
    return typed


def refuse_short(passphrase: str) -> None:
    """Raise AM306 for a passphrase that would be guessed."""
    if len(passphrase.strip()) < MINIMUM_PASSPHRASE:
        raise AngleMortError(problem("AM306", minimum=MINIMUM_PASSPHRASE))


def _somebody_to_ask() -> bool:
    """A terminal, or a notebook: its kernel puts a prompt of its own in the place of getpass."""
    in_notebook = getpass.getpass.__module__ != "getpass"
    return in_notebook or (sys.stdin is not None and sys.stdin.isatty())


def _typed(prompt: str, variable: str) -> str:
    try:
        return getpass.getpass(t(prompt))
    except (EOFError, NotImplementedError) as error:  # a kernel that runs without anybody in front of it
        raise AngleMortError(problem("AM305", variable=variable)) from error
