"""Finds the repository around a project and lists its files. Writes nothing."""

import os
import subprocess
from pathlib import Path

from gate.domain.project import Project

_MAX_FILES = 200_000
_NOT_FOR_GIT = ("GIT_", "QUALITY_GATE_", "INPUT_", "ACTIONS_", "GITHUB_TOKEN", "GH_TOKEN")
_NEVER = {".git", ".hg", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".nox", "site-packages"}
_SECONDS = 60


def read_project(folder: Path) -> Project:
    """Return the project in `folder`, with the files that git does not ignore, or all where there is no git."""
    folder = folder.resolve()
    root = _repository_root(folder)
    files = _listed_by_git(folder) if root else None
    return Project(root=root or folder, folder=folder, files=files if files is not None else _walked(folder))


def head_commit(folder: Path) -> str:
    """Return the commit that is checked out, "" where there is none."""
    printed = git(folder, "rev-parse", "--verify", "--quiet", "HEAD")
    return printed.decode().strip() if printed else ""


def _repository_root(folder: Path) -> Path | None:
    return next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), None)


def _listed_by_git(folder: Path) -> tuple[str, ...] | None:
    printed = git(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if printed is None:
        return None
    names = {os.fsdecode(name) for name in printed.split(b"\0") if name}
    return tuple(sorted(name for name in names if (folder / name).is_file()))


def has_tag(folder: Path) -> bool:
    """Tell whether git knows a tag from which the commit in `folder` comes."""
    return git(folder, "describe", "--tags", "--abbrev=0") is not None


def git(folder: Path, *arguments: str) -> bytes | None:
    """Return what git prints, None where it fails. It runs nothing that is configured there, and fetches nothing."""
    # The checkout belongs to the change: its configuration must not make git run a program.
    try:
        done = subprocess.run(  # noqa: S603 - fixed program, arguments from this module
            git_command(folder, *arguments),
            cwd=folder,
            env=git_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def git_command(folder: Path, *arguments: str) -> list[str]:
    """Return the words of a call of git that runs nothing that the checkout configures."""
    safe = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", f"safe.directory={folder}")
    root = _repository_root(folder)
    trusted = () if root is None else ("-c", f"safe.directory={root}")
    # A change can hold what git takes for a repository, with a configuration: its folder may be where git is started.
    bare = ("-c", "safe.bareRepository=explicit")
    return ["git", "--no-replace-objects", *safe, *bare, "-c", "protocol.allow=never", *trusted, *arguments]


def git_environment() -> dict[str, str]:
    """Return the variables of such a call: what a partial clone lacks is not fetched, and no token is told."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_FOR_GIT)}
    return {**environment, "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}


def _walked(folder: Path) -> tuple[str, ...]:
    found: list[str] = []
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _NEVER)
        found += [(Path(parent) / name).relative_to(folder).as_posix() for name in names]
        if len(found) > _MAX_FILES:
            break
    return tuple(sorted(found))


def persisted_credentials(root: Path) -> str:
    """Say that the checkout still holds the job's token, if it does: tests could read it.

    actions/checkout leaves it in `.git/config`, or since v6 in a file that `.git/config` includes.
    """
    try:
        text = (root / ".git" / "config").read_text("utf-8", "replace").lower()
    except OSError:
        return ""
    if "extraheader = authorization" not in text and "git-credentials-" not in text:
        return ""
    return (
        "the checkout holds the job's token, which the tests can read: "
        "give actions/checkout `with: persist-credentials: false`"
    )
