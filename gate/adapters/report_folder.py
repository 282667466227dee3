"""The folder that receives the report and its evidence. The only place that writes what renderers return."""

import shutil
from pathlib import Path

_MARK = "# Made by quality-gate: everything here is replaced by the next run.\n*\n"
_OURS = ("report.json", "summary.md", "comment.md", "lint.sarif", "junit", "coverage", "logs", ".gitignore")


class NotOurFolderError(Exception):
    """The folder has files that no run of Quality Gate wrote: it is left as it is."""


def prepare(folder: Path) -> None:
    """Make the folder, or empty it of an earlier run. It ignores itself in git.

    Raises:
        NotOurFolderError: it holds something else, or is a file.
        OSError: it cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise NotOurFolderError(f"{folder} is a file")
    mark = folder / ".gitignore"
    if folder.is_dir() and any(folder.iterdir()):
        if not mark.is_file() or mark.read_text("utf-8", "replace") != _MARK:
            raise NotOurFolderError(f"{folder} has files that are not a report of Quality Gate")
        for name in _OURS:
            _remove(folder / name)
    folder.mkdir(parents=True, exist_ok=True)
    mark.write_text(_MARK, "utf-8")


def write(folder: Path, name: str, text: str) -> None:
    """Write a file of the report whole: a reader never sees half of it."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(text, "utf-8", "backslashreplace")
    draft.replace(path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
