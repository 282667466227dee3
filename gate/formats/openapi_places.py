"""The operations of an OpenAPI document as they are written, each with its place. Reads nothing else of them.

Format: https://spec.openapis.org/oas/v3.1.1.html#paths-object. A document may be hostile: nothing here raises.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from gate.formats.openapi_schema import entries, followed, mapping

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_MOST_OPERATIONS = 20_000
_MOST_PARAMETERS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An operation: `pointer` is the JSON pointer to it, `parameters` those of its path and its own, followed."""

    method: str
    path: str
    pointer: str
    operation: Mapping[str, Any]
    parameters: tuple[Mapping[str, Any], ...]

    @property
    def key(self) -> str:
        """How an operation is named everywhere: `GET /tasks/{task_id}`."""
        return f"{self.method} {self.path}"


def escaped(name: object) -> str:
    """Write a name as a part of a JSON pointer: https://www.rfc-editor.org/rfc/rfc6901#section-3."""
    return str(name).replace("~", "~0").replace("/", "~1")


def operation_places(root: Mapping[str, Any]) -> Iterator[Place]:
    """Return the first 20,000 operations in their order, the references of path items followed within the document."""
    return islice(_operation_places(root), _MOST_OPERATIONS)


def _operation_places(root: Mapping[str, Any]) -> Iterator[Place]:
    for path, written in mapping(root.get("paths")).items():
        if not isinstance(path, str) or not path.startswith("/"):
            continue
        item = followed(root, written)
        shared = entries(item.get("parameters"))[:_MOST_PARAMETERS]
        for method in METHODS:
            operation = item.get(method)
            if isinstance(operation, Mapping):
                own = entries(operation.get("parameters"))[:_MOST_PARAMETERS]
                yield Place(
                    method=method.upper(),
                    path=path,
                    pointer=f"/paths/{escaped(path)}/{method}",
                    operation=operation,
                    parameters=_overridden(root, (*shared, *own)),
                )


def _overridden(root: Mapping[str, Any], written: tuple[object, ...]) -> tuple[Mapping[str, Any], ...]:
    """Return parameters: an operation's own one stands for one of the same name and location of its path."""
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for one in written:
        parameter = followed(root, one)
        found[str(parameter.get("name")), str(parameter.get("in"))] = parameter
    return tuple(found.values())
