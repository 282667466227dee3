"""GitHub's REST API as npm's `emulate` plays it, on a loopback port; README.md says which calls it knows."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import requests

from tests.testbed.leaving_out import PartMissing
from tests.testbed.npm import installed_package, node
from tests.testbed.supervised import Daemon

_SOURCE = Path(__file__).with_name("emulator")
_READY_WITHIN = 30.0
_CALL = 10.0

BOT = "github-actions[bot]"


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """A pull request to seed; `files` are entries as `GET .../pulls/N/files` lists them."""

    repository: str
    number: int
    head_sha: str
    base_sha: str = "0" * 40
    head_ref: str = "feature"
    base_ref: str = "main"
    head_repository: str | None = None
    user: str = "octocat"
    title: str = "A change"
    state: str = "open"
    files: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """What the API knows when it starts. Owners of repositories must be among `users` or `organizations`.

    A token that is not listed is taken for the first user: tests of refused tokens need another fake.
    """

    users: Sequence[str] = (BOT, "octocat")
    organizations: Sequence[str] = ("acme",)
    repositories: Sequence[str] = ("acme/service",)
    private: bool = False
    tokens: Mapping[str, str] = field(default_factory=lambda: {"token-of-the-job": BOT})
    pull_requests: Sequence[PullRequest] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedRequest:
    """A request that the emulator received, in order; `status` is what it answered."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: Any
    status: int


class GitHubEmulator:
    """A running emulator."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy between a test and loopback
        self._session.headers["Authorization"] = f"Bearer {token}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point a job at this emulator (GraphQL is answered with 404).

        GITHUB_SERVER_URL stays github.com: with any other, upload-artifact believes itself on Enterprise Server.
        """
        return {"GITHUB_API_URL": self.url, "GITHUB_GRAPHQL_URL": f"{self.url}/graphql"}

    def comments(self, repository: str, number: int) -> list[dict[str, Any]]:
        """Every comment on the pull request, oldest first."""
        return self._pages(f"/repos/{repository}/issues/{number}/comments")

    def check_runs(self, repository: str, sha: str) -> list[dict[str, Any]]:
        """The first 100 check runs on the commit."""
        answer = self.get(f"/repos/{repository}/commits/{sha}/check-runs?per_page=100")
        runs: list[dict[str, Any]] = answer["check_runs"]
        return runs

    def get(self, path: str) -> Any:
        """The JSON at `path`; raises `requests.HTTPError`. Leaves a trace in `received()`."""
        return self._call("GET", path).json()

    def comment(self, repository: str, number: int, body: str, *, token: str) -> int:
        """Comment as the user whose token it is; the comment's id."""
        path = f"/repos/{repository}/issues/{number}/comments"
        answer = self._call("POST", path, json={"body": body}, headers={"Authorization": f"Bearer {token}"})
        return int(answer.json()["id"])

    def put_pull_request(self, pull: PullRequest) -> None:
        """Make the pull request, or move a known one to another head, state, title or list of files."""
        self._call("PUT", "/_testbed/pulls", json=asdict(pull))

    def received(self) -> list[ReceivedRequest]:
        """What was asked since the start or the last `forget()`."""
        return [_received(record) for record in self.get("/_testbed/requests")]

    def forget(self) -> None:
        """Empty the record of requests."""
        self._call("DELETE", "/_testbed/requests")

    def close(self) -> None:
        """Close the connections of the read helpers."""
        self._session.close()

    def _pages(self, path: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        url: str | None = f"{path}?per_page=100"
        while url:
            answer = self._call("GET", url.removeprefix(self.url))
            items += answer.json()
            url = answer.links.get("next", {}).get("url")
        return items

    def _call(self, method: str, path: str, **more: Any) -> requests.Response:
        answer = self._session.request(method, self.url + path, timeout=_CALL, **more)
        answer.raise_for_status()
        return answer


@contextmanager
def github_emulator(seed: Seed, folder: Path) -> Iterator[GitHubEmulator]:
    """Run the emulator; `folder` receives its seed and log. Raises `PartMissing` without Node.js or npm."""
    package = installed_package(_SOURCE)
    port = free_port()
    plan = folder / f"emulator-{port}.json"
    plan.write_text(json.dumps(_plan(seed, port)))
    log = plan.with_suffix(".log")
    emulator = GitHubEmulator(f"http://127.0.0.1:{port}", next(iter(seed.tokens), "anyone"))
    with Daemon([node(), str(package / "main.mjs"), str(plan)], log=log) as daemon:
        try:
            _wait(emulator, daemon)
            emulator.forget()
            yield emulator
        finally:
            emulator.close()


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _plan(seed: Seed, port: int) -> dict[str, Any]:
    repositories = [name.split("/", 1) for name in seed.repositories]
    return {
        "port": port,
        "host": "127.0.0.1",
        "tokens": {token: {"login": login, "scopes": ["repo"]} for token, login in seed.tokens.items()},
        "github": {
            "users": [{"login": login} for login in seed.users],
            "orgs": [{"login": login} for login in seed.organizations],
            "repos": [{"owner": owner, "name": name, "private": seed.private} for owner, name in repositories],
        },
        "pull_requests": [asdict(pull) for pull in seed.pull_requests],
    }


def _wait(emulator: GitHubEmulator, daemon: Daemon) -> None:
    until = time.monotonic() + _READY_WITHIN
    while time.monotonic() < until and not daemon.ended:
        try:
            emulator.get("/rate_limit")
        except requests.RequestException:
            time.sleep(0.05)
        else:
            return
    raise PartMissing(f"the emulator did not start: {daemon.last_words()}")


def _received(record: Mapping[str, Any]) -> ReceivedRequest:
    text = str(record["body"])
    try:
        body = json.loads(text) if text else None
    except ValueError:
        body = text
    return ReceivedRequest(
        method=record["method"],
        path=record["path"],
        query=tuple(parse_qsl(record["query"], keep_blank_values=True)),
        headers=record["headers"],
        body=body,
        status=record.get("status", 0),
    )
