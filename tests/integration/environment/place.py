"""A small project with a place of its own, for tests that install it with the real uv."""

import asyncio
import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from gate.adapters.environment import ProjectEnvironments
from gate.adapters.environment.installer import own_program
from gate.adapters.processes import Account, ProcessRunner
from gate.config.model import Config
from gate.domain.project import Project
from gate.ports import CannotRun, Command, Completed, ProjectEnvironment

BUILT = '[build-system]\nrequires = ["uv_build"]\nbuild-backend = "uv_build"\n'
PROJECT = '[project]\nname = "demo"\nversion = "1.0"\nrequires-python = ">=3.11"\n'
SIX = "six==1.17.0"
SIX_HASH = "sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274"
THIS_PYTHON = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"


SOURCES = {
    "src/demo/__init__.py": "import six\n\nANSWER = 42\n",
    "tests/test_demo.py": "import demo\n\ndef test_answer():\n    assert demo.ANSWER == 42\n",
}


class Counting(ProcessRunner):
    """The real thing, which remembers what it ran."""

    def __init__(self) -> None:
        super().__init__()
        self.ran: list[str] = []

    async def run(self, command: Command, *, account: Account | None = None) -> Completed:
        self.ran.append(" ".join(command.argv))
        return await super().run(command, account=account)

    def times(self, words: str) -> int:
        return sum(words in command for command in self.ran)


class Place:
    """A project in a folder with a name that needs care, and what is kept of it between runs."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "my projéct"
        self.folder = self.root
        self.root.mkdir()
        self.kept = folder / "kept here"
        self.log = folder / "logs" / "install.log"
        self.processes = Counting()
        # A python3 first on PATH, and nothing that belongs to the environment these tests run in.
        self.bin = folder / "machine"
        self.bin.mkdir()
        (self.bin / "python3").symlink_to(THIS_PYTHON)
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if name not in {"VIRTUAL_ENV", "RUNNER_TOOL_CACHE"}
            and not name.startswith(("COVERAGE_", "COV_", "PYTEST_"))
        } | {"PATH": f"{Path(sys.prefix) / 'bin'}:{self.bin}:/usr/bin:/bin", "UV_PYTHON_DOWNLOADS": "never"}

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def environments(
        self, install: str = "auto", python: str | None = None, seconds: float = 300, files: tuple[str, ...] = ()
    ) -> ProjectEnvironments:
        return ProjectEnvironments(
            self.processes,
            project=Project(root=self.root, folder=self.folder, files=files),
            config=Config(install=install, python_version=python),
            environment=self.environment,
            folder=self.kept,
            log=self.log,
            seconds=seconds,
        )

    def ready(
        self, install: str = "auto", python: str | None = None, files: tuple[str, ...] = ()
    ) -> ProjectEnvironment:
        return asyncio.run(self.environments(install, python, files=files).ready())

    def fails(self, install: str = "auto", python: str | None = None) -> CannotRun:
        with pytest.raises(CannotRun) as caught:
            self.ready(install, python)
        return caught.value

    def runs(self, environment: ProjectEnvironment, *command: str) -> str:
        path = os.pathsep.join([*map(str, environment.path), self.environment["PATH"]])
        variables = {**self.environment, **environment.variables, "PATH": path}
        done = subprocess.run(command, cwd=self.folder, env=variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def tests_pass(self, environment: ProjectEnvironment) -> str:
        return self.runs(environment, str(environment.python), "-m", "pytest", "-p", "no:cacheprovider", "--cov=demo")

    def uv(self, *arguments: str) -> None:
        subprocess.run([own_program("uv"), *arguments], cwd=self.root, check=True, capture_output=True)

    def venv(self, folder: Path, *packages: str) -> Path:
        """Make an environment of the user's own, with `packages`."""
        self.uv("venv", "--python", str(THIS_PYTHON), str(folder))
        self.uv("pip", "install", "--python", str(folder / "bin" / "python"), *packages)
        return folder


def snapshot(folder: Path) -> dict[str, str]:
    """Return every path below `folder` with its content and time of change."""
    return {
        str(path.relative_to(folder)): f"{path.lstat().st_mtime_ns} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        if path.is_file()
        else "folder"
        for path in sorted(folder.rglob("*"))
    }
