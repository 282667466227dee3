"""Which operation of a description a path belongs to, found as routers find it: what is fixed goes before a parameter.

Path templates: https://spec.openapis.org/oas/v3.1.1.html#path-templating. Whatever the templates are, a path is matched
in a time that grows with their number and its length only.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

_PARAMETER = re.compile(r"\{([^{}/]*)\}")
_LONGEST = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The template that a path belongs to, and the texts that stand for its parameters."""

    template: str
    values: Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class _Node:
    """What may follow one beginning of a path. `fixed` by the segment itself, `open` by a segment with parameters."""

    fixed: dict[str, "_Node"] = field(default_factory=dict)
    open: dict[str, "_Node"] = field(default_factory=dict)
    template: str | None = None


class Routes:
    """The paths of a description, below `base_path` or not: the part of a path that other servers put before it."""

    def __init__(self, templates: Iterable[str], base_path: str = "") -> None:
        self._root = _Node()
        self._base_path = base_path.rstrip("/")
        self._known: dict[str, Match | None] = {}
        for template in templates:
            if template.startswith("/") and len(template) <= _LONGEST:
                self._add(template)

    def _add(self, template: str) -> None:
        node = self._root
        for segment in template[1:].split("/"):
            inside = node.open if _PARAMETER.search(segment) else node.fixed
            node = inside.setdefault(segment, _Node())
        if node.template is None:
            node.template = template

    def match(self, path: str) -> Match | None:
        """Return where a path leads, without its query, percent-encoded or not; None for nowhere."""
        path = path.partition("?")[0]
        if path not in self._known:
            self._known[path] = self._found(unquote(path, errors="replace"))
        return self._known[path]

    def _found(self, path: str) -> Match | None:
        if not path.startswith("/") or len(path) > _LONGEST:
            return None
        found = _find(self._root, path[1:].split("/"), 0)
        if found is None and self._base_path and path.startswith(f"{self._base_path}/"):
            found = _find(self._root, path[len(self._base_path) + 1 :].split("/"), 0)
        return found


def _find(root: _Node, segments: list[str], start: int) -> Match | None:
    """Walk the tree; no node is looked at twice, since each is reached by one way only."""
    waiting: list[tuple[_Node, int, tuple[tuple[str, str], ...]]] = [(root, start, ())]
    while waiting:
        node, at, values = waiting.pop()
        if at == len(segments):
            if node.template is not None:
                return Match(template=node.template, values=dict(values))
            continue
        segment = segments[at]
        # The last one put on is looked at first: what is fixed.
        for written, child in reversed(node.open.items()):
            if (more := _values(written, segment)) is not None:
                waiting.append((child, at + 1, (*values, *more)))
        if segment in node.fixed:
            waiting.append((node.fixed[segment], at + 1, values))
    return None


def _values(written: str, segment: str) -> tuple[tuple[str, str], ...] | None:
    """Return what the parameters of a template's segment stand for, each by at least one character; None for no match.

    Not by a regular expression: many parameters in one segment would make it slow.
    """
    parts = _PARAMETER.split(written)
    fixed, names = parts[::2], parts[1::2]
    if not segment.startswith(fixed[0]) or not segment.endswith(fixed[-1]):
        return None
    end = len(segment) - len(fixed[-1])
    at, values = len(fixed[0]), []
    for name, following in zip(names[:-1], fixed[1:-1], strict=True):
        # With nothing between two parameters, the first takes one character.
        until = segment.find(following, at + 1, end)
        if until < 0:
            return None
        values.append((name, segment[at:until]))
        at = until + len(following)
    return (*values, (names[-1], segment[at:end])) if at < end else None
