"""What a change does to the files of the repository, line by line. Knows no git."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from gate.domain.record import record


class FileStatus(StrEnum):
    """What a change does to a file. One that is copied is added."""

    ADDED = "added"
    MODIFIED = "modified"
    DELETED = "deleted"
    RENAMED = "renamed"


@record
class Hunk:
    """Lines of the old file that give way to lines of the new one; without context.

    As in `git diff -U0` (https://git-scm.com/docs/diff-format), a side without lines is told by the line before it.
    """

    old_start: int
    old_lines: int
    new_start: int
    new_lines: int


@record
class ChangedFile:
    """A file that is otherwise than in the base: `path` is its own, or the old one of a file that is deleted.

    Paths are relative to the repository's root. `old_path` is where a renamed file was. A binary file has no hunks,
    and one with `lines_unknown` has them not here: nobody may take it for unchanged.
    """

    path: str
    status: FileStatus
    hunks: tuple[Hunk, ...] = ()
    old_path: str | None = None
    is_binary: bool = False
    lines_unknown: bool = False

    @property
    def base_path(self) -> str | None:
        """Where the base has it, None where it has it not."""
        return None if self.status is FileStatus.ADDED else self.old_path or self.path

    def added_lines(self) -> Iterator[int]:
        """Yield the lines of the new file that were added or altered, rising."""
        for hunk in self.hunks:
            yield from range(hunk.new_start, hunk.new_start + hunk.new_lines)

    def base_line(self, line: int) -> int | None:
        """Return where a line of the new file stands in the old one; None for one that was added or altered."""
        shift = 0
        for hunk in self.hunks:
            first = hunk.new_start if hunk.new_lines else hunk.new_start + 1
            if line < first:
                break
            if line < first + hunk.new_lines:
                return None
            shift += hunk.old_lines - hunk.new_lines
        return line + shift


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Everything between the commit `base` and what was judged; `origin` says how the base was chosen."""

    base: str
    origin: str
    files: tuple[ChangedFile, ...] = ()
