"""The hooks, installed and run by the real pre-commit, as by who names this repository in their configuration."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from uv import find_uv_bin

from tests.e2e.service import ROOT
from tests.testbed.repositories import working_copy

pytestmark = pytest.mark.e2e

PRE_COMMIT = "pre-commit@4.7.0"
CONFIGURATION = """\
repos:
  - repo: {repository}
    rev: {revision}
    hooks: [{{id: quality-gate}}, {{id: quality-gate-push}}]
"""


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "core.hooksPath=/dev/null")
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def committed(folder: Path) -> str:
    if not (folder / ".git").exists():
        git(folder, "init", "-qb", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "a commit")
    return git(folder, "rev-parse", "HEAD")


def test_a_commit_with_a_new_finding_is_held_up_and_old_ones_are_not(tmp_path: Path) -> None:
    hooks = working_copy(ROOT, tmp_path / "quality-gate")
    revision = committed(hooks)
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text('[project]\nname = "p"\nversion = "1"\n')
    (project / "old.py").write_text("import os\n")
    configuration = CONFIGURATION.format(repository=hooks, revision=revision)
    (project / ".pre-commit-config.yaml").write_text(configuration)
    committed(project)

    def hook(stage: str) -> tuple[int, str]:
        home = {"PRE_COMMIT_HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
        command = [find_uv_bin(), "tool", "run", "-q", PRE_COMMIT, "run", "--verbose", "--hook-stage", stage]
        done = subprocess.run(
            command, cwd=project, env={**os.environ, **home}, capture_output=True, text=True, check=False, timeout=280
        )
        return done.returncode, done.stdout + done.stderr

    (project / "good.py").write_text('"""Good."""\n')
    git(project, "add", "-A")
    status, printed = hook("pre-commit")
    assert status == 0, printed
    assert "Quality Gate passed what was changed" in printed

    (project / "bad.py").write_text("import sys\n")
    git(project, "add", "-A")
    status, printed = hook("pre-commit")
    assert status == 1, printed
    assert "bad.py:1:8: error: `sys` imported but unused (F401" in printed
    assert "old.py" not in printed

    status, printed = hook("pre-push")
    assert status == 1, printed
    assert "old.py:1:8: error:" in printed, "what is pushed is looked at as a whole"
