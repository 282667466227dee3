"""What lies folded under the overview: failing tests, findings, output, tables.

GitHub's Markdown, by kind of exhibit; knows no gate.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from heapq import nlargest
from operator import attrgetter
from typing import TypeVar

from gate.domain.exhibit import (
    CaseOutcome,
    Matrix,
    MatrixRow,
    OutputTail,
    Table,
    TestCase,
)
from gate.domain.finding import Finding, Severity
from gate.domain.report import Report
from gate.domain.result import Outcome
from gate.domain.wording import clipped, counted
from gate.render.budget import Section
from gate.render.escape import code, code_link, link, pre, text
from gate.render.exhibited import beside_exhibits, cases_of, failing_cases, short_name, skipped_cases, tries_words
from gate.render.flaky import beside_flaky
from gate.render.headline import MARKS
from gate.render.links import Links
from gate.render.markdown import Extent, and_more, folded, listing, shrinking, table
from gate.render.next_steps import by_weight
from gate.render.overview import place
from gate.render.since_base import is_excused, is_new, new_findings, newest_first, old_tests

Titled = TypeVar("Titled", Matrix, OutputTail, Table)

_MOST_OF_A_NAME = 300
_MOST_OF_A_MESSAGE = 600
_MOST_COLUMNS = 30
_LEAST_OF_A_TAIL = 300
# Less reads as nothing.
_SLOW = 0.005
# What is known by its mark alone has no words beside it.
_ENDED = {
    "passed": MARKS[Outcome.PASSED],
    "failed": MARKS[Outcome.FAILED],
    "inconclusive": f"{MARKS[Outcome.ERRORED]} inconclusive",
    "warning": f"{MARKS[Outcome.ERRORED]} warning",
    "waived": f"{MARKS[Outcome.SKIPPED]} waived",
    "not exercised": f"{MARKS[Outcome.ERRORED]} not exercised",
    "not asked": "",
}


def failing_tests(report: Report, ladder: Sequence[Extent], links: Links) -> Iterable[Section]:
    """Show each gate's failing test cases: message, line at this commit, traceback and captured output."""
    for result in report.results:
        cases = failing_cases(result)
        if cases:
            summary = f"{counted(len(cases), 'failing test')} in {text(result.title)}{old_tests(cases)}"
            yield shrinking(summary, ladder, partial(_cases, newest_first(cases), links), links)


def findings(report: Report, ladder: Sequence[Extent], links: Links, *, with_excused: bool = True) -> Iterable[Section]:
    """Show each gate's findings, the most severe first; those that it is not red for may be counted alone."""
    for result in report.results:
        untold = beside_flaky(result, beside_exhibits(result))
        shown = [finding for finding in untold if with_excused or not is_excused(finding, result)]
        if shown:
            summary = f"{counted(len(untold), 'finding')} of {text(result.title)}{new_findings(untold)}"
            listed, others = newest_first(by_weight(shown)), len(untold) - len(shown)
            yield listing(summary, listed, partial(_finding, links), ladder, links, others)


def output_tails(report: Report, ladder: Sequence[Extent], links: Links) -> Iterable[Section]:
    """Show the last output of what could not finish."""
    for summary, exhibit in _titled(report, OutputTail):
        yield shrinking(summary, ladder, partial(_tail, exhibit), links)


def tables(report: Report, ladder: Sequence[Extent], links: Links) -> Iterable[Section]:
    """Show the tables of each gate."""
    for summary, exhibit in _titled(report, Table):
        yield shrinking(summary, ladder, partial(_table, exhibit, links), links)


def matrices(report: Report, ladder: Sequence[Extent], links: Links) -> Iterable[Section]:
    """Show the matrices of each gate: a row a thing, linked to its line, a mark for how it ended under a question."""
    for summary, exhibit in _titled(report, Matrix):
        yield shrinking(summary, ladder, partial(_matrix, exhibit, links), links)


def _titled(report: Report, kind: type[Titled]) -> Iterable[tuple[str, Titled]]:
    """Yield the exhibits of a kind, each with its gate's title and its own."""
    for result in report.results:
        for exhibit in result.exhibits:
            if isinstance(exhibit, kind):
                yield f"{text(result.title)}: {text(clipped(exhibit.title, _MOST_OF_A_NAME))}", exhibit


def skipped_tests(report: Report, ladder: Sequence[Extent], links: Links) -> Iterable[Section]:
    """Show each gate's skipped test cases and why."""
    for result in report.results:
        skipped = skipped_cases(result)
        if skipped:
            summary = f"{counted(len(skipped), 'skipped test')} in {text(result.title)}"
            yield listing(summary, skipped, partial(_skipped, links), ladder, links)


def slowest_tests(report: Report, links: Links, most: int = 10) -> Iterable[Section]:
    """Show the slowest test cases of all gates, and what each took."""
    timed = [
        (case, result)
        for result in report.results
        for case in nlargest(most, cases_of(result), key=attrgetter("seconds"))
    ]
    slowest = nlargest(most, timed, key=lambda pair: pair[0].seconds)
    slowest = [(case, result) for case, result in slowest if case.seconds >= _SLOW]
    if slowest:
        rows = [[_name(case, links), text(result.title), f"{case.seconds:,.2f} s"] for case, result in slowest]
        block = folded(counted(len(rows), "slowest test"), table(["test", "gate", "time"], rows))
        yield Section(variants=(block, ""))


def _cases(cases: Sequence[TestCase], links: Links, extent: Extent) -> str:
    blocks = [_case(case, extent, links) for case in cases[: extent.items]]
    return "\n\n".join(blocks) + and_more(len(cases) - extent.items, links)


def _case(case: TestCase, extent: Extent, links: Links) -> str:
    where = f" {place(case.location, links)}" if case.location else ""
    ended = " errored" if case.outcome is CaseOutcome.ERRORED else ""
    again = f", {tries_words(case)}" if case.retried else ""
    since = " (new)" if is_new(case) else " (in the base too)" if case.in_base else ""
    head = f"<strong>{code(clipped(short_name(case), _MOST_OF_A_NAME))}</strong>{ended}{again}{since}{where}"
    message = _line(case.message)
    details = pre(_middle_out(case.details, extent.output)) if case.details.strip() and extent.output else ""
    return "\n\n".join(filter(None, (head, message, details)))


def _skipped(links: Links, case: TestCase) -> str:
    return f"{_name(case, links)}: {_line(case.message)}" if case.message else _name(case, links)


def _name(case: TestCase, links: Links) -> str:
    return code_link(clipped(case.name, _MOST_OF_A_NAME), links.line_url(case.location))


def _finding(links: Links, finding: Finding) -> str:
    where = f"{place(finding.location, links)} " if finding.location else ""
    rule = f"{code_link(clipped(finding.rule_id, _MOST_OF_A_NAME), finding.help_url or '')} " if finding.rule_id else ""
    weight = "" if finding.severity is Severity.ERROR else f"{finding.severity}: "
    since = " (new)" if is_new(finding) else ""
    return f"{where}{rule}{weight}{_line(finding.message)}{since}"


def _table(exhibit: Table, links: Links, extent: Extent) -> str:
    columns = _columns(exhibit.columns)
    width = len(columns)
    rows = [
        [text(clipped(cell, _MOST_OF_A_MESSAGE)) for cell in (*row[:_MOST_COLUMNS], *[""] * width)[:width]]
        for row in exhibit.rows[: extent.items]
    ]
    return table(columns, rows) + and_more(len(exhibit.rows) - len(rows), links)


def _matrix(exhibit: Matrix, links: Links, extent: Extent) -> str:
    columns = _columns(exhibit.columns) or [""]
    rows = [_row(row, len(columns) - 1, links) for row in exhibit.rows[: extent.items]]
    return table(columns, rows) + and_more(len(exhibit.rows) - len(rows), links)


def _columns(names: Sequence[str]) -> list[str]:
    """Name the columns: of a table that is wider than anybody reads the first, and how many others there are."""
    shown = [text(clipped(name, _MOST_OF_A_NAME)) for name in names[:_MOST_COLUMNS]]
    more = len(names) - len(shown)
    return [*shown, f"… and {counted(more, 'more column')}"] if more else shown


def _row(row: MatrixRow, width: int, links: Links) -> list[str]:
    cells = (*row.cells[: _MOST_COLUMNS - 1], *[""] * width)[:width]
    label = link(clipped(row.label, _MOST_OF_A_MESSAGE), links.line_url(row.location))
    return [label, *(_ENDED[cell] if cell in _ENDED else text(clipped(cell, _MOST_OF_A_MESSAGE)) for cell in cells)]


def _line(message: str) -> str:
    return text(clipped(" ".join(message.split()), _MOST_OF_A_MESSAGE))


def _tail(exhibit: OutputTail, extent: Extent) -> str:
    return pre(_end(exhibit.text, max(extent.output, _LEAST_OF_A_TAIL)))


def _middle_out(output: str, limit: int) -> str:
    """Keep the start and the end of an output: the one has the failing line, the other what was printed last."""
    if len(output) <= limit:
        return output
    first, last = output[: limit * 2 // 3], output[-(limit // 3) :]
    left_out = len(output) - len(first) - len(last)
    return f"{first}\n… {left_out:,} characters left out …\n{last}"


def _end(output: str, limit: int) -> str:
    if len(output) <= limit:
        return output
    last = output[-limit:]
    return f"… {len(output) - limit:,} characters left out …\n{last.partition(chr(10))[2] or last}"
