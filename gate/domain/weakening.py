"""What makes the gate weaker than it is in the base: the change itself may not do that quietly."""

from collections.abc import Iterable
from enum import StrEnum

from gate.domain.finding import Location
from gate.domain.record import record


class WeakeningKind(StrEnum):
    """What was weakened."""

    CONFIGURATION = "configuration"
    WAIVER = "waiver"
    SUPPRESSION = "suppression"
    SKIP = "skip"
    DELETED_TEST = "deleted-test"
    DELETED_ASSERTION = "deleted-assertion"


class Policy(StrEnum):
    """Whose configuration judges a change, and whether weakening the gate is red; the most lenient first.

    The change's own, the base's, or the change's own while whatever weakens the gate is red.
    """

    HEAD = "head"
    BASE = "base"
    STRICT = "strict"


def strictest(policies: Iterable[Policy]) -> Policy:
    """Return the policy that counts where several are given."""
    return max(policies, key=tuple(Policy).index, default=Policy.HEAD)


@record
class Weakening:
    """One thing that the change weakens: `lowers coverage.threshold from 95 to 80`, `adds "# noqa: S105"`."""

    kind: WeakeningKind
    message: str
    location: Location | None = None
