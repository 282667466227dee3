"""The one comment on a pull request, to be read in ten seconds. Posts nothing."""

from gate import __version__
from gate.domain.report import Report
from gate.render import checklist, evidence, missing, overview, since_base, weakened
from gate.render.budget import COMMENT_LIMIT, characters, fit
from gate.render.flaky import flaky_tests
from gate.render.links import Links
from gate.render.markdown import FOR_COMMENT, fixed, report_link
from gate.render.marker import Marker, marker_of, render_marker


def render_comment(
    report: Report,
    links: Links,
    marker: Marker | None = None,
    limit: int = COMMENT_LIMIT,
    contradiction: str = "",
) -> str:
    """Render the comment: the marker in the first line, then the verdict, then everything else, folded.

    Without a `marker` it is made of the report itself; a publisher that was handed the report by an untrusted
    job passes its own, and in `contradiction` how the run ended where the report has it otherwise: that stands
    first. No longer than `limit` characters.
    """
    first = render_marker(marker or marker_of(report.subject))
    sections = [
        fixed(f"{first}\n{overview.opening(report, links, contradiction)}"),
        weakened.weakened_line(report),
        overview.problem_table(report, links),
        overview.verdict_line(report) if overview.is_calm(report) else overview.gate_table(report),
        overview.next_list(report, links),
        since_base.since_line(report),
        *weakened.weakened_places(report, FOR_COMMENT, links),
        *evidence.failing_tests(report, FOR_COMMENT, links),
        *evidence.findings(report, FOR_COMMENT, links, with_excused=False),
        *flaky_tests(report, FOR_COMMENT, links),
        *evidence.matrices(report, FOR_COMMENT, links),
        *missing.missing_lines(report, FOR_COMMENT, links),
        *evidence.output_tails(report, FOR_COMMENT, links),
        *evidence.tables(report, FOR_COMMENT, links),
        # What another job contradicts ticks nothing.
        *(() if contradiction else checklist.checklist(report, FOR_COMMENT, links)),
        *since_base.slower_ones(report, FOR_COMMENT, links),
        # A table has their reasons already.
        *(overview.skipped_gates(report, FOR_COMMENT, links) if overview.is_calm(report) else ()),
        *overview.notices(report, FOR_COMMENT, links),
    ]
    tail = overview.footer(report, links, __version__)
    return fit(sections, tail=tail, limit=limit, size=characters, elsewhere=f"see {report_link(links)}")
