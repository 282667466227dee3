"""Which schemas are word for word the same in two documents, with all that they refer to. Compares no meanings.

Most of a document is the same from one revision to the next, and need not be looked at keyword by keyword.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gate.api_changes.schema_changes import Sides
from gate.formats.openapi_schema import mapping, pointed

# What leads elsewhere by other means than `$ref`, see https://json-schema.org/draft/2020-12/json-schema-core#section-8.2
_ELSEWHERE = ("$dynamicRef", "$recursiveRef", "$id")


@dataclass(slots=True, kw_only=True)
class Unchanged:
    """Knows which references of two documents lead to the same, all the way."""

    sides: Sides
    _kept: frozenset[str] | None = field(default=None)

    def same(self, base: object, head: object) -> bool:
        """Tell whether two schemas surely are the same; False where that cannot be told at a glance."""
        if self._kept is None:
            self._kept = _kept(self.sides)
        names = _references(base)
        return names is not None and names <= self._kept and _equal(base, head)


def _kept(sides: Sides) -> frozenset[str]:
    """Return the references that lead to the same in both documents: to equal schemas, and so on from there."""
    if _version(sides.base) != _version(sides.head):
        # The same words may mean something else.
        return frozenset()
    waiting = [_pointer(name) for name in mapping(mapping(sides.base.get("components")).get("schemas"))]
    waiting += [_pointer(name, "#/definitions/") for name in mapping(sides.base.get("definitions"))]
    inner: dict[str, Iterable[str]] = {}
    changed: list[str] = []
    while waiting:
        reference = waiting.pop()
        if reference in inner:
            continue
        target = pointed(sides.base, reference)
        names = _references(target)
        if names is None or not _equal(target, pointed(sides.head, reference)):
            changed.append(reference)
        inner[reference] = names or ()
        waiting.extend(inner[reference])
    above: dict[str, list[str]] = {}
    for reference, within in inner.items():
        for name in within:
            above.setdefault(name, []).append(reference)
    lost = set(changed)
    while changed:
        for reference in above.get(changed.pop(), ()):
            if reference not in lost:
                lost.add(reference)
                changed.append(reference)
    return frozenset(inner.keys() - lost)


def _references(schema: object) -> set[str] | None:
    """Return all references in a schema; None where it leads elsewhere, or holds a value twice, as YAML's aliases do.

    A value that stands in many places is small to read and large to compare.
    """
    found: set[str] = set()
    seen: set[int] = set()
    waiting = [schema]
    while waiting:
        value = waiting.pop()
        if not isinstance(value, Mapping | list):
            continue
        if id(value) in seen or any(name in value for name in _ELSEWHERE):
            return None
        seen.add(id(value))
        if isinstance(value, Mapping):
            if isinstance(reference := value.get("$ref"), str):
                found.add(reference)
            waiting.extend(value.values())
        else:
            waiting.extend(value)
    return found


def _equal(one: object, other: object) -> bool:
    try:
        # In Python `1 == True`; in JSON it is not.
        return bool(one == other) and json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    except (RecursionError, TypeError, ValueError):
        return False


def _version(root: Mapping[str, Any]) -> str:
    return str(root.get("openapi"))[:3]


def _pointer(name: object, above: str = "#/components/schemas/") -> str:
    return above + str(name).replace("~", "~0").replace("/", "~1")
