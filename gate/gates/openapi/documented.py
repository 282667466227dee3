"""How well the description describes: what a reader or a generated client will miss. Pure.

Counted are the things that a person can write and a framework cannot know: a summary, a description and an id of each
operation, the error answers that its form makes certain, an example of each body. What FastAPI makes up itself
(`HTTPValidationError` and the forms of its log-in) is nobody's to describe.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from gate.formats.openapi_places import Place, escaped, operation_places
from gate.formats.openapi_schema import entries, followed, mapping

SUMMARY = "operation-without-summary"
DESCRIPTION = "operation-without-description"
OPERATION_ID = "operation-without-id"
DENIAL = "denial-not-described"
NOT_FOUND = "not-found-not-described"
REFUSAL = "refused-body-not-described"
EXAMPLE = "schema-without-example"

_MOST = 100_000
_MOST_PROPERTIES = 500
_ALTERNATIVES = 10
_DEEPEST = 6
_OF_FASTAPI = frozenset({"HTTPValidationError", "ValidationError"})
_SCHEMA = "#/components/schemas/"
_TELLING_FORMATS = frozenset(
    {"date", "date-time", "time", "duration", "uuid", "email", "idn-email", "uri", "url", "ipv4", "ipv6", "binary"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that is not described: `operation` is its key, "" for a schema; `pointer` where it would stand."""

    rule_id: str
    operation: str
    pointer: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Documented:
    """`described` of `of` things are described; `gaps` are the others, in the order of the document."""

    described: int
    of: int
    gaps: tuple[Gap, ...]


def documented(root: Mapping[str, Any]) -> Documented:
    """Return what the document describes and what it leaves out."""
    # Aliases of YAML can make a small document say very much.
    told = list(islice(_told(root), _MOST))
    gaps = tuple(one for one in told if one is not None)
    return Documented(described=len(told) - len(gaps), of=len(told), gaps=gaps)


def _told(root: Mapping[str, Any]) -> Iterator[Gap | None]:
    """Yield for each thing that is counted a gap, or None where it is there."""
    shown: set[str] = set()
    known: dict[int, bool] = {}
    for place in operation_places(root):
        yield from _of_operation(place)
        yield from _errors(root, place)
        yield from _bodies(root, place, shown, known)
    yield from _schemas(root, shown, known)


def _of_operation(place: Place) -> Iterator[Gap | None]:
    for name, rule_id, word in (
        ("summary", SUMMARY, "summary"),
        ("description", DESCRIPTION, "description"),
        ("operationId", OPERATION_ID, "operation id"),
    ):
        text = place.operation.get(name)
        there = isinstance(text, str) and bool(text.strip())
        yield None if there else _gap(rule_id, place, "", f"{place.key} has no {word}")


def _errors(root: Mapping[str, Any], place: Place) -> Iterator[Gap | None]:
    statuses = {str(status).upper() for status in mapping(place.operation.get("responses"))}
    if statuses & {"DEFAULT", "4XX"}:
        statuses |= {"401", "403", "404", "422"}
    if _asks_for_credentials(root, place):
        message = f"{place.key} asks for credentials, but describes no answer 401 or 403 to whoever has none"
        yield None if statuses & {"401", "403"} else _gap(DENIAL, place, "/responses", message)
    # What is put is often made where it was not.
    if place.method != "PUT" and (name := _name_in_path(root, place)):
        message = f"{place.key} takes `{name}` from its path, but describes no answer 404 to one that does not exist"
        yield None if statuses & {"404", "410"} else _gap(NOT_FOUND, place, "/responses", message)
    if mapping(followed(root, place.operation.get("requestBody")).get("content")):
        refused = any(status.startswith("4") and status not in ("401", "403", "404") for status in statuses)
        message = f"{place.key} takes a body, but describes no answer (400, 422) to one that it cannot accept"
        yield None if refused else _gap(REFUSAL, place, "/responses", message)


def _asks_for_credentials(root: Mapping[str, Any], place: Place) -> bool:
    """Tell whether credentials must be shown: an alternative without names makes them optional."""
    written = place.operation["security"] if "security" in place.operation else root.get("security")
    alternatives = entries(written)
    return bool(alternatives) and all(isinstance(one, Mapping) and one for one in alternatives)


def _name_in_path(root: Mapping[str, Any], place: Place) -> str:
    """Return the last parameter of the path that names one of many things, "" where there is none."""
    names = []
    for parameter in place.parameters:
        schema = followed(root, parameter.get("schema"))
        few = "enum" in schema or "const" in schema or schema.get("type") == "boolean"
        if parameter.get("in") == "path" and not few:
            names.append(str(parameter.get("name"))[:100])
    return names[-1] if names else ""


def _bodies(root: Mapping[str, Any], place: Place, shown: set[str], known: dict[int, bool]) -> Iterator[Gap | None]:
    """Look at the bodies whose schema has no name of its own; note in `shown` the names whose use has an example."""
    request = followed(root, place.operation.get("requestBody"))
    wholes = [(request, f"{place.pointer}/requestBody", "body")]
    for status, written in islice(mapping(place.operation.get("responses")).items(), _MOST_PROPERTIES):
        pointer = f"{place.pointer}/responses/{escaped(status)}"
        wholes.append((followed(root, written), pointer, f"answer {str(status)[:20]}"))
    for whole, pointer, what in wholes:
        for media_type, one in islice(mapping(whole.get("content")).items(), _ALTERNATIVES):
            media = mapping(one)
            schema = mapping(media.get("schema"))
            has_example = "example" in media or bool(media.get("examples"))
            if has_example:
                shown |= _names_in(schema)
            if "$ref" in schema or not _is_object(schema):
                continue
            at = f"{pointer}/content/{escaped(media_type)}/schema"
            there = has_example or _has_example(schema, known)
            message = f"{place.key}: its {what} has no example"
            yield None if there else Gap(rule_id=EXAMPLE, operation=place.key, pointer=at, message=message)


def _names_in(schema: Mapping[str, Any]) -> set[str]:
    """Return the name of a schema that is referred to, for itself or for the entries of a list."""
    references = (schema.get("$ref"), mapping(schema.get("items")).get("$ref"))
    return {one.removeprefix(_SCHEMA) for one in references if isinstance(one, str) and one.startswith(_SCHEMA)}


def _schemas(root: Mapping[str, Any], shown: set[str], known: dict[int, bool]) -> Iterator[Gap | None]:
    """Look at the schemas that have a name."""
    for name, schema in islice(mapping(mapping(root.get("components")).get("schemas")).items(), _MOST):
        one = mapping(schema)
        if name in _OF_FASTAPI or str(name).startswith("Body_") or not _is_object(one):
            continue
        there = name in shown or _has_example(one, known)
        message = f"the schema {str(name)[:100]} has no example"
        at = f"/components/schemas/{escaped(name)}"
        yield None if there else Gap(rule_id=EXAMPLE, operation="", pointer=at, message=message)


def _is_object(schema: Mapping[str, Any]) -> bool:
    return bool(mapping(schema.get("properties")))


def _has_example(schema: object, known: dict[int, bool], depth: int = 0) -> bool:
    """Tell whether a schema shows what a value looks like: by an example, or by one of each of its properties."""
    one = mapping(schema)
    if id(one) not in known:
        known[id(one)] = True  # of a schema that holds itself, the rest decides
        known[id(one)] = depth > _DEEPEST or _shows(one, known, depth)
    return known[id(one)]


def _shows(one: Mapping[str, Any], known: dict[int, bool], depth: int) -> bool:
    if any(name in one for name in ("example", "const", "default", "enum")) or one.get("examples"):
        return True
    # A schema with a name is asked about once, where it stands.
    if "$ref" in one or not one:
        return True
    if properties := mapping(one.get("properties")):
        return all(_has_example(inner, known, depth + 1) for inner in islice(properties.values(), _MOST_PROPERTIES))
    alternatives = [*entries(one.get("anyOf")), *entries(one.get("oneOf")), *entries(one.get("allOf"))]
    if alternatives:
        others = [inner for inner in alternatives[:_ALTERNATIVES] if mapping(inner).get("type") != "null"]
        return any(_has_example(inner, known, depth + 1) for inner in others)
    if "items" in one:
        return _has_example(one["items"], known, depth + 1)
    return one.get("type") != "string" or one.get("format") in _TELLING_FORMATS


def _gap(rule_id: str, place: Place, below: str, message: str) -> Gap:
    return Gap(rule_id=rule_id, operation=place.key, pointer=f"{place.pointer}{below}", message=message)
