"""What a shard leaves for the merge comes back as it was; what somebody else wrote is refused."""

import json
from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.domain.patch import AlteredFile, Patch
from gate.domain.unparsed import UnparsedFile
from gate.formats import UnreadableError
from gate.formats.durations_file import parse_durations, render_durations
from gate.formats.shard_notes import (
    CoverageNote,
    RunNote,
    SuiteNote,
    parse_coverage_note,
    parse_run_note,
    parse_suite_note,
    render_note,
)

DIGEST = "ab" * 32


def test_notes_come_back_as_they_were() -> None:
    run = RunNote(
        configuration=DIGEST,
        named=True,
        threshold=Fraction(185, 2),
        patch_threshold=Fraction(70),
        patch_minimum=5,
        error_path_threshold=Fraction(60),
        base=(("coverage", "c" * 32), ("lint", "d" * 32)),
    )
    suite = SuiteNote(collected=3, parting=DIGEST, durations={"a::b": 0.25})
    coverage = CoverageNote(
        version="7.6", own_threshold=Fraction(80), own_precision=2, tests=("t.py",), unread=("u.py",), folder="/x"
    )
    assert parse_run_note(render_note(run)) == run
    assert parse_suite_note(render_note(suite)) == suite
    assert parse_coverage_note(render_note(coverage)) == coverage
    assert parse_run_note(render_note(RunNote(configuration=DIGEST))).threshold is None
    off = RunNote(configuration=DIGEST, patch_threshold="off")
    assert parse_run_note(render_note(off)) == off
    altered = (AlteredFile(path="a.py", lines=(1, 2)), AlteredFile(path="b.py", lines=(3,), unmeasured=(3,)))
    broken = (UnparsedFile(path="c.py", line=3, message="expected ':'"), UnparsedFile(path="d.py"))
    for patch in (Patch(files=altered), Patch(unknown="shallow"), Patch(nothing="the change touches no Python"), None):
        changed = CoverageNote(patch=patch, unparsed=broken)
        assert parse_coverage_note(render_note(changed)) == changed


@pytest.mark.parametrize("parse", [parse_run_note, parse_suite_note, parse_coverage_note, parse_durations])
@given(text=st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_any_text_is_read_or_refused_and_never_more(parse, text: str) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    with suppress(UnreadableError):
        parse(text)


@pytest.mark.parametrize("base", [{}, "x", [["lint"]], [["lint", "d", "e"]], [["lint", 1]], [1], [[]]])
def test_configurations_of_the_base_that_are_none_are_refused(base: object) -> None:
    with pytest.raises(UnreadableError):
        parse_run_note(json.dumps({"configuration": DIGEST, "named": True, "base": base}))


@pytest.mark.parametrize("threshold", ["101", "1/0", "-1", "nan", 80, "9" * 50])
def test_a_threshold_that_is_none_is_refused(threshold: object) -> None:
    with pytest.raises(UnreadableError):
        parse_run_note(json.dumps({"configuration": DIGEST, "named": True, "threshold": threshold}))


def test_durations_are_read_as_pytest_split_writes_them_and_nonsense_counts_as_not_known() -> None:
    assert parse_durations('{"a": 1, "b": 0.5, "c": -1, "d": NaN, "e": "1", "f": true, "g": 1e999}') == {
        "a": 1.0,
        "b": 0.5,
    }
    assert render_durations({"b": 1.0, "a": 2.0}) == '{\n"a": 2.0,\n"b": 1.0\n}\n'
