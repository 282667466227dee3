"""Gate `coverage`: what of the source ran in unit and integration tests together, judged exactly."""

import json
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import gate.probes
from gate.config.options import BadValue, option, percent
from gate.context import Context
from gate.domain.exhibit import FileCoverage, SourceCoverage, line_ranges
from gate.domain.finding import Finding, Location, Severity
from gate.domain.measure import Measure, Threshold, floored
from gate.domain.result import Artifact, Judgement, Outcome
from gate.formats import UnreadableError
from gate.formats.coverage_json import CoverageReport, parse_coverage
from gate.formats.pytest_settings import PytestSettings
from gate.gates import coverage_scope
from gate.gates.coverage_scope import outside_words, percent_inside, scope_words, words_of_tests
from gate.gates.suite_halves import read_pytest_settings, unread_by_pytest
from gate.gates.suite_judging import NOT_RUN
from gate.ports import CannotRun, ProjectEnvironment

GATE_ID = "coverage"
_PROBE = Path(gate.probes.__file__).parent / "coverage_reports.py"
_DEFAULT_THRESHOLD = Fraction(80)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageOptions:
    """Options of the gate."""

    threshold: Fraction | None = option(percent, None, "the least percentage; default: the project's fail_under, or 80")


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageEvidence:
    """What was measured and what the project itself asks for; `skipped` says why nothing was combined.

    `tests` are those of the `files` that are tests and count because they lie in what is measured. What `unread` files
    of tests tell another runner to run did not run.
    """

    skipped: str = ""
    report: CoverageReport | None = None
    files: tuple[FileCoverage, ...] = ()
    tests: tuple[FileCoverage, ...] = ()
    own_threshold: Fraction | None = None
    own_precision: int = 0
    unread: tuple[str, ...] = ()


class CoverageGate:
    """Combines the coverage data of the test gates."""

    id = GATE_ID
    title = "coverage"
    help_url = "https://coverage.readthedocs.io/"
    requires = ("unit-tests", "integration-tests")
    options = CoverageOptions

    async def collect(self, ctx: Context, options: CoverageOptions) -> CoverageEvidence:
        """Combine the data and write the reports."""
        del options
        halves = [ctx.results[gate] for gate in self.requires if gate in ctx.results]
        for half in halves:
            if half.outcome is Outcome.ERRORED:
                return CoverageEvidence(skipped=f"{half.title} {half.outcome}, so what they cover is not known")
            if any(measure.name == NOT_RUN for measure in half.measures):
                return CoverageEvidence(
                    skipped=f"some of the {half.title} did not run, so what they cover is not known"
                )
        if not any(half.outcome in (Outcome.PASSED, Outcome.FAILED) for half in halves):
            if ctx.named:
                raise CannotRun("no tests ran, so nothing was measured")
            return CoverageEvidence(skipped="no tests ran")
        files = ctx.files_below(ctx.scratch_folder("coverage"))
        if not files:
            raise CannotRun("the tests left no coverage data")
        environment = await ctx.environment()
        settings = read_pytest_settings(ctx, environment.packages.get("pytest", ""))
        configured = coverage_scope.is_configured(ctx, settings)
        if not configured and not ctx.named and not coverage_scope.has_source(ctx.project.files):
            return CoverageEvidence(skipped="there is no source beside the tests")
        said = await self._write_reports(ctx, environment, settings, files, configured=configured)
        text = ctx.read_text(ctx.evidence_folder("coverage") / "coverage.json")
        try:
            report = parse_coverage(text or "")
        except UnreadableError as error:
            raise CannotRun(str(error), ctx.tail()) from None
        located = tuple(_located(ctx, file) for file in report.files)
        tests = (_located(ctx, file) for file in report.files if coverage_scope.is_test(file.path))
        return CoverageEvidence(
            report=report,
            files=tuple(sorted(located, key=lambda file: file.path)),
            tests=() if configured else tuple(tests),
            own_threshold=_own_threshold(settings, said),
            own_precision=said["precision"] if isinstance(said.get("precision"), int) else 0,
            unread=unread_by_pytest(ctx, settings),
        )

    async def _write_reports(
        self,
        ctx: Context,
        environment: ProjectEnvironment,
        settings: PytestSettings,
        files: tuple[Path, ...],
        *,
        configured: bool,
    ) -> dict[str, Any]:
        order = {
            "files": [str(path) for path in files],
            "folder": str(ctx.evidence_folder("coverage")),
            "combined": str(ctx.scratch_folder("combined") / ".coverage"),
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
        ctx.write_text(ctx.log, ctx.read_text(ctx.evidence_folder("coverage") / "coverage.txt") or "")
        return said

    def stuck_at(self, ctx: Context) -> str:
        """Nothing to tell: combining is one step."""
        del ctx
        return ""

    def judge(self, evidence: CoverageEvidence, options: CoverageOptions) -> Judgement:
        """Fail below the threshold, without rounding."""
        report = evidence.report
        if report is None:
            return Judgement.skipped(evidence.skipped)
        if not report.total:
            return Judgement.errored("nothing was measured: no line of the source was seen")
        limit = next(
            limit for limit in (options.threshold, evidence.own_threshold, _DEFAULT_THRESHOLD) if limit is not None
        )
        threshold = Threshold(value=limit, direction="at-least")
        whole = Measure.ratio("coverage", report.covered, report.total, threshold=threshold)
        measures = [whole]
        if report.total_branches and report.total_lines:
            measures.append(Measure.ratio("line-coverage", report.covered_lines, report.total_lines))
            measures.append(Measure.ratio("branch-coverage", report.covered_branches, report.total_branches))
        reasons = [_rounding(whole, evidence.own_precision)] if not whole.holds else []
        outside = outside_words(evidence.files)
        reasons += [outside, scope_words(evidence.files), words_of_tests(evidence.files, evidence.tests)]
        outcome = Outcome.PASSED if whole.holds else Outcome.FAILED
        if outside and ((percent_inside(evidence.files) or 0) >= limit) is not whole.holds:
            # The project's own files deserve the other verdict: neither is certain to be meant.
            outcome = Outcome.ERRORED
            reasons = [f"cannot decide: {outside}; name what is to be measured, with coverage's setting `source`"]
        elif evidence.unread and outcome is Outcome.FAILED:
            outcome = Outcome.ERRORED
            files = ", ".join(evidence.unread[:3])
            reasons.insert(0, f"cannot decide: what {files} tells another runner than pytest to run did not run")
        return Judgement(
            outcome=outcome,
            reason="; ".join(reason for reason in reasons if reason),
            measures=tuple(measures),
            findings=(*_of_scope(outside), *(() if whole.holds else _findings(evidence.files))),
            exhibits=(SourceCoverage(files=evidence.files),),
            artifacts=(
                Artifact(title="HTML", path="coverage/html"),
                Artifact(title="XML", path="coverage/coverage.xml"),
                Artifact(title="JSON", path="coverage/coverage.json"),
                Artifact(title="text", path="coverage/coverage.txt"),
            ),
        )


def unread_reason(told: str, *, configured: bool) -> str:
    """Say why there are no reports, from what coverage.py `told`."""
    if configured and told.startswith("No data to report"):
        return "the tests ran nothing of what coverage's `source` or `include` name: do they name what is there?"
    return f"the coverage data cannot be read: {told}"


def _rounding(whole: Measure, precision: int) -> str:
    """Say why the judgement differs where coverage.py itself would round up to the threshold."""
    limit = whole.threshold.value if whole.threshold else Fraction(0)
    if round(whole.value, precision) < limit:
        return ""
    return (
        f"exactly {whole.numerator} of {whole.denominator} is {floored(whole.value, 4)} %, below {floored(limit)} %; "
        f"coverage.py rounds it to {floored(Fraction(round(whole.value, precision)), precision)} %"
    )


def _of_scope(outside: str) -> tuple[Finding, ...]:
    if not outside:
        return ()
    return (Finding(gate=GATE_ID, rule_id="outside-project", severity=Severity.WARNING, message=outside),)


def _findings(files: tuple[FileCoverage, ...]) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            gate=GATE_ID,
            rule_id="missing-lines",
            severity=Severity.WARNING,
            message=f"line {first} did not run" if first == last else f"lines {first} to {last} did not run",
            location=Location(path=file.path, line=first, end_line=last),
        )
        for file in files
        for first, last in line_ranges(file.missing_lines)
    )


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
