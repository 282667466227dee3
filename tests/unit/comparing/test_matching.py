"""Which findings are old: moved lines and renamed files hide no new one, and make no old one new."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.comparing.matching import in_base
from gate.comparing.places import Places
from gate.domain.change import Change, ChangedFile, FileStatus, Hunk
from gate.domain.finding import Finding, Location, Severity
from tests.unit.growth import STEEP, growth


def found(line: int | None = None, *, path: str | None = "a.py", rule: str = "F401", message: str = "m") -> Finding:
    location = None if path is None else Location(path=path, line=line)
    return Finding(gate="lint", rule_id=rule, severity=Severity.ERROR, message=message, location=location)


def hunk(old_start: int, old_lines: int, new_start: int, new_lines: int) -> Hunk:
    return Hunk(old_start=old_start, old_lines=old_lines, new_start=new_start, new_lines=new_lines)


def modified(*hunks: Hunk, path: str = "a.py", old_path: str | None = None) -> Places:
    status = FileStatus.RENAMED if old_path else FileStatus.MODIFIED
    return Places(
        Change(base="b", origin="", files=(ChangedFile(path=path, status=status, hunks=hunks, old_path=old_path),))
    )


UNTOUCHED = Places(Change(base="b", origin=""))
ADDED = Places(Change(base="b", origin="", files=(ChangedFile(path="a.py", status=FileStatus.ADDED),)))
# Ten lines put in behind line 2.
SHIFTED = modified(hunk(2, 0, 3, 10))
# Lines 5 to 8 taken away, and put in again behind what is line 20 now.
MOVED = modified(hunk(5, 4, 4, 0), hunk(24, 0, 21, 4))

TABLE = [
    ("an untouched file keeps its old finding", [found(3)], [found(3)], UNTOUCHED, [True]),
    ("a finding of another rule is new", [found(3, rule="E501")], [found(3)], UNTOUCHED, [False]),
    ("a finding that says something else is new", [found(3, message="n")], [found(3)], UNTOUCHED, [False]),
    ("a finding of another file is new", [found(3, path="b.py")], [found(3)], UNTOUCHED, [False]),
    ("lines that were pushed down keep theirs", [found(13), found(14)], [found(3), found(4)], SHIFTED, [True, True]),
    ("one more of the same is the one on the added line", [found(5), found(13)], [found(3)], SHIFTED, [False, True]),
    ("the order in which they are told does not matter", [found(13), found(5)], [found(3)], SHIFTED, [True, False]),
    ("a block that moved keeps its findings", [found(21), found(23)], [found(5), found(7)], MOVED, [True, True]),
    ("beside a moved block one more is new", [found(21), found(23), found(22)], [found(5), found(7)], MOVED, 1),
    ("an altered line keeps what is wrong with it", [found(4)], [found(4)], modified(hunk(4, 1, 4, 1)), [True]),
    ("a renamed file keeps its findings", [found(3, path="n.py")], [found(3)], modified(path="n.py", old_path="a.py"), [True]),
    ("a new file has new findings", [found(3)], [found(3)], ADDED, [False]),
    ("numbers of lines in a message do not count", [found(13, message="redefined from line 14")], [found(3, message="redefined from line 4")], SHIFTED, [True]),
    ("other numbers do", [found(3, message="too complex (12 > 10)")], [found(3, message="too complex (11 > 10)")], UNTOUCHED, [False]),
    ("a finding without a place is known by its words", [found(path=None)] * 2, [found(path=None)], UNTOUCHED, [True, False]),
    ("without a change, lines and numbers still tell", [found(3), found(9)], [found(9)], Places(None), [False, True]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("now", "then", "places", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_what_the_base_has_too_is_old(
    now: list[Finding], then: list[Finding], places: Places, expected: list[bool] | int
) -> None:
    known = in_base(now, then, places)
    assert (known.count(False) if isinstance(expected, int) else known) == expected


def test_a_line_that_was_moved_to_another_file_is_old_and_a_copied_one_is_new() -> None:
    files = (
        ChangedFile(path="a.py", status=FileStatus.MODIFIED, hunks=(hunk(5, 1, 4, 0),)),
        ChangedFile(path="new.py", status=FileStatus.ADDED, hunks=(hunk(0, 0, 1, 9),)),
    )
    places = Places(Change(base="b", origin="", files=files))
    now, then = [found(2, path="new.py"), found(3, path="new.py")], [found(5), found(8)]
    assert in_base(now, then, places, ["import os", "import os"], ["import os", "import os"]) == [True, False]
    assert in_base(now, then, places, ["import os", "import re"], ["import re", "import os"]) == [False, True]
    assert in_base(now, then, places) == [False, False]
    untouched = [found(5, path="c.py")]
    assert in_base(now[:1], untouched, places, ["import os"], ["import os"]) == [False]


def test_a_line_of_a_file_that_is_gone_was_moved_to_where_it_is_now() -> None:
    files = (
        ChangedFile(path="a.py", status=FileStatus.DELETED),
        ChangedFile(path="new.py", status=FileStatus.ADDED, hunks=(hunk(0, 0, 1, 9),)),
    )
    places = Places(Change(base="b", origin="", files=files))
    assert in_base([found(2, path="new.py")], [found(5)], places, ["import os"], ["import os"]) == [True]


def test_a_finding_on_a_line_that_was_there_before_has_not_moved() -> None:
    files = (
        ChangedFile(path="a.py", status=FileStatus.MODIFIED, hunks=(hunk(5, 1, 4, 0),)),
        ChangedFile(path="b.py", status=FileStatus.MODIFIED, hunks=(hunk(9, 1, 8, 0),)),
    )
    places = Places(Change(base="b", origin="", files=files))
    assert in_base([found(2, path="b.py")], [found(5)], places, ["import os"], ["import os"]) == [False]


def test_of_findings_that_are_alike_the_one_on_the_same_text_is_old_and_else_the_one_on_an_old_line() -> None:
    now, then = [found(21), found(22)], [found(5)]
    assert in_base(now, then, MOVED, ["import re", "import os"], ["import os"]) == [False, True]
    assert in_base([found(21), found(2)], then, MOVED) == [False, True]


def test_of_a_file_whose_changed_lines_are_not_known_no_line_is_told() -> None:
    file = ChangedFile(path="a.py", status=FileStatus.MODIFIED, lines_unknown=True)
    places = Places(Change(base="b", origin="", files=(file,)))
    assert places.base_line("a.py", 3) is None
    assert (places.knows_lines("a.py"), places.knows_lines("b.py")) == (False, True)
    assert in_base([found(3), found(4)], [found(9)], places) == [True, False]


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3), st.integers(0, 3)), max_size=6),
    st.integers(1, 60),
    st.sampled_from([FileStatus.MODIFIED, FileStatus.RENAMED]),
)
def test_a_line_is_looked_up_where_the_change_itself_says_that_it_was(
    gaps: list[tuple[int, int, int]], line: int, status: FileStatus
) -> None:
    hunks, old, new = [], 1, 1
    for gap, old_lines, new_lines in gaps:
        old, new = old + gap, new + gap
        hunks.append(hunk(old - (not old_lines), old_lines, new - (not new_lines), new_lines))
        old, new = old + old_lines, new + new_lines
    file = ChangedFile(path="a.py", status=status, hunks=tuple(one for one in hunks if one.old_lines or one.new_lines))
    places = Places(Change(base="b", origin="", files=(file,)))
    assert places.base_line("a.py", line) == file.base_line(line)


@given(
    st.lists(st.builds(found, st.integers(1, 9), path=st.sampled_from(["a.py", "b.py"])), max_size=12),
    st.lists(st.builds(found, st.integers(1, 9), path=st.sampled_from(["a.py", "b.py"])), max_size=12),
)
def test_no_more_are_old_than_the_base_has(now: list[Finding], then: list[Finding]) -> None:
    known = in_base(now, then, SHIFTED)
    for path in ("a.py", "b.py"):
        mine = [
            old for finding, old in zip(now, known, strict=True) if finding.location and finding.location.path == path
        ]
        assert sum(mine) == min(len(mine), sum(one.location is not None and one.location.path == path for one in then))


def test_matching_takes_time_in_proportion_to_what_is_matched() -> None:
    def match(size: int) -> object:
        hunks = tuple(hunk(4 * at, 1, 4 * at, 1) for at in range(1, size))
        now = [found(4 * at + at % 2, message="same") for at in range(1, size)]
        then = [found(4 * at + 1, message="same") for at in range(1, size)]
        return in_base(now, then, modified(*hunks), ["x"] * size, ["y"] * size)

    assert growth(match, 1_000) < STEEP
