"""The options of the gate, as texts of a command line and as values of a file."""

from fractions import Fraction
from typing import Any

import pytest

from gate.config.options import BadValue, specs_of
from gate.gates.latency.options import LatencyOptions

SPECS = specs_of(LatencyOptions)


def parsed(name: str, value: Any) -> Any:
    return SPECS[name].parse(value)


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("users", "20", 20),
        ("think-time", "0.2", 0.2),
        ("think-time", 0, 0.0),
        ("limit", 300, 300),
        ("limits", {" GET /tasks ": "250"}, {"GET /tasks": 250}),
        ("samples", 1000, 1000),
        ("errors", "0.5 %", Fraction(1, 2)),
        ("inconclusive", "pass", "pass"),
        ("rows", "100000", 100_000),
        ("rows", {"comments": 100_000}, {"comments": 100_000}),
        ("function", "load.sessions:session", "load.sessions:session"),
        ("locustfile", "load/locust file.py", "load/locust file.py"),
        ("locust-workers", "4", 4),
        ("locust-bind", "10.0.0.5:5600", "10.0.0.5:5600"),
    ],
)
def test_a_value_is_taken(name: str, value: Any, meant: Any) -> None:
    assert parsed(name, value) == meant


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("users", 0, "from 1 to 1000"),
        ("users", True, "from 1 to 1000"),
        ("users", "1.5", "from 1 to 1000"),
        pytest.param("users", 10**5000, "from 1 to 1000", id="huge"),
        ("users", 1001, "from 1 to 1000"),
        ("samples", 999, "from 1000"),
        ("think-time", "1s", "seconds"),
        ("think-time", float("nan"), "seconds"),
        ("think-time", float("inf"), "seconds"),
        ("think-time", -1, "seconds"),
        ("limit", "9" * 5000, "milliseconds"),
        ("limits", {"GET /tasks": "fast"}, "milliseconds"),
        ("limits", {3: 5}, "no operation"),
        ("limits", "GET /tasks=3", "not a table"),
        ("rows", {}, "not a table of rows"),
        ("rows", {"tasks": 0}, "from 1 to"),
        ("inconclusive", "maybe", "not one of"),
        ("function", "load/sessions.py", "not a function"),
        ("locustfile", "https://elsewhere.example/locustfile.py", "not a Python file"),
        ("locustfile", "/etc/locustfile.py", "not a Python file"),
        ("locustfile", "load/../../other.py", "not a Python file"),
        ("locustfile", "-H.py", "not a Python file"),
        ("locustfile", "one.py,two.py", "not a Python file"),
        ("locustfile", "load", "not a Python file"),
        ("locust-workers", 65, "from 0 to 64"),
        ("locust-bind", "0.0.0.0:port", "not an address"),
        ("locust-bind", "--worker", "not an address"),
        ("target", "localhost:8000", "not a URL"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_to_write(name: str, value: Any, told: str) -> None:
    with pytest.raises(BadValue) as caught:
        parsed(name, value)
    assert told in caught.value.message
    assert caught.value.instead
