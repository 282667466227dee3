"""What is known of a service's OpenAPI documents. Judges nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from gate.api_changes.change import Change
from gate.gates.openapi.documented import Documented
from gate.gates.openapi.drift import Drift
from gate.gates.openapi.truth import Lie
from gate.gates.openapi.validity import Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenapiEvidence:
    """What was asked of the documents, and what came of it.

    `path` is the committed document, relative to the repository's root. `operations` is how many there are. `drift` is
    None where no document was generated: `not_generated` says why. `base` says what `changes` are counted from; where
    that was not compared, `not_compared` says why, "" where it was not wanted. `documented` is None where that could
    not be told. `answers` is how many were seen. `lines` are the lines of the committed document by JSON pointer.
    `command` generates it anew. `notices` say what else a reader should know, `artifacts` what lies beside the report.
    """

    today: date
    path: str
    operations: int
    command: str
    drift: Drift | None = None
    not_generated: str = ""
    base: str = ""
    not_compared: str = ""
    changes: tuple[Change, ...] = ()
    invalid: tuple[Invalid, ...] = ()
    documented: Documented | None = None
    lies: tuple[Lie, ...] = ()
    answers: int = 0
    lines: Mapping[str, int] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    artifacts: tuple[str, ...] = ()
