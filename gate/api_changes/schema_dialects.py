"""What two versions of a generator say differently about the same service. Compares no schemas."""

from collections.abc import Mapping
from typing import Any

from gate.api_changes.schema_place import Sides
from gate.formats.openapi_schema import mapping

# What FastAPI calls the schema of its answers to requests that do not fit.
_FASTAPI = "HTTPValidationError"
# How all patterns begin that pydantic has for a decimal number.
_DECIMAL = "^(?!^[-+.]*$)[+-]?0*"


def null_unsaid(sides: Sides) -> bool:
    """Tell whether one document leaves out null and the other does not, of a service that may be the same.

    Up to 0.98 FastAPI writes 3.0 and an optional field as if it could not be null; since 0.99 it writes 3.1, and null.
    """
    versions = {_version(side): side for side in (sides.base, sides.head)}
    if versions.keys() != {"3.0", "3.1"} or not all(_is_fastapis(side) for side in versions.values()):
        return False
    return not _says_null(versions["3.0"])


def decimals_unbounded(options: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return alternatives of which a decimal number as text has no pattern: pydantic writes one since 2.12.

    See https://github.com/fastapi/fastapi/blob/master/tests/test_multi_body_errors.py
    """
    if not any(mapping(one).get("type") == "number" for one in options):
        return options
    return tuple(
        {name: value for name, value in one.items() if name != "pattern"} if is_decimal(one) else one for one in options
    )


def is_decimal(written: object) -> bool:
    """Tell whether a schema has the pattern of pydantic's decimal numbers."""
    pattern = mapping(written).get("pattern")
    return isinstance(pattern, str) and pattern.startswith(_DECIMAL)


def _version(document: Mapping[str, Any]) -> str:
    return str(document.get("openapi", ""))[:3]


def _is_fastapis(document: Mapping[str, Any]) -> bool:
    return _FASTAPI in mapping(mapping(document.get("components")).get("schemas"))


def _says_null(document: object) -> bool:
    waiting, seen = [document], set[int]()
    while waiting:
        one = waiting.pop()
        if not isinstance(one, dict | list) or id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, dict) and one.get("nullable") is True:
            return True
        waiting.extend(one.values() if isinstance(one, dict) else one)
    return False
