"""A coach's folder, and a real JupyterLab on it."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from angle_mort.cli.workspace import is_workspace, workspace
from angle_mort.errors import AngleMortError


def test_a_workspace_has_notebooks_the_demonstration_and_private_places(tmp_path):
    folder = workspace(tmp_path / "coach")
    assert is_workspace(folder)
    assert (folder / "notebooks" / "01_lire_une_cohorte.ipynb").is_file()
    assert (folder / "data" / "demo" / "cohorte" / "certificate.json").is_file()
    assert "data/private/" in (folder / ".gitignore").read_text()


def test_what_is_there_is_left_alone(tmp_path):
    folder = workspace(tmp_path / "coach")
    mine = folder / "notebooks" / "01_lire_une_cohorte.ipynb"
    mine.write_text("mine")
    workspace(folder)
    assert mine.read_text() == "mine"


def test_a_file_is_no_workspace(tmp_path):
    (tmp_path / "coach").write_text("x")
    with pytest.raises(AngleMortError) as error:
        workspace(tmp_path / "coach")
    assert error.value.problems[0].code == "AM803"


@pytest.mark.slow
def test_jupyterlab_really_opens_on_it(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "jupyter_server_config.json").write_text('{"ServerApp": {"allow_root": true}}')
    environment = os.environ | {
        "JUPYTER_PORT": str(port),
        "JUPYTER_TOKEN": "essai",
        "JUPYTER_CONFIG_DIR": str(tmp_path),
    }
    command = [sys.executable, "-m", "angle_mort.cli", "carnets", "coach", "--sans-navigateur"]
    log = (tmp_path / "log").open("wb")
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log, process_group=0)
    try:
        names = listed(port)
    finally:
        os.killpg(process.pid, 15)
        process.wait(20)
        log.close()
    assert "01_lire_une_cohorte.ipynb" in names
    assert re.search("JupyterLab s’ouvre sur", (tmp_path / "log").read_text(encoding="utf-8"))


def listed(port):
    """The notebooks that the server lists, asked until it is there (a minute at most)."""
    address = f"http://127.0.0.1:{port}/api/contents/notebooks?token=essai"
    for _ in range(120):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return [each["name"] for each in json.load(answer)["content"]]
        except OSError:
            time.sleep(0.5)
    raise AssertionError("the server did not answer")
