"""What a service tells of itself: read as it was written, and anything else refused in one way."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.formats import UnreadableError
from gate.formats.service_announcement import parse_announcement, place_of_hang
from gate.formats.service_inventory import Dependency, Inventory, Route, parse_inventory

TOLD: dict[str, Any] = {
    "app": "app.main:app",
    "framework": "fastapi 0.165.0",
    "routes": [
        {
            "method": "GET",
            "path": "/a/{b}",
            "function": "app.a.get",
            "file": "app/a.py",
            "line": 3,
            "hidden": True,
            "dependencies": [{"name": "app.user", "parameter": "user", "scopes": ["read"], "optional": True}],
            "unused": ["user"],
            "of tomorrow": 1,
        },
        {"method": "POST", "path": "/"},
    ],
    "document": "{}" + " " * 100_000,
    "served": ["/docs"],
    "opaque": ["/metrics"],
    "trouble": "",
    "app_file": "/a/app/main.py",
    "import_roots": ["/a", "/usr/lib/python3.11"],
    "copied_from": ["file:///a/libs"],
}


def test_an_inventory_is_read_as_it_was_written() -> None:
    assert parse_inventory(json.dumps(TOLD)) == Inventory(
        app="app.main:app",
        framework="fastapi 0.165.0",
        routes=(
            Route(
                method="GET",
                path="/a/{b}",
                function="app.a.get",
                file="app/a.py",
                line=3,
                hidden=True,
                dependencies=(Dependency(name="app.user", parameter="user", scopes=("read",), optional=True),),
                unused=("user",),
            ),
            Route(method="POST", path="/"),
        ),
        document=TOLD["document"],
        served=("/docs",),
        opaque=("/metrics",),
        app_file="/a/app/main.py",
        import_roots=("/a", "/usr/lib/python3.11"),
        copied_from=("file:///a/libs",),
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{" * 100_000,
        '{"routes": [1]}',
        '{"routes": [{"method": "GET"}]}',
        '{"routes": [{"method": "GET", "path": 1}]}',
        '{"routes": [{"method": "GET", "path": "/", "line": -1}]}',
        '{"routes": [{"method": "GET", "path": "/", "hidden": "yes"}]}',
        '{"routes": [{"method": "GET", "path": "\\ud800"}]}',
        '{"routes": [{"method": "GET", "path": "/", "dependencies": [{}]}]}',
        '{"document": {}}',
        json.dumps({"routes": [{"method": "GET", "path": "/"}] * 20_001}),
    ],
)
def test_what_is_no_inventory_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError, match="the service's inventory cannot be read"):
        parse_inventory(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*TOLD, *TOLD["routes"][0], "name"]), inner),
)


@given(JSON)
def test_whatever_stands_there_is_read_or_refused(value: object) -> None:
    for parse in (parse_inventory, parse_announcement):
        with suppress(UnreadableError):
            parse(json.dumps(value))


def test_the_reason_of_a_failure_is_one_line_of_bounded_length() -> None:
    told = {"state": "failed", "stage": "importing", "error": "KeyError", "message": "a\n\nb" * 1000, "where": "a.py:1"}
    reason = parse_announcement(json.dumps(told)).reason("a:app")
    assert reason.startswith("the service cannot be imported: KeyError: a ba b")
    assert 590 < len(reason) <= 600
    assert reason.endswith("…")
    assert "\n" not in reason


DUMP = """\
INFO: started
Timeout (0:00:59)!
Thread 0x00007f (most recent call first):
  File "/usr/lib/python3.11/socket.py", line 10 in connect
  File "/project/.venv/lib/python3.11/site-packages/psycopg/a.py", line 11 in connect
  File "/project/app/db.py", line 12 in make
  File "/project/app/main.py", line 13 in <module>
"""


def test_the_place_of_a_hang_is_the_innermost_of_the_project() -> None:
    assert place_of_hang(DUMP, "/project") == "app/db.py:12"
    assert place_of_hang(DUMP, "/other") == ""
    assert place_of_hang('  File "/project/a.py", line 1 in f', "/project") == "", "a traceback is no hang"
