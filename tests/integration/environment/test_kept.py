"""An installation is made once, shared, and never taken for whole when it is not."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from gate.ports import CannotRun, ProjectEnvironment
from tests.integration.environment.place import PROJECT, SIX, SOURCES, Place

pytestmark = pytest.mark.integration

# A backend of the project's own, which writes a file of the version as hatch-vcs and setuptools-scm do.
BUILT_WITH_A_VERSION_FILE = '[build-system]\nrequires = ["uv_build"]\nbuild-backend = "backend"\nbackend-path = ["."]\n'
BACKEND = """\
from pathlib import Path
from uv_build import *
from uv_build import build_editable as of_uv


def build_editable(*arguments, **options):
    Path("src/demo/_version.py").write_text("VERSION = 1")
    return of_uv(*arguments, **options)
"""


def test_everybody_who_asks_gets_the_same_answer_and_one_installation(place: Place) -> None:
    place.write({"requirements.txt": SIX})
    environments = place.environments()
    failing = place.environments("exit 7")

    async def asked() -> tuple[list[ProjectEnvironment], list[BaseException | ProjectEnvironment]]:
        good = await asyncio.gather(*(environments.ready() for _ in range(3)))
        bad = await asyncio.gather(*(failing.ready() for _ in range(3)), return_exceptions=True)
        return good, bad

    good, bad = asyncio.run(asked())

    assert good[0] is good[1] is good[2]
    assert place.processes.times("pip install -r") == place.processes.times("requirements.txt") == 1
    assert isinstance(bad[0], CannotRun)
    assert bad[0] is bad[1] is bad[2]
    assert place.processes.times("exit 7") == 1


def test_a_later_run_uses_it_again_until_something_changes(place: Place) -> None:
    place.write({"requirements.txt": "-r more.txt", "more.txt": SIX})
    first = place.ready()
    again = place.ready()
    place.write({"more.txt": "six==1.16.0"})
    changed = place.ready()

    assert first == again
    assert place.processes.times("requirements.txt") == 2
    assert changed.python != first.python
    assert changed.packages["six"] == "1.16.0"


def test_a_fresh_checkout_gets_back_what_the_build_had_made_in_it(place: Place) -> None:
    place.write(SOURCES | {"pyproject.toml": PROJECT + BUILT_WITH_A_VERSION_FILE, "backend.py": BACKEND})
    first = place.ready(files=("src/demo/__init__.py",))
    again = place.ready(files=("src/demo/__init__.py",))
    (place.folder / "src" / "demo" / "_version.py").unlink()  # as another clone in the same folder has none
    fresh = place.ready(files=("src/demo/__init__.py",))

    assert first == again
    assert (place.folder / "src" / "demo" / "_version.py").read_text() == "VERSION = 1"
    assert fresh.python != first.python


def test_two_runs_side_by_side_share_one_installation(place: Place) -> None:
    place.write({"requirements.txt": SIX})
    runs = [place.environments(), place.environments()]

    async def both() -> list[ProjectEnvironment]:
        return await asyncio.gather(*(run.ready() for run in runs))

    first, second = asyncio.run(both())

    assert first == second
    assert place.processes.times("requirements.txt") == 1


KILLED = """
import asyncio, json, os, sys
from pathlib import Path
from gate.adapters.environment import ProjectEnvironments
from gate.adapters.processes import ProcessRunner
from gate.config.model import Config
from gate.domain.project import Project
root, kept, log, install = sys.argv[1:]
environments = ProjectEnvironments(
    ProcessRunner(), project=Project(root=Path(root), folder=Path(root), files=()), config=Config(install=install),
    environment=dict(os.environ), folder=Path(kept), log=Path(log),
)
asyncio.run(environments.ready())
"""


def wait_until(holds: Callable[[], bool]) -> None:
    while not holds():  # the test's own timeout ends this
        time.sleep(0.02)


def test_a_killed_installation_is_never_taken_for_ready(place: Place) -> None:
    reached = place.root / "reached"
    install = f"touch '{reached}'; test -e go-on || sleep 60"
    arguments = [str(place.root), str(place.kept), str(place.log), install]
    killed = subprocess.Popen([sys.executable, "-c", KILLED, *arguments], env=place.environment)
    wait_until(reached.exists)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    [left_behind] = [path for path in place.kept.glob("environments/*/*") if path.is_dir()]
    place.write({"go-on": ""})

    environment = place.ready(install)

    assert left_behind not in environment.python.parents
    assert not left_behind.exists()
    assert "pytest" in environment.packages


def test_what_is_cancelled_leaves_nothing_and_can_be_asked_again(place: Place) -> None:
    environments = place.environments("touch reached; test -e go-on || sleep 60")

    async def cancelled_then_asked() -> ProjectEnvironment:
        first = asyncio.create_task(environments.ready())
        await asyncio.to_thread(wait_until, (place.root / "reached").exists)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        assert [path for path in place.kept.glob("environments/*/*") if path.is_dir()] == []
        (place.root / "go-on").touch()
        return await environments.ready()

    assert "pytest" in asyncio.run(cancelled_then_asked()).packages
