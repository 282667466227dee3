"""Lint knows by git and ruff alone what the base has too: on the first run of a neglected project, and on every other."""

import asyncio
import subprocess
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from gate.adapters.processes import ProcessRunner
from gate.adapters.revisions import GitRevisions
from gate.config.model import Config
from gate.context import Context
from gate.domain.change import Change
from gate.domain.finding import Finding
from gate.domain.project import Project
from gate.formats.ruff_output import check_options, parse_unformatted, parse_violations
from gate.gates.lint_base import Ruff, known_in_base
from gate.gates.lint_findings import findings_of, located

pytestmark = pytest.mark.integration

RUFF = str(Path(sys.executable).with_name("ruff"))
OLD = "import os\nimport re\n\n\ndef answer():\n    return 42\n"
MORE = "import os\nimport sys\n\n\ndef ask():\n    return 'so'\n\n\nx = 1\ny = 2\nz = 3\n"
BASE = {
    "pyproject.toml": "[tool.ruff]\nextend = 'settings/lint.toml'\nsrc = ['svc']\n",
    "settings/lint.toml": "[lint]\nselect = ['F', 'I']\n",
    "svc/app/__init__.py": "",
    "svc/app/old.py": OLD,
    "svc/app/more.py": MORE,
    # Known to be in a wrong order only to who knows that the one is the project's own.
    "svc/app/third.py": "import requests\nimport svc_tools\n\nrequests  ,  svc_tools\n",
    "svc/svc_tools.py": "",
}
AGAIN = ["svc/app/old.py:10 F811", "svc/app/old.py:10 F401"]
# What is done to the base's files (None: deleted, "": a folder of it is made), and the findings that are new then.
TABLE: dict[str, tuple[dict[str, str | None], list[str]]] = {
    "nothing is done": ({}, []),
    "a line before them": ({"svc/app/old.py": "# before\n" + OLD}, []),
    "the same once more": ({"svc/app/old.py": OLD + "\n\ndef again():\n    import os\n"}, AGAIN),
    "a new file": ({"svc/app/new.py": "import csv\n"}, ["svc/app/new.py:1 F401"]),
    "a file moved": ({"svc/app/old.py": None, "svc/lib/moved.py": "# moved\n" + OLD}, []),
    "lines moved to a new file": ({"svc/app/more.py": MORE.partition("\n")[2], "svc/app/new.py": "import os\n"}, []),
    "lines copied to a new file": ({"svc/app/new.py": "import os\n"}, ["svc/app/new.py:1 F401"]),
    "an altered line that has another fault": (
        {"svc/app/more.py": MORE.replace("import os\n", "import csv\n")},
        ["svc/app/more.py:1 F401"],
    ),
    "a rule that is new": (
        {"settings/lint.toml": "[lint]\nselect = ['F', 'I', 'D103']\n", "svc/app/old.py": "# before\n" + OLD},
        [],
    ),
    "a file that was in no order, and is not": (
        {"svc/app/third.py": "import requests\nimport svc_tools\n\nrequests  ,  svc_tools  # both\n"},
        [],
    ),
    "a file that was formatted, and is not": (
        {"svc/app/old.py": OLD.replace("return 42", "return  42")},
        ["svc/app/old.py format"],
    ),
}


def git(folder: Path, *words: str) -> None:
    author = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", folder, *author, *words], check=True, capture_output=True)


def write(folder: Path, files: Mapping[str, str | None]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True) if text is None else path.write_text(text, "utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with a project in a folder, and a branch of it."""
    root = tmp_path / "repository"
    root.mkdir()
    write(root, BASE)
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "years of neglect")
    git(root, "checkout", "--quiet", "-b", "change")
    return root


def context(root: Path, scratch: Path) -> Context:
    revisions = GitRevisions(root, {})
    folder = root / "svc"
    files = tuple(sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.py")))
    anything: Any = None

    async def change() -> Change:
        return await revisions.change()

    return Context(
        gate="lint",
        named=True,
        planned=frozenset({"lint"}),
        results={},
        project=Project(root=root, folder=folder, files=files),
        config=Config(),
        folder=scratch / "report",
        scratch=scratch,
        caller_environment={},
        processes=ProcessRunner(),
        environments=anything,
        databases=None,
        setting_up=lambda _: nullcontext(),
        used=lambda *_: None,
        revisions=revisions,
        known_change=change,
    )


def found(folder: Path, project: Project) -> tuple[Finding, ...]:
    """Lint what lies there now."""

    def printed(*words: str) -> str:
        return subprocess.run([RUFF, *words, "."], cwd=folder, capture_output=True, text=True, check=False).stdout

    violations = parse_violations(printed("check", *check_options("9.9.9", "/dev/stdout")))
    unformatted = parse_unformatted(printed("format", "--check", "--no-cache"))
    return findings_of(located(project, violations), [project.located(path) for path in unformatted])


def new_of(root: Path, scratch: Path) -> list[str]:
    ctx = context(root, scratch)
    findings = found(root / "svc", ctx.project)
    ruff = Ruff(program=RUFF, version="9.9.9", env={"PATH": "/usr/bin:/bin"})
    known, why = asyncio.run(known_in_base(ctx, ruff, findings, formatting=True))
    assert not why
    assert None not in known
    return [f"{finding.location} {finding.rule_id}" for finding, old in zip(findings, known, strict=True) if not old]


@pytest.mark.parametrize("files", TABLE, ids=[name.replace(" ", "-") for name in TABLE])
def test_what_is_new_is_known_without_any_report(files: str, root: Path, tmp_path: Path) -> None:
    done, expected = TABLE[files]
    write(root, done)
    assert new_of(root, tmp_path / "scratch") == expected
