"""Values that a schema lets through."""

import json
import re
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.formats.openapi_document import Document, parse_document
from gate.formats.schema_values import value_for

UNIQUE = "k3f9a2"
FORMATS_CHECKED = jsonschema.Draft202012Validator.FORMAT_CHECKER


def document(**schemas: Any) -> Document:
    return parse_document(json.dumps({"openapi": "3.1.0", "components": {"schemas": schemas}}))


def made(schema: Any, *, name: str = "", full: bool = False, read: Document | None = None, unique: str = UNIQUE) -> Any:
    return value_for(read or document(), schema, name=name, unique=unique, full=full)


@pytest.mark.parametrize(
    ("name", "schema", "value"),
    [
        ("title", {"type": "string"}, "qg title k3f9a2"),
        ("title", {"type": "string", "example": "How to train your dragon"}, "qg title k3f9a2"),
        ("title", {"type": "string", "maxLength": 10}, "qg k3f9a2"),
        ("title", {"type": "string", "maxLength": 4}, "f9a2"),
        ("title", {"type": "string", "minLength": 18}, "qg title k3f9a2xxx"),
        ("status", {"enum": ["new", "old"], "default": "old"}, "old"),
        ("status", {"enum": [None, "new"]}, "new"),
        ("status", {"const": "on"}, "on"),
        ("mail", {"type": "string", "format": "email", "example": "a@b.com"}, "qg-k3f9a2@example.com"),
        ("userEmail", {"type": "string"}, "qg-k3f9a2@example.com"),
        ("new_password", {"type": "string", "minLength": 8}, "Qg1!k3f9a2aA"),
        ("username", {"type": "string", "pattern": "^[a-z0-9_]{3,20}$"}, "qgk3f9a2"),
        ("slug", {"type": "string", "pattern": "^[a-z0-9]+(?:-[a-z0-9]+)*$"}, "k3f9a2"),
        ("country", {"type": "string", "minLength": 2, "maxLength": 2}, "US"),
        ("country", {"type": "string", "maxLength": 2, "examples": ["DE"]}, "DE"),
        ("contact_phone", {"type": "string"}, "+14155554912"),
        ("userName", {"type": "string", "maxLength": 8}, "qgk3f9a2"),
        ("file_name", {"type": "string"}, "qg-k3f9a2.txt"),
        ("time_zone", {"type": "string"}, "UTC"),
        ("server", {"type": "string", "format": "hostname"}, "qg-k3f9a2.example.com"),
        ("photo", {"type": "string", "format": "byte"}, "cWcgazNmOWEyIA=="),
        ("created_at", {"type": "string", "maxLength": 10, "example": "2020-01-01"}, "2020-01-01"),
        ("reference", {"type": "string", "pattern": "\\p{L}+", "example": "Ärger"}, "Ärger"),
        ("zip_code", {"type": "string", "pattern": "^\\d{5}$"}, "10115"),
        ("birth_date", {"type": "string"}, "1990-05-17"),
        ("born", {"type": "string", "format": "date"}, "2031-05-17"),
        ("created_at", {"type": "string", "format": "date-time"}, "2031-05-17T10:20:30Z"),
        ("homepage", {"type": ["string", "null"], "format": "uri"}, "https://example.com/qg-k3f9a2"),
        ("colour_code", {"type": "string", "example": "#fff"}, "#fff"),
        ("file", {"type": "string", "format": "binary"}, b"qg k3f9a2\n"),
        ("page", {"type": "integer", "minimum": 1}, 1),
        ("page", {"type": "integer", "default": 7}, 7),
        ("page", {"type": "integer", "exclusiveMinimum": True, "minimum": 9}, 10),
        ("ratio", {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, 0.5),
        ("step", {"type": "integer", "minimum": 3, "multipleOf": 5}, 5),
        ("debt", {"type": "number", "maximum": -0.5}, -1),
        ("done", {"type": "boolean"}, False),
        ("accept_terms", {"type": "boolean"}, True),
        ("ids", {"type": "array", "items": {"type": "integer"}, "minItems": 3, "uniqueItems": True}, [1, 2, 0]),
        ("pair", {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "boolean"}]}, [1, False]),
        ("labels", {"type": "object", "additionalProperties": {"type": "integer"}}, {}),
        ("labels", {"type": "object", "minProperties": 1, "additionalProperties": {"const": 4}}, {"qg-k3f9a2-0": 4}),
        ("nothing", {"type": "null"}, None),
        ("either", {"anyOf": [{"type": "null"}, {"type": "integer"}]}, 1),
    ],
)  # fmt: skip
def test_the_smallest_value_that_fits_is_made(name: str, schema: Any, value: object) -> None:
    assert made(schema, name=name) == value


def test_two_identities_never_share_what_must_be_their_own() -> None:
    for name in ("email", "username", "slug", "phone", "title", "uuid", "homepage"):
        assert made({"type": "string"}, name=name) != made({"type": "string"}, name=name, unique="p7c1d8")
    assert made({"type": "string", "format": "uuid"}) != made({"type": "string", "format": "uuid"}, unique="p7c1d8")


PATTERNS = (
    r"^[A-Z]{3}-\d{4}$",
    r"^(?=.*[A-Z])(?=.*\d)[A-Za-z\d!]{8,}$",
    r"^\+?[1-9]\d{7,14}$",
    r"^(red|green)$",
    r"^[^\s@]+@[^\s@]+\.[a-z]{2,}$",
    r"^#[0-9a-f]{6}$",
    r"^\d{4}-(0[1-9]|1[0-2])$",
    r"^[^\x00]*[^\s\x00][^\x00]*$",
    r"^\w+(\.\w+)*$",
    r"\S",
    r"^/[a-z/]*$",
    r"^(.)\1$",
    r"^[а-я]{2,5}$",
)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("bounds", [{}, {"minLength": 2, "maxLength": 30}])
def test_a_pattern_is_kept(pattern: str, bounds: Any) -> None:
    value = made({"type": "string", "pattern": pattern, **bounds}, name="reference")
    assert re.search(pattern, value)
    assert len(value) <= 30


def test_a_pattern_that_would_take_forever_is_never_tried() -> None:
    for pattern in (
        "(a+)+$",
        "(a|a)*b$",
        "(.*)(.*)(.*)(.*)(.*)x$",
        "(?:a{1,100}){1,100}!",
        "a" * 501,
        "(" * 400,
        "[a-",
        "\\p{L}+",
    ):
        value = made({"type": "string", "pattern": pattern, "example": "a" * 60 + "!"}, name="reference")
        assert isinstance(value, str)


ACCOUNT = {
    "type": "object",
    "required": ["name", "home"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "name": {"type": "string"},
        "nickname": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
        "home": {"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}, "flat": {"type": "integer"}}},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
}  # fmt: skip


def test_only_what_is_required_is_given_or_everything_that_a_caller_may_set() -> None:
    assert made(ACCOUNT) == {"name": "qg name k3f9a2", "home": {"city": "qg city k3f9a2"}}
    assert made(ACCOUNT, full=True) == {
        "name": "qg name k3f9a2",
        "home": {"city": "qg city k3f9a2", "flat": 1},
        "nickname": "qgk3f9a2",
        "tags": ["qg tag k3f9a2"],
    }


def test_an_alternative_says_in_its_property_which_it_is() -> None:
    cat = {
        "type": "object",
        "properties": {"is": {"type": "string"}, "lives": {"type": "integer"}},
        "required": ["lives"],
    }
    for mapping, tag in (({}, "Cat"), ({"cat": "#/components/schemas/Cat"}, "cat"), ({"cat": "Cat"}, "cat")):
        choice = {
            "oneOf": [{"$ref": "#/components/schemas/Cat"}],
            "discriminator": {"propertyName": "is", "mapping": mapping},
        }
        assert made(choice, read=document(Cat=cat)) == {"lives": 1, "is": tag}


def test_a_schema_that_holds_itself_ends() -> None:
    node = {"type": "object", "required": ["next", "name"], "properties": {
        "name": {"type": "string"}, "next": {"anyOf": [{"$ref": "#/components/schemas/Node"}, {"type": "null"}]},
        "children": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}}}}  # fmt: skip
    read = document(Node=node)
    text = json.dumps(made({"$ref": "#/components/schemas/Node"}, read=read, full=True))
    assert 2 < text.count("next") < 200
    endless = {"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#/components/schemas/Endless"}}}
    text = json.dumps(made({"$ref": "#/components/schemas/Endless"}, read=document(Endless=endless)))
    assert text.count("next") < 50


def test_a_document_that_grows_without_end_makes_a_bounded_value() -> None:
    wide = {
        f"L{at}": {
            "type": "object",
            "required": [*"abcdefgh"],
            "properties": {name: {"$ref": f"#/components/schemas/L{at + 1}"} for name in "abcdefgh"},
        }
        for at in range(30)
    }
    assert len(json.dumps(made({"$ref": "#/components/schemas/L0"}, read=document(**wide)))) < 100_000
    assert len(made({"type": "string", "minLength": 10**12})) <= 10_000
    assert len(made({"type": "array", "minItems": 10**12, "items": {"type": "string"}})) <= 50
    assert len(made({"type": "object", "minProperties": 10**12})) <= 50


NUMBERS = st.builds(
    lambda kind, low, width, step: {"type": kind, "minimum": low, "maximum": low + width, **({"multipleOf": step} if width >= 2 * step else {})},
    st.sampled_from(["integer", "number"]),
    st.integers(-1000, 1000),
    st.integers(0, 100),
    st.integers(1, 20),
)  # fmt: skip
FORMATS = ("email", "uuid", "date", "date-time", "time", "ipv4", "ipv6", "uri", "hostname", "duration")
TEXTS = st.one_of(
    st.builds(lambda low, width: {"type": "string", "minLength": low, "maxLength": low + width}, st.integers(0, 60), st.integers(0, 60)),
    st.sampled_from(FORMATS).map(lambda name: {"type": "string", "format": name}),
    st.sampled_from(PATTERNS).map(lambda pattern: {"type": "string", "pattern": pattern}),
)  # fmt: skip
PLAIN = st.one_of(
    NUMBERS,
    TEXTS,
    st.just({"type": "boolean"}),
    st.lists(st.sampled_from(["a", "b", 1, None]), min_size=1, max_size=3, unique=True).map(
        lambda values: {"enum": values}
    ),
)


def composed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    names = ("title", "email", "start_date", "amount", "country", "password")
    return st.one_of(
        st.builds(
            lambda properties, required, more: {
                "type": "object", "properties": properties, "additionalProperties": more,
                "required": [name for name in properties if name in required],
            },
            st.dictionaries(st.sampled_from(names), inner, max_size=4), st.sets(st.sampled_from(names)), st.booleans(),
        ),
        st.builds(
            lambda items, low, width: {"type": "array", "items": items, "minItems": low, "maxItems": low + width},
            inner, st.integers(0, 3), st.integers(0, 3),
        ),
        st.lists(inner, min_size=1, max_size=3).map(lambda options: {"anyOf": [*options, {"type": "null"}]}),
        inner.map(lambda one: {"allOf": [one, {"description": "a part"}]}),
    )  # fmt: skip


@given(
    st.recursive(PLAIN, composed, max_leaves=8),
    st.booleans(),
    st.sampled_from([*"ab", "title", "email", "price", "limit"]),
)
def test_every_value_is_valid(schema: Any, full: bool, name: str) -> None:
    value = made(schema, name=name, full=full)
    jsonschema.Draft202012Validator(schema, format_checker=FORMATS_CHECKED).validate(value)
