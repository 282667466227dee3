"""A service whose pull request 7 uses the action under a real runner. Asserts only that nothing is left behind."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from tests.testbed.docker_engine import DockerEngine
from tests.testbed.events import pull_request_payload
from tests.testbed.repositories import Repository
from tests.testbed.runner import CHECKOUT, Runner
from tests.testbed.workflow_run import WorkflowRun

ROOT = Path(__file__).parents[2]
NAME = "acme/service"
NUMBER = 7
ACTION = "acme/quality-gate@v1"
RELEASED = "OWNER/quality-gate"  # as the examples call it

# Nothing to install but pytest, nothing for PostgreSQL: the quickest project that every gate passes.
SMALL = {
    "requirements.txt": "",
    "app/__init__.py": "",
    "app/prices.py": "def gross(net):\n    return net * 119 // 100\n",
    "tests/test_prices.py": "from app.prices import gross\n\n\ndef test_gross():\n    assert gross(100) == 119\n",
}
FAILING = "\n\ndef test_net():\n    net = gross(0) + 1\n    assert net == 0\n"
FAILING_LINE = 10

# Where pip, uv and their TLS look on this machine: a container on it needs the same.
_OF_THE_MACHINE = re.compile(r"PIP_.*|UV_.*|SSL_CERT_.*|REQUESTS_CA_BUNDLE|NODE_EXTRA_CA_CERTS|.*_PROXY", re.IGNORECASE)

Step = Mapping[str, Any]


def use(step: str = "gate", /, **inputs: str) -> Step:
    """Return the step that uses the action; an underscore in an input's name stands for a dash."""
    given = {name.replace("_", "-"): value for name, value in inputs.items()}
    return {"id": step, "uses": ACTION, **({"with": given} if given else {})}


def tell(step: str = "after", **values: str) -> Step:
    """Return a step that runs whatever happened and repeats expressions as its outputs."""
    told = "".join(
        f'printf \'%s=%s\\n\' {name} "$(tr -d \'\\n\' <<<"${name}")" >> "$GITHUB_OUTPUT"\n' for name in values
    )
    return {"id": step, "if": "always()", "shell": "bash", "env": values, "run": told}


def workflow(*steps: Step, **job: Any) -> str:
    """Return a workflow on pull requests whose only job, `gate`, checks out and then does `steps`."""
    checkout = {"uses": CHECKOUT, "with": {"persist-credentials": False}}
    only = {
        "runs-on": "ubuntu-latest",
        "permissions": {"contents": "read", "pull-requests": "write"},
        **job,
        "steps": [checkout, *steps],
    }
    return yaml.safe_dump({"on": "pull_request", "permissions": {}, "jobs": {"gate": only}}, sort_keys=False)


def files_of(folder: Path, below: str = "") -> dict[str, str | bytes | None]:
    """Return a sample's files, to be committed under `below`."""
    paths = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {f"{below}{path.relative_to(folder).as_posix()}": path.read_bytes() for path in sorted(paths)}


def as_act_knows_it(action: Path) -> Path:
    """Write what act 0.2.89 does not know in another way, in a copy of this repository; the copy.

    `$/path` becomes the name by which a user calls the same file, and `job.services` has no ports there: the service
    container of `gate.yml` is published at 5400 and its version, so that two of them can run at once.
    """
    published = "job.services.postgres.ports['5432']"
    for path in action.rglob("*.yml"):
        text = path.read_text("utf-8", errors="replace")
        if "uses: $/" in text:
            text = re.sub(r"uses: \$/(\S+)", rf"uses: {RELEASED}/\1@v1", text)
            text = text.replace(published, "format('54{0}', inputs.postgres-version)")
            text = text.replace("- 5432\n", "- ${{ format('54{0}', inputs.postgres-version) }}:5432\n")
            path.write_text(text, "utf-8")
    return action


@dataclass(slots=True, kw_only=True)
class Service:
    """A repository with a pull request. `pushed` tells the API of (base, head); `environment` points a job at it."""

    runner: Runner
    action: Path
    folder: Path
    token: str
    environment: Mapping[str, str]
    pushed: Callable[[str, str], None]
    base: str = ""
    head: str = ""
    _runs: list[Path] = field(default_factory=list)

    @property
    def repository(self) -> Repository:
        """The repository."""
        return Repository(self.folder / "service", name=NAME)

    def push(self, files: Mapping[str, str | bytes | None]) -> str:
        """Commit to the branch of the pull request; its new head. The first push makes an empty base."""
        repository = self.repository
        if not self.base:
            self.base = repository.commit("Base", {".gitattributes": "* -text\n"})
            repository.branch("feature")
        repository.git("checkout", "--quiet", "feature")
        self.head = repository.commit("A change", files)
        repository.merge(self.base, self.head)
        self.pushed(self.base, self.head)
        return self.head

    def run(
        self,
        *,
        run_id: int = 1,
        run_attempt: int = 1,
        environment: Mapping[str, str] | None = None,
        event: str = "pull_request",
        payload: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> WorkflowRun:
        """Run the workflows for the pull request as it is now, or for another event."""
        folder = self.folder / f"run-{len(self._runs)}"
        self._runs.append(folder)
        ran = self.runner.run(
            self.repository.folder,
            folder,
            event=event,
            payload=payload
            or pull_request_payload(head_sha=self.head, base_sha=self.base, repository=NAME, number=NUMBER),
            repository_name=NAME,
            token=self.token,
            environment={**self.environment, **(environment or {})},
            local_actions={ACTION: self.action, f"{RELEASED}@v1": self.action},
            run_id=run_id,
            run_attempt=run_attempt,
            **more,
        )
        assert not ran.timed_out, ran.log
        assert ran.left_behind == (), ran.log
        return ran

    def run_in_container(
        self, engine: DockerEngine, image: str, *, also: tuple[Path, ...] = (), **more: Any
    ) -> WorkflowRun:
        """Run the workflows with each job in a container of `image`, where the folders and files `also` are seen."""
        variables = {name: value for name, value in os.environ.items() if _OF_THE_MACHINE.fullmatch(name)}
        named = {Path(value) for value in variables.values() if value.startswith("/") and Path(value).exists()}
        mounted = {*named, *also}
        inside = [path for path in mounted if not any(other in path.parents for other in mounted)]
        runner = replace(self.runner, packages=(*self.runner.packages, *inside))
        environment = {**variables, **more.pop("environment", {})}
        with_mounts = replace(self, runner=runner)
        return with_mounts.run(environment=environment, image=image, docker_host=engine.host, **more)
