"""Reads files of a commit from git's objects, all of them by one process. Checks nothing out, and writes nothing.

Files are what git calls regular: a link is none, whatever it leads to, and neither is what lies in another repository.
"""

import os
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from gate.adapters.project_files import git, git_command, git_environment
from gate.ports import CannotRun

_MOST_OF_A_FILE = 32 * 1024 * 1024
_MOST_AT_ONCE = 256 * 1024 * 1024
_READING_SECONDS = 60
# Of names given to git, which compares each with each file; with more, all are listed, and what is wanted is picked.
_MOST_OF_NAMES = 16 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """A file of a commit, as git keeps it: `name` is the hash of its content, `permissions` those it is to have."""

    path: str
    name: str
    permissions: int


def list_blobs(root: Path, commit: str, paths: Sequence[str] = ()) -> list[Blob]:
    """Return the files of a commit that the clone has, only those below `paths` where some are given.

    Raises:
        CannotRun: they cannot be listed.
    """
    # A path is one, whatever characters it has: no pattern.
    printed = git(root, "--literal-pathspecs", "ls-tree", "-rz", "--full-tree", commit, "--", *paths)
    if printed is None:
        raise CannotRun(f"the files of {commit[:12]} cannot be listed")
    found = []
    for line in printed.split(b"\0"):
        about, _, path = line.partition(b"\t")
        words = about.decode("ascii", "replace").split()
        if len(words) == 3 and words[0].startswith("100"):
            found.append(Blob(path=os.fsdecode(path), name=words[2], permissions=int(words[0][-3:], 8)))
    return found


def read_blobs(root: Path, commit: str, paths: Sequence[str]) -> dict[str, bytes | None]:
    """Return the files at `paths`, None where the commit has none; `commit` is a hash that the clone has.

    Raises:
        CannotRun: the clone lacks a file, one is too large or all of them are, or it takes too long.
    """
    found: dict[str, bytes | None] = dict.fromkeys(paths)
    named = [path for path in found if _can_be_listed(path)]
    if not named:
        return found
    are_few = sum(map(len, named)) <= _MOST_OF_NAMES
    there = [blob for blob in list_blobs(root, commit, named if are_few else ()) if blob.path in found]
    if not there:
        return found
    try:
        with reading(root, seconds=_READING_SECONDS, most=_MOST_AT_ONCE, most_of_a_file=_MOST_OF_A_FILE) as content_of:
            for blob in there:
                found[blob.path] = content_of(blob)
    except OSError as error:
        # The machine may have no process or no file left.
        raise CannotRun(f"the files of {commit[:12]} cannot be read: {error}") from None
    return found


@contextmanager
def reading(
    root: Path, *, seconds: float, most: int, most_of_a_file: int | None = None
) -> Iterator[Callable[[Blob], bytes]]:
    """Give what returns the content of a file, `most` bytes of all files together, for as long as `seconds`.

    It raises `CannotRun` where the clone does not have the content, or where there is more of it.
    """
    with subprocess.Popen(  # noqa: S603 - fixed program and arguments
        git_command(root, "cat-file", "--batch"),
        cwd=root,
        env=git_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        asking, answering = process.stdin, process.stdout
        if asking is None or answering is None:
            raise CannotRun("git cannot be spoken to")
        late = threading.Timer(seconds, process.kill)
        late.start()
        left = most

        def content_of(blob: Blob) -> bytes:
            nonlocal left
            size = _size(asking, answering, blob)
            if size is not None and most_of_a_file is not None and size > most_of_a_file:
                raise CannotRun(f"{blob.path} has more than {most_of_a_file // 2**20} MiB")
            left -= size or 0
            if left < 0:
                raise CannotRun(f"the files have more than {most // 2**20} MiB")
            # With the newline after it.
            content = b"" if size is None else answering.read(size + 1)
            if size is not None and len(content) == size + 1:
                return content[:size]
            slow = f"it takes more than {seconds:g} s to read the files"
            lacks = f"the clone does not have what is in {blob.path}: without `filter` at actions/checkout it has"
            raise CannotRun(slow if late.finished.is_set() else lacks)

        try:
            yield content_of
        finally:
            late.cancel()
            process.kill()


def _can_be_listed(path: str) -> bool:
    """Tell a path that git lists by its name; of one that leaves the repository it would make an end."""
    return bool(path) and "\0" not in path and not path.startswith("/") and not {".", ".."} & set(path.split("/"))


def _size(asking: IO[bytes], answering: IO[bytes], blob: Blob) -> int | None:
    """Ask for a file, and return its size; None where git does not have it: older ones end then."""
    try:
        # Not by its buffer: what could not be written would be an error once more when it is closed.
        os.write(asking.fileno(), f"{blob.name}\n".encode())
    except OSError:
        return None
    words = answering.readline().split()
    return int(words[2]) if len(words) == 3 and words[1] == b"blob" and words[2].isdigit() else None
