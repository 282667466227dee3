"""The validator of OpenAPI documents as it is locked, on documents of every version."""

import asyncio
import copy
import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from gate.gates.openapi import validity
from gate.gates.openapi.structure import structure_of
from tests.integration.environment.place import Place

pytestmark = pytest.mark.integration

# What openapi-spec-validator itself says of each document, all its questions asked, and what our probe says of it.
_OF_BOTH = """
import json, sys
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator, OpenAPIV32SpecValidator
kinds = {"3.0": OpenAPIV30SpecValidator, "3.1": OpenAPIV31SpecValidator, "3.2": OpenAPIV32SpecValidator}
documents = json.load(open(sys.argv[1]))
sys.path.insert(0, sys.argv[2])
from validate_openapi import faults
theirs = [kinds[one["openapi"][:3]](one).is_valid() for one in documents]
print(json.dumps([theirs, [[pointer for pointer, _ in faults(one)] for one in documents]]))
"""
GET: dict[str, Any] = {
    "operationId": "get",
    "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
    "responses": {"200": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}}},
}  # fmt: skip
SCHEMA = "components/schemas/A"


def document(version: str, **changes: Any) -> dict[str, Any]:
    """Return a sound document with some places written otherwise, each named by its parts; None takes one away."""
    root: dict[str, Any] = {
        "openapi": version,
        "info": {"title": "é", "version": "1"},
        "paths": {"/a/{id}": {"get": copy.deepcopy(GET)}},
        "components": {"schemas": {"A": {"type": "object", "properties": {"b": {"$ref": f"#/{SCHEMA}"}}}}},
    }
    for place, value in changes.items():
        at: Any = root
        *way, last = place.split("/")
        for part in way:
            part = part.replace("~", "/")  # noqa: PLW2901
            at = at[int(part)] if isinstance(at, list) else at.setdefault(part, {})
        if value is None:
            del at[last]
        else:
            at[last.replace("~", "/")] = value
    return root


OPERATION = "paths/~a~{id}/get"
FAULTS: tuple[dict[str, Any], ...] = (
    {"info": None},
    {"info/version": None},
    {"paths": []},
    {"more": 1},
    {f"{OPERATION}/responses/200/description": None},
    {f"{OPERATION}/responses/abc": {"description": ""}},
    {f"{OPERATION}/parameters/0/in": "pth"},
    {f"{OPERATION}/parameters": []},
    {f"{OPERATION}/parameters": [*GET["parameters"], *GET["parameters"]]},
    {"paths/~b": {"get": {**GET, "parameters": []}}},
    {f"{SCHEMA}/type": "objekt"},
    {f"{SCHEMA}/minLength": -1},
    {f"{SCHEMA}/properties/c": {"type": "integer", "default": "ten"}},
    {f"{SCHEMA}/required": "b"},
)


def test_what_the_library_refuses_is_refused_with_its_place(place: Place, tmp_path: Path) -> None:
    lock = validity._LOCK.read_text()
    program = asyncio.run(place.environments().locked_tool("openapi-spec-validator", lock))
    python = str(program.with_name("python"))

    def faults(root: dict[str, Any]) -> list[str]:
        written, result = tmp_path / "openapi.json", tmp_path / "result.json"
        written.write_text(json.dumps(root))
        subprocess.run([python, "-I", validity._PROBE, written, result, "60"], check=True)
        structure = structure_of(root, json.dumps(root)).faults
        return [one["pointer"] for one in json.loads(result.read_text())] + [one.pointer for one in structure]

    versions = ("3.0.3", "3.1.0", "3.2.0")
    documents = [document(version, **changes) for version in versions for changes in ({}, *FAULTS)]
    listed = tmp_path / "documents.json"
    listed.write_text(json.dumps(documents))
    argv = [python, "-I", "-W", "ignore", "-c", _OF_BOTH, str(listed), str(validity._PROBE.parent)]
    printed = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
    theirs, ours = json.loads(printed)
    structures = [structure_of(root, json.dumps(root)).faults for root in documents]

    assert [not (found or more) for found, more in zip(ours, structures, strict=True)] == theirs
    # In 3.2 an answer needs no description.
    assert theirs.count(True) == len(versions) + 1
    assert faults(document("3.1.0", **{f"{SCHEMA}/properties/c": {"type": ["string", "nul"]}})) == [
        "/components/schemas/A/properties/c/type/1"
    ]
    assert faults(document("3.0.3", **{f"{SCHEMA}/properties/c": {"type": ["string", "null"]}})) == [
        "/components/schemas/A/properties/c/type"
    ]
    assert faults(document("3.9.0")) == ["/openapi"]

    large = document("3.1.0")
    for at in range(12_000):
        large["components"]["schemas"][f"A{at}"] = {**copy.deepcopy(GET["responses"]), "type": "object", "description": "x" * 200, "properties": {"next": {"$ref": f"#/components/schemas/A{at - 1 if at else ''}"}}}  # fmt: skip
    started = time.monotonic()
    assert len(json.dumps(large)) > 5_000_000
    assert faults(large) == []
    assert time.monotonic() - started < 30
