"""Reports of coverage over data that shards measured elsewhere, by coverage.py over the checkout of the merge."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gate.adapters.processes import ProcessRunner
from gate.adapters.project_files import read_project
from gate.combined_coverage import CombinedCoverage
from gate.domain.report import Report, Subject
from gate.domain.shard import Shard
from gate.formats.coverage_json import CoverageReport, parse_coverage
from gate.formats.coverage_union import CoverageUnion
from gate.formats.shard_notes import CoverageNote, render_note
from gate.ports import Environments, ProjectEnvironment
from gate.shard_folders import ShardFolder

pytestmark = pytest.mark.integration

SOURCE = "def first():\n    return 1\n\n\ndef second():\n    return 2\n\n\ndef third():\n    return 3\n"
OTHER_FIGURES = "coverage.py comes to other figures here than in the shards, with another Python perhaps"
COVERAGE = [sys.executable, "-m", "coverage"]


class OwnTools(Environments):
    """Has the tools of the environment that runs the tests."""

    async def ready(self) -> ProjectEnvironment:
        raise AssertionError("nothing of the project is run")

    async def tool(self, name: str, version: str | None) -> Path:
        del version
        return Path(sys.executable).with_name(name)


def measured(folder: Path, shard: Shard, call: str) -> ShardFolder:
    """Return what a shard leaves that calls a function, in a checkout of its own."""
    checkout, left = folder / f"machine-{shard.index}", folder / f"left-{shard.index}"
    (checkout / "app").mkdir(parents=True)
    (left / "shard").mkdir(parents=True)
    (checkout / "app" / "__init__.py").write_text(SOURCE)
    program = checkout / "run.py"
    program.write_text(f"import app\napp.{call}()\n")
    data = f"--data-file={left / 'shard' / 'coverage.data'}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    for words in (
        ["run", data, "--source=app", str(program)],
        ["json", data, "-o", str(left / "shard" / "coverage.json")],
    ):
        subprocess.run([*COVERAGE, *words], cwd=checkout, env=environment, check=True, capture_output=True)
    (left / "shard" / "coverage-note.json").write_text(render_note(CoverageNote(folder=str(checkout))))
    return ShardFolder(folder=left, report=Report(subject=Subject(shard=shard)))


@pytest.fixture
def shards(tmp_path: Path) -> list[ShardFolder]:
    return [measured(tmp_path, Shard(index=index, total=2), call) for index, call in ((1, "first"), (2, "second"))]


def expected(shards: list[ShardFolder]) -> CoverageReport:
    union = CoverageUnion()
    for one in shards:
        union.add((one.content("coverage.json") or b"").decode())
    return parse_coverage(union.text())


def write(folder: Path, source: str | None, shards: list[ShardFolder], note: CoverageNote) -> str:
    """Write the reports where the checkout has `source`; return why there are none."""
    checkout, scratch = folder / "checkout", folder / "scratch"
    (checkout / "app").mkdir(parents=True)
    scratch.mkdir()
    if source is not None:
        (checkout / "app" / "__init__.py").write_text(source)
    combined = CombinedCoverage(
        project=read_project(checkout),
        folder=folder / "coverage",
        scratch=scratch,
        environment={"PATH": os.defpath},
        environments=OwnTools(),
        processes=ProcessRunner(),
    )
    return asyncio.run(combined.write(shards, note, expected(shards)))


def test_data_of_other_folders_are_one_report_over_the_checkout(shards: list[ShardFolder], tmp_path: Path) -> None:
    # A file that is none of the project's configures nothing.
    note = CoverageNote(config_file="../left-1/shard/coverage.json")
    assert write(tmp_path, SOURCE, shards, note) == ""
    reports = tmp_path / "coverage"
    document = json.loads((reports / "coverage.json").read_text())
    assert document["files"]["app/__init__.py"]["missing_lines"] == [10]
    assert {path.name for path in reports.iterdir()} == {"coverage.json", "coverage.xml", "coverage.txt", "html"}
    assert [one.content("coverage.data") for one in shards] != [None, None]


def test_reports_that_tell_other_figures_are_not_kept(shards: list[ShardFolder], tmp_path: Path) -> None:
    reason = write(tmp_path, f"{SOURCE}\n\ndef fourth():\n    return 4\n", shards, CoverageNote())
    assert reason == OTHER_FIGURES
    assert not (tmp_path / "coverage").exists()


def test_data_that_coverage_passes_over_make_no_report(shards: list[ShardFolder], tmp_path: Path) -> None:
    (shards[1].folder / "shard" / "coverage.data").write_bytes(b"no database")
    assert write(tmp_path, SOURCE, shards, CoverageNote()) == OTHER_FIGURES
    assert not (tmp_path / "coverage").exists()


def test_without_a_checkout_there_is_no_report(shards: list[ShardFolder], tmp_path: Path) -> None:
    assert write(tmp_path, None, shards, CoverageNote()) == "the sources are not checked out here"
