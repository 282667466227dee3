"""What the committed document says otherwise than the one that was generated, operation by operation. Pure.

Both are compared as they mean, without what `canonical` leaves out. What only a framework's version decides is told
apart.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gate.formats.document_lines import joined
from gate.formats.openapi_schema import mapping
from gate.gates.openapi.canonical import Folding, canonical
from gate.gates.openapi.component_users import METHODS, Users, operations_of, value_at
from gate.gates.openapi.difference import Comparing, Difference, Kind, either

MOST_DRIFTED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Drifted:
    """A part that differs. `subject` is an operation (`GET /tasks`), a component (`schema Task`), or another part.

    `pointer` is its place in the committed document, or the place where it would belong. `operations` are those that it
    concerns: itself, or all that use it.
    """

    subject: str
    kind: Kind
    pointer: str
    is_operation: bool = False
    differences: tuple[Difference, ...] = ()
    operations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """All that differs. `by_framework` are parts that differ only as versions of a framework do."""

    parts: tuple[Drifted, ...] = ()
    by_framework: tuple[Drifted, ...] = ()

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations that are concerned, each once."""
        return tuple(dict.fromkeys(operation for part in self.parts for operation in part.operations))


def drift_of(committed: Mapping[str, Any], generated: Mapping[str, Any]) -> Drift:
    """Compare two documents.

    Raises:
        UnreadableError: one is too deep.
    """
    ours, theirs = canonical(committed), canonical(generated)
    comparison, folding = _Comparison(committed=ours, generated=theirs), Folding()
    values = Comparing()
    parts: list[Drifted] = []
    by_framework: list[Drifted] = []
    for part in comparison.drifted():
        found = part.differences
        if part.kind is Kind.CHANGED:
            before, after = (folding.part(_value(root, part), part.pointer) for root in (ours, theirs))
            found = values.between(before, after, part.pointer)
        if part.kind is Kind.CHANGED and not found:
            by_framework.append(part)
        else:
            parts.append(replace(part, differences=found))
        if max(len(parts), len(by_framework)) >= MOST_DRIFTED:
            break
    return Drift(parts=tuple(parts), by_framework=tuple(by_framework))


def _value(root: Mapping[str, Any], part: Drifted) -> object:
    value = value_at(root, part.pointer)
    return _without(value, METHODS) if part.subject.startswith("path ") else value


@dataclass(slots=True, kw_only=True)
class _Comparison:
    """Compares two documents, part by part."""

    committed: Mapping[str, Any]
    generated: Mapping[str, Any]
    values: Comparing = field(default_factory=Comparing)

    def drifted(self) -> Iterator[Drifted]:
        if self.values.same(self.committed, self.generated):
            return
        before, after = operations_of(self.committed), operations_of(self.generated)
        users = Users(committed=self.committed, generated=self.generated)
        yield from self._operations(before, after)
        yield from self._components(users)
        yield from self._others()

    def _operations(self, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Drifted]:
        for key in sorted(before.keys() | after.keys(), key=lambda key: (key.partition(" ")[2], key)):
            pointer = before.get(key) or after[key]
            kind = Kind.ADDED if key not in before else Kind.REMOVED if key not in after else Kind.CHANGED
            found: tuple[Difference, ...] = ()
            if kind is Kind.CHANGED:
                found = self.values.between(
                    value_at(self.committed, pointer), value_at(self.generated, pointer), pointer
                )
                if not found:
                    continue
            yield Drifted(
                subject=key, kind=kind, pointer=pointer, is_operation=True, differences=found, operations=(key,)
            )

    def _components(self, users: Users) -> Iterator[Drifted]:
        before, after = mapping(self.committed.get("components")), mapping(self.generated.get("components"))
        for group in either(before, after):
            ours, theirs = mapping(before.get(group)), mapping(after.get(group))
            for name in either(ours, theirs):
                pointer = joined("/components", group, name)
                found = self.values.members(ours, theirs, name, joined("/components", group))
                if found:
                    kind = Kind.ADDED if name not in ours else Kind.REMOVED if name not in theirs else Kind.CHANGED
                    yield Drifted(
                        subject=f"{group.removesuffix('s')} {name}",
                        kind=kind,
                        pointer=pointer,
                        differences=found if kind is Kind.CHANGED else (),
                        operations=users.of(pointer),
                    )

    def _others(self) -> Iterator[Drifted]:
        """Compare what is neither an operation nor a component: paths' own members, and the document's."""
        before, after = mapping(self.committed.get("paths")), mapping(self.generated.get("paths"))
        for path in either(before, after):
            found = self._pairs(_without(before.get(path), METHODS), _without(after.get(path), METHODS), path)
            if found and (path in before) and (path in after):
                methods = [name for name in mapping(before[path]) if name in METHODS]
                yield Drifted(
                    subject=f"path {path}",
                    kind=Kind.CHANGED,
                    pointer=joined("/paths", path),
                    differences=found,
                    operations=tuple(f"{method.upper()} {path}" for method in methods),
                )
        left_out = ("paths", "components")
        ours, theirs = _without(self.committed, left_out), _without(self.generated, left_out)
        for name in either(ours, theirs):
            if found := self.values.members(ours, theirs, name, ""):
                kind = Kind.ADDED if name not in ours else Kind.REMOVED if name not in theirs else Kind.CHANGED
                yield Drifted(subject=name, kind=kind, pointer=joined("", name), differences=found)

    def _pairs(self, ours: Mapping[str, Any], theirs: Mapping[str, Any], path: str) -> tuple[Difference, ...]:
        return self.values.between(ours, theirs, joined("/paths", path)) if ours or theirs else ()


def _without(value: object, names: tuple[str, ...]) -> Mapping[str, Any]:
    return {name: one for name, one in mapping(value).items() if name not in names}
