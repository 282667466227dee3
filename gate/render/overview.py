"""What a reviewer reads first: verdict, gates, what to do next. GitHub's Markdown; knows no gate."""

from collections.abc import Iterable, Sequence

from gate.domain.finding import Location
from gate.domain.report import Problem, Report, Verdict
from gate.domain.result import GateResult, Outcome
from gate.domain.wording import clipped, counted
from gate.render.budget import Section
from gate.render.escape import code, code_link, link, quoting, text
from gate.render.figures import (
    brief_words,
    duration_words,
    leading,
    limit_words,
    result_words,
    uncommitted_words,
    wall_clock,
    with_outcome,
    without_repeats,
)
from gate.render.headline import MARKS, headline, mark
from gate.render.links import Links
from gate.render.markdown import Extent, and_more, fixed, listing, table
from gate.render.next_steps import Spot, Step, is_said_by_headline, next_steps
from gate.render.since_base import compared_with, versus_words

_MOST_OF_A_CELL = 300
_MOST_OF_A_PLACE = 1_000
_MOST_OF_A_TITLE = 100
_MOST_PROBLEMS = 100


def heading(report: Report) -> str:
    """Head the document with the verdict."""
    name = f" {code(clipped(report.subject.name, _MOST_OF_A_TITLE))}" if report.subject.name else ""
    words, space, rest = headline(report).removeprefix("Quality Gate").partition(" ")
    return f"### {mark(report)} Quality Gate{name}{words}{space}{text(rest)}"


def opening(report: Report, links: Links, contradiction: str) -> str:
    """Head the document with the verdict, or with how the run ended where that contradicts the report."""
    if not contradiction:
        return heading(report)
    name = f" {code(clipped(report.subject.name, _MOST_OF_A_TITLE))}" if report.subject.name else ""
    return (
        f"### {MARKS[Outcome.ERRORED]} Quality Gate{name}: {text(contradiction)}\n\n"
        f"**The report says that the gate passed.** Another job of the run did not, or the report is not to be "
        f"believed: {link('the run', links.run_url)} decides."
    )


def verdict_line(report: Report) -> Section:
    """Put all gates in one line: for a report in which there is nothing to look for."""
    return fixed(" · ".join(text(f"{result.title} {brief_words(result)}") for result in report.results))


def gate_table(report: Report) -> Section:
    """Show a row a gate: outcome, figure, limit, and the change against the base where there is one."""
    compared = any(map(versus_words, report.results))
    columns = ["", "gate", "result", "limit", "vs base"] if compared else ["", "gate", "result", "limit"]
    rows = [_row(result)[: len(columns)] for result in without_repeats(report)]
    return fixed(table(columns, rows) if rows else "")


def problem_table(report: Report, links: Links) -> Section:
    """Show the mistakes of the configuration, each with what to write instead."""
    rows = [_problem(problem, links) for problem in report.problems[:_MOST_PROBLEMS]]
    if not rows:
        return fixed("")
    block = table(["where", "value", "what is wrong", "write instead"], rows)
    return fixed(block + and_more(len(report.problems) - len(rows), links))


def next_list(report: Report, links: Links) -> Section:
    """Say what to do next, the one thing for each red gate first; nothing where the heading said it all."""
    steps = next_steps(report)
    if not steps or is_said_by_headline(report, steps):
        return fixed("")
    return fixed("\n".join(["**Next**", "", *(f"{at}. {_step(step, links)}" for at, step in enumerate(steps, 1))]))


def skipped_gates(report: Report, ladder: Sequence[Extent], links: Links) -> Iterable[Section]:
    """Say which gates were skipped and why."""
    skipped = with_outcome(report.results, Outcome.SKIPPED)
    if skipped:
        yield listing(counted(len(skipped), "skipped gate"), skipped, _skipped, ladder, links)


def notices(report: Report, ladder: Sequence[Extent], links: Links) -> Iterable[Section]:
    """Say what there is to say about the run as a whole."""
    if report.notices:
        yield listing(counted(len(report.notices), "notice"), report.notices, _sentence, ladder, links)


def found(report: Report, ladder: Sequence[Extent], links: Links) -> Iterable[Section]:
    """Say what the project's files told and what was decided by them."""
    if report.found:
        yield listing("What was found", report.found, _sentence, ladder, links)


def footer(report: Report, links: Links, version: str) -> str:
    """Say from which commit and run this is, how long it took, and where the evidence lies."""
    subject = report.subject
    commit = links.commit or subject.commit
    parts = [f"commit {code_link(commit[:7], links.commit_url)}{uncommitted_words(subject)}" if commit else ""]
    if subject.run_id:
        parts.append(f"run {subject.run_id} attempt {subject.run_attempt or 1}")
    if subject.shard is not None:
        parts.append(f"{subject.shard.words}: the merge decides")
    parts.append(compared_with(report, links))
    parts.append(duration_words(wall_clock(report)) if report.results else "")
    for label, url in (("report", links.artifact_url), ("coverage", links.coverage_url), ("logs", links.run_url)):
        parts.append(link(label, url) if url else "")
    parts.append(text(f"Quality Gate {version}"))
    return f"<sub>{' · '.join(filter(None, parts))}</sub>"


def is_calm(report: Report) -> bool:
    """Tell whether one line says it all."""
    return report.verdict is Verdict.PASSED


def place(location: Location, links: Links) -> str:
    """Name a place in the source, linked to its line at this commit."""
    return code_link(clipped(str(location), _MOST_OF_A_PLACE), links.line_url(location))


def _row(result: GateResult) -> list[str]:
    return [
        MARKS[result.outcome],
        text(clipped(result.title, _MOST_OF_A_TITLE)),
        _sentence(result_words(result)),
        text(limit_words(leading(result))),
        text(versus_words(result)),
    ]


def _problem(problem: Problem, links: Links) -> list[str]:
    location = Location(path=problem.path, line=problem.line) if problem.path else None
    return [
        code_link(clipped(problem.place, _MOST_OF_A_PLACE), links.line_url(location)),
        code(clipped(problem.value, _MOST_OF_A_CELL)) if problem.value else "",
        _sentence(problem.message),
        _sentence(problem.instead),
    ]


def _step(step: Step, links: Links) -> str:
    where = f"{place(step.location, links)} " if step.location else ""
    words = where + f"{text(clipped(step.subject, _MOST_OF_A_PLACE))}: {text(step.message)}"
    spots = "; ".join(_spot(spot, links) for spot in step.spots)
    return f"{words} {spots}{text(step.ending)}" if spots else words


def _spot(spot: Spot, links: Links) -> str:
    path = clipped(spot.location.path, _MOST_OF_A_PLACE)
    return f"{code_link(path, links.line_url(spot.location))} {quoting(spot.lines)}"


def _skipped(result: GateResult) -> str:
    return f"{text(result.title)}: {_sentence(result.reason)}"


def _sentence(words: str) -> str:
    return text(clipped(words, _MOST_OF_A_CELL))
