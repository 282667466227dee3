"""Gates `unit-tests` and `integration-tests`: pytest, with the project's interpreter and plug-ins.

Both run the same suite and part it by path or marker; a test is an integration test or a unit test, never both.
"""

from dataclasses import dataclass, replace
from typing import Literal

from gate.context import Context
from gate.domain.result import Judgement
from gate.gates import suite_sharding
from gate.gates.schema import choose_schema
from gate.gates.seen_answers import folder_for_answers
from gate.gates.suite_causes import read_facts
from gate.gates.suite_ending import NOT_BROKEN, SuiteEvidence
from gate.gates.suite_halves import (
    files_of_tests,
    has_integration_path,
    is_djangos_own,
    other_files_of_tests,
    parse_progress,
    read_pytest_settings,
    unread_by_pytest,
    uses_marker,
)
from gate.gates.suite_judging import judge_suite
from gate.gates.suite_options import IntegrationTestsOptions, UnitTestsOptions
from gate.gates.suite_pytest import PROGRESS, SuitePytest
from gate.gates.suite_retries import names_of_retries, tried_again
from gate.gates.suite_sessions import of_half, sessions_of, together
from gate.ports import CannotRun, Database, ProjectEnvironment


@dataclass(frozen=True, slots=True, kw_only=True)
class TestSuiteGate:
    """One half of the suite."""

    __test__ = False

    id: str
    title: str
    select: Literal["unit", "integration"]
    options: type
    requires: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    help_url: str = "https://docs.pytest.org/"

    async def collect(self, ctx: Context, options: UnitTestsOptions | IntegrationTestsOptions) -> SuiteEvidence:
        """Run this half of the suite, with a database of its own where there is one."""
        integration = _integration_options(ctx).paths
        markers = uses_marker(ctx)
        if not options.paths and (nothing := self._nothing(ctx, integration, markers=markers)):
            return SuiteEvidence(named=ctx.named, nothing=nothing)
        environment = await ctx.environment()
        settings = read_pytest_settings(ctx, environment.packages.get("pytest", ""))
        database, no_database = await self._database(ctx, environment)
        ctx.used("python", environment.python_version)
        ctx.used("pytest", environment.packages.get("pytest", ""))
        sessions = sessions_of(ctx.discovery.suite.sessions, options.paths)
        if not options.paths and not integration:
            files = files_of_tests(ctx.project.files, settings)
            sessions = of_half(sessions, files, half=self.select, markers=markers)
        pytest = SuitePytest(
            ctx=ctx,
            select=self.select,
            settings=settings,
            environment=environment,
            instructions={
                "select": self.select,
                "integration_paths": integration,
                "markers": markers,
                "django_checks": is_djangos_own(ctx, settings),
                "answers": str(folder_for_answers(ctx) or ""),
            },
        )

        async def fresh_database() -> Database | None:
            return (await self._database(ctx, environment))[0] if database else None

        parts = []
        for at, session in enumerate(sessions):
            name = _session(self.id, at)
            told = suite_sharding.instructions(ctx, name, sessions)
            part = await pytest.run(session, name, database, told)
            parts.append(await tried_again(pytest, session, name, part, options.retries, fresh_database))
        evidence = replace(together(parts), unread=unread_by_pytest(ctx, settings))
        suite_sharding.leave_note(ctx, self.id, evidence, [_session(self.id, at) for at in range(len(sessions))])
        if evidence.returncode in NOT_BROKEN and not evidence.red:
            return evidence
        found = ctx.discovery.migration
        schema = choose_schema(_integration_options(ctx), ctx.project, found)
        has_schema = found is not None or bool(schema.sql_files or schema.command)
        return replace(
            evidence,
            schema_trouble=ctx.schema_trouble() if database else "",
            facts=read_facts(ctx, environment, database, has_schema=has_schema, no_database=no_database),
        )

    def _nothing(self, ctx: Context, integration: tuple[str, ...], *, markers: bool) -> str:
        """Say why there is nothing to run, "" where there may be something."""
        settings = read_pytest_settings(ctx)
        if self.select == "integration" and not integration and not markers and not has_integration_path(ctx, settings):
            return "no test is marked `integration` or has it in a part of its path"
        found = files_of_tests(ctx.project.files, settings) or other_files_of_tests(ctx, settings)
        return "" if found else "there is no file test_*.py or *_test.py"

    async def _database(self, ctx: Context, environment: ProjectEnvironment) -> tuple[Database | None, str]:
        """Return a database, or None and why there is none although the project speaks to one."""
        if self.select == "integration":
            return await ctx.database(environment), ""
        try:
            return await ctx.database(environment), ""
        except CannotRun as reason:
            # Unit tests need no database; those that do will say so themselves.
            ctx.write_text(ctx.log, f"no database for these tests: {reason.reason}\n")
            return None, reason.reason

    def stuck_at(self, ctx: Context) -> str:
        """Name the test that runs now."""
        sessions = [_session(self.id, at) for at in range(max(1, len(ctx.discovery.suite.sessions)))]
        names = [name for session in sessions for name in (session, *names_of_retries(session))]
        notes = [parse_progress(ctx.read_text(ctx.scratch_folder(name) / PROGRESS)) for name in names]
        return next((f"in {noted.running}" for noted in notes if noted.running), "")

    def judge(self, evidence: SuiteEvidence, options: UnitTestsOptions | IntegrationTestsOptions) -> Judgement:
        """Fail on a test that failed; errored where pytest did not run to its end, or no red test could run."""
        return judge_suite(self.id, evidence, options)


def _session(gate: str, at: int) -> str:
    """Name a session of pytest, counted from 0."""
    return f"{gate}-{at + 1}" if at else gate


def _integration_options(ctx: Context) -> IntegrationTestsOptions:
    options = ctx.config.options[INTEGRATION_TESTS.id]
    assert isinstance(options, IntegrationTestsOptions)
    return options


UNIT_TESTS = TestSuiteGate(id="unit-tests", title="unit tests", select="unit", options=UnitTestsOptions)
INTEGRATION_TESTS = TestSuiteGate(
    id="integration-tests", title="integration tests", select="integration", options=IntegrationTestsOptions
)
