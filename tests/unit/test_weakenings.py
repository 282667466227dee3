"""What a change weakens, by its files as they lie there: nothing in how they are written hides it."""

import asyncio
import time
from pathlib import Path

from gate.domain.change import Change, ChangedFile, FileStatus
from gate.revision_ports import Base, Revisions
from gate.weakenings import Looking, look_for_weakenings

TESTS = b"def test_a():\n    assert f() == 1\n"


class Before(Revisions):
    """The files of the base."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    async def base(self) -> Base:
        raise NotImplementedError

    async def file_at(self, commit: str, path: str) -> bytes | None:
        return self.files.get(path)

    async def export(self, commit: str, folder: Path) -> None:
        raise NotImplementedError

    async def change(self) -> Change:
        raise NotImplementedError


def told(root: Path, before: dict[str, bytes], *changed: ChangedFile) -> list[str]:
    change = Change(base="1" * 40, origin="main", files=changed)
    looking = Looking(root=root, folder=root, gates={}, chosen=())
    return [one.message for one in asyncio.run(look_for_weakenings(change, Before(before), looking))]


def modified(path: str, *, is_binary: bool = False) -> ChangedFile:
    return ChangedFile(path=path, status=FileStatus.MODIFIED, is_binary=is_binary)


def test_what_git_takes_for_binary_is_looked_at_like_any_other_file(tmp_path: Path) -> None:
    (tmp_path / "setup.cfg").write_bytes(b"# \0\n[coverage:run]\nomit = src/*\n")
    found = told(tmp_path, {"setup.cfg": b"[coverage:run]\n"}, modified("setup.cfg", is_binary=True))
    assert found == ["adds src/* to coverage's run.omit"]


def test_tests_that_become_another_file_are_gone_whatever_that_file_holds(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(TESTS + b"\0")
    file = ChangedFile(path="notes.txt", old_path="test_a.py", status=FileStatus.RENAMED, is_binary=True)
    assert told(tmp_path, {"test_a.py": TESTS}, file) == ["deletes the test test_a (notes.txt)"]


def test_code_that_looks_like_a_comment_in_another_encoding_is_read_as_python_does(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_bytes(
        b"# coding: utf-7\n# +AAo-import pytest; pytestmark = pytest.mark.skip(1)\n" + TESTS
    )
    assert told(tmp_path, {"test_a.py": TESTS}, modified("test_a.py")) == ["adds pytest.mark.skip"]


def test_an_encoding_that_is_none_or_takes_long_changes_nothing(tmp_path: Path) -> None:
    began = time.process_time()
    for name in (b"rot13", b"no-such", b"punycode", b"idna", b"utf-16", b"undefined", b"latin-1"):
        (tmp_path / "a.py").write_bytes(b"# coding: %s\nx = 1  # noqa\n" % name + b"# -\xe4" * 300_000)
        assert told(tmp_path, {"a.py": b""}, modified("a.py"))[:1] in (['adds "# noqa"'], []), name
    assert time.process_time() - began < 20


def test_a_link_to_what_is_not_looked_at_by_its_own_name_is_told(tmp_path: Path) -> None:
    (tmp_path / "hidden.txt").write_text("import os  # noqa\n")
    (tmp_path / "seen.py").write_text("import os\n")
    (tmp_path / "a.py").symlink_to("hidden.txt")
    (tmp_path / "b.py").symlink_to("seen.py")
    (tmp_path / "c.py").symlink_to("c.py")
    files = [ChangedFile(path=path, status=FileStatus.ADDED) for path in ("a.py", "b.py", "c.py")]
    found = told(tmp_path, {}, *files)
    assert found == [
        f"puts a link in the place of {path}: what it leads to is not looked at" for path in ("a.py", "c.py")
    ]


def test_a_file_in_the_place_of_a_link_weakens_by_all_that_is_in_it_and_a_link_that_goes_by_nothing(
    tmp_path: Path,
) -> None:
    (tmp_path / "setup.cfg").write_text("[coverage:run]\nomit = src/*\n")
    gone = ChangedFile(path="test_a.py", status=FileStatus.DELETED)
    # Of a link, a commit has no file.
    assert told(tmp_path, {}, modified("setup.cfg"), gone) == ["adds src/* to coverage's run.omit"]
