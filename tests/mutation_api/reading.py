"""report.json -> what the access review found, as pairs of operation and question. Reads no file.

Format: docs/report.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

QUESTIONS = ("logged-in", "owner", "role", "input", "mass-assignment", "hygiene")
"""In the order of the matrix's columns."""

THE_SERVICE = "the service"
# What can be found at the service as a whole, which has no row in the matrix.
_QUESTION_OF = {
    "cors-with-credentials": "hygiene",
    "debug-route": "hygiene",
    "traceback-shown": "hygiene",
    "private-fields-shown": "hygiene",
    "forged-token-accepted": "logged-in",
    "expired-token-accepted": "logged-in",
}
_FOUND = ("failed", "warning")


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a report says of a review.

    `found` are pairs of operation (or `the service`) and question, `left_out` the operations that were not exercised,
    `findings` all messages with their rules.
    """

    outcome: str
    reason: str
    found: frozenset[tuple[str, str]] = frozenset()
    findings: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    operations: int = 0
    requests: int = 0

    @property
    def ran(self) -> bool:
        """Whether the review came to a verdict of its own."""
        return self.outcome in ("passed", "failed")


def parse_review(report: Mapping[str, Any]) -> Review:
    """Return what a report says of the access review.

    Raises:
        KeyError: it says nothing of one.
    """
    result = next((one for one in report["results"] if one["gate"] == "access-review"), None)
    if result is None:
        raise KeyError("access-review")
    rows = list(_rows(result["exhibits"]))
    cells = {(operation, question, cell) for operation, row in rows for question, cell in row.items()}
    return Review(
        outcome=result["outcome"],
        reason=result["reason"] or "",
        found=frozenset(
            {(operation, question) for operation, question, cell in cells if cell in _FOUND}
            | {
                (THE_SERVICE, _QUESTION_OF[one["rule_id"]])
                for one in result["findings"]
                if one["message"].startswith(f"{THE_SERVICE}: ") and one["rule_id"] in _QUESTION_OF
            }
        ),
        findings=tuple(f"{one['rule_id']} ({one['severity']}): {one['message']}" for one in result["findings"]),
        left_out=tuple(operation for operation, row in rows if "not exercised" in row.values()),
        operations=len(rows),
        requests=next((one["value"] for one in result["measures"] if one["name"] == "requests"), 0),
    )


def _rows(exhibits: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each operation with how each question ended: the matrix whose rows are operations."""
    for matrix in exhibits:
        if matrix["kind"] == "matrix" and matrix["columns"][0] == "operation":
            for row in matrix["rows"]:
                # Its first cell says who the operation is meant for.
                yield row["label"].removesuffix(" (hidden)"), dict(zip(QUESTIONS, row["cells"][1:], strict=False))
