"""The operations of two documents, and which of the one is which of the other. Says nothing of what changed in them.

Format: https://spec.openapis.org/oas/v3.1.1.html#paths-object
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from gate.api_changes.comparison import Spot
from gate.formats.openapi_parts import base_path
from gate.formats.openapi_schema import followed, mapping

_METHODS = frozenset(("get", "put", "post", "delete", "options", "head", "patch", "trace"))
# Far more than any API has: an operation left out on one side only would seem to be removed.
_MOST_OPERATIONS = 50_000
_LONGEST_PATH = 2_000
_NAME = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiOperation:
    """An operation as it is written: `item` is its path's, `node` its own. `prefix` is what the server's URL adds."""

    method: str
    path: str
    prefix: str = ""
    item: Mapping[str, Any] = field(repr=False, default_factory=dict)
    node: Mapping[str, Any] = field(repr=False, default_factory=dict)

    @property
    def spot(self) -> Spot:
        """Where the operation is."""
        return Spot(operation=f"{self.method.upper()} {self.path}").at("paths", self.path, self.method)

    @property
    def path_names(self) -> tuple[str, ...]:
        """The names of the path's parameters, in order."""
        return tuple(_NAME.findall(self.path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The operations in both documents (base, head), those in one, and the head's paths by their shape."""

    both: tuple[tuple[ApiOperation, ApiOperation], ...]
    removed: tuple[ApiOperation, ...]
    added: tuple[ApiOperation, ...]
    shapes: frozenset[str]

    def has_path_of(self, operation: ApiOperation) -> bool:
        """Tell whether the head still has the path of an operation, whatever its parameters are called."""
        return not self.shapes.isdisjoint((shape(operation.prefix + operation.path), shape(operation.path)))


def matched(base: Mapping[str, Any], head: Mapping[str, Any]) -> Matched:
    """Return which operations of two documents are the same.

    That is by the whole path, of which a prefix may have moved between the server's URL and the paths; then by its
    shape, since the names of parameters are no part of a URL; then by the written path: servers come and go.
    """
    left, right = list(_operations(base)), list(_operations(head))
    both: list[tuple[ApiOperation, ApiOperation]] = []
    for whole, exact in ((True, True), (True, False), (False, True), (False, False)):
        waiting: dict[tuple[str, str], list[ApiOperation]] = {}
        for one in right:
            waiting.setdefault(_key(one, whole=whole, exact=exact), []).append(one)
        found = [
            (one, same_key.pop(0)) for one in left if (same_key := waiting.get(_key(one, whole=whole, exact=exact)))
        ]
        both += found
        taken = {id(one) for pair in found for one in pair}
        left = [one for one in left if id(one) not in taken]
        right = [one for one in right if id(one) not in taken]
    prefix = base_path(head)
    written = list(_paths(head))
    shapes = {shape(path) for path in written} | {shape(prefix + path) for path in written}
    return Matched(both=tuple(both), removed=tuple(left), added=tuple(right), shapes=frozenset(shapes))


def shape(path: str) -> str:
    """Return a path without the names of its parameters: `/tasks/{}`."""
    return _NAME.sub("{}", path)


def methods_of(item: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Return the operations of a path, by method."""
    return ((method, node) for method, node in item.items() if method in _METHODS and isinstance(node, Mapping))


def _operations(root: Mapping[str, Any]) -> Iterable[ApiOperation]:
    prefix = base_path(root)
    every = (
        ApiOperation(method=method, path=path, prefix=prefix, item=item, node=node)
        for path, written in _paths(root).items()
        for item in (followed(root, written),)
        for method, node in methods_of(item)
    )
    return islice(every, _MOST_OPERATIONS)


def _paths(root: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        path: written
        for path, written in mapping(root.get("paths")).items()
        if isinstance(path, str) and path.startswith("/") and len(path) <= _LONGEST_PATH
    }


def _key(operation: ApiOperation, *, whole: bool, exact: bool) -> tuple[str, str]:
    path = operation.prefix + operation.path if whole else operation.path
    return operation.method, path if exact else shape(path)
