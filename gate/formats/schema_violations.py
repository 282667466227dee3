"""Where a JSON value is not what a schema says: looked into objects and lists, unlike `schema_fit`. Finds one place.

It errs on the side of the service: what it cannot tell (a pattern that is too costly, a keyword that it does not know,
a reference that leads nowhere, a `format`) is taken for well. Work is bounded, whatever schema and value are. Keywords:
https://json-schema.org/draft/2020-12/json-schema-validation and, for 3.0, https://spec.openapis.org/oas/v3.0.4.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gate.formats.openapi_schema import count, entries, mapping, number, plain, pointed
from gate.formats.schema_fit import limits
from gate.formats.schema_pattern import matches

# As deep as schemas may lie in each other for one value, and values in each other.
_DEEPEST = 60
_MOST_NAMED = 5
_UNIQUE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A place of a value, as a JSON pointer, and what is wrong there, in words that do not quote the value."""

    pointer: str
    message: str


class OutOfBoundsError(Exception):
    """There was more to look at than was allowed."""


@dataclass(slots=True, kw_only=True)
class Checking:
    """Compares values with the schemas of one document; `left` is how many steps may be taken for all of them.

    `version` is the document's: in 3.0, `nullable` allows null and nothing beside a `$ref` counts. `answered`: values
    come from the service, and a property that is `writeOnly` is not required of them.
    """

    root: Mapping[str, Any]
    version: str
    left: int = 1_000_000
    answered: bool = True

    def violation(self, schema: object, value: object) -> Violation | None:
        """Return the first place where a value does not fit, None where it fits or that cannot be told.

        Raises:
            OutOfBoundsError: no steps are left.
        """
        return next(self._violations(schema, value, "", 0), None)

    def _violations(self, schema: object, value: object, at: str, depth: int) -> Iterator[Violation]:
        self.left -= 1
        if self.left < 0:
            raise OutOfBoundsError
        if schema is False:
            yield _violation(at, "is there, where nothing may be")
        if not isinstance(schema, Mapping) or depth > _DEEPEST or self._is_allowed_null(schema, value):
            return
        reference = schema.get("$ref")
        if reference is not None:
            yield from self._violations(pointed(self.root, reference), value, at, depth + 1)
            if self._is_old:
                return
        yield from self._own(schema, value, at)
        yield from self._of_parts(schema, value, at, depth)
        yield from self._of_content(schema, value, at, depth)

    @property
    def _is_old(self) -> bool:
        return self.version.startswith(("3.0", "2."))

    def _is_allowed_null(self, schema: Mapping[str, Any], value: object) -> bool:
        return value is None and self._is_old and schema.get("nullable") is True

    def _own(self, schema: Mapping[str, Any], value: object, at: str) -> Iterator[Violation]:
        """Compare the value itself: its type, the values that are allowed, its bounds."""
        types = [schema["type"]] if isinstance(schema.get("type"), str) else entries(schema.get("type"))
        named = [one for one in types if isinstance(one, str)]
        if named and not any(_is_of(one, value) for one in named):
            yield _violation(at, f"is {_kind(value)}, where {' or '.join(named)} is described"[:300])
        for values in (entries(schema.get("enum")), (schema["const"],) if "const" in schema else ()):
            self.left -= len(values)
            if values and not any(_same(plain(one), value) for one in values):
                described = "the value that is described" if len(values) == 1 else f"one of the {len(values)} values"
                yield _violation(at, f"is not {described}")
        if isinstance(value, str):
            yield from _out_of(schema, len(value), "Length", "characters", at)
            if matches(schema.get("pattern"), value) is False:
                yield _violation(at, "does not match the pattern that is described")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield from _number_violations(schema, value, at)

    def _of_parts(self, schema: Mapping[str, Any], value: object, at: str, depth: int) -> Iterator[Violation]:
        """Compare with the schemas that this one is put together from."""
        for part in entries(schema.get("allOf")):
            yield from self._violations(part, value, at, depth + 1)
        for keyword in ("anyOf", "oneOf"):
            options = entries(schema.get(keyword))
            found = []
            for option in options:
                one = next(self._violations(option, value, at, depth + 1), None)
                if one is None:
                    break
                found.append(one)
            else:
                if found:
                    yield _of_alternatives(found, at)

    def _of_content(self, schema: Mapping[str, Any], value: object, at: str, depth: int) -> Iterator[Violation]:
        if isinstance(value, Mapping):
            yield from _out_of(schema, len(value), "Properties", "properties", at)
            yield from self._of_object(schema, value, at, depth)
        elif isinstance(value, list):
            yield from _out_of(schema, len(value), "Items", "entries", at)
            if schema.get("uniqueItems") is True and len(value) <= _UNIQUE and _repeats(value):
                yield _violation(at, "has an entry twice")
            first = entries(schema.get("prefixItems"))
            for index, entry in enumerate(value):
                inner = first[index] if index < len(first) else schema.get("items")
                if inner is not None:
                    yield from self._violations(inner, entry, f"{at}/{index}", depth + 1)

    def _of_object(
        self, schema: Mapping[str, Any], value: Mapping[str, Any], at: str, depth: int
    ) -> Iterator[Violation]:
        properties = mapping(schema.get("properties"))
        for name in entries(schema.get("required")):
            self.left -= 1
            if isinstance(name, str) and name not in value and not self._is_write_only(properties.get(name)):
                yield _violation(at, f"has no `{name[:100]}`, which is required")
        patterns = mapping(schema.get("patternProperties"))
        others = schema.get("additionalProperties")
        for name, inner in value.items():
            place = f"{at}/{name.replace('~', '~0').replace('/', '~1')[:100]}"
            if name in properties:
                yield from self._violations(properties[name], inner, place, depth + 1)
            known = name in properties
            for pattern, one in patterns.items():
                found = matches(pattern, name)
                known = known or found is not False
                if found:
                    yield from self._violations(one, inner, place, depth + 1)
            if known or others is None:
                continue
            if others is False:
                yield _violation(place, "is not described, where nothing else is allowed")
            else:
                yield from self._violations(others, inner, place, depth + 1)

    def _is_write_only(self, schema: object) -> bool:
        for _ in range(_DEEPEST):
            if not isinstance(schema, Mapping):
                return False
            if schema.get("writeOnly") is True:
                return self.answered
            schema = pointed(self.root, schema.get("$ref"))
        return False


def _violation(at: str, message: str) -> Violation:
    return Violation(pointer=at, message=message)


def _of_alternatives(found: list[Violation], at: str) -> Violation:
    """Return the violation that tells most: of the alternative that fits best, which is the one that fails deepest."""
    inside = [one for one in found if one.pointer != at]
    telling = max(inside, key=lambda one: one.pointer.count("/"), default=None)
    if len(found) == 1:
        return found[0]
    return telling or _violation(at, f"fits none of the {len(found)} alternatives that are described")


def _kind(value: object) -> str:
    if value is None:
        return "null"
    for kind, types in (("a boolean", bool), ("a number", int | float), ("a string", str), ("an array", list)):
        if isinstance(value, types):
            return kind
    return "an object"


def _is_of(kind: str, value: object) -> bool:
    if kind in ("integer", "number"):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and (kind == "number" or isinstance(value, int) or value == value // 1)  # type: ignore[operator]
    types: dict[str, Any] = {"string": str, "boolean": bool, "array": list, "object": Mapping, "null": type(None)}
    return isinstance(value, types[kind]) if kind in types else True


def _same(one: object, other: object) -> bool:
    """Compare as JSON does: 1 is 1.0, but not true."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return one == other


def _repeats(values: list[Any]) -> bool:
    plainer = [value for value in values if isinstance(value, str)]
    return len(set(plainer)) < len(plainer)


def _out_of(schema: Mapping[str, Any], size: int, what: str, words: str, at: str) -> Iterator[Violation]:
    least, most = count(schema, f"min{what}"), count(schema, f"max{what}")
    if least is not None and size < least:
        yield _violation(at, f"has {size:,} {words}, where at least {least:,} are described")
    if most is not None and size > most:
        yield _violation(at, f"has {size:,} {words}, where at most {most:,} are described")


def _number_violations(schema: Mapping[str, Any], value: float, at: str) -> Iterator[Violation]:
    exact = number(value)
    if exact is None:
        return
    low, high = limits(schema)
    if low is not None and (exact < low[0] or (low[1] and exact == low[0])):
        yield _violation(at, f"is below {'or equal to ' if low[1] else ''}{low[0]}, the least that is described")
    if high is not None and (exact > high[0] or (high[1] and exact == high[0])):
        yield _violation(at, f"is above {'or equal to ' if high[1] else ''}{high[0]}, the most that is described")
    step = number(schema.get("multipleOf"))
    if step is not None and step > 0 and Fraction(str(exact)) % Fraction(str(step)) != 0:
        yield _violation(at, f"is no multiple of {step}")
