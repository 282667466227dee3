"""The verdict for a terminal or a CI log: plain lines, no colour, no cursor. Prints nothing."""

from collections.abc import Iterable

from gate.domain.finding import Location
from gate.domain.report import Problem, Report
from gate.domain.result import GateResult
from gate.render.escape import console_line
from gate.render.figures import (
    beside_exhibits,
    clipped,
    counted,
    coverage_of,
    duration_words,
    failing_cases,
    leading,
    limit_words,
    range_words,
    result_words,
    short_name,
)
from gate.render.headline import headline
from gate.render.next_steps import Step, by_weight, first_line, next_steps

_MOST_LINES = 50
_MOST_RANGES = 8
_WIDEST_RESULT = 60


def render_console(report: Report) -> str:
    """Render the report as lines: what fails with its place, then the gates, and the verdict last, where it is read."""
    blocks = [
        *(_evidence(result) for result in report.results),
        [_problem_line(problem) for problem in report.problems],
        [f"found: {line}" for line in report.found],
        [f"notice: {notice}" for notice in report.notices],
        _table(report),
        _next(report),
        [headline(report, report.subject.name)],
    ]
    return "\n\n".join("\n".join(console_line(line) for line in block) for block in blocks if block) + "\n"


def render_result_line(result: GateResult) -> str:
    """Render how one gate ended, in one line: `unit tests failed: 1 of 148 failed, in 12 s`."""
    words = f"{result.title} {result.outcome}: {_one_line(result)}"
    return console_line(f"{words} (in {duration_words(result.duration)})")


def _evidence(result: GateResult) -> list[str]:
    lines = [*_tests(result), *_findings(result), *_missing(result)]
    if not lines:
        return []
    shown = lines[:_MOST_LINES]
    if len(lines) > len(shown):
        shown.append(f"… and {counted(len(lines) - len(shown), 'more line')} in report.json")
    return [f"{result.title}: {result.outcome}", *(f"  {line}" for line in shown)]


def _tests(result: GateResult) -> Iterable[str]:
    for case in failing_cases(result):
        yield f"{_place(case.location)}{short_name(case)} {case.outcome}: {first_line(case.message)}".rstrip(": ")


def _findings(result: GateResult) -> Iterable[str]:
    for finding in by_weight(beside_exhibits(result)):
        yield f"{_place(finding.location)}{finding.severity} {finding.rule_id} {first_line(finding.message)}"


def _missing(result: GateResult) -> Iterable[str]:
    measure = leading(result)
    if measure is None or measure.holds:
        return
    for exhibit in coverage_of(result):
        for file in exhibit.files:
            if file.missing_lines:
                yield f"{file.path} not covered: {range_words(file.missing_lines, _MOST_RANGES)}"


def _problem_line(problem: Problem) -> str:
    where = str(Location(path=problem.path, line=problem.line)) + " " if problem.path else ""
    value = f" is {problem.value}" if problem.value else ""
    instead = f"; write instead: {problem.instead}" if problem.instead else ""
    return f"{where}{problem.place}{value}: {problem.message}{instead}"


def _table(report: Report) -> list[str]:
    rows = [
        (str(result.outcome), result.title, clipped(_one_line(result), _WIDEST_RESULT), limit_words(leading(result)))
        for result in report.results
    ]
    widths = [max((len(row[at]) for row in rows), default=0) for at in range(4)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _one_line(result: GateResult) -> str:
    words = result_words(result)
    return " ".join(words.removeprefix(f"{result.outcome}: ").split())


def _next(report: Report) -> list[str]:
    lines = [f"  {number}. {_step(step)}" for number, step in enumerate(next_steps(report), 1)]
    return ["Next", *lines] if lines else []


def _step(step: Step) -> str:
    spots = "; ".join(f"{spot.location.path} {spot.lines}" for spot in step.spots)
    return f"{_place(step.location)}{step.subject}: {step.message} {spots}".rstrip()


def _place(location: Location | None) -> str:
    return f"{location} " if location else ""
