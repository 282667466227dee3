"""Validates an OpenAPI document against the specification's own JSON Schema.

    validate_openapi.py DOCUMENT RESULT SECONDS

DOCUMENT is a file of JSON, a version of OpenAPI 3 in it. RESULT becomes a JSON list of the first faults, each a pointer
and a message. After SECONDS the process ends itself by SIGALRM.

Runs in an environment of its own (`gate/gates/openapi/validator-requirements.txt`): the schemas are those of
openapi-spec-validator, and jsonschema-rs compares, which resolves no reference of the document and fetches nothing.
openapi-spec-validator's further questions are left out: in Python, they take minutes for 5 MB, end in a RecursionError
where some hundred schemas refer to each other in a row, and tell no place.
"""

import json
import signal
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any

_MOST = 100
_MOST_READ = 1_000
_LONGEST_MESSAGE = 300
_VALUE = "what is written"
_METASCHEMA = "https://json-schema.org/draft/2020-12/schema"


def schema_of(version: str) -> "dict[str, Any] | None":
    """Return the schema of a version of OpenAPI, such as 3.1.0; None where it is not known."""
    from openapi_spec_validator import schemas  # type: ignore[import-not-found] # not of Quality Gate's own

    known = {"3.0": "schema_v30", "3.1": "schema_v31", "3.2": "schema_v32"}
    name = known.get(version[:3])
    if name is None:
        return None
    schema: dict[str, Any] = json.loads(json.dumps(dict(getattr(schemas, name))))
    if version[:3] != "3.0":
        # The specification leaves open which dialect schemas are written in; this is the one that is the default.
        schema["$defs"]["schema"] = {"$dynamicAnchor": "meta", "$ref": _METASCHEMA}
    return schema


def faults(document: "dict[str, Any]") -> "Iterator[tuple[str, str]]":
    """Yield each fault of a document: its pointer and a message."""
    import jsonschema_rs  # type: ignore[import-not-found]

    schema = schema_of(str(document.get("openapi")))
    if schema is None:
        yield "/openapi", "is not 3.0, 3.1 or 3.2"
        return
    other = document.get("jsonSchemaDialect")
    if isinstance(other, str) and "schema" in schema.get("$defs", {}) and "spec.openapis.org/oas/3" not in other:
        schema["$defs"]["schema"] = {"$dynamicAnchor": "meta", "type": ["object", "boolean"]}
    validator = jsonschema_rs.validator_cls_for(schema)(schema, mask=_VALUE, validate_formats=False)
    for written in validator.iter_errors(document):
        error = most_telling(written)
        pointer = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in error.instance_path)
        yield pointer, error.message[:_LONGEST_MESSAGE]


def most_telling(error: Any) -> Any:  # noqa: ANN401 - it has no type here
    """Return the error inside of `oneOf` or `anyOf` that names the fault: the deepest, and never a missing `$ref`."""
    while True:
        branches = getattr(error.kind, "context", None) or ()
        inner = [one for branch in branches for one in branch if "'$ref'" not in one.message.replace('"', "'")]
        if not inner:
            return error
        error = max(inner, key=lambda one: len(one.instance_path))


def main() -> None:
    """Validate, within the time."""
    document, result, seconds = sys.argv[1:]
    signal.alarm(int(seconds))
    with open(document, encoding="utf-8") as file:
        root = json.load(file)
    found = dict.fromkeys(islice(faults(root), _MOST_READ))
    with open(result, "w", encoding="ascii") as file:
        json.dump([{"pointer": pointer, "message": message} for pointer, message in list(found)[:_MOST]], file)


if __name__ == "__main__":
    main()
