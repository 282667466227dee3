"""The checklist, each question ticked by what was measured. Follows the report's own references, and knows no gate."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gate.domain.checklist import Question
from gate.domain.exhibit import Matrix
from gate.domain.finding import Location, Severity
from gate.domain.measure import Measure
from gate.domain.report import Report
from gate.domain.result import GateResult, Outcome
from gate.domain.wording import clipped
from gate.render.budget import Section
from gate.render.escape import code_link, text
from gate.render.figures import brief_words, failing_cases, limit_words, value_words
from gate.render.headline import MARKS
from gate.render.links import Links
from gate.render.markdown import Extent, shrinking

_MOST_OF_A_SENTENCE = 300
_TICKED = "passed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How a question was answered: `holds` is None where it was not measured; `words` say by what, or why not.

    `location` is the first place of what does not hold, where that is known. Plain text, not escaped.
    """

    question: str
    holds: bool | None
    words: str
    location: Location | None = None


def answers(report: Report) -> tuple[Answer, ...]:
    """Answer the report's questions by its own results."""
    return tuple(_answer(question, report.result(question.gate)) for question in report.checklist)


def checklist(report: Report, ladder: Sequence[Extent], links: Links) -> Iterable[Section]:
    """Show every question with how it was answered, folded."""
    answered = answers(report)
    if not answered:
        return
    ends = Counter(answer.holds for answer in answered)
    counts = ((True, "hold"), (False, "do not"), (None, "not measured"))
    summary = ", ".join(f"{ends[holds]} {words}" for holds, words in counts if ends[holds])
    # Marks, and no boxes: who may edit the comment could tick those by hand.
    lines = [f"- {_mark(answer)} {_told(answer, links)}" for answer in answered]
    yield shrinking(
        f"Checklist: {summary}",
        ladder,
        lambda extent: "\n".join(lines[: max(extent.items, 20)]),
        links,
    )


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
    if result.outcome in (Outcome.SKIPPED, Outcome.ERRORED):
        return Answer(question=question.words, holds=None, words=f"{result.title} {result.outcome}: {result.reason}")
    if question.measure:
        return _by_measure(question, result)
    if question.row:
        return _by_row(question, result)
    holds = result.outcome is Outcome.PASSED
    where = None if holds else _first_place(result)
    return Answer(question=question.words, holds=holds, words=f"{result.title}: {brief_words(result)}", location=where)


def _by_measure(question: Question, result: GateResult) -> Answer:
    measure = next((one for one in result.measures if one.name == question.measure), None)
    if measure is None:
        return Answer(question=question.words, holds=None, words=f"{result.title} did not measure it")
    counts = ""
    if measure.numerator is not None and measure.denominator is not None:
        counts = f" ({measure.numerator:,} of {measure.denominator:,})"
    words = f"{result.title}: {value_words(measure)}{counts} {limit_words(measure)}".rstrip()
    return Answer(question=question.words, holds=_is_enough(measure), words=words)


def _is_enough(measure: Measure) -> bool:
    """Without a limit, only all of it is enough."""
    return measure.holds if measure.threshold is not None else measure.numerator == measure.denominator


def _by_row(question: Question, result: GateResult) -> Answer:
    rows = (row for exhibit in result.exhibits if isinstance(exhibit, Matrix) for row in exhibit.rows)
    row = next((row for row in rows if row.label == question.row), None)
    if row is None or not row.cells or row.cells[0] == "not asked":
        return Answer(question=question.words, holds=None, words=f"{result.title} asked nothing of it")
    words = f"{result.title}: {'; '.join(filter(None, row.cells[1:])) or row.cells[0]}"
    return Answer(question=question.words, holds=row.cells[0] == _TICKED, words=words, location=row.location)


def _first_place(result: GateResult) -> Location | None:
    errors = (finding for finding in result.findings if finding.severity is Severity.ERROR)
    places = (*(case.location for case in failing_cases(result)), *(finding.location for finding in errors))
    return next(filter(None, places), None)


def _mark(answer: Answer) -> str:
    if answer.holds is None:
        return MARKS[Outcome.SKIPPED]
    return MARKS[Outcome.PASSED if answer.holds else Outcome.FAILED]


def _told(answer: Answer, links: Links) -> str:
    words = f"{text(clipped(answer.question, _MOST_OF_A_SENTENCE))} {text(clipped(answer.words, _MOST_OF_A_SENTENCE))}"
    if answer.location is None:
        return words
    place = clipped(str(answer.location), _MOST_OF_A_SENTENCE)
    return f"{words}, {code_link(place, links.line_url(answer.location))}"
