"""The words of the access review: what is asked, how that ends, and the kinds of flaw. Knows nothing else."""

from enum import StrEnum


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
