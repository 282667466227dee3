"""Coverage of several shards: what one run of all tests would have told."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.formats import UnreadableError
from gate.formats.coverage_json import parse_coverage
from gate.formats.coverage_union import CoverageUnion

LINES = frozenset(range(1, 9))
JUMPS = frozenset({(2, 3), (2, 5), (6, 7), (6, -1)})


def document(executed: frozenset[int], jumps: frozenset[tuple[int, int]], path: str = "app/a.py") -> dict[str, Any]:
    """Return the report of a shard in which these lines ran, and these jumps were made."""
    summary = {
        "num_statements": len(LINES),
        "covered_lines": len(executed),
        "num_branches": len(JUMPS),
        "covered_branches": len(jumps),
    }
    entry = {
        "executed_lines": sorted(executed),
        "missing_lines": sorted(LINES - executed),
        "excluded_lines": [],
        "missing_branches": [list(jump) for jump in sorted(JUMPS - jumps)],
        "summary": summary,
    }
    return {"files": {path: entry}, "totals": summary}


def union_of(*documents: dict[str, Any]) -> CoverageUnion:
    union = CoverageUnion()
    for one in documents:
        union.add(json.dumps(one))
    return union


shards = st.lists(
    st.tuples(st.frozensets(st.sampled_from(sorted(LINES))), st.frozensets(st.sampled_from(sorted(JUMPS))))
)


@given(shards.filter(bool))
def test_what_any_shard_ran_has_run(parts: list[tuple[frozenset[int], frozenset[tuple[int, int]]]]) -> None:
    report = parse_coverage(union_of(*(document(*part) for part in parts)).text())
    executed = frozenset[int]().union(*(lines for lines, _ in parts))
    jumps = frozenset[tuple[int, int]]().union(*(made for _, made in parts))
    assert report == parse_coverage(json.dumps(document(executed, jumps)))


def test_a_file_that_only_one_shard_met_counts() -> None:
    report = parse_coverage(
        union_of(document(LINES, JUMPS), document(frozenset(), frozenset(), path="app/b.py")).text()
    )
    assert [(file.path, file.covered, file.total) for file in report.files] == [
        ("app/a.py", 12, 12),
        ("app/b.py", 0, 12),
    ]


def changed(**summary: int) -> dict[str, Any]:
    other = document(LINES, JUMPS)
    other["files"]["app/a.py"]["summary"].update(summary)
    return other


def without_line() -> dict[str, Any]:
    other = document(frozenset(), JUMPS)
    other["files"]["app/a.py"]["missing_lines"][-1] = 99
    return other


@pytest.mark.parametrize(
    "other",
    [
        changed(num_statements=9, covered_lines=9),
        changed(num_branches=5, covered_branches=5),
        without_line(),
    ],
)
def test_shards_of_other_sources_are_refused(other: dict[str, Any]) -> None:
    with pytest.raises(UnreadableError, match="same sources"):
        union_of(document(LINES, JUMPS), other)


def test_a_report_that_does_not_tell_its_branches_is_refused() -> None:
    with pytest.raises(UnreadableError, match="which branches ran"):
        union_of(changed(covered_branches=2))


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", '{"files": []}', '{"files": {"a": 1}}', '{"files": {"a": {"summary": {}}}}', "[" * 100_000),
        '{"files": {"a": {"summary": {"num_statements": 1, "covered_lines": 1}, "executed_lines": [[]], "missing_lines": []}}}',
    ],
)
def test_anything_else_is_unreadable_and_never_more(text: str) -> None:
    with pytest.raises(UnreadableError):
        CoverageUnion().add(text)
