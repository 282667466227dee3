"""The smallest value that a schema lets through. Bounded, however the schemas refer to each other; raises nothing.

What a keyword means: https://json-schema.org/draft/2020-12/json-schema-validation
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

from gate.formats.openapi_document import Document
from gate.formats.openapi_schema import Schema, count, entries, kind_of, mapping, number, plain
from gate.formats.schema_fit import fits, limits
from gate.formats.schema_texts import examples, text_for

_MOST_VALUES = 1_000
_MOST_ITEMS = 50
_DEEP = 8
# How deep optional properties are given, too: further down most documents begin to repeat themselves.
_FULL_LEVELS = 3
_AGREED = re.compile(r"accept|agree|consent|terms", re.IGNORECASE)
_SENSIBLE = {"year": 2030, "age": 30, "month": 5, "day": 17}


def value_for(
    document: Document, schema: object, *, name: str, unique: str, full: bool = False, depth: int = _DEEP
) -> Any:  # noqa: ANN401 - it may be anything
    """Return the smallest valid value: what is required, or with `full` every property that is not read-only.

    Args:
        document: where references are followed.
        schema: as it is written.
        name: what the value is called: tells an e-mail address from a title where no format does.
        unique: letters and digits that free texts contain, so that the value is known again.
        full: whether optional properties are given, too.
        depth: how many objects and lists may lie in each other.

    Bytes in it stand for a file. Where nothing valid is found, what is nearest comes back.
    """
    return _Making(document=document, full=full, deepest=depth).value(schema, name, unique, depth)


@dataclass(slots=True, kw_only=True)
class _Making:
    """One value in the making; `left` is how many values it may still get."""

    document: Document
    full: bool
    deepest: int
    left: int = _MOST_VALUES

    def value(self, schema: object, name: str, unique: str, depth: int) -> Any:  # noqa: ANN401
        self.left -= 1
        found = self.document.variants(schema) if self.left >= 0 and depth > -_DEEP else ()
        if not found:
            return None
        if depth <= 0:
            # Here a schema holds itself: what leads no deeper is taken, and some levels on nothing at all.
            if self.document.nullable(schema):
                return None
            found = tuple(sorted(found, key=lambda one: kind_of(one) in ("object", "array")))
        one = found[0]
        if "const" in one or entries(one.get("enum")):
            return _listed(one)
        kind = kind_of(one)
        if kind == "object":
            return self._object(one, unique, depth)
        if kind == "array":
            return self._array(one, name, unique, depth)
        return (
            _number(one, name, whole=kind == "integer") if kind in ("integer", "number") else _plain(one, name, unique)
        )

    def _object(self, schema: Schema, unique: str, depth: int) -> dict[str, Any]:
        properties = mapping(schema.get("properties"))
        required = [name for name in entries(schema.get("required")) if isinstance(name, str)]
        most = count(schema, "maxProperties")
        wanted = list(dict.fromkeys(required))
        if self.full and depth > self.deepest - _FULL_LEVELS:
            wanted += [name for name in properties if name not in required]
        least = min(count(schema, "minProperties") or 0, _MOST_ITEMS)
        spare = (name for name in properties if name not in wanted)
        wanted += [name for name, _ in zip(spare, range(least - len(wanted)), strict=False)]
        if not properties and not required and not least:
            shown = [one for one in examples(schema) if isinstance(one, Mapping) and one and fits(schema, one)]
            return dict(shown[0]) if shown else {}
        made: dict[str, Any] = {}
        for name in wanted[: len(wanted) if most is None else max(most, len(required))]:
            inner = properties.get(name, {})
            if name in properties and self.document.schema(inner).get("readOnly") is True:
                continue
            if self.left < 0:
                break
            made[name] = self.value(inner, name, unique, depth - 1)
        more = schema.get("additionalProperties")
        for at in range(least - len(made) if more is not False else 0):
            made[f"qg-{unique}-{at}"] = self.value(more, "", unique, depth - 1)
        return made

    def _array(self, schema: Schema, name: str, unique: str, depth: int) -> list[Any]:
        least, most = min(count(schema, "minItems") or 0, _MOST_ITEMS), count(schema, "maxItems")
        first = entries(schema.get("prefixItems"))[:_MOST_ITEMS]
        items = schema.get("items")
        if self.full and not least and most != 0 and depth > self.deepest - _FULL_LEVELS:
            least = int(kind_of(self.document.variant(items)) in ("object", "string"))
        made: list[Any] = []
        single = name.removesuffix("s")
        for at in range(max(least, len(first)) if depth > 0 else 0):
            if self.left < 0:
                break
            inner = first[at] if at < len(first) else items
            value = self.value(inner, single, unique if not at else f"{unique}{at}", depth - 1)
            made.append(self._another(inner, value, made) if schema.get("uniqueItems") is True else value)
        return made

    def _another(self, schema: object, value: Any, others: list[Any]) -> Any:  # noqa: ANN401
        """Return a value that is none of `others`, where a number or an enumeration has one."""
        one = self.document.variant(schema)
        if isinstance(value, int | float) and not isinstance(value, bool):
            options: tuple[Any, ...] = (value, *(value + step for at in range(1, 60) for step in (at, -at)))
        else:
            options = (value, *entries(one.get("enum"))[: 2 * _MOST_ITEMS], False, True)
        scalars = [other for other in others if isinstance(other, str | int | float | None)]
        return next((option for option in options if option not in scalars and fits(one, option)), value)


def _listed(schema: Schema) -> Any:  # noqa: ANN401
    """Return the constant, or a value of the enumeration: its default before its first that is not null."""
    if "const" in schema:
        return plain(schema["const"])
    values = entries(schema.get("enum"))
    fitting = [value for value in values if value is not None and fits(schema, value)]
    given = schema.get("default")
    return given if fitting and fits(schema, given) else next(iter(fitting), plain(values[0]))


def _plain(schema: Schema, name: str, unique: str) -> Any:  # noqa: ANN401
    """Return a truth value, a text, or for what may be anything an example that is no text."""
    kind = kind_of(schema)
    shown = [value for value in examples(schema) if value is not None and fits(schema, value)]
    if kind == "boolean":
        return shown[0] if shown else bool(_AGREED.search(name))
    if kind == "" and shown and not isinstance(shown[0], str):
        return shown[0]
    return text_for(schema, name=name, unique=unique)


def _number(schema: Schema, name: str, *, whole: bool) -> int | float:
    last = re.split(r"[^a-z]+", name.lower())[-1]
    sensible = [_SENSIBLE[last]] if last in _SENSIBLE else []
    shown = [value for value in examples(schema) if number(value) is not None]
    for value in (*shown, *sensible, *_numbers(schema)):
        if fits(schema, value):
            exact = number(value)
            return int(exact) if exact is not None and (whole or exact == int(exact)) else value
    return 1


def _numbers(schema: Schema) -> Iterator[Any]:
    """Return numbers of which one is likely to fit: small ones, then the bounds, what lies between, and steps."""
    yield from (1, 2, 0)
    lower, upper = limits(schema)
    low, high = lower[0] if lower else None, upper[0] if upper else None
    for bound, inwards in ((low, 1), (high, -1)):
        if bound is not None:
            yield from (
                ceil(bound),
                floor(bound),
                ceil(bound) + inwards,
                floor(bound) + inwards,
                bound,
                bound + inwards,
            )
    if low is not None and high is not None:
        yield from ((low + high) / 2, floor((low + high) / 2))
    step = number(schema.get("multipleOf"))
    if step is not None and step > 0:
        exact = Fraction(str(step))
        start = ceil(Fraction(str(low)) / exact) if low is not None else 0
        end = floor(Fraction(str(high)) / exact) if high is not None else start + 2
        for at in (start, start + 1, end, end - 1):
            value = at * exact
            yield value.numerator if value.denominator == 1 else float(value)
