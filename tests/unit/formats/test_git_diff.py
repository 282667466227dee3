"""Diffs of git and of GitHub: lines that are right, or an error that says so; never anything else."""

import difflib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.domain.change import ChangedFile, FileStatus, Hunk
from gate.formats import UnreadableError
from gate.formats.diff_hunks import parse_hunks
from gate.formats.git_diff import parse_change
from gate.formats.github_diff import parse_compared, render_compared

TEXTS = st.lists(st.sampled_from(["a", "b", "c", "-- a", "++ b", "@@ -1 +1 @@", ""]), max_size=12)
BASE, HEAD = "b" * 40, "e" * 40


def diffed(old: list[str], new: list[str], context: int) -> list[bytes]:
    lines = list(difflib.unified_diff(old, new, n=context, lineterm=""))
    return [line.encode() for line in lines[2:]]


@given(old=TEXTS, new=TEXTS, context=st.integers(0, 4))
def test_what_stayed_stands_where_the_base_has_it(old: list[str], new: list[str], context: int) -> None:
    file = ChangedFile(path="a", status=FileStatus.MODIFIED, hunks=parse_hunks(diffed(old, new, context)))
    kept = [(line, file.base_line(line)) for line in range(1, len(new) + 1)]
    assert all(new[line - 1] == old[base - 1] for line, base in kept if base is not None)
    assert [line for line, base in kept if base is None] == list(file.added_lines())
    # All of the base is either there still, in its order, or was removed.
    removed = [line for hunk in file.hunks for line in range(hunk.old_start, hunk.old_start + hunk.old_lines)]
    assert sorted([*removed, *(base for _, base in kept if base is not None)]) == list(range(1, len(old) + 1))


@given(old=TEXTS, new=TEXTS)
def test_context_alters_nothing(old: list[str], new: list[str]) -> None:
    assert parse_hunks(diffed(old, new, 3)) == parse_hunks(diffed(old, new, 0))


@given(old=TEXTS, new=TEXTS)
def test_line_endings_count_only_where_that_is_asked(old: list[str], new: list[str]) -> None:
    endings = [f"{line}\r" for line in new]
    found = ChangedFile(
        path="a", status=FileStatus.MODIFIED, hunks=parse_hunks(diffed(new, endings, 0), endings_count=False)
    )
    assert list(found.added_lines()) == []
    assert len(parse_hunks(diffed(new, endings, 0))) == min(1, len(new))


def test_of_lines_of_which_only_some_have_another_ending_those_count_that_have_another_text() -> None:
    lines = [b"@@ -1,3 +1,3 @@", b"-a", b"-b", b"-c", b"+a\r", b"+x\r", b"+c\r"]
    assert parse_hunks(lines, endings_count=False) == (Hunk(old_start=2, old_lines=1, new_start=2, new_lines=1),)


@pytest.mark.parametrize(
    "lines",
    [
        [b"@@ -1 +1 @@", b"-a"],
        [b"@@ -1,0 +1,2 @@", b"+a"],
        [b"@@ -1 +1 @@", b"*a", b"+b"],
        [b"@@ -1 +1 @@", b"+a", b"+b"],
        [b"no hunk at all"],
        [b"@@ -1 +1 @@", b"-a", b"+b", b"+c"],
    ],
)
def test_a_diff_that_contradicts_itself_is_refused(lines: list[bytes]) -> None:
    with pytest.raises(UnreadableError):
        parse_hunks(lines)


@given(listed=st.binary(max_size=200), patch=st.binary(max_size=400))
def test_whatever_git_prints_is_read_or_refused(listed: bytes, patch: bytes) -> None:
    try:
        parse_change(listed, patch.split(b"\n"))
    except UnreadableError:
        return


@given(data=st.data())
def test_whatever_follows_the_words_of_a_diff_is_read_or_refused(data: st.DataObject) -> None:
    words = [b"diff --git ", b"--- ", b"+++ ", b"rename to ", b"rename from ", b"Binary files ", b"@@ -1 +1 @@", b"@@ "]
    words += [b"-", b"+", b" ", b"\\ No newline", b'"a/\\', b'"b/\\777"', b"a/", b"/dev/null", b"old mode 100644"]
    pieces = st.lists(st.sampled_from(words), max_size=4).map(b"".join)
    lines = data.draw(st.lists(pieces, max_size=12))
    raw = b":100644 100644 0 0 M\0" + data.draw(st.binary(min_size=1, max_size=4)).replace(b"\0", b"x") + b"\0"
    try:
        assert len(parse_change(raw, lines)) == 1
    except UnreadableError:
        return


def compared(*files: dict[str, Any]) -> str:
    return render_compared(BASE, HEAD, {"merge_base_commit": {"sha": BASE}, "files": list(files)})


def entry(status: str, added: int = 0, deleted: int = 0, **more: object) -> dict[str, Any]:
    counts = {"additions": added, "deletions": deleted, "changes": added + deleted}
    return {"filename": "app.py", "status": status, **counts, **more}


@pytest.mark.parametrize(
    ("file", "read"),
    [
        (
            entry("modified", 2, 1, patch="@@ -1,4 +1,5 @@ def f\n a\n-b\n+B\n+C\n c\n d\n\\ No newline at end of file"),
            ChangedFile(
                path="app.py",
                status=FileStatus.MODIFIED,
                hunks=(Hunk(old_start=2, old_lines=1, new_start=2, new_lines=2),),
            ),
        ),
        (
            entry("renamed", previous_filename="old.py"),
            ChangedFile(path="app.py", status=FileStatus.RENAMED, old_path="old.py"),
        ),
        # Too large to be shown, and yet it is known which lines a new file has.
        (
            entry("added", 30_000),
            ChangedFile(
                path="app.py",
                status=FileStatus.ADDED,
                hunks=(Hunk(old_start=0, old_lines=0, new_start=1, new_lines=30_000),),
            ),
        ),
        (entry("modified", 9_000, 1), ChangedFile(path="app.py", status=FileStatus.MODIFIED, lines_unknown=True)),
        # Cut off in the middle.
        (
            entry("modified", 2, 0, patch="@@ -1,0 +1 @@\n+a"),
            ChangedFile(path="app.py", status=FileStatus.MODIFIED, lines_unknown=True),
        ),
        (
            entry("removed", 0, 3),
            ChangedFile(
                path="app.py",
                status=FileStatus.DELETED,
                hunks=(Hunk(old_start=1, old_lines=3, new_start=0, new_lines=0),),
            ),
        ),
        # A binary file, or one whose mode alone is another.
        (entry("modified"), ChangedFile(path="app.py", status=FileStatus.MODIFIED)),
        (entry("copied", 1, patch="@@ -0,0 +1 @@\n+a"), ChangedFile(path="app.py", status=FileStatus.ADDED, lines_unknown=True)),
        (
            entry("changed", 1, 1, patch="@@ -1 +1 @@\n-a\n+a\r"),
            ChangedFile(path="app.py", status=FileStatus.MODIFIED),
        ),
    ],
)  # fmt: skip
def test_the_files_of_githubs_comparison(file: dict[str, Any], read: ChangedFile) -> None:
    found = parse_compared(compared(file, entry("unchanged")))
    assert found.files == (read,)
    assert (found.base, found.head, found.merge_base) == (BASE, HEAD, BASE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "[" * 100_000,
        compared(*[entry("added")] * 300),
        compared(entry("conflated")),
        compared(entry("modified", patch=3)),
        compared(entry("modified", 1, patch="@@ -1 +1 @@\n*")),
        compared({"status": "added"}),
        compared(entry("added", -1)),
        compared(entry("added", 10**30)),
        compared(entry("added", filename="\ud800")),
        render_compared(BASE, "HEAD", {"merge_base_commit": {"sha": BASE}, "files": []}),
        render_compared(BASE, HEAD, {"files": []}),
        render_compared(BASE, HEAD, {"merge_base_commit": {"sha": BASE}}),
        json.dumps({"base": BASE, "head": HEAD, "comparison": []}),
    ],
)
def test_a_comparison_that_does_not_tell_all_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        parse_compared(text)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8))  # fmt: skip
def test_whatever_github_answers_is_read_or_refused(answer: object) -> None:
    render: Callable[..., str] = render_compared
    try:
        parse_compared(render(BASE, HEAD, answer if isinstance(answer, dict) else {"files": answer}))
    except UnreadableError:
        return
