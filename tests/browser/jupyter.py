"""A real JupyterLab, started as a coach starts it, and what a browser sees of its notebooks."""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TOKEN, MINUTE = "essai", 60_000
SETTINGS = {
    "ServerApp": {"allow_root": True, "log_level": "ERROR"},
    "LabApp": {"expose_app_in_browser": True},  # so that a test can run a command and ask for the kernel's state
}
KERNEL = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel"


@contextmanager
def served(place: Path, *options: str) -> Iterator[str]:
    """The address of ``angle-mort carnets`` on the workspace ``place``, with settings of its own; no browser opens."""
    home = place.parent / f"{place.name}-jupyter"
    home.mkdir()
    (home / "jupyter_server_config.json").write_text(json.dumps(SETTINGS))
    port = free_port()
    own = {f"JUPYTER_{name}_DIR": str(home) for name in ("CONFIG", "DATA", "RUNTIME")}
    environment = os.environ | own | {"JUPYTER_PORT": str(port), "JUPYTER_TOKEN": TOKEN}
    command = [sys.executable, "-m", "angle_mort.cli", "carnets", str(place), "--sans-navigateur", *options]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, process_group=0)
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(f"{address}/api")
            yield address
        finally:
            os.killpg(server.pid, 15)
            server.wait(20)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_for(address: str, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.3)
    raise TimeoutError(address)


@dataclass
class Screen:
    """One browser window: its page, the complaints of its console, and what it asked of anything but this machine."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    abroad: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda each: each.type == "error" and self.complaints.append(each.text))
        self.page.on("pageerror", lambda each: self.complaints.append(str(each)))
        self.page.on("request", lambda each: at_home(each.url) or self.abroad.append(each.url))

    def shoot(self, name: str) -> None:
        """A screenshot for somebody to look at, in the folder that ``ANGLE_MORT_SCREENSHOTS`` names, if it does."""
        if folder := os.environ.get("ANGLE_MORT_SCREENSHOTS"):
            self.page.screenshot(path=Path(folder) / f"{name}.png")

    def pictures(self) -> list[tuple[str, bytes]]:
        """The alternative text and the bytes of every picture that the notebook shows."""
        shown = self.page.locator(".jp-OutputArea-output img").evaluate_all("all => all.map(i => [i.alt, i.src])")
        return [(alt, base64.b64decode(source.split(",", 1)[1])) for alt, source in shown]


def at_home(address: str) -> bool:
    return address.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:"))


@contextmanager
def window(browser: Browser, width: int = 1440, height: int = 900, **options: object) -> Iterator[Screen]:
    context = browser.new_context(viewport={"width": width, "height": height}, **options)
    context.set_default_timeout(MINUTE)
    try:
        yield Screen(context.new_page())
    finally:
        context.close()


def run_in_laboratory(screen: Screen, address: str, notebook: str) -> bool:
    """Open a notebook in JupyterLab and run all of it, once its kernel really listens: whether no cell failed."""
    screen.page.goto(f"{address}/lab/tree/notebooks/{notebook}?token={TOKEN}&reset")
    screen.page.wait_for_function(f"{KERNEL}?.connectionStatus === 'connected'")
    return screen.page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")


def change_theme(page: Page, name: str) -> None:
    """The ``Light`` or the ``Dark`` theme of JupyterLab."""
    page.evaluate(f"window.jupyterapp.commands.execute('apputils:change-theme', {{theme: 'JupyterLab {name}'}})")
    page.wait_for_function(f"document.body.dataset.jpThemeName === 'JupyterLab {name}'")
    page.wait_for_timeout(300)


def tab_to(page: Page, wanted: str, most: int = 60) -> None:
    """Press Tab until something that ``wanted`` selects has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.matches({wanted!r})"):
            return
    raise AssertionError(f"{most} times Tab did not reach {wanted}")


def open_without_code(screen: Screen, address: str, notebook: str) -> None:
    """Open a notebook through Voilà and wait until it shows itself."""
    screen.page.goto(f"{address}/voila/render/notebooks/{notebook}?token={TOKEN}")
    screen.page.locator("#rendered_cells").wait_for(state="visible")
