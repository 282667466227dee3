"""Debian's Chromium without a window: what a page becomes once its scripts ran, and how it looks."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tests.testbed import apt
from tests.testbed.leaving_out import PartMissing
from tests.testbed.supervised import run_supervised

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


class Browser:
    """Starts afresh for every page, with an empty profile."""

    def __init__(self, program: str, *, timeout: float = 60.0) -> None:
        self.program = program
        self.timeout = timeout

    def dump_dom(self, page: Path) -> str:
        """The document as HTML after its scripts ran."""
        return self._open(page, "--dump-dom")

    def screenshot(self, page: Path, png: Path, width: int = 1280, height: int = 900) -> None:
        """Write what a window of that size shows, in CSS pixels."""
        png.unlink(missing_ok=True)
        self._open(page, f"--screenshot={png.resolve()}", f"--window-size={width},{height}")
        if not png.is_file():
            raise RuntimeError(f"the browser wrote no {png}")

    def _open(self, page: Path, *flags: str) -> str:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            command = [self.program, *_FLAGS, f"--user-data-dir={profile}", *flags, page.resolve().as_uri()]
            ended = run_supervised(command, timeout=self.timeout)
        if ended.exit_code:
            raise RuntimeError(f"the browser ended with {ended.exit_code} on {page}: {ended.stderr[-1500:]}")
        return ended.stdout


def browser() -> Browser:
    """Chromium, installed when missing. Raises `PartMissing`."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return Browser(found)
    apt.install("chromium")
    if found := shutil.which("chromium"):
        return Browser(found)
    raise PartMissing("the Debian package chromium brought no program of that name")
