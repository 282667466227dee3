"""Swagger 2.0 -> the same said as OpenAPI 3.0, as far as requests are made from it. Follows what it must, no more.

Format: https://spec.openapis.org/oas/v2.0.html
"""

from collections.abc import Mapping
from typing import Any

from gate.formats.openapi_schema import entries, followed, mapping

_METHODS = ("get", "put", "post", "delete", "patch")
_PLAIN = frozenset({"name", "in", "required", "description", "schema", "collectionFormat", "allowEmptyValue"})
_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_FILES = "multipart/form-data"
_MOST = 200
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
        "components": {"securitySchemes": schemes},
    }


def _item(root: Mapping[str, Any], item: Mapping[str, Any]) -> Mapping[str, Any]:
    shared = entries(item.get("parameters"))[:_MOST]
    return {
        method: _operation(root, shared, item[method]) for method in _METHODS if isinstance(item.get(method), Mapping)
    }


def _operation(root: Mapping[str, Any], shared: tuple[Any, ...], operation: Mapping[str, Any]) -> Mapping[str, Any]:
    written = [followed(root, one) for one in (*shared, *entries(operation.get("parameters"))[:_MOST])]
    takes = _media(operation.get("consumes"), root.get("consumes"))
    gives = _media(operation.get("produces"), root.get("produces"))[0]
    answers = {
        status: {"content": {gives: {"schema": answer["schema"]}}}
        if isinstance((answer := followed(root, one)).get("schema"), Mapping)
        else {}
        for status, one in list(mapping(operation.get("responses")).items())[:_MOST]
    }
    plain = [{**one, "schema": _inline(one)} for one in written if one.get("in") in ("path", "query", "header")]
    return {**operation, "parameters": plain, "responses": answers, **_body(written, takes)}


def _media(own: object, general: object) -> list[str]:
    named = [one for one in entries(own) or entries(general) if isinstance(one, str)][:_MOST]
    return sorted(named, key=lambda one: one != _JSON) or [_JSON]


def _body(written: list[Mapping[str, Any]], takes: list[str]) -> Mapping[str, Any]:
    for one in written:
        if one.get("in") == "body":
            content = {takes[0]: {"schema": mapping(one.get("schema"))}}
            return {"requestBody": {"required": one.get("required") is True, "content": content}}
    fields = {name: one for one in written if one.get("in") == "formData" and isinstance(name := one.get("name"), str)}
    if not fields:
        return {}
    files = any(one.get("type") == "file" for one in fields.values())
    media = _FILES if files or (_FILES in takes and _FORM not in takes) else _FORM
    required = [name for name, one in fields.items() if one.get("required") is True]
    schema = {
        "type": "object",
        "properties": {name: _inline(one) for name, one in fields.items()},
        "required": required,
    }
    return {"requestBody": {"required": bool(required), "content": {media: {"schema": schema}}}}


def _inline(parameter: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what 2.0 says of a value in its parameter itself as a schema."""
    schema = {name: value for name, value in parameter.items() if name not in _PLAIN}
    return {**schema, "type": "string", "format": "binary"} if schema.get("type") == "file" else schema


def _scheme(written: Mapping[str, Any]) -> Mapping[str, Any]:
    kind = written.get("type")
    if kind == "basic":
        return {"type": "http", "scheme": "basic"}
    if kind == "oauth2" and written.get("flow") == "password":
        return {"type": "oauth2", "flows": {"password": {"tokenUrl": written.get("tokenUrl")}}}
    return written
