"""The verdict for a terminal or a CI log: plain lines, no colour, no cursor. Prints nothing.

What has a place is told in the form of compilers, `path:line:column: error: message`, which editors read
(docs/editors.md).
"""

import textwrap
from collections.abc import Iterable

from gate.domain.exhibit import TestCase
from gate.domain.finding import Finding, Location, Severity
from gate.domain.report import Problem, Report
from gate.domain.result import GateResult, Outcome
from gate.domain.wording import clipped, counted
from gate.render.escape import console_line
from gate.render.exhibited import beside_exhibits, ended_words, failing_cases, short_name
from gate.render.figures import (
    duration_words,
    figure_words,
    leading,
    limit_words,
    range_words,
    result_words,
    without_repeats,
)
from gate.render.headline import headline
from gate.render.next_steps import Step, by_weight, first_line, is_said_by_headline, next_steps
from gate.render.since_base import compared_line, is_excused, is_new, newest_first, versus_words
from gate.render.uncovered import told_files
from gate.render.weakened import at_its_place, weakened_words

_MOST_LINES = 50
_MOST_RANGES = 8
_WIDEST_RESULT = 60
# Narrower, nothing is broken into lines.
_NARROWEST = 24
_MOST_OF_A_REASON = 2_000
_WIDEST_TEST = 200


def render_console(report: Report, width: int | None = None) -> str:
    """Render the report as lines: what fails with its place, then the gates, and the verdict last, where it is read.

    On a terminal that is `width` characters wide, sentences are broken at that; what editors read never is.
    """
    blocks = [
        *(_evidence(result) for result in report.results),
        _weakened(report),
        [_problem_line(problem) for problem in report.problems],
        [f"found: {line}" for line in report.found],
        [f"notice: {notice}" for notice in report.notices],
        _table(report, width),
        list(filter(None, [compared_line(report)])),
        _next(report, width),
        [headline(report, report.subject.name)],
    ]
    return "\n\n".join("\n".join(console_line(line) for line in block) for block in blocks if block) + "\n"


def render_result_line(result: GateResult) -> str:
    """Render how one gate ended, in one line: `unit tests failed: 1 of 148 failed, in 12 s`."""
    words = f"{result.title} {result.outcome}: {_in_one_line(result)}"
    return console_line(f"{words} (in {duration_words(result.duration)})")


def _evidence(result: GateResult) -> list[str]:
    """Tell what a gate is red for, and what else it found; what it is not red for is counted."""
    cases, findings = failing_cases(result), beside_exhibits(result)
    told_cases = [case for case in cases if not is_excused(case, result)]
    told_findings = [finding for finding in findings if not is_excused(finding, result)]
    lines = [*_tests(told_cases), *_findings(told_findings), *_missing(result)]
    if not lines:
        return []
    shown = lines[:_MOST_LINES]
    if len(lines) > len(shown):
        shown.append(f"… and {counted(len(lines) - len(shown), 'more line')} in report.json")
    for noun, old in (("failing test", len(cases) - len(told_cases)), ("finding", len(findings) - len(told_findings))):
        if old:
            shown.append(f"… and {counted(old, noun)} that the base has too, in report.json")
    return [f"{result.title}: {result.outcome}", *shown]


def _tests(cases: Iterable[TestCase]) -> Iterable[str]:
    for case in newest_first(cases):
        words = f"{short_name(case)} {ended_words(case)}: {first_line(case.message)}".rstrip(": ")
        yield _told(case.location, Severity.ERROR, words + _marks(case))


def _findings(findings: Iterable[Finding]) -> Iterable[str]:
    for finding in newest_first(by_weight(findings)):
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
    shown = [_told(one.location, severity, first_line(at_its_place(one))) for one in report.weakenings[:_MOST_LINES]]
    if len(report.weakenings) > len(shown):
        shown.append(f"… and {counted(len(report.weakenings) - len(shown), 'more line')} in report.json")
    return [*shown, weakened_words(report)]


def _table(report: Report, width: int | None) -> list[str]:
    """Put a gate in a row; a reason that is too long for it stands whole below, or in the rest of the row."""
    results = without_repeats(report)
    limits = [limit_words(leading(result)) for result in results]
    versus = [versus_words(result) for result in results]
    first = (_widest(str(result.outcome) for result in results), _widest(result.title for result in results))
    last = (_widest(limits), _widest(versus))
    indent = sum(first) + 4
    room = _WIDEST_RESULT if width is None else min(_WIDEST_RESULT, width - indent - sum(last) - 4)
    told = [_told_result(result, max(room, _NARROWEST)) for result in results]
    widths = (*first, _widest(cell for cell, _ in told), *last)
    lines = []
    for result, (cell, reason), *others in zip(results, told, limits, versus, strict=True):
        row = (str(result.outcome), result.title, cell, *others)
        line = "  ".join(part.ljust(size) for part, size in zip(row, widths, strict=True)).rstrip()
        below = _wrapped(reason, indent, width)
        if below and not cell:
            line = f"{line[:indent].ljust(indent)}{below.pop(0).strip()}"
        lines += [line, *below]
    return lines


def _told_result(result: GateResult, room: int) -> tuple[str, str]:
    """Return what stands in a gate's row, and the reason where it does not; "" where there is no figure."""
    words = _in_one_line(result)
    if len(words) <= room:
        return words, ""
    if result.outcome in (Outcome.SKIPPED, Outcome.ERRORED):
        return "", clipped(words, _MOST_OF_A_REASON)
    return clipped(figure_words(result), _WIDEST_RESULT), clipped(" ".join(result.reason.split()), _MOST_OF_A_REASON)


def _widest(cells: Iterable[str]) -> int:
    return max(map(len, cells), default=0)


def _wrapped(words: str, indent: int, width: int | None) -> list[str]:
    """Indent a sentence, and break it where that leaves something to read."""
    if not words:
        return []
    room = 0 if width is None else width - indent
    # A figure stays with its unit.
    whole = words.replace(" %", "\0%")
    lines = textwrap.wrap(whole, room, break_on_hyphens=False) if room >= _NARROWEST else [whole]
    return [" " * indent + line.replace("\0", " ") for line in lines]


def _in_one_line(result: GateResult) -> str:
    """Leave out the outcome, which stands before."""
    return " ".join(result_words(result).removeprefix(f"{result.outcome}: ").split())


def _next(report: Report, width: int | None) -> list[str]:
    steps = next_steps(report)
    if is_said_by_headline(report, steps):
        return []
    lines = []
    for number, step in enumerate(steps, 1):
        first, *others = _wrapped(" ".join(_step(step).split()), 5, width)
        lines += [f"  {number}. {first.strip()}", *others]
    return ["Next", *lines] if lines else []


def _step(step: Step) -> str:
    spots = "; ".join(f"{spot.location.path} {spot.lines}" for spot in step.spots)
    return f"{_place(step.location)}{step.subject}: {step.message} {spots}".rstrip() + step.ending


def _place(location: Location | None) -> str:
    return f"{location} " if location else ""
