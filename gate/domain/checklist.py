"""What is asked of every change, and by what of a report each question is answered. Answers none."""

from gate.domain.record import record


@record
class Question:
    """A question of the checklist, in words that end with a question mark.

    A result of the gate `gate` answers it: by its `measure` of that name, by the row of a matrix that is labelled
    `row`, or, where both are "", by its outcome.
    """

    words: str
    gate: str
    measure: str = ""
    row: str = ""
