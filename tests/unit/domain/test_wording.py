"""How lists are written in a sentence."""

import pytest

from gate.domain.wording import enumerated


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("", ""),
        ("a", "a"),
        ("ab", "a and b"),
        ("abc", "a, b and c"),
        ("abcd", "a, b and 2 more"),
    ],
)
def test_a_list_reads_as_a_sentence_and_ends(words: str, written: str) -> None:
    assert enumerated(words, most=2) == written


def test_a_list_of_any_length_is_whole_where_nobody_bounds_it() -> None:
    assert enumerated("abcde") == "a, b, c, d and e"
