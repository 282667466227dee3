"""What `run --changed` looks at: the fast gates, on what the change touches. No verdict follows for the whole."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from gate.config.model import Config
from gate.domain.change import Change, FileStatus
from gate.domain.project import Project
from gate.domain.wording import counted
from gate.gates.lint_findings import GATE_ID as LINT
from gate.gates.lint_of_changed import LintOfChanged
from gate.gates.protocol import Gate
from gate.gates.suite_options import UnitTestsOptions
from gate.gates.suites import UNIT_TESTS
from gate.plan import Plan

# As pytest and unittest name them by themselves.
_TESTS = ("test_*.py", "*_test.py", "tests.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """A run of a part: its plan and configuration, and `told`, a sentence that says what is looked at."""

    plan: Plan
    config: Config
    told: str


def narrowed(config: Config, registry: Mapping[str, Gate], project: Project, change: Change | None) -> Narrowed:
    """Narrow a run to the fast gates: `lint` on the changed files, `unit-tests` on those of them that hold tests.

    Both look at everything where it is not known what was changed (`change` is None).
    """
    chosen = [gate for gate in (LINT, UNIT_TESTS.id) if gate in registry and gate in (config.gates or registry)]
    gates = {gate: registry[gate] for gate in chosen or (LINT,)}
    if change is None:
        return Narrowed(plan=_plan(gates), config=config, told="only the fast gates ran")
    changed = frozenset(file.path for file in change.files if file.status is not FileStatus.DELETED)
    tests = _tests(changed, project, _options(config))
    if LINT in gates:
        gates[LINT] = LintOfChanged(changed)
    told = _told(change, len(changed), len(tests) if UNIT_TESTS.id in gates else None)
    if not tests:
        gates.pop(UNIT_TESTS.id, None)
    options = {**config.options, UNIT_TESTS.id: replace(_options(config), paths=tests)}
    return Narrowed(plan=_plan(gates), config=replace(config, options=options), told=told)


def _told(change: Change, files: int, tests: int | None) -> str:
    """Say what is looked at; `tests` is None where their gate is left out."""
    since = f"since {change.base[:7]}, {change.origin}"
    if not files:
        what = "files were only deleted" if change.files else "nothing was changed"
        return f"only the fast gates ran, and had nothing to look at: {what} {since}"
    words = f"only the fast gates ran, on what was changed {since}: {counted(files, 'file')}"
    if tests is None:
        return words
    if not tests:
        return f"{words}, without unit tests among them, so that none were run"
    hold = "holds" if tests == 1 else "hold"
    return f"{words}, {'which' if tests == files else f'of which {tests:,}'} {hold} unit tests"


def _plan(gates: Mapping[str, Gate]) -> Plan:
    return Plan(gates=tuple(gates.values()), named=False)


def _options(config: Config) -> UnitTestsOptions:
    options = config.options[UNIT_TESTS.id]
    assert isinstance(options, UnitTestsOptions)
    return options


def _tests(changed: frozenset[str], project: Project, options: UnitTestsOptions) -> tuple[str, ...]:
    """Return the changed files of tests, relative to the project's folder; where paths are named, those below them."""
    wanted = [PurePosixPath(path) for path in options.paths]
    return tuple(
        path
        for path in project.files
        if project.located(path) in changed
        and any(fnmatchcase(path.rpartition("/")[2], pattern) for pattern in _TESTS)
        and (not wanted or any(PurePosixPath(path).is_relative_to(one) for one in wanted))
    )
