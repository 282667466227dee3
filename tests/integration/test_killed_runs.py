"""Runs that are killed: the next one removes what they left, and one that was told to stop has said so before."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from gate.adapters.postgres.cluster import ClusterProvider
from gate.adapters.postgres.installations import folders_of_wheel, folders_on_machine
from gate.adapters.postgres.provider import Machine, Wanted
from gate.adapters.processes import ProcessRunner
from gate.domain.connection import Database, connection_url
from tests.integration.conftest import MakeProject, Project

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="there is a guard on Linux only"),
]

# Tells that it runs, and will not be stopped.
STUBBORN = """
import pathlib, signal, time
def test_stubborn():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pathlib.Path(__file__).with_name("tests-run").touch()
    time.sleep(600)
"""
FILES = {
    "requirements.txt": "",
    "tests/integration/test_it.py": STUBBORN,
    "schema.sql": "CREATE TABLE notes (text text);",
}


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Give a server that outlives all runs."""
    machine = Machine(
        environment=os.environ,
        scratch=tmp_path_factory.mktemp("given"),
        processes=ProcessRunner(),
        say=print,
        notice=print,
    )
    provider = ClusterProvider(
        word="given",
        what="the server of the tests",
        folders=lambda: [*folders_on_machine(os.environ), *folders_of_wheel()],
        wanted=Wanted(setting="local", version=None, in_ci=True),
        machine=machine,
    )
    with asyncio.Runner() as runner:
        server = runner.run(provider.provide())
        yield server.entry
        assert server.stop is not None
        runner.run(_ended(server.stop))


async def _ended(stop: Callable[[], "asyncio.Future[None]"]) -> None:
    await stop()


@pytest.fixture
def scratch() -> Iterator[Path]:
    """Give a folder for temporary files that the account of a server can reach."""
    with tempfile.TemporaryDirectory(prefix="qg") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def wait_for(what: Callable[[], object]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + 60
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def databases_on(server: Database) -> list[str]:
    """Return the names of the databases that runs have made."""
    with psycopg.connect(connection_url(server)) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, 'quality_gate_')")
        return [str(row[0]) for row in rows.fetchall()]


def kill(run: "subprocess.Popen[str]") -> None:
    """Kill a run and wait until all that it started is gone, which its guards see to."""
    family = psutil.Process(run.pid).children(recursive=True)
    run.kill()
    run.communicate()
    assert psutil.wait_procs(family, timeout=60)[1] == []


MOMENTS: dict[str, Callable[[Project, Path, Database], object]] = {
    "while the cluster is made": lambda project, scratch, given: list(scratch.rglob("data/base")),
    "while the schema is made": lambda project, scratch, given: databases_on(given),
    "while the tests run": lambda project, scratch, given: (project.folder / "tests/integration/tests-run").exists(),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_next_run_leaves_nothing_of_one_that_was_killed(
    make_project: MakeProject, given: Database, scratch: Path, moment: str
) -> None:
    project = make_project(FILES)
    on_given = moment != "while the cluster is made"
    postgres = connection_url(given) if on_given else "embedded"
    chosen = ("--gates", "integration-tests", "--postgres", postgres)
    killed = project.start(*chosen, TMPDIR=str(scratch))
    try:
        wait_for(lambda: MOMENTS[moment](project, scratch, given))
    finally:
        kill(killed)
    assert list(scratch.iterdir()) != []
    assert bool(databases_on(given)) == on_given

    project.write({"tests/integration/test_it.py": "def test_quick(): pass"})
    run = project.run(*chosen, TMPDIR=str(scratch))
    assert run.exit_code == 0, run.stderr
    assert list(scratch.iterdir()) == []
    assert databases_on(given) == []
    (told,) = [notice for notice in run.report.notices if "left behind" in notice]
    assert told.startswith("removed what an earlier run left behind when it was killed: the folder quality-gate-")
    assert ("the database quality_gate_" in told) == on_given
    assert list(Path(project.environment["XDG_CACHE_HOME"]).glob("quality-gate/runs/*")) == []


def test_a_neighbour_that_lives_loses_nothing(make_project: MakeProject, given: Database, scratch: Path) -> None:
    project = make_project(FILES)
    chosen = ("--gates", "integration-tests", "--postgres", connection_url(given))
    living = project.start(*chosen, TMPDIR=str(scratch))
    try:
        wait_for((project.folder / "tests/integration/tests-run").exists)
        before = (databases_on(given), sorted(scratch.iterdir()))
        project.write({"tests/integration/test_it.py": "def test_quick(): pass"})
        project.out = project.out.with_name("report-of-neighbour")
        assert project.run(*chosen, TMPDIR=str(scratch)).exit_code == 0
        assert (databases_on(given), sorted(scratch.iterdir())) == before
    finally:
        kill(living)
    project.run(*chosen, TMPDIR=str(scratch))
    assert databases_on(given) == []


def test_a_run_that_is_told_to_stop_and_then_killed_has_said_so(make_project: MakeProject, tmp_path: Path) -> None:
    # As GitHub's runner cancels a step, whose suite does not listen:
    # https://docs.github.com/en/actions/reference/workflow-cancellation-reference
    project = make_project(FILES)
    chosen = ("--gates", "integration-tests", "--postgres", "embedded")
    run = project.start(*chosen, TMPDIR=str(tmp_path))
    try:
        wait_for((project.folder / "tests/integration/tests-run").exists)
        run.send_signal(signal.SIGINT)
        wait_for((project.out / "report.json").exists)
        assert run.poll() is None, "it is killed while it is still cleaning up"
    finally:
        kill(run)
    report = json.loads((project.out / "report.json").read_text())
    assert report["interrupted"] is True
    assert [result["reason"] for result in report["results"]] == ["interrupted by SIGINT"]
    assert "interrupted" in (project.out / "summary.md").read_text()
