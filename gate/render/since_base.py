"""What is new since the base, and what the base had already, in words and sections. Knows no gate."""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TypeVar

from gate.domain.comparison import Comparison, Slower, SuiteChange
from gate.domain.exhibit import TestCase
from gate.domain.finding import Finding, Severity
from gate.domain.report import Report
from gate.domain.result import GateResult, Outcome
from gate.domain.wording import clipped, counted
from gate.render.budget import Section
from gate.render.escape import code, code_link, text
from gate.render.exhibited import beside_tests, failing_cases
from gate.render.figures import change_of, duration_words
from gate.render.links import Links
from gate.render.markdown import Extent, and_more, fixed, shrinking, table

Thing = TypeVar("Thing", Finding, TestCase)

_MORE = {True: "more", False: "fewer"}
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_MOST_OF_A_NAME = 300
_MOST_OF_A_REASON = 200
_MOST_OF_A_TITLE = 100
_MOST_OF_A_LINE = 1_000


def newest_first(things: Iterable[Thing]) -> list[Thing]:
    """Put what the base has too behind what it has not, else in the order as it is."""
    return sorted(things, key=lambda thing: thing.in_base is True)


def is_new(thing: Finding | TestCase) -> bool:
    """Tell whether it is known that the base has it not."""
    return thing.in_base is False


def is_excused(thing: Finding | TestCase, result: GateResult) -> bool:
    """Tell whether a gate is not red for something, because the base has it too.

    So it is where a gate passed all the same, or where its limit is one of what is new.
    """
    counts_new = any(measure.counts_new and measure.threshold for measure in result.measures)
    return thing.in_base is True and (counts_new or result.outcome is Outcome.PASSED)


def versus_words(result: GateResult) -> str:
    """Say in a table's cell how a gate stands against the base: `new`, `2 new`, `none new`, or its figure's change."""
    change = change_of(result)
    if result.outcome is not Outcome.FAILED:
        return change
    errors = (finding for finding in beside_tests(result) if finding.severity is Severity.ERROR)
    red = [*(case.in_base for case in failing_cases(result)), *(finding.in_base for finding in errors)]
    if not red or None in red:
        return change
    new = red.count(False)
    return "new" if new == len(red) else f"{new:,} new" if new else "none new"


def old_tests(cases: Sequence[TestCase]) -> str:
    """Continue a count of failing tests: `, 3 of them fail in the base too`; "" where that is not known."""
    old = sum(case.in_base is True for case in cases)
    if not old:
        return _all_new(len(cases)) if cases and all(map(is_new, cases)) else ""
    if len(cases) == 1:
        return ", which fails in the base too"
    if old == 1:
        return ", 1 of them fails in the base too"
    return f", {'all' if old == len(cases) else f'{old:,}'} of them fail in the base too"


def new_findings(findings: Sequence[Finding]) -> str:
    """Continue a count of findings: `, 2 of them new`; "" where that is not known."""
    known = [finding for finding in findings if finding.in_base is not None]
    new = sum(map(is_new, known))
    if not known:
        return ""
    if new == len(findings):
        return _all_new(new)
    return f", {new:,} of them new" if new else ", not new" if len(findings) == 1 else ", none of them new"


def _all_new(number: int) -> str:
    return ", new" if number == 1 else ", all of them new"


def since_line(report: Report) -> Section:
    """Say in one line what became of the base's tests and findings; nothing where nothing was compared."""
    if report.comparison is None:
        return fixed("")
    titles = {result.gate: result.title for result in report.results}
    suites = [
        f"{clipped(titles.get(suite.gate, suite.gate), _MOST_OF_A_TITLE)}: {_size(suite)}"
        for suite in report.comparison.suites
        if suite.added or suite.removed or suite.now != suite.before
    ]
    told = "; ".join(filter(None, (*suites, *_ends(report.comparison))))
    return fixed(f"Since the base: {text(clipped(told, _MOST_OF_A_LINE))}." if told else "")


def slower_ones(report: Report, ladder: Sequence[Extent], links: Links) -> Iterable[Section]:
    """Show which gates and tests take longer than in the base, and how much."""
    slower = report.comparison.slower if report.comparison is not None else ()
    if not slower:
        return
    titles = {result.gate: result.title for result in report.results}

    def body(extent: Extent) -> str:
        rows = [_slower(one, titles.get(one.gate, one.gate)) for one in slower[: extent.items]]
        return table(["gate", "test", "in the base", "now"], rows) + and_more(len(slower) - len(rows), links)

    yield shrinking(f"{len(slower):,} slower than in the base", ladder, body, links)


def compared_with(report: Report, links: Links) -> str:
    """Say for a footer what the run was compared with, or why with nothing; "" where nobody asked."""
    missing, commit, origin = _compared(report)
    if missing:
        return f"not compared: {text(missing)}"
    chosen = f", {text(origin)}" if origin else ""
    return f"vs {code_link(commit[:7], links.page_of(commit))}{chosen}" if commit else ""


def compared_line(report: Report) -> str:
    """Say on the console what `compared_with` says for a footer; plain text, not escaped."""
    missing, commit, origin = _compared(report)
    if missing:
        return f"not compared: {missing}"
    chosen = f", {origin}" if origin else ""
    return f"compared with {commit[:7]}{chosen}" if commit else ""


def _compared(report: Report) -> tuple[str, str, str]:
    """Return why nothing was compared, else the base's commit and how it was chosen; "" for what is not known."""
    baseline = report.baseline
    if baseline is None:
        return "", "", ""
    commit = baseline.commit if _COMMIT.fullmatch(baseline.commit) else ""
    return clipped(baseline.missing, _MOST_OF_A_REASON), commit, clipped(baseline.origin, _MOST_OF_A_REASON)


def _size(suite: SuiteChange) -> str:
    more = suite.now - suite.before
    moved = f" ({suite.added:,} added, {suite.removed:,} removed)" if suite.removed else ""
    return f"{suite.now:,}, {f'{abs(more):,} {_MORE[more > 0]}' if more else 'as many'}{moved}"


def _ends(comparison: Comparison) -> Iterable[str]:
    mended = sum(len(suite.mended) for suite in comparison.suites)
    gone = sum(comparison.mended_findings.values())
    yield counted(mended, "mended test") if mended else ""
    yield f"{counted(gone, 'finding')} gone" if gone else ""


def _slower(one: Slower, title: str) -> list[str]:
    name = code(clipped(one.name, _MOST_OF_A_NAME)) if one.name else "all of it"
    return [text(clipped(title, _MOST_OF_A_NAME)), name, _seconds(one.before), _seconds(one.now)]


def _seconds(seconds: float) -> str:
    return duration_words(timedelta(seconds=seconds))
