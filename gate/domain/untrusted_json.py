"""JSON from an untrusted job -> values of known type, size and range, or one error that says where and what.

Must not build anything of the domain, nor trust the order, the depth or the numbers of what it reads.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NoReturn, TypeGuard, TypeVar

MAX_CHARACTERS = 32 * 1024 * 1024
"""The longest text that is read at all."""
MAX_TEXT = 65_536
"""The longest text in one field, in characters."""
MAX_ITEMS = 200_000
"""The longest list."""
MAX_WHOLE = 2**53 - 1
"""The largest whole number: what every reader of JSON holds exactly."""

REFUSED_NAMES = frozenset({"__proto__", "constructor", "prototype"})
"""Names that change an object's nature in JavaScript, should somebody read the report with it."""

_LONGEST_NUMBER = 40
_LONGEST_POINTED = 80
_BOUNDED_NUMBER = re.compile(r"-?[0-9.]+([eE][+-]?0*[0-9]{1,3})?")

Choice = TypeVar("Choice", bound=StrEnum)
Word = TypeVar("Word", bound=str)


class InvalidReport(ValueError):
    """The text is not a report: `pointer` is the JSON pointer (RFC 6901) of the place, `problem` what is wrong."""

    def __init__(self, pointer: str, problem: str) -> None:
        super().__init__(f"{pointer or 'the report'}: {problem}")
        self.pointer = pointer
        self.problem = problem


@dataclass(frozen=True, slots=True)
class _Unusable:
    """Stands where a value was that nobody may use; harmless in a field that nobody reads."""

    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A value and the pointer to its place. Every method raises `InvalidReport` unless the value fits."""

    value: object
    pointer: str = ""

    def fail(self, problem: str) -> NoReturn:
        """Refuse the value."""
        raise InvalidReport(self.pointer, self.value.problem if isinstance(self.value, _Unusable) else problem)

    def members(self) -> dict[str, "Node"]:
        """Return the members of an object that are not null."""
        if not isinstance(self.value, dict):
            self.fail("is not an object")
        return {
            name: Node(value=value, pointer=f"{self.pointer}/{_pointed(name)}")
            for name, value in self.value.items()
            if value is not None
        }

    def optional(self, name: str) -> "Node | None":
        """Return a member of an object, or None where it is left out or null."""
        if not isinstance(self.value, dict):
            self.fail("is not an object")
        value = self.value.get(name)
        return None if value is None else Node(value=value, pointer=f"{self.pointer}/{name}")

    def member(self, name: str) -> "Node":
        """Return a member that must be there."""
        node = self.optional(name)
        return Node(value=_Unusable("is missing"), pointer=f"{self.pointer}/{name}") if node is None else node

    def items(self, most: int = MAX_ITEMS) -> list["Node"]:
        """Return the entries of a list of at most `most`."""
        if not isinstance(self.value, list):
            self.fail("is not a list")
        if len(self.value) > most:
            self.fail(f"has more than {most:,} entries")
        return [Node(value=value, pointer=f"{self.pointer}/{at}") for at, value in enumerate(self.value)]

    def entries(self, name: str, most: int = MAX_ITEMS) -> list["Node"]:
        """Return the entries of a list in a member; none where it is left out."""
        node = self.optional(name)
        return [] if node is None else node.items(most)

    def text(self, pattern: re.Pattern[str] | None = None, *, most: int = MAX_TEXT) -> str:
        """Return a text of at most `most` characters that fits `pattern` as a whole."""
        if not isinstance(self.value, str):
            self.fail("is not a text")
        if len(self.value) > most:
            self.fail(f"is longer than {most:,} characters")
        if not self.value.isascii() and any("\ud800" <= char <= "\udfff" for char in self.value):
            self.fail("holds half of a surrogate pair")
        if pattern is not None and not pattern.fullmatch(self.value):
            self.fail(f"does not look like {pattern.pattern}")
        return self.value

    def text_of(self, name: str, pattern: re.Pattern[str] | None = None) -> str:
        """Return the text in a member; empty where it is left out."""
        node = self.optional(name)
        return "" if node is None or node.value == "" else node.text(pattern)

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            self.fail("is not a whole number")
        if not low <= self.value <= high:
            self.fail(f"is not from {low} to {high}")
        return self.value

    def wholes(self, low: int, high: int) -> tuple[int, ...]:
        """Return a list of whole numbers from `low` to `high`."""
        values = self.value
        if isinstance(values, list) and len(values) <= MAX_ITEMS:
            plain = tuple(value for value in values if type(value) is int and low <= value <= high)
            if len(plain) == len(values):
                return plain
        return tuple(entry.whole(low, high) for entry in self.items())

    def whole_of(self, name: str, low: int, high: int) -> int | None:
        """Return the whole number in a member, or None where it is left out."""
        node = self.optional(name)
        return None if node is None else node.whole(low, high)

    def decimal(self, low: int, high: int) -> Decimal:
        """Return a number from `low` to `high`, as exact as it was written."""
        if not isinstance(self.value, int | Decimal) or isinstance(self.value, bool):
            self.fail("is not a number")
        if not low <= self.value <= high:
            self.fail(f"is not from {low} to {high}")
        return Decimal(self.value)

    def flag(self) -> bool:
        """Return true or false."""
        if not isinstance(self.value, bool):
            self.fail("is neither true nor false")
        return self.value

    def choice(self, choices: type[Choice]) -> Choice:
        """Return one of the values of an enumeration."""
        return choices(self.word(*(choice.value for choice in choices)))

    def word(self, *words: Word) -> Word:
        """Return one of `words`."""
        named = [word for word in words if isinstance(self.value, str) and self.value == word]
        if not named:
            self.fail(f"is none of {', '.join(words)}")
        return named[0]


def is_plain_text(value: object) -> TypeGuard[str]:
    """Tell a text that `Node.text` would return as it is."""
    return type(value) is str and len(value) <= MAX_TEXT and value.isascii()


def parse_untrusted(text: str) -> Node:
    """Parse a JSON text.

    Raises:
        InvalidReport: it is too long, too deep, or no JSON.
    """
    if len(text) > MAX_CHARACTERS:
        raise InvalidReport("", f"is longer than {MAX_CHARACTERS:,} characters")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_whole,
            parse_float=_decimal,
            parse_constant=lambda token: _Unusable(f"is {token}, which is not JSON"),
        )
    except RecursionError:
        raise InvalidReport("", "is nested too deep") from None
    except json.JSONDecodeError as error:
        raise InvalidReport("", f"is not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None
    return Node(value=value)


def _object(pairs: Sequence[tuple[str, object]]) -> object:
    plain = dict(pairs)
    if len(plain) == len(pairs) and REFUSED_NAMES.isdisjoint(plain):
        return plain
    members: dict[str, object] = {}
    for name, value in pairs:
        if name in members:
            return _Unusable(f"has the name {name[:80]!r} twice")
        if name in REFUSED_NAMES:
            return _Unusable(f"has the name {name!r}, which is refused")
        members[name] = value
    return members


def _whole(token: str) -> int | _Unusable:
    return int(token) if len(token) <= _LONGEST_NUMBER else _Unusable("is a number of too many digits")


def _decimal(token: str) -> Decimal | _Unusable:
    has_exponent = "e" in token or "E" in token
    if len(token) > _LONGEST_NUMBER or (has_exponent and not _BOUNDED_NUMBER.fullmatch(token)):
        return _Unusable("is a number of too many digits")
    return Decimal(token)


def _pointed(name: str) -> str:
    # Pointers are printed, and a name may be as long as the document.
    name = name if len(name) <= _LONGEST_POINTED else name[:_LONGEST_POINTED] + "…"
    return name.replace("~", "~0").replace("/", "~1")
