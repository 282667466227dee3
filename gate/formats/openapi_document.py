"""An OpenAPI document, 3.0 or 3.1, as far as requests are made from it. Follows no reference out of the document.

Format: https://spec.openapis.org/oas/v3.1.1.html and https://spec.openapis.org/oas/v3.0.4.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from gate.formats import UnreadableError
from gate.formats.openapi_parts import base_path, effort, example_of, parse_root, text_of
from gate.formats.openapi_schema import Schema, entries, followed, kind_of, mapping, merged, nullable, variants
from gate.formats.swagger_document import as_openapi

_MOST_OPERATIONS = 5_000
_MOST = 200
_LONGEST_PATH = 2_000
# HEAD, OPTIONS and TRACE say nothing that these do not.
_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter of an operation. `location`: `path`, `query`, `header` or `cookie`."""

    name: str
    location: str
    required: bool = False
    schema: Schema = field(default_factory=dict)
    example: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What an operation takes: in the media type that is easiest to make (JSON, then a form, then a multipart form)."""

    media_type: str
    schema: Schema
    required: bool = False
    example: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """A security scheme: `kind` as in `Dependency.scheme`; `credential` the name of its header, cookie or parameter.

    `token_path` is where the OAuth2 password flow's token comes from, as written.
    """

    name: str
    kind: str
    credential: str = ""
    token_path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """An operation. `security`: the alternatives, each the names of schemes; () where none is asked for.

    An alternative without names means that credentials are optional. `answers` are the schemas of the answers by status
    (`200`, `default`), None where an answer has no body that is known.
    """

    method: str
    path: str
    operation_id: str = ""
    summary: str = ""
    tags: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    answers: Mapping[str, Schema | None] = field(default_factory=dict)
    security: tuple[tuple[str, ...], ...] = ()

    @property
    def key(self) -> str:
        """How an operation is named everywhere: `GET /tasks/{task_id}`."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A description of a service. `version` is `3.0`, `3.1` or `2.0`, `root` all that was written (2.0 said as 3.0).

    `base_path` is what its first server's URL puts before every path, "" for nothing.
    """

    title: str = ""
    version: str = ""
    operations: tuple[Operation, ...] = ()
    schemes: Mapping[str, Scheme] = field(default_factory=dict)
    base_path: str = ""
    root: Mapping[str, Any] = field(default_factory=dict, repr=False)
    _known: dict[str, tuple[Schema, ...]] = field(default_factory=dict, repr=False, compare=False)

    def schema(self, schema: object) -> Schema:
        """Return a schema with its `$ref` followed and its `allOf` merged; {} where it can be followed to nothing."""
        return merged(self.root, schema)

    def variants(self, schema: object) -> tuple[Schema, ...]:
        """Return the alternatives that a schema lets through, null left out."""
        reference = schema.get("$ref") if isinstance(schema, Mapping) and len(schema) == 1 else None
        if not isinstance(reference, str):
            return variants(self.root, schema)
        # The same few schemas are asked for again and again.
        if reference not in self._known:
            self._known[reference] = variants(self.root, schema)
        return self._known[reference]

    def variant(self, schema: object) -> Schema:
        """Return the first alternative that a schema lets through, of one type; {} where that is nothing but null."""
        return next(iter(self.variants(schema)), {})

    def nullable(self, schema: object) -> bool:
        """Tell whether a schema allows null."""
        return nullable(self.root, schema)

    def properties(self, schema: object) -> Mapping[str, Schema]:
        """Return the properties of an object, or of the first alternative that is one; none for anything else."""
        for one in self.variants(schema):
            if kind_of(one) == "object" and (found := mapping(one.get("properties"))):
                return {name: mapping(value) for name, value in found.items()}
        return {}


def parse_document(text: str) -> Document:
    """Parse a description in JSON or YAML; of Swagger 2.0 what operations need. What is unreadable in it is left out.

    Raises:
        UnreadableError: it is no such document, or too long.
    """
    root = parse_root(text)
    version = str(root.get("openapi", root.get("swagger", "")))[:3]
    if version == "2.0":
        root = as_openapi(root)
    elif not version.startswith("3."):
        raise UnreadableError("it is no OpenAPI document: it has no `openapi` with a version 3, and no `swagger: 2.0`")
    paths = root.get("paths")
    return Document(
        title=text_of(mapping(root.get("info")).get("title")),
        version=version,
        operations=tuple(islice(_operations(root, mapping(paths)), _MOST_OPERATIONS)),
        schemes=_schemes(root),
        base_path=base_path(root),
        root=root,
    )


def _operations(root: Mapping[str, Any], paths: Mapping[str, Any]) -> Iterator[Operation]:
    for path, written in paths.items():
        if not isinstance(path, str) or not path.startswith("/") or len(path) > _LONGEST_PATH:
            continue
        item = followed(root, written)
        for method in _METHODS:
            if isinstance(operation := item.get(method), Mapping):
                yield _operation(root, method.upper(), path, item, operation)


def _operation(
    root: Mapping[str, Any], method: str, path: str, item: Mapping[str, Any], operation: Mapping[str, Any]
) -> Operation:
    found: dict[tuple[str, str], Parameter] = {}
    for written in (*entries(item.get("parameters"))[:_MOST], *entries(operation.get("parameters"))[:_MOST]):
        if parameter := _parameter(root, followed(root, written)):
            found[parameter.name, parameter.location] = parameter
    security = operation["security"] if "security" in operation else root.get("security")
    return Operation(
        method=method,
        path=path,
        operation_id=text_of(operation.get("operationId")),
        summary=text_of(operation.get("summary")),
        tags=tuple(text_of(tag) for tag in entries(operation.get("tags"))[:_MOST] if isinstance(tag, str)),
        parameters=tuple(found.values()),
        body=_body(root, followed(root, operation.get("requestBody"))),
        answers={
            str(status): _answer(root, answer)
            for status, answer in islice(mapping(operation.get("responses")).items(), _MOST)
        },
        security=tuple(
            tuple(islice((name for name in one if isinstance(name, str)), _MOST))
            for one in entries(security)[:_MOST]
            if isinstance(one, Mapping)
        ),
    )


def _parameter(root: Mapping[str, Any], written: Mapping[str, Any]) -> Parameter | None:
    name, location = written.get("name"), written.get("in")
    if not isinstance(name, str) or location not in ("path", "query", "header", "cookie"):
        return None
    schema = written.get("schema")
    if not isinstance(schema, Mapping):
        # Some parameters are described by a media type, such as JSON in a query.
        schema = next((mapping(one).get("schema") for one in mapping(written.get("content")).values()), {})
    return Parameter(
        name=name,
        location=str(location),
        required=written.get("required") is True or location == "path",
        schema=mapping(schema),
        example=example_of(root, written),
    )


def _body(root: Mapping[str, Any], written: Mapping[str, Any]) -> Body | None:
    media = {name: mapping(one) for name, one in mapping(written.get("content")).items() if isinstance(name, str)}
    if not media:
        return None
    name = min(media, key=effort)
    one = media[name]
    return Body(
        media_type="application/json" if name.strip() in ("*/*", "application/*") else name,
        schema=mapping(one.get("schema")),
        required=written.get("required") is True,
        example=example_of(root, one),
    )


def _answer(root: Mapping[str, Any], written: object) -> Schema | None:
    content = mapping(followed(root, written).get("content"))
    names = [name for name in content if isinstance(name, str)]
    schema = mapping(content[min(names, key=effort)]).get("schema") if names else None
    return schema if isinstance(schema, Mapping) else None


def _schemes(root: Mapping[str, Any]) -> Mapping[str, Scheme]:
    written = mapping(mapping(root.get("components")).get("securitySchemes"))
    return {
        name: scheme
        for name, one in islice(written.items(), _MOST)
        if isinstance(name, str) and (scheme := _scheme(name, followed(root, one)))
    }


def _scheme(name: str, written: Mapping[str, Any]) -> Scheme | None:
    kind = text_of(written.get("type"))
    if kind == "http":
        return Scheme(name=name, kind=f"http-{text_of(written.get('scheme')).lower() or 'bearer'}")
    if kind == "apiKey":
        place = text_of(written.get("in"))
        known = place in ("header", "cookie", "query")
        return Scheme(name=name, kind=f"api-key-{place}", credential=text_of(written.get("name"))) if known else None
    if kind == "oauth2":
        flow = mapping(mapping(written.get("flows")).get("password"))
        return Scheme(name=name, kind="oauth2", token_path=text_of(flow.get("tokenUrl")))
    return Scheme(name=name, kind="openid-connect") if kind == "openIdConnect" else None
