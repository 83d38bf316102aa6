"""Installe Angle Mort dans le dossier .venv, à côté de ce fichier, puis le lance.

    python lancer.py demo         la démonstration : un rapport dans angle-mort-demo/
    python lancer.py tests        tous les tests
    python lancer.py MOT ...      toute autre commande :
                                  nouveau, carnets            un dossier de travail, les carnets
                                  importer, liberer           un export, une cohorte refaite
                                  rapport, suivi, verifier    les pages, et ce qu'elles contiennent
                                  coffre, etalonner           le coffre, vos valeurs de référence
    python lancer.py MOT --help   ce que fait une commande, et comment

La première fois demande Internet et quelques minutes ; ensuite, la commande part tout de suite.
"""

# Standard library only, in the syntax of Python 3.6: an old Python must reach its sentence, not a SyntaxError.
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PROGRAMS = VENV / ("Scripts" if os.name == "nt" else "bin")
STAMP = VENV / "lancer.txt"  # who made .venv and what is in it; empty while an install is under way
LOG = VENV / "installation.log"
DEMO, TESTS = "constraints.txt", "constraints-tests.txt"
FIRST, LAST = (3, 11), (3, 14)  # the Pythons for which every pinned package has a wheel
STEERS_ELSEWHERE = ("PYTHONHOME", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT")

WRONG_PYTHON = (
    "Angle Mort demande Python 3.11, 3.12, 3.13 ou 3.14, et celui-ci est Python {}.{}. "
    "Installez l'une de ces versions, puis relancez la même commande avec elle."
)
NO_VENV = (
    "Il manque à ce Python le module « venv ». Sous Debian ou Ubuntu : sudo apt install python{}.{}-venv ; "
    "ailleurs, réinstallez Python depuis son site. Puis relancez la même commande."
)
FOREIGN = "Le dossier {} n'a pas été créé par lancer.py. Renommez-le ou supprimez-le, puis relancez la même commande."
FAILED = (
    "L'installation n'a pas abouti. Vérifiez la connexion à Internet et l'espace libre (1,5 Go), fermez JupyterLab "
    "s'il est ouvert, puis relancez la même commande. Le détail est dans {}"
)


def say(text, stream=None):
    """Write a sentence; a letter that the console does not know becomes a question mark instead of a crash."""
    stream = stream or sys.stdout
    encoding = stream.encoding or "ascii"
    stream.write(text.encode(encoding, "replace").decode(encoding) + "\n")
    stream.flush()


def stop(sentence):
    say(sentence, sys.stderr)
    sys.exit(2)


def unfit(version):
    """The sentence for a Python that cannot serve, or None."""
    if not FIRST <= tuple(version[:2]) <= LAST:
        return WRONG_PYTHON.format(*version[:2])
    if not (find_spec("venv") and find_spec("ensurepip")):
        return NO_VENV.format(*version[:2])
    return None


def maker():
    """Which Python, and which place: an environment that was moved, or made by another Python, is made again."""
    return "Python {}.{}.{} | {} | {}".format(*sys.version_info[:3], sys.base_prefix, ROOT)


def digest(lock):
    return hashlib.sha256((ROOT / lock).read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()


def environment():
    """The variables of the programs started here, without those that would lead or slow them elsewhere."""
    kept = {name: value for name, value in os.environ.items() if name not in STEERS_ELSEWHERE}
    path = str(PROGRAMS) + os.pathsep + kept.get("PATH", os.defpath)
    anywhere = 'python "{}"'.format(ROOT / "lancer.py")
    here = "python lancer.py" if Path.cwd() == ROOT else anywhere
    own = {"ANGLE_MORT_COMMAND": here, "ANGLE_MORT_ANYWHERE": anywhere}
    return dict(kept, PATH=path, VIRTUAL_ENV=str(VENV), PIP_USER="0", **own)


def step(command, total=0):
    """Run one step of the install into the log; on a terminal, count the packages."""
    total = total if sys.stdout.isatty() else 0
    seen = 0
    pipe = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, cwd=str(ROOT), env=environment(), **pipe) as process, LOG.open("ab") as log:
        for line in process.stdout:
            log.write(line)
            seen += line.startswith((b"Collecting", b"Ignoring", b"Requirement already"))
            if total:
                sys.stdout.write("\r  {} / {} ".format(min(seen, total), total))
                sys.stdout.flush()
    if total:
        say("")
    if process.returncode:
        stop(FAILED.format(LOG))


def make_environment():
    if VENV.exists():
        shutil.rmtree(str(VENV))
    VENV.mkdir()
    STAMP.write_text("", encoding="utf-8")
    step([sys.executable, "-m", "venv", str(VENV)])


def install(lock):
    """Pinned packages first, each checked against its hash, then the project itself, in place."""
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    total = sum("==" in line and not line.startswith("#") for line in lines)
    pip = [str(PROGRAMS / "python"), "-m", "pip", "install", "--no-deps", "--no-input", "--disable-pip-version-check"]
    # Not compiled here: Python compiles what it really imports, which saves a third of the time and of the room.
    step([*pip, "--progress-bar=off", "--no-compile", "--only-binary=:all:", "--require-hashes", "-r", lock], total)
    step([*pip, "--no-build-isolation", "-e", "."])


def prepare(locks):
    """Install the first lock unless the stamp says that it is there; the other locks are parts of it."""
    if VENV.exists() and not STAMP.is_file():
        stop(FOREIGN.format(VENV))
    stamp = STAMP.read_text(encoding="utf-8").splitlines() if STAMP.is_file() else []
    if stamp[:1] == [maker()] and digest(locks[0]) in stamp:
        return
    say("Installation dans {} : de 1 à 4 minutes, moins de 1 Go. Rien d'autre n'est modifié.".format(VENV))
    if stamp[:1] != [maker()]:
        make_environment()
    STAMP.write_text("", encoding="utf-8")
    install(locks[0])
    STAMP.write_text("\n".join([maker(), *map(digest, locks)]), encoding="utf-8")
    say("Installation terminée.")


def run(word, rest):
    """Hand over to the program; Ctrl-C is for it to answer (JupyterLab asks before it stops)."""
    signal.signal(signal.SIGINT, lambda *_: None)
    if word == "tests":
        status = subprocess.call([str(PROGRAMS / "python"), "-m", "pytest", *rest], cwd=str(ROOT), env=environment())
    else:
        status = subprocess.call([str(PROGRAMS / "angle-mort"), word, *rest], env=environment())
    return status if status >= 0 else 128 - status


def main(words):
    if not words or words[0] in ("-h", "--help"):
        say(__doc__)
        return 0 if words else 2
    sentence = unfit(sys.version_info)
    if sentence:
        stop(sentence)
    try:
        prepare([TESTS, DEMO] if words[0] == "tests" else [DEMO])
    except KeyboardInterrupt:
        stop("\nInstallation interrompue : relancez la même commande, elle repartira du début.")
    except OSError as error:
        stop("{}\n({})".format(FAILED.format(LOG), error))
    return run(words[0], words[2:] if words[1:2] == ["--"] else words[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
