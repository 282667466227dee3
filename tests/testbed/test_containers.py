"""The Docker engine: PostgreSQL as the official image has it, and jobs in a container with their service."""

from __future__ import annotations

import time
from pathlib import Path

import psycopg
import pytest

from tests.testbed.docker_engine import DockerEngine
from tests.testbed.events import pull_request_payload
from tests.testbed.images import PostgresImage
from tests.testbed.repositories import Repository
from tests.testbed.runner import CHECKOUT, UPLOAD_ARTIFACT, Runner

pytestmark = pytest.mark.e2e

CALLS = f"""\
on: pull_request
permissions: {{}}
jobs:
  called:
    uses: acme/gate/.github/workflows/gate.yml@v1
  only:
    needs: called
    runs-on: ubuntu-latest
    services:
      postgres:
        image: postgres:15
        env:
          POSTGRES_PASSWORD: secret
        ports:
          - 5432:5432
        options: --health-cmd pg_isready --health-interval 1s --health-retries 30
    steps:
      - uses: {CHECKOUT} # v7.0.1
      - id: tell
        env:
          WORD: ${{{{ needs.called.outputs.word }}}}
        run: |
          echo "word=$WORD" >> "$GITHUB_OUTPUT"
          python3 -c 'import socket; socket.create_connection(("localhost", 5432), 5).close()'
      - uses: {UPLOAD_ARTIFACT} # v7.0.0
        with:
          name: source
          path: source.txt
"""

CALLED = """\
on:
  workflow_call:
    outputs:
      word:
        description: A word.
        value: ${{ jobs.inner.outputs.word }}
permissions: {}
jobs:
  inner:
    runs-on: ubuntu-latest
    outputs:
      word: ${{ steps.say.outputs.word }}
    steps:
      - id: say
        run: echo "word=heard" >> "$GITHUB_OUTPUT"
"""


def test_a_container_behaves_like_the_official_postgres(
    docker_engine: DockerEngine, postgres_image: PostgresImage
) -> None:
    environment = {"POSTGRES_PASSWORD": "it's", "POSTGRES_USER": "app", "POSTGRES_DB": "tasks"}
    options = ("--publish", "127.0.0.1::5432", "--health-cmd", "pg_isready -U app", "--health-interval", "1s")
    with docker_engine.container(postgres_image.tag, environment=environment, options=options) as container:
        until = time.monotonic() + 30
        state = ""
        while state != "healthy" and time.monotonic() < until:
            state = docker_engine.docker("inspect", "--format", "{{.State.Health.Status}}", container)
            time.sleep(0.1)
        assert state == "healthy", docker_engine.docker("logs", container)
        host, port = docker_engine.published(container, 5432)
        for address, number in ((host, port), (docker_engine.address(container), 5432)):
            with psycopg.connect(
                host=address, port=number, user="app", password="it's", dbname="tasks", connect_timeout=10
            ) as connection:
                row = connection.execute("SELECT current_database(), current_setting('server_version')").fetchone()
                assert row is not None
                assert row[0] == "tasks"
                assert row[1].startswith(postgres_image.version)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(host=host, port=port, user="app", password="no", dbname="tasks", connect_timeout=10)


def test_a_container_without_a_password_says_so(docker_engine: DockerEngine, postgres_image: PostgresImage) -> None:
    with pytest.raises(RuntimeError, match="superuser password is not specified"):
        docker_engine.docker("run", "--rm", postgres_image.tag)


def test_a_job_in_a_container_has_its_service_and_a_reusable_workflow(
    runner: Runner,
    docker_engine: DockerEngine,
    runner_image: str,
    postgres_image: PostgresImage,
    tmp_path: Path,
) -> None:
    assert postgres_image.tag in CALLS
    gate = Repository(tmp_path / "gate", name="acme/gate")
    gate.commit("Gate", {".github/workflows/gate.yml": CALLED})
    repository = Repository(tmp_path / "service")
    sha = repository.commit("First", {".github/workflows/one.yml": CALLS, "source.txt": "here"})
    ran = runner.run(
        repository.folder,
        tmp_path / "run",
        event="pull_request",
        payload=pull_request_payload(head_sha=sha, base_sha=sha),
        local_actions={"acme/gate@v1": gate.folder},
        image=runner_image,
        docker_host=docker_engine.host,
    )
    assert ran.exit_code == 0, ran.log
    assert ran.jobs == {"inner": "success", "only": "success"}
    assert ran.outputs["only"]["tell"] == {"word": "heard"}
    assert ran.artifacts == {"source": {"source.txt": b"here"}}
    assert docker_engine.docker("ps", "--all", "--quiet") == ""
