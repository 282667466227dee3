"""A review of a small service, as the engine hands it over: two flaws, one operation that could not be reached."""

from dataclasses import replace
from datetime import date

from gate.domain.http_message import HttpAnswer, HttpRequest
from gate.gates.access_review.evidence import Asked, Exchange, Flaw, Reviewed, ReviewEvidence
from gate.gates.access_review.questions import Cell, Question, Rule

TODAY = date(2026, 11, 23)
TOKEN = "4c1f0e9b-of-the-owner"
READ, REMOVE, LIST, HEALTH = "GET /tasks/{task_id}", "DELETE /tasks/{task_id}", "GET /tasks", "GET /health"


def asked(**cells: Cell) -> tuple[Asked, ...]:
    """Make what was asked: `owner=Cell.FAILED`; an underscore for a dash."""
    return tuple(
        Asked(
            question=Question(name.replace("_", "-")),
            cell=cell,
            reason="422 before anybody was denied" if cell is Cell.NOT_EXERCISED else "",
        )
        for name, cell in cells.items()
    )


OTHER_READS = Flaw(
    operation=READ,
    question=Question.OWNER,
    rule=Rule.OTHER_READS,
    message="another user reads it (200 with the owner's object)",
    proof=(
        Exchange(
            who="owner",
            purpose="makes it",
            request=HttpRequest(
                method="POST",
                target="/tasks",
                headers=(("Authorization", f"Bearer {TOKEN}"), ("Content-Type", "application/json")),
                body=b'{"title": "it\'s mine"}',
            ),
            answer=HttpAnswer(status=201, headers=(("content-type", "application/json"),), body=b'{"id": 7}'),
        ),
        Exchange(
            who="other",
            purpose="reads it",
            request=HttpRequest(method="GET", target="/tasks/7", headers=(("Authorization", "Bearer other-token"),)),
            answer=HttpAnswer(
                status=200, headers=(("content-type", "application/json"),), body=b'{"id": 7, "title": "it\'s mine"}'
            ),
        ),
    ),
)
UNBOUNDED = Flaw(
    operation=LIST,
    question=Question.INPUT,
    rule=Rule.INPUT_UNBOUNDED,
    message="the parameter `limit` has no greatest value",
)


def reviewed(operation: str, access: str, *flaws: Flaw, **cells: Cell) -> Reviewed:
    """Make an operation whose function is somewhere in `app/routes.py`."""
    return Reviewed(
        operation=operation,
        access=access,
        origin="deduced: another user was denied",
        asked=asked(**cells),
        flaws=flaws,
        path="svc/app/routes.py",
        line=55,
        function="read_task",
    )


CLEAN = ReviewEvidence(
    framework="fastapi 0.165.0",
    today=TODAY,
    operations=(
        reviewed(READ, "owner", logged_in=Cell.PASSED, owner=Cell.PASSED, input=Cell.PASSED),
        reviewed(REMOVE, "owner", logged_in=Cell.PASSED, owner=Cell.PASSED),
        reviewed(LIST, "owner", logged_in=Cell.PASSED, owner=Cell.PASSED, input=Cell.PASSED),
        reviewed(HEALTH, "public", hygiene=Cell.PASSED),
    ),
    requests=84,
    secrets=(TOKEN, "other-token"),
)
FLAWED = replace(
    CLEAN,
    operations=(
        reviewed(READ, "owner", OTHER_READS, logged_in=Cell.PASSED, owner=Cell.FAILED, input=Cell.PASSED),
        reviewed(REMOVE, "owner", logged_in=Cell.PASSED, owner=Cell.NOT_EXERCISED),
        reviewed(LIST, "owner", UNBOUNDED, logged_in=Cell.PASSED, owner=Cell.PASSED, input=Cell.FAILED),
        reviewed(HEALTH, "public", hygiene=Cell.PASSED),
    ),
)
