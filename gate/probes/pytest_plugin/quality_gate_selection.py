"""A pytest plug-in that runs in the project's interpreter: it selects a gate's tests and tells how far they got.

Alone in its folder, which goes on PYTHONPATH: it must import nothing but the standard library and pytest,
work with Python 3.9 and pytest 6, and never change how a test runs.

It is told what to do by the JSON in QUALITY_GATE_PYTEST:
`select` ("unit" or "integration"), `integration_paths` (relative to the folder pytest starts in; empty for the
default rule: marker `integration`, or `integration` in a part of the path), `markers` (whether any file uses the
marker; if not, files of the other kind need not be imported), `progress` (the file it writes to) and
`django_checks` (true for suites of Django's own runner, which begins with the system checks).
Options under which pytest runs no test, but may call each one passed, are a usage error.
With `shard` ({"index", "total", "durations"}, the last a file of seconds by test, or null) it takes away the tests of
other shards as well, and writes how long each of its own took to `took`, a file.
With `workers` (a file with the variables of each of xdist's workers) a worker sets its own before the project's code
is imported. With `answers`, a folder, what the project's application answers is noted there. `attempts` is the file in
which it is noted which tests failed; with `only`, such a file of the session before, no other tests are run.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import quality_gate_parting  # type: ignore[import-not-found] # it lies beside this file
from quality_gate_answers import Watching  # type: ignore[import-not-found]
from quality_gate_attempts import Attempts  # type: ignore[import-not-found]
from quality_gate_django import run_django_checks  # type: ignore[import-not-found]
from quality_gate_progress import Progress, Stopwatch  # type: ignore[import-not-found]

VARIABLE = "QUALITY_GATE_PYTEST"
# Marks of plug-ins by which tests of a file depend on each other.
_IN_ORDER = ("dependency", "incremental", "order")
_NOTHING_RUNS = {"collectonly": "--collect-only", "setuponly": "--setup-only", "setupplan": "--setup-plan"}


def set_own_variables() -> None:
    """Give a worker of xdist its own database; one that takes the place of a crashed one has that of the controller."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    file = json.loads(os.environ.get(VARIABLE) or "{}").get("workers")
    if not file or not worker[2:].isdigit():
        return
    with open(file, encoding="utf-8") as opened:
        for variables in json.load(opened)[int(worker[2:]) :][:1]:
            os.environ.update(variables)


# As early as can be: a conftest.py may connect when it is imported.
set_own_variables()


class Selection:
    """Which tests belong to the gate."""

    def __init__(self, instructions: dict[str, Any]) -> None:
        self.wants_integration = bool(instructions["select"] == "integration")
        self.start = Path.cwd().resolve()
        self.paths = [self.start / path for path in instructions["integration_paths"]]
        self.markers = bool(instructions["markers"]) and not self.paths
        self.only: frozenset[str] | None = None
        if instructions.get("only"):
            with open(instructions["only"], encoding="utf-8") as file:
                self.only = frozenset(json.load(file)["failed"])

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
        """Tell whether a collected test belongs to the gate, and to this session of it."""
        if self.only is not None and item.nodeid not in self.only:
            return False
        # pytest 6 has no `path`.
        path = getattr(item, "path", None) or item.fspath
        marked = self.markers and item.get_closest_marker("integration") is not None
        return (marked or self.is_integration_path(path)) == self.wants_integration


class Part:
    """The tests of one shard among those of all."""

    def __init__(self, instructions: dict[str, Any], dist: str) -> None:
        self.index: int = instructions["index"]
        self.total: int = instructions["total"]
        self.file_by_file = dist == "loadfile"
        self.durations: dict[str, float] = {}
        if instructions["durations"]:
            with open(instructions["durations"], encoding="utf-8") as file:
                self.durations = json.load(file)

    def unit_of(self, item: pytest.Item) -> str:
        """Name what stays together in one shard: a class, a group of xdist, a file whose tests need an order."""
        group = item.get_closest_marker("xdist_group")
        if group is not None:
            return f"group {group.kwargs.get('name') or ''.join(map(str, group.args[:1]))}"
        file, _, _ = item.nodeid.partition("::")
        if self.file_by_file or any(item.get_closest_marker(name) for name in _IN_ORDER):
            return file
        return item.nodeid if getattr(item, "cls", None) is None or item.parent is None else item.parent.nodeid

    def parted(self, items: list[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item], str]:
        """Return this shard's tests, those of others, and the digest over all of them."""
        units: dict[str, list[str]] = {}
        for item in items:
            units.setdefault(self.unit_of(item), []).append(item.nodeid)
        shards = quality_gate_parting.assign(units, self.total, self.durations)
        own: list[pytest.Item] = []
        others: list[pytest.Item] = []
        for item in items:
            (own if shards[self.unit_of(item)] == self.index else others).append(item)
        every = ((test, shards[unit]) for unit, tests in units.items() for test in tests)
        return own, others, quality_gate_parting.digest(every)


class Plugin:
    """Hooks in the process that runs the session: with xdist, each worker selects and the controller reports."""

    def __init__(
        self, selection: Selection, progress: Progress | None, part: Part | None = None, *, django_checks: bool = False
    ) -> None:
        self.selection = selection
        self.progress = progress
        self.part = part
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
        left_out = max(0, sum(map(self.selection.wants, self.collected)) - len(selected))
        told: list[Any] = [len(selected), left_out]
        if self.part:
            collected = len(selected)
            selected, elsewhere, parting = self.part.parted(selected)
            others += elsewhere
            told = [len(selected), left_out, collected, parting]
        if others:
            config.hook.pytest_deselected(items=others)
            items[:] = selected
        if self.progress:
            self.progress.note_selection(*told)
        else:
            config.workeroutput[VARIABLE] = told  # type: ignore[attr-defined] # xdist's

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
    shard = instructions.get("shard")
    part = Part(shard, str(config.getoption("dist", "no"))) if shard else None
    if shard and not is_worker:
        config.pluginmanager.register(Stopwatch(instructions["took"]), "quality-gate-stopwatch")
    plugin = ForPytest6 if int(pytest.__version__.partition(".")[0]) < 7 else ForPytest7
    hooks = plugin(Selection(instructions), progress, part, django_checks=bool(instructions.get("django_checks")))
    config.pluginmanager.register(hooks, "quality-gate-plugin")
    if instructions.get("attempts"):
        told = config.workeroutput if is_worker else None  # type: ignore[attr-defined] # xdist's
        config.pluginmanager.register(Attempts(instructions["attempts"], told), "quality-gate-attempts")
    if instructions.get("answers"):
        config.pluginmanager.register(Watching(instructions["answers"]), "quality-gate-answers")
