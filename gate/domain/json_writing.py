"""Values -> JSON that `untrusted_json` reads back: what is too long is cut here, not refused there. Knows no report."""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Any

from gate.domain.finding import Location
from gate.domain.measure import floored

MAX_LINE = 10**9
MAX_SECONDS = 10**8
MAX_VALUE = 10**15
VALUE_DIGITS = 6
"""Decimal digits of a measure's value; a ratio is exact through its counts."""

_DIGITS_OF_A_DOUBLE = 15
# A line a member: as easy to look through as with `indent`, with which Python encodes ten times as slowly.
JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",\n", ": "))
_HANDFUL = 200

_CUT = " … cut"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """A list that may be long: its entries are made when they are written, some at a time."""

    values: Iterable[Any]
    encode: Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A list of entries that are JSON already."""

    entries: Iterator[str]


@dataclass(frozen=True, kw_only=True)
class Writing:
    """Texts and lists of at most `most_text` characters and `most_items` entries, and what is made of them."""

    most_text: int
    most_items: int

    def each(self, values: Sequence[Any], encode: Callable[[Any], Any]) -> Entries:
        """Write the first entries of a list, one at a time."""
        return Entries(values=islice(values, self.most_items), encode=encode)

    def text(self, value: str) -> str:
        """Write the begin of a text, as well-formed Unicode."""
        if len(value) <= self.most_text and value.isascii():
            return value
        well_formed = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if len(well_formed) <= self.most_text:
            return well_formed
        return well_formed[: self.most_text - len(_CUT)] + _CUT

    def end(self, value: str) -> str:
        """Write the end of a text."""
        return self.text(value if len(value) <= self.most_text else "… " + value[2 - self.most_text :])

    def location(self, location: Location | None) -> dict[str, Any]:
        """Write a place in the source."""
        if location is None:
            return {"path": None, "line": None, "end_line": None, "column": None}
        return {
            "path": self.text(location.path),
            "line": within(location.line, MAX_LINE),
            "end_line": within(location.end_line, MAX_LINE),
            "column": within(location.column, MAX_LINE),
        }


def written(value: Any) -> Iterator[str]:  # noqa: ANN401 - whatever JSON holds
    """Write a value in parts, none of them of more than a handful of entries: the whole is never held twice."""
    if isinstance(value, Entries | Written):
        entries = value.entries if isinstance(value, Written) else map(JSON.encode, map(value.encode, value.values))
        yield "["
        before = ""
        while handful := list(islice(entries, _HANDFUL)):
            yield before + ",\n".join(handful)
            before = ",\n"
        yield "]"
    elif isinstance(value, dict) and value:
        before = "{"
        for name, member in value.items():
            yield f"{before}{JSON.encode(name)}: "
            yield from written(member)
            before = ",\n"
        yield "}"
    elif isinstance(value, list) and value:
        for at, entry in enumerate(value):
            yield ",\n" if at else "["
            yield from written(entry)
        yield "]"
    else:
        yield JSON.encode(value)


def number_of(value: Fraction) -> int | float:
    """Return the JSON number of a figure: whole as it is, else floored to what a double holds to the digit."""
    if abs(value) >= MAX_VALUE:
        return MAX_VALUE if value > 0 else -MAX_VALUE
    if value.denominator == 1:
        return value.numerator
    digits = min(VALUE_DIGITS, _DIGITS_OF_A_DOUBLE - len(str(abs(int(value)))))
    return float(floored(value, max(digits, 0)))


def figure_of(value: float) -> float:
    """Return a figure that can be read back; what is no number is nought."""
    return min(max(value, -float(MAX_VALUE)), float(MAX_VALUE)) if not math.isnan(value) else 0.0


def seconds_of(seconds: float) -> float:
    """Return a duration that can be read back: what tools tell may be negative, endless or no number."""
    return min(max(seconds, 0.0), float(MAX_SECONDS)) if math.isfinite(seconds) else 0.0


def within(number: int | None, most: int) -> int | None:
    """Return a number where a reader takes it."""
    return number if number is not None and 1 <= number <= most else None
