"""A comment is found again by its first line, which no name can forge or break."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.domain.report import Subject
from gate.render.marker import Marker, marker_of, parse_marker, render_marker

SHA = "3f2c1ab94e0d5b7c8a6f1e2d3c4b5a69788f0e1d"
markers = st.builds(
    Marker,
    name=st.text(max_size=50),
    run=st.integers(0, 10**17),
    attempt=st.integers(0, 10**8),
    sha=st.sampled_from(["", SHA, "ab" * 32]),
)


@given(markers, st.sampled_from(["", "\n", "\r\n### x", "\nmore"]))
def test_what_is_written_is_read_back(marker: Marker, rest: str) -> None:
    line = render_marker(marker)
    assert "\n" not in line
    assert line.count("-->") == 1
    assert parse_marker(line + rest) == marker


LINE = f"<!-- quality-gate:v1 name=a run=1 attempt=1 sha={SHA} -->"


@pytest.mark.parametrize(
    "body",
    [
        "",
        f" {LINE}",
        f"\n{LINE}",
        f"> {LINE}",
        f"{LINE} x",
        LINE.replace("v1", "v2"),
        LINE.replace("run=1", "run=01"),
        LINE.replace("run=1", "run=-1"),
        LINE.replace("run=1", "run=9999999999999999999"),
        LINE.replace("sha=3", "sha=X"),
        LINE.replace("name=a", "name=%ff"),
        LINE.replace("name=a", "name=%61"),
        LINE.replace("name=a", "name=a b"),
        LINE.replace("-->", "--"),
    ],
)
def test_anything_but_the_marker_to_the_letter_is_none(body: str) -> None:
    assert parse_marker(body) is None


def test_the_marker_of_a_report_names_its_run() -> None:
    subject = Subject(name="api", commit=SHA.upper(), run_id=7, run_attempt=2)
    assert marker_of(subject) == Marker(name="api", run=7, attempt=2, sha=SHA)


def test_a_run_on_a_laptop_has_no_run_and_no_commit_to_name() -> None:
    assert marker_of(Subject(commit="not a hash")) == Marker()
