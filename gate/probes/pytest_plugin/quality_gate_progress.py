"""What the plug-in tells of a session in files, which outlive a crash: how far it got, how long each test took.

Imports nothing but the standard library and pytest, works with Python 3.9 and pytest 6, and decides nothing.
"""

from __future__ import annotations

import json
import os

import pytest


class Progress:
    """A small file that outlives a crash: where pytest's root is, how many tests were selected, what runs now.

    `left_out` are tests of the gate that something else left out: `-k`, `-m`, `--deselect`, a conftest.py.
    In a shard, `collected` are the tests of all shards and `parting` is the digest on which these must agree.
    """

    def __init__(self, path: str, rootdir: str) -> None:
        self.path = path
        self.rootdir = rootdir
        self.selected: int | None = None
        self.left_out = 0
        self.collected: int | None = None
        self.parting = ""
        self.running: list[str] = []
        self.write()

    def note_selection(self, selected: int, left_out: int, collected: int | None = None, parting: str = "") -> None:
        """Note how many tests are to run."""
        self.selected, self.left_out, self.collected, self.parting = selected, left_out, collected, parting
        self.write()

    def write(self) -> None:
        """Replace the file whole."""
        state = {
            "rootdir": self.rootdir,
            "selected": self.selected,
            "left_out": self.left_out,
            "collected": self.collected,
            "parting": self.parting,
            "running": self.running,
        }
        replace_file(self.path, state)


def replace_file(path: str, document: object) -> None:
    """Write JSON whole, so that a reader never sees half of it."""
    draft = path + ".draft"
    with open(draft, "w", encoding="utf-8", errors="backslashreplace") as file:
        json.dump(document, file)
    os.replace(draft, path)


class Stopwatch:
    """How long each test took in all its phases, in seconds, written when the session ends."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.seconds: dict[str, float] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add a phase."""
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration

    def pytest_sessionfinish(self) -> None:
        """Write them."""
        replace_file(self.path, {test: round(seconds, 4) for test, seconds in self.seconds.items()})
