"""How an operation ended, over all that was asked of it and all that was found. Decides nothing for the whole gate."""

from collections.abc import Mapping
from dataclasses import dataclass

from gate.domain.finding import Severity
from gate.gates.access_review.evidence import Asked, Flaw, Reviewed
from gate.gates.access_review.policy import Waiver
from gate.gates.access_review.questions import Cell, Question

WARNING = "warning"
"""How a cell reads where something is found that does not fail the gate; the others read as their `Cell`."""

NOTHING_ASKED = "nothing was asked of it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A flaw with what it weighs; a notice where it is waived. `reviewed` is None for the service as a whole."""

    flaw: Flaw
    reviewed: Reviewed | None
    severity: Severity
    waiver: Waiver | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How an operation ended. `cells` are those of the questions, as the report shows them.

    `why` says for each question why it was not exercised.
    """

    reviewed: Reviewed
    flaws: tuple[Weighed, ...]
    cell: Cell
    cells: Mapping[Question, str]
    why: Mapping[Question, str]


def end_of(reviewed: Reviewed, flaws: tuple[Weighed, ...]) -> End:
    """Return how an operation ended: failed before not exercised, before waived, before passed."""
    asked = {one.question: one for one in reviewed.asked}
    ended = {
        question: _cell(asked.get(question), [one for one in flaws if one.flaw.question is question])
        for question in Question
    }
    cells = [cell for cell, _ in ended.values()]
    whole = next((cell for cell in (Cell.FAILED, Cell.NOT_EXERCISED, Cell.WAIVED, Cell.PASSED) if cell in cells), None)
    why = {
        question: asked[question].reason or "no reason was given"
        for question, (cell, _) in ended.items()
        if cell is Cell.NOT_EXERCISED
    }
    if whole is None:
        why[Question.LOGGED_IN] = NOTHING_ASKED
    return End(
        reviewed=reviewed,
        flaws=flaws,
        cell=whole or Cell.NOT_EXERCISED,
        cells={question: shown for question, (_, shown) in ended.items()},
        why=why,
    )


def _cell(asked: Asked | None, flaws: list[Weighed]) -> tuple[Cell, str]:
    """Return how a question ended, and how that reads."""
    cell = asked.cell if asked is not None else Cell.NOT_ASKED
    if any(one.severity is Severity.ERROR for one in flaws):
        return Cell.FAILED, Cell.FAILED
    if cell is Cell.NOT_EXERCISED or (cell is Cell.FAILED and not flaws):
        return cell, cell
    if any(one.severity is Severity.WARNING for one in flaws):
        return Cell.PASSED, WARNING
    if any(one.waiver is not None for one in flaws):
        return Cell.WAIVED, Cell.WAIVED
    # What is left are notices: to be read, not to be counted.
    return (Cell.PASSED, Cell.PASSED) if flaws else (cell, cell)
