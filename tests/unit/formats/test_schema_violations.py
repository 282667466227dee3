"""Where a value is not what a schema says, held against what another validator says."""

from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gate.formats.schema_violations import Checking, OutOfBoundsError

ROOT: dict[str, Any] = {
    "components": {
        "schemas": {
            "Task": {
                "type": "object",
                "required": ["id", "title"],
                "properties": {
                    "id": {"type": "integer"},
                    "title": {"type": "string", "maxLength": 5},
                    "parent": {"anyOf": [{"$ref": "#/components/schemas/Task"}, {"type": "null"}]},
                },
            },
            "Closed": {"type": "object", "properties": {"a": {}}, "additionalProperties": False},
            "Endless": {"$ref": "#/components/schemas/Endless"},
            "Account": {
                "type": "object",
                "required": ["name", "password"],
                "properties": {"name": {}, "password": {"type": "string", "writeOnly": True}},
            },
        }
    }
}


def found(schema: Any, value: Any, version: str = "3.1", **more: Any) -> tuple[str, str] | None:
    one = Checking(root=ROOT, version=version, **more).violation(schema, value)
    return None if one is None else (one.pointer, one.message)


def named(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        (named("Task"), {"id": 1, "title": "a", "more": 1}, None),
        (named("Task"), {"id": 1.0, "title": "a", "parent": None}, None),
        (named("Task"), {"id": 1}, ("", "has no `title`, which is required")),
        (named("Task"), {"id": True, "title": "a"}, ("/id", "is a boolean, where integer is described")),
        (
            named("Task"),
            {"id": 1, "title": "a", "parent": {"id": 2, "title": "long one"}},
            ("/parent/title", "has 8 characters, where at most 5 are described"),
        ),
        (named("Closed"), {"a": 1, "b/c": 2}, ("/b~1c", "is not described, where nothing else is allowed")),
        ({"type": "array", "items": named("Task")}, [{"id": 1, "title": "a"}, 7], ("/1", "is a number, where object is described")),
        ({"type": ["string", "null"]}, 7, ("", "is a number, where string or null is described")),
        ({"enum": ["a", 1]}, True, ("", "is not one of the 2 values")),
        ({"const": {"a": [1]}}, {"a": [1.0]}, None),
        ({"type": "number", "exclusiveMinimum": 0}, 0, ("", "is below or equal to 0, the least that is described")),
        ({"multipleOf": 0.1}, 0.3, None),
        ({"prefixItems": [{"type": "string"}], "items": {"type": "integer"}}, ["a", "b"], ("/1", "is a string, where integer is described")),
        ({"patternProperties": {"^x": {"type": "string"}}, "additionalProperties": False}, {"x1": 1}, ("/x1", "is a number, where string is described")),
        ({"oneOf": [{"type": "string"}, {"type": "boolean"}]}, 1, ("", "fits none of the 2 alternatives that are described")),
        ({"allOf": [named("Task"), {"required": ["due"]}]}, {"id": 1, "title": "a"}, ("", "has no `due`, which is required")),
        ({"type": "string", "format": "date-time"}, "yesterday", None),
        ({"pattern": "^(a+)+$"}, "a" * 60 + "!", None),
        (False, 1, ("", "is there, where nothing may be")),
        (named("Endless"), 1, None),
        ({"$ref": "#/nowhere"}, 1, None),
        ({"type": "thing", "minLength": "x", "enum": 7, "required": "a", "properties": []}, {"a": 1}, None),
    ],
)  # fmt: skip
def test_the_first_place_is_named_and_what_cannot_be_told_is_well(schema: Any, value: Any, expected: Any) -> None:
    assert found(schema, value) == expected


def test_null_is_allowed_as_the_version_has_it() -> None:
    old = {"type": "string", "nullable": True}

    assert found(old, None, "3.0") is None
    assert found(old, None, "3.1") is not None
    assert found({"type": ["string", "null"]}, None, "3.1") is None
    assert found({"allOf": [named("Task")], "nullable": True}, None, "3.0") is None
    assert found({**named("Task"), "required": ["due"]}, {"id": 1, "title": "a"}, "3.0") is None
    assert found({**named("Task"), "required": ["due"]}, {"id": 1, "title": "a"}, "3.1") is not None


def test_what_is_only_ever_sent_is_not_missing_in_an_answer() -> None:
    assert found(named("Account"), {"name": "a"}) is None
    assert found(named("Account"), {"name": "a"}, answered=False) == ("", "has no `password`, which is required")


def test_the_work_has_an_end() -> None:
    schema: dict[str, Any] = {"type": "integer"}
    for _ in range(40):
        schema = {"anyOf": [schema, schema]}
    checking = Checking(root={}, version="3.1", left=20_000)

    with pytest.raises(OutOfBoundsError):
        checking.violation(schema, "text")


values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "bb", "ccc"]) | st.floats(-2, 2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
kinds = st.sampled_from(["object", "array", "string", "integer", "number", "boolean", "null"])
schemas = st.recursive(
    st.fixed_dictionaries(
        {},
        optional={
            "type": kinds | st.lists(kinds, min_size=1, max_size=3, unique=True),
            "enum": st.lists(values, min_size=1, max_size=3),
            "const": values,
            "minLength": st.integers(0, 3),
            "maxItems": st.integers(0, 3),
            "minimum": st.integers(-3, 3),
            "exclusiveMaximum": st.integers(-3, 3),
            "pattern": st.sampled_from(["^a", "b$"]),
            "required": st.lists(st.sampled_from("abc"), max_size=2, unique=True),
            "uniqueItems": st.booleans(),
        },
    ),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "properties": st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
            "additionalProperties": inner | st.booleans(),
            "items": inner,
            "prefixItems": st.lists(inner, min_size=1, max_size=2),
            "anyOf": st.lists(inner, min_size=1, max_size=2),
            "allOf": st.lists(inner, min_size=1, max_size=2),
        },
    ),
    max_leaves=5,
)


@given(schemas, values)
@settings(max_examples=150, deadline=None)
def test_it_says_what_the_library_says(schema: Any, value: Any) -> None:
    fits = jsonschema.Draft202012Validator(schema).is_valid(value)
    ours = Checking(root={}, version="3.1").violation(schema, value) is None

    # It is more lenient on purpose with entries that are repeated, but never the other way round.
    assert ours or not fits
    if "uniqueItems" not in str(schema):
        assert ours == fits
