"""The command line as a coach meets it: real processes, real files, French sentences, exit statuses."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from angle_mort import __version__
from angle_mort.cli.commands import _on_desktop
from angle_mort.cohort import load_pool
from angle_mort.datasets import make_cohort
from angle_mort.instrument import load_instrument, write_norms
from angle_mort.scores import build_norms
from angle_mort.shipped import shipped
from tests import demonstration
from tests.responses.google_forms import rows, write_rows

PASSPHRASE = "quatre mots tout simples"


def run(folder, *words, **variables):
    """One command in a process of its own; its outputs as text, no-break spaces told as spaces, None unsets."""
    environment = (
        os.environ | {"PYTHONIOENCODING": "utf-8", "ANGLE_MORT_COMMAND": None, "ANGLE_MORT_ANYWHERE": None} | variables
    )
    told = subprocess.run(
        [sys.executable, "-m", "angle_mort.cli", *map(str, words)],
        cwd=folder,
        env={name: value for name, value in environment.items() if value is not None},
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
    )
    told.stdout, told.stderr = (re.sub("[\u00a0\u202f]", " ", each) for each in (told.stdout, told.stderr))
    return told


def everything_under(folder):
    return {path: path.read_bytes() for path in sorted(Path(folder).rglob("*")) if path.is_file()}


@pytest.fixture
def export(tmp_path):
    return write_rows(tmp_path / "export.csv", demonstration.export())


def test_version_and_help_are_quick_french_and_plain(tmp_path):
    assert run(tmp_path, "--version").stdout == f"angle-mort {__version__}\n"
    told = run(tmp_path, "--help")
    assert told.returncode == 0
    for word in ("Utilisation : angle-mort", "Commandes", "demo", "importer", "rapport", "carnets", "Options"):
        assert word in told.stdout
    assert not re.search(r"usage:|options:|optional|positional|show this help|\x1b", told.stdout, flags=re.I)
    for command in ("demo", "importer", "rapport", "carnets"):
        own = run(tmp_path, command, "--help")
        assert own.stdout.count("Utilisation :") == 1
        assert not re.search(r"usage:|show this help|default:", own.stdout)


def test_the_help_names_the_words_that_the_person_typed(tmp_path):
    told = run(tmp_path, "--help", ANGLE_MORT_COMMAND="python lancer.py")
    assert "Utilisation : python lancer.py" in told.stdout
    assert "python lancer.py demo" in told.stdout


def test_no_word_at_all_shows_the_help(tmp_path):
    told = run(tmp_path)
    assert told.returncode == 2
    assert "Commandes" in told.stdout


@pytest.mark.parametrize(
    "words", [["imporer"], ["importer"], ["demo", "--couleur"], ["rapport"], ["importer", "x.csv"]]
)
def test_a_wrong_word_is_one_french_sentence(tmp_path, words):
    told = run(tmp_path, *words)
    assert told.returncode == 2
    assert "[AM801]" in told.stderr
    assert "Traceback" not in told.stderr
    assert not re.search(r"\b(usage|error|argument|required|invalid)\b", told.stderr)


@pytest.fixture(scope="module")
def demonstrated(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    return folder, run(folder, "demo")


def test_the_demonstration_runs_alone_and_ends_with_the_path_of_its_page(demonstrated):
    folder, told = demonstrated
    assert (told.returncode, told.stderr) == (0, "")
    page = folder / "angle-mort-demo" / "rapport.html"
    assert told.stdout.rstrip().endswith(str(page))
    assert page.stat().st_size > 100_000
    assert [path.name for path in folder.iterdir()] == ["angle-mort-demo"]


def test_the_demonstration_tells_its_steps_and_what_it_set_aside(demonstrated):
    _, told = demonstrated
    assert [line[:3] for line in told.stdout.splitlines()[:6]] == [f"{step}/6" for step in range(1, 7)]
    assert "Lignes lues : 26. Retenues : 24. Écartées : 1. En double : 1." in told.stdout
    for words in ("réponse d’essai", "copie exacte de la ligne", "hors de l’échelle"):
        assert words in told.stdout
    assert "\x1b" not in told.stdout


@pytest.mark.slow
def test_an_export_becomes_a_cohort_and_the_cohort_a_page(tmp_path, export):
    before = export.read_bytes()
    told = run(tmp_path, "importer", export, "--cohorte", "artisans-2026", ANGLE_MORT_PASSPHRASE=PASSPHRASE)
    assert (told.returncode, told.stderr) == (0, "")
    assert export.read_bytes() == before
    place = tmp_path / "data" / "cohorts" / "artisans-2026"
    assert sorted(path.name for path in place.iterdir()) == [
        "certificate.json",
        "datapackage.json",
        "items.csv",
        "leaders.csv",
    ]
    assert (tmp_path / "data" / "private" / "coffre.bin").exists()
    for path, content in everything_under(tmp_path / "data").items():
        assert b"Marchandeau" not in content, path
    assert (place / "leaders.csv").read_bytes() != (shipped("demo") / "cohorte" / "leaders.csv").read_bytes()

    if os.name != "nt":
        assert all(path.stat().st_mode & 0o077 == 0 for path in (place, *place.iterdir()))

    again = run(tmp_path, "importer", export, "--cohorte", "artisans-2026", ANGLE_MORT_PASSPHRASE=PASSPHRASE)
    assert (again.returncode, "[AM610]" in again.stderr) == (2, True)

    (place / "notes.txt").write_text("à moi", encoding="utf-8")
    before = everything_under(tmp_path)
    words = ["importer", export, "--cohorte", "artisans-2026", "--remplacer"]
    refused = run(tmp_path, *words, ANGLE_MORT_PASSPHRASE=PASSPHRASE)
    assert (refused.returncode, "[AM613]" in refused.stderr) == (2, True)
    assert everything_under(tmp_path) == before
    (place / "notes.txt").rename(place / ".DS_Store")
    assert run(tmp_path, *words, ANGLE_MORT_PASSPHRASE=PASSPHRASE).returncode == 0

    reported = run(tmp_path, "rapport", "data/cohorts/*")
    assert (reported.returncode, reported.stderr) == (0, "")
    page = (tmp_path / "rapports" / "artisans-2026.html").read_text(encoding="utf-8")
    assert "Cohorte artisans-2026" in page
    assert "DÉMONSTRATION" not in page


@pytest.mark.slow
def test_a_cohort_is_made_again_from_the_vault_to_the_byte(tmp_path, export):
    secret = {"ANGLE_MORT_PASSPHRASE": PASSPHRASE}
    nowhere = run(tmp_path, "liberer", "artisans-2026", **secret)
    assert (nowhere.returncode, "[AM301]" in nowhere.stderr) == (2, True)
    assert run(tmp_path, "importer", export, "--cohorte", "artisans-2026", **secret).returncode == 0
    export.unlink()
    place = tmp_path / "data" / "cohorts" / "artisans-2026"
    before = everything_under(place)
    (place / "leaders.csv").write_bytes(b"changed")
    assert run(tmp_path, "liberer", "artisans-2026", **secret).returncode == 0
    assert everything_under(place) == before
    shutil.rmtree(place)
    told = run(tmp_path, "liberer", "artisans-2026", **secret)
    assert (told.returncode, told.stderr, everything_under(place) == before) == (0, "", True)
    unknown = run(tmp_path, "liberer", "inconnue", **secret)
    assert (unknown.returncode, "[AM309]" in unknown.stderr) == (2, True)


@pytest.mark.slow
def test_scores_are_grouped_to_be_shared_from_a_large_cohort_only(tmp_path):
    for name in ("reseau", "cohorte"):
        shutil.copytree(shipped("demo") / name, tmp_path / "data" / "cohorts" / name)
    told = run(tmp_path, "liberer", "reseau", "--regrouper")
    assert (told.returncode, told.stderr) == (0, "")
    rows = load_pool(tmp_path / "data" / "pools" / "reseau")
    assert f"{len(rows)} lignes" in told.stdout and "une chance sur 5 au plus" in told.stdout
    refused = run(tmp_path, "liberer", "cohorte", "--regrouper")
    assert (refused.returncode, "[AM619]" in refused.stderr) == (2, True)
    assert [path.name for path in (tmp_path / "data" / "pools").iterdir() if path.is_dir()] == ["reseau"]


@pytest.mark.slow
def test_a_network_of_thirty_two_checks_the_questionnaire(tmp_path):
    answers = make_cohort(n=32, seed=8, profiles=0, not_applicable=0).responses
    people = [(f"2026/11/23 8:{place:02d}:00 AM UTC+1", f"p{place}@exemple.example", "", "") for place in range(32)]
    table = pd.DataFrame(people, columns=["time", "email", "person", "company"])
    nothing = pd.DataFrame(columns=["respondent", "item", "text"])
    write_rows(tmp_path / "reponses.csv", rows(load_instrument(), answers, table, nothing))
    words = ["importer", "reponses.csv", "--cohorte", "reseau-2026"]
    told = run(tmp_path, *words, ANGLE_MORT_PASSPHRASE=PASSPHRASE)
    assert (told.returncode, told.stderr) == (0, "")
    reported = run(tmp_path, "rapport", "data/cohorts/reseau-2026", "--carnet", "06")
    assert (reported.returncode, reported.stderr) == (0, "")
    page = (tmp_path / "rapports" / "reseau-2026-verifier-le-questionnaire.html").read_text(encoding="utf-8")
    assert "Cohorte reseau-2026" in page and "32 dirigeants" in page
    assert page.count("provisoire") > 4
    assert "DÉMONSTRATION" not in page
    again = run(tmp_path, *words, "--remplacer", ANGLE_MORT_PASSPHRASE=PASSPHRASE)
    assert (again.returncode, again.stderr) == (0, "")


def test_a_cohort_too_small_to_check_the_questionnaire_says_so_and_makes_no_page(tmp_path):
    told = run(tmp_path, "rapport", shipped("demo") / "cohorte", "--carnet", "06")
    assert (told.returncode, "[AM611]" in told.stderr, "24 dirigeants" in told.stderr) == (2, True, True)
    unknown = run(tmp_path, "rapport", shipped("demo") / "cohorte", "--carnet", "99")
    assert (unknown.returncode, "[AM807]" in unknown.stderr, "01, 06" in unknown.stderr) == (2, True, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_same_people_have_the_same_ids_again_and_others_in_another_cohort_or_vault(tmp_path, export):
    ids = []
    for place, name in (("a", "une"), ("a", "une"), ("a", "deux"), ("b", "une")):
        (tmp_path / place).mkdir(exist_ok=True)
        words = ["importer", export, "--cohorte", name, "--remplacer"]
        done = run(tmp_path / place, *words, ANGLE_MORT_PASSPHRASE=PASSPHRASE)
        assert done.returncode == 0, done.stderr
        rows = (tmp_path / place / "data/cohorts" / name / "leaders.csv").read_text(encoding="utf-8").splitlines()[1:]
        ids.append({row.split(",")[0] for row in rows})
    assert len(ids[0]) == 24
    assert ids[0] == ids[1]
    assert not ids[0] & ids[2] and not ids[0] & ids[3] and not ids[2] & ids[3]


@pytest.mark.slow
def test_norms_are_named_at_the_import_and_the_page_tells_them(tmp_path, export):
    pool = make_cohort(n=60, seed=3, not_applicable=0).responses
    norms = build_norms(pool, "Dirigeants inventés", name="coachs-2026")
    write_norms(norms, tmp_path / "data/norms/coachs-2026.yaml")
    words = ["importer", export, "--cohorte", "c", "--etalonnage", "coachs-2026"]
    assert run(tmp_path, *words, ANGLE_MORT_PASSPHRASE=PASSPHRASE).returncode == 0
    assert run(tmp_path, "rapport", "data/cohorts/c").returncode == 0
    page = (tmp_path / "rapports" / "c.html").read_text(encoding="utf-8")
    assert "Les marges viennent de l’étalonnage indiqué" in page and "marges sont provisoires" not in page
    (tmp_path / "data/norms/coachs-2026.yaml").unlink()
    assert "[AM104]" in run(tmp_path, "rapport", "data/cohorts/c").stderr


def without_rows(table, kept):
    return [table[0], *table[2 : 2 + kept]]


def spoilt(folder):
    """What may go wrong, each with the words of its command and the code that it must give."""
    table = demonstration.export()
    write_rows(folder / "five.csv", without_rows(table, 5))
    write_rows(folder / "unknown.csv", [[*row, "x"] for row in [[*table[0][:]], *table[1:]]])
    (folder / "empty.csv").write_bytes(b"")
    (folder / "unreadable.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    (folder / "a-file").write_text("x", encoding="utf-8")
    (folder / "cohort").mkdir()
    return {
        "missing file": (["importer", "absent.csv", "--cohorte", "c"], "AM201"),
        "empty file": (["importer", "empty.csv", "--cohorte", "c"], "AM202"),
        "cohort of five": (["importer", "five.csv", "--cohorte", "c"], "AM605"),
        "unknown column": (["importer", "unknown.csv", "--cohorte", "c"], "AM222"),
        "unreadable export": (["importer", "unreadable.xlsx", "--cohorte", "c"], "AM20"),
        "bad name": (["importer", "five.csv", "--cohorte", "../c"], "AM609"),
        "unknown norms": (["importer", "good.csv", "--cohorte", "c", "--etalonnage", "coachs"], "AM104"),
        "no cohort there": (["rapport", "cohort"], "AM601"),
        "nothing matches": (["rapport", "nowhere/*"], "AM805"),
        "a file for a folder": (["demo", "--sortie", "a-file"], "AM803"),
        "no passphrase": (["importer", "good.csv", "--cohorte", "c"], "AM305"),
        "short passphrase": (["importer", "good.csv", "--cohorte", "c"], "AM306"),
    }


SITUATIONS = (
    "missing file",
    "empty file",
    "cohort of five",
    "unknown column",
    "unreadable export",
    "bad name",
    "unknown norms",
    "no cohort there",
    "nothing matches",
    "a file for a folder",
    "no passphrase",
    "short passphrase",
)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_an_error_is_one_french_sentence_and_leaves_every_file_as_it_was(tmp_path, situation):
    words, code = spoilt(tmp_path)[situation]
    write_rows(tmp_path / "good.csv", demonstration.export())
    before = everything_under(tmp_path)
    passphrase = {"no passphrase": None, "short passphrase": "court"}.get(situation, PASSPHRASE)
    told = run(tmp_path, *words, ANGLE_MORT_PASSPHRASE=passphrase)
    assert told.returncode == 2
    assert f"[{code}" in told.stderr
    assert "Traceback" not in told.stderr
    assert len(told.stderr.strip().splitlines()) == 1
    assert everything_under(tmp_path) == before


def test_an_unknown_column_may_be_left_out_on_request(tmp_path):
    table = demonstration.export()
    table = [[*table[0], "Votre couleur"], *([*row, "bleu"] for row in table[1:])]
    write_rows(tmp_path / "more.csv", table)
    words = ["importer", "more.csv", "--cohorte", "c", "--ignorer", "Votre couleur"]
    told = run(tmp_path, *words, ANGLE_MORT_PASSPHRASE=PASSPHRASE)
    assert told.returncode == 0, told.stderr


def on_a_terminal(folder, *words, typed=(), **variables):
    """The raw bytes of one command on a terminal, typing each answer when a prompt ends with a colon."""
    import pty

    leader, follower = pty.openpty()
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "100", "CI": ""} | variables
    environment.pop("ANGLE_MORT_PASSPHRASE", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "angle_mort.cli", *map(str, words)],
        cwd=folder,
        env=environment,
        stdin=follower,
        stdout=follower,
        stderr=follower,
        start_new_session=True,
    )
    os.close(follower)
    told, waiting, seen = b"", list(typed), 0
    while True:
        try:
            chunk = os.read(leader, 65536)
        except OSError:
            break
        if not chunk:
            break
        told += chunk
        if waiting and told[seen:].decode("utf-8", "ignore").rstrip().endswith(":"):
            seen = len(told)
            os.write(leader, waiting.pop(0).encode() + b"\n")
    os.close(leader)
    return process.wait(), told.decode()


@pytest.mark.slow
def test_the_passphrase_is_asked_between_the_bars_and_again_when_mistyped(tmp_path, export):
    typed = ["court", "court", "quatre mots tout simples", "autre chose", PASSPHRASE, PASSPHRASE]
    status, told = on_a_terminal(tmp_path, "importer", export, "--cohorte", "c", typed=typed)
    assert status == 0, told
    asked = [place.end() for place in re.finditer("Phrase secrète du coffre", told)]
    assert len(asked) == 3
    for place in asked:
        assert "\x1b[1A" not in told[place : place + 60]
    assert "[AM306]" in told and "[AM313]" in told
    assert PASSPHRASE not in told
    status, told = on_a_terminal(
        tmp_path, "importer", export, "--cohorte", "d", typed=["mauvaise phrase !", PASSPHRASE]
    )
    assert status == 0, told
    assert "[AM302]" in told


@pytest.mark.slow
def test_ctrl_c_is_one_sentence_and_leaves_nothing_half_written(tmp_path):
    import signal
    import time

    for wait in (0.0, 0.4, 1.5, 3.0):
        command = [sys.executable, "-m", "angle_mort.cli", "demo", "--sortie", f"out{wait}"]
        process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert process.stdout.readline().startswith("1/6")  # from then on, the command is really at work
        time.sleep(wait)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        assert process.returncode in (130, -signal.SIGINT, 0), errors
        assert "Traceback" not in errors
        assert (process.returncode == 0) != ("Interrompu" in errors)
        assert not [path for path in tmp_path.rglob("*") if path.name.endswith((".part", "-old"))]


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    mine = tmp_path / "ici" / "cohorte" / "notes.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("x", encoding="utf-8")
    told = run(tmp_path, "demo", "--sortie", "ici")
    assert (told.returncode, "[AM613]" in told.stderr) == (2, True)
    assert mine.read_text(encoding="utf-8") == "x"


def test_the_mirror_scores_no_leader_and_nothing_reaches_the_vault(tmp_path):
    items = [item.id for item in load_instrument().form_items("miroir")]
    rows = [
        ["Horodateur", *items],
        *([f"2026/11/0{day} 8:00:00 AM UTC+1", *["2"] * 7, str(day % 4)] for day in range(1, 10)),
    ]
    write_rows(tmp_path / "miroir.csv", rows)
    told = run(tmp_path, "importer", "miroir.csv", "--cohorte", "m", ANGLE_MORT_PASSPHRASE=PASSPHRASE)
    assert (told.returncode, "[AM612]" in told.stderr) == (2, True), told.stderr
    assert not (tmp_path / "data").exists()


def test_people_typed_in_several_ways_keep_one_id_each_and_anonymous_files_share_none(tmp_path):
    from angle_mort.cohort import demonstration_id, row_ids
    from tests.cohorts import answers, intake_of

    twice = intake_of(answers(8))
    twice.identities.loc[1, "email"] = twice.identities.loc[0, "email"].upper() + " "
    assert len(set(row_ids(twice, demonstration_id).values())) == 8
    anonymous = intake_of(answers(8))
    anonymous.identities["email"] = ""
    import dataclasses

    other = dataclasses.replace(anonymous, dialect=dataclasses.replace(anonymous.dialect, sha256="1"))
    ids = [set(row_ids(each, demonstration_id).values()) for each in (anonymous, other)]
    assert len(ids[0]) == 8
    assert not ids[0] & ids[1]


@pytest.mark.parametrize(
    ("environment", "platform", "terminal", "opens"),
    [
        ({"DISPLAY": ":0"}, "linux", True, True),
        ({"WAYLAND_DISPLAY": "w"}, "linux", True, True),
        ({}, "linux", True, False),
        ({}, "darwin", True, True),
        ({}, "win32", True, True),
        ({"CI": "true", "DISPLAY": ":0"}, "linux", True, False),
        ({"SSH_CONNECTION": "x", "DISPLAY": ":0"}, "linux", True, False),
        ({"DISPLAY": ":0"}, "linux", False, False),
    ],
)
def test_the_browser_opens_only_on_a_desktop(environment, platform, terminal, opens):
    assert _on_desktop(environment, platform, terminal) is opens


@pytest.mark.slow
def test_bars_are_shown_on_a_terminal_and_not_when_colour_is_refused(tmp_path):
    status, told = on_a_terminal(tmp_path, "demo")
    assert (status, "━" in told) == (0, True)
    status, told = on_a_terminal(tmp_path, "demo", NO_COLOR="1")
    assert status == 0
    assert "━" not in told and "\x1b" not in told
    assert "6/6" in told
