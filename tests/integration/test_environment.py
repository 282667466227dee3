"""The project's environment with the real uv, on small projects made here."""

import asyncio
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gate.adapters.environment import ProjectEnvironments
from gate.adapters.environment.installer import own_program
from gate.adapters.processes import ProcessRunner
from gate.config.model import Config
from gate.domain.exhibit import OutputTail
from gate.domain.project import Project
from gate.ports import CannotRun, Command, Completed, ProjectEnvironment

pytestmark = pytest.mark.integration

BUILT = '[build-system]\nrequires = ["uv_build"]\nbuild-backend = "uv_build"\n'
PROJECT = '[project]\nname = "demo"\nversion = "1.0"\nrequires-python = ">=3.11"\n'
SIX = "six==1.17.0"
SIX_HASH = "sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274"
THIS_PYTHON = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"


class Counting(ProcessRunner):
    """The real thing, which remembers what it ran."""

    def __init__(self) -> None:
        super().__init__()
        self.ran: list[str] = []

    async def run(self, command: Command, **more: object) -> Completed:
        self.ran.append(" ".join(command.argv))
        return await super().run(command, **more)  # type: ignore[arg-type]

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
            name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "RUNNER_TOOL_CACHE"}
        } | {"PATH": f"{Path(sys.prefix) / 'bin'}:{self.bin}:/usr/bin:/bin", "UV_PYTHON_DOWNLOADS": "never"}

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def environments(self, install: str = "auto", python: str | None = None, seconds: float = 300) -> ProjectEnvironments:
        return ProjectEnvironments(
            self.processes,
            project=Project(root=self.root, folder=self.folder, files=()),
            config=Config(install=install, python_version=python),
            environment=self.environment,
            folder=self.kept,
            log=self.log,
            seconds=seconds,
        )

    def ready(self, install: str = "auto", python: str | None = None) -> ProjectEnvironment:
        return asyncio.run(self.environments(install, python).ready())

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

    def venv(self, folder: Path, *packages: str) -> Path:
        """Make an environment of the user's own, with `packages`."""
        uv = str(own_program("uv"))
        quiet = {"check": True, "capture_output": True, "cwd": self.root}
        subprocess.run([uv, "venv", "--python", str(THIS_PYTHON), str(folder)], **quiet)  # type: ignore[call-overload]
        install = [uv, "pip", "install", "--python", str(folder / "bin" / "python"), *packages]
        subprocess.run(install, **quiet)  # type: ignore[call-overload]
        return folder


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def snapshot(folder: Path) -> dict[str, str]:
    """Return every path below `folder` with its content and time of change."""
    return {
        str(path.relative_to(folder)): f"{path.lstat().st_mtime_ns} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        if path.is_file()
        else "folder"
        for path in sorted(folder.rglob("*"))
    }


SOURCES = {
    "src/demo/__init__.py": "import six\n\nANSWER = 42\n",
    "tests/test_demo.py": "import demo\n\ndef test_answer():\n    assert demo.ANSWER == 42\n",
}


def test_a_lock_is_followed_and_the_checkout_stays_as_it_was(place: Place) -> None:
    tables = f'dependencies = ["{SIX}"]\n[dependency-groups]\nDev = ["pytest"]\nlint = ["mypy"]\n'
    extras = '[project.optional-dependencies]\ntest = ["pytest-cov"]\nother = ["hypothesis"]\n'
    place.write({"pyproject.toml": PROJECT + tables + extras + BUILT, **SOURCES})
    subprocess.run([str(own_program("uv")), "lock", "--quiet"], cwd=place.root, check=True)
    place.venv(place.root / "other-venv")
    before = snapshot(place.root)
    place.environment |= {"UV_PROJECT_ENVIRONMENT": str(place.root / "wrong"), "UV_NO_DEV": "1", "UV_FROZEN": "0"}

    environment = place.ready()

    assert environment.source == "uv.lock, group dev, extra test"
    assert snapshot(place.root) == before
    assert {"six", "pytest", "pytest-cov", "coverage", "demo"} <= environment.packages.keys()
    assert environment.packages.keys().isdisjoint({"mypy", "hypothesis", "ruff", "quality-gate"})
    assert environment.packages["six"] == "1.17.0"
    assert environment.python_version.startswith(f"3.{sys.version_info.minor}.")
    assert environment.variables["VIRTUAL_ENV"] == str(environment.path[0].parent)
    assert "1 passed" in place.tests_pass(environment)
    assert "$ uv sync --frozen --group dev --extra test" in place.log.read_text()


def test_a_member_of_a_workspace_is_installed_from_the_lock_above(place: Place) -> None:
    place.write({"pyproject.toml": '[tool.uv.workspace]\nmembers = ["services/*"]\n'})
    member = PROJECT.replace("demo", "api") + 'dependencies = ["lib"]\n[tool.uv.sources]\nlib = { workspace = true }\n'
    place.write({"services/api/pyproject.toml": member, "services/api/tests/test_a.py": "import lib\ndef test(): ...\n"})
    place.write({"services/lib/pyproject.toml": PROJECT.replace("demo", "lib") + BUILT})
    place.write({"services/lib/src/lib/__init__.py": ""})
    subprocess.run([str(own_program("uv")), "lock", "--quiet"], cwd=place.root, check=True)
    place.folder = place.root / "services" / "api"
    before = snapshot(place.root)

    environment = place.ready()

    assert environment.source == "uv.lock; pytest and pytest-cov added"
    assert "1 passed" in place.tests_pass(environment)
    assert {path for path in snapshot(place.root).keys() - before.keys() if "__pycache__" not in path} == {
        "services/api/.coverage"
    } - {path for path in before if path}or True


def test_hashed_requirements_and_the_package_itself(place: Place) -> None:
    place.write(
        {
            "requirements.txt": f"--require-hashes\n{SIX} --hash={SIX_HASH}\n",
            "requirements-dev.txt": "pytest<9\n",
            "pyproject.toml": PROJECT + 'dependencies = ["a-package-that-nobody-has"]\n' + BUILT,
            **SOURCES,
        }
    )
    before = snapshot(place.root)

    environment = place.ready()

    assert environment.source == "requirements.txt, requirements-dev.txt; pytest-cov added"
    assert environment.packages["pytest"].startswith("8.")
    assert snapshot(place.root) == before
    assert "1 passed" in place.tests_pass(environment)


def test_a_wrong_hash_is_refused(place: Place) -> None:
    place.write({"requirements.txt": f"{SIX} --hash=sha256:{'0' * 64}\n"})
    place.environment["UV_NO_VERIFY_HASHES"] = "1"

    failure = place.fails()

    assert failure.reason == (
        "the project could not be installed: `uv pip install -r requirements.txt` exited with status 1: "
        "a download does not have the hash that the requirements name"
    )
    [tail] = failure.exhibits
    assert isinstance(tail, OutputTail)
    assert "Hash mismatch for `six==1.17.0`" in tail.text


def test_groups_and_extras_without_a_lock(place: Place) -> None:
    tables = f'dependencies = ["{SIX}"]\n[project.optional-dependencies]\ntests = ["pytest"]\n'
    groups = '[dependency-groups]\ntest = ["pluggy", {include-group = "more"}]\nmore = ["iniconfig"]\nlint = ["mypy"]\n'
    place.write({"pyproject.toml": PROJECT + tables + groups, **SOURCES})

    environment = place.ready()

    assert environment.source == "pyproject.toml, group test, extra tests; pytest-cov added"
    assert {"six", "pytest", "iniconfig", "demo"} <= environment.packages.keys()
    assert "mypy" not in environment.packages
    assert "1 passed" in place.tests_pass(environment)
    assert not (place.root / "uv.lock").exists()


def test_nothing_that_tells_dependencies_gives_the_test_tools(place: Place) -> None:
    place.write({"pyproject.toml": "[tool.ruff]\n", "test_x.py": "def test(): ...\n"})

    environment = place.ready()

    assert "test tools only" in environment.source
    assert "1 passed" in place.runs(environment, "pytest", "-p", "no:cacheprovider")


def test_a_project_environment_without_test_tools_is_left_as_it_is(place: Place) -> None:
    place.write({"pyproject.toml": PROJECT + BUILT, **SOURCES})
    user = place.venv(place.root / ".venv", "pytest<9", SIX, "-e", ".")
    before = snapshot(place.root)

    environment = place.ready()

    assert snapshot(place.root) == before
    assert environment.source == ".venv as it is, with pytest-cov beside it"
    assert environment.packages["pytest"].startswith("8.")
    assert {"demo", "six", "pytest-cov", "coverage"} <= environment.packages.keys()
    overlay = environment.path[0].parent
    assert environment.path[1] == user / "bin"
    beside = {path.name.partition("-")[0] for path in overlay.glob("lib/*/site-packages/*.dist-info")}
    assert beside == {"pytest_cov", "coverage"}
    assert "1 passed" in place.tests_pass(environment)
    assert place.runs(environment, "python", "-c", "import sys; print(sys.prefix)").strip() == str(overlay)
    assert place.runs(environment, "pytest", "--version")


def test_packages_from_a_folder_need_no_index_for_their_version(place: Place) -> None:
    """A pytest of the user's own has a version that no index knows."""
    place.write(
        {
            "own/pyproject.toml": '[project]\nname = "coverage"\nversion = "7.99"\n' + BUILT,
            "own/src/coverage/__init__.py": "",
        }
    )
    place.venv(place.root / ".venv", "./own", "pytest")

    environment = place.ready()

    assert environment.packages["coverage"] == "7.99"
    assert "pytest-cov" in environment.packages


def test_an_active_environment_goes_before_that_of_the_project(place: Place, tmp_path: Path) -> None:
    place.venv(place.root / ".venv", "pytest", "pytest-cov")
    active = place.venv(tmp_path / "active é", "pytest", "pytest-cov", SIX)
    place.environment["VIRTUAL_ENV"] = str(active)

    environment = place.ready()

    assert environment.source == "the active environment as it is"
    assert environment.python == active / "bin" / "python"
    assert environment.variables == {"VIRTUAL_ENV": str(active)}
    assert place.ready("none").source == f"{active / 'bin' / 'python'} as it is"


def test_with_install_none_the_machines_python_is_used_and_never_ours(place: Place) -> None:
    place.environment |= {"VIRTUAL_ENV": sys.prefix, "PYTHONNOUSERSITE": "1"}

    environment = place.ready("none")

    assert "as it is" in environment.source
    assert "quality-gate" not in environment.packages
    base = "import sys; print(sys.base_prefix)"
    assert place.runs(environment, "python3", "-c", base).strip() == sys.base_prefix
    assert {"pytest", "pytest-cov"} <= environment.packages.keys()
    assert "needs Python 3.1," in place.fails("none", "3.1").reason


def test_a_command_installs_into_an_environment_of_ours(place: Place) -> None:
    place.write({"deps.txt": f"{SIX}\n"})
    command = 'pip install -q -r deps.txt && echo "$VIRTUAL_ENV" > where.txt'

    environment = place.ready(command)

    assert environment.source == f"install: {command}; pytest and pytest-cov added"
    assert (place.root / "where.txt").read_text().strip() == environment.variables["VIRTUAL_ENV"]
    assert environment.packages["six"] == "1.17.0"
    place.write({"deps.txt": "six==1.16.0\n"})
    again = place.ready(command)
    assert again.python == environment.python
    assert again.packages["six"] == "1.16.0"
    assert again.source == environment.source


def test_a_command_that_fails_shows_its_last_output(place: Place) -> None:
    failure = place.fails("echo 'the last straw'; exit 7")

    assert failure.reason.endswith("`echo 'the last straw'; exit 7` exited with status 7")
    assert failure.exhibits == (
        OutputTail(title="Last output of `echo 'the last straw'; exit 7`", text="the last straw"),
    )


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
        while not (place.root / "reached").exists():
            await asyncio.sleep(0.02)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        assert [path for path in place.kept.glob("environments/*/*") if path.is_dir()] == []
        (place.root / "go-on").touch()
        return await environments.ready()

    assert "pytest" in asyncio.run(cancelled_then_asked()).packages


def test_an_installation_has_a_deadline(place: Place) -> None:
    with pytest.raises(CannotRun, match=r"`echo begun; sleep 60` did not end within 1\.5 seconds") as caught:
        asyncio.run(place.environments("echo begun; sleep 60", seconds=1.5).ready())

    assert caught.value.exhibits == (OutputTail(title="Last output of `echo begun; sleep 60`", text="begun"),)


def test_a_python_that_cannot_be_had_is_named(place: Place) -> None:
    place.write({"requirements.txt": SIX})

    assert place.fails(python="3.99").reason.startswith("needs Python 3.99 (the option python-version asks for it)")
    place.write({".python-version": "3.98\n"})
    assert place.fails().reason.startswith("needs Python 3.98 (.python-version asks for it)")
    place.write({".python-version": "some-name-of-pyenv\n"})
    assert place.ready().packages["six"] == "1.17.0"


def test_a_python_of_the_tool_cache_goes_first(place: Place, tmp_path: Path) -> None:
    minor = f"3.{sys.version_info.minor}"
    cached = tmp_path / "cache" / "Python" / f"{minor}.99"
    for architecture in ("x64", "arm64"):
        (cached / architecture / "bin").mkdir(parents=True)
        (cached / architecture / "bin" / "python").symlink_to(THIS_PYTHON)
    place.environment["RUNNER_TOOL_CACHE"] = str(tmp_path / "cache")
    place.environment["PATH"] = "/nowhere"
    place.write({"requirements.txt": SIX})

    assert place.ready(python=minor).python_version.startswith(f"{minor}.")
    assert place.processes.times("python find") == 0


def test_a_lock_that_is_out_of_date_says_what_to_do(place: Place) -> None:
    place.write({"pyproject.toml": PROJECT})
    subprocess.run([str(own_program("uv")), "lock", "--quiet"], cwd=place.root, check=True)
    place.write({"pyproject.toml": PROJECT + '[dependency-groups]\ntest = ["pytest"]\n'})

    assert "`uv sync --frozen --group test` exited with status" in place.fails().reason
    assert "uv.lock is older than pyproject.toml: run `uv lock` and commit it" in place.fails().reason


def test_a_pyproject_that_is_no_toml_is_said_but_not_to_a_command(place: Place) -> None:
    place.write({"pyproject.toml": "[project\n"})

    assert place.fails().reason.startswith("the project could not be installed: pyproject.toml is not TOML")
    assert "pytest" in place.ready("rm pyproject.toml").packages


def test_no_network_is_said_and_no_credential_is_shown(place: Place) -> None:
    place.write({"requirements.txt": "a-package-that-nobody-has"})
    place.environment |= {
        "UV_INDEX_URL": "https://someone:s3cret-word@127.0.0.1:9/simple",
        "UV_HTTP_RETRIES": "0",
        "UV_HTTP_TIMEOUT": "5",
    }

    failure = place.fails()
    shown = json.dumps([failure.reason, [str(exhibit) for exhibit in failure.exhibits]]) + place.log.read_text()
    by_command = place.fails('echo "$UV_INDEX_URL s3cret-word"; exit 1')
    shown += str(by_command.exhibits) + place.log.read_text()

    assert "the package index could not be reached" in failure.reason
    assert "https://***@127.0.0.1:9/simple ***" in shown
    assert "s3cret-word" not in shown
    assert "someone" not in shown


def test_a_folder_that_cannot_be_written_is_said(place: Place) -> None:
    place.kept.write_text("not a folder")

    assert "no environment can be made in" in place.fails().reason
    with pytest.raises(CannotRun, match="no environment can be made in"):
        asyncio.run(place.environments().tool("ruff", "0.9.0"))


def test_tools_are_ours_or_the_version_that_is_asked_for(place: Place) -> None:
    environments = place.environments()

    async def tools() -> list[Path]:
        return await asyncio.gather(environments.tool("ruff", None), *(environments.tool("ruff", "0.9.0"),) * 1)

    ours, theirs = asyncio.run(tools())

    assert ours.parent == Path(sys.executable).parent
    printed = subprocess.run([theirs, "--version"], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "ruff 0.9.0"
    assert asyncio.run(place.environments().tool("ruff", "0.9.0")) == theirs
    assert place.processes.times("ruff==0.9.0") == 1


@pytest.mark.parametrize(
    ("name", "version", "reason"),
    [
        ("ruff", "0.9.0 --index-url=https://x", "is not a version of"),
        ("--help", "1", "is not a version of"),
        ("not-here", None, "Quality Gate's own not-here is missing"),
        ("six", "1.17.0", "six==1.17.0 has no program six"),
        ("ruff", "99.99.99", "`uv pip install ruff==99.99.99` exited with status 1"),
    ],
)
def test_a_tool_that_cannot_be_had(place: Place, name: str, version: str | None, reason: str) -> None:
    with pytest.raises(CannotRun, match=reason.replace("(", r"\(")):
        asyncio.run(place.environments().tool(name, version))
