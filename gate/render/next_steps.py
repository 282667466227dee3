"""What to do next, over all gates: a few steps, the most urgent first. Plain text, not escaped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from gate.domain.finding import Finding, Location, Severity
from gate.domain.report import Report, Verdict
from gate.domain.result import GateResult, Outcome
from gate.domain.wording import clipped, counted
from gate.render.exhibited import beside_exhibits, failing_cases, short_name, tries_words
from gate.render.figures import leading, limit_words, result_words
from gate.render.since_base import Thing, is_excused, newest_first
from gate.render.uncovered import uncovered

MOST_STEPS = 5
_MOST_GATES = 20  # as many as a hostile report has; there are fewer
_MOST_OF_A_MESSAGE = 240
_BY_WEIGHT = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTICE: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Lines of a file that a step points to, with what is to be said of them, and where they start."""

    location: Location
    lines: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do: where, what it is about, and what to know; `spots` are further places, before the `ending`."""

    message: str
    subject: str = ""
    location: Location | None = None
    spots: tuple[Spot, ...] = ()
    ending: str = ""


def next_steps(report: Report) -> tuple[Step, ...]:
    """Return the one thing to do for each red gate, and where there is room, at most five things in all.

    The most urgent stand first: what could not run, failing tests, findings, what is not covered, other limits, lesser
    findings.
    """
    told = [*_errored(report), *(list(islice(_of_gate(result), MOST_STEPS)) for result in report.results)]
    red = [steps for steps in told if steps][:_MOST_GATES]
    chosen = [*_weakened(report), *(steps[0] for steps in red)]
    more = sorted((one for steps in red for one in steps[1:]), key=_by_urgency)
    chosen += more[: max(MOST_STEPS - len(chosen), 0)]
    return tuple(step for _, step in sorted(chosen, key=_by_urgency))


def is_said_by_headline(report: Report, steps: Sequence[Step]) -> bool:
    """Tell whether nothing is left to say beside the verdict, which tells why the one thing could not be decided."""
    return report.verdict is Verdict.ERRORED and len(steps) == 1


def _weakened(report: Report) -> Iterable[tuple[int, Step]]:
    """Yield what there is to do where the policy allows nothing that weakens the gate."""
    if report.is_weakened:
        first = report.weakenings[0]
        others = len(report.weakenings) - 1
        more = f", and {counted(others, 'more thing')}" if others else ""
        message = f"take back what weakens the gate: the change {first_line(first.message)}{more}"
        yield 0, Step(subject="policy", message=message, location=first.location)


def _of_gate(result: GateResult) -> Iterable[tuple[int, Step]]:
    """Yield what there is to do about a gate, each with its urgency; what it failed by comes first."""
    if result.outcome is not Outcome.FAILED:
        return
    findings = newest_first(by_weight(_counting(beside_exhibits(result), result)))
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    yield from ((1, step) for step in _tests(result))
    yield from ((2, _finding(finding)) for finding in errors)
    yield from ((3, step) for step in _coverage(result))
    yield from ((5, _finding(finding)) for finding in findings if finding.severity is not Severity.ERROR)
    if not _is_explained(result):
        yield 4, _limit(result)


def _by_urgency(told: tuple[int, Step]) -> int:
    return told[0]


def by_weight(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings, the most severe first, else in the order they were told."""
    return sorted(findings, key=lambda finding: _BY_WEIGHT[finding.severity])


def first_line(message: str) -> str:
    """Return the first line of a message that says something, cut to what is read at a glance."""
    lines = (line.strip() for line in message.splitlines())
    return clipped(next(filter(None, lines), ""), _MOST_OF_A_MESSAGE)


def _errored(report: Report) -> Iterable[list[tuple[int, Step]]]:
    """Yield what could not run, the gates that share a reason together."""
    gates: dict[str, list[str]] = {}
    for result in report.results:
        if result.outcome is Outcome.ERRORED:
            gates.setdefault(result.reason.removeprefix("cannot run: "), []).append(result.title)
    for reason, titles in gates.items():
        message = f"could not run: {clipped(reason, _MOST_OF_A_MESSAGE)}"
        yield [(0, Step(subject=", ".join(titles[:MOST_STEPS]), message=message))]


def _tests(result: GateResult) -> Iterable[Step]:
    for case in newest_first(_counting(failing_cases(result), result))[:MOST_STEPS]:
        again = f" ({tries_words(case)})" if case.retried else ""
        message = (first_line(case.message) or str(case.outcome)) + again
        yield Step(location=case.location, subject=short_name(case), message=message)


def _finding(finding: Finding) -> Step:
    return Step(location=finding.location, subject=finding.rule_id, message=first_line(finding.message))


def _coverage(result: GateResult) -> Iterable[Step]:
    for told in uncovered(result):
        spots = tuple(Spot(location=location, lines=words) for location, words in told.places)
        yield Step(subject=result.title, message=told.message, spots=spots, ending=told.ending)


def _counting(things: Iterable[Thing], result: GateResult) -> list[Thing]:
    """Leave out what the gate is not red for."""
    return [thing for thing in things if not is_excused(thing, result)]


def _is_explained(result: GateResult) -> bool:
    found = (*_counting(failing_cases(result), result), *_counting(beside_exhibits(result), result))
    return bool(found or next(iter(_coverage(result)), None))


def _limit(result: GateResult) -> Step:
    limit = limit_words(leading(result))
    return Step(subject=result.title, message=result_words(result) + (f" (limit: {limit})" if limit else ""))
