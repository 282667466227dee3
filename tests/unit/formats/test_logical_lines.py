"""Which lines are one statement: as coverage.py says, and never an error."""

from pathlib import Path

import pytest
from coverage.parser import PythonParser
from hypothesis import given
from hypothesis import strategies as st

import gate
from gate.formats import logical_lines
from gate.formats.logical_lines import MOST_CHARACTERS, statement_starts

SOURCES = sorted(Path(gate.__file__).parent.glob("formats/*.py"))[:25]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_line_with_code_belongs_to_the_statement_that_coverage_counts_it_for(path: Path) -> None:
    text = path.read_text("utf-8")
    parser = PythonParser(text=text)
    parser.parse_source()
    starts, _ = logical_lines._starts(text)
    for line, source in enumerate(text.split("\n"), 1):
        if line in starts:
            assert starts[line] == parser.first_line(line)
        else:
            assert not source.strip() or source.strip().startswith("#")
    assert statement_starts(text, starts) == tuple(sorted(set(starts.values())))


@pytest.mark.parametrize(
    ("text", "lines", "starts"),
    [
        ("x = (\n  1,\n  2,\n)\n", [2, 3, 4], (1,)),
        ("x = (\n  # why\n\n  2,\n)\n", [2, 3], ()),
        ("x = '''\na\nb\n'''\ny = 2\n", [3, 5], (1, 5)),
        ("a = 1; b = 2\nif a: b = (\n  3)\n", [1, 3], (1, 2)),
        ("@d(\n  1)\ndef f(\n  a=1,\n): return (\n  a)\n", [2, 4, 6], (1, 3)),
        ("x = 1 + \\\n  2\n", [2], (1,)),
        ("if x:\r\n    y = [\r\n        1]\r\n", [3], (2,)),
        ("", [1], ()),
        # For git, a carriage return alone ends no line.
        ("x = 1\ry = 2\rz = (\r 3)\r", [1], (1, 2, 3)),
        ("x = 1\r\na = 1\rb = 2\r\nc = 3\n", [2], (2, 3)),
        ("x = 1\na = 1\rb = 2\nc = 3\n", [3], (4,)),
        # What cannot be read stands for itself.
        ("x = 1\ny = (\n  1\n", [1, 3], (1, 3)),
        ("x = 1\n  y = 2\nz = 3\n", [1, 2, 3], (1, 2, 3)),
        ("x = 1\ny = (\n\n  # why\n  1 # one\n", [1, 2, 3, 4, 5, 9], (1, 2, 5)),
        ("x" * MOST_CHARACTERS + "\ny", [2], (2,)),
    ],
)
def test_where_statements_begin(text: str, lines: list[int], starts: tuple[int, ...]) -> None:
    assert statement_starts(text, lines) == starts


@given(st.text(st.sampled_from("ab()[]{}'\"\\#\n\r\t :;=,f@\0ä"), max_size=80), st.lists(st.integers(1, 30)))
def test_any_text_has_lines_at_or_before_those_asked_for(text: str, lines: list[int]) -> None:
    found = statement_starts(text, lines)
    assert list(found) == sorted(set(found))
    assert not found or (lines and found[-1] <= max(lines) + text.count("\r"))


def test_what_is_deep_or_long_is_read_in_time() -> None:
    deep = "x = " + "(" * 50_000
    long = "x = '''" + "a\n" * 200_000 + "'''\n"
    assert statement_starts(deep, [1]) == (1,)
    assert statement_starts(long, [100_000]) == (1,)
    assert statement_starts("x = 1\ny = '" + "\\'" * 100_000, [2]) == (2,)
