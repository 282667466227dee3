"""The parts as pytest fixtures; import them into a `conftest.py`. A part that is missing leaves the test out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.testbed import browser as chromium
from tests.testbed import docker_engine as docker
from tests.testbed import github_api_description as description
from tests.testbed import github_emulator as emulator
from tests.testbed.images import PostgresImage
from tests.testbed.images import postgres_image as make_postgres_image
from tests.testbed.images import runner_image as make_runner_image
from tests.testbed.leaving_out import part
from tests.testbed.one_engine import pytest_xdist_make_scheduler
from tests.testbed.runner import Runner, make_runner

__all__ = [
    "browser",
    "docker_engine",
    "github_api_description",
    "github_emulator",
    "postgres_image",
    "pytest_xdist_make_scheduler",
    "runner",
    "runner_image",
]

StartEmulator = Callable[[emulator.Seed], emulator.GitHubEmulator]


@pytest.fixture(scope="session")
def runner() -> Runner:
    """act with the stand-ins for checkout and upload-artifact."""
    with part("workflow runner"):
        return make_runner()


@pytest.fixture
def github_emulator(tmp_path: Path) -> Iterator[StartEmulator]:
    """Starts emulators, each from a seed; they stop at the end of the test."""
    with ExitStack() as stack:

        def start(seed: emulator.Seed) -> emulator.GitHubEmulator:
            with part("GitHub API emulator"):
                return stack.enter_context(emulator.github_emulator(seed, tmp_path))

        yield start


@pytest.fixture(scope="session")
def github_api_description() -> description.GitHubApiDescription:
    """GitHub's published API description."""
    with part("GitHub API description"):
        return description.github_api_description()


@pytest.fixture(scope="session")
def docker_engine() -> Iterator[docker.DockerEngine]:
    """A Docker engine for the whole session."""
    with ExitStack() as stack:
        with part("Docker engine"):
            engine = stack.enter_context(docker.docker_engine())
        yield engine


@pytest.fixture(scope="session")
def postgres_image(docker_engine: docker.DockerEngine) -> PostgresImage:
    """The image `postgres:15` in the engine."""
    with part("PostgreSQL image"):
        return make_postgres_image(docker_engine)


@pytest.fixture(scope="session")
def runner_image(docker_engine: docker.DockerEngine) -> str:
    """The tag of an image in the engine that jobs can run in."""
    with part("runner image"):
        return make_runner_image(docker_engine)


@pytest.fixture(scope="session")
def browser() -> chromium.Browser:
    """Headless Chromium."""
    with part("browser"):
        return chromium.browser()
