"""Reads many files of a commit from git's objects, by one process. Checks nothing out, and writes nothing."""

import subprocess
import threading
from collections.abc import Iterable
from pathlib import Path

from gate.adapters.project_files import git_command, git_environment
from gate.ports import CannotRun

_SECONDS = 60
_MOST_OF_A_FILE = 32 * 1024 * 1024


def read_blobs(root: Path, commit: str, paths: Iterable[str]) -> dict[str, bytes | None]:
    """Return the files at `paths`, None where the commit has none; `commit` is a hash that the clone has.

    Raises:
        CannotRun: git cannot be spoken to, a file is too large, or it takes too long.
    """
    found: dict[str, bytes | None] = {}
    with subprocess.Popen(  # noqa: S603 - fixed program and arguments
        git_command(root, "cat-file", "--batch"),
        cwd=root,
        env=git_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as reading:
        late = threading.Timer(_SECONDS, reading.kill)
        late.start()
        try:
            for path in paths:
                found[path] = _blob(reading, f"{commit}:{path}", path) if _can_be_asked_for(path) else None
        except OSError as error:
            raise CannotRun(f"the files of {commit[:12]} cannot be read: {error}") from None
        finally:
            late.cancel()
            reading.kill()
    return found


def _can_be_asked_for(path: str) -> bool:
    """Tell a path that git takes on one line; of one that leaves the repository it would make an end."""
    return "\n" not in path and not path.startswith("/") and not {".", ".."} & set(path.split("/"))


def _blob(reading: "subprocess.Popen[bytes]", name: str, path: str) -> bytes | None:
    asking, answering = reading.stdin, reading.stdout
    if asking is None or answering is None:
        raise CannotRun("git cannot be spoken to")
    asking.write(f"{name}\n".encode("utf-8", "surrogateescape"))
    asking.flush()
    line = answering.readline()
    words = line.split()
    if line.endswith(b" missing\n"):
        return None
    if len(words) != 3 or not words[2].isdigit():
        raise CannotRun(f"git does not tell what {path} was")
    size = int(words[2])
    if size > _MOST_OF_A_FILE:
        raise CannotRun(f"{path} had more than {_MOST_OF_A_FILE // 2**20} MiB")
    content = answering.read(size + 1)[:size]
    if len(content) != size:
        raise CannotRun(f"git does not tell what {path} was")
    return content if words[1] == b"blob" else None
