"""What is concluded from coverage, of one run or of all shards together. Pure: it runs nothing and reads no file."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from gate.config.options import option, percent
from gate.domain.exhibit import FileCoverage, SourceCoverage, line_ranges
from gate.domain.finding import Finding, Location, Severity
from gate.domain.measure import Measure, Threshold, floored
from gate.domain.result import Artifact, GateResult, Judgement, Outcome
from gate.formats.coverage_json import CoverageReport
from gate.gates.coverage_scope import outside_words, percent_inside, scope_words, words_of_tests
from gate.gates.suite_judging import NOT_RUN

GATE_ID = "coverage"
NO_TESTS = "no tests ran"
NOTHING_MEASURED = "no tests ran, so nothing was measured"
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


def judge_coverage(evidence: CoverageEvidence, options: CoverageOptions) -> Judgement:
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
