"""What was done to the files of a checkout since a commit, by git: uncommitted and untracked files too.

git works with a folder of its own, which has the repository's objects and a copy of its index, and neither its
configuration nor the user's: nothing that is configured runs (filters, drivers of diffs, watchers, hooks) or changes
how a diff looks. `.gitattributes` of the checkout cannot hide lines either. Nothing of the repository is written.
"""

import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from gate.adapters.project_files import git, git_command, git_environment
from gate.domain.change import Change, ChangedFile, FileStatus
from gate.formats import UnreadableError
from gate.formats.git_diff import MOST_FILES, parse_change
from gate.formats.github_diff import COMPARED_FILE, Compared, parse_compared
from gate.plain_file import read_plain
from gate.ports import CannotRun
from gate.revision_ports import FORK_POINT, BaseNotHere

_SECONDS = 60
_MOST_OF_INDEX = 1024 * 1024 * 1024
_MOST_OF_ANSWER = 32 * 1024 * 1024
# What git prints of a line beyond this is content, not a name.
_LONGEST_LINE = 65_536
# An index entry with an empty file: git then sees what lies there as added. By the length of a commit's name.
_EMPTY = {
    40: "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    64: "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
}
# Attributes in a repository's own folder win over those of its files.
_ATTRIBUTES = "* !diff !filter !ident !working-tree-encoding\n"
_DIFF = (
    *("diff", "--no-ext-diff", "--no-textconv", "--no-color", "--no-relative", "--ignore-submodules=dirty"),
    *("--find-renames", "--diff-algorithm=myers"),
)
_PATCH = (
    *("--patch", "--unified=0", "--inter-hunk-context=0", "--src-prefix=a/", "--dst-prefix=b/"),
    "--ignore-cr-at-eol",
)


def changed_since(root: Path, commit: str) -> tuple[ChangedFile, ...]:
    """Return what was done to the files below `root` since a commit that the clone has.

    A line that only changed its ending (CR LF) is not altered. What git ignores is not there.

    Raises:
        CannotRun: git cannot compare, or there is too much to compare.
    """
    try:
        with _own_repository(root, len(commit)) as repository:
            repository.add(_untracked(root), _EMPTY[len(commit)])
            listed = b"".join(repository.printed(*_DIFF, "--raw", "-z", commit, "--"))
            return parse_change(listed, repository.printed(*_DIFF, *_PATCH, commit, "--"))
    except (UnreadableError, OSError, subprocess.SubprocessError) as error:
        is_partial = git(root, "config", "--local", "--get-regexp", r"^remote\..*\.promisor$")
        advice = "; the clone lacks files: without `filter` at actions/checkout it has all" if is_partial else ""
        raise CannotRun(f"cannot be compared with {commit[:12]}: {error}{advice}") from None


def fetched_change(root: Path, folder: str, head: str, reason: BaseNotHere, *, may_part: bool) -> Change:
    """Return what GitHub says of the commits up to `head`, out of `folder`, and git of what was done to files since.

    GitHub compares from the merge base of two commits on. For the first parent of a merge, the commit before a pushed
    one and the base of a merge group that is the base itself, as the head comes from it: the lines are those of the
    checkout. `may_part`: the base may be one that the head does not come from, as where the branch of a pull request is
    checked out by itself; then the change begins where the branch does.

    Raises:
        BaseNotHere: nothing was fetched.
        CannotRun: what was fetched is of other commits, or does not tell all.
    """
    try:
        compared = _read_compared(folder)
    except UnreadableError as trouble:
        raise CannotRun(f"{reason}; {trouble}") from None
    if compared is None:
        raise reason
    base = reason.base
    if (compared.base, compared.head) != (base.commit, head):
        raise CannotRun("the comparison that was fetched is of other commits than these")
    has_parted = compared.merge_base != base.commit
    if has_parted and not may_part:
        raise CannotRun(f"{reason}; GitHub compares from an older commit on, from which both come")
    return Change(
        base=compared.merge_base,
        origin=FORK_POINT if has_parted else base.origin,
        files=with_local_changes(compared.files, changed_since(root, head)),
    )


def _read_compared(folder: str) -> Compared | None:
    """Return the comparison that was fetched, None where there is none.

    Raises:
        UnreadableError: it cannot be read, or does not tell all files.
    """
    if not folder:
        return None
    try:
        content = read_plain(Path(folder) / COMPARED_FILE, _MOST_OF_ANSWER)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnreadableError(f"GitHub's comparison cannot be read: {error.strerror}") from None
    return parse_compared(content.decode("utf-8", "replace"))


def with_local_changes(committed: tuple[ChangedFile, ...], local: tuple[ChangedFile, ...]) -> tuple[ChangedFile, ...]:
    """Put together what the commits did to files and what was done to them since, in a checkout.

    Of a file in both, the lines are not known.
    """
    both = {file.path: file for file in committed}
    for file in local:
        known = both.get(file.path)
        if known is None and file.old_path not in both:
            both[file.path] = file
        elif file.status is not FileStatus.DELETED:
            both[file.path] = replace(file, status=FileStatus.MODIFIED, old_path=None, hunks=(), lines_unknown=True)
        elif known is not None and known.status is FileStatus.ADDED:
            del both[file.path]
        else:
            both[file.path] = file
    return tuple(both[path] for path in sorted(both))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Repository:
    """A repository's folder of our own over the objects and the files of another; dies by the deadline."""

    folder: Path
    root: Path
    environment: Mapping[str, str]

    def add(self, paths: list[bytes], empty: str) -> None:
        """Make files known to the index."""
        if not paths:
            return
        entries = b"".join(b"100644 %s 0\t%s\0" % (empty.encode(), path) for path in paths)
        done = subprocess.run(  # noqa: S603 - fixed program and arguments
            git_command(self.root, "update-index", "-z", "--index-info"),
            cwd=self.root,
            env=self.environment,
            input=entries,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        if done.returncode:
            raise UnreadableError("git does not take the files that it does not know yet")

    def printed(self, *arguments: str) -> Iterator[bytes]:
        """Yield the begin of each line, or of each piece where there are none, that a command prints."""
        said = self.folder / "said"
        with (
            said.open("wb") as errors,
            subprocess.Popen(  # noqa: S603 - fixed program and arguments
                git_command(self.root, *arguments),
                cwd=self.root,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
            ) as running,
        ):
            late = threading.Timer(_SECONDS, running.kill)
            late.start()
            try:
                if running.stdout is not None:
                    yield from running.stdout if "-z" in arguments else _line_begins(running.stdout)
                status = running.wait()
            finally:
                in_time = late.is_alive()
                late.cancel()
                running.kill()
        if status:
            told = said.read_text("utf-8", "replace").strip().rpartition("\n")[2]
            raise UnreadableError(f"git says {told!r:.200}" if in_time else f"it took more than {_SECONDS} s")


def _line_begins(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield lines without what is beyond the longest name: the content of a line may be as long as a file."""
    is_begin = True
    while piece := stream.readline(_LONGEST_LINE):
        if is_begin:
            yield piece
        is_begin = piece.endswith(b"\n")


@contextmanager
def _own_repository(root: Path, length: int) -> Iterator[_Repository]:
    """Give a repository that has no configuration, hooks or attributes but ours, and the objects of that at `root`."""
    told = (git(root, "rev-parse", "--git-path", "index", "--git-path", "objects") or b"").decode(
        "utf-8", "surrogateescape"
    )
    places = told.split("\n")[:-1]
    if len(places) != 2 or length not in _EMPTY:
        raise UnreadableError("git does not tell where the repository lies")
    index, objects = (root / place for place in places)
    with tempfile.TemporaryDirectory(prefix="quality-gate-git-") as name:
        folder = Path(name)
        for inner in ("refs", "objects", "info"):
            (folder / inner).mkdir()
        form = "[extensions]\n\tobjectFormat = sha256\n" if length == 64 else ""
        version = 1 if form else 0
        settings = f"[core]\n\trepositoryFormatVersion = {version}\n\tfileMode = false\n\tquotePath = true\n{form}"
        (folder / "config").write_text(settings, "ascii")
        (folder / "HEAD").write_text("ref: refs/heads/none\n", "ascii")
        (folder / "info" / "attributes").write_text(_ATTRIBUTES, "ascii")
        for file in (index, *index.parent.glob("sharedindex.*")):
            if file.is_file():
                if file.stat().st_size > _MOST_OF_INDEX:
                    raise UnreadableError("the repository's index is too large")
                shutil.copy2(file, folder / file.name)
        own = {
            "GIT_DIR": str(folder),
            "GIT_WORK_TREE": str(root),
            "GIT_OBJECT_DIRECTORY": str(objects),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_ATTR_NOSYSTEM": "1",
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder),
            "LC_ALL": "C",
        }
        yield _Repository(folder=folder, root=root, environment={**git_environment(), **own})


def _untracked(root: Path) -> list[bytes]:
    """Return the files that git neither knows nor ignores; no folders, which are repositories of others."""
    printed = git(root, "ls-files", "-z", "--others", "--exclude-standard")
    if printed is None:
        raise UnreadableError("git cannot list the files")
    found = [name for name in printed.split(b"\0") if name and not name.endswith(b"/")]
    if len(found) > MOST_FILES:
        raise UnreadableError(f"more than {MOST_FILES:,} files are neither committed nor ignored")
    return found
