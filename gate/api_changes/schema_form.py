"""One schema in the one form that all ways to write it share: references followed, `allOf` joined, null set apart.

Reads no document: see `schema_folding`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

LOWER = frozenset({"min", "exclusive-min", "min-length", "min-items", "min-properties", "min-contains"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A schema within another: what is written, and the JSON pointer of where. `written` may be a `Form` or `Joint`."""

    written: object
    pointer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """Several schemas that hold for one value, as those that two parts of an `allOf` give the same property."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One alternative. `name`: of the component that it refers to, else its title, else ""."""

    part: Part
    name: str = ""
    refers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Alternatives of which none is null. `keyword`: `one-of` or `any-of`."""

    keyword: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a schema says. None, where it says nothing about something.

    `types` is without null; the empty set takes no value but perhaps null. `null`: None where nothing was said of null
    and no type either. `listed`: the types were written as alternatives. `values` are those of `enum` and `const`,
    keyed by what makes two the same in JSON. `bounds` are by their names in rules (`max-length`).
    `inner` are schemas that hold for other values by their name in rules (`contains`, `not`), `families` those that
    hold by name (`pattern-property`, `dependent-schema`).
    """

    types: frozenset[str] | None = None
    null: bool | None = None
    listed: bool = False
    format: str = ""
    values: Mapping[object, object] | None = None
    constant: bool = False
    extensible: frozenset[str] = frozenset()
    bounds: Mapping[str, int | float] = field(default_factory=dict)
    multiple: int | float | None = None
    unique: bool = False
    patterns: frozenset[str] = frozenset()
    media_type: str = ""
    encoding: str = ""
    properties: Mapping[str, Part] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    additional: Part | None = None
    closed: bool = False
    items: Part | None = None
    prefix: tuple[Part, ...] = ()
    choices: tuple[Choice, ...] = ()
    inner: Mapping[str, Part] = field(default_factory=dict)
    families: Mapping[str, Mapping[str, Part]] = field(default_factory=dict)
    dependents: Mapping[str, frozenset[str]] = field(default_factory=dict)
    default: str | None = None
    tag: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    read_only: bool = False
    write_only: bool = False
    deprecated: bool = False

    @property
    def simple(self) -> bool:
        """Tell whether no schema is within this one."""
        single = (self.additional, self.items, self.prefix, self.choices)
        return not any(single) and not self.properties and not self.inner and not self.families


def covers(wide: frozenset[str] | None, narrow: frozenset[str] | None) -> bool:
    """Tell whether every value of the one set of types is one of the other; None is any type."""
    if wide is None or narrow is None:
        return wide is None
    return all(one in wide or (one == "integer" and "number" in wide) for one in narrow)


def joined(one: Form, other: Form) -> Form:
    """Return what both say of one value; what only one can have the last word in, `other` has."""
    return replace(
        other,
        types=_types(one.types, other.types),
        null=_null(one.null, other.null),
        listed=one.listed or other.listed,
        format=other.format or one.format,
        values=_values(one.values, other.values),
        constant=one.constant or other.constant,
        extensible=other.extensible or one.extensible,
        bounds=_bounds(one.bounds, other.bounds),
        multiple=one.multiple if other.multiple is None else other.multiple,
        unique=one.unique or other.unique,
        patterns=one.patterns | other.patterns,
        media_type=other.media_type or one.media_type,
        encoding=other.encoding or one.encoding,
        properties=_parts(one.properties, other.properties),
        required=one.required | other.required,
        additional=other.additional or one.additional,
        closed=one.closed or other.closed,
        items=_parts({"": one.items}, {"": other.items})[""] if one.items and other.items else other.items or one.items,
        prefix=other.prefix or one.prefix,
        choices=one.choices + other.choices,
        inner=_parts(one.inner, other.inner),
        families={
            name: _parts(one.families.get(name, {}), other.families.get(name, {}))
            for name in one.families.keys() | other.families.keys()
        },
        dependents={**one.dependents, **other.dependents},
        default=one.default if other.default is None else other.default,
        tag=other.tag or one.tag,
        tags={**one.tags, **other.tags},
        read_only=one.read_only or other.read_only,
        write_only=one.write_only or other.write_only,
        deprecated=one.deprecated or other.deprecated,
    )


def _types(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return other if one is None else one
    both = one & other
    if ("integer" in one and "number" in other) or ("integer" in other and "number" in one):
        both |= {"integer"}
    return both


def _null(*said: bool | None) -> bool | None:
    return None if said == (None, None) else all(one is not False for one in said)


def _values(
    one: Mapping[object, object] | None, other: Mapping[object, object] | None
) -> Mapping[object, object] | None:
    if one is None or other is None:
        return other if one is None else one
    return {key: value for key, value in one.items() if key in other}


def _bounds(one: Mapping[str, int | float], other: Mapping[str, int | float]) -> Mapping[str, int | float]:
    if not one or not other:
        return one or other
    shared = {
        name: max(one[name], other[name]) if name in LOWER else min(one[name], other[name])
        for name in one.keys() & other.keys()
    }
    return {**one, **other, **shared}


def _parts(one: Mapping[str, Part], other: Mapping[str, Part]) -> Mapping[str, Part]:
    if not one or not other:
        return one or other
    shared = {
        name: Part(written=Joint(parts=(one[name], other[name])), pointer=other[name].pointer)
        for name in one.keys() & other.keys()
        if one[name].written is not other[name].written
    }
    return {**one, **other, **shared}
