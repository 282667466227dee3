"""Gates `unit-tests` and `integration-tests`: pytest, with the project's interpreter and plug-ins.

Both run the same suite and part it by path or marker; a test is an integration test or a unit test, never both.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from gate.context import Context
from gate.domain.exhibit import CaseOutcome, TestCase, Tests
from gate.domain.finding import Finding, Location, Severity
from gate.domain.measure import Measure, Threshold
from gate.domain.result import Artifact, Judgement, Outcome
from gate.formats import UnreadableError
from gate.formats.junit_xml import JUnitCase, parse_junit
from gate.formats.pytest_settings import PYTEST_FILES, parse_pytest_settings
from gate.gates import coverage_scope
from gate.gates.suite_ending import SOMETHING_FAILED, SuiteEvidence, could_not_finish, nothing_ran, remarks
from gate.gates.suite_halves import (
    PLUGIN,
    PLUGIN_FOLDER,
    PLUGIN_VARIABLE,
    has_integration_path,
    has_tests,
    parse_progress,
    uses_marker,
)
from gate.gates.suite_options import IntegrationTestsOptions, UnitTestsOptions
from gate.ports import CannotRun, Completed, Database, ProjectEnvironment

_PROGRESS = "progress.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class TestSuiteGate:
    """One half of the suite."""

    __test__ = False

    id: str
    title: str
    select: Literal["unit", "integration"]
    options: type
    requires: tuple[str, ...] = ()
    help_url: str = "https://docs.pytest.org/"

    async def collect(self, ctx: Context, options: UnitTestsOptions | IntegrationTestsOptions) -> SuiteEvidence:
        """Run this half of the suite, with a database of its own where there is one."""
        integration = _integration_options(ctx).paths
        markers = uses_marker(ctx)
        if self.select == "integration" and not integration and not markers and not has_integration_path(ctx):
            return SuiteEvidence(
                named=ctx.named, nothing="no test is marked `integration` or has it in a part of its path"
            )
        if not has_tests(ctx) and not options.paths:
            return SuiteEvidence(named=ctx.named, nothing="there is no file test_*.py or *_test.py")
        environment = await ctx.environment()
        database = await self._database(ctx, environment)
        progress = ctx.scratch_folder(self.id) / _PROGRESS
        env = self._variables(ctx, environment, database)
        env[PLUGIN_VARIABLE] = json.dumps(
            {"select": self.select, "integration_paths": integration, "markers": markers, "progress": str(progress)}
        )
        junit = ctx.evidence_folder("junit") / f"{self.id}.xml"
        ctx.used("python", environment.python_version)
        ctx.used("pytest", environment.packages.get("pytest", ""))
        completed = await ctx.run(*self._argv(ctx, options, environment, junit), env=env)
        return self._evidence(ctx, completed, junit, progress, database)

    async def _database(self, ctx: Context, environment: ProjectEnvironment) -> Database | None:
        if self.select == "integration":
            return await ctx.database(environment)
        try:
            return await ctx.database(environment)
        except CannotRun as reason:
            # Unit tests need no database; those that do will say so themselves.
            ctx.write_text(ctx.log, f"no database for these tests: {reason.reason}\n")
            return None

    def _variables(self, ctx: Context, environment: ProjectEnvironment, database: Database | None) -> dict[str, str]:
        env = ctx.child_environment(environment, database)
        env["PYTHONPATH"] = ":".join(part for part in (str(PLUGIN_FOLDER), env.get("PYTHONPATH", "")) if part)
        if "coverage" in ctx.planned:
            env["COVERAGE_FILE"] = str(ctx.scratch_folder("coverage") / self.id / ".coverage")
            ctx.scratch_folder(f"coverage/{self.id}")
        return env

    def _argv(
        self,
        ctx: Context,
        options: UnitTestsOptions | IntegrationTestsOptions,
        environment: ProjectEnvironment,
        junit: Path,
    ) -> list[str]:
        argv = [str(environment.python), "-m", "pytest", "-p", PLUGIN, "--color=no", "--tb=auto"]
        argv += [f"--junitxml={junit}", "-o", "junit_family=xunit1"]
        argv += ["-o", f"cache_dir={ctx.scratch_folder(self.id) / 'cache'}"]
        settings = parse_pytest_settings(ctx.project_texts(*PYTEST_FILES))
        if "integration" in settings.marker_expression:
            # The project parts its suite by hand with `-m "not integration"`; here the plug-in does.
            argv += ["-m", ""]
        if "coverage" in ctx.planned:
            argv += coverage_scope.pytest_arguments(ctx)
        elif settings.names_coverage_source:
            argv.append("--no-cov")
        return argv + list(options.paths)

    def _evidence(
        self, ctx: Context, completed: Completed, junit: Path, progress: Path, database: Database | None
    ) -> SuiteEvidence:
        noted = parse_progress(ctx.read_text(progress))
        cases: tuple[JUnitCase, ...] = ()
        unreadable = ""
        content = ctx.read_bytes(junit)
        try:
            cases = parse_junit(content) if content else ()
            unreadable = "" if content else "pytest wrote no results"
        except UnreadableError as error:
            unreadable = str(error)
        return SuiteEvidence(
            named=ctx.named,
            ended=completed.ended,
            returncode=completed.returncode,
            cases=tuple(_case(ctx, case, noted.root) for case in cases if not case.is_collection),
            not_collected=tuple(_case(ctx, case, noted.root) for case in cases if case.is_collection),
            unreadable=unreadable,
            selected=noted.selected,
            left_out=noted.left_out,
            running=noted.running,
            database=f"PostgreSQL {database.server_version}" if database and self.select == "integration" else "",
            tail=ctx.tail(completed.log),
        )

    def stuck_at(self, ctx: Context) -> str:
        """Name the test that runs now."""
        running = parse_progress(ctx.read_text(ctx.scratch_folder(self.id) / _PROGRESS)).running
        return f"in {running}" if running else ""

    def judge(self, evidence: SuiteEvidence, options: UnitTestsOptions | IntegrationTestsOptions) -> Judgement:
        """Fail on a test that failed; errored where pytest did not run to its end."""
        del options
        tests = Tests(cases=evidence.cases)
        trouble = evidence.nothing or nothing_ran(evidence)
        if trouble:
            return (Judgement.errored if evidence.named else Judgement.skipped)(trouble)
        could_not = could_not_finish(evidence)
        red = tests.of(CaseOutcome.FAILED, CaseOutcome.ERRORED)
        findings = tuple(self._finding(case, "test-not-collected") for case in evidence.not_collected)
        findings += tuple(self._finding(case, f"test-{case.outcome}") for case in red)
        outcome, reason = Outcome.PASSED, remarks(evidence)
        exhibits: tuple[Any, ...] = (tests,)
        if could_not:
            outcome, reason = Outcome.ERRORED, could_not
            exhibits = (Tests(cases=(*evidence.not_collected, *evidence.cases)), evidence.tail)
        elif red or evidence.returncode == SOMETHING_FAILED:
            outcome = Outcome.FAILED
            reason = reason if red else "pytest exited with status 1 although no test failed"
            exhibits = (tests,) if red else (tests, evidence.tail)
        none = Threshold(value=Measure.count("none", 0).value, direction="at-most")
        return Judgement(
            outcome=outcome,
            reason=reason,
            measures=(
                Measure.count("failures", len(red) + len(evidence.not_collected), threshold=none),
                Measure.count("tests", len(evidence.cases)),
                Measure.count("skipped", len(tests.of(CaseOutcome.SKIPPED))),
            ),
            findings=findings,
            exhibits=exhibits,
            artifacts=(
                Artifact(title="results", path=f"junit/{self.id}.xml"),
                Artifact(title="log", path=f"logs/{self.id}.log"),
            ),
        )

    def _finding(self, case: TestCase, rule_id: str) -> Finding:
        return Finding(
            gate=self.id,
            rule_id=rule_id,
            severity=Severity.ERROR,
            message=f"{case.name}: {case.message}" if case.message else case.name,
            location=case.location,
        )


def _integration_options(ctx: Context) -> IntegrationTestsOptions:
    options = ctx.config.options[INTEGRATION_TESTS.id]
    assert isinstance(options, IntegrationTestsOptions)
    return options


def _case(ctx: Context, case: JUnitCase, root: Path | None) -> TestCase:
    location = None
    if case.file:
        location = Location(path=ctx.project.located(case.file, base=root), line=case.line)
    return TestCase(
        name=case.name,
        outcome=case.outcome,
        seconds=case.seconds,
        location=location,
        message=case.message.partition("\n")[0],
        details=case.details,
    )


UNIT_TESTS = TestSuiteGate(id="unit-tests", title="unit tests", select="unit", options=UnitTestsOptions)
INTEGRATION_TESTS = TestSuiteGate(
    id="integration-tests", title="integration tests", select="integration", options=IntegrationTestsOptions
)
