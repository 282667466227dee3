"""Which operations of a document use which of its components. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gate.formats.document_lines import joined
from gate.formats.openapi_schema import mapping

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_DEEPEST = 200


@dataclass(slots=True, kw_only=True)
class Users:
    """Which operations use a component, through whatever other components."""

    committed: Mapping[str, Any]
    generated: Mapping[str, Any]
    _of: dict[str, dict[str, None]] | None = None

    def of(self, pointer: str) -> tuple[str, ...]:
        """Return the operations, in their order."""
        if self._of is None:
            self._of = {}
            for root in (self.committed, self.generated):
                self._read(root, self._of)
        found: dict[str, None] = {}
        waiting, seen = [pointer], {pointer}
        while waiting:
            for user in self._of.get(waiting.pop(), ()):
                if not user.startswith("/"):
                    found[user] = None
                elif user not in seen:
                    seen.add(user)
                    waiting.append(user)
        return tuple(found)

    @staticmethod
    def _read(root: Mapping[str, Any], found: dict[str, dict[str, None]]) -> None:
        known: dict[int, frozenset[str]] = {}
        for key, pointer in operations_of(root).items():
            path = mapping(mapping(root.get("paths")).get(key.partition(" ")[2]))
            for used in _references(value_at(root, pointer), known) | _references(path.get("parameters"), known):
                found.setdefault(used, {})[key] = None
        for group, members in mapping(root.get("components")).items():
            for name, one in mapping(members).items():
                for used in _references(one, known):
                    found.setdefault(used, {})[joined("/components", group, name)] = None


def _references(value: object, known: dict[int, frozenset[str]], depth: int = 0) -> frozenset[str]:
    """Return the references within a value, as pointers to components."""
    if not isinstance(value, dict | list) or depth > _DEEPEST:
        return frozenset()
    if id(value) not in known:
        found: set[str] = set()
        if isinstance(value, dict) and isinstance(reference := value.get("$ref"), str) and reference.startswith("#/"):
            found.add("/".join(reference[1:].split("/")[:4]))
        for one in value.values() if isinstance(value, dict) else value:
            found |= _references(one, known, depth + 1)
        known[id(value)] = frozenset(found)
    return known[id(value)]


def operations_of(root: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the operations of a document, and their pointers."""
    return {
        f"{method.upper()} {path}": joined("/paths", path, method)
        for path, item in mapping(root.get("paths")).items()
        if isinstance(path, str)
        for method in mapping(item)
        if method in METHODS
    }


def value_at(root: Mapping[str, Any], pointer: str) -> object:
    """Return what a pointer of a document names; an empty mapping or None where that is nothing."""
    at: object = root
    for part in pointer.split("/")[1:]:
        at = mapping(at).get(part.replace("~1", "/").replace("~0", "~"))
    return at
