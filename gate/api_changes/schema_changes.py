"""What differs between two schemas of an API, seen from the side that its direction puts at risk.

Formats: https://spec.openapis.org/oas/v3.0.4.html#schema-object and https://json-schema.org/draft/2020-12
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gate.api_changes.change import Change


class Direction(StrEnum):
    """Who writes a value: the client a request, the service a response."""

    REQUEST = "request"
    RESPONSE = "response"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in an API a schema is used. `subject` begins the rule's id and `words` the sentence.

    Subjects: `request-body`, `request-parameter`, `response-body`, `response-header`; `words` such as `the response's
    body (200)` or `the query parameter 'limit'`.
    """

    operation: str
    direction: Direction
    subject: str
    words: str
    pointer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The two documents, whole, for the references of their schemas."""

    base: Mapping[str, Any] = field(repr=False)
    head: Mapping[str, Any] = field(repr=False)


def schema_changes(sides: Sides, base: object, head: object, place: Place) -> tuple[Change, ...]:
    """Return the differences between two schemas; bounded in work, and `()` where both mean the same."""
    raise NotImplementedError
