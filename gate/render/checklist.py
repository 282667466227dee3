"""The checklist, each question ticked by what was measured. Follows the report's own references, and knows no gate."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from gate.domain.checklist import Question
from gate.domain.exhibit import Matrix, TestCase
from gate.domain.finding import Finding, Location, Severity
from gate.domain.measure import Measure
from gate.domain.report import Report
from gate.domain.result import GateResult, Outcome
from gate.domain.wording import clipped
from gate.render.budget import Section
from gate.render.escape import code_link, text
from gate.render.exhibited import failing_cases
from gate.render.figures import brief_words, limit_words, value_words
from gate.render.headline import MARKS
from gate.render.links import Links
from gate.render.markdown import Extent, shrinking
from gate.render.since_base import is_excused, newest_first

_MOST_OF_A_SENTENCE = 300
_TICKED = "passed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How a question was answered: `holds` is None where it was not judged; `words` say by what, or why not.

    `is_shown`: it was measured, and has no limit that it would be judged by. `location` is the first place of what does
    not hold, where that is known. Plain text, not escaped.
    """

    question: str
    holds: bool | None
    words: str
    is_shown: bool = False
    location: Location | None = None


def answers(report: Report) -> tuple[Answer, ...]:
    """Answer the report's questions by its own results."""
    known: set[str] = set()
    answered = []
    for question in report.checklist:
        result = report.result(question.gate)
        answer = _answer(question, result)
        if result is not None and _did_not_end(result):
            if result.reason in known:
                answer = replace(answer, words=f"{result.title} {result.outcome} for the same reason")
            known.add(result.reason)
        answered.append(answer)
    return tuple(answered)


def checklist(report: Report, ladder: Sequence[Extent], links: Links) -> Iterable[Section]:
    """Show every question with how it was answered, folded."""
    answered = answers(report)
    if not answered:
        return
    summary = ", ".join(_counts(answered))
    # Marks, and no boxes: who may edit the comment could tick those by hand.
    lines = [f"- {_mark(answer)} {_told(answer, links)}" for answer in answered]
    yield shrinking(
        f"Checklist: {summary}",
        ladder,
        lambda extent: "\n".join(lines[: max(extent.items, 20)]),
        links,
    )


def _counts(answered: Sequence[Answer]) -> Iterable[str]:
    ends = Counter((answer.holds, answer.is_shown) for answer in answered)
    hold, fail = ends[True, False], ends[False, False]
    yield f"{hold} {'holds' if hold == 1 else 'hold'}" if hold else "none holds"
    if fail:
        yield f"{fail} {'does' if fail == 1 else 'do'} not"
    if ends[None, True]:
        yield f"{ends[None, True]} shown only"
    if ends[None, False]:
        yield f"{ends[None, False]} not measured"


def render_checklist(report: Report) -> str:
    """Render the list as Markdown with boxes, ticked where what is asked holds."""
    lines = [f"- [{'x' if answer.holds else ' '}] {_told(answer, Links())}" for answer in answers(report)]
    return "\n".join(["### Quality checklist", "", *lines]) + "\n"


def render_template(questions: Iterable[Question]) -> str:
    """Render the questions as Markdown with empty boxes, for the template of a pull request."""
    return "\n".join(["### Quality checklist", "", *(f"- [ ] {question.words}" for question in questions)]) + "\n"


def _answer(question: Question, result: GateResult | None) -> Answer:
    if result is None:
        return Answer(question=question.words, holds=None, words=f"not measured: {question.gate} did not run")
    if _did_not_end(result):
        return Answer(question=question.words, holds=None, words=f"{result.title} {result.outcome}: {result.reason}")
    if question.measure:
        return _by_measure(question, result)
    if question.row:
        return _by_row(question, result)
    return _by_outcome(question, result)


def _by_outcome(question: Question, result: GateResult) -> Answer:
    """Answer by how the gate ended; one that is only not red because the base has it all too is shown, not judged."""
    words = f"{result.title}: {brief_words(result)}"
    holds = result.outcome is Outcome.PASSED
    if holds and any(is_excused(one, result) for one in _red(result)):
        words = f"{words}; what the base has too is shown and not judged"
        return Answer(question=question.words, holds=None, words=words, is_shown=True)
    return Answer(question=question.words, holds=holds, words=words, location=None if holds else _first_place(result))


def _did_not_end(result: GateResult) -> bool:
    return result.outcome in (Outcome.SKIPPED, Outcome.ERRORED)


def _by_measure(question: Question, result: GateResult) -> Answer:
    measure = next((one for one in result.measures if one.name == question.measure), None)
    if measure is None:
        return Answer(question=question.words, holds=None, words=f"{result.title} did not measure it")
    counts = ""
    if measure.numerator is not None and measure.denominator is not None:
        counts = f" ({measure.numerator:,} of {measure.denominator:,})"
    words = f"{result.title}: {value_words(measure)}{counts} {limit_words(measure)}".rstrip()
    holds = _is_enough(measure)
    if holds is None:
        return Answer(question=question.words, holds=None, words=f"{words}, shown and not judged", is_shown=True)
    return Answer(question=question.words, holds=holds, words=words)


def _is_enough(measure: Measure) -> bool | None:
    """Without a limit, all of it is enough, and of less it is not known."""
    if measure.threshold is not None or not measure.holds:
        return measure.holds
    return True if measure.numerator == measure.denominator else None


def _by_row(question: Question, result: GateResult) -> Answer:
    rows = (row for exhibit in result.exhibits if isinstance(exhibit, Matrix) for row in exhibit.rows)
    row = next((row for row in rows if row.label == question.row), None)
    if row is None or not row.cells or row.cells[0] == "not asked":
        return Answer(question=question.words, holds=None, words=f"{result.title} asked nothing of it")
    words = f"{result.title}: {'; '.join(filter(None, row.cells[1:])) or row.cells[0]}"
    return Answer(question=question.words, holds=row.cells[0] == _TICKED, words=words, location=row.location)


def _first_place(result: GateResult) -> Location | None:
    red = (one for one in _red(result) if not is_excused(one, result))
    return next((one.location for one in red if one.location), None)


def _red(result: GateResult) -> Iterable[TestCase | Finding]:
    """Yield what a gate may be red for, what is new first."""
    yield from newest_first(failing_cases(result))
    yield from newest_first(finding for finding in result.findings if finding.severity is Severity.ERROR)


def _mark(answer: Answer) -> str:
    if answer.holds is None:
        return MARKS[Outcome.ERRORED if answer.is_shown else Outcome.SKIPPED]
    return MARKS[Outcome.PASSED if answer.holds else Outcome.FAILED]


def _told(answer: Answer, links: Links) -> str:
    words = f"{text(clipped(answer.question, _MOST_OF_A_SENTENCE))} {text(clipped(answer.words, _MOST_OF_A_SENTENCE))}"
    if answer.location is None:
        return words
    place = clipped(str(answer.location), _MOST_OF_A_SENTENCE)
    return f"{words}, {code_link(place, links.line_url(answer.location))}"
