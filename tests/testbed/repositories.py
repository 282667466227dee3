"""Git repositories in temporary folders: a caller's project, and an action to be used from it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

_DEADLINE = 60.0
_IDENTITY = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "Octo Cat"), ("EMAIL", "octocat@example.com"), ("DATE", "2026-01-01T00:00:00Z"))
}


class Repository:
    """A git repository with a `main` branch, made when missing."""

    def __init__(self, folder: Path, *, name: str = "acme/service") -> None:
        self.folder = folder
        self.name = name
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / ".git").exists():
            self.git("init", "--quiet", "--initial-branch=main")
            self.git("remote", "add", "origin", f"https://github.com/{name}.git")  # act reads the name from here

    def commit(self, message: str, files: Mapping[str, str | bytes | None]) -> str:
        """Write (or, for None, delete) the files and commit everything; the commit's hash."""
        for name, content in files.items():
            path = self.folder / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.head()

    def branch(self, name: str, start: str = "main") -> None:
        """Make the branch and check it out."""
        self.git("checkout", "--quiet", "-B", name, start)

    def merge(self, base: str, head: str) -> str:
        """Check out the merge of a pull request, detached, as GitHub makes it for the job; its hash."""
        self.git("checkout", "--quiet", "--detach", base)
        self.git("merge", "--quiet", "--no-ff", "--message", f"Merge {head} into {base}", head)
        return self.head()

    def head(self) -> str:
        """The hash of the commit that is checked out."""
        return self.git("rev-parse", "HEAD")

    def git(self, *words: str) -> str:
        """Run git here, with an identity and without the user's configuration."""
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
            **_IDENTITY,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        done = subprocess.run(
            ["git", "-C", str(self.folder), *words],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=_DEADLINE,
        )
        if done.returncode:
            raise RuntimeError(f"git {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout.strip()


def working_copy(source: Path, destination: Path) -> Path:
    """Copy what git knows or would add of `source` (tracked and untracked, nothing ignored, no .git).

    For `local_actions`: act copies the whole folder at each use, so it must not hold environments and caches.
    """
    listed = subprocess.run(
        ["git", "-C", str(source), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=True,
        timeout=_DEADLINE,
    )
    for name in filter(None, os.fsdecode(listed.stdout).split("\0")):
        if (source / name).is_file():
            target = destination / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / name, target, follow_symlinks=False)
    return destination
