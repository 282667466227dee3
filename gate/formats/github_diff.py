"""GitHub's comparison of two commits -> the files of a change, for a clone that does not have the base.

The file holds an untrusted answer. Asks nothing and reads no file. Format:
https://docs.github.com/en/rest/commits/commits#compare-two-commits (the diff begins at the merge base of both).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from gate.domain.change import ChangedFile, FileStatus, Hunk
from gate.domain.json_writing import MAX_LINE
from gate.domain.untrusted_json import InvalidReport, Node, parse_untrusted
from gate.formats import UnreadableError
from gate.formats.diff_hunks import parse_hunks

COMPARED_FILE = "change.json"
"""What the file is called in the folder of what was fetched of the base."""

# "The response includes up to 300 changed files": whether there are more, it does not tell.
_MOST_FILES = 300
_SHA = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_STATUSES = {
    "added": FileStatus.ADDED,
    "copied": FileStatus.ADDED,
    "removed": FileStatus.DELETED,
    "modified": FileStatus.MODIFIED,
    "changed": FileStatus.MODIFIED,
    "renamed": FileStatus.RENAMED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The commits that were asked for, and the one from which on the `files` tell what was done, up to `head`."""

    base: str
    head: str
    merge_base: str
    files: tuple[ChangedFile, ...]


def render_compared(base: str, head: str, answer: Mapping[str, object]) -> str:
    """Write what `parse_compared` reads: GitHub's `answer` to `compare/BASE...HEAD`, and the commits it was asked for.

    Of the answer no more is kept than is read.
    """
    files = answer.get("files")
    keys = ("filename", "previous_filename", "status", "additions", "deletions", "patch")
    kept = {
        "merge_base_commit": answer.get("merge_base_commit"),
        "files": [{key: file[key] for key in keys if key in file} for file in files if isinstance(file, dict)]
        if isinstance(files, list)
        else None,
    }
    merge_base = kept["merge_base_commit"]
    kept["merge_base_commit"] = {"sha": merge_base.get("sha")} if isinstance(merge_base, dict) else None
    return json.dumps({"base": base, "head": head, "comparison": kept})


def parse_compared(text: str) -> Compared:
    """Read it. A line that only changed its line ending is not altered, as for git's own diff here.

    Files whose lines GitHub leaves out, because they are too many, are told as files whose lines are not known.

    Raises:
        UnreadableError: it is of another form, or does not tell all files.
    """
    try:
        node = parse_untrusted(text)
        answer = node.member("comparison")
        entries = answer.member("files").items()
        if len(entries) >= _MOST_FILES:
            raise UnreadableError(f"GitHub's comparison tells no more than {_MOST_FILES} files, and there may be more")
        files = [_file(entry) for entry in entries if entry.member("status").value != "unchanged"]
        return Compared(
            base=node.member("base").text(_SHA),
            head=node.member("head").text(_SHA),
            merge_base=answer.member("merge_base_commit").member("sha").text(_SHA),
            files=tuple(sorted(files, key=lambda file: file.path)),
        )
    except InvalidReport as error:
        raise UnreadableError(f"GitHub's comparison has another form: {error}") from None


def _file(node: Node) -> ChangedFile:
    word = node.member("status").word(*_STATUSES)
    status = _STATUSES[word]
    old_path = node.optional("previous_filename")
    added, deleted = (node.member(name).whole(0, MAX_LINE) for name in ("additions", "deletions"))
    patch = node.optional("patch")
    told = _hunks(patch, status, added, deleted)
    # The lines of a copy are told against the file that it is a copy of.
    is_unknown = told is None or word == "copied"
    return ChangedFile(
        path=node.member("filename").text(),
        status=status,
        hunks=() if told is None or is_unknown else told,
        old_path=old_path.text() if old_path is not None and status is FileStatus.RENAMED else None,
        lines_unknown=is_unknown,
    )


def _hunks(patch: Node | None, status: FileStatus, added: int, deleted: int) -> tuple[Hunk, ...] | None:
    """Return the hunks; None where GitHub counts lines that it does not show."""
    if patch is None:
        if status is FileStatus.ADDED and added:
            return (Hunk(old_start=0, old_lines=0, new_start=1, new_lines=added),)
        if status is FileStatus.DELETED and deleted:
            return (Hunk(old_start=1, old_lines=deleted, new_start=0, new_lines=0),)
        return None if added or deleted else ()
    if not isinstance(patch.value, str):
        patch.fail("is not a text")
    lines = patch.value.encode("utf-8", "surrogatepass").split(b"\n")
    told = parse_hunks(lines)
    if sum(hunk.new_lines for hunk in told) != added or sum(hunk.old_lines for hunk in told) != deleted:
        return None
    return parse_hunks(lines, endings_count=False)
