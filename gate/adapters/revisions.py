"""The answer to `gate.revision_ports.Revisions`: git's objects, only read. Fetches nothing, and writes no ref.

The checkout, its configuration and the names of revisions may come from the change.
"""

import asyncio
import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath

from gate.adapters.actions_runtime import event_text
from gate.adapters.base_folder import VARIABLE as BASE_FOLDER
from gate.adapters.base_folder import base_folder
from gate.adapters.blobs import list_blobs, read_blobs, reading
from gate.adapters.changes import changed_since, fetched_change
from gate.adapters.processes import uninterrupted
from gate.adapters.project_files import git
from gate.domain.change import Change
from gate.formats import UnreadableError
from gate.formats.github_event import ON_PULL_REQUESTS, EventBase, parse_event_base
from gate.ports import CannotRun
from gate.revision_ports import (
    BEFORE_THE_PUSH,
    FORK_POINT,
    OF_THE_GROUP,
    OF_THE_QUEUE,
    Base,
    BaseNotHere,
    NoChange,
    Revisions,
)

_OF_A_CHANGE = (*ON_PULL_REQUESTS, "pull_request_target", "merge_group", "push")
_EXPORT_SECONDS = 300
_MOST_OF_ALL = 1024 * 1024 * 1024
_MOST_FILES = 100_000
_LONGEST_NAME = 250
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?\Z")
_MAIN = ("refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master")
_MAIN_HERE = ("refs/heads/main", "refs/heads/master")
_TWO = "with fetch-depth: 2 at actions/checkout it has"
_ALL = "with fetch-depth: 0 at actions/checkout it has"


class GitRevisions(Revisions):
    """Reads the repository at `root`; `environment` tells of the event that started a job of GitHub Actions."""

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self._root = root
        self._environment = environment
        self._changing: asyncio.Task[Change] | None = None

    async def base(self) -> Base:
        """Return the commit that this change is compared with."""
        return await asyncio.to_thread(self._base)

    async def file_at(self, commit: str, path: str) -> bytes | None:
        """Return a file of a commit, or of whatever revision names one."""
        return await asyncio.to_thread(self.read_file, commit, path)

    async def files_at(self, commit: str, paths: Sequence[str]) -> Mapping[str, bytes | None]:
        """Return several files of a commit."""
        known = await asyncio.to_thread(self._resolved, commit)
        if not known:
            return {path: await self.file_at(commit, path) for path in paths}
        return await asyncio.to_thread(read_blobs, self._root, known, paths)

    async def export(self, commit: str, folder: Path) -> None:
        """Write all files of a commit; links and what lies in other repositories are left out."""
        # What still writes would make the folder anew that its owner has removed.
        await uninterrupted(asyncio.to_thread(self._export, commit, folder))

    async def change(self) -> Change:
        """Return what was done to the files since the base, once for all who ask."""
        if self._changing is None:
            self._changing = asyncio.create_task(asyncio.to_thread(self._change))
        return await asyncio.shield(self._changing)

    def _change(self) -> Change:
        try:
            base = self._base()
        except BaseNotHere as reason:
            head = self._resolved("HEAD")
            on_pull_request = self._environment.get("GITHUB_EVENT_NAME", "") in ON_PULL_REQUESTS
            may_part = on_pull_request and reason.base.commit not in self._parents(head)
            return fetched_change(self._root, self._environment.get(BASE_FOLDER, ""), head, reason, may_part=may_part)
        return Change(base=base.commit, origin=base.origin, files=changed_since(self._root, base.commit))

    def _base(self) -> Base:
        event = self._environment.get("GITHUB_EVENT_NAME", "")
        if event and event not in _OF_A_CHANGE:
            raise NoChange(f"the event {event!r} is no change, so that there is nothing to compare with")
        head = self._resolved("HEAD")
        if not head:
            if not event and self._git("for-each-ref", "--count=1") == b"":
                raise NoChange("the repository has no commit yet")
            raise CannotRun("there is no commit to compare with: this is no git repository")
        if not event:
            return self._of_branch(head)
        told = self._told(event)
        if event in ON_PULL_REQUESTS or event == "pull_request_target":
            return self._of_pull_request(head, told)
        if event == "merge_group":
            return self._of_merge_group(told)
        return self._of_push(head, told)

    def _told(self, event: str) -> EventBase:
        try:
            return parse_event_base(event_text(self._environment), event)
        except (UnreadableError, OSError, ValueError) as error:
            raise CannotRun(f"the event that started the job cannot be read: {error}") from None

    def _of_pull_request(self, head: str, told: EventBase) -> Base:
        parents = self._parents(head)
        is_merge = len(parents) == 2 and head != told.head
        if is_merge and (told.head == parents[1] or head == self._environment.get("GITHUB_SHA", "").lower()):
            return self._there(parents[0], "the merge's first parent", _TWO)
        if not told.base:
            raise CannotRun("the event names no base of the pull request")
        if head == told.base:
            raise CannotRun("the base of the pull request itself is checked out, not the change")
        self._there(told.base, "the pull request's base", _ALL)
        return self._fork_point(head, told.base, FORK_POINT)

    def _of_merge_group(self, told: EventBase) -> Base:
        fetched = self._fetched_commit()
        if told.base and fetched not in ("", told.base):
            return self._there(fetched, OF_THE_QUEUE, _ALL)
        return self._there(told.base, OF_THE_GROUP, _ALL)

    def _of_push(self, head: str, told: EventBase) -> Base:
        before = Base(commit=told.base, origin=BEFORE_THE_PUSH)
        if told.base and self._resolved(told.base):
            return before
        parents = self._parents(head)
        if not parents:
            raise NoChange("the commit is the first of its repository")
        if told.base and told.base not in parents and self._fetched_commit() == told.base:
            raise BaseNotHere(f"{before.origin}, {told.base[:12]}, is not in this clone: {_ALL}", before)
        return self._there(parents[0], "the commit before this one", _TWO)

    def _fetched_commit(self) -> str:
        """Return the commit since which GitHub has told what was done, "" where it has not."""
        folder = base_folder(self._environment)
        with suppress(UnreadableError):
            return folder.fetched().commit if folder is not None else ""
        return ""

    def _of_branch(self, head: str) -> Base:
        found = next((name for name in (*_MAIN, *_MAIN_HERE) if self._resolved(name)), "")
        if not found:
            raise CannotRun(
                "there is no branch to compare with, neither origin/main nor main, nor master: fetch the one that "
                "changes go to, and where it is called otherwise, let `git remote set-head origin --auto` name it"
            )
        short = found.removeprefix("refs/remotes/").removeprefix("refs/heads/")
        base = self._fork_point(head, found, f"where the branch leaves {short}")
        # On main itself, and before a branch's first commit: what is compared with it is not committed yet.
        return replace(base, origin="the last commit") if base.commit == head else base

    def _fork_point(self, head: str, other: str, origin: str) -> Base:
        printed = self._git("merge-base", head, self._resolved(other))
        commit = printed.decode("ascii", "replace").strip() if printed else ""
        if not _COMMIT.match(commit):
            raise CannotRun(f"the clone has no commit that both sides come from: {_ALL}")
        return Base(commit=commit, origin=origin)

    def _there(self, commit: str, origin: str, advice: str) -> Base:
        if not commit:
            raise CannotRun(f"the event does not name {origin}")
        base = Base(commit=commit, origin=origin)
        if not self._resolved(commit):
            raise BaseNotHere(f"{origin}, {commit[:12]}, is not in this clone: {advice}", base)
        return base

    def _parents(self, commit: str) -> tuple[str, ...]:
        """Return what the commit itself names, also where a shallow clone has it not."""
        printed = self._git("cat-file", "commit", commit) or b""
        header = printed.partition(b"\n\n")[0].decode("ascii", "replace").splitlines()
        return tuple(line.removeprefix("parent ") for line in header if line.startswith("parent "))

    def _resolved(self, revision: str) -> str:
        """Return the commit that a revision names, "" where it names none that is here."""
        if not revision or len(revision) > _LONGEST_NAME or not revision.isprintable() or revision.startswith("-"):
            return ""
        printed = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        commit = printed.decode("ascii", "replace").strip() if printed else ""
        return commit if _COMMIT.match(commit) else ""

    def read_file(self, revision: str, path: str) -> bytes | None:
        """Return what `file_at` returns; to be called from a thread that may wait."""
        commit = self._resolved(revision)
        fetched = None if commit else base_folder(self._environment)
        if fetched is not None:
            with suppress(UnreadableError):
                return fetched.file_at(revision, path)
        if not commit:
            raise CannotRun(f"{revision[:100]!r} is no commit of this clone: a branch, a tag or a commit that it has")
        return read_blobs(self._root, commit, [path])[path]

    def _export(self, revision: str, folder: Path) -> None:
        commit = self._resolved(revision)
        if not commit:
            raise CannotRun(f"{revision[:100]!r} is no commit of this clone")
        blobs = [blob for blob in list_blobs(self._root, commit) if _is_inside(blob.path)]
        if len(blobs) > _MOST_FILES:
            raise CannotRun(f"{commit[:12]} has more than {_MOST_FILES:,} files")
        try:
            with reading(self._root, seconds=_EXPORT_SECONDS, most=_MOST_OF_ALL) as content_of:
                for blob in blobs:
                    _write(folder / blob.path, content_of(blob), blob.permissions)
        except OSError as error:
            raise CannotRun(f"the files of {commit[:12]} cannot be written: {error}") from None

    def _git(self, *arguments: str) -> bytes | None:
        return git(self._root, *arguments)


def _is_inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith("/") and ".." not in parts and ".git" not in map(str.lower, parts)


def _write(path: Path, content: bytes, permissions: int) -> None:
    """Write a file that is not there yet: nothing that git would filter, and through no link."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, permissions)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
