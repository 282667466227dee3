"""What the access review asked of each operation, and what came of it. Judges nothing."""

from dataclasses import dataclass, field
from datetime import date

from gate.domain.finding import Finding, Severity
from gate.domain.http_message import HttpAnswer, HttpRequest
from gate.gates.access_review.policy import Policy
from gate.gates.access_review.questions import Cell, Question, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request that was sent and its answer. `who`: the identity's name, such as `owner`, `other`, `nobody`.

    `answer` is None where there was none; `trouble` then says why. `purpose` is a few words: `reads it back`.
    """

    who: str
    purpose: str
    request: HttpRequest
    answer: HttpAnswer | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Something wrong, with what proves it: the exchanges in their order, none for what the document alone shows.

    `operation` is its key, such as `GET /tasks/{task_id}`; "" where it is the service as a whole. `severity` is None
    where it is the rule's own, which `catalogue.py` has.
    """

    operation: str
    question: Question
    rule: Rule
    message: str
    proof: tuple[Exchange, ...] = ()
    severity: Severity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question to an operation, and how it ended; `reason` is mandatory where it was not exercised."""

    question: Question
    cell: Cell
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """An operation and what was asked of it.

    `access` is what it is meant to be (`public`, `shared`, `owner`, `role NAME`), `origin` who says so, such as
    `access-policy.yml` or `deduced: another user's read was denied`. `path` and `line` are where its function is,
    relative to the project's folder; "" and None where that is unknown.
    """

    operation: str
    access: str
    origin: str
    asked: tuple[Asked, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    path: str = ""
    line: int | None = None
    function: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewEvidence:
    """All that the review saw. `requests`: how many were sent. `secrets`: texts that no report may show.

    `today` is the day by which waivers expire, in UTC. `policy` is what the project's own file says, None without one.
    `tool_findings` are what other tools found: ruff in the source, Schemathesis in the deep stage.
    """

    framework: str
    today: date
    operations: tuple[Reviewed, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    notices: tuple[str, ...] = ()
    requests: int = 0
    policy: Policy | None = None
    tool_findings: tuple[Finding, ...] = ()
    secrets: tuple[str, ...] = field(default=(), repr=False)
