"""Texts of a session's requests with places for values: `/tasks/{task}`; `{{` and `}}` are braces. Sends nothing."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from gate.domain.http_message import Headers
from gate.formats import UnreadableError

Values = Mapping[str, str]

UNIQUE = "unique"
"""The name of a value that everybody has: a text that is new in each request."""

_PIECE = re.compile(r"(?P<text>[^{}]+)|(?P<brace>\{\{|\}\})|\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)\}")
# What would end a header, or is no text: a value comes from an answer, and may not add a header of its own.
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A text and the names in it, in turn: `pieces` are (text before, name), `rest` what follows the last name."""

    pieces: tuple[tuple[str, str], ...]
    rest: str

    @property
    def names(self) -> frozenset[str]:
        """The values that it needs."""
        return frozenset(name for _, name in self.pieces)

    def filled(self, values: Values, encode: Callable[[str], str]) -> str:
        """Return the text with its values, each as `encode` writes it.

        Raises:
            KeyError: there is no such value.
        """
        if not self.pieces:
            return self.rest
        return "".join(f"{before}{encode(values[name])}" for before, name in self.pieces) + self.rest


def parse_template(text: str) -> Template:
    """Read a text with places for values.

    Raises:
        UnreadableError: a brace stands alone, or there is no name between two.
    """
    pieces: list[tuple[str, str]] = []
    before = ""
    for match in _matches(text):
        if name := match["name"]:
            pieces.append((before, name))
            before = ""
        else:
            before += match["text"] or match["brace"][0]
    return Template(pieces=tuple(pieces), rest=before)


def _matches(text: str) -> Iterator[re.Match[str]]:
    position = 0
    while position < len(text):
        match = _PIECE.match(text, position)
        if match is None:
            shown = text[position : position + 40]
            raise UnreadableError(f"{shown!r}: write {{name}} for a value, and {{{{ or }}}} for a brace")
        yield match
        position = match.end()


def in_target(value: str) -> str:
    """Write a value as a part of a path or query: it can add no part of its own."""
    return quote(value, safe="", errors="replace")


def in_header(value: str) -> str:
    """Write a value into a header."""
    return _CONTROL.sub("", value)


def encoding_of_body(headers: Headers, body: str) -> Callable[[str], str]:
    """Return how values are written into a body: as its media type wants it, JSON where its text looks like it."""
    media = next((value.lower() for name, value in headers if name.lower() == "content-type"), "")
    if "json" in media or (not media and body.lstrip()[:1] in {"{", "["}):
        return _in_json
    return quote_plus if "urlencoded" in media else str


def _in_json(value: str) -> str:
    return json.dumps(value)[1:-1]
