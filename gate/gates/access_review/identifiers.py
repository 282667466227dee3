"""What identifies an object: in a path, in an answer, in a body that refers to it. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from gate.domain.http_message import HttpAnswer
from gate.formats.openapi_document import Document, Parameter
from gate.gates.access_review.answers import Json, element_with, first_named, json_of, nodes, shows
from gate.gates.access_review.filling import mapped
from gate.gates.access_review.people import Identity
from gate.gates.access_review.resources import Place, reference_noun
from gate.gates.access_review.words import USERS, plain_name, stem

_MOST_READ = 1_500
_MOST_SAID = 160
_LAST_WORD = re.compile(r"""[^\s"',;:()\[\]{}<>]{1,1600}\Z""")


def with_one_each(body: Json, path: str) -> Json:
    """Return a body whose lists of identifiers have one: a list of none concerns nothing."""
    if not isinstance(body, Mapping):
        return body
    return {
        name: [0] if inner == [] and str(name).lower().endswith("ids") and reference_noun(str(name), path) else inner
        for name, inner in body.items()
    }


def holds(body: Json, unique: str) -> bool:
    """Tell whether a text stands in a body."""
    return any(isinstance(inner, str) and unique in inner for _, inner in nodes(body))


def told(answer: HttpAnswer | None) -> str:
    """Return the first words of what a refusal said."""
    if answer is None or not answer.body:
        return ""
    said = " ".join(answer.body[:_MOST_READ].decode("utf-8", "replace").split())
    if len(said) > _MOST_SAID or len(answer.body) > _MOST_READ:
        # The last word may be the first half of a secret, which nothing would know for one.
        said = _LAST_WORD.sub("", said[:_MOST_SAID]).rstrip()
    return f": {said}" if said and not said.startswith("<") else ""


def fact_of(place: Place, whom: Identity) -> Json:
    """Return what identifies somebody in a path that speaks of users; None where it speaks of something else."""
    noun, name = place.noun, plain_name(place.parameter)
    users = {plain_name(word) for word in USERS} | {"username", "email", "login", "handle"}
    if noun not in users and place.collection_noun not in users and f"{noun}s" not in users:
        return None
    if place.collection_noun and place.collection_noun not in users and noun not in users:
        return None
    for fact in ("username", "email"):
        if fact in name or (fact == "username" and name in {"login", "handle", "name"}):
            return whom.facts.get(fact)
    return whom.facts.get("id")


def identifier_names(place: Place) -> tuple[str, ...]:
    """Return the names under which an object's identifier may stand, the likeliest first."""
    noun = place.noun
    return tuple(dict.fromkeys([place.parameter, "id", f"{noun}_id", "_id", "uuid", "pk", "guid", "slug", "key", noun]))


def identifier_told(
    answer: HttpAnswer, sent: Json, place: Place, parameter: Parameter | None, document: Document
) -> Json:
    """Return the identifier of a new object, as the answer to what made it tells it; None where it does not.

    `sent` is the body of the request.
    """
    told = json_of(answer)
    if isinstance(told, str | int) and not isinstance(told, bool) and fits(told, parameter, document):
        return told
    if (value := identifier_in(told, place, parameter, document)) is not None:
        return value
    location = answer.header("Location").split("?")[0].rstrip("/").rpartition("/")[2]
    if location and fits(location, parameter, document):
        return location
    # `PUT /things/{name}`, `POST /things {"name": ...}`: the caller chose it.
    chosen = first_named(sent, (place.parameter, stem(place.parameter), "name", "slug", "key"))
    return chosen if isinstance(chosen, str | int) and fits(chosen, parameter, document) else None


def identifier_listed(
    answer: HttpAnswer | None, marker: str, place: Place, parameter: Parameter | None, document: Document
) -> Json:
    """Return the identifier of a new object by the list that it should be in: the last one that shows its marker."""
    value = json_of(answer)
    if not shows(answer, marker):
        return None
    for _, inner in reversed(list(nodes(value))):
        if isinstance(inner, str) and marker in inner:
            found = identifier_in(element_with(value, inner), place, parameter, document, deepest=1)
            if found is not None:
                return found
    return None


def identifier_in(
    value: Json, place: Place, parameter: Parameter | None, document: Document, *, deepest: int = 3
) -> Json:
    """Return the first value of an answer that may identify an object; None where none may."""
    for name in identifier_names(place):
        found = first_named(value, (name,), deepest=deepest)
        if found is not None and fits(found, parameter, document):
            return found
    return None


def fits(value: Json, parameter: Parameter | None, document: Document) -> bool:
    """Tell whether a value can stand where a parameter is: a number, a UUID."""
    if parameter is None:
        return True
    schema = document.schema(parameter.schema)
    kind = schema.get("type")
    if kind == "integer":
        return isinstance(value, int) or (isinstance(value, str) and value.isascii() and value.isdigit())
    if schema.get("format") == "uuid":
        return isinstance(value, str) and len(value.replace("-", "")) == 32
    if parameter.name.endswith("slug"):
        return isinstance(value, str)
    return True


def says_its_values(schema: Mapping[str, Any], parameter: Parameter) -> bool:
    """Tell whether the document itself gives a value."""
    return parameter.example is not None or bool({"enum", "const", "example", "examples", "default"} & set(schema))


def references(body: Json) -> dict[tuple[str, ...], Any]:
    """Return the members of a body that refer to objects."""
    found: dict[tuple[str, ...], Any] = {}

    def note(path: tuple[str, ...], old: Json) -> Json:
        name = next((part for part in reversed(path) if not part.isdigit()), "")
        if reference_noun(name, "/x"):
            found[path] = old
        return old

    mapped(body, note)
    return found
