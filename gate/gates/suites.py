"""Gates `unit-tests` and `integration-tests`: pytest, with the project's interpreter and plug-ins.

Both run the same suite and part it by path or marker; a test is an integration test or a unit test, never both.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from gate.context import Context
from gate.domain.exhibit import TestCase
from gate.domain.finding import Location
from gate.domain.result import Judgement
from gate.formats import UnreadableError
from gate.formats.junit_xml import JUnitCase, parse_junit
from gate.formats.pytest_settings import PytestSettings
from gate.gates import coverage_scope
from gate.gates.schema import choose_schema
from gate.gates.suite_causes import read_facts
from gate.gates.suite_ending import NOT_BROKEN, SuiteEvidence
from gate.gates.suite_halves import (
    PLUGIN,
    PLUGIN_FOLDER,
    PLUGIN_VARIABLE,
    UNITTEST_FILES,
    django_settings,
    files_of_tests,
    has_integration_path,
    is_unittest_style,
    parse_progress,
    read_pytest_settings,
    unread_by_pytest,
    uses_marker,
)
from gate.gates.suite_judging import judge_suite
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
        if not options.paths and (nothing := self._nothing(ctx, integration, markers=markers)):
            return SuiteEvidence(named=ctx.named, nothing=nothing)
        environment = await ctx.environment()
        settings = read_pytest_settings(ctx, environment.packages.get("pytest", ""))
        database = await self._database(ctx, environment)
        progress = ctx.scratch_folder(self.id) / _PROGRESS
        env = self._variables(ctx, settings, environment, database)
        env[PLUGIN_VARIABLE] = json.dumps(
            {"select": self.select, "integration_paths": integration, "markers": markers, "progress": str(progress)}
        )
        junit = ctx.evidence_folder("junit") / f"{self.id}.xml"
        ctx.used("python", environment.python_version)
        ctx.used("pytest", environment.packages.get("pytest", ""))
        argv = self._argv(ctx, settings, environment, junit)
        completed = await ctx.run(*argv, *options.paths, env=env)
        evidence = self._evidence(ctx, completed, junit, progress, database)
        evidence = replace(evidence, unread=unread_by_pytest(ctx, settings))
        if completed.returncode in NOT_BROKEN and not evidence.red:
            return evidence
        found = ctx.discovery.migration
        schema = choose_schema(_integration_options(ctx), ctx.project, found)
        has_schema = found is not None or bool(schema.sql_files or schema.command)
        return replace(
            evidence,
            schema_trouble=ctx.schema_trouble() if database else "",
            facts=read_facts(ctx, environment, database, has_schema=has_schema),
        )

    def _nothing(self, ctx: Context, integration: tuple[str, ...], *, markers: bool) -> str:
        """Say why there is nothing to run, "" where there may be something."""
        settings = read_pytest_settings(ctx)
        if self.select == "integration" and not integration and not markers and not has_integration_path(ctx, settings):
            return "no test is marked `integration` or has it in a part of its path"
        return "" if files_of_tests(ctx.project.files, settings) else "there is no file test_*.py or *_test.py"

    async def _database(self, ctx: Context, environment: ProjectEnvironment) -> Database | None:
        if self.select == "integration":
            return await ctx.database(environment)
        try:
            return await ctx.database(environment)
        except CannotRun as reason:
            # Unit tests need no database; those that do will say so themselves.
            ctx.write_text(ctx.log, f"no database for these tests: {reason.reason}\n")
            return None

    def _variables(
        self, ctx: Context, settings: PytestSettings, environment: ProjectEnvironment, database: Database | None
    ) -> dict[str, str]:
        env = ctx.child_environment(environment, database)
        if not settings.names_django_settings and (module := django_settings(ctx)):
            env.setdefault("DJANGO_SETTINGS_MODULE", module)
        env["PYTHONPATH"] = ":".join(part for part in (str(PLUGIN_FOLDER), env.get("PYTHONPATH", "")) if part)
        if "coverage" in ctx.planned:
            env["COVERAGE_FILE"] = str(ctx.scratch_folder("coverage") / self.id / ".coverage")
            ctx.scratch_folder(f"coverage/{self.id}")
            if coverage_scope.uses_faster_core(ctx, settings, environment):
                env.setdefault("COVERAGE_CORE", "sysmon")
        return env

    def _argv(
        self,
        ctx: Context,
        settings: PytestSettings,
        environment: ProjectEnvironment,
        junit: Path,
    ) -> list[str]:
        argv = [str(environment.python), "-m", "pytest", "-p", PLUGIN, "--color=no", "--tb=auto"]
        argv += [f"--junitxml={junit}", "-o", "junit_family=xunit1"]
        argv += ["-o", f"cache_dir={ctx.scratch_folder(self.id) / 'cache'}"]
        if is_unittest_style(ctx, settings):
            argv += ["-o", f"python_files={UNITTEST_FILES}"]
        if "integration" in settings.marker_expression:
            # The project parts its suite by hand with `-m "not integration"`; here the plug-in does.
            argv += ["-m", ""]
        if "coverage" in ctx.planned:
            argv += coverage_scope.pytest_arguments(ctx, settings)
        else:
            argv += coverage_scope.pytest_arguments_without(settings)
        return argv

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
        """Fail on a test that failed; errored where pytest did not run to its end, or no red test could run."""
        del options
        return judge_suite(self.id, evidence)


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
