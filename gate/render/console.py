"""The verdict for a terminal or a CI log: plain lines, no colour, no cursor. Prints nothing.

What has a place is told in the form of compilers, `path:line:column: error: message`, which editors read
(docs/editors.md).
"""

from collections.abc import Iterable

from gate.domain.exhibit import TestCase
from gate.domain.finding import Finding, Location, Severity
from gate.domain.report import Problem, Report
from gate.domain.result import GateResult
from gate.domain.wording import clipped, counted
from gate.render.escape import console_line
from gate.render.figures import (
    beside_exhibits,
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
from gate.render.since_base import compared_line, is_new, newest_first, versus_words
from gate.render.uncovered import told_files
from gate.render.weakened import weakened_words

_MOST_LINES = 50
_MOST_RANGES = 8
_WIDEST_RESULT = 60
_WIDEST_TEST = 200


def render_console(report: Report) -> str:
    """Render the report as lines: what fails with its place, then the gates, and the verdict last, where it is read."""
    blocks = [
        *(_evidence(result) for result in report.results),
        _weakened(report),
        [_problem_line(problem) for problem in report.problems],
        [f"found: {line}" for line in report.found],
        [f"notice: {notice}" for notice in report.notices],
        _table(report),
        list(filter(None, [compared_line(report)])),
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
    return [f"{result.title}: {result.outcome}", *shown]


def _tests(result: GateResult) -> Iterable[str]:
    for case in newest_first(failing_cases(result)):
        words = f"{short_name(case)} {case.outcome}: {first_line(case.message)}".rstrip(": ")
        yield _told(case.location, Severity.ERROR, words + _marks(case))


def _findings(result: GateResult) -> Iterable[str]:
    for finding in newest_first(by_weight(beside_exhibits(result))):
        yield _told(finding.location, finding.severity, first_line(finding.message) + _marks(finding, finding.rule_id))


def _told(location: Location | None, severity: Severity, words: str) -> str:
    """Tell in the form of GNU (https://www.gnu.org/prep/standards/html_node/Errors.html), to the log a whole line.

    A place that is a whole file is told as its begin, for no reader of the form takes less.
    """
    weight = "note" if severity is Severity.NOTICE else severity
    place = "" if location is None else f"{location.path}:{location.line or 1}:{location.column or 1}: "
    return f"{place}{weight}: {words}"


def _marks(thing: Finding | TestCase, rule_id: str = "") -> str:
    marks = ", ".join(filter(None, (rule_id, "new" if is_new(thing) else "")))
    return f" ({marks})" if marks else ""


def _missing(result: GateResult) -> Iterable[str]:
    files = list(told_files(result))
    for file, paths, _ in files:
        for path in paths:
            place = Location(path=file.path, line=path.line)
            yield _told(place, Severity.WARNING, f"no test in which {clipped(path.test, _WIDEST_TEST)}")
    for file, _, lines in files:
        if lines:
            place = Location(path=file.path, line=lines[0])
            yield _told(place, Severity.WARNING, f"not covered: {range_words(lines, _MOST_RANGES)}")


def _problem_line(problem: Problem) -> str:
    value = f" is {problem.value}" if problem.value else ""
    instead = f"; write instead: {problem.instead}" if problem.instead else ""
    words = f"{problem.place}{value}: {problem.message}{instead}"
    return _told(Location(path=problem.path, line=problem.line), Severity.ERROR, words) if problem.path else words


def _weakened(report: Report) -> list[str]:
    if not report.weakenings:
        return []
    severity = Severity.ERROR if report.is_weakened else Severity.WARNING
    shown = [_told(one.location, severity, first_line(one.message)) for one in report.weakenings[:_MOST_LINES]]
    if len(report.weakenings) > len(shown):
        shown.append(f"… and {counted(len(report.weakenings) - len(shown), 'more line')} in report.json")
    return [*shown, weakened_words(report)]


def _table(report: Report) -> list[str]:
    rows = [
        (
            str(result.outcome),
            result.title,
            clipped(_one_line(result), _WIDEST_RESULT),
            limit_words(leading(result)),
            versus_words(result),
        )
        for result in report.results
    ]
    widths = [max((len(row[at]) for row in rows), default=0) for at in range(5)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _one_line(result: GateResult) -> str:
    words = result_words(result)
    return " ".join(words.removeprefix(f"{result.outcome}: ").split())


def _next(report: Report) -> list[str]:
    lines = [f"  {number}. {_step(step)}" for number, step in enumerate(next_steps(report), 1)]
    return ["Next", *lines] if lines else []


def _step(step: Step) -> str:
    spots = "; ".join(f"{spot.location.path} {spot.lines}" for spot in step.spots)
    return f"{_place(step.location)}{step.subject}: {step.message} {spots}".rstrip() + step.ending


def _place(location: Location | None) -> str:
    return f"{location} " if location else ""
