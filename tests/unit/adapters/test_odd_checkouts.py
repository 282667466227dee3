"""Checkouts of every kind: the same files and the same commit, whatever lies in the place of `.git`."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gate.adapters.project_files import head_commit, read_project

FILES = ("app.py", "tests/test_ä ö.py")


def git(*arguments: str | Path, cwd: Path) -> str:
    user = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "protocol.file.allow=always")
    done = subprocess.run(["git", *user, *arguments], cwd=cwd, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    folder = tmp_path / "origin"
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")
    git("init", "-q", cwd=folder)
    git("add", "-A", cwd=folder)
    git("commit", "-q", "-m", "one", cwd=folder)
    git("commit", "-q", "--allow-empty", "-m", "two", cwd=folder)
    return folder


def shallow(origin: Path, to: Path) -> None:
    git("clone", "-q", "--depth", "1", f"file://{origin}", to, cwd=origin)


def detached(origin: Path, to: Path) -> None:
    git("clone", "-q", origin, to, cwd=origin)
    git("checkout", "-q", "--detach", cwd=to)


def worktree(origin: Path, to: Path) -> None:
    git("worktree", "add", "-q", "--detach", to, cwd=origin)


def submodule(origin: Path, to: Path) -> None:
    around = to.parent
    git("init", "-q", cwd=around)
    git("submodule", "add", "-q", origin, to.name, cwd=around)


@pytest.mark.parametrize("make", [shallow, detached, worktree, submodule])
def test_a_checkout_is_read_alike(make: Callable[[Path, Path], None], origin: Path, tmp_path: Path) -> None:
    to = tmp_path / "around it" / "a checkout ☃"
    to.parent.mkdir()
    make(origin, to)
    project = read_project(to)
    assert (project.root, project.place, project.files) == (to, ".", FILES)
    assert head_commit(to) == git("rev-parse", "HEAD", cwd=origin)


@pytest.mark.parametrize("content", [b"", b"gitdir: /absent", bytes(range(256)), b"gitdir: " + b"x" * 100_000])
def test_what_is_no_repository_is_read_as_a_plain_folder(content: bytes, origin: Path) -> None:
    shutil.rmtree(origin / ".git")
    (origin / ".git").write_bytes(content)
    project = read_project(origin)
    assert set(project.files) - {".git"} == set(FILES)
    assert head_commit(origin) == ""
