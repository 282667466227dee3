"""Reports of this user's own whole runs, kept for those that come after. Keeps what is judged by nobody else.

They lie in the user's cache folder, a folder for each repository and project; in a job of GitHub Actions, where the
action restores and saves them. What lies there is looked at before it is believed: tests run as this user as well.
"""

import gzip
import hashlib
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from gate.adapters.cache_folders import reports_folder
from gate.adapters.changes import changed_since
from gate.adapters.private_folder import private_folder
from gate.adapters.project_files import git, head_commit
from gate.domain.codec import encode_report
from gate.domain.project import Project
from gate.domain.report import Report, Subject
from gate.plain_file import open_to_read
from gate.ports import CannotRun
from gate.report_file import MAX_BYTES

_MOST = 20
_MOST_PROJECTS = 50
_ENDING = ".json.gz"
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?\Z")


class KeptReports:
    """The kept reports of a use of Quality Gate on a project, below `folder`, which is made where it is missing."""

    def __init__(self, folder: Path, project: Project, name: str) -> None:
        told = "\0".join((_identity(project.root), project.place, name))
        digest = hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()[:32]
        self._folder = folder / digest

    def packed(self, commit: str) -> bytes | None:
        """Return the report of a commit as it was kept, None where there is none."""
        if not self._folder.is_dir():
            return None
        try:
            private_folder(self._folder)
            with open_to_read(self._folder / f"{commit}{_ENDING}") as file:
                return file.read(MAX_BYTES + 1)
        except OSError:
            return None

    def keep(self, report: Report) -> bool:
        """Keep the report of a whole run of what the commit holds; the oldest ones give way.

        Returns whether it is kept; never fails.
        """
        commit = report.subject.commit
        if not _COMMIT.match(commit) or report.subject.is_part or report.interrupted or not report.results:
            return False
        with suppress(OSError):
            folder = private_folder(self._folder)
            draft = folder / f".{commit}.{os.urandom(8).hex()}.draft"
            try:
                with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    # Fast: a large report is kept in a tenth of the time, and is a fifth larger.
                    file.write(gzip.compress(encode_report(report).encode("utf-8", "backslashreplace"), 1))
                draft.replace(folder / f"{commit}{_ENDING}")
            finally:
                draft.unlink(missing_ok=True)
            _forget_the_oldest(folder)
            return True
        return False


def kept_reports_of(
    project: Project, subject: Subject, environment: Mapping[str, str], *, differs: bool | None
) -> KeptReports | None:
    """Return where the report of a run that now begins may be kept.

    None where the files of the checkout are not those of the commit, or there are others that git does not ignore:
    `differs` is what `differs_from_commit` tells of that.
    """
    if differs is not False or not subject.commit or head_commit(project.folder) != subject.commit:
        return None
    return KeptReports(reports_folder(environment), project, subject.name)


def differs_from_commit(project: Project) -> bool | None:
    """Tell whether files are not those of the commit that is checked out, or lie beside them; None if not known."""
    commit = head_commit(project.folder)
    try:
        return bool(changed_since(project.root, commit)) if commit else None
    except CannotRun:
        return None


def _identity(root: Path) -> str:
    """Return what is the same for every clone of a repository: where it was cloned from; else for every worktree."""
    printed = git(root, "config", "--local", "--get", "remote.origin.url")
    url = printed.decode("utf-8", "surrogateescape").strip() if printed else ""
    # An address may hold a password, which may change.
    return re.sub(r"//[^/@]*@", "//", url) or str(_common_folder(root))


def _common_folder(root: Path) -> Path:
    """Return where the repository of a worktree lies; the folder itself where git knows of none."""
    printed = git(root, "rev-parse", "--git-common-dir")
    return (root / os.fsdecode(printed).removesuffix("\n")).resolve() if printed else root


def _forget_the_oldest(folder: Path) -> None:
    for path in _newest_first(folder.glob(f"*{_ENDING}"))[_MOST:]:
        path.unlink(missing_ok=True)
    # Clones come and go.
    for other in _newest_first(folder.parent.iterdir())[_MOST_PROJECTS:]:
        shutil.rmtree(other, ignore_errors=True)


def _newest_first(paths: Iterable[Path]) -> list[Path]:
    return sorted(paths, key=lambda path: path.lstat().st_mtime, reverse=True)
