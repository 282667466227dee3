"""What the access review asked of each operation, and what came of it. Judges nothing."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from gate.domain.finding import Finding, Severity
from gate.domain.http_message import HttpAnswer, HttpRequest

if TYPE_CHECKING:
    from gate.gates.access_review.policy import Policy


class Question(StrEnum):
    """What is asked of every operation, in the order of the report's columns."""

    LOGGED_IN = "logged-in"
    OWNER = "owner"
    ROLE = "role"
    INPUT = "input"
    MASS_ASSIGNMENT = "mass-assignment"
    HYGIENE = "hygiene"


class Cell(StrEnum):
    """How one question to one operation ended. `NOT_ASKED`: it makes no sense there."""

    PASSED = "passed"
    FAILED = "failed"
    WAIVED = "waived"
    NOT_EXERCISED = "not exercised"
    NOT_ASKED = "not asked"


class Rule(StrEnum):
    """The kinds of flaw; `catalogue.py` has their words, OWASP and CWE ids, and severities."""

    PUBLIC_UNLISTED = "public-operation-not-listed"
    NO_AUTHENTICATION = "no-authentication"
    LOGIN_NOT_REQUIRED = "login-not-required"
    FORGED_TOKEN = "forged-token-accepted"  # noqa: S105 - a rule
    EXPIRED_TOKEN = "expired-token-accepted"  # noqa: S105 - a rule
    DENIED_BUT_DONE = "denied-but-done"
    OTHER_READS = "other-user-reads"
    OTHER_CHANGES = "other-user-changes"
    OTHER_DELETES = "other-user-deletes"
    OTHER_ADDS = "other-user-adds-below"
    LIST_LEAKS = "list-leaks"
    IDENTITY_IN_BODY = "identity-in-body"
    PRIVATE_FIELDS = "private-fields-shown"
    ROLE_NOT_REQUIRED = "role-not-required"
    INPUT_UNBOUNDED = "input-unbounded"
    BOUND_NOT_KEPT = "bound-not-kept"
    SERVER_ERROR = "server-error-on-input"
    MASS_ASSIGNMENT = "mass-assignment"
    DEBUG_ROUTE = "debug-route"
    TRACEBACK = "traceback-shown"
    CORS = "cors-with-credentials"


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
    policy: "Policy | None" = None
    tool_findings: tuple[Finding, ...] = ()
    secrets: tuple[str, ...] = field(default=(), repr=False)
