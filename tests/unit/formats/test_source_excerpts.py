"""What is shown of a source: the lines that did not run, a little around them, and never too much."""

from hypothesis import given
from hypothesis import strategies as st

from gate.domain.exhibit import Excerpt
from gate.formats.source_excerpts import make_excerpts

TEN = "".join(f"line {at}\n" for at in range(1, 21))


def shown(*lines: int, source: str = TEN, most: int = 10_000) -> list[tuple[int, int]]:
    """Return the first and last lines of each excerpt."""
    excerpts = make_excerpts(source, lines, most)
    return [(excerpt.start, excerpt.start + excerpt.text.count("\n")) for excerpt in excerpts]


def test_three_lines_around_are_shown_and_what_touches_is_one() -> None:
    assert shown(10) == [(7, 13)]
    assert shown(1, 20) == [(1, 4), (17, 20)]
    assert shown(5, 12) == [(2, 15)]
    assert shown(5, 13) == [(2, 8), (10, 16)]
    assert make_excerpts("a\nb\n", [2]) == (Excerpt(start=1, text="a\nb"),)


def test_lines_are_those_that_python_counts() -> None:
    assert make_excerpts("a\r\nb\x0c\u2028\rc", [1]) == (Excerpt(start=1, text="a\nb\x0c\u2028\nc"),)


def test_lines_that_are_not_there_are_passed_over() -> None:
    assert shown(0, -4, 21, 10**9) == []
    assert shown(source="") == []


def test_what_is_too_long_or_too_much_is_cut() -> None:
    (excerpt,) = make_excerpts("x" * 5_000, [1])
    assert len(excerpt.text) == 401
    assert excerpt.text.endswith("…")
    assert shown(2, 10, 20, most=len("line 1\n") * 6) == [(1, 5), (7, 7)]
    assert shown(2, most=0) == []


@given(st.text(alphabet="ab\n\r\x0c\u2028", max_size=60), st.lists(st.integers(-5, 70)), st.integers(0, 80))
def test_no_more_is_shown_than_asked_for_and_each_line_stands_where_it_stood(
    source: str, lines: list[int], most: int
) -> None:
    there = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    excerpts = make_excerpts(source, lines, most)
    assert sum(len(excerpt.text) for excerpt in excerpts) <= most
    end = 0
    for excerpt in excerpts:
        text = excerpt.text.split("\n")
        assert excerpt.start > end
        assert there[excerpt.start - 1 : excerpt.start - 1 + len(text)] == text
        end = excerpt.start + len(text) - 1
