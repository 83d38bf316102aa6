"""A headless Chromium of the system, driven by Playwright."""

import shutil

import pytest

from tests.browser.jupyter import served
from tests.conftest import CHROMIUM

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


@pytest.fixture(scope="module")
def browser():
    """One per file: while it is open, this thread has a running event loop, which tests elsewhere must not find."""
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, CHROMIUM)))
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory):
    """The address of one JupyterLab, Voilà included, on a coach's workspace; autosave writes there and nowhere else."""
    with served(tmp_path_factory.mktemp("coach") / "travail") as address:
        yield address
