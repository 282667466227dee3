"""Texts with places for values: whatever a value is, it adds nothing to the request but itself."""

import json
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.formats import UnreadableError
from gate.formats.request_template import encoding_of_body, in_header, in_target, parse_template

TEXTS = st.text(max_size=40)
JSON = (("Content-Type", "application/json; charset=utf-8"),)


def test_names_are_filled_in_and_double_braces_are_braces() -> None:
    template = parse_template('{{"task": {{"id": {id}, "of": "{name}"}}}}')
    assert template.names == {"id", "name"}
    assert template.filled({"id": "7", "name": "a"}, str) == '{"task": {"id": 7, "of": "a"}}'
    assert parse_template("no names }}{{").filled({}, str) == "no names }{"


@pytest.mark.parametrize(
    "text", ["{", "}", "a{b", "{}", "{a b}", "{1}", "{a.b}", "{a!r}", "{a:>9}", "}{a}", '{"a": 1}']
)
def test_a_brace_that_stands_alone_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(UnreadableError, match=r"write \{name\} for a value"):
        parse_template(text)


@given(TEXTS)
def test_a_value_in_a_target_adds_no_part_of_its_own(value: str) -> None:
    target = parse_template("/tasks/{v}/x?a={v}&b=1").filled({"v": value}, in_target)
    assert target.isascii()
    assert target.isprintable()
    parts = urlsplit(target)
    assert [unquote(one) for one in parts.path.split("/")] == ["", "tasks", value, "x"]
    assert parse_qs(parts.query, keep_blank_values=True) == {"a": [value], "b": ["1"]}
    assert parts.fragment == ""


@given(TEXTS)
def test_a_value_in_a_json_body_stays_within_its_quotes(value: str) -> None:
    for headers in (JSON, ()):
        body = '{{"title": "{v}", "n": 1}}'
        filled = parse_template(body).filled({"v": value}, encoding_of_body(headers, body.replace("{{", "{")))
        assert json.loads(filled) == {"title": value, "n": 1}


@given(TEXTS)
def test_a_value_in_a_form_stays_in_its_field(value: str) -> None:
    headers = (("content-type", "application/x-www-form-urlencoded"),)
    filled = parse_template("a={v}&b=1").filled({"v": value}, encoding_of_body(headers, "a={v}&b=1"))
    assert parse_qs(filled, keep_blank_values=True) == {"a": [value], "b": ["1"]}


def test_a_value_in_a_header_ends_no_header_and_in_plain_text_is_as_it_is() -> None:
    assert in_header("a\r\nX-Evil: 1\x00\ud800") == "aX-Evil: 1"
    assert encoding_of_body((("Content-Type", "text/plain"),), "{v}")('a"b') == 'a"b'


def test_half_a_surrogate_pair_in_a_target_is_replaced() -> None:
    assert in_target("a\ud800b") == "a%3Fb"
