"""The JSON report of a Schemathesis run -> what it found. Judges nothing.

Format: what `schemathesis run --report json` of 4.32 writes, https://schemathesis.readthedocs.io/en/stable/.
"""

import json
from dataclasses import dataclass

from gate.formats import UnreadableError

_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A failure of one kind: its code (`ST101`), its title in words, and the operations where it was seen."""

    code: str
    title: str
    operations: tuple[str, ...]


def parse_schemathesis_report(text: str) -> tuple[Failure, ...]:
    """Read the report.

    Raises:
        UnreadableError: it is none, or the run it tells of did not come to its end.
    """
    try:
        report = json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableError("Schemathesis wrote no JSON") from None
    failures = report.get("failures") if isinstance(report, dict) else None
    if not isinstance(failures, list):
        raise UnreadableError("Schemathesis's report names no failures")
    if not report.get("complete", True):
        raise UnreadableError(f"Schemathesis ended early: {str(report.get('stop_reason'))[:100]}")
    found = []
    for failure in failures[:_MOST]:
        if isinstance(failure, dict) and isinstance(failure.get("operations"), list):
            operations = tuple(one for one in failure["operations"][:_MOST] if isinstance(one, str))
            found.append(Failure(code=str(failure.get("code")), title=str(failure.get("title")), operations=operations))
    return tuple(found)
