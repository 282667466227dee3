"""The hunks of a diff of one file, with or without context -> the lines that give way to others. Reads no file.

Format: https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html, as git writes it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from gate.domain.change import Hunk
from gate.formats import UnreadableError

MOST_HUNKS = 200_000
_HUNK = re.compile(rb"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")


def parse_hunks(lines: Iterable[bytes], *, endings_count: bool = True) -> tuple[Hunk, ...]:
    """Return the hunks of one file without their context; where endings do not count, a line may gain or lose a CR.

    Raises:
        UnreadableError: they are of another form, cut off, or too many.
    """
    hunks = Hunks(endings_count=endings_count)
    for line in lines:
        if not hunks.take(line) and line:
            raise UnreadableError("a diff has a line that belongs to no hunk")
    return hunks.ended()


@dataclass(slots=True, kw_only=True)
class Hunks:
    """Hunks while they are read, and how many lines of both sides the one that is open still has to show."""

    endings_count: bool
    found: list[Hunk] = field(default_factory=list)
    _old: int = 0
    _new: int = 0
    _old_left: int = 0
    _new_left: int = 0
    _removed: list[bytes] = field(default_factory=list)
    _added: list[bytes] = field(default_factory=list)

    def take(self, line: bytes) -> bool:
        """Take a line; tell whether it is a hunk's."""
        if self._old_left or self._new_left:
            self._inside(line)
            return True
        if line.startswith(b"\\"):
            return bool(self.found or self._removed or self._added)
        match = _HUNK.match(line)
        if match is None:
            return False
        self._close()
        old, old_lines, new, new_lines = (1 if group is None else int(group) for group in match.groups())
        self._old_left, self._new_left = old_lines, new_lines
        # A side without lines is told by the line before it.
        self._old, self._new = old if old_lines else old + 1, new if new_lines else new + 1
        if len(self.found) > MOST_HUNKS:
            raise UnreadableError(f"a file is changed in more than {MOST_HUNKS:,} places")
        return True

    def ended(self) -> tuple[Hunk, ...]:
        """Return all there are."""
        if self._old_left or self._new_left:
            raise UnreadableError("a diff ends within a hunk")
        self._close()
        return tuple(self.found)

    def _inside(self, line: bytes) -> None:
        kind = line[:1]
        if kind == b"-" and self._old_left:
            if self._added:
                self._close()
            self._old_left -= 1
            self._removed.append(b"" if self.endings_count else line[1:].removesuffix(b"\r"))
        elif kind == b"+" and self._new_left:
            self._new_left -= 1
            self._added.append(b"" if self.endings_count else line[1:].removesuffix(b"\r"))
        elif kind in (b" ", b"") and self._old_left and self._new_left:
            self._close()
            self._old_left, self._new_left = self._old_left - 1, self._new_left - 1
            self._old, self._new = self._old + 1, self._new + 1
        elif kind != b"\\":
            raise UnreadableError("a hunk of a diff has other lines than it says")

    def _close(self) -> None:
        removed, added = self._removed, self._added
        if self.endings_count or len(removed) != len(added):
            self._add(self._old, len(removed), self._new, len(added))
        else:
            start = 0
            for at in range(len(removed) + 1):
                if at == len(removed) or removed[at] == added[at]:
                    self._add(self._old + start, at - start, self._new + start, at - start)
                    start = at + 1
        self._old, self._new = self._old + len(removed), self._new + len(added)
        self._removed, self._added = [], []

    def _add(self, old: int, old_lines: int, new: int, new_lines: int) -> None:
        if old_lines or new_lines:
            hunk = Hunk(
                old_start=old if old_lines else old - 1,
                old_lines=old_lines,
                new_start=new if new_lines else new - 1,
                new_lines=new_lines,
            )
            self.found.append(hunk)
