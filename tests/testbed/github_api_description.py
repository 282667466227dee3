"""GitHub's published description of its REST API, to hold every request against that a client sends."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema  # type: ignore[import-untyped]

from tests.testbed.npm import installed_package

_SOURCE = Path(__file__).with_name("api_description")
_GENERATED = "node_modules/@octokit/openapi/generated"
_DESCRIPTION = f"{_GENERATED}/api.github.com.json"
_OTHERS = (f"{_GENERATED}/ghe*.json", f"{_GENERATED}/*.deref.json")
_DEEPEST = 30

Schema = dict[str, Any]


class RequestRefused(AssertionError):
    """A request that GitHub does not describe; the message lists everything that is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation: what the path, the query and the JSON body of a request to it may be."""

    operation_id: str
    method: str
    template: str
    path: Mapping[str, Schema]
    query: Mapping[str, Schema]
    required_query: frozenset[str]
    body: Schema | None
    body_required: bool


class GitHubApiDescription:
    """The description of api.github.com, indexed by method and path."""

    def __init__(self, description: Mapping[str, Any]) -> None:
        self._description = description
        self._operations: dict[tuple[str, str], Operation] = {}
        # Literal segments before parameters: `/repos/{owner}/{repo}/issues/comments` is no issue number.
        self._patterns = [
            (_pattern(template), template)
            for template in sorted(description["paths"], key=lambda path: path.replace("{", "\uffff"))
        ]

    def operation(self, method: str, path: str) -> Operation:
        """The operation that a request without its query belongs to; raises `RequestRefused`."""
        known = []
        for pattern, template in self._patterns:
            if pattern.fullmatch(path):
                if method.lower() in self._description["paths"][template]:
                    return self._load(method.lower(), template)
                known.append(template)
        reason = f"exists, but not for {method}" if known else "is not described"
        raise RequestRefused(f"{method} {path}: the path {reason}")

    def check(
        self,
        method: str,
        path: str,
        *,
        query: Iterable[tuple[str, str]] = (),
        body: Any = None,
    ) -> Operation:
        """Hold a request against its operation.

        `path` is what follows the API's base URL, percent-encoded, without the query.
        Stricter than GitHub, which ignores what it does not know: an unknown query parameter
        or top-level field of the body is refused. Raises `RequestRefused`.
        """
        operation = self.operation(method, path)
        problems = [
            *_path_problems(operation, path),
            *_query_problems(operation, list(query)),
            *_body_problems(operation, body),
        ]
        if problems:
            raise RequestRefused(f"{method} {path} ({operation.operation_id}): " + "; ".join(problems))
        return operation

    def _load(self, method: str, template: str) -> Operation:
        if (method, template) not in self._operations:
            item = self._description["paths"][template]
            node = item[method]
            parameters = [self._follow(one) for one in [*item.get("parameters", ()), *node.get("parameters", ())]]
            request_body = self._follow(node.get("requestBody", {}))
            content = request_body.get("content", {}).get("application/json")

            def schemas(place: str) -> dict[str, Schema]:
                return {one["name"]: self._schema(one["schema"]) for one in parameters if one["in"] == place}

            self._operations[method, template] = Operation(
                operation_id=node["operationId"],
                method=method.upper(),
                template=template,
                path=schemas("path"),
                query=schemas("query"),
                required_query=frozenset(
                    one["name"] for one in parameters if one["in"] == "query" and one.get("required")
                ),
                body=self._schema(content["schema"]) if content else None,
                body_required=bool(request_body.get("required")),
            )
        return self._operations[method, template]

    def _follow(self, node: Any) -> Any:
        while isinstance(node, dict) and "$ref" in node:
            target: Any = self._description
            for word in node["$ref"].removeprefix("#/").split("/"):
                target = target[word.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def _schema(self, node: Any, depth: int = 0) -> Any:
        """OpenAPI 3.0's dialect as JSON Schema: references resolved, `nullable` said with `anyOf`."""
        node = self._follow(node)
        if depth > _DEEPEST:
            return {}
        if isinstance(node, list):
            return [self._schema(one, depth + 1) for one in node]
        if not isinstance(node, dict):
            return node
        schema = {
            key: value if key in ("enum", "default", "example", "required") else self._schema(value, depth + 1)
            for key, value in node.items()
            if key not in ("example", "examples", "externalDocs", "discriminator", "xml", "nullable")
        }
        return {"anyOf": [schema, {"type": "null"}]} if node.get("nullable") is True else schema


@functools.cache
def github_api_description() -> GitHubApiDescription:
    """Install and load the description, once a process. Raises `PartMissing`."""
    package = installed_package(_SOURCE, unneeded=_OTHERS)
    return GitHubApiDescription(json.loads((package / _DESCRIPTION).read_bytes()))


def _pattern(template: str) -> re.Pattern[str]:
    pieces = re.split(r"\{(\w+)\}", template)
    names = pieces[1::2]
    literal = [re.escape(piece) for piece in pieces[::2]]
    # Only these may hold slashes; elsewhere a slash has to be encoded.
    groups = [f"(?P<{name}>{'.+' if name in ('path', 'ref') else '[^/]+'})" for name in names]
    return re.compile("".join(a + b for a, b in zip(literal, [*groups, ""], strict=True)))


def _path_problems(operation: Operation, path: str) -> list[str]:
    matched = _pattern(operation.template).fullmatch(path)
    values = {name: unquote(value) for name, value in matched.groupdict().items()} if matched else {}
    return [
        problem
        for name, value in values.items()
        if name in operation.path
        for problem in _text_problems(f"path parameter {name}", value, operation.path[name])
    ]


def _query_problems(operation: Operation, query: list[tuple[str, str]]) -> list[str]:
    problems = [f"query parameter {name} is missing" for name in operation.required_query - {name for name, _ in query}]
    for name, value in query:
        if name not in operation.query:
            problems.append(f"query parameter {name} is unknown; known: {', '.join(operation.query) or 'none'}")
        else:
            problems += _text_problems(f"query parameter {name}", value, operation.query[name])
    return problems


def _body_problems(operation: Operation, body: Any) -> list[str]:
    if body is None:
        return ["the body is missing"] if operation.body_required else []
    if operation.body is None:
        return ["a JSON body is not described"]
    problems = _problems("body", body, operation.body)
    known = operation.body.get("properties", {})
    if isinstance(body, dict) and known and "additionalProperties" not in operation.body:
        problems += [f"body.{name} is unknown; known: {', '.join(known)}" for name in body if name not in known]
    return problems


def _text_problems(what: str, text: str, schema: Schema) -> list[str]:
    """Problems of a value that was sent as text: it may stand for a number or a boolean."""
    readings: list[Any] = [text]
    if re.fullmatch(r"-?\d+", text):
        readings.append(int(text))
    if text in ("true", "false"):
        readings.append(text == "true")
    if schema.get("type") == "array":
        readings = [[one] for one in readings]
    tried = [_problems(what, reading, schema) for reading in readings]
    return [] if [] in tried else tried[-1]


def _problems(what: str, value: Any, schema: Schema) -> list[str]:
    validator = jsonschema.Draft202012Validator(schema)
    return [
        f"{what}{''.join(f'[{step!r}]' for step in error.absolute_path)}: {error.message}"
        for error in validator.iter_errors(value)
    ]
