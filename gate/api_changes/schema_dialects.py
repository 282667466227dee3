"""What two versions of a generator say differently about the same service. Compares no schemas."""

from collections.abc import Mapping
from typing import Any

from gate.api_changes.schema_place import Sides
from gate.formats.openapi_schema import mapping

# What FastAPI calls the schema of its answers to requests that do not fit.
_FASTAPI = "HTTPValidationError"


def null_unsaid(sides: Sides) -> bool:
    """Tell whether one document leaves out null and the other does not, of a service that may be the same.

    Up to 0.98 FastAPI writes 3.0 and an optional field as if it could not be null; since 0.99 it writes 3.1, and null.
    """
    versions = {_version(side): side for side in (sides.base, sides.head)}
    if versions.keys() != {"3.0", "3.1"} or not all(_is_fastapis(side) for side in versions.values()):
        return False
    return not _says_null(versions["3.0"])


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
