"""Where the files of now, and their lines, stood in the base. Knows no finding and no test."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

from gate.domain.change import Change, ChangedFile, FileStatus


class Places:
    """Answers for a change in the time of a look-up; where there is none to know, for files as they lie."""

    def __init__(self, change: Change | None) -> None:
        files = change.files if change is not None else ()
        self.is_known = change is not None
        self._now = {file.path: file for file in files if file.status is not FileStatus.DELETED}
        self._then = {file.base_path: file for file in files if file.base_path is not None}
        self._shifts: dict[str, _Shifts] = {}
        self._removed: dict[str, _Ranges] = {}

    def knows_lines(self, path: str) -> bool:
        """Tell whether it is known what became of each line of a file of now."""
        file = self._now.get(path)
        return self.is_known and not (file is not None and file.lines_unknown)

    def base_path(self, path: str) -> str | None:
        """Return where the base has a file of now, None where it has it not."""
        file = self._now.get(path)
        return path if file is None else file.base_path

    def base_line(self, path: str, line: int) -> int | None:
        """Return where a line of now stood in the base; None for one that was added or altered, or may have been."""
        file = self._now.get(path)
        if file is None:
            return line
        if file.status is FileStatus.ADDED or file.lines_unknown:
            return None
        shifts = self._shifts.get(path)
        if shifts is None:
            shifts = self._shifts[path] = _Shifts(file)
        return shifts.base_line(line)

    def is_removed(self, base_path: str, line: int) -> bool:
        """Tell whether a line of the base is known to have been taken out of its file, or altered."""
        file = self._then.get(base_path)
        if file is None:
            return False
        if file.status is FileStatus.DELETED:
            return True
        ranges = self._removed.get(base_path)
        if ranges is None:
            old = ((hunk.old_start, hunk.old_lines) for hunk in file.hunks if hunk.old_lines)
            ranges = self._removed[base_path] = _Ranges(old)
        return ranges.holds(line)


class _Ranges:
    """Ranges of lines, each its start and its length, rising."""

    def __init__(self, ranges: Iterable[tuple[int, int]]) -> None:
        self._ranges = sorted(ranges)
        self._starts = [start for start, _ in self._ranges]

    def before(self, line: int) -> int:
        """Return how many of them start at a line or before it."""
        return bisect_right(self._starts, line)

    def holds(self, line: int) -> bool:
        """Tell whether a line is in one of them."""
        at = self.before(line) - 1
        return at >= 0 and line < sum(self._ranges[at])


class _Shifts:
    """By how much lines of a file have moved: what `ChangedFile.base_line` says, without a walk for each line."""

    def __init__(self, file: ChangedFile) -> None:
        hunks = sorted(file.hunks, key=lambda hunk: hunk.new_start + (not hunk.new_lines))
        self._new = _Ranges((hunk.new_start + (not hunk.new_lines), hunk.new_lines) for hunk in hunks)
        self._shifts = [0, *accumulate(hunk.old_lines - hunk.new_lines for hunk in hunks)]

    def base_line(self, line: int) -> int | None:
        return None if self._new.holds(line) else line + self._shifts[self._new.before(line)]
