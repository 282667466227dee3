"""Composes a project from a seed, and with it what is right for it."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from random import Random

from tests.campaign.behaviours import ASKS_DATABASE, HEAD, Behaviour, Effect, of
from tests.campaign.outcome import ANY, ERRORED, FAILED, NOT_PASSED, PASSED, SKIPPED, Expectation

GATES = ("lint", "unit-tests", "integration-tests", "coverage")
_HARMLESS = ("", "-q", "-v", "-s", "--tb=no", "-p no:cacheprovider", "-W error::ResourceWarning", "--durations=3")
_KEEPS_FROM_RUNNING = ("-k no_test_is_called_so", "--collect-only")
_HIDES_STATUS = "\n\ndef pytest_sessionfinish(session):\n    session.exitstatus = 0\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """One test: what it does, and which functions of the project it calls first."""

    __test__ = False

    behaviour: Behaviour
    calls: tuple[int, ...]

    def source(self, number: int) -> str:
        """Its text."""
        one = self.behaviour
        calls = "".join(f"core.f{call}()\n" for call in self.calls)
        head = f"{one.decorator}\n" if one.decorator else ""
        return (
            f"\n\n{head}def test_{number}_{one.name}({one.parameters}):\n{textwrap.indent(calls + one.body, '    ')}\n"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """The unit or the integration tests."""

    tests: tuple[Test, ...] = ()
    not_collected: bool = False

    @property
    def effects(self) -> set[Effect]:
        """What happens in it."""
        return {test.behaviour.effect for test in self.tests}

    def source(self) -> str:
        """Its file."""
        broken = "\n\nraise RuntimeError('at import')\n" if self.not_collected else ""
        return HEAD + "".join(test.source(number) for number, test in enumerate(self.tests)) + broken


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A project: its files, the arguments of the run, and what is right for it."""

    files: Mapping[str, str]
    arguments: tuple[str, ...]
    expectation: Expectation
    told: str


@dataclass(slots=True, kw_only=True)
class _Plan:
    """What was drawn."""

    unit: Half
    integration: Half
    lint: str
    addopts: str
    kept_from_running: bool
    hides_status: bool
    functions: int
    scope_is_configured: bool
    postgres: bool
    gates: tuple[str, ...]
    named: bool
    threshold: Fraction = field(default_factory=Fraction)


def compose(random: Random) -> Composed:
    """Draw a project."""
    functions = random.randint(2, 12)
    unit, integration = _half(random, functions, empty=0.05), _half(random, functions, empty=0.5)
    behaviours = [test.behaviour for test in (*unit.tests, *integration.tests)]
    quiet = all(one.with_xdist and one.effect not in {Effect.BREAKS, Effect.HANGS} for one in behaviours)
    addopts = random.choice(_HARMLESS)
    if quiet and random.random() < 0.15:
        addopts = "-n 2"
    elif random.random() < 0.15:
        addopts = "-x"
    kept = random.random() < 0.04
    named = random.random() < 0.3
    postgres = random.random() < 0.06 and not integration.not_collected and bool(integration.tests)
    if postgres:
        integration = replace(integration, tests=(Test(behaviour=ASKS_DATABASE, calls=()), *integration.tests))
    plan = _Plan(
        unit=unit,
        integration=integration,
        lint=random.choices(("clean", "finding", "syntax", "misconfigured", "nothing", "fixes"), (60, 12, 6, 6, 4, 12))[
            0
        ],
        addopts=random.choice(_KEEPS_FROM_RUNNING) if kept else addopts,
        kept_from_running=kept,
        hides_status=random.random() < 0.1,
        functions=functions,
        scope_is_configured=random.random() < 0.5,
        postgres=postgres,
        gates=random.choice((GATES, GATES[:3], GATES[:1], GATES[1:2], (GATES[1], GATES[3]))) if named else GATES,
        named=named,
    )
    ratio = _ratio(plan)
    near = Fraction(int(ratio)) if ratio >= 1 else Fraction(1)
    plan.threshold = random.choice((near, near, min(near + 1, Fraction(100)), Fraction(100), Fraction(1, 2)))
    return Composed(
        files=_files(plan, random),
        arguments=("--gates", ",".join(plan.gates)) if named else (),
        expectation=Expectation(outcomes=_outcomes(plan, ratio)),
        told=_told(plan),
    )


def _half(random: Random, functions: int, *, empty: float) -> Half:
    if random.random() < empty:
        return Half()
    effects = random.choices(
        ((Effect.PASSES,), (Effect.PASSES, Effect.SKIPS), (Effect.PASSES, Effect.FAILS), (Effect.SKIPS,),
         (Effect.PASSES, Effect.FAILS, Effect.SKIPS, Effect.BREAKS), (Effect.PASSES, Effect.HANGS)),
        (45, 12, 18, 4, 18, 3),
    )[0]  # fmt: skip
    tests = tuple(
        Test(
            behaviour=random.choice(of(random.choice(effects))),
            calls=tuple(random.sample(range(functions), random.randint(0, functions))),
        )
        for _ in range(random.randint(1, 5))
    )
    return Half(tests=tests, not_collected=random.random() < 0.05)


def _files(plan: _Plan, random: Random) -> dict[str, str]:
    core = "".join(f"\n\ndef f{number}():\n    return {number}\n" for number in range(plan.functions)).lstrip()
    scope = '[tool.coverage.run]\nsource = ["app"]\n' if plan.scope_is_configured or plan.lint == "syntax" else ""
    pyproject = (
        f"[tool.quality-gate]\ninstall = 'none'\npostgres = '{'embedded' if plan.postgres else 'off'}'\ntimeout = {20 if _hangs(plan) else 120}\n"
        f"[tool.quality-gate.coverage]\nthreshold = {float(plan.threshold)}\n"
        f"[tool.pytest.ini_options]\naddopts = {plan.addopts!r}\npythonpath = ['.']\n{scope}"
    )
    files = {
        "pyproject.toml": pyproject,
        "app/__init__.py": "",
        "app/core.py": core,
        "conftest.py": '"""Ours."""\n' + (_HIDES_STATUS if plan.hides_status else ""),
        "ruff.toml": "[lint]\nselect = ['F']\n",
    }
    if plan.unit.tests:
        files["tests/test_unit.py"] = plan.unit.source()
    if plan.integration.tests:
        files["tests/integration/test_with_parts.py"] = plan.integration.source()
    odd = random.choice(("docs/conf.py", "docs/ä ö.py", "docs/🎉\u202ex.py", "docs/a\udcffb.py", "docs/new\nline.py"))
    if plan.lint in {"finding", "fixes"}:
        files[odd] = "import os\n"
    if plan.lint == "fixes":
        files["ruff.toml"] = "fix = true\nunsafe-fixes = true\n" + files["ruff.toml"]
    if plan.lint == "syntax":
        files[odd] = "def (:\n"
    if plan.lint == "misconfigured":
        files["ruff.toml"] = "line-length = 'long'\n"
    if plan.lint == "nothing":
        files["ruff.toml"] = "exclude = ['*']\n"
    return files


def _outcomes(plan: _Plan, ratio: Fraction) -> dict[str, str]:
    nothing = ERRORED if plan.named else SKIPPED
    lint = {"clean": PASSED, "misconfigured": ERRORED, "nothing": nothing}.get(plan.lint, FAILED)
    unit, integration = (_suite(half, plan, nothing) for half in (plan.unit, plan.integration))
    planned = [outcome for gate, outcome in zip(GATES[1:3], (unit, integration), strict=True) if gate in plan.gates]
    if ERRORED in planned:
        coverage = SKIPPED
    elif NOT_PASSED in planned or (plan.addopts == "-x" and FAILED in planned):
        coverage = ANY  # pytest-cov keeps nothing of a suite that stops at its first failure
    elif not {PASSED, FAILED} & set(planned):
        coverage = nothing
    else:
        coverage = PASSED if ratio >= plan.threshold else FAILED
    whole = dict(zip(GATES, (lint, unit, integration, coverage), strict=True))
    return {gate: whole[gate] for gate in plan.gates}


def _suite(half: Half, plan: _Plan, nothing: str) -> str:
    if not half.tests:
        return nothing
    if half.not_collected or plan.kept_from_running:
        return ERRORED
    effects = [test.behaviour.effect for test in _reached(half.tests, plan.addopts)]
    broken = next((at for at, effect in enumerate(effects) if effect in {Effect.BREAKS, Effect.HANGS}), None)
    if broken is not None:
        # A test that failed before is a failure, if the results tell of it.
        return NOT_PASSED if Effect.FAILS in effects[:broken] else ERRORED
    if Effect.FAILS in effects:
        return FAILED
    return PASSED if Effect.PASSES in effects else nothing


def _reached(tests: Sequence[Test], addopts: str) -> list[Test]:
    reached = []
    for test in tests:
        reached.append(test)
        if addopts == "-x" and test.behaviour.effect is Effect.FAILS:
            break
    return reached


def _hangs(plan: _Plan) -> bool:
    return Effect.HANGS in plan.unit.effects | plan.integration.effects


def _ratio(plan: _Plan) -> Fraction:
    """The coverage in percent: every `def` runs at import, every body when a test calls it."""
    halves = [half for gate, half in ((GATES[1], plan.unit), (GATES[2], plan.integration)) if gate in plan.gates]
    called = {
        call
        for half in halves
        for test in _reached(half.tests, plan.addopts)
        if test.behaviour.covers
        for call in test.calls
    }
    return Fraction(100 * (plan.functions + len(called)), 2 * plan.functions)


def _told(plan: _Plan) -> str:
    halves = {
        name: [test.behaviour.name for test in half.tests] + ["not collected"] * half.not_collected
        for name, half in (("unit", plan.unit), ("integration", plan.integration))
    }
    hides = ", hides its status" if plan.hides_status else ""
    on = " on PostgreSQL" * plan.postgres
    return f"{halves}{on}, lint {plan.lint}, addopts {plan.addopts!r}, threshold {float(plan.threshold)}{hides}"
