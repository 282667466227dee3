"""What two values of two documents do not have in common, place by place. Pure; bounded, whatever the values are.

Values mean the same whatever the order of members, and of those lists whose order says nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gate.domain.wording import clipped
from gate.formats import UnreadableError
from gate.formats.document_lines import joined

_SETS = frozenset({"required", "enum", "type", "tags", "security", "parameters", "anyOf", "oneOf", "allOf"})
_MOST_DIFFERENCES = 20
_MOST_OF_A_VALUE = 80
_DEEPEST = 200


class Kind(StrEnum):
    """What became of a part of the document: only generated, only committed, or in both and not the same."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One place: `committed` and `generated` are its values, shortened; "" where there is none."""

    pointer: str
    kind: Kind
    committed: str = ""
    generated: str = ""

    def words(self, start: str) -> str:
        """Say it, the place as it is below `start`."""
        place = self.pointer.removeprefix(start).lstrip("/").replace("~1", "/").replace("~0", "~") or "it"
        if self.kind is Kind.ADDED:
            return f"{place} is missing in the file: {self.generated}"
        if self.kind is Kind.REMOVED:
            return f"{place} is in the file only: {self.committed}"
        return f"{place} is {self.generated}, and {self.committed} in the file"


@dataclass(slots=True)
class Comparing:
    """Compares values. `forms` number every value by what it means, so that equal ones have one number."""

    forms: dict[object, int] = field(default_factory=dict)
    known: dict[tuple[int, bool], int] = field(default_factory=dict)
    # Values are known by their identity, which must not be given to another.
    kept: list[object] = field(default_factory=list)

    def same(self, ours: object, theirs: object) -> bool:
        """Tell whether two values mean the same.

        Raises:
            UnreadableError: one is too deep.
        """
        return self._form(ours) == self._form(theirs)

    def members(
        self, ours: Mapping[str, Any], theirs: Mapping[str, Any], name: str, start: str
    ) -> tuple[Difference, ...]:
        """Return the differences of a member that one of two mappings has, or both; they stand at `start`."""
        pointer = joined(start, name)
        if name in ours and name in theirs:
            return self.between(ours[name], theirs[name], pointer)
        if name in ours:
            return (Difference(pointer=pointer, kind=Kind.REMOVED, committed=_shown(ours[name])),)
        return (Difference(pointer=pointer, kind=Kind.ADDED, generated=_shown(theirs[name])),)

    def between(self, ours: object, theirs: object, pointer: str) -> tuple[Difference, ...]:
        """Return the differences of two values that stand at `pointer`, the first twenty."""
        found: list[Difference] = []
        for one in self._differences(ours, theirs, pointer, ""):
            found.append(one)
            if len(found) >= _MOST_DIFFERENCES:
                break
        return tuple(found)

    def _differences(self, ours: Any, theirs: Any, pointer: str, name: str) -> Iterator[Difference]:  # noqa: ANN401
        is_set = name in _SETS
        if self._form(ours, is_set=is_set) == self._form(theirs, is_set=is_set):
            return
        if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
            for key in either(ours, theirs):
                if key in ours and key in theirs:
                    yield from self._differences(ours[key], theirs[key], joined(pointer, key), key)
                else:
                    yield from self.members(ours, theirs, key, pointer)
        elif isinstance(ours, list) and isinstance(theirs, list):
            yield from self._lists(ours, theirs, pointer, is_set=is_set)
        else:
            yield Difference(pointer=pointer, kind=Kind.CHANGED, committed=_shown(ours), generated=_shown(theirs))

    def _lists(self, ours: list[Any], theirs: list[Any], pointer: str, *, is_set: bool) -> Iterator[Difference]:
        if not is_set and len(ours) == len(theirs):
            for at, (one, other) in enumerate(zip(ours, theirs, strict=True)):
                yield from self._differences(one, other, joined(pointer, str(at)), "")
            return
        mine, others = {self._form(one): one for one in ours}, {self._form(one): one for one in theirs}
        gone = {_name_of(one, form): one for form, one in mine.items() if form not in others}
        come = {_name_of(one, form): one for form, one in others.items() if form not in mine}
        if not gone and not come:
            yield Difference(pointer=pointer, kind=Kind.CHANGED, committed=_shown(ours), generated=_shown(theirs))
        for name in [*gone, *(name for name in come if name not in gone)]:
            place = f"{pointer}/{name}" if isinstance(name, str) else pointer
            if name in gone and name in come:
                yield from self._differences(gone[name], come[name], place, "")
            elif name in gone:
                yield Difference(pointer=place, kind=Kind.REMOVED, committed=_shown(gone[name]))
            else:
                yield Difference(pointer=place, kind=Kind.ADDED, generated=_shown(come[name]))

    def _form(self, value: Any, *, is_set: bool = False, depth: int = 0) -> int:  # noqa: ANN401
        """Return the number of what a value means: the same for 1 and 1.0, another for true."""
        if not isinstance(value, dict | list):
            return self._number((type(value) is bool, value))
        place = (id(value), is_set)
        if place not in self.known:
            if depth > _DEEPEST:
                raise UnreadableError(f"it is more than {_DEEPEST} levels deep, or holds itself")
            form: object
            if isinstance(value, dict):
                members = ((key, self._form(one, is_set=key in _SETS, depth=depth + 1)) for key, one in value.items())
                form = ("mapping", tuple(sorted(members)))
            else:
                entries = [self._form(one, depth=depth + 1) for one in value]
                form = ("set", tuple(sorted(set(entries)))) if is_set else ("list", tuple(entries))
            self.kept.append(value)
            self.known[place] = self._number(form)
        return self.known[place]

    def _number(self, form: object) -> int:
        return self.forms.setdefault(form, len(self.forms))


def either(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
    """Return the names that one of two mappings has, in their order."""
    return [*ours, *(name for name in theirs if name not in ours)]


def _name_of(one: object, form: int) -> str | int:
    """Return how an entry of a list is known, whatever else it says: a parameter by place and name."""
    if isinstance(one, Mapping):
        if isinstance(one.get("name"), str):
            return "-".join(str(one[key]) for key in ("in", "name") if isinstance(one.get(key), str)).replace("/", "~1")
        return form
    return form


def _shown(value: object) -> str:
    """Return a value for a reader, however large it is."""
    if isinstance(value, Mapping):
        names = ", ".join(str(name) for name in list(value)[:4])
        return _cut(f"{{{names}{', …' if len(value) > 4 else ''}}}")
    if isinstance(value, list):
        plain = [one for one in value[:5] if not isinstance(one, Mapping | list)]
        if len(plain) == len(value):
            return _cut(f"[{', '.join(map(_shown, plain))}]")
        return f"a list of {len(value)}"
    if isinstance(value, str):
        return f"'{_cut(' '.join(value.split()))}'"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)


def _cut(text: str) -> str:
    return clipped(text, _MOST_OF_A_VALUE)
