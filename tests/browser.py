"""The system's Chromium for the browser tests, or a skip that says so."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """Return the path of a Chromium that starts (a package's stub does not), or None."""
    for path in filter(None, map(shutil.which, NAMES)):
        asked = subprocess.run([path, "--version"], capture_output=True, check=False)
        if asked.returncode == 0:
            return path
    return None


@contextmanager
def launched() -> Iterator[Browser]:
    """Start the browser; skip, loudly, where there is none."""
    path = chromium()
    if path is None:
        pytest.skip("NO CHROMIUM on this machine: the browser tests did not run")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield started
        started.close()
