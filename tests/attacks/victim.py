"""A program that is killed: at each call to the disk in turn, or whenever its parent likes.

Run as ``python -m tests.attacks.victim calls FOLDER KIND...`` or ``... moments FOLDER KILLS SEED``; it prints one JSON
line per kill, with what was found afterwards. A child is a fork: everything is loaded once, and a kill takes no time.
"""

from __future__ import annotations

import datetime
import itertools
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from angle_mort.cli.app import _parse, _run
from angle_mort.cohort import load_cohort, report
from angle_mort.disclosure import Ledger
from angle_mort.disk import recover_folder, replace_folder
from angle_mort.errors import AngleMortError
from angle_mort.tokens import KnownTokens
from angle_mort.vault import Vault, back_up, open_vault, restore, sealing
from tests.vault.invented import PASSPHRASE, intake

OTHER = "quatre moutons dans un pré"
NOW = datetime.datetime(2026, 11, 25, 10, 30, 5)
CALLS = ("open", "write", "fsync", "close", "replace", "unlink", "mkdir", "rmdir")


def in_a_child(work: Callable[[], object]) -> int:
    """The process that does this and nothing else."""
    child = os.fork()
    if child:
        return child
    try:
        work()
        os._exit(0)
    except BaseException as error:
        print(json.dumps({"raised": repr(error)}), flush=True)
        os._exit(1)


def killed_at(call: int) -> None:
    """From now on this process dies at its n-th call to the disk; a write is cut in its middle."""
    counter = iter(range(1, 10_000))

    def watched(name: str, real: Callable) -> Callable:
        def called(*arguments, **named):
            if next(counter) == call:
                if name == "write":
                    real(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **named)

        return called

    for name in CALLS:
        setattr(os, name, watched(name, getattr(os, name)))


# ------------------------------------------------------------------------------------------- at each call to the disk


def the_vault(folder: Path) -> Vault:
    return open_vault(folder / "coffre.bin", PASSPHRASE)


def waves(vault: Vault) -> int:
    return len(vault.cohorts())


def opens(folder: Path, passphrase: str) -> bool:
    try:
        return bool(open_vault(folder / "coffre.bin", passphrase))
    except AngleMortError as error:
        assert error.codes[0] == "AM302"
        return False


FILES = {"a.csv": b"new", "b.csv": b"new"}


def emptied(folder: Path) -> Path:
    for path in folder.iterdir():
        path.unlink()
    return folder / "coffre.bin"


def copied_and_changed(folder: Path) -> Path:
    """A copy of the vault as it stands, and then another wave in the vault."""
    copy = folder / "copie.bin"
    copy.write_bytes((folder / "coffre.bin").read_bytes())
    the_vault(folder).store("artisans", "T1", intake(sha256="cd" * 32))
    return copy


def first_folder(folder: Path) -> Path:
    replace_folder(folder / "cohorte", {"a.csv": b"old"})
    return folder / "cohorte"


def whole_folder(folder: Path) -> dict[str, bytes]:
    recover_folder(folder / "cohorte")
    return held(folder / "cohorte")


WRITES: dict[str, tuple[Callable, Callable, Callable]] = {
    "create": (
        emptied,
        lambda place: Vault.create(place, PASSPHRASE),
        lambda folder: (folder / "coffre.bin").exists() and waves(the_vault(folder)) == 0,
    ),
    "store": (
        the_vault,
        lambda vault: vault.store("artisans", "T1", intake(sha256="cd" * 32)),
        lambda folder: waves(the_vault(folder)) == 2,
    ),
    "replace": (
        the_vault,
        lambda vault: vault.store("artisans", "T0", intake(sha256="ef" * 32), replace=True),
        lambda folder: the_vault(folder).cohorts()["sha256"][0] == "ef" * 32,
    ),
    "erase": (
        the_vault,
        lambda vault: vault.erase(vault.find("anne@example.org"), NOW.date()),
        lambda folder: len(the_vault(folder).erasures()) == 1 and the_vault(folder).identities("artisans").empty,
    ),
    "passphrase": (
        the_vault,
        lambda vault: vault.change_passphrase(OTHER),
        lambda folder: opens(folder, OTHER) and not opens(folder, PASSPHRASE),
    ),
    "key": (
        the_vault,
        lambda vault: vault.renew_key(PASSPHRASE),
        lambda folder: the_vault(folder)._load().get("first") is not None,
    ),
    "back up": (
        the_vault,
        lambda vault: back_up(vault, vault.path.parent / "usb", NOW),
        lambda folder: the_vault(folder).backed_up() is not None,
    ),
    "restore": (
        copied_and_changed,
        lambda copy: restore(copy, copy.with_name("coffre.bin"), PASSPHRASE, NOW, replace=True),
        lambda folder: waves(the_vault(folder)) == 1,
    ),
    "folder": (
        first_folder,
        lambda place: replace_folder(place, FILES),
        lambda folder: whole_folder(folder) == FILES,
    ),
}
"""What is made ready, what of it is killed, and how it is seen in the folder that it was done."""


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def whole_before(kind: str, folder: Path) -> bool:
    """Everything of before is there: nothing lies between before and after."""
    if kind == "create":
        return not (folder / "coffre.bin").exists()
    if kind == "folder":
        return held(folder / "cohorte") == {"a.csv": b"old"}
    vault = the_vault(folder)
    kept = vault.texts("artisans").loc["T0", "text"].tolist() == ["Signer les devis"]
    return kept and waves(vault) == (2 if kind == "restore" else 1) and not vault.erasures()


def at_every_call(folder: Path, kinds: Sequence[str]) -> None:
    first = folder / "first"
    first.mkdir()
    Vault.create(first / "coffre.bin", PASSPHRASE).store("artisans", "T0", intake())
    for kind in kinds:
        for call in itertools.count(1):
            told = one_kill(kind, call, first, folder / "place")
            print(json.dumps(told), flush=True)
            if told["status"] != signal.SIGKILL:
                break


def one_kill(kind: str, call: int, first: Path, place: Path) -> dict[str, object]:
    ready, write, done = WRITES[kind]
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(first, place)
    given = ready(place)
    child = in_a_child(lambda: (killed_at(call), write(given)))
    status = os.waitpid(child, 0)[1]
    told = {"kind": kind, "call": call, "status": status, "done": bool(done(place))}
    told["before"] = not told["done"] and whole_before(kind, place)
    return told | {"left": left_after_another(kind, place)}


def left_after_another(kind: str, folder: Path) -> list[str]:
    """The half files that lie there still after another write, undisturbed."""
    if kind == "folder":
        replace_folder(folder / "cohorte", FILES)
    elif kind == "back up":
        back_up(the_vault(folder), folder / "usb", NOW + datetime.timedelta(days=1))
    else:
        phrase = OTHER if kind == "passphrase" and opens(folder, OTHER) else PASSPHRASE
        missing = not (folder / "coffre.bin").exists()
        vault = Vault.create(folder / "coffre.bin", phrase) if missing else open_vault(folder / "coffre.bin", phrase)
        vault.store("voisins", "T0", intake())
        assert KnownTokens.load(folder / "jetons.json").find("Anne Inventée")
    return left(folder)


# -------------------------------------------------------------------------------------------------- whenever it likes


def command(*words: str) -> None:
    with open(os.devnull, "w") as silent:
        sys.stdout = silent
        try:
            status = _run(_parse(list(words)))
        finally:
            sys.stdout = sys.__stdout__
    assert status == 0


def page(name: str) -> None:
    report(load_cohort(f"data/cohorts/{name}")).save(f"rapports/{name}.html")


def at_any_moment(folder: Path, kills: int, seed: int) -> None:
    """Import, replacement, release and publication in turn, each killed at a random moment until as many kills fell
    within each; after every try, in time or too late, everything is looked at."""
    os.chdir(folder)
    os.environ["ANGLE_MORT_PASSPHRASE"] = PASSPHRASE
    rng = random.Random(seed)
    export = str(folder / "export.csv")
    kinds = {
        "import": lambda number: command("importer", export, "--cohorte", f"c{number}"),
        "replace": lambda number: command("importer", export, "--cohorte", "premiere", "--remplacer"),
        "release": lambda number: command("liberer", "premiere"),
        "publish": lambda number: page("premiere"),
    }
    command("importer", export, "--cohorte", "premiere")
    lasts = {}
    for kind in 2 * [*kinds]:  # the first time loads libraries, which a fork of this process has already
        began = time.monotonic()
        kinds[kind](-len(lasts))
        lasts[kind] = time.monotonic() - began
    acknowledged, fell, number = {"premiere", "c0"}, dict.fromkeys(kinds, 0), 0
    while sum(fell.values()) < kills:
        number += 1
        kind = min(fell, key=fell.__getitem__)
        child = in_a_child(lambda kind=kind, number=number: kinds[kind](number))
        waited = rng.uniform(0, lasts[kind])
        time.sleep(waited)
        os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
        assert status in (0, signal.SIGKILL), kind
        fell[kind] += status == signal.SIGKILL
        lasts[kind] = lasts[kind] * 1.02 if status else waited  # how long it takes, as busy as the machine is by now
        if status == 0 and kind == "import":
            acknowledged.add(f"c{number}")
        told = {"kind": kind, "status": status} | state(acknowledged, {"premiere", f"c{number}"})
        print(json.dumps(told), flush=True)
    for kind in ("replace", "release", "publish"):
        kinds[kind](0)
    told = {"kind": "end", "status": 0, "left": left(Path())} | state(acknowledged, acknowledged)
    print(json.dumps(told), flush=True)


def state(acknowledged: set[str], looked_at: set[str]) -> dict[str, object]:
    """What is lost from the vault, and what is half: of these cohorts, of the pages, the ledger."""
    kept = set(open_vault().cohorts()["cohort"])
    lost = sorted(name for name in acknowledged if name not in kept)
    places = [Path("data/cohorts", name) for name in sorted(looked_at)]
    there = [place for place in places if place.exists() or place.name in acknowledged]
    whole = {place.name: partial(load_cohort, place) for place in there}
    whole["ledger"] = Ledger.beside(places[0]).begin  # which reads every line, and writes none where there are some
    half = [
        path.name
        for path in Path("rapports").glob("*.html")
        if not path.read_text("utf-8").rstrip().endswith("</html>")
    ]
    return {"lost": lost, "broken": [told for each in whole.items() if (told := broken(*each))], "half": half}


def broken(name: str, look: Callable[[], object]) -> list[str]:
    try:
        look()
    except AngleMortError as error:
        return [name, error.codes[0]]
    return []


def left(folder: Path) -> list[str]:
    return sorted(str(path) for path in folder.rglob("*") if path.name.endswith((".new", ".part", ".old")))


if __name__ == "__main__":
    sealing.WORK = (2**4, 8, 1)  # here, not on import: pytest looks for doctests in every module
    what, where, *rest = sys.argv[1:]
    at_every_call(Path(where), rest) if what == "calls" else at_any_moment(Path(where), *map(int, rest))
