"""How pytest is run on one half of the suite: its command line, its variables, and what it leaves. Judges nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from gate.context import Context
from gate.formats import UnreadableError
from gate.formats.attempts_file import parse_attempts, with_attempts
from gate.formats.junit_xml import JUnitFile, parse_junit
from gate.formats.printed_text import presentable
from gate.formats.pytest_command import PytestCommand
from gate.formats.pytest_settings import PytestSettings
from gate.gates import coverage_scope, coverage_start, suite_sharding, suite_workers
from gate.gates.suite_ending import SuiteEvidence
from gate.gates.suite_halves import (
    PLUGIN,
    PLUGIN_FOLDER,
    PLUGIN_VARIABLE,
    UNITTEST_FILES,
    django_settings,
    is_unittest_style,
    other_files_of_tests,
    parse_progress,
)
from gate.gates.suite_workers import Workers
from gate.ports import Completed, Database, ProjectEnvironment

PROGRESS, _ATTEMPTS = "progress.json", "attempts.json"
_ENOUGH_WITHOUT_SCHEMA = 10
_COLOURS = ("PY_COLORS", "FORCE_COLOR")


@dataclass(frozen=True, slots=True, kw_only=True)
class SuitePytest:
    """What all sessions of a half have in common; `instructions` are for the plug-in."""

    ctx: Context
    select: Literal["unit", "integration"]
    settings: PytestSettings
    environment: ProjectEnvironment
    instructions: Mapping[str, Any]

    async def run(
        self,
        session: PytestCommand,
        name: str,
        database: Database | None,
        told: Mapping[str, Any] | None = None,
        *,
        failed_in: str = "",
    ) -> SuiteEvidence:
        """Run the session `name`; of the session `failed_in` only the tests that failed, by one process."""
        ctx = self.ctx
        env = self._variables(database, name)
        workers = suite_workers.workers_of(ctx, [*self.settings.addopts, *session.options])
        if workers and failed_in:
            workers = suite_workers.ALONE
        env |= workers.variables if workers else {}
        folder = ctx.scratch_folder(name)
        files = {"progress": str(folder / PROGRESS), "attempts": str(folder / _ATTEMPTS)}
        if failed_in:
            files["only"] = str(ctx.scratch_folder(failed_in) / _ATTEMPTS)
        own = await suite_workers.instructions(ctx, self.environment, database, workers, name)
        env[PLUGIN_VARIABLE] = json.dumps({**self.instructions, **files, **(told or {}), **own})
        completed = await ctx.run_tests(*self._argv(session, name, workers), env=env, database=database)
        return self._evidence(completed, database, name)

    def _variables(self, database: Database | None, name: str) -> dict[str, str]:
        ctx, settings = self.ctx, self.settings
        env = ctx.child_environment(self.environment, database)
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
            if coverage_scope.uses_faster_core(ctx, settings, self.environment):
                env.setdefault("COVERAGE_CORE", "sysmon")
        return env

    def _argv(self, session: PytestCommand, name: str, workers: Workers | None) -> list[str]:
        ctx, settings = self.ctx, self.settings
        # By itself, coverage.py sees only the first of several processes.
        alone = "coverage" in ctx.planned and workers is None
        early = coverage_start.arguments(ctx, settings, session) if alone else []
        argv = [str(self.environment.python), *early, "-m", "pytest", "-p", PLUGIN, "--color=no", "--tb=auto"]
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

    def _evidence(self, completed: Completed, database: Database | None, name: str) -> SuiteEvidence:
        ctx = self.ctx
        folder = ctx.scratch_folder(name)
        noted = parse_progress(ctx.read_text(folder / PROGRESS))
        results = JUnitFile()
        unreadable = ""
        tail = ctx.tail(completed.log)
        content = ctx.read_bytes(_junit(ctx, name))
        try:
            if content:
                results = parse_junit(
                    content,
                    lambda path: ctx.project.located(path, base=noted.root),
                    lambda told: ctx.shown(presentable(told)),
                )
            unreadable = "" if content else "pytest wrote no results"
        except UnreadableError as error:
            unreadable = str(error)
        return SuiteEvidence(
            named=ctx.named,
            ended=completed.ended,
            returncode=completed.returncode,
            cases=with_attempts(results.cases, parse_attempts(ctx.read_text(folder / _ATTEMPTS))),
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


def _junit(ctx: Context, name: str) -> Path:
    return ctx.evidence_folder("junit") / f"{name}.xml"
