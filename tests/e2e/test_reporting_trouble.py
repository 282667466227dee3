"""GitHub's API down or refusing: the verdict stays, and the log says what happened and what would help."""

from __future__ import annotations

import pytest

from tests.e2e.service import SMALL, Service, tell, use, workflow
from tests.fakes.github_api import FakeGitHub
from tests.testbed.github_emulator import free_port

pytestmark = pytest.mark.e2e

LINES = ("permissions:", "contents: read", "pull-requests: write")
TOLD = tell(verdict="${{ steps.gate.outputs.verdict }}", url="${{ steps.gate.outputs.comment-url }}")


def test_a_token_that_may_only_read(service: Service, github: FakeGitHub) -> None:
    service.push({**SMALL, ".github/workflows/gate.yml": workflow(use(gates="lint"), TOLD)})
    github.read_only = True
    ran = service.run()
    assert ran.exit_code == 0, ran.log
    assert ran.outputs["gate"]["after"] == {"verdict": "passed", "url": ""}
    assert github.bodies() == []
    [warning] = [one.message for one in ran.annotations if "No comment was written" in one.message]
    for line in LINES:
        assert line in warning
        assert line in ran.summaries["gate"][0]
    assert "403" in warning or "not accessible" in warning


def test_an_api_that_is_down(service: Service) -> None:
    service.push(
        {**SMALL, "app/unused.py": "import json\n", ".github/workflows/gate.yml": workflow(use(gates="lint"), TOLD)}
    )
    nowhere = f"http://127.0.0.1:{free_port()}"
    ran = service.run(environment={"GITHUB_API_URL": nowhere, "GITHUB_GRAPHQL_URL": f"{nowhere}/graphql"})
    assert ran.exit_code != 0
    assert ran.outputs["gate"]["after"] == {"verdict": "failed", "url": ""}, ran.log
    assert ran.step("gate/publish").result == "success"
    assert [one for one in ran.annotations if "No comment was written" in one.message]
    assert {"file": "app/unused.py", "line": "1"}.items() <= next(
        one.properties for one in ran.annotations if "json" in one.message
    ).items()
    assert "1 of 1 gate failed" in ran.summaries["gate"][0]
