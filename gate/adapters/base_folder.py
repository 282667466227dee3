"""The folder in which `fetch-base` leaves what it fetched, for the run that comes after it.

Written while nothing of the project runs; what is read may have been written over by tests of an earlier step.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from gate.formats import UnreadableError
from gate.formats.fetched_base import FILES, MAX_BYTES, NAME, FetchedBase, parse_fetched_base
from gate.plain_file import read_plain
from gate.report_file import MAX_BYTES as MOST_OF_A_REPORT
from gate.report_file import NAME as REPORT

VARIABLE = "QUALITY_GATE_BASE_FOLDER"
_MOST_OF_A_FILE = 1024 * 1024


class BaseFolder:
    """The folder at `path`, which need not be there."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def is_filled(self) -> bool:
        """Whether `fetch-base` has been here."""
        return (self.path / NAME).is_file()

    def prepare(self) -> None:
        """Make the folder anew, whatever lies in its place; raises `OSError` where that cannot be."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.is_dir() and not self.path.is_symlink():
            shutil.rmtree(self.path)
        else:
            self.path.unlink(missing_ok=True)
        self.path.mkdir()

    def write(self, name: str, content: bytes) -> None:
        """Write a file that is not there yet."""
        path = self.path / name
        path.parent.mkdir(exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)

    def fetched(self) -> FetchedBase:
        """Return what is said of the base.

        Raises:
            UnreadableError: nothing that can be read.
        """
        return parse_fetched_base(_decoded(self._content(NAME, MAX_BYTES)))

    def report(self) -> bytes:
        """Return the base's report, as it was fetched; raises `UnreadableError` where there is none."""
        return self._content(REPORT, MOST_OF_A_REPORT)

    def file_at(self, commit: str, path: str) -> bytes | None:
        """Return a file of the base, None where the base has none.

        Raises:
            UnreadableError: `commit` is not the base, the file was not asked for, or cannot be read.
        """
        fetched = self.fetched()
        if fetched.commit != commit or path not in fetched.files:
            raise UnreadableError("was not fetched")
        name = f"{FILES}/{fetched.files.index(path)}"
        return self._content(name, _MOST_OF_A_FILE) if os.path.lexists(self.path / name) else None

    def _content(self, name: str, most: int) -> bytes:
        try:
            return read_plain(self.path / name, most)
        except OSError as error:
            raise UnreadableError(f"cannot be read: {error.strerror}") from None


def base_folder(environment: Mapping[str, str]) -> BaseFolder | None:
    """Return the folder that the environment names, None where it names none."""
    path = environment.get(VARIABLE, "")
    return BaseFolder(Path(path)) if path.startswith("/") and "\0" not in path else None


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise UnreadableError("is not UTF-8") from None
