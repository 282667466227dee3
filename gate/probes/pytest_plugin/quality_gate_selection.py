"""A pytest plug-in that runs in the project's interpreter: it selects a gate's tests and tells how far they got.

Alone in its folder, which goes on PYTHONPATH: it must import nothing but the standard library and pytest,
work with Python 3.9 and pytest 6, and never change how a test runs.

It is told what to do by the JSON in QUALITY_GATE_PYTEST:
`select` ("unit" or "integration"), `integration_paths` (relative to the folder pytest starts in; empty for the
default rule: marker `integration`, or `integration` in a part of the path), `markers` (whether any file uses the
marker; if not, files of the other kind need not be imported), `progress` (the file it writes to) and
`django_checks` (true for suites of Django's own runner, which begins with the system checks).
Options under which pytest runs no test, but may call each one passed, are a usage error.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import warnings
from pathlib import Path
from typing import Any

import pytest

VARIABLE = "QUALITY_GATE_PYTEST"
_NOTHING_RUNS = {"collectonly": "--collect-only", "setuponly": "--setup-only", "setupplan": "--setup-plan"}


class Selection:
    """Which tests belong to the gate."""

    def __init__(self, instructions: dict[str, Any]) -> None:
        self.wants_integration = bool(instructions["select"] == "integration")
        self.start = Path.cwd().resolve()
        self.paths = [self.start / path for path in instructions["integration_paths"]]
        self.markers = bool(instructions["markers"]) and not self.paths

    def is_integration_path(self, place: object) -> bool:
        """Tell whether the path alone says that its tests are integration tests."""
        path = Path(str(place)).resolve()
        if self.paths:
            return any(path == given or given in path.parents for given in self.paths)
        try:
            parts = path.relative_to(self.start).parts
        except ValueError:
            parts = path.parts[-1:]
        return any("integration" in part.lower() for part in parts)

    def leaves_out_file(self, path: object) -> bool:
        """Tell whether a file holds no test of this gate, whatever is in it."""
        if Path(str(path)).suffix != ".py" or Path(str(path)).is_dir():
            return False
        if self.is_integration_path(path):
            return not self.wants_integration
        return self.wants_integration and not self.markers

    def wants(self, item: pytest.Item) -> bool:
        """Tell whether a collected test belongs to the gate."""
        # pytest 6 has no `path`.
        path = getattr(item, "path", None) or item.fspath
        marked = self.markers and item.get_closest_marker("integration") is not None
        return (marked or self.is_integration_path(path)) == self.wants_integration


class Progress:
    """A small file that outlives a crash: where pytest's root is, how many tests were selected, what runs now.

    `left_out` are tests of the gate that something else left out: `-k`, `-m`, `--deselect`, a conftest.py.
    """

    def __init__(self, path: str, rootdir: str) -> None:
        self.path = path
        self.rootdir = rootdir
        self.selected: int | None = None
        self.left_out = 0
        self.running: list[str] = []
        self.write()

    def note_selection(self, selected: int, left_out: int) -> None:
        """Note how many tests are to run."""
        self.selected, self.left_out = selected, left_out
        self.write()

    def write(self) -> None:
        """Replace the file whole, so that a reader never sees half of it."""
        draft = self.path + ".draft"
        state = {
            "rootdir": self.rootdir,
            "selected": self.selected,
            "left_out": self.left_out,
            "running": self.running,
        }
        with open(draft, "w", encoding="utf-8", errors="backslashreplace") as file:
            json.dump(state, file)
        os.replace(draft, self.path)


def run_django_checks() -> None:
    """Do what Django's own runner does before the first test: what the checks import is then covered as there.

    They judge nothing here: a project whose checks fail cannot be told from one whose settings want the runner's.
    """
    try:
        apps = importlib.import_module("django.apps").apps
        settings = importlib.import_module("django.conf").settings
        call_command = importlib.import_module("django.core.management").call_command
    except ImportError:
        return
    if not apps.ready:
        return
    debug = settings.DEBUG
    # As under the runner: with it, urls may differ.
    settings.DEBUG = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            call_command("check", stdout=io.StringIO(), stderr=io.StringIO())
    except (Exception, SystemExit):  # noqa: BLE001, S110
        pass
    finally:
        settings.DEBUG = debug


class Plugin:
    """Hooks in the process that runs the session: with xdist, each worker selects and the controller reports."""

    def __init__(self, selection: Selection, progress: Progress | None, *, django_checks: bool = False) -> None:
        self.selection = selection
        self.progress = progress
        self.django_checks = django_checks
        self.collected: list[pytest.Item] = []

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self) -> None:
        """Begin as Django's own runner does: once the tests are imported, before the first of them runs."""
        if self.django_checks:
            run_django_checks()

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Remember every test: which of them belong to the gate is known once all markers are set."""
        self.collected.append(item)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out the tests of other gates."""
        selected: list[pytest.Item] = []
        others: list[pytest.Item] = []
        for item in items:
            (selected if self.selection.wants(item) else others).append(item)
        if others:
            config.hook.pytest_deselected(items=others)
            items[:] = selected
        left_out = max(0, sum(map(self.selection.wants, self.collected)) - len(selected))
        if self.progress:
            self.progress.note_selection(len(selected), left_out)
        else:
            config.workeroutput[VARIABLE] = [len(selected), left_out]  # type: ignore[attr-defined] # xdist's

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what a worker of xdist has selected: the controller itself collects nothing."""
        told = getattr(node, "workeroutput", {}).get(VARIABLE)
        if self.progress and told:
            self.progress.note_selection(*told)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Note that a test runs."""
        if self.progress:
            self.progress.running.append(nodeid)
            self.progress.write()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Note that a test has ended."""
        if self.progress and nodeid in self.progress.running:
            self.progress.running.remove(nodeid)
            self.progress.write()


class ForPytest7(Plugin):
    """pytest 7 and later name the argument `collection_path`."""

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Do not even import a file without a test of this gate."""
        return True if self.selection.leaves_out_file(collection_path) else None


class ForPytest6(Plugin):
    """pytest 6 names the argument `path`."""

    def pytest_ignore_collect(self, path: object) -> bool | None:
        """Do not even import a file without a test of this gate."""
        return True if self.selection.leaves_out_file(path) else None


def pytest_configure(config: pytest.Config) -> None:
    """Start: read the instructions and join the session."""
    text = os.environ.get(VARIABLE)
    if not text:
        return
    instructions = json.loads(text)
    for option, written in _NOTHING_RUNS.items():
        if config.getoption(option, False):
            raise pytest.UsageError(f"with {written}, no test would run")
    is_worker = hasattr(config, "workerinput")
    # pytest before 6.1 has no `rootpath`.
    root = getattr(config, "rootpath", None) or config.rootdir  # type: ignore[attr-defined]
    progress = None if is_worker else Progress(instructions["progress"], str(root))
    plugin = ForPytest6 if int(pytest.__version__.partition(".")[0]) < 7 else ForPytest7
    hooks = plugin(Selection(instructions), progress, django_checks=bool(instructions.get("django_checks")))
    config.pluginmanager.register(hooks, "quality-gate-plugin")
