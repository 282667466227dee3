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


LISTED = (
    b":100644 100644 1 2 M\0app.py\0:100644 000000 1 0 D\0gone.py\0:000000 100755 0 1 A\0new.py\0"
    b':100644 100644 1 2 R090\0old.py\0n\xc3\xa4 "me".py\0:100644 100644 1 1 R100\0was.py\0is.py\0'
    b":100644 100644 1 1 C100\0app.py\0copy.py\0:100644 120000 1 2 T\0link.py\0:160000 160000 1 2 M\0other\0"
    b":000000 000000 0 0 U\0conflict.py\0:100644 100644 1 2 M\0conflict.py\0"
)
PATCH = rb"""
diff --git a/app.py b/app.py
index 1..2 100644
--- a/app.py
+++ b/app.py
@@ -2 +2 @@ def f():
-    return 1
+    return 2
@@ -5,0 +6,2 @@
+--- a/gone.py
+rename to no.py
@@ -9,2 +11,0 @@
-+++ b/new.py
-x
diff --git a/gone.py b/gone.py
deleted file mode 100644
--- a/gone.py
+++ /dev/null
@@ -1 +0,0 @@
-x
\ No newline at end of file
diff --git a/new.py b/new.py
new file mode 100755
--- /dev/null
+++ b/new.py
@@ -0,0 +1 @@
+x
diff --git a/old.py "b/n\303\244 \"me\".py"
similarity index 90%
rename from old.py
rename to "n\303\244 \"me\".py"
--- a/old.py
+++ "b/n\303\244 \"me\".py"
@@ -1 +1 @@
-x
\ No newline at end of file
+x
diff --git a/was.py b/is.py
similarity index 100%
rename from was.py
rename to is.py
diff --git a/link.py b/link.py
deleted file mode 100644
--- a/link.py
+++ /dev/null
@@ -1 +0,0 @@
-x
diff --git a/link.py b/link.py
new file mode 120000
--- /dev/null
+++ b/link.py
@@ -0,0 +1 @@
+app.py
diff --git a/other b/other
--- a/other
+++ b/other
@@ -1 +1 @@
-Subproject commit 1
+Subproject commit 2
"""


def test_the_files_and_lines_of_a_change_as_git_prints_them() -> None:
    def hunks(*numbers: tuple[int, int, int, int]) -> tuple[Hunk, ...]:
        return tuple(Hunk(old_start=a, old_lines=b, new_start=c, new_lines=d) for a, b, c, d in numbers)

    modified, renamed = FileStatus.MODIFIED, FileStatus.RENAMED
    assert parse_change(LISTED, PATCH.splitlines(keepends=True)) == (
        ChangedFile(path="app.py", status=modified, hunks=hunks((2, 1, 2, 1), (5, 0, 6, 2), (9, 2, 11, 0))),
        ChangedFile(path="conflict.py", status=modified, lines_unknown=True),
        ChangedFile(path="copy.py", status=FileStatus.ADDED),
        ChangedFile(path="gone.py", status=FileStatus.DELETED, hunks=hunks((1, 1, 0, 0))),
        ChangedFile(path="is.py", status=renamed, old_path="was.py"),
        ChangedFile(path="link.py", status=modified),
        ChangedFile(path="new.py", status=FileStatus.ADDED, hunks=hunks((0, 0, 1, 1))),
        ChangedFile(path='nä "me".py', status=renamed, old_path="old.py", hunks=hunks((1, 1, 1, 1))),
        ChangedFile(path="other", status=modified),
    )


def test_a_binary_file_that_is_renamed_and_a_name_with_blanks_are_told_otherwise() -> None:
    listed = b":100644 100644 1 2 R090\0a.png\0longer.png\0:100644 100644 1 2 M\0my app.py\0"
    patch = [
        *(b"diff --git a/a.png b/longer.png", b"rename from a.png", b"rename to longer.png", b"Binary files differ"),
        *(
            b"diff --git a/my app.py b/my app.py",
            b"--- a/my app.py\t",
            b"+++ b/my app.py\t",
            b"@@ -1 +1 @@",
            b"-a",
            b"+b",
        ),
    ]
    hunk = Hunk(old_start=1, old_lines=1, new_start=1, new_lines=1)
    assert parse_change(listed, patch) == (
        ChangedFile(path="longer.png", status=FileStatus.RENAMED, old_path="a.png", is_binary=True),
        ChangedFile(path="my app.py", status=FileStatus.MODIFIED, hunks=(hunk,)),
    )


def test_an_empty_line_of_context_may_have_lost_its_blank() -> None:
    lines = [b"@@ -1,4 +1,4 @@", b"", b"-a", b"+b", b" c", b""]
    assert parse_hunks(lines) == (Hunk(old_start=2, old_lines=1, new_start=2, new_lines=1),)


@pytest.mark.parametrize(
    ("header", "path"),
    [
        (b"a/logo.png b/logo.png", "logo.png"),
        (b"a/with blanks b/x.png b/with blanks b/x.png", "with blanks b/x.png"),
        (b'"a/\\303\\244.png" "b/\\303\\244.png"', "ä.png"),
    ],
)
def test_a_binary_file_is_known_by_the_header_alone(header: bytes, path: str) -> None:
    listed = b":100644 100644 0 0 M\0" + path.encode() + b"\0"
    patch = [b"diff --git " + header, b"index 1..2 100644", b"Binary files differ"]
    assert parse_change(listed, patch) == (ChangedFile(path=path, status=FileStatus.MODIFIED, is_binary=True),)


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
        (entry("modified", 9_000), ChangedFile(path="app.py", status=FileStatus.MODIFIED, lines_unknown=True)),
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
        compared(entry("modified", patch="\ud800")),
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
