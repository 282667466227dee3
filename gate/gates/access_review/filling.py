"""Bodies and parameters of a request: what the schema asks for, with what is known of who asks. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from gate.formats.openapi_document import Document, Operation
from gate.formats.schema_fit import fits
from gate.formats.schema_values import value_for
from gate.gates.access_review.answers import Json
from gate.gates.access_review.words import PASSWORDS, plain_name

_EMAILS = re.compile(r"e?mail(_?address)?$", re.IGNORECASE)
_NAMES = re.compile(r"^(user_?name|login|user|nick(_?name)?|handle|account_?name|user_?id)$", re.IGNORECASE)
# In an account's own body, who has no other name is called by these.
_LOOSE_NAMES = re.compile(r"^(name|identifier|id)$", re.IGNORECASE)
_REFRESH = re.compile(r"^(x[-_])?refresh([-_]?token)?$", re.IGNORECASE)
_SHORTEST = 4
_OLD = re.compile(r"(old|current|existing)", re.IGNORECASE)

Replace = Callable[[tuple[str, ...], Any], Any]


def body_for(document: Document, operation: Operation, unique: str, *, full: bool, example: Json = None) -> Json:
    """Make a body that fits the operation's schema: `full` with every field it may have, else those it must have.

    `example` is one that the configuration gives: its `{unique}` is replaced.
    """
    if example is not None:
        return mapped(example, lambda _, value: value.replace("{unique}", unique) if isinstance(value, str) else value)
    if operation.body is None:
        return None
    if operation.body.example is not None and not full:
        # Somebody who knows wrote it. A copy: what identifies somebody is put into it.
        return mapped(operation.body.example, lambda _, value: value)
    return value_for(document, operation.body.schema, name="", unique=unique, full=full)


def parameters_for(
    document: Document, operation: Operation, unique: str, examples: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Make the query, the headers and the cookies that an operation must have; `examples` are given, by their names."""
    found: dict[str, dict[str, Any]] = {"query": {}, "header": {}, "cookie": {}}
    for one in operation.parameters:
        if one.location not in found or not one.required or one.name.lower() in {"authorization", "content-type"}:
            continue
        example = examples.get(one.name, one.example)
        value = value_for(document, one.schema, name=one.name, unique=unique) if example is None else example
        found[one.location][one.name] = value
    return found["query"], found["header"], found["cookie"]


def required_query(document: Document, operation: Operation, unique: str) -> dict[str, Any]:
    """Make the query that an operation must have, of nothing but its schemas."""
    return {
        one.name: value_for(document, one.schema, name=one.name, unique=unique)
        for one in operation.parameters
        if one.location == "query" and one.required
    }


def mapped(value: Json, replace: Replace, path: tuple[str, ...] = ()) -> Json:
    """Return a JSON value with every plain member replaced."""
    if isinstance(value, Mapping):
        return {name: mapped(inner, replace, (*path, str(name))) for name, inner in value.items()}
    if isinstance(value, list):
        return [mapped(inner, replace, (*path, str(index))) for index, inner in enumerate(value)]
    return replace(path, value)


def with_account(value: Json, facts: Mapping[str, Any], *, named_by: str = "username") -> Json:
    """Fill in who somebody is wherever a field asks for it. `named_by`: the fact that a user name's field gets."""

    def replace(path: tuple[str, ...], old: Json) -> Json:
        name = path[-1] if path else ""
        if not isinstance(old, str):
            return old
        if _REFRESH.match(name):
            return facts.get("refresh", old)
        if PASSWORDS.search(name):
            return facts.get("password", old)
        if _EMAILS.search(name):
            return facts.get("email", old)
        if _NAMES.match(name):
            return facts.get(named_by, old)
        return old

    return mapped(value, replace)


def takes_refresh_token(document: Document, operation: Operation) -> bool:
    """Tell whether an operation is given a token by which one gets new credentials."""
    fields = document.properties(operation.body.schema) if operation.body is not None else {}
    return any(_REFRESH.match(name) for name in (*fields, *(one.name for one in operation.parameters)))


def within_bounds(document: Document, operation: Operation, facts: dict[str, Any], unique: str) -> None:
    """Shorten who somebody is to what a sign-up takes: a user name of eight letters."""
    fields = document.properties(operation.body.schema) if operation.body is not None else {}
    for name, inner in [
        *fields.items(),
        *(one for field in fields.values() for one in document.properties(field).items()),
    ]:
        longest = document.schema(inner).get("maxLength")
        if not isinstance(longest, int) or longest < _SHORTEST:
            continue
        if _NAMES.match(name) and len(str(facts["username"])) > longest:
            facts["username"] = f"q{unique[1 - longest :]}"
        if PASSWORDS.search(name):
            facts["password"] = str(facts["password"])[:longest]


def is_account_name(name: str) -> bool:
    """Tell a field that takes a user's name."""
    return _NAMES.match(name) is not None


def with_new_password(value: Json, facts: Mapping[str, Any], new: str) -> Json:
    """Fill in a change of password: the old one where it is asked for, the new one elsewhere."""

    def replace(path: tuple[str, ...], old: Json) -> Json:
        name = path[-1] if path else ""
        if isinstance(old, str) and _REFRESH.match(name):
            return facts.get("refresh", old)
        if isinstance(old, str) and PASSWORDS.search(name):
            return facts.get("password", old) if _OLD.search(name) else new
        return old

    return mapped(value, replace)


def account_facts(value: Json) -> dict[str, Any]:
    """Return what a body of a sign-up says of the account: `username`, `email`, `password`, `name`."""
    facts: dict[str, Any] = {}

    def note(path: tuple[str, ...], given: Json) -> Json:
        name = path[-1] if path else ""
        if isinstance(given, str):
            for fact, pattern in (("password", PASSWORDS), ("email", _EMAILS)):
                if pattern.search(name):
                    facts.setdefault(fact, given)
            for pattern in (_NAMES, _LOOSE_NAMES):
                if pattern.match(name):
                    facts.setdefault("username", given)
        return given

    mapped(value, note)
    return facts


def differing(document: Document, operation: Operation, body: Json, current: Json) -> Json:
    """Return a body that says something else than what is there now: else no reading back shows who wrote it."""
    now: dict[str, Any] = {}

    def note(path: tuple[str, ...], value: Json) -> Json:
        if path and not any(part.isdigit() for part in path):
            now.setdefault(plain_name(path[-1]), value)
        return value

    mapped(current, note)
    properties = document.properties(operation.body.schema) if operation.body is not None else {}

    def replace(path: tuple[str, ...], value: Json) -> Json:
        if not path or plain_name(path[-1]) not in now or now[plain_name(path[-1])] != value:
            return value
        schema = document.variant(properties.get(path[-1], {}))
        if isinstance(value, bool):
            return not value
        choices = schema.get("enum")
        if isinstance(choices, list):
            return next((one for one in choices if one != value and one is not None), value)
        if isinstance(value, int):
            return value + 1 if not schema or fits(schema, value + 1) else value - 1
        return value

    return mapped(body, replace)


def with_more(body: Json, extra: Mapping[str, Any]) -> Json:
    """Add fields to a body; to the object within it where it is wrapped in one: `{"article": {...}}`."""
    if isinstance(body, Mapping) and len(body) == 1:
        name, inner = next(iter(body.items()))
        if isinstance(inner, Mapping):
            return {name: {**inner, **extra}}
    return {**body, **extra}
