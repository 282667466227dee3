"""What to do next, over all gates: a few steps, the most urgent first. Plain text, not escaped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from gate.domain.exhibit import CaseOutcome, FileCoverage
from gate.domain.finding import Finding, Location, Severity
from gate.domain.measure import Measure
from gate.domain.report import Report
from gate.domain.result import GateResult, Outcome
from gate.render.figures import (
    beside_exhibits,
    clipped,
    counted,
    coverage_of,
    failing_cases,
    leading,
    limit_words,
    range_words,
    result_words,
    short_name,
    with_outcome,
)

MOST_STEPS = 5
_MOST_OF_A_MESSAGE = 240
_MOST_FILES = 3
_MOST_RANGES = 4
_BY_WEIGHT = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTICE: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Lines of a file that a step points to, and where they start."""

    location: Location
    lines: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do: where, what it is about, and what to know; `spots` are further places."""

    message: str
    subject: str = ""
    location: Location | None = None
    spots: tuple[Spot, ...] = ()


def next_steps(report: Report) -> tuple[Step, ...]:
    """Return at most five steps. Each kind that there is gets one, before any gets a second."""
    failed = with_outcome(report.results, Outcome.FAILED)
    kinds = [
        [_errored(result) for result in with_outcome(report.results, Outcome.ERRORED)],
        [step for result in failed for step in _tests(result)],
        [*map(_finding, by_weight(each for result in failed for each in beside_exhibits(result))[:MOST_STEPS])],
        [step for result in failed for step in _coverage(result)],
        [_limit(result) for result in failed if not _is_explained(result)],
    ]
    shares = [min(1, len(kind)) for kind in kinds]
    for at, kind in enumerate(kinds):
        shares[at] += min(len(kind) - shares[at], MOST_STEPS - sum(shares))
    return tuple(step for kind, share in zip(kinds, shares, strict=True) for step in kind[:share])


def by_weight(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings, the most severe first, else in the order they were told."""
    return sorted(findings, key=lambda finding: _BY_WEIGHT[finding.severity])


def first_line(message: str) -> str:
    """Return the first line of a message that says something, cut to what is read at a glance."""
    lines = (line.strip() for line in message.splitlines())
    return clipped(next(filter(None, lines), ""), _MOST_OF_A_MESSAGE)


def _errored(result: GateResult) -> Step:
    reason = clipped(result.reason.removeprefix("cannot run: "), _MOST_OF_A_MESSAGE)
    return Step(subject=result.title, message=f"could not run: {reason}")


def _tests(result: GateResult) -> Iterable[Step]:
    for case in failing_cases(result)[:MOST_STEPS]:
        ended = "failed" if case.outcome is CaseOutcome.FAILED else "errored"
        yield Step(location=case.location, subject=short_name(case), message=first_line(case.message) or ended)


def _finding(finding: Finding) -> Step:
    return Step(location=finding.location, subject=finding.rule_id, message=first_line(finding.message))


def _coverage(result: GateResult) -> Iterable[Step]:
    measure = leading(result)
    files = [file for exhibit in coverage_of(result) for file in exhibit.files if file.missing_lines]
    short = None if measure is None else _short_by(measure)
    if short is None or not files:
        return
    files.sort(key=lambda file: -len(file.missing_lines))
    yield Step(
        message=f"cover {_more(short, files)} to reach {limit_words(measure).removeprefix('≥ ')}, starting with",
        subject=result.title,
        spots=tuple(
            Spot(
                location=Location(path=file.path, line=file.missing_lines[0]),
                lines=range_words(file.missing_lines, _MOST_RANGES),
            )
            for file in files[:_MOST_FILES]
        ),
    )


def _short_by(measure: Measure) -> int | None:
    """Return how much of the denominator is missing to the threshold, if the ratio does not reach it."""
    if measure.holds or measure.threshold is None or measure.numerator is None or measure.denominator is None:
        return None
    if measure.threshold.direction != "at-least":
        return None
    wanted = measure.threshold.value * measure.denominator / Fraction(100)
    return -((-wanted) // 1) - measure.numerator


def _more(number: int, files: Sequence[FileCoverage]) -> str:
    lines = counted(number, "more line")
    if any(file.missing_branches for file in files):
        return f"{lines} or {'branch' if number == 1 else 'branches'}"
    return lines


def _is_explained(result: GateResult) -> bool:
    return bool(failing_cases(result) or beside_exhibits(result) or next(iter(_coverage(result)), None))


def _limit(result: GateResult) -> Step:
    limit = limit_words(leading(result))
    return Step(subject=result.title, message=result_words(result) + (f" (limit: {limit})" if limit else ""))
