import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.gates.suite_halves import Progress, parse_progress


def test_what_the_plugin_notes() -> None:
    note = json.dumps({"rootdir": "/p", "selected": 3, "left_out": 2, "running": ["a::b", "a::c"]})
    assert parse_progress(note) == Progress(root=Path("/p"), selected=3, left_out=2, running="a::b")


@pytest.mark.parametrize(
    "note",
    [
        None,
        "",
        "[]",
        "not json",
        '{"rootdir": 3, "selected": "x", "left_out": [], "running": {}}',
        '{"rootdir": "a\\u0000b"}',
    ],
)
def test_what_is_no_note_tells_nothing(note: str | None) -> None:
    assert parse_progress(note) == Progress()


@given(
    st.recursive(
        st.none() | st.booleans() | st.text() | st.integers(),
        lambda inner: (
            st.dictionaries(st.sampled_from(["rootdir", "selected", "left_out", "running"]), inner) | st.lists(inner)
        ),
    )
)
def test_a_note_that_tests_have_tampered_with_breaks_nothing(note: object) -> None:
    parse_progress(json.dumps(note))
