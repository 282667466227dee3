"""Concludes from what an ordinary user may not do to objects that nobody of them should do the one thing left.

`DELETE /menu/{id}` works for everybody who is logged in, while making and changing the same objects is refused: its
check of the role was forgotten. Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from gate.gates.access_review.evidence import Asked, Exchange, Flaw, Reviewed
from gate.gates.access_review.operations import Subject
from gate.gates.access_review.questions import Cell, Question, Rule
from gate.gates.access_review.resources import shape

_CHANGING = ("PUT", "PATCH", "DELETE")


def without_their_role(
    reviewed: Iterable[Reviewed],
    subjects: Iterable[Subject],
    refused: Mapping[str, Exchange],
    done: Mapping[str, Exchange],
) -> tuple[Reviewed, ...]:
    """Add what is found to what was reviewed.

    `refused` are the requests of an ordinary user that were answered 403, by the operation; `done` those on objects
    that were not their own and that succeeded.
    """
    changing = [one for one in subjects if one.is_unsafe]
    return tuple(_judged(one, changing, refused, done) for one in reviewed)


def _judged(
    reviewed: Reviewed, changing: list[Subject], refused: Mapping[str, Exchange], done: Mapping[str, Exchange]
) -> Reviewed:
    subject = next((one for one in changing if one.key == reviewed.operation), None)
    if subject is None or subject.key not in done or subject.method not in _CHANGING or reviewed.access != "shared":
        return reviewed
    own = shape(subject.path)
    near = {own, own.removesuffix("/{}")}
    others = [one for one in changing if one.key != subject.key and shape(one.path) in near]
    if not own.endswith("/{}") or not others or any(one.key not in refused for one in others):
        return reviewed
    first = others[0]
    message = f"an ordinary user may do it, though every other change of the same objects is refused: {first.key}"
    flaw = Flaw(
        operation=subject.key,
        question=Question.ROLE,
        rule=Rule.ROLE_NOT_REQUIRED,
        message=message,
        proof=(refused[first.key], done[subject.key]),
    )
    failed = Asked(question=Question.ROLE, cell=Cell.FAILED, reason=message)
    asked = tuple(failed if one.question is Question.ROLE else one for one in reviewed.asked)
    return replace(reviewed, flaws=(*reviewed.flaws, flaw), asked=asked)
