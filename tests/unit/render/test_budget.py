"""However much there is to tell, a document keeps its limit, its tags are closed, and what is missing is said."""

import re
import time

from hypothesis import given
from hypothesis import strategies as st

from gate.render.budget import Section, characters, fit, utf8_bytes

words = st.text(alphabet="ab é日👩\n ", max_size=400)
blocks = st.one_of(
    words,
    words.map(lambda inner: f"<details><summary>s</summary>\n\n{inner}\n\n</details>"),
    words.map(lambda inner: f"<details><summary>s</summary>\n\n<pre>{inner}\n{inner}</pre>\n\nx\n\n</details>"),
)
sections = st.lists(
    st.lists(blocks, min_size=1, max_size=3).map(lambda made: Section(variants=tuple(made))), max_size=8
)


def assert_balanced(document: str) -> None:
    opened: list[str] = []
    for closing, tag in re.findall(r"<(/?)([a-z]+)>", document):
        if closing:
            assert opened.pop() == tag
        else:
            opened.append(tag)
    assert opened == []


@given(sections, st.integers(400, 3_000), st.sampled_from([characters, utf8_bytes]))
def test_the_limit_is_kept_and_the_tags_are_closed(made: list[Section], limit: int, size) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    document = fit(made, tail="<sub>tail</sub>", limit=limit, size=size, elsewhere="see the report")
    assert size(document) <= limit
    assert_balanced(document)
    assert document.endswith("<sub>tail</sub>\n")


def test_what_fits_is_left_as_it_is() -> None:
    made = [Section(variants=("one", "1")), Section(variants=("",)), Section(variants=("two", "2"))]
    assert fit(made, tail="end", limit=100, size=len, elsewhere="") == "one\n\ntwo\n\nend\n"


def test_the_largest_section_shrinks_first_and_no_more_than_needed() -> None:
    made = [Section(variants=("a" * 20, "a")), Section(variants=("b" * 50, "b" * 30, "b"))]
    assert fit(made, tail="", limit=60, size=len, elsewhere="") == f"{'a' * 20}\n\n{'b' * 30}\n"


def test_a_cut_within_preformatted_text_closes_it_and_says_how_much_is_missing_and_where() -> None:
    lines = "\n".join(f"line {at}" for at in range(100))
    block = f"<details><summary>s</summary>\n\n<pre>{lines}</pre>\n\n</details>"
    document = fit([Section(variants=(block,))], tail="tail", limit=300, size=len, elsewhere="see the report")
    kept, _, ending = document.partition("\n</pre>\n\n</details>\n\n")
    last = int(re.findall(r"line (\d+)", kept)[-1])
    assert ending == f"{100 - last - 1 + 2} more lines did not fit here: see the report.\n\ntail\n"


def test_the_limit_is_used_to_the_last_character() -> None:
    made = [Section(variants=("a" * 40, "a"))]
    whole = fit(made, tail="tail", limit=1_000, size=len, elsewhere="")
    assert fit(made, tail="tail", limit=len(whole), size=len, elsewhere="") == whole
    assert len(fit(made, tail="tail", limit=len(whole) - 1, size=len, elsewhere="")) < len(whole) - 1


def test_sections_without_number_are_fitted_in_a_moment() -> None:
    ladder = tuple("x" * length for length in (500, 200, 50, 20, 10))
    started = time.process_time()
    document = fit([Section(variants=ladder)] * 20_000, tail="end", limit=10_000, size=len, elsewhere="see the report")
    assert time.process_time() - started < 5
    assert "more lines did not fit here" in document


def test_sizes_are_counted_as_github_counts_them() -> None:
    assert characters("a日👩") == 4
    assert utf8_bytes("a日👩") == 8
