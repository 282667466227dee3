"""What must be read even where no script runs: verdict, weakenings, what to do next, and the gates over time."""

from datetime import timedelta

from gate.domain.exhibit import CaseOutcome
from gate.domain.finding import Location
from gate.domain.measure import Measure
from gate.domain.report import Problem, Report, Verdict
from gate.domain.result import GateResult, Outcome
from gate.domain.weakening import Policy, Weakening
from gate.domain.wording import clipped, counted
from gate.render.checklist import Answer, answers
from gate.render.escape import html
from gate.render.exhibited import beside_exhibits, cases_of
from gate.render.figures import (
    change_words,
    duration_words,
    leading,
    limit_words,
    result_words,
    uncommitted_words,
    value_words,
    wall_clock,
    without_repeats,
)
from gate.render.headline import headline
from gate.render.links import Links
from gate.render.next_steps import Step, next_steps
from gate.render.page.markup import anchor, listed, mark, place, section, table
from gate.render.since_base import versus_words
from gate.render.weakened import at_its_place

_MOST_OF_A_NAME = 200
_MOST_OF_A_SENTENCE = 1_000
_MOST = 200
_MOST_AT_ONCE = 8
_LEAST_OF_A_BAR = 0.6
_JUDGED_BY = {
    Policy.HEAD: "It was judged by its own configuration: look whether this is meant.",
    Policy.BASE: "It was judged by the configuration of the base.",
    Policy.STRICT: "The policy is strict: this alone makes the verdict red.",
}


def verdict(report: Report, links: Links) -> str:
    """Say the verdict, and of what: the first thing on the page."""
    subject = report.subject
    commit = links.commit or subject.commit
    run = f"run {subject.run_id}, attempt {subject.run_attempt or 1}"
    facts = [
        f"{html(subject.repository)}" if subject.repository else "",
        f"pull request {subject.pull_request}" if subject.pull_request else "",
        f"commit <code>{anchor(commit[:7], links.commit_url)}</code>{uncommitted_words(subject)}" if commit else "",
        anchor(run, links.run_url or links.run_page(subject.run_id)) if subject.run_id else "",
        html(f"{subject.shard.words}: the merge decides") if subject.shard else "",
        f"{min(result.started_at for result in report.results):%Y-%m-%d %H:%M} UTC" if report.results else "",
        duration_words(wall_clock(report)) if report.results else "",
    ]
    words = html(headline(report, clipped(subject.name, _MOST_OF_A_NAME)))
    told = "".join(f"<li>{fact}</li>" for fact in facts if fact)
    return (
        f'<div class="verdict {report.verdict}">{mark(report.verdict)}<div><h1>{words}</h1>'
        f'<ul class="facts">{told}</ul></div></div>\n'
    )


def weakenings(report: Report, links: Links) -> str:
    """Say what the change weakens: before anything that follows from it."""
    entries = [_weakening(one, links) for one in report.weakenings[:_MOST]]
    words = _JUDGED_BY[report.policy]
    rest = len(report.weakenings) - _MOST_AT_ONCE
    if len(report.weakenings) > _MOST:
        entries.append(f"and {len(report.weakenings) - _MOST:,} more, which report.json has")
    inside = f"<p>{words}</p>{listed(entries[:_MOST_AT_ONCE])}" if entries else ""
    if rest > 0:
        inside += f"<details><summary>{rest:,} more</summary>{listed(entries[_MOST_AT_ONCE:])}</details>"
    return section("weakened", "This change weakens the gate", inside, ' class="alarm" data-label="Weakened"')


def _weakening(weakening: Weakening, links: Links) -> str:
    where = f"{place(weakening.location, links)} " if weakening.location else ""
    kind = str(weakening.kind).replace("-", " ")
    return f'{where}{html(clipped(at_its_place(weakening), _MOST_OF_A_SENTENCE))} <span class="badge">{kind}</span>'


def problems(report: Report, links: Links) -> str:
    """Show the mistakes of the configuration, each with what to write instead."""
    rows = [_problem(problem, links) for problem in report.problems[:_MOST]]
    columns = ["where", "value", "what is wrong", "write instead"]
    return section(
        "configuration", "Configuration", table("Mistakes in the configuration", columns, rows) if rows else ""
    )


def _problem(problem: Problem, links: Links) -> list[str]:
    location = Location(path=problem.path, line=problem.line) if problem.path else None
    where = anchor(clipped(problem.place, _MOST_OF_A_SENTENCE), links.line_url(location))
    value = html(clipped(problem.value, _MOST_OF_A_SENTENCE))
    words = (html(clipped(text, _MOST_OF_A_SENTENCE)) for text in (problem.message, problem.instead))
    return [f"<code>{where}</code>", f"<code>{value}</code>" if value else "", *words]


def next_list(report: Report, links: Links) -> str:
    """Say what to do next, the most urgent first."""
    steps = [_step(step, links) for step in next_steps(report)]
    inside = listed(steps, "ol")
    return section("next", "What to do next", inside, ' data-label="Next"')


def _step(step: Step, links: Links) -> str:
    where = f"{place(step.location, links)} " if step.location else ""
    subject = f"<strong>{html(clipped(step.subject, _MOST_OF_A_SENTENCE))}</strong>: " if step.subject else ""
    spots = "; ".join(f"{_file(spot.location, links)} {html(spot.lines)}" for spot in step.spots)
    return f"{where}{subject}{html(clipped(step.message, _MOST_OF_A_SENTENCE))} {spots}".rstrip() + html(step.ending)


def _file(location: Location, links: Links) -> str:
    """Name a file whose lines are told beside it."""
    return f"<code>{anchor(clipped(location.path, _MOST_OF_A_SENTENCE), links.line_url(location))}</code>"


def gates(report: Report) -> str:
    """Show a row a gate: how it ended, its figure and limit, and when it ran."""
    if not report.results:
        return ""
    start, whole = min(result.started_at for result in report.results), wall_clock(report)
    rows = []
    for result in without_repeats(report):
        figure = leading(result)
        bar = _bar(result, result.started_at - start, whole) if result.outcome is not Outcome.SKIPPED else ""
        rows.append(
            [
                f'<span class="gate">{mark(result.outcome)} {html(clipped(result.title, _MOST_OF_A_NAME))}</span>',
                html(clipped(result_words(result), _MOST_OF_A_SENTENCE)),
                html(limit_words(figure)),
                _versus(result),
                bar,
            ]
        )
    columns = ["gate", "result", "limit", "against the base", f"when, of {duration_words(whole)}"]
    return section("gates", "Gates", table("Gates, and when each ran", columns, rows, "gates"))


def _versus(result: GateResult) -> str:
    """Say how the gate stands against the base: its figure's change, or how much of what is red is new."""
    words, figure = versus_words(result), leading(result)
    if not words:
        return ""
    return _change(figure) if words == change_words(figure) else f'<span class="badge new">{words}</span>'


def _bar(result: GateResult, after: timedelta, whole: timedelta) -> str:
    seconds = whole.total_seconds() or 1.0
    at, long = 100 * after.total_seconds() / seconds, 100 * result.duration.total_seconds() / seconds
    long = min(max(long, _LEAST_OF_A_BAR), 100.0)
    at = min(max(at, 0.0), 100.0 - long)
    words = f"{duration_words(result.duration)}, from {duration_words(after)} on"
    return (
        '<svg class="when" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="track" width="100" height="10"/>'
        f'<rect class="{result.outcome}" x="{at:.2f}" width="{long:.2f}" height="10"/></svg>'
        f'<span class="small">{words}</span>'
    )


def _change(measure: Measure | None) -> str:
    """Write a measure's change against the base; for the better or the worse only where a limit says which is which."""
    words = change_words(measure)
    if measure is None or measure.baseline is None or measure.threshold is None or words == "=":
        return words
    is_better = (measure.value > measure.baseline) == (measure.threshold.direction == "at-least")
    return f'<span class="{"better" if is_better else "worse"}">{words}</span>'


def checklist(report: Report, links: Links) -> str:
    """Show each question that is asked of every change, and what answered it."""
    return section(
        "checklist", "Checklist", listed([_answer(answer, links) for answer in answers(report)], kind="marked")
    )


def _answer(answer: Answer, links: Links) -> str:
    if answer.holds is None:
        drawn = mark(Outcome.ERRORED, "not judged") if answer.is_shown else mark(Outcome.SKIPPED, "not measured")
    else:
        drawn = mark(Outcome.PASSED if answer.holds else Outcome.FAILED)
    where = f" {place(answer.location, links)}" if answer.location else ""
    words = html(clipped(answer.words, _MOST_OF_A_SENTENCE))
    return f'{drawn} {html(answer.question)} <span class="small">{words}{where}</span>'


def measures(report: Report) -> str:
    """Show every measure: value, limit, and the base's."""
    rows = [
        [
            f"{html(clipped(result.title, _MOST_OF_A_NAME))}: {html(clipped(measure.name, _MOST_OF_A_NAME))}",
            html(value_words(measure)) + _counts(measure),
            html(limit_words(measure)),
            _change(measure),
        ]
        for result in report.results
        for measure in result.measures[:_MOST]
    ]
    if not rows:
        return ""
    inside = table("Measures", ["measure", "value", "limit", "against the base"], rows)
    return section("measures", "Measures", inside)


def _counts(measure: Measure) -> str:
    if measure.numerator is None or measure.denominator is None:
        return ""
    return f' <span class="small">{measure.numerator:,} of {measure.denominator:,}</span>'


def spoken(report: Report) -> str:
    """Say for who reads no scripts what is not shown."""
    failing = sum(
        case.outcome in (CaseOutcome.FAILED, CaseOutcome.ERRORED)
        for result in report.results
        for case in cases_of(result)
    )
    findings = sum(len(beside_exhibits(result)) for result in report.results)
    words = f"{counted(failing, 'failing test')} and {counted(findings, 'finding')}"
    words = "Details" if report.verdict is Verdict.PASSED else words
    return f"<noscript><p>{words} are shown where scripts may run; report.json has them as well.</p></noscript>\n"
