"""What `git diff` prints -> the files of a change and the lines that it adds or alters. Runs no git, reads no file.

Names and lines come from the change. Format: https://git-scm.com/docs/diff-format.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from gate.domain.change import ChangedFile, FileStatus, Hunk
from gate.formats import UnreadableError
from gate.formats.diff_hunks import MOST_HUNKS, Hunks

MOST_FILES = 50_000
_ESCAPE = re.compile(rb'\\([abtnvfr"\\]|[0-7]{3})')
_ESCAPED = {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r"}
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"')
_HEADER = b"diff --git "
_PLAIN = ("100644", "100755", "100664")
_STATUSES = {
    "A": FileStatus.ADDED,
    "C": FileStatus.ADDED,
    "D": FileStatus.DELETED,
    "M": FileStatus.MODIFIED,
    "R": FileStatus.RENAMED,
    "T": FileStatus.MODIFIED,
    "U": FileStatus.MODIFIED,
}


def parse_change(listed: bytes, patch: Iterable[bytes]) -> tuple[ChangedFile, ...]:
    """Return the changed files, by their paths.

    `listed` is printed by `git diff --raw -z`; `patch` are the lines of `git diff -p -U0` with the prefixes `a/` and
    `b/`, of which only the begin is needed. Links and what lies in other repositories have no lines.

    Raises:
        UnreadableError: it is of another form, or too much.
    """
    parts = _parts(patch)
    files = [entry.file(parts) for entry in _entries(listed)]
    return tuple(sorted(files, key=lambda file: file.path))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """The part of a patch that is about one file."""

    hunks: tuple[Hunk, ...]
    is_binary: bool


# By path, and whether the file is deleted: one that becomes a link is deleted and made anew.
_Parts = Mapping[tuple[str, bool], _Part]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A line of the list: the modes before and after, and what was done to which file."""

    modes: tuple[str, str]
    status: str
    path: str
    old_path: str | None = None

    def file(self, parts: _Parts) -> ChangedFile:
        """Return the file with its lines."""
        status = _STATUSES[self.status]
        is_deleted = status is FileStatus.DELETED
        part = parts.get((self.path, is_deleted))
        has_lines = part is not None and self.modes[not is_deleted] in _PLAIN
        return ChangedFile(
            path=self.path,
            status=status,
            hunks=part.hunks if part is not None and has_lines else (),
            old_path=self.old_path if status is FileStatus.RENAMED else None,
            is_binary=part is not None and part.is_binary,
            lines_unknown=self.status == "U",
        )


def _entries(listed: bytes) -> Iterator[_Entry]:
    fields = iter(listed.split(b"\0"))
    told: dict[str, None] = {}
    for about in fields:
        if not about:
            continue
        words = about.decode("ascii", "replace").split()
        status = words[4][:1] if len(words) == 5 and about.startswith(b":") else ""
        first = next(fields, b"")
        second = next(fields, b"") if status in ("R", "C") else b""
        if status not in _STATUSES or not first:
            raise UnreadableError("git lists the changed files in another form")
        path = _decoded(second or first)
        # One in conflict is listed twice.
        if path not in told:
            yield _Entry(
                modes=(words[0].lstrip(":"), words[1]),
                status=status,
                path=path,
                old_path=_decoded(first) if second else None,
            )
        told[path] = None
        if len(told) > MOST_FILES:
            raise UnreadableError(f"more than {MOST_FILES:,} files are changed")


def _parts(patch: Iterable[bytes]) -> _Parts:
    parts: dict[tuple[str, bool], _Part] = {}
    reading: _Reading | None = None
    left = MOST_HUNKS
    for line in patch:
        if reading is not None and reading.take(line.rstrip(b"\n")):
            continue
        if not line.startswith(_HEADER):
            continue
        if reading is not None:
            name, part = reading.ended()
            left -= len(part.hunks)
            parts[name] = part
        if left < 0:
            raise UnreadableError(f"the change has more than {MOST_HUNKS:,} places")
        reading = _Reading(header=line.rstrip(b"\n").removeprefix(_HEADER))
    if reading is not None:
        name, part = reading.ended()
        parts[name] = part
    return parts


@dataclass(slots=True, kw_only=True)
class _Reading:
    """One file's part of the patch while it is read."""

    header: bytes
    old: bytes = b""
    new: bytes = b""
    is_binary: bool = False
    hunks: "Hunks" = field(default_factory=lambda: Hunks(endings_count=True))

    def take(self, line: bytes) -> bool:
        """Take a line; tell whether it was of this part."""
        if self.hunks.take(line):
            return True
        if line.startswith(_HEADER):
            return False
        if line.startswith(b"--- "):
            self.old = line[4:]
        elif line.startswith(b"+++ "):
            self.new = line[4:]
        elif line.startswith(b"rename to "):
            # Told without a prefix.
            self.new = b'"b/' + line[11:] if line[10:11] == b'"' else b"b/" + line[10:]
        elif line.startswith((b"Binary files ", b"GIT binary patch")):
            self.is_binary = True
        return True

    def ended(self) -> tuple[tuple[str, bool], _Part]:
        """Return the path, whether the file is deleted, and the part."""
        is_deleted = self.new == b"/dev/null"
        name = _unquoted(self.old if is_deleted else self.new) or self._of_header()
        part = _Part(hunks=() if self.is_binary else self.hunks.ended(), is_binary=self.is_binary)
        return (_decoded(name), is_deleted), part

    def _of_header(self) -> bytes:
        """Return the name where only the header tells it, which then names it twice: `a/name b/name`."""
        if quoted := _QUOTED.match(self.header):
            return _unquoted(quoted[0])
        return self.header[2 : 2 + (len(self.header) - 5) // 2]


def _unquoted(name: bytes) -> bytes:
    """Return a name without its prefix; git quotes it as in C where it must, and ends it by a tab if it has blanks."""
    name = name.removesuffix(b"\t")
    if quoted := _QUOTED.fullmatch(name):
        name = _ESCAPE.sub(lambda match: _ESCAPED.get(match[1], b"") or _character(match[1]), quoted[1])
    return name[2:]


def _character(escaped: bytes) -> bytes:
    return bytes([int(escaped, 8) & 0xFF]) if len(escaped) == 3 else escaped


def _decoded(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")
