"""The job summary: what the comment says, and all that it had no room for. Writes no file."""

from gate import __version__
from gate.domain.measure import Measure
from gate.domain.report import Report
from gate.domain.result import GateResult
from gate.domain.wording import clipped, counted
from gate.render import charts, checklist, evidence, missing, overview, since_base, weakened
from gate.render.budget import SUMMARY_LIMIT, Section, fit, utf8_bytes
from gate.render.escape import code, text
from gate.render.figures import change_words, limit_words, value_words
from gate.render.flaky import flaky_tests
from gate.render.links import Links
from gate.render.markdown import FOR_SUMMARY, fixed, report_link, shrinking, table

_MOST_OF_A_NAME = 300


def render_summary(report: Report, links: Links, limit: int = SUMMARY_LIMIT) -> str:
    """Render the job summary, no longer than `limit` bytes in UTF-8."""
    sections = [
        fixed(overview.heading(report)),
        weakened.weakened_line(report),
        overview.problem_table(report, links),
        overview.gate_table(report),
        overview.next_list(report, links),
        since_base.since_line(report),
        *weakened.weakened_places(report, FOR_SUMMARY, links),
        *evidence.failing_tests(report, FOR_SUMMARY, links),
        *evidence.findings(report, FOR_SUMMARY, links),
        *flaky_tests(report, FOR_SUMMARY, links),
        *evidence.matrices(report, FOR_SUMMARY, links),
        *charts.histograms(report, FOR_SUMMARY, links),
        *charts.series(report, FOR_SUMMARY, links),
        *missing.missing_lines(report, FOR_SUMMARY, links),
        *evidence.output_tails(report, FOR_SUMMARY, links),
        *evidence.tables(report, FOR_SUMMARY, links),
        _measures(report, links),
        *evidence.slowest_tests(report, links),
        *evidence.skipped_tests(report, FOR_SUMMARY, links),
        *checklist.checklist(report, FOR_SUMMARY, links),
        *since_base.slower_ones(report, FOR_SUMMARY, links),
        *overview.notices(report, FOR_SUMMARY, links),
        *overview.found(report, FOR_SUMMARY, links),
        _tools(report, links),
    ]
    tail = overview.footer(report, links, __version__)
    return fit(sections, tail=tail, limit=limit, size=utf8_bytes, elsewhere=f"see {report_link(links)}")


def _measures(report: Report, links: Links) -> Section:
    rows = [_measure(result, measure) for result in report.results for measure in result.measures]
    if not rows:
        return fixed("")
    block = table(["gate", "measure", "value", "limit", "vs base"], rows)
    return shrinking(counted(len(rows), "measure"), FOR_SUMMARY[-1:], lambda _: block, links)


def _measure(result: GateResult, measure: Measure) -> list[str]:
    counts = ""
    if measure.numerator is not None and measure.denominator is not None:
        counts = f" ({measure.numerator:,} of {measure.denominator:,})"
    words = (result.title, measure.name, value_words(measure) + counts, limit_words(measure), change_words(measure))
    return [text(clipped(word, _MOST_OF_A_NAME)) for word in words]


def _tools(report: Report, links: Links) -> Section:
    if not report.tool_versions:
        return fixed("")
    rows = [
        [text(clipped(name, _MOST_OF_A_NAME)), code(clipped(version, _MOST_OF_A_NAME))]
        for name, version in sorted(report.tool_versions.items())
    ]
    return shrinking("Tool versions", FOR_SUMMARY[-1:], lambda _: table(["tool", "version"], rows), links)
