"""A value as a request's body."""

import json
from email import message_from_bytes

from gate.formats.request_body import encode


def test_json_is_sent_as_any_media_type_that_is_json() -> None:
    assert encode("application/json", {"a": [1, None, "ü"]}) == (b'{"a": [1, null, "\\u00fc"]}', "application/json")
    assert encode("application/vnd.api+json; charset=utf-8", 1) == (b"1", "application/vnd.api+json")


def test_a_form_leaves_null_out_and_repeats_lists() -> None:
    value = {"a": "x y&\0", "b": [1, True], "c": None, "d": {"e": 1}}
    body, content_type = encode("application/x-www-form-urlencoded", value)
    assert (body, content_type) == (b"a=x+y%26%00&b=1&b=true&d=%7B%22e%22%3A+1%7D", "application/x-www-form-urlencoded")


def test_files_are_parts_of_a_multipart_form() -> None:
    body, content_type = encode("multipart/form-data", {'no"te': "hé\r\n--x", "file": [b"one", b"two"]})
    message = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    note, one, two = message.get_payload()  # type: ignore[misc]
    assert note.get_payload(decode=True) == "hé\r\n--x".encode()  # type: ignore[union-attr]
    assert note.get_param("name", header="content-disposition") == "no%22te"  # type: ignore[union-attr]
    assert (one.get_filename(), one.get_payload()) == ("qg.txt", "one")  # type: ignore[union-attr]
    assert two.get_payload() == "two"  # type: ignore[union-attr]
    assert encode("multipart/form-data", {}) == encode("multipart/form-data", None)


def test_a_media_type_never_breaks_out_of_its_header_and_no_value_raises() -> None:
    assert encode("text/plain\r\nX-Evil: 1", "a") == (b"a", "application/octet-stream")
    assert encode("text/plain", "\ud800") == (b"?", "text/plain")
    loop: list[object] = []
    loop.append(loop)
    for value in (loop, float("inf"), {"a": loop}, object(), {1: 2}):
        for media_type in (
            "application/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "image/png",
            "",
        ):
            assert isinstance(encode(media_type, value)[0], bytes)
    assert json.loads(encode("application/json", {"a": b"file"})[0]) == {"a": "file"}
