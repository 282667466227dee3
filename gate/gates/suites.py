"""Gates `unit-tests` and `integration-tests`: pytest, with the project's interpreter and plug-ins.

Both run the same suite and part it by path or marker; a test is an integration test or a unit test, never both.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from gate.context import Context
from gate.domain.result import Judgement
from gate.formats import UnreadableError
from gate.formats.junit_xml import JUnitFile, parse_junit
from gate.formats.printed_text import presentable
from gate.formats.pytest_command import PytestCommand
from gate.formats.pytest_settings import PytestSettings
from gate.gates import coverage_scope, coverage_start, suite_sharding, suite_workers
from gate.gates.schema import choose_schema
from gate.gates.seen_answers import folder_for_answers
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
    is_djangos_own,
    is_unittest_style,
    other_files_of_tests,
    parse_progress,
    read_pytest_settings,
    unread_by_pytest,
    uses_marker,
)
from gate.gates.suite_judging import judge_suite
from gate.gates.suite_options import IntegrationTestsOptions, UnitTestsOptions
from gate.gates.suite_sessions import of_half, sessions_of, together
from gate.gates.suite_workers import Workers
from gate.ports import CannotRun, Completed, Database, ProjectEnvironment

_PROGRESS = "progress.json"
_ENOUGH_WITHOUT_SCHEMA = 10
_COLOURS = ("PY_COLORS", "FORCE_COLOR")


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
        instructions = {"select": self.select, "integration_paths": integration, "markers": markers}
        instructions["django_checks"] = is_djangos_own(ctx, settings)
        parts = []
        for at, session in enumerate(sessions):
            name = _session(self.id, at)
            env = self._variables(ctx, settings, environment, database, name)
            workers = suite_workers.workers_of(ctx, [*settings.addopts, *session.options])
            env |= workers.variables if workers else {}
            told = {"progress": str(ctx.scratch_folder(name) / _PROGRESS)}
            told |= suite_sharding.instructions(ctx, name, sessions)
            told |= {"answers": str(folder)} if (folder := folder_for_answers(ctx)) else {}
            told |= await suite_workers.instructions(ctx, environment, database, workers, name)
            env[PLUGIN_VARIABLE] = json.dumps({**instructions, **told})
            completed = await ctx.run_tests(
                *self._argv(ctx, settings, environment, session, name, workers), env=env, database=database
            )
            parts.append(self._evidence(ctx, completed, database, name))
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

    def _variables(
        self,
        ctx: Context,
        settings: PytestSettings,
        environment: ProjectEnvironment,
        database: Database | None,
        name: str,
    ) -> dict[str, str]:
        env = ctx.child_environment(environment, database)
        if not settings.names_django_settings and (module := django_settings(ctx)):
            env.setdefault("DJANGO_SETTINGS_MODULE", module)
        for colour in _COLOURS:
            # They would put colours into the results, whatever pytest is told.
            env.pop(colour, None)
        if ctx.config.shard is not None:
            env |= suite_sharding.SAME_EVERYWHERE
        env["PYTHONPATH"] = ":".join(part for part in (str(PLUGIN_FOLDER), env.get("PYTHONPATH", "")) if part)
        if "coverage" in ctx.planned:
            env["COVERAGE_FILE"] = str(ctx.scratch_folder(f"coverage/{name}") / ".coverage")
            if coverage_scope.uses_faster_core(ctx, settings, environment):
                env.setdefault("COVERAGE_CORE", "sysmon")
        return env

    def _argv(
        self,
        ctx: Context,
        settings: PytestSettings,
        environment: ProjectEnvironment,
        session: PytestCommand,
        name: str,
        workers: Workers | None,
    ) -> list[str]:
        # By itself, coverage.py sees only the first of several processes.
        alone = "coverage" in ctx.planned and workers is None
        early = coverage_start.arguments(ctx, settings, session) if alone else []
        argv = [str(environment.python), *early, "-m", "pytest", "-p", PLUGIN, "--color=no", "--tb=auto"]
        argv += [f"--junitxml={_junit(ctx, name)}", "-o", "junit_family=xunit1"]
        argv += ["-o", f"cache_dir={ctx.scratch_folder(name) / 'cache'}"]
        if is_unittest_style(ctx, settings):
            argv += ["-o", f"python_files={UNITTEST_FILES}"]
        elif other := other_files_of_tests(ctx, settings):
            argv += ["-o", f"python_files={' '.join(f'*/{path}' for path in other)}"]
        if "integration" in settings.marker_expression:
            # The project parts its suite by hand with `-m "not integration"`; here the plug-in does.
            argv += ["-m", ""]
        argv += [*session.options, *(workers.arguments if workers else ())]
        if ctx.schema_trouble():
            # Without its tables a whole suite may be red, a long traceback for each test: some are enough to tell.
            argv.append(f"--maxfail={_ENOUGH_WITHOUT_SCHEMA}")
        if early:
            argv += coverage_scope.switched_off()
        elif "coverage" in ctx.planned:
            argv += [*session.scope, *coverage_scope.pytest_arguments(ctx, settings)]
        else:
            argv += coverage_scope.pytest_arguments_without(settings)
        return [*argv, *session.paths]

    def _evidence(self, ctx: Context, completed: Completed, database: Database | None, name: str) -> SuiteEvidence:
        noted = parse_progress(ctx.read_text(ctx.scratch_folder(name) / _PROGRESS))
        results = JUnitFile()
        unreadable = ""
        tail = ctx.tail(completed.log)
        content = ctx.read_bytes(_junit(ctx, name))
        try:
            if content:
                results = parse_junit(content, lambda path: ctx.project.located(path, base=noted.root))
            unreadable = "" if content else "pytest wrote no results"
        except UnreadableError as error:
            unreadable = str(error)
        return SuiteEvidence(
            named=ctx.named,
            ended=completed.ended,
            returncode=completed.returncode,
            cases=results.cases,
            not_collected=results.not_collected,
            unreadable=unreadable,
            selected=noted.selected,
            left_out=noted.left_out,
            shard=ctx.config.shard,
            collected=noted.collected,
            parting=noted.parting,
            running=noted.running,
            database=f"PostgreSQL {database.server_version}" if database and self.select == "integration" else "",
            tail=replace(tail, text=presentable(tail.text)),
        )

    def stuck_at(self, ctx: Context) -> str:
        """Name the test that runs now."""
        names = [_session(self.id, at) for at in range(max(1, len(ctx.discovery.suite.sessions)))]
        notes = [parse_progress(ctx.read_text(ctx.scratch_folder(name) / _PROGRESS)) for name in names]
        return next((f"in {noted.running}" for noted in notes if noted.running), "")

    def judge(self, evidence: SuiteEvidence, options: UnitTestsOptions | IntegrationTestsOptions) -> Judgement:
        """Fail on a test that failed; errored where pytest did not run to its end, or no red test could run."""
        del options
        return judge_suite(self.id, evidence)


def _session(gate: str, at: int) -> str:
    """Name a session of pytest, counted from 0."""
    return f"{gate}-{at + 1}" if at else gate


def _junit(ctx: Context, name: str) -> Path:
    return ctx.evidence_folder("junit") / f"{name}.xml"


def _integration_options(ctx: Context) -> IntegrationTestsOptions:
    options = ctx.config.options[INTEGRATION_TESTS.id]
    assert isinstance(options, IntegrationTestsOptions)
    return options


UNIT_TESTS = TestSuiteGate(id="unit-tests", title="unit tests", select="unit", options=UnitTestsOptions)
INTEGRATION_TESTS = TestSuiteGate(
    id="integration-tests", title="integration tests", select="integration", options=IntegrationTestsOptions
)
