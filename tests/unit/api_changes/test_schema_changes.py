"""What differs between two schemas, beyond the pairs in `tests/samples/api_changes/`."""

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gate.api_changes.change import Change, Impact
from gate.api_changes.schema_changes import Direction, Place, Sides, schema_changes

QUICK = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
PLACES = {
    Direction.REQUEST: ("request-body", "the request's body"),
    Direction.RESPONSE: ("response-body", "the response's body (200)"),
}


def changes(
    base: object, head: object, direction: Direction = Direction.REQUEST, *, textual: bool = False, **documents: Any
) -> tuple[Change, ...]:
    subject, words = PLACES[direction]
    sides = Sides(base=documents.get("base_root", {}), head=documents.get("head_root", {}))
    place = Place(
        operation="POST /tasks", direction=direction, subject=subject, words=words, pointer="/at", textual=textual
    )
    return schema_changes(sides, base, head, place)


def breaks(found: tuple[Change, ...]) -> bool:
    return any(one.impact is Impact.BREAKING for one in found)


def hurts(found: tuple[Change, ...]) -> bool:
    return any(one.impact is not Impact.HARMLESS for one in found)


def rules(found: tuple[Change, ...]) -> set[str]:
    return {one.rule_id for one in found}


def document(**schemas: Any) -> dict[str, Any]:
    return {"openapi": "3.1.0", "components": {"schemas": schemas}}


# Schemas that make sense.
names = st.sampled_from("abc")
leaves = st.one_of(
    st.fixed_dictionaries({"type": st.sampled_from(["string", "boolean", "number", "integer"])}),
    st.fixed_dictionaries({"type": st.just("string"), "minLength": st.integers(0, 3), "maxLength": st.integers(3, 6)}),
    st.fixed_dictionaries({"type": st.just("integer"), "minimum": st.integers(0, 3), "nullable": st.booleans()}),
    st.fixed_dictionaries({"enum": st.lists(st.sampled_from(["x", "y", 1, None]), min_size=1, unique=True)}),
    st.sampled_from([True, False, {}, {"$ref": "#/components/schemas/Node"}, {"type": ["string", "null"]}]),
)
schemas = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.fixed_dictionaries(
            {"type": st.just("object"), "properties": st.dictionaries(names, inner, max_size=3)},
            optional={"required": st.lists(names, unique=True), "additionalProperties": inner, "not": inner},
        ),
        st.fixed_dictionaries({"type": st.just("array"), "items": inner}),
        st.fixed_dictionaries({"anyOf": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"oneOf": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"allOf": st.lists(inner, min_size=1, max_size=2)}),
    ),
    max_leaves=6,
)
NODE = document(Node={"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}})
# Anything at all, with the words of schemas at places where they do not belong.
words = st.sampled_from(
    [
        "type",
        "properties",
        "required",
        "items",
        "enum",
        "const",
        "anyOf",
        "oneOf",
        "allOf",
        "not",
        "$ref",
        "minimum",
        "exclusiveMinimum",
        "maxLength",
        "pattern",
        "additionalProperties",
        "prefixItems",
        "discriminator",
        "default",
        "patternProperties",
        "dependentRequired",
        "nullable",
        "format",
        "readOnly",
        "x-extensible-enum",
        "multipleOf",
    ]
)
atoms = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.sampled_from(["object", "#/a", "#"])
)
odd = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(words, st.one_of(st.none(), st.integers(), st.text(max_size=5))), inner, max_size=5),
    ),
    max_leaves=12,
)


@QUICK
@given(schemas, st.sampled_from(list(Direction)))
def test_a_schema_does_not_differ_from_itself(schema: Any, direction: Direction) -> None:
    assert changes(schema, copy.deepcopy(schema), direction, base_root=NODE, head_root=copy.deepcopy(NODE)) == ()


@QUICK
@given(schemas.filter(lambda schema: schema is not False), st.sampled_from(list(Direction)))
def test_a_component_is_what_is_written_in_its_place(schema: Any, direction: Direction) -> None:
    root = document(**NODE["components"]["schemas"], It=schema)

    for wrapped in (
        {"$ref": "#/components/schemas/It"},
        {"allOf": [{"$ref": "#/components/schemas/It"}, {"title": "It"}]},
    ):
        assert changes(schema, wrapped, direction, base_root=root, head_root=root) == ()
        assert changes(wrapped, schema, direction, base_root=root, head_root=root) == ()


@QUICK
@given(odd, odd, st.sampled_from(list(Direction)))
def test_nothing_that_is_written_makes_it_fail(base: Any, head: Any, direction: Direction) -> None:
    root = {"a": base, "components": {"schemas": head}}

    for one in changes(base, head, direction, base_root=root, head_root=root):
        assert "{" not in one.rule_id
        assert one.message.startswith(("the ", "each entry"))


bounds = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["string", "integer", "number", ["string", "integer"]]),
        "enum": st.lists(st.sampled_from([1, 2, 3]), min_size=1, unique=True),
        "minimum": st.integers(0, 3),
        "maximum": st.integers(5, 8),
        "maxItems": st.integers(5, 8),
    },
)


@QUICK
@given(bounds, bounds)
def test_what_breaks_a_request_hurts_the_response_the_other_way_round(one: Any, other: Any) -> None:
    assert hurts(changes(one, other, Direction.REQUEST)) == hurts(changes(other, one, Direction.RESPONSE))


@pytest.mark.parametrize("direction", list(Direction))
def test_a_circle_of_components_is_walked_once(direction: Direction) -> None:
    def root(kind: str) -> dict[str, Any]:
        return document(
            User={
                "type": "object",
                "properties": {"posts": {"type": "array", "items": {"$ref": "#/components/schemas/Post"}}},
            },
            Post={
                "type": "object",
                "properties": {"author": {"$ref": "#/components/schemas/User"}, "title": {"type": kind}},
            },
        )

    [change] = changes(
        {"$ref": "#/components/schemas/User"},
        {"$ref": "#/components/schemas/User"},
        direction,
        base_root=root("string"),
        head_root=root("integer"),
    )

    assert change.impact is Impact.BREAKING
    assert "the field 'posts[]/title' of the" in change.message
    assert change.pointer == "/components/schemas/Post/properties/title"


def test_what_was_compared_at_one_place_is_told_at_the_next_too() -> None:
    def root(kind: str) -> dict[str, Any]:
        return document(Owner={"type": "object", "properties": {"name": {"type": kind}}})

    sides = Sides(base=root("string"), head=root("integer"))
    owner = {"$ref": "#/components/schemas/Owner"}
    for direction, (subject, words) in PLACES.items():
        for step in ("first", "second"):
            place = Place(operation=step, direction=direction, subject=subject, words=words, pointer="/at")
            [change] = schema_changes(
                sides,
                {"type": "object", "properties": {step: owner}},
                {"type": "object", "properties": {step: owner}},
                place,
            )
            assert (change.operation, change.message.split("'")[1]) == (step, f"{step}/name")


def test_the_bottom_of_a_long_chain_of_components_is_reached() -> None:
    def root(kind: str) -> dict[str, Any]:
        chain = {f"S{n}": {"properties": {"in": {"$ref": f"#/components/schemas/S{n + 1}"}}} for n in range(800)}
        return document(**chain, S800={"type": kind})

    found = changes(
        {"$ref": "#/components/schemas/S0"},
        {"$ref": "#/components/schemas/S0"},
        base_root=root("string"),
        head_root=root("integer"),
    )

    assert rules(found) == {"request-property-type-changed"}
    assert len(found[0].message) < 1_000


def hostile() -> dict[str, Any]:
    bomb: Any = {"type": "string"}
    for _ in range(60):
        bomb = {"type": "object", "properties": {"a": bomb, "b": bomb}, "required": ["a"]}
    many: Any = {"type": "string"}
    for _ in range(40):
        many = {"allOf": [many, many]}
    alike = [{"type": "object", "properties": {"k": {"maxLength": n}, "in": bomb}} for n in range(100)]
    deep: Any = {}
    for _ in range(1_000):
        deep = {"items": deep}
    return {
        "an alias bomb": bomb,
        "an alias bomb of parts": many,
        "a hundred alternatives": {"oneOf": alike},
        "alternatives that are themselves": {"anyOf": [{"$ref": "#/it"}, {"$ref": "#/it"}, {"type": "null"}]},
        "a part that is itself": {"allOf": [{"$ref": "#/it"}], "type": "object"},
        "a reference to itself": {"$ref": "#/it"},
        "a deep list": deep,
        "many values": {"enum": list(range(10_000))},
        "many fields": {"properties": {f"p{n}": {"type": "string", "maxLength": 3} for n in range(2_000)}},
        "a huge number": {"maximum": 10**400, "enum": [10**5_000]},
    }


@pytest.mark.parametrize("name", hostile())
def test_a_hostile_schema_is_compared_in_a_moment(name: str) -> None:
    base, head = hostile()[name], hostile()[name]
    other = {"type": "object", "properties": {"a": {"type": "integer"}}}

    assert changes(base, head, base_root={"it": base}, head_root={"it": head}) == ()
    changes(base, other, base_root={"it": base}, head_root={"it": other})
    changes(other, base, Direction.RESPONSE, base_root={"it": other}, head_root={"it": base})


def test_a_schema_that_is_too_large_to_be_compared_whole_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    # With the true number the test would take seconds.
    monkeypatch.setattr("gate.api_changes.schema_walk._MOST_PAIRS", 50)
    base, head = ({"properties": {f"p{n}": {"items": {"minItems": n + more}} for n in range(100)}} for more in (1, 2))

    found = changes(base, head)

    assert (found[-1].rule_id, found[-1].impact) == ("request-body-schema-not-compared", Impact.RISKY)


@pytest.mark.parametrize(
    ("base", "head", "textual", "expected"),
    [
        ({"type": "integer"}, {"type": "string"}, True, {"request-body-type-compatible"}),
        ({"type": "integer"}, {"type": "string"}, False, {"request-body-type-changed"}),
        ({"type": "string"}, {"type": "integer"}, True, {"request-body-type-changed"}),
    ],
)
def test_a_number_that_is_written_as_text_may_become_text(
    base: Any, head: Any, textual: bool, expected: set[str]
) -> None:
    assert rules(changes(base, head, textual=textual)) == expected


@pytest.mark.parametrize("version", ["3.0.2", "3.1.0"])
def test_null_that_fastapi_learned_to_write_in_3_1_is_no_change_of_the_service(version: str) -> None:
    fastapis = {"components": {"schemas": {"HTTPValidationError": {"type": "object"}}}}
    base, head = (
        {"properties": {"due": {"type": "string"}}},
        {"properties": {"due": {"anyOf": [{"type": "string"}, {"type": "null"}]}}},
    )
    roots = {"base_root": {"openapi": version, **fastapis}, "head_root": {"openapi": "3.1.0", **fastapis}}

    assert breaks(changes(base, head, Direction.RESPONSE, **roots)) == (version == "3.1.0")


@pytest.mark.parametrize("direction", list(Direction))
def test_null_is_news_of_a_field_that_both_versions_of_fastapi_ask_for(direction: Direction) -> None:
    fastapis = {"components": {"schemas": {"HTTPValidationError": {"type": "object"}}}}
    one = {"properties": {"due": {"type": "string"}}, "required": ["due"]}
    other = {"properties": {"due": {"anyOf": [{"type": "string"}, {"type": "null"}]}}, "required": ["due"]}
    old, new = {"openapi": "3.0.2", **fastapis}, {"openapi": "3.1.0", **fastapis}

    assert breaks(changes(one, other, direction, base_root=old, head_root=new)) == (direction is Direction.RESPONSE)
    assert breaks(changes(other, one, direction, base_root=new, head_root=old)) == (direction is Direction.REQUEST)


def test_a_document_of_fastapi_that_says_null_in_3_0_is_believed() -> None:
    fastapis = {"HTTPValidationError": {"type": "object"}}
    said = {"openapi": "3.0.2", "components": {"schemas": {**fastapis, "Other": {"type": "string", "nullable": True}}}}
    head_root = {"openapi": "3.1.0", "components": {"schemas": fastapis}}

    assert breaks(
        changes(
            {"type": "string"}, {"type": ["string", "null"]}, Direction.RESPONSE, base_root=said, head_root=head_root
        )
    )


def test_an_alternative_that_another_takes_is_not_missed() -> None:
    base = {
        "anyOf": [
            {"type": "integer", "minimum": 1},
            {"type": "number", "minimum": 0},
            {"type": "string", "maxLength": 3},
        ]
    }
    head = {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "maxLength": 3}]}

    assert not hurts(changes(base, head))
    assert rules(changes(head, {"anyOf": [{"type": "number", "minimum": 0}, {"type": "boolean", "const": True}]})) >= {
        "request-body-any-of-removed"
    }


def test_a_component_among_alternatives_is_missed_even_if_another_is_alike() -> None:
    alike = {"type": "object", "properties": {"name": {"type": "string"}}}
    root = document(Cat=alike, Dog=alike)
    both = {"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]}

    found = changes(both, {"oneOf": [{"$ref": "#/components/schemas/Cat"}]}, base_root=root, head_root=root)

    assert [(one.rule_id, one.impact) for one in found] == [("request-body-one-of-removed", Impact.BREAKING)]


def test_of_more_changes_than_anybody_reads_those_that_break_are_kept() -> None:
    added = {f"p{n}": {"type": "string"} for n in range(1_100)}

    found = changes({"properties": {"z": {"type": "string"}}}, {"properties": {**added, "z": {"type": "integer"}}})

    assert len(found) == 1_000
    assert breaks(found)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Of two bounds the tighter one holds.
        (
            {"allOf": [{"minLength": 1, "maxLength": 9}, {"minLength": 3, "maxLength": 5, "type": "string"}]},
            {"type": "string", "minLength": 3, "maxLength": 5},
        ),
        ({"allOf": [{"enum": [1, 2]}, {"enum": [2.0, 3]}]}, {"const": 2}),
        ({"allOf": [{"type": "number"}, {"type": ["integer", "null"]}]}, {"type": "integer"}),
        # Null is null, whichever alternative says it.
        (
            {"anyOf": [{"type": ["string", "null"], "maxLength": 3}, {"type": "integer", "minimum": 1}]},
            {"anyOf": [{"type": "string", "maxLength": 3}, {"type": "integer", "minimum": 1}, {"type": "null"}]},
        ),
    ],
)
def test_two_ways_to_say_the_same_are_the_same(one: Any, other: Any) -> None:
    for direction in Direction:
        assert changes(one, other, direction) == changes(other, one, direction) == ()


def test_true_is_not_one() -> None:
    base = {"properties": {"n": {"type": "number", "minimum": 0, "exclusiveMinimum": True}}}
    head = {"properties": {"n": {"type": "number", "minimum": 0, "exclusiveMinimum": 1}}}

    assert breaks(changes(base, head))


def test_a_field_says_where_it_is() -> None:
    base = {"properties": {"tags": {"items": {"additionalProperties": {"properties": {"a/b": {"maxLength": 9}}}}}}}
    head = copy.deepcopy(base)
    head["properties"]["tags"]["items"]["additionalProperties"]["properties"]["a/b"]["maxLength"] = 5

    [change] = changes(base, head)

    assert change.message == "the field 'tags[]/*/a/b' of the request's body has at most 5 characters, before 9"
    assert change.pointer == "/at/properties/tags/items/additionalProperties/properties/a~1b"
    assert (change.operation, change.request) == ("POST /tasks", True)
