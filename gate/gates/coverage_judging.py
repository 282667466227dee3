"""What is concluded from coverage, of one run or of all shards together. Pure: it runs nothing and reads no file."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from gate.domain.exhibit import ERROR_PATH_COVERAGE, PATCH_COVERAGE, FileCoverage, SourceCoverage, line_ranges
from gate.domain.finding import Finding, Location, Severity
from gate.domain.measure import Measure, Threshold, floored
from gate.domain.patch import Patch
from gate.domain.result import Artifact, GateResult, Judgement, Outcome
from gate.domain.unparsed import UnparsedFile
from gate.formats.coverage_json import CoverageReport
from gate.gates.coverage_errors import (
    ErrorPathCount,
    error_path_findings,
    error_path_measure,
    unknown_error_paths,
    words_of_error_paths,
)
from gate.gates.coverage_options import DEFAULT_THRESHOLD, OFF, CoverageOptions
from gate.gates.coverage_patch import PatchJudgement, PatchLimits, judge_patch
from gate.gates.coverage_scope import outside_words, percent_inside, scope_words, words_of_tests
from gate.gates.coverage_unparsed import unparsed_findings, unparsed_words
from gate.gates.suite_judging import NOT_RUN

GATE_ID = "coverage"
NO_TESTS = "no tests ran"
NOTHING_MEASURED = "no tests ran, so nothing was measured"
_REPORTS = (
    Artifact(title="HTML", path="coverage/html"),
    Artifact(title="XML", path="coverage/coverage.xml"),
    Artifact(title="JSON", path="coverage/coverage.json"),
    Artifact(title="text", path="coverage/coverage.txt"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageEvidence:
    """What was measured and what the project itself asks for; `skipped` says why nothing was combined.

    `tests` are those of the `files` that are tests and count because they lie in what is measured. What `unread` files
    of tests tell another runner to run did not run. What does not parse is `unparsed`.
    """

    skipped: str = ""
    report: CoverageReport | None = None
    files: tuple[FileCoverage, ...] = ()
    tests: tuple[FileCoverage, ...] = ()
    own_threshold: Fraction | None = None
    own_precision: int = 0
    unread: tuple[str, ...] = ()
    error_paths: ErrorPathCount = field(default_factory=ErrorPathCount)
    patch: Patch | None = None
    unparsed: tuple[UnparsedFile, ...] = ()


def judge_coverage(evidence: CoverageEvidence, options: CoverageOptions) -> Judgement:
    """Fail below the threshold, without rounding."""
    report = evidence.report
    if report is None:
        return Judgement.skipped(evidence.skipped)
    if not report.total:
        return Judgement.errored("nothing was measured: no line of the source was seen")
    limit = _limit(evidence, options)
    threshold = Threshold(value=limit, direction="at-least")
    whole = Measure.ratio("coverage", report.covered, report.total, threshold=threshold)
    whole = replace(whole, max_fall=options.max_fall)
    measures = [whole, *_of_parts(report)]
    of_errors = error_path_measure(evidence.error_paths, options.error_path_threshold)
    measures += [of_errors] if of_errors is not None else []
    of_patch = _of_patch(evidence, options, limit)
    measures += [of_patch.measure] if of_patch.measure is not None else []
    outside = outside_words(evidence.files)
    reasons = _remarks(evidence, whole, of_errors)
    # Of the change what is red comes first, and what is not last.
    reasons.insert(0 if of_patch.findings else len(reasons), of_patch.reason)
    unknown = unknown_error_paths(evidence.error_paths, options.error_path_threshold) or _unknown(of_patch, options)
    outcome = Outcome.PASSED if all(measure.holds for measure in measures) else Outcome.FAILED
    if outside and ((percent_inside(evidence.files) or 0) >= limit) is not whole.holds:
        # The project's own files deserve the other verdict: neither is certain to be meant.
        outcome = Outcome.ERRORED
        reasons = [f"cannot decide: {outside}; name what is to be measured, with coverage's setting `source`"]
    elif evidence.unread and outcome is Outcome.FAILED:
        outcome = Outcome.ERRORED
        files = ", ".join(evidence.unread[:3])
        reasons.insert(0, f"cannot decide: what {files} tells another runner than pytest to run did not run")
    elif unknown and outcome is Outcome.PASSED:
        outcome = Outcome.ERRORED
        reasons = [unknown, *(reason for reason in reasons if not unknown.endswith(reason))]
    return Judgement(
        outcome=outcome,
        reason="; ".join(filter(None, reasons)),
        measures=tuple(measures),
        findings=(
            *_of_scope(outside),
            *unparsed_findings(GATE_ID, evidence.unparsed),
            *of_patch.findings,
            *_findings(evidence.files, measures),
        ),
        exhibits=(SourceCoverage(files=evidence.files),),
        artifacts=_REPORTS,
    )


def _remarks(evidence: CoverageEvidence, whole: Measure, of_errors: Measure | None) -> list[str]:
    """Say what is worth knowing of the figures; "" where there is nothing."""
    return [
        _rounding(whole, evidence.own_precision) if not whole.holds else "",
        words_of_error_paths(evidence.error_paths, of_errors),
        unparsed_words(evidence.unparsed),
        outside_words(evidence.files),
        scope_words(evidence.files),
        words_of_tests(evidence.files, evidence.tests),
    ]


def _limit(evidence: CoverageEvidence, options: CoverageOptions) -> Fraction:
    asked = (options.threshold, evidence.own_threshold, DEFAULT_THRESHOLD)
    return next(limit for limit in asked if limit is not None)


def _of_parts(report: CoverageReport) -> tuple[Measure, ...]:
    """Return the figures of lines and of branches, where both were measured."""
    if not (report.total_branches and report.total_lines):
        return ()
    return (
        Measure.ratio("line-coverage", report.covered_lines, report.total_lines),
        Measure.ratio("branch-coverage", report.covered_branches, report.total_branches),
    )


def _of_patch(evidence: CoverageEvidence, options: CoverageOptions, limit: Fraction) -> PatchJudgement:
    """Judge the change's own lines: by default with the limit of the whole."""
    if evidence.patch is None:
        return PatchJudgement()
    least = limit if options.patch_threshold is None else options.patch_threshold
    limits = PatchLimits(threshold=None if least == OFF else least, minimum=options.patch_minimum)
    unparsed = {file.path for file in evidence.unparsed}
    return judge_patch(GATE_ID, evidence.patch, evidence.files, limits, unparsed)


def _unknown(of_patch: PatchJudgement, options: CoverageOptions) -> str:
    """Say that a limit for the change that the user has set cannot be judged; "" where it can, or none is set."""
    if of_patch.is_known or options.patch_threshold in (None, OFF):
        return ""
    return f"cannot decide: `patch-threshold` is set, and {of_patch.reason}"


def not_known(halves: Sequence[GateResult]) -> str:
    """Say why it cannot be known what the tests cover, "" where it can."""
    for half in halves:
        if half.outcome is Outcome.ERRORED:
            return f"{half.title} {half.outcome}, so what they cover is not known"
        if any(measure.name == NOT_RUN for measure in half.measures):
            return f"some of the {half.title} did not run, so what they cover is not known"
    return ""


def any_ran(halves: Sequence[GateResult]) -> bool:
    """Tell whether any tests ran."""
    return any(half.outcome in (Outcome.PASSED, Outcome.FAILED) for half in halves)


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


def _findings(files: tuple[FileCoverage, ...], measures: Sequence[Measure]) -> tuple[Finding, ...]:
    """Return what did not run where that is why the gate is red, paths for errors first: they are what is forgotten."""
    red = [measure.name for measure in measures if not measure.holds]
    of_errors = error_path_findings(GATE_ID, files) if {"coverage", ERROR_PATH_COVERAGE}.intersection(red) else ()
    if "coverage" not in red:
        return of_errors
    of_lines = tuple(
        Finding(
            gate=GATE_ID,
            rule_id="missing-lines",
            severity=Severity.WARNING,
            message=f"line {first} did not run" if first == last else f"lines {first} to {last} did not run",
            location=Location(path=file.path, line=first, end_line=last),
        )
        for file in files
        for first, last in line_ranges(_not_told(file, red))
    )
    return (*of_errors, *of_lines)


def _not_told(file: FileCoverage, red: Sequence[str]) -> tuple[int, ...]:
    """Return the missing lines but those that were told as paths for errors, or as the change's."""
    of_patch = file.patch_missing if PATCH_COVERAGE in red else ()
    return tuple(sorted({*file.missing_lines}.difference(file.error_lines, of_patch)))
