"""The folder that receives the report and its evidence. The only place that writes what renderers return."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_MARK = "# Made by quality-gate: everything here is replaced by the next run.\n*\n"
_OURS = (
    *("report.json", "report.html", "summary.md", "comment.md", "lint.sarif", "junit", "coverage", "logs"),
    *("badge.svg", "badge.json", "badge-coverage.svg", "badge-coverage.json"),
    *("shard", "durations.json", ".gitignore"),
)


class NotOurFolderError(Exception):
    """The folder has files that no run of Quality Gate wrote: it is left as it is."""


def prepare(folder: Path) -> int:
    """Make the folder, or empty it of an earlier run. It ignores itself in git.

    Returns:
        A descriptor that keeps other runs out of the folder until it is closed, at the latest with the process.

    Raises:
        NotOurFolderError: it holds something else, is a file, or another run is writing to it.
        OSError: it cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise NotOurFolderError(f"{folder} is a file")
    folder.mkdir(parents=True, exist_ok=True)
    held = os.open(folder, os.O_RDONLY)
    try:
        _keep_others_out(held, folder)
        _empty(folder)
    except BaseException:
        os.close(held)
        raise
    return held


@contextmanager
def removed_if_interrupted(folder: Path) -> Iterator[None]:
    """Leave nothing of the folder where the block is interrupted before there is a report in it."""
    try:
        yield
    except KeyboardInterrupt:
        if not (folder / "report.json").exists():
            with suppress(OSError):
                for name in _OURS:
                    _remove(folder / name)
                folder.rmdir()
        raise


def _keep_others_out(held: int, folder: Path) -> None:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise NotOurFolderError(f"another run is writing to {folder}: give this one another with --out") from None
    except OSError:
        return  # a file system without locks


def _empty(folder: Path) -> None:
    mark = folder / ".gitignore"
    if any(folder.iterdir()):
        if not mark.is_file() or mark.read_text("utf-8", "replace") != _MARK:
            raise NotOurFolderError(f"{folder} has files that are not a report of Quality Gate")
        for name in _OURS:
            _remove(folder / name)
        for draft in folder.glob(".*.draft"):
            _remove(draft)
    mark.write_text(_MARK, "utf-8")


def write(folder: Path, name: str, *parts: str) -> None:
    """Write a file of the report whole, in `parts`, over whatever has its name: a reader never sees half of it.

    Raises:
        OSError: it cannot be written; nothing of it is left.
    """
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    # Tests could have put a link in the place of a draft whose name they know.
    draft = path.with_name(f".{path.name}.{os.urandom(8).hex()}.draft")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "wb") as file:
            for part in parts:
                file.write(part.encode("utf-8", "backslashreplace"))
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
