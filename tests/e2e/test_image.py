"""The image, built by a real engine: the same report as the command's, whoever runs it, and nothing for the change.

The tests share what is slow to make, and a worker (`tests/testbed/one_engine.py`).
"""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.service import ROOT, SMALL, Service, tell
from tests.fakes.github_api import FakeGitHub
from tests.testbed.docker_engine import DockerEngine
from tests.testbed.repositories import Repository, working_copy

pytestmark = pytest.mark.e2e

COMMAND = Path(sys.prefix) / "bin" / "quality-gate"
TAG = yaml.safe_load((ROOT / "docker" / "action.yml").read_text("utf-8"))["runs"]["image"].removeprefix("docker://")
PLANT = runpy.run_path(str(ROOT / "tests" / "samples" / "faults" / "plant.py"), run_name="plant")
FAULTS: dict[str, Any] = PLANT["FAULTS"]
# A user that the image has no name for; files that it owns are what a caller's checkout is made of.
CALLER = 1001
ROOT_FOLDER, CALLERS_FOLDER = 0, CALLER
AS_CALLER = ("--user", f"{CALLER}:{CALLER}")
READ_ONLY = ("--read-only", "--tmpfs", "/tmp")
SUITES = ("--gates", "unit-tests,integration-tests")
ONE_TEST = (
    *("--gates", "unit-tests", "--set", "unit-tests.paths=tests/unit/test_planted.py"),
    *("--set", "timeout=25"),
)
# Who owns the folder, what `docker run` is told, what is planted, and what the command is told.
WAYS: tuple[tuple[int, tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    (CALLERS_FOLDER, (), (), ("--gates", "lint,integration-tests,access-review")),
    (
        CALLERS_FOLDER,
        (*AS_CALLER, *READ_ONLY),
        ("unused-import", "failing-unit-test", "fails-on-postgresql", "untested-error-path"),
        (),
    ),
    (ROOT_FOLDER, READ_ONLY, ("not-collected", "broken-migration"), SUITES),
    (ROOT_FOLDER, (), ("pytest-killed", "no-tests"), SUITES),
    (CALLERS_FOLDER, AS_CALLER, ("hang",), ONE_TEST),
)
_OF_THE_MACHINE = re.compile(r"PIP_.*|UV_.*|SSL_CERT_.*|REQUESTS_CA_BUNDLE|.*_PROXY", re.IGNORECASE)
# Where the checkout, the project's environment and what is thrown away lie, the Python that the machine has, when it was
# and how long it took, and where pytest breaks a line for that.
_ASIDE = (
    (r"[^\s\"'(]*/quality-gate/environments/\w+/\w+", "ENVIRONMENT"),
    (r"/var/lib/quality-gate/[\w-]+/checkout|/[\w/-]+/same\b|/workspace\b", "CHECKOUT"),
    (r"/tmp/quality-gate-\w+", "SCRATCH"),
    (r"[^\s\"'(]*/lib/python3\.\d+/([\w/]+\.py)(\", line |:)\d+", r"PYTHON/\1"),
    (r"Python 3\.\d+\.\d+", "PYTHON"),
    (r"0x[0-9a-f]+", "ADDRESS"),
    (r"\b[0-9.]+ ?s\b", "SECONDS"),
    (r"={3,}|-{3,}|_{3,}", "==="),
)
_TIMES = re.compile(r"started_at|.*(seconds|duration).*")


@pytest.fixture(scope="session")
def image(docker_engine: DockerEngine, runner_image: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The image's tag. Its base is what the machine has, with its ways to the package index."""
    context = tmp_path_factory.mktemp("base")
    lines = [f"FROM {runner_image}"]
    for name, value in os.environ.items():
        if not _OF_THE_MACHINE.fullmatch(name) or Path(value).is_dir():
            continue
        if Path(value).is_file():
            shutil.copy(value, context / Path(value).name)
            lines.append(f"COPY {Path(value).name} {value}")
        lines.append(f"ENV {name}={json.dumps(value)}")
    (context / "Dockerfile").write_text("\n".join(lines))
    docker_engine.docker("build", "--tag", "local/image-base:1", str(context))
    sources = working_copy(ROOT, tmp_path_factory.mktemp("sources"))
    arguments = {"BASE": "local/image-base:1", "VERSION": "1.2.3", "REVISION": "0" * 40}
    given = [word for name, value in arguments.items() for word in ("--build-arg", f"{name}={value}")]
    docker_engine.docker("build", "--network", "host", *given, "--tag", TAG, str(sources), timeout=280)
    return TAG


@dataclass(frozen=True)
class Ended:
    """A container that has ended."""

    status: int
    log: str


class Containers:
    """Containers of the image on a folder; what they download is kept for the next."""

    def __init__(self, engine: DockerEngine, image: str, cache: Path) -> None:
        self.engine = engine
        self._image = image
        self._cache = cache

    def start(self, stack: ExitStack, folder: Path, *words: str, options: tuple[str, ...] = (), **env: str) -> str:
        mounts = ("--volume", f"{folder}:/workspace", "--volume", f"{self._cache}:/packages", "--network", "host")
        environment = {"UV_CACHE_DIR": "/packages", **env}
        return stack.enter_context(
            self.engine.container(self._image, *words, environment=environment, options=(*mounts, *options))
        )

    def end(self, container: str) -> Ended:
        status = int(self.engine.docker("wait", container, timeout=240))
        return Ended(status, self.engine.docker("logs", container))

    def run(self, folder: Path, *words: str, options: tuple[str, ...] = (), **env: str) -> Ended:
        with ExitStack() as stack:
            return self.end(self.start(stack, folder, *words, options=options, **env))


@pytest.fixture(scope="session")
def containers(docker_engine: DockerEngine, image: str, tmp_path_factory: pytest.TempPathFactory) -> Containers:
    cache = tmp_path_factory.mktemp("packages")
    os.chown(cache, CALLER, CALLER)
    return Containers(docker_engine, image, cache)


def owned(folder: Path, owner: int) -> Path:
    """Give the folder with all that is in it to a user."""
    for path in (folder, *folder.rglob("*")):
        os.chown(path, owner, owner, follow_symlinks=False)
    return folder


def owners(folder: Path) -> set[int]:
    return {path.lstat().st_uid for path in (folder, *folder.rglob("*"))}


def report_of(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "report.json").read_text("utf-8"))
    return report


def plain(value: Any) -> Any:
    """All but what is to be left aside."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items() if not _TIMES.fullmatch(name)}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, str):
        for pattern, written in _ASIDE:
            value = re.sub(pattern, written, value)
    return value


def differences(one: Any, other: Any, at: str = "") -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted({*one, *other}):
            yield from differences(one.get(name), other.get(name), f"{at}.{name}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, pair in enumerate(zip(one, other, strict=True)):
            yield from differences(*pair, f"{at}[{index}]")
    elif one != other:
        yield f"{at}: {one!r} is not {other!r}"


def comparable(report: dict[str, Any]) -> dict[str, Any]:
    """All that must not depend on where the gates ran."""
    notices = [one for one in report["notices"] if one != "PostgreSQL: the local server is not installed; passed over"]
    tools = {name: version for name, version in report["tool_versions"].items() if name != "python"}
    return dict(plain({**report, "notices": notices, "tool_versions": tools}))


@pytest.mark.parametrize(("owner", "options", "names", "words"), WAYS, ids=range(len(WAYS)))
def test_each_fault_is_red_nothing_else_is_and_the_report_is_that_of_the_command(
    owner: int,
    options: tuple[str, ...],
    names: tuple[str, ...],
    words: tuple[str, ...],
    containers: Containers,
    tmp_path: Path,
) -> None:
    folder = working_copy(ROOT / "sample_service", tmp_path / "workspace")
    faults = [PLANT["plant"](name, folder) for name in names]
    before = owned(folder, owner)
    same = Path(shutil.copytree(folder, tmp_path / "same"))
    with ExitStack() as stack:
        container = containers.start(stack, folder, "run", *words, options=options)
        command = [COMMAND, "run", "--postgres", "embedded", *words]
        environment = _environment(tmp_path)
        done = subprocess.run(command, env=environment, cwd=same, capture_output=True, timeout=240, check=False)
        ended = containers.end(container)
    assert ended.status == done.returncode, ended.log
    report = report_of(folder / "quality-gate-report")
    assert [*differences(comparable(report), comparable(report_of(same / "quality-gate-report")))] == []
    outcomes = {result["gate"]: result["outcome"] for result in report["results"]}
    assert {fault.gate: fault.outcome for fault in faults}.items() <= outcomes.items()
    assert faults or (ended.status, set(outcomes.values())) == (0, {"passed"}), ended.log
    assert faults or report["tool_versions"]["postgresql"]
    assert owners(before) == {owner}


def _environment(folder: Path) -> dict[str, str]:
    foreign = (
        "GITHUB_",
        "RUNNER_",
        "ACTIONS_",
        "INPUT_",
        "QUALITY_GATE_",
        "PG",
        "DATABASE_URL",
        "CI",
        "PYTEST",
        "COVERAGE",
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    cache = os.environ.get("UV_CACHE_DIR") or str(
        Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "uv"
    )
    return kept | {"XDG_CACHE_HOME": str(folder / "cache"), "UV_CACHE_DIR": cache}


def test_every_fault_is_planted_once() -> None:
    assert sorted(name for _, _, names, _ in WAYS for name in names) == sorted(FAULTS)


SPY = """
import json
import os
import pathlib
import shutil
import time


def readable(path):
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""


def test_spy():
    seen = "".join(readable(path) for path in pathlib.Path("/proc").glob("[0-9]*/environ"))
    spied = {
        "seen": seen + json.dumps(dict(os.environ)),
        "uid": os.getuid(),
        "groups": os.getgroups(),
        "status": readable(pathlib.Path("/proc/self/status")),
        "programs": [name for name in ("gcc", "cc", "make", "ld", "curl", "sudo") if shutil.which(name)],
    }
    pathlib.Path("spied.json").write_text(json.dumps(spied))


def test_that_hangs():
    pathlib.Path("hanging").touch()
    time.sleep(3600)
"""


@pytest.mark.parametrize("options", [(), AS_CALLER], ids=["root", "caller"])
def test_a_run_that_is_stopped_leaves_its_report_and_its_tests_have_seen_no_token(
    options: tuple[str, ...], containers: Containers, tmp_path: Path
) -> None:
    folder = Repository(tmp_path / "workspace").folder
    for name, text in {**SMALL, "tests/test_spy.py": SPY}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    owned(folder, CALLER)
    secrets = {"GITHUB_TOKEN": "a-very-secret-word", "OTHER": "Bearer a-very-secret-word"}
    with ExitStack() as stack:
        container = containers.start(stack, folder, options=options, CANARY="is-shown", **secrets)
        _wait_for(folder / "hanging", lambda: containers.engine.docker("logs", container))
        containers.engine.docker("stop", container)
        ended = containers.end(container)
    assert ended.status == 130, ended.log
    report = report_of(folder / "quality-gate-report")
    assert report["verdict"] == "errored"
    assert {result["gate"]: result["outcome"] for result in report["results"]}["unit-tests"] == "errored"
    assert owners(folder) == {CALLER}
    spied = json.loads((folder / "spied.json").read_text())
    assert "is-shown" in spied["seen"]
    assert "a-very-secret-word" not in spied["seen"]
    # Docker itself makes the group of `--user` one of these.
    assert set(spied["groups"]) <= ({CALLER} if options else set())
    assert (spied["uid"], spied["programs"]) == (CALLER, [])
    assert options or re.search(r"NoNewPrivs:\s1", spied["status"])
    assert re.search(r"CapEff:\s0{16}", spied["status"])


def _wait_for(path: Path, log: Callable[[], str]) -> None:
    until = time.monotonic() + 120
    while not path.exists():
        assert time.monotonic() < until, log()
        time.sleep(0.1)


def test_arguments_are_passed_on_and_what_is_written_is_the_callers(containers: Containers, tmp_path: Path) -> None:
    folder = tmp_path / "workspace"
    folder.mkdir()
    (folder / "requirements.txt").touch()
    (folder / "app.py").write_text("import json\n")
    owned(folder, CALLER)
    version = containers.run(folder, "--version")
    assert (version.status, version.log.split()[0]) == (0, "quality-gate")
    assert containers.run(folder, "init", "--no-run").status == 0
    assert (folder / ".github" / "workflows").is_dir()
    linted = containers.run(folder, "run", "--gates", "lint")
    assert linted.status == 1, linted.log
    assert [one["rule_id"] for one in report_of(folder / "quality-gate-report")["results"][0]["findings"]] == ["F401"]
    assert owners(folder) == {CALLER}


def test_a_report_folder_that_the_change_made_a_link_is_not_written_through(
    containers: Containers, tmp_path: Path
) -> None:
    folder = tmp_path / "workspace"
    folder.mkdir()
    (folder / "elsewhere").mkdir()
    (folder / "quality-gate-report").symlink_to("elsewhere")
    ended = containers.run(folder)
    assert ended.status == 3
    assert [*(folder / "elsewhere").iterdir()] == []


def test_it_is_labelled_and_has_no_user_of_its_own(docker_engine: DockerEngine, image: str) -> None:
    [inspected] = json.loads(docker_engine.docker("image", "inspect", image))
    labels = inspected["Config"]["Labels"]
    assert labels["org.opencontainers.image.version"] == "1.2.3"
    assert labels["org.opencontainers.image.revision"] == "0" * 40
    assert inspected["Config"]["User"] == ""
    assert "Healthcheck" not in inspected["Config"]
    base = int(docker_engine.docker("image", "inspect", "--format", "{{.Size}}", "local/image-base:1"))
    print(f"the image is {(inspected['Size'] - base) / 1e6:.0f} MB larger than its base")
    assert inspected["Size"] - base < 200e6


def test_the_example_of_the_docker_action(
    service: Service, github: FakeGitHub, image: str, docker_engine: DockerEngine, runner_image: str
) -> None:
    """act hands the container a workspace that is root's: the gates run on a copy."""
    example = yaml.safe_load((ROOT / "examples" / "docker.yml").read_text("utf-8"))
    example["on"] = example.pop(True)  # as YAML 1.1 reads it
    example["jobs"]["quality-gate"]["steps"] += [
        tell(verdict="${{ steps.gate.outputs.verdict }}", path="${{ steps.gate.outputs.report-path }}")
    ]
    wrong = "import os\n\n\ndef test_wrong():\n    print(dict(os.environ))\n    assert 'TOKEN' not in str(os.environ)\n"
    files = {**SMALL, "tests/test_wrong.py": wrong + "    assert len(os.environ) == 0\n"}
    service.push({**files, ".github/workflows/gate.yml": yaml.safe_dump(example, sort_keys=False)})
    ran = service.run(image=runner_image, docker_host=docker_engine.host)
    assert ran.exit_code == 1, ran.log
    told = ran.outputs["Quality Gate"]["after"]
    assert told == {"verdict": "failed", "path": "quality-gate-report/report.json"}, ran.log
    report = json.loads(ran.artifacts["quality-gate-report"]["report.json"])
    outcomes = {result["gate"]: result["outcome"] for result in report["results"]}
    assert outcomes["unit-tests"] == "failed", ran.log
    assert report["subject"]["pull_request"] == 7
    [body] = github.bodies()
    assert "test_wrong.py" in body
    [summary] = ran.summaries["Quality Gate"]
    assert "1 of 2 failed" in summary
    assert [one.properties["file"] for one in ran.annotations if one.level == "error"] == ["tests/test_wrong.py"]


def test_the_example_for_gitlab(containers: Containers, tmp_path: Path) -> None:
    """Its script as GitLab runs it: in a checkout that is root's and anybody may write to."""
    job = yaml.safe_load((ROOT / "examples" / "gitlab-ci.yml").read_text("utf-8"))["quality-gate"]
    assert job["image"]["name"] == TAG
    folder = tmp_path / "workspace"
    for name, text in SMALL.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    folder.chmod(0o777)
    options = ("--entrypoint", "sh")
    ended = containers.run(folder, "-ec", "\n".join(job["script"]), options=options, CI="true", CI_JOB_TOKEN="x")
    assert ended.status == 0, ended.log
    for kept in (
        *job["artifacts"]["paths"],
        job["artifacts"]["reports"]["junit"],
        job["artifacts"]["reports"]["coverage_report"]["path"],
    ):
        assert [*folder.glob(kept)]
