"""The testbed's parts, this repository as an action, and services that use it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.service import NAME, NUMBER, ROOT, Service, as_act_knows_it
from tests.fakes.github_api import TOKEN, FakeGitHub, PullRequest, fake_github
from tests.testbed import github_emulator as emulator
from tests.testbed.fixtures import *  # noqa: F403
from tests.testbed.fixtures import StartEmulator
from tests.testbed.repositories import working_copy
from tests.testbed.runner import Runner


@pytest.fixture(scope="session")
def action(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what a release of this repository would hold."""
    return as_act_knows_it(working_copy(ROOT, tmp_path_factory.mktemp("released") / "quality-gate"))


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    """The strict fake; whatever GitHub would not have taken fails the test."""
    with fake_github() as fake:
        yield fake
        assert fake.violations == []


@pytest.fixture
def service(runner: Runner, action: Path, github: FakeGitHub, tmp_path: Path) -> Service:
    """A service whose API is the strict fake."""

    def pushed(base: str, head: str) -> None:
        del base
        github.pulls[NUMBER] = PullRequest(head_sha=head)

    return Service(
        runner=runner,
        action=action,
        folder=tmp_path,
        token=TOKEN,
        environment=github.environment,
        pushed=pushed,
    )


class Emulated:
    """The emulator, started at the first push."""

    def __init__(self, start: StartEmulator) -> None:
        self._start = start
        self.api: emulator.GitHubEmulator | None = None
        self.environment: dict[str, str] = {}

    def pushed(self, base: str, head: str) -> None:
        """Move the pull request."""
        pull = emulator.PullRequest(
            repository=NAME,
            number=NUMBER,
            head_sha=head,
            base_sha=base,
            files=({"filename": "tests/test_main.py", "status": "modified", "patch": ""},),
        )
        if self.api is None:
            self.api = self._start(emulator.Seed(pull_requests=(pull,), repositories=(NAME,)))
            self.environment.update(self.api.environment)
        self.api.put_pull_request(pull)

    def comments(self) -> list[dict[str, object]]:
        """Every comment on the pull request."""
        assert self.api is not None
        return self.api.comments(NAME, NUMBER)


@pytest.fixture
def emulated(github_emulator: StartEmulator) -> Emulated:
    """GitHub's API as the emulator plays it."""
    return Emulated(github_emulator)


@pytest.fixture
def emulated_service(runner: Runner, action: Path, emulated: Emulated, tmp_path: Path) -> Service:
    """A service whose API is the emulator."""
    return Service(
        runner=runner,
        action=action,
        folder=tmp_path,
        token="token-of-the-job",
        environment=emulated.environment,
        pushed=emulated.pushed,
    )
