"""What a review has to show: who may do what and how each question ended, what was left out, and the proofs. Pure."""

from collections.abc import Iterable, Sequence

from gate.domain.exhibit import Exhibit, Matrix, MatrixRow, OutputTail, Table
from gate.domain.finding import Location, Severity
from gate.domain.wording import counted
from gate.gates.access_review.catalogue import CATALOGUE
from gate.gates.access_review.curl import one_line, proof
from gate.gates.access_review.ending import WARNING, End, Weighed
from gate.gates.access_review.evidence import ReviewEvidence
from gate.gates.access_review.questions import Cell, Question

_MOST_PROOFS = 10
_MOST_OF_A_PROOF = 12_000
_MOST_OF_ALL_PROOFS = 2_000_000
_WORST_FIRST = (Cell.FAILED, Cell.NOT_EXERCISED, Cell.WAIVED, Cell.PASSED)
_HEADINGS = {
    Question.LOGGED_IN: "logged in?",
    Question.OWNER: "owner?",
    Question.ROLE: "role?",
    Question.INPUT: "input?",
    Question.MASS_ASSIGNMENT: "own fields?",
    Question.HYGIENE: "hygiene?",
}
_CHECKLIST = {
    Question.LOGGED_IN: "Is the user logged in?",
    Question.OWNER: "Does the user own this specific resource?",
    Question.ROLE: "Does the user have the role?",
    Question.INPUT: "Is the input safe and within length limits?",
    Question.MASS_ASSIGNMENT: "Does a caller set only the fields that are theirs to set?",
    Question.HYGIENE: "Does nothing show the inside of the service?",
}


def exhibits_of(evidence: ReviewEvidence, ends: Sequence[End], flaws: Sequence[Weighed]) -> tuple[Exhibit, ...]:
    """Return what is shown, in the order in which it is read."""
    return tuple(
        exhibit
        for exhibit in (
            _checklist(ends),
            _matrix(ends),
            _not_exercised(ends),
            _notes(evidence.notices),
            *_proofs(flaws, evidence.secrets),
        )
        if exhibit is not None
    )


def render_proofs(evidence: ReviewEvidence) -> str:
    """Write the requests and answers that prove each flaw as one script, to read and to run in parts."""
    flaws = [flaw for reviewed in evidence.operations for flaw in reviewed.flaws] + list(evidence.flaws)
    parts = [
        "# Requests that prove what was found, and what each answered. A credential is a variable: set it first.\n"
    ]
    room = _MOST_OF_ALL_PROOFS
    for at, flaw in enumerate(flaws):
        if room <= 0:
            parts.append(f"# The proofs of {len(flaws) - at:,} more flaws are left out.\n")
            break
        if flaw.proof:
            named = one_line(flaw.operation or "the service", 300)
            parts.append(f"# {flaw.rule}: {named}\n{proof(flaw, evidence.secrets)}\n")
            room -= len(parts[-1])
    return "\n".join(parts)


def _checklist(ends: Sequence[End]) -> Matrix:
    rows = []
    for question, words in _CHECKLIST.items():
        cells = [end.cells[question] for end in ends]
        asked = [cell for cell in cells if cell != Cell.NOT_ASKED]
        worst = next((cell for cell in (Cell.FAILED, Cell.NOT_EXERCISED, WARNING, Cell.WAIVED) if cell in asked), None)
        counts = [f"{sum(cell == word for cell in asked)} {word}" for word in dict.fromkeys(asked) if word != "passed"]
        told = (
            f"held by {asked.count(Cell.PASSED)} of {counted(len(asked), 'operation')}"
            if asked
            else "asked of no operation"
        )
        ended = worst or (Cell.PASSED if asked else Cell.NOT_ASKED)
        rows.append(MatrixRow(label=words, cells=(str(ended), "; ".join([told, *counts]))))
    return Matrix(title="Checklist", columns=("question", "", "measured"), rows=tuple(rows))


def _matrix(ends: Sequence[End]) -> Matrix:
    return Matrix(
        title="Who may do what",
        columns=("operation", "meant for", *_HEADINGS.values(), "who says so"),
        rows=tuple(
            MatrixRow(
                label=end.reviewed.operation + (" (hidden)" if end.reviewed.hidden else ""),
                cells=(
                    end.reviewed.access or "unknown",
                    *(str(end.cells[question]) for question in _HEADINGS),
                    end.reviewed.origin,
                ),
                location=Location(path=end.reviewed.path, line=end.reviewed.line) if end.reviewed.path else None,
            )
            for end in sorted(ends, key=lambda end: _WORST_FIRST.index(end.cell))
        ),
    )


def _not_exercised(ends: Sequence[End]) -> Table | None:
    rows = tuple(
        (end.reviewed.operation, _HEADINGS[question], why) for end in ends for question, why in end.why.items()
    )
    return Table(title="Not exercised", columns=("operation", "question", "why"), rows=rows) if rows else None


def _notes(notices: Sequence[str]) -> Table | None:
    return Table(title="Notes", columns=("note",), rows=tuple((note,) for note in notices)) if notices else None


def _proofs(flaws: Sequence[Weighed], secrets: Sequence[str]) -> Iterable[OutputTail]:
    """Show the proofs of the worst; the script that lies beside the report has all."""
    shown = [weighed.flaw for weighed in flaws if weighed.severity is Severity.ERROR and weighed.flaw.proof]
    for flaw in shown[:_MOST_PROOFS]:
        title = f"{flaw.operation or 'the service'}, {CATALOGUE[flaw.rule].title}: the proof"
        yield OutputTail(title=title, text=proof(flaw, secrets)[:_MOST_OF_A_PROOF])
