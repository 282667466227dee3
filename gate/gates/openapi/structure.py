"""Faults of a description that OpenAPI's JSON Schema cannot say, or that must be known before it is used. Pure.

https://spec.openapis.org/oas/v3.1.1.html asks for each of these in words. A document may be hostile: it is walked
without recursion, each part of it once, however often it is referred to.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from gate.formats.openapi_places import Place, escaped, operation_places
from gate.formats.openapi_schema import entries, followed, mapping
from gate.formats.schema_violations import Checking, OutOfBoundsError
from gate.formats.yaml_document import repeated_keys

_MOST_EXPANDED = 3_000_000
_DEEPEST = 400
_LONGEST_NAME = 200
_STEPS_OF_A_DEFAULT = 10_000
_LONGEST_CHAIN = 50
_NOTHING = object()
# What stands below these is somebody's value, or a name of somebody's, and no part of the description.
_VALUES = frozenset({"example", "examples", "default", "enum", "const", "value", "mapping"})
_OF_SCHEMAS = ("type", "anyOf", "oneOf", "allOf", "$ref")
_PARAMETER = re.compile(r"\{([^{}/]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Invalid:
    """A fault of a document: `pointer` is the JSON pointer to its place, "" for the document as a whole."""

    pointer: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """The faults that were found. With one that is `fatal` no validator may be given the document."""

    faults: tuple[Invalid, ...]
    fatal: bool


def structure_of(root: Mapping[str, Any], text: str) -> Structure:
    """Return what is wrong with a document's structure; `text` is what it was read from."""
    if trouble := _trouble(root):
        return Structure(faults=(Invalid(pointer="", message=trouble),), fatal=True)
    outside, references = [], []
    defaults = Checking(root=root, version=str(root.get("openapi"))[:3], answered=False)
    faults = [*_repeated(text)]
    for pointer, node in _parts(root):
        reference = node.get("$ref")
        if isinstance(reference, str) and not reference.startswith("#"):
            message = f"`{reference[:_LONGEST_NAME]}` lies outside of the document, which is not followed"
            outside.append(Invalid(pointer=f"{pointer}/$ref", message=message))
        elif isinstance(reference, str) and (where := _leads_wrong(root, reference)):
            references.append(
                Invalid(pointer=f"{pointer}/$ref", message=f"`{reference[:_LONGEST_NAME]}` leads {where}")
            )
        if "default" in node and any(name in node for name in _OF_SCHEMAS):
            faults += _default_faults(defaults, pointer, node)
    places = tuple(operation_places(root))
    faults += [*references, *_operation_ids(places), *_same_paths(root), *_repeated_parameters(root, places)]
    faults += [fault for place in places for fault in _path_parameters(place)]
    return Structure(faults=(*outside, *faults), fatal=bool(outside))


def _trouble(root: Mapping[str, Any]) -> str:
    """Say why a document is not walked: it holds itself, is deep, or aliases make much of it. "" where it is well.

    Each part is measured once all that lies in it has been.
    """
    sizes: dict[int, int] = {}
    above: set[int] = set()
    waiting: list[tuple[Any, bool]] = [(root, False)]
    while waiting:
        node, measured = waiting.pop()
        inside = [one for one in (node.values() if isinstance(node, Mapping) else node) if isinstance(one, dict | list)]
        if measured:
            above.discard(id(node))
            sizes[id(node)] = len(node) + sum(sizes[id(one)] for one in inside)
            if sizes[id(node)] > _MOST_EXPANDED:
                return f"its aliases stand for more than {_MOST_EXPANDED:,} values"
        elif id(node) in above:
            return "a part of it holds itself, by an alias"
        elif id(node) not in sizes:
            above.add(id(node))
            if len(above) > _DEEPEST:
                return f"its parts lie more than {_DEEPEST} deep in each other"
            waiting += [(node, True), *((one, False) for one in inside)]
    return ""


def _parts(root: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each mapping of the description itself once, with the pointer to it."""
    seen: set[int] = set()
    # Whether the keys are names that somebody chose: then none of them means anything.
    waiting: list[tuple[str, Any, bool]] = [("", root, False)]
    while waiting:
        pointer, node, named = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, list):
            inside = [(f"{pointer}/{at}", one, False) for at, one in enumerate(node) if isinstance(one, dict | list)]
            waiting += reversed(inside)
            continue
        if not named:
            yield pointer, node
        for name, one in reversed(node.items()):
            skipped = not named and (name in _VALUES or str(name).startswith("x-"))
            if isinstance(one, dict | list) and not skipped:
                holds_names = not named and name in ("properties", "patternProperties", "$defs", "schemas")
                waiting.append((f"{pointer}/{escaped(name)}", one, holds_names))


def _leads_wrong(root: Mapping[str, Any], reference: str) -> str:
    """Say where a reference within the document leads: "nowhere", "back to itself", "" where it is well."""
    seen: set[str] = set()
    at: Any = reference
    while isinstance(at, str):
        if at in seen:
            return "back to itself"
        seen.add(at)
        # An anchor's name is taken for good.
        if not at.startswith("#/") or len(seen) > _LONGEST_CHAIN:
            return ""
        target = _target(root, at)
        if target is _NOTHING:
            return "nowhere" if at == reference else ""
        at = target.get("$ref") if isinstance(target, Mapping) else None
    return ""


def _target(root: Mapping[str, Any], reference: str) -> Any:  # noqa: ANN401 - a reference may lead to anything
    at: Any = root
    for part in reference[2:].split("/"):
        name = unquote(part, errors="replace").replace("~1", "/").replace("~0", "~")
        if isinstance(at, Mapping) and name in at:
            at = at[name]
        elif isinstance(at, list) and name.isascii() and name.isdigit() and len(name) < 6 and int(name) < len(at):
            at = at[int(name)]
        else:
            return _NOTHING
    return at


def _default_faults(checking: Checking, pointer: str, schema: Mapping[str, Any]) -> Iterator[Invalid]:
    value = schema["default"]
    checking.left = _STEPS_OF_A_DEFAULT
    try:
        found = checking.violation({name: one for name, one in schema.items() if name != "default"}, value)
    except OutOfBoundsError:
        return
    if found is not None:
        place = f"`{found.pointer}` in it" if found.pointer else "it"
        yield Invalid(
            pointer=f"{pointer}/default", message=f"is no default for its own schema: {place} {found.message}"
        )


def _repeated(text: str) -> Iterator[Invalid]:
    """Yield names that stand twice in one object: of two values, readers take one or the other."""
    repeated: dict[str, None] = {}

    def noted(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            counted = Counter(name for name, _ in pairs)
            repeated.update((name, None) for name, count in counted.items() if count > 1)
        return found

    try:
        json.loads(text, object_pairs_hook=noted)
    except (ValueError, RecursionError):
        repeated = dict.fromkeys(repeated_keys(text, longest=len(text)))
    for name in repeated:
        yield Invalid(pointer="", message=f"the name `{name[:_LONGEST_NAME]}` stands twice in one object")


def _operation_ids(places: tuple[Place, ...]) -> Iterator[Invalid]:
    known: dict[str, Place] = {}
    for place in places:
        name = place.operation.get("operationId")
        if not isinstance(name, str):
            continue
        if name in known:
            message = f"the operation id `{name[:_LONGEST_NAME]}` is that of {known[name].key}, too"
            yield Invalid(pointer=f"{place.pointer}/operationId", message=message)
        known.setdefault(name, place)


def _same_paths(root: Mapping[str, Any]) -> Iterator[Invalid]:
    known: dict[str, str] = {}
    for path in mapping(root.get("paths")):
        shape = _PARAMETER.sub("{}", str(path))
        if shape in known:
            message = f"is the same path as {known[shape][:_LONGEST_NAME]}, with other names for its parameters"
            yield Invalid(pointer=f"/paths/{escaped(path)}", message=message)
        known.setdefault(shape, str(path))


def _repeated_parameters(root: Mapping[str, Any], places: tuple[Place, ...]) -> Iterator[Invalid]:
    lists = {f"/paths/{escaped(path)}": followed(root, item) for path, item in mapping(root.get("paths")).items()}
    lists |= {place.pointer: place.operation for place in places}
    for pointer, holder in lists.items():
        known = set()
        for at, written in enumerate(entries(holder.get("parameters"))):
            parameter = followed(root, written)
            key = (str(parameter.get("name")), str(parameter.get("in")))
            if parameter and key in known:
                message = f"the {key[1][:20]} parameter `{key[0][:_LONGEST_NAME]}` is described twice"
                yield Invalid(pointer=f"{pointer}/parameters/{at}", message=message)
            known.add(key)


def _path_parameters(place: Place) -> Iterator[Invalid]:
    wanted = dict.fromkeys(_PARAMETER.findall(place.path))
    described = {str(one.get("name")) for one in place.parameters if one.get("in") == "path"}
    for name in wanted:
        if name not in described:
            message = f"{place.key} does not describe the parameter `{name[:_LONGEST_NAME]}` of its path"
            yield Invalid(pointer=place.pointer, message=message)
    for name in sorted(described - set(wanted)):
        message = f"{place.key} describes a path parameter `{name[:_LONGEST_NAME]}`, which its path does not have"
        yield Invalid(pointer=place.pointer, message=message)
