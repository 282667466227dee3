"""Swagger 2.0 -> the same said as OpenAPI 3.0. Follows what it must, no more; what stands in a schema stays as it is.

Format: https://spec.openapis.org/oas/v2.0.html
"""

from collections.abc import Mapping
from typing import Any

from gate.formats.openapi_parts import text_of
from gate.formats.openapi_schema import entries, followed, mapping

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
_PLAIN = frozenset({"name", "in", "required", "description", "schema", "collectionFormat", "allowEmptyValue"})
_KEPT = ("name", "in", "required", "description", "allowEmptyValue")
_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_FILES = "multipart/form-data"
_STYLES = {"ssv": "spaceDelimited", "tsv": "tabDelimited", "pipes": "pipeDelimited"}
_FLOWS = {
    "implicit": "implicit",
    "password": "password",
    "application": "clientCredentials",
    "accessCode": "authorizationCode",
}
_MOST = 200
_MOST_MEDIA = 20
_MOST_PATHS = 5_000


def as_openapi(root: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the document with 3.0's servers, bodies, answers and schemes beside what it has; refs stay valid."""
    paths = {
        path: _item(root, followed(root, item)) for path, item in list(mapping(root.get("paths")).items())[:_MOST_PATHS]
    }
    schemes = {
        name: _scheme(mapping(one)) for name, one in list(mapping(root.get("securityDefinitions")).items())[:_MOST]
    }
    base = root.get("basePath")
    return {
        **root,
        "paths": paths,
        "servers": [{"url": base}] if isinstance(base, str) else [],
        "components": {"schemas": mapping(root.get("definitions")), "securitySchemes": schemes},
    }


def _item(root: Mapping[str, Any], item: Mapping[str, Any]) -> Mapping[str, Any]:
    shared = entries(item.get("parameters"))[:_MOST]
    return {
        method: _operation(root, shared, item[method]) for method in _METHODS if isinstance(item.get(method), Mapping)
    }


def _operation(root: Mapping[str, Any], shared: tuple[Any, ...], operation: Mapping[str, Any]) -> Mapping[str, Any]:
    every = [followed(root, one) for one in (*shared, *entries(operation.get("parameters"))[:_MOST])]
    # An operation's own parameter takes the place of its path's.
    written = list({(text_of(one.get("name")), text_of(one.get("in"))): one for one in every}.values())
    takes = _media(operation.get("consumes"), root.get("consumes"))
    gives = _media(operation.get("produces"), root.get("produces"))
    answers = {
        status: _answer(followed(root, one), gives)
        for status, one in list(mapping(operation.get("responses")).items())[:_MOST]
    }
    plain = [_parameter(one) for one in written if one.get("in") in ("path", "query", "header")]
    return {**operation, "parameters": plain, "responses": answers, **_body(written, takes)}


def _media(own: object, general: object) -> list[str]:
    named = [one for one in entries(own) or entries(general) if isinstance(one, str)][:_MOST_MEDIA]
    return sorted(named, key=lambda one: one != _JSON) or [_JSON]


def _answer(written: Mapping[str, Any], gives: list[str]) -> Mapping[str, Any]:
    answer: dict[str, Any] = {"description": written["description"]} if "description" in written else {}
    headers = list(mapping(written.get("headers")).items())[:_MOST]
    if headers:
        answer["headers"] = {name: {"schema": _inline(mapping(one))} for name, one in headers}
    if isinstance(schema := written.get("schema"), Mapping):
        answer["content"] = {name: {"schema": _file(schema)} for name in gives}
    return answer


def _parameter(written: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a parameter that is no body. An array is joined by commas in 2.0 where nothing else is said."""
    found = {name: written[name] for name in _KEPT if name in written}
    joined = written.get("collectionFormat")
    if written.get("type") == "array" and written.get("in") == "query":
        found["style"] = _STYLES.get(joined, "form") if isinstance(joined, str) else "form"
        found["explode"] = joined == "multi"
    return {**found, "schema": _inline(written)}


def _body(written: list[Mapping[str, Any]], takes: list[str]) -> Mapping[str, Any]:
    for one in reversed(written):
        if one.get("in") == "body":
            content = {name: {"schema": mapping(one.get("schema"))} for name in takes}
            return {"requestBody": {"required": one.get("required") is True, "content": content}}
    fields = {name: one for one in written if one.get("in") == "formData" and isinstance(name := one.get("name"), str)}
    if not fields:
        return {}
    files = any(one.get("type") == "file" for one in fields.values())
    forms = [one for one in takes if one == _FILES or (one == _FORM and not files)]
    required = [name for name, one in fields.items() if one.get("required") is True]
    schema = {
        "type": "object",
        "properties": {name: _inline(one) for name, one in fields.items()},
        "required": required,
    }
    content = {name: {"schema": schema} for name in forms or [_FILES if files else _FORM]}
    return {"requestBody": {"required": bool(required), "content": content}}


def _inline(parameter: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what 2.0 says of a value in its parameter itself as a schema."""
    return _file({name: value for name, value in parameter.items() if name not in _PLAIN})


def _file(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**schema, "type": "string", "format": "binary"} if schema.get("type") == "file" else schema


def _scheme(written: Mapping[str, Any]) -> Mapping[str, Any]:
    kind, flow = written.get("type"), written.get("flow")
    if kind == "basic":
        return {"type": "http", "scheme": "basic"}
    if kind == "oauth2" and isinstance(flow, str) and flow in _FLOWS:
        said = {name: written[name] for name in ("authorizationUrl", "tokenUrl", "scopes") if name in written}
        return {"type": "oauth2", "flows": {_FLOWS[flow]: said}}
    return written
