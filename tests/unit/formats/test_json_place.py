"""Values of JSON answers by their place; answers may be anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.formats import UnreadableError
from gate.formats.json_place import parse_place, values_at, written

BODY = b'{"items": [{"id": 7, "a-b": "x", "ok": true, "f": 1.5, "none": null}], "token": "t\\u00e9"}'


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("items[0].id", "7"),
        ("items[0].a-b", "x"),
        ("items[0].ok", "true"),
        ("items[0].f", "1.5"),
        ("token", "té"),
    ],
)
def test_a_value_is_found_by_its_place(place: str, value: str) -> None:
    assert values_at(BODY, {"v": parse_place(place)}) == {"v": value}
    assert written(parse_place(place)) == place


def test_a_list_and_a_bare_value_have_places_too() -> None:
    assert values_at(b"[[1, 2]]", {"v": parse_place("[0][1]")}) == {"v": "2"}
    assert values_at(b'"abc"', {"v": parse_place("")}) == {"v": "abc"}


@pytest.mark.parametrize(
    "text", [".a", "a.", "a..b", "[a]", "[-1]", "a[", "a]", "a[0]b", "[0]b", "[1].", "a[9999999999]"]
)
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError, match=r"write it as items\[0\].id"):
        parse_place(text)


@pytest.mark.parametrize(
    ("body", "place", "why"),
    [
        (b"<html>", "a", "the answer is no JSON"),
        (b"", "a", "the answer is no JSON"),
        (b"\xff\xfe", "a", "the answer is no JSON"),
        (b"[" * 100_000, "a", "the answer is no JSON"),
        (b"9" * 5_000, "", "the answer is no JSON"),
        (b"{}", "a.b[0]", r"the answer has no a\.b\[0\]"),
        (b"[]", "[0]", r"the answer has no \[0\]"),
        (b"[]", "a", "the answer has no a"),
        (b'{"0": 1}', "[0]", r"the answer has no \[0\]"),
        (b'"text"', "[0]", r"the answer has no \[0\]"),
        (b'{"a": null}', "a", "a is neither a text nor a number"),
        (b'{"a": {"b": 1}}', "a", "a is neither a text nor a number"),
        (b'{"a": "%s"}' % (b"x" * 20_000), "a", "a has more than 16 KiB"),
    ],
)
def test_an_answer_without_the_value_is_told_why(body: bytes, place: str, why: str) -> None:
    with pytest.raises(UnreadableError, match=f"^{why}$"):
        values_at(body, {"v": parse_place(place)})


@given(st.binary(max_size=60), st.text(max_size=12))
def test_nothing_but_the_documented_error_comes_of_any_bytes_and_any_place(body: bytes, text: str) -> None:
    try:
        found = values_at(body, {"v": parse_place(text)})
    except UnreadableError:
        return
    assert isinstance(found["v"], str)


def test_half_a_surrogate_pair_is_replaced_so_that_it_can_be_sent_on() -> None:
    assert values_at(b'{"a": "x\\ud800"}', {"v": ("a",)}) == {"v": "x?"}
