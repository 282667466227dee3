"""Who each operation is meant for, and what is waived until when, as the project's own file says. Reads nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from gate.gates.access_review.questions import Rule

POLICY_FILE = "access-policy.yml"
EVERY_OPERATION = "*"
WORDS = ("public", "shared", "owner")

OPERATION = re.compile(r"[A-Z]{1,16} /[^\x00-\x1f\x7f]*")
_ROLE = re.compile(r"role +([A-Za-z0-9][A-Za-z0-9_.:/-]{0,63})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """Who an operation is meant for: `public`, `shared`, `owner` or `role NAME`; `line` is where the file says so."""

    who: str
    note: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A flaw that is known and borne until the day `expires`, that day included.

    `operation` is its key, or `*` for every one.
    """

    operation: str
    rule: Rule
    reason: str
    expires: date
    line: int | None = None

    def covers(self, operation: str, rule: Rule) -> bool:
        """Tell whether it is about this rule at this operation, expired or not."""
        return self.rule is rule and self.operation in (operation, EVERY_OPERATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a policy file says; `operations` by their keys, such as `GET /tasks/{task_id}`."""

    path: str = POLICY_FILE
    operations: Mapping[str, Intent] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()


def access_of(word: str) -> str:
    """Return who is meant by a word of a policy, such as `owner` or `role admin`; "" where it is no such word."""
    role = _ROLE.fullmatch(word)
    return f"role {role[1]}" if role else word if word in WORDS else ""
