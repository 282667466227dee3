"""What changed about an operation's parameters. Compares no schemas itself.

Format: https://spec.openapis.org/oas/v3.1.1.html#parameter-object
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gate.api_changes.change import Impact
from gate.api_changes.comparison import Comparison, Spot, quoted, same
from gate.api_changes.lifecycle import PARAMETERS, deprecated, lifecycle_changes, period, removal
from gate.api_changes.operations import ApiOperation
from gate.api_changes.schema_changes import Direction, Place
from gate.formats.openapi_schema import entries, followed, kind_of, mapping, merged, number, plain, variants

_LOCATIONS = ("path", "query", "header", "cookie")
_MOST = 200
_SINGLE = frozenset({"string", "integer", "number", "boolean"})
_DEFAULTS = "request-parameter-default-value"
_Key = tuple[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiParameter:
    """A parameter as it is written. `shared` tells whether it is its path's, not the operation's own."""

    name: str
    location: str
    node: Mapping[str, Any] = field(repr=False)
    spot: Spot
    required: bool = False
    shared: bool = False

    @property
    def words(self) -> str:
        """How it is called in a sentence."""
        return f"the {self.location} parameter {quoted(self.name)}"

    @property
    def schema(self) -> object:
        """Its schema, or that of the one media type it is written in; None without one."""
        return next((mapping(one).get("schema") for one in self.content.values()), self.node.get("schema"))

    @property
    def content(self) -> Mapping[str, Any]:
        """The media type that its value is written in, none where it is written by a style."""
        return mapping(self.node.get("content"))

    @property
    def style(self) -> str:
        """How its value is written; OpenAPI has a default for each location."""
        written = self.node.get("style")
        return written if isinstance(written, str) else ("form" if self.location in ("query", "cookie") else "simple")

    @property
    def explode(self) -> bool:
        """Tell whether an array's or an object's values stand apart."""
        written = self.node.get("explode")
        return written if isinstance(written, bool) else self.style == "form"


def parameter_changes(comparison: Comparison, base: ApiOperation, head: ApiOperation) -> None:
    """Note what changed about the parameters of an operation, its path's included."""
    old, new = _parameters(comparison.sides.base, base, head), _parameters(comparison.sides.head, head, head)
    old, new = _spread(comparison.sides.base, old, beside=new), _spread(comparison.sides.head, new, beside=old)
    _match_by_name(old, new)
    _match_by_name(new, old)
    for key, one in old.items():
        if key in new:
            _changed(comparison, head, one, new[key])
        else:
            _removed(comparison, one)
    for key, one in new.items():
        if key not in old:
            _added(comparison, one)


def _parameters(root: Mapping[str, Any], operation: ApiOperation, head: ApiOperation) -> dict[_Key, ApiParameter]:
    """Return the parameters of an operation. Those of its path are known by where they stand in it, not by name."""
    found: dict[_Key, ApiParameter] = {}
    for holder, shared in ((operation.item, True), (operation.node, False)):
        above = replace(head.spot, pointer=head.spot.pointer.rpartition("/")[0]) if shared else head.spot
        for index, written in enumerate(entries(holder.get("parameters"))[:_MOST]):
            node = followed(root, written)
            name, location = node.get("name"), node.get("in")
            if not isinstance(name, str) or location not in _LOCATIONS:
                continue
            known: object = name.lower() if location == "header" else name
            if location == "path" and name in operation.path_names:
                known = operation.path_names.index(name)
            found[location, known] = ApiParameter(
                name=name,
                location=location,
                node=node,
                spot=above.at("parameters", index) if operation is head else head.spot,
                required=location == "path" or node.get("required") is True,
                shared=shared,
            )
    return found


def _match_by_name(these: dict[_Key, ApiParameter], those: Mapping[_Key, ApiParameter]) -> None:
    """Know a path's parameter by its name where the other side declares one that is not in its path by that name."""
    for key, one in list(these.items()):
        if one.location == "path" and key not in those and ("path", one.name) in those:
            these["path", one.name] = these.pop(key)


def _spread(
    root: Mapping[str, Any], parameters: dict[_Key, ApiParameter], *, beside: Mapping[_Key, ApiParameter]
) -> dict[_Key, ApiParameter]:
    """Return the parameters, each property for itself of an object that is written as its properties.

    `?size=1&page=2` is what both say, a parameter with two properties and two parameters; where the other side has the
    object, too, its schemas are compared instead.
    """
    found: dict[_Key, ApiParameter] = {}
    for key, one in parameters.items():
        schema = merged(root, one.schema)
        properties = mapping(schema.get("properties"))
        spreads = one.location in ("query", "cookie") and one.style == "form" and one.explode and not one.content
        if key in beside or not spreads or not properties or kind_of(schema) != "object":
            found[key] = one
            continue
        required = entries(schema.get("required"))
        for name, inner in list(properties.items())[:_MOST]:
            node = {"name": name, "in": one.location, "schema": inner, "deprecated": one.node.get("deprecated")}
            must = one.required and name in required
            found.setdefault((one.location, name), replace(one, name=name, node=node, required=must))
    return found


def _removed(comparison: Comparison, one: ApiParameter) -> None:
    if deprecated(one.node):
        removal(comparison, one.spot, one.node, one.words, PARAMETERS)
    else:
        # What a query asked for is answered as if nobody had asked; a header may have become part of how to log in.
        impact = Impact.BREAKING if one.location == "query" else None
        comparison.tell("request-parameter-removed", one.spot, f"{one.words} was removed", request=True, impact=impact)


def _added(comparison: Comparison, one: ApiParameter) -> None:
    kind = "required" if one.required else "optional"
    rule_id = f"new-{kind}-request-parameter"
    if one.location == "path":
        rule_id = "new-request-path-parameter"
    elif one.shared:
        rule_id = f"new-{kind}-request-default-parameter-to-existing-path"
    comparison.tell(rule_id, one.spot, f"{one.words} is new and {kind}", request=True)


def _changed(comparison: Comparison, operation: ApiOperation, base: ApiParameter, head: ApiParameter) -> None:
    if base.required != head.required:
        state = "required" if head.required else "optional"
        comparison.tell(f"request-parameter-became-{state}", head.spot, f"{head.words} became {state}", request=True)
    days = period(comparison, operation.node)
    lifecycle_changes(comparison, head.spot, base.node, head.node, head.words, PARAMETERS, days=days)
    if base.location == "query" and base.node.get("allowEmptyValue") is True and not head.node.get("allowEmptyValue"):
        told = f"{head.words} may no longer be empty"
        comparison.tell("request-parameter-empty-value-disallowed", head.spot, told, request=True)
    _default_changes(comparison, base, head)
    _serialization_changes(comparison, base, head)
    _schema_changes(comparison, base, head)


def _default_changes(comparison: Comparison, base: ApiParameter, head: ApiParameter) -> None:
    """Note another default: it is what a client gets that leaves the parameter out, so only optional ones have one."""
    if base.required or head.required:
        return
    before = plain(merged(comparison.sides.base, base.schema).get("default"))
    after = plain(merged(comparison.sides.head, head.schema).get("default"))
    if same(before, after):
        return
    if before is None:
        verb, told = "added", f"was given the default {_short(after)}"
    elif after is None:
        verb, told = "removed", f"lost its default {_short(before)}"
    else:
        verb, told = "changed", f"has the default {_short(after)} instead of {_short(before)}"
    comparison.tell(f"{_DEFAULTS}-{verb}", head.spot, f"{head.words} {told}", request=True)


def _serialization_changes(comparison: Comparison, base: ApiParameter, head: ApiParameter) -> None:
    """Note that a value is written in another way, where the way matters: one number is written alike in each."""
    kinds = {
        kind_of(merged(comparison.sides.base, base.schema)),
        kind_of(merged(comparison.sides.head, head.schema)),
    }
    many = not kinds.isdisjoint(("array", "object"))
    before, after = _written_as(base), _written_as(head)
    if before == after or not (many or base.content or head.content or base.location == "path"):
        return
    if not many and base.style == head.style and not base.content and not head.content:
        return
    comparison.tell(
        "request-parameter-serialization-changed",
        head.spot,
        f"{head.words} is written as {after} instead of {before}",
        request=True,
    )


def _written_as(one: ApiParameter) -> str:
    if one.content:
        return str(next(iter(one.content)))[:_MOST]
    return f"{one.style[:_MOST]}, {'exploded' if one.explode else 'not exploded'}"


def _schema_changes(comparison: Comparison, base: ApiParameter, head: ApiParameter) -> None:
    before, after = base.schema, head.schema
    if (before in (None, {}, True) and after in (None, {}, True)) or bool(base.content) != bool(head.content):
        return
    place = Place(
        operation=head.spot.operation,
        direction=Direction.REQUEST,
        subject="request-parameter",
        words=head.words,
        pointer=head.spot.at("schema").pointer,
    )
    pairs = _one_of_many(comparison, base, head)
    if pairs and all(one.impact is Impact.HARMLESS for pair in pairs for one in comparison.differences(*pair, place)):
        told = f"{head.words} takes several values instead of one"
        comparison.tell("request-parameter-type-generalized", head.spot, told, request=True)
        return
    comparison.compare_schemas(
        {} if before is None else before, {} if after is None else after, place, without=_DEFAULTS
    )


def _one_of_many(comparison: Comparison, base: ApiParameter, head: ApiParameter) -> list[tuple[object, object]]:
    """Return each single value that was taken beside the items of the array that is taken now: it is written like one.

    Without null, which nobody can write in a URL. Empty where that is not all that changed.
    """
    if head.style != "form" or not head.explode or head.content or base.content:
        return []
    before, after = variants(comparison.sides.base, base.schema), variants(comparison.sides.head, head.schema)
    several = len(after) == 1 and kind_of(after[0]) == "array" and (number(after[0].get("minItems")) or 0) <= 1
    if not several or not all(kind_of(one) in _SINGLE for one in before):
        return []
    items = after[0].get("items", {})
    return [({name: value for name, value in one.items() if name != "nullable"}, items) for one in before]


def _short(value: object) -> str:
    text = quoted(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _MOST else text[:_MOST] + "…"
