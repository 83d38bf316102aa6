"""The wheel outside the clone: it brings its notebooks and its demonstration, and its command runs."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    made = subprocess.run(command, capture_output=True, text=True)
    assert made.returncode == 0, made.stdout + made.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def elsewhere(wheel, tmp_path_factory):
    """An environment with the wheel, and the libraries of this one but not this clone."""
    place = tmp_path_factory.mktemp("elsewhere")
    venv.create(place / "env", with_pip=False)
    python = next(path for name in ("bin/python", "Scripts/python.exe") if (path := place / "env" / name).exists())
    install = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--no-deps",
        "--no-index",
        "--quiet",
        str(wheel),
    ]
    done = subprocess.run(
        install, capture_output=True, text=True, env=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    )
    assert done.returncode == 0, done.stderr
    told = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], capture_output=True, text=True
    )
    (Path(told.stdout.strip()) / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    return place, python


def test_the_wheel_holds_what_it_must_and_no_more(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for needed in (
        "angle_mort/shipped/notebooks/01_lire_une_cohorte.ipynb",
        "angle_mort/cli/jupyter/voila/templates/angle-mort/index.html.j2",
        "angle_mort/shipped/demo/reponses.csv",
        "angle_mort/shipped/demo/cohorte/certificate.json",
        "angle_mort/instrument/questionnaires/angle-mort-1.yaml",
        "angle_mort/instrument/questionnaires/interview-1.yaml",
        "angle_mort/responses/known_columns.yaml",
        "angle_mort/text/fr.yaml",
        "angle_mort/explorer/drawing.js",
        "angle_mort/explorer/drawing.css",
        "angle_mort/views/view.html",
        "angle_mort/publishing/page.html",
    ):
        assert needed in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert any(name.endswith("licenses/LICENSE-QUESTIONNAIRE") for name in names)
    assert not [
        name for name in names if name.startswith(("tests/", "benchmarks/")) or "rendered" in name or "private" in name
    ]
    assert wheel.stat().st_size < 1_000_000


def test_the_demonstration_runs_from_the_wheel_alone(elsewhere):
    place, python = elsewhere
    where = subprocess.run(
        [str(python), "-c", "import angle_mort; print(angle_mort.__file__)"], cwd=place, capture_output=True, text=True
    )
    assert str(place) in where.stdout
    command = [str(python.with_name("angle-mort")), "demo", "--sortie", "ici"]
    told = subprocess.run(command, cwd=place, capture_output=True, text=True)
    assert (told.returncode, told.stderr) == (0, "")
    assert (place / "ici" / "rapport.html").stat().st_size > 100_000


def test_a_workspace_can_be_made_from_the_wheel_alone(elsewhere):
    place, python = elsewhere
    code = "from pathlib import Path; from angle_mort.cli.workspace import workspace; workspace(Path('coach'))"
    told = subprocess.run([str(python), "-c", code], cwd=place, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    assert (place / "coach" / "notebooks" / "01_lire_une_cohorte.ipynb").is_file()
    assert (place / "coach" / "data" / "demo" / "reponses.csv").is_file()
