"""Where in an API a schema is used, and by whom its values are written: what decides whom a difference breaks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Direction(StrEnum):
    """Who writes a value: the client a request, the service a response."""

    REQUEST = "request"
    RESPONSE = "response"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in an API a schema is used. `subject` begins the rule's id and `words` the sentence.

    Subjects: `request-body`, `request-parameter`, `response-body`, `response-header`; `words` such as `the response's
    body (200)` or `the query parameter 'limit'`. `textual` tells that a body's values travel as text (XML, a form),
    where `1` and `"1"` are one; a parameter's and a header's always do.
    """

    operation: str
    direction: Direction
    subject: str
    words: str
    pointer: str
    textual: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The two documents, whole, for the references of their schemas; `memory` is what was found out about them."""

    base: Mapping[str, Any] = field(repr=False)
    head: Mapping[str, Any] = field(repr=False)
    memory: dict[object, Any] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """From where two schemas are looked at. `asks`: the values are the client's, so a narrower head breaks it."""

    asks: bool
    textual: bool = False

    @property
    def opposite(self) -> "View":
        """The view at what a schema excludes (`not`), where wider is narrower."""
        return View(asks=not self.asks, textual=self.textual)
