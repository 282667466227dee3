"""The command as a user runs it: on a project in a folder of its own, in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from gate.domain.codec import decode_report
from gate.domain.report import Report

COMMAND = Path(sys.prefix) / "bin" / "quality-gate"
# The runner's and the caller's words must not leak into a test of ours.
_FOREIGN = (
    "GITHUB_",
    "RUNNER_",
    "ACTIONS_",
    "INPUT_",
    "QUALITY_GATE_",
    "PG",
    "UV_",
    "VIRTUAL_ENV",
    "DATABASE_URL",
    "CI",
    "COVERAGE_FILE",
    "PYTEST",
)


@dataclass(frozen=True)
class Run:
    """A run that has ended."""

    exit_code: int
    stdout: str
    stderr: str
    folder: Path

    @property
    def report(self) -> Report:
        return decode_report((self.folder / "report.json").read_text("utf-8"))

    @property
    def outcomes(self) -> dict[str, str]:
        return {result.gate: str(result.outcome) for result in self.report.results}

    def reason(self, gate: str) -> str:
        result = self.report.result(gate)
        assert result is not None
        return result.reason

    def findings(self, gate: str) -> list[str]:
        result = self.report.result(gate)
        assert result is not None
        return [f"{finding.rule_id} {finding.location}" for finding in result.findings]

    def measures(self, gate: str) -> dict[str, str]:
        result = self.report.result(gate)
        assert result is not None
        return {measure.name: str(measure.value) for measure in result.measures}


class Project:
    """A project made of files, and the command run on it."""

    def __init__(self, folder: Path, out: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.out = out
        self.environment = dict(environment)

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8", "surrogateescape")

    def start(self, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [COMMAND, "run", self.folder, "--out", self.out, *arguments],
            env=self.environment | environment,
            cwd=self.out.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
        )

    def end(self, process: "subprocess.Popen[str]") -> Run:
        stdout, stderr = process.communicate(timeout=240)
        return Run(process.returncode, stdout, stderr, self.out)

    def run(self, *arguments: str, **environment: str) -> Run:
        return self.end(self.start(*arguments, **environment))


MakeProject = Callable[[Mapping[str, str]], Project]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: no worker is left with one of them when the others have ended."""
    items.sort(key=lambda item: item.path.name != "test_planted_faults.py")


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the tests of a worker share."""
    return tmp_path_factory.mktemp("shared")


@pytest.fixture
def caller_environment(tmp_path_factory: pytest.TempPathFactory, shared_folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    cache = tmp_path_factory.mktemp("cache")
    (cache / "quality-gate").mkdir()
    # What a project needs is installed for the first test that needs it. All else that a run keeps is the test's own.
    for name in ("environments", "tools"):
        (shared_folder / name).mkdir(exist_ok=True)
        (cache / "quality-gate" / name).symlink_to(shared_folder / name)
    # Environments of made-up projects are not kept on the machine, but what uv has downloaded is.
    uv_cache = os.environ.get("UV_CACHE_DIR") or str(
        Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "uv"
    )
    return kept | {"XDG_CACHE_HOME": str(cache), "UV_CACHE_DIR": uv_cache}


@pytest.fixture
def make_project(tmp_path: Path, shared_folder: Path, caller_environment: dict[str, str]) -> Iterator[MakeProject]:
    """A function that makes a project of files, all in the same place: an environment is one of a project's folder."""
    folder = shared_folder / "project"

    def make(files: Mapping[str, str]) -> Project:
        folder.mkdir()
        project = Project(folder, tmp_path / "report", caller_environment)
        project.write(files)
        return project

    yield make
    if folder.exists():
        folder.rename(tmp_path / "project")
