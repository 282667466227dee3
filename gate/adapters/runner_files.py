"""Keeps the files through which a step speaks to the runner from the code under test. Writes nothing of its own.

Tests are not told where these files are, but run as the same user and can find them: a variable such as `BASH_ENV`
in `GITHUB_ENV` would be obeyed by the later step that holds the token.
Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#environment-files.
"""

import os
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path

_NAMES = (
    "GITHUB_ENV",
    "GITHUB_PATH",
    "GITHUB_OUTPUT",
    "GITHUB_STATE",
    "GITHUB_STEP_SUMMARY",
    "GITHUB_EVENT_PATH",
)
# An event is the largest of them; GitHub caps it at 25 MB.
_LARGEST = 64 * 1024 * 1024


class RunnerFiles:
    """The files as they are when this is made, before any code of the project runs."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._before: dict[str, tuple[Path, bytes]] = {}
        for name in _NAMES:
            path = Path(environment.get(name, ""))
            content = _content(path, _LARGEST)
            if content is not None:
                self._before[name] = path, content

    def restore(self) -> tuple[str, ...]:
        """Bring them back to what they were; return the names of those that had changed.

        Raises:
            OSError: one cannot be written.
        """
        changed = []
        for name, (path, content) in self._before.items():
            if _content(path, len(content)) != content:
                changed.append(name)
                _make_way(path)
                _write(path, content)
        return tuple(changed)

    def undo(self) -> str:
        """Bring them back, and return what there is to say of it, "" where none had changed."""
        try:
            spoilt = self.restore()
        except OSError as error:
            return f"what the code under test wrote to files of the runner could not be undone: {error}"
        told = f"the code under test wrote to files of the runner, which was undone: {', '.join(spoilt)}"
        return told if spoilt else ""


def _content(path: Path, largest: int) -> bytes | None:
    """Return what a plain file of at most `largest` bytes holds; None where there is none.

    Opens no pipe, follows no link, and reads nothing that tests have blown up.
    """
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW), "rb") as file:
            state = os.fstat(file.fileno())
            return file.read(largest) if stat.S_ISREG(state.st_mode) and state.st_size <= largest else None
    except (OSError, ValueError):
        return None


def _make_way(path: Path) -> None:
    """Remove what is no plain file; a plain file is written over, so that its owner and mode stay."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif path.is_symlink() or (path.exists() and not path.is_file()):
        path.unlink()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o644)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
