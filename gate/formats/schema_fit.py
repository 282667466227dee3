"""Whether a value is what one schema says, looked at from outside: type, values, bounds. Looks into no object or list.

Formats are left out: whether they bind is for the service to say. Source of the keywords:
https://json-schema.org/draft/2020-12/json-schema-validation and, for 3.0, https://spec.openapis.org/oas/v3.0.4.html
"""

from collections.abc import Mapping
from fractions import Fraction

from gate.formats.openapi_schema import Schema, count, entries, kind_of, number
from gate.formats.schema_pattern import matches

# What a value is, and what of it is counted; bytes stand for a file, whose size no schema bounds.
_TYPES = (
    (str, ("string", "Length")),
    (bytes, ("string", "")),
    (bool, ("boolean", "")),
    (list | tuple, ("array", "Items")),
    (Mapping, ("object", "Properties")),
)


def fits(schema: Schema, value: object) -> bool:
    """Tell whether a value fits a variant, as far as that can be seen; a pattern that is too costly to try is kept."""
    if "const" in schema:
        return _same(schema["const"], value)
    if (values := entries(schema.get("enum"))) and not any(_same(one, value) for one in values):
        return False
    kind = kind_of(schema)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return kind in ("integer", "number", "") and _number_fits(schema, kind, value)
    named, counted = next((one for types, one in _TYPES if isinstance(value, types)), ("null", ""))
    if kind not in (named, "") or (counted and not _counted(schema, len(value), counted)):  # type: ignore[arg-type]
        return False
    return named != "null" and (not isinstance(value, str) or matches(schema.get("pattern"), value) is not False)


def _same(one: object, other: object) -> bool:
    # Deep comparison of what may hold itself is avoided: only plain values are compared.
    plain = str | int | float | None
    return isinstance(one, plain) and isinstance(other, plain) and type(one) is type(other) and one == other


def _counted(schema: Schema, size: int, what: str) -> bool:
    least, most = count(schema, f"min{what}"), count(schema, f"max{what}")
    return (least is None or size >= least) and (most is None or size <= most)


def _number_fits(schema: Schema, kind: str, value: float) -> bool:
    exact = number(value)
    if exact is None or (kind == "integer" and exact != int(exact)):
        return False
    low, high = limits(schema)
    if low is not None and (exact < low[0] or (low[1] and exact == low[0])):
        return False
    if high is not None and (exact > high[0] or (high[1] and exact == high[0])):
        return False
    step = number(schema.get("multipleOf"))
    return step is None or step <= 0 or Fraction(str(exact)) % Fraction(str(step)) == 0


def limits(schema: Schema) -> tuple[tuple[float, bool] | None, tuple[float, bool] | None]:
    """Return the lower and the upper bound of a number, each with whether it is excluded itself; None without one."""
    lower = _limit(schema, "minimum", "exclusiveMinimum", upper=False)
    return lower, _limit(schema, "maximum", "exclusiveMaximum", upper=True)


def _limit(schema: Schema, plain: str, exclusive: str, *, upper: bool) -> tuple[float, bool] | None:
    bound, excluded = number(schema.get(plain)), schema.get(exclusive)
    if isinstance(excluded, bool):
        return None if bound is None else (bound, excluded)
    beyond = number(excluded)
    found = [(value, shut) for value, shut in ((bound, False), (beyond, True)) if value is not None]
    if not found:
        return None
    # Where both are the same, the one that is excluded itself binds.
    return min(found, key=lambda one: (one[0], not one[1])) if upper else max(found)
