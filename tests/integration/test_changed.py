"""`quality-gate run --changed`, with the real git and the real ruff."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.integration


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "core.hooksPath=/dev/null")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def gated(project: Path, *arguments: str) -> tuple[int, str, dict[str, Any]]:
    """Run as a hook of git does: with its variables about the repository that is committed to."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "CI"))}
    cache, out = project.parent / "cache", project.parent / "report"
    environment |= {"XDG_CACHE_HOME": str(cache), "GIT_INDEX_FILE": ".git/index", "GIT_DIR": ".git"}
    command = [sys.executable, "-m", "gate", "run", "--changed", "--out", str(out), *arguments, str(project)]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, json.loads((out / "report.json").read_text())


def test_what_was_there_before_is_left_alone_and_what_is_new_is_told_committed_or_not(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "app").mkdir(parents=True)
    (project / "pyproject.toml").write_text('[project]\nname = "p"\nversion = "1"\n')
    for name in ("old", "edited", "gone"):
        (project / "app" / f"{name}.py").write_text("import os\n")
    git(project, "init", "-qb", "main")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "one")
    git(project, "switch", "-qc", "feature")

    status, printed, report = gated(project)
    assert status == 0, printed
    assert report["subject"]["changed_only"] is True
    assert "had nothing to look at: nothing was changed since" in report["notices"][0]
    assert not (tmp_path / "report" / "badge.svg").exists()

    (project / "app" / "committed.py").write_text("import sys\n")
    (project / "app" / "gone.py").unlink()
    git(project, "add", "-A")
    git(project, "commit", "-qm", "two")
    (project / "app" / "edited.py").write_text("import os\nimport re\n")
    (project / "app" / "untracked.py").write_text("import json\n")
    status, printed, report = gated(project)
    assert status == 1, printed
    (lint,) = report["results"]
    told = {(finding["path"], finding["line"], finding["in_base"]) for finding in lint["findings"]}
    assert told == {
        ("app/committed.py", 1, False),
        ("app/edited.py", 1, True),
        ("app/edited.py", 2, False),
        ("app/untracked.py", 1, False),
    }


def test_where_nothing_tells_what_was_changed_everything_is_looked_at_and_said_so(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "old.py").write_text("import os\n")
    git(project, "init", "-qb", "trunk")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "a commit")
    status, printed, report = gated(project, "--gates", "lint")
    assert status == 1, printed
    assert "old.py:1:8: error:" in printed
    assert report["notices"][0].startswith("only the fast gates ran: what was changed is not known, for there is no")
