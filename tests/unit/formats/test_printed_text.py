"""No value of the environment reaches a report, and an assertion is told by its own words."""

import pytest

from gate.formats.printed_text import first_told, presentable

ASSERTED = """\
tests/test_a.py:18: in <module>
    assert "DB_URLS" in os.environ, "DB_URLS is not set."
E   AssertionError: DB_URLS is not set.
E   assert 'DB_URLS' in environ({'HOME': '/root', 'TOKEN': 'hunter2'})
E    +  where environ({'HOME': '/root', 'TOKEN': 'hunter2'}) = <module 'os' (frozen)>.environ
"""


def test_an_assertion_is_told_by_what_it_says() -> None:
    assert first_told(ASSERTED) == "AssertionError: DB_URLS is not set."


def test_an_assertion_without_words_is_told_by_what_it_compared() -> None:
    assert first_told("a.py:1: in <module>\nE   assert None\nE    +  where None = get('X')\n") == "assert None"


def test_a_text_without_an_exception_tells_nothing() -> None:
    assert first_told("file a.py, line 3\nEverything is fine") == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (ASSERTED.splitlines()[3], "E   assert 'DB_URLS' in environ({...})"),
        ("get of environ({'A': '})', 'B': 'x'}) = 1", "get of environ({...}) = 1"),
        ("environ({'A': 'cut", "environ({...})"),
        ("#x1B[1m#x1B[31mE   assert 1#x1B[0m \x1b[0;31mred\x1b[m", "E   assert 1 red"),
        ("surroundings({'A': 1})", "surroundings({'A': 1})"),
    ],
)
def test_what_is_shown(text: str, shown: str) -> None:
    assert presentable(text) == shown


def test_hostile_texts_take_no_time() -> None:
    assert presentable("environ({" * 300_000) == "environ({...})"
    first_told("E " + "+ " * 500_000)
