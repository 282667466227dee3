"""Gate `coverage`: what of the source ran in unit and integration tests together, judged exactly."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import gate.probes
from gate.config.options import BadValue, percent
from gate.context import Context
from gate.domain.exhibit import FileCoverage
from gate.domain.result import Judgement
from gate.formats import UnreadableError
from gate.formats.coverage_json import CoverageReport, parse_coverage
from gate.formats.pytest_settings import PytestSettings
from gate.formats.shard_notes import SHARD_FOLDER, CoverageNote
from gate.gates import coverage_scope, coverage_sharding
from gate.gates.coverage_altered import is_unicode, may_be_unmeasured, named_in_unicode, read_patch, with_untold
from gate.gates.coverage_errors import read_sources
from gate.gates.coverage_judging import (
    GATE_ID,
    NO_TESTS,
    NOTHING_MEASURED,
    CoverageEvidence,
    any_ran,
    judge_coverage,
    not_known,
)
from gate.gates.coverage_options import CoverageOptions
from gate.gates.coverage_patch import with_patch
from gate.gates.coverage_unparsed import parse_untold
from gate.gates.suite_halves import read_pytest_settings, unread_by_pytest
from gate.ports import CannotRun, ProjectEnvironment

_PROBE = Path(gate.probes.__file__).parent / "coverage_reports.py"


class CoverageGate:
    """Combines the coverage data of the test gates."""

    id = GATE_ID
    title = "coverage"
    help_url = "https://coverage.readthedocs.io/"
    requires = ("unit-tests", "integration-tests")
    after: tuple[str, ...] = ()
    options = CoverageOptions

    async def collect(self, ctx: Context, options: CoverageOptions) -> CoverageEvidence:
        """Combine the data and write the reports."""
        del options
        halves = [ctx.results[gate] for gate in self.requires if gate in ctx.results]
        shard = ctx.config.shard
        if shard is None and (reason := not_known(halves)):
            return CoverageEvidence(skipped=reason)
        if not any_ran(halves):
            if ctx.named and shard is None:
                raise CannotRun(NOTHING_MEASURED)
            return CoverageEvidence(skipped=NO_TESTS if shard is None else f"no tests ran in {shard.words}")
        files = ctx.files_below(ctx.scratch_folder("coverage"))
        if not files:
            raise CannotRun("the tests left no coverage data")
        environment = await ctx.environment()
        settings = read_pytest_settings(ctx, environment.packages.get("pytest", ""))
        configured = coverage_scope.is_configured(ctx, settings)
        if not configured and not ctx.named and not coverage_scope.has_source(ctx.project.files):
            return CoverageEvidence(skipped="there is no source beside the tests")
        patch = await read_patch(ctx)
        changed = may_be_unmeasured(ctx, patch)
        said = await self._write_reports(ctx, environment, settings, files, changed, configured=configured)
        report = _parsed(ctx, said["report"])
        located = tuple(_located(ctx, file) for file in report.files)
        executed = {ctx.project.located(path): lines for path, lines in report.executed.items()}
        untold = parse_untold(said["told"], ctx.project.located)
        patch = with_untold(patch, untold)
        located = with_patch(patch, located, executed)
        known = read_sources(located, executed, ctx.source, has_branches=bool(report.total_branches))
        tests = (_located(ctx, file) for file in report.files if coverage_scope.is_test(file.path))
        evidence = CoverageEvidence(
            report=report,
            files=tuple(sorted(known.files, key=lambda file: file.path)),
            tests=() if configured else tuple(tests),
            own_threshold=_own_threshold(settings, said),
            own_precision=said["precision"] if isinstance(said.get("precision"), int) else 0,
            unread=unread_by_pytest(ctx, settings),
            error_paths=known.error_paths,
            patch=patch,
            unparsed=untold.unparsed,
        )
        if shard is None:
            return evidence
        left_out = () if configured else coverage_scope.tests_to_leave_out(ctx)
        note = _note(ctx, evidence, str(said["version"]), settings.coverage_config, left_out)
        coverage_sharding.leave_for_merge(ctx, said["report"], note)
        return CoverageEvidence(skipped="judged when the shards are merged")

    async def _write_reports(
        self,
        ctx: Context,
        environment: ProjectEnvironment,
        settings: PytestSettings,
        files: tuple[Path, ...],
        changed: list[str],
        *,
        configured: bool,
    ) -> dict[str, Any]:
        sharded = ctx.config.shard is not None
        folder = ctx.evidence_folder(SHARD_FOLDER if sharded else "coverage")
        combined = folder / coverage_sharding.DATA if sharded else ctx.scratch_folder("combined") / ".coverage"
        # In files: a change may have more of them than an argument or a line takes.
        asked, told = (ctx.scratch_folder("combined") / name for name in ("changed.json", "told.json"))
        ctx.write_text(asked, json.dumps(changed))
        order = {
            "files": [str(path) for path in files],
            "folder": str(folder),
            "combined": str(combined),
            "for_merge": sharded,
            "folders": None,
            "changed": str(asked),
            "told": str(told),
            "config_file": settings.coverage_config,
            "leave_out": [] if configured else list(coverage_scope.tests_to_leave_out(ctx)),
        }
        env = ctx.child_environment(environment, None)
        log = ctx.scratch_folder("combined") / "said.json"
        completed = await ctx.run(str(environment.python), str(_PROBE), json.dumps(order), env=env, log=log)
        printed = (ctx.read_text(log) or "").strip()
        try:
            said = json.loads(printed.splitlines()[-1]) if printed else {}
        except ValueError:
            said = {}
        if completed.returncode or not isinstance(said, dict) or "version" not in said:
            error = said.get("error") if isinstance(said, dict) else None
            raise CannotRun(unread_reason(str(error or completed.ended), configured=configured), ctx.tail(log))
        ctx.used("coverage", str(said["version"]))
        # What `--cov-report=term-missing` would have printed belongs to the log.
        ctx.write_text(ctx.log, ctx.read_text(folder / "coverage.txt") or "")
        return said | {"report": ctx.read_text(folder / "coverage.json") or "", "told": ctx.read_text(told)}

    def stuck_at(self, ctx: Context) -> str:
        """Nothing to tell: combining is one step."""
        del ctx
        return ""

    def judge(self, evidence: CoverageEvidence, options: CoverageOptions) -> Judgement:
        """Fail below the threshold, without rounding."""
        return judge_coverage(evidence, options)


def _parsed(ctx: Context, text: str) -> CoverageReport:
    try:
        return parse_coverage(text)
    except UnreadableError as error:
        raise CannotRun(str(error), ctx.tail()) from None


def _note(
    ctx: Context, evidence: CoverageEvidence, version: str, config_file: str | None, leave_out: tuple[str, ...]
) -> CoverageNote:
    return CoverageNote(
        version=version,
        own_threshold=evidence.own_threshold,
        own_precision=evidence.own_precision,
        tests=tuple(file.path for file in evidence.tests),
        unread=evidence.unread,
        folder=str(ctx.project.folder),
        config_file=config_file,
        leave_out=leave_out,
        patch=named_in_unicode(evidence.patch),
        unparsed=tuple(file for file in evidence.unparsed if is_unicode(file.path)),
    )


def unread_reason(told: str, *, configured: bool) -> str:
    """Say why there are no reports, from what coverage.py `told`."""
    if configured and told.startswith("No data to report"):
        return "the tests ran nothing of what coverage's `source` or `include` name: do they name what is there?"
    return f"the coverage data cannot be read: {told}"


def _located(ctx: Context, file: FileCoverage) -> FileCoverage:
    return FileCoverage(
        path=ctx.project.located(file.path),
        covered=file.covered,
        total=file.total,
        missing_lines=file.missing_lines,
        missing_branches=file.missing_branches,
    )


def _own_threshold(settings: PytestSettings, said: dict[str, Any]) -> Fraction | None:
    """Return the threshold of the project's own configuration; 0 is coverage.py's word for none."""
    asked = settings.coverage_threshold
    try:
        return percent(asked if asked is not None else said.get("fail_under")) or None
    except BadValue:
        return None
