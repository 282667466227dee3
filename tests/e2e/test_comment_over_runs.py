"""The one comment, over several runs: an older run that ends last, a second attempt, and when none is wanted."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Emulated
from tests.e2e.service import SMALL, Service, use, workflow
from tests.fakes.github_api import FakeGitHub

pytestmark = pytest.mark.e2e

UNUSED = {"app/unused.py": "import json\n"}


def test_the_newest_run_has_the_word(emulated_service: Service, emulated: Emulated) -> None:
    service = emulated_service
    service.push({**SMALL, ".github/workflows/gate.yml": workflow(use(gates="lint"))})
    assert service.run(run_id=5).exit_code == 0
    [first] = emulated.comments()

    service.push(UNUSED)
    late = service.run(run_id=3)
    assert late.exit_code != 0
    assert "The comment was left as it is" in late.log
    assert "a newer run, 5, has commented already" in late.log
    assert emulated.comments() == [first]

    again = service.run(run_id=5, run_attempt=2)
    assert again.exit_code != 0
    [updated] = emulated.comments()
    assert updated["id"] == first["id"]
    assert " run=5 attempt=2 " in str(updated["body"])
    assert "1 of 1 gate failed" in str(updated["body"])


def test_comments_are_written_when_they_are_wanted(service: Service, github: FakeGitHub) -> None:
    lint = {"gates": "lint", "install": "none"}
    files = workflow(
        use("never", name="never", comment="never", **lint),
        use("green", name="green", comment="on-failure", **lint),
        use("unknown", name="unknown", comment="sometimes", **lint),
        use("red", name="red", comment="on-failure", working_directory="other", **lint),
    )
    other = {f"other/{name}": content for name, content in {**SMALL, **UNUSED}.items()}
    service.push({**SMALL, "ruff.toml": 'exclude = ["other"]\n', **other, ".github/workflows/gate.yml": files})
    ran = service.run()
    assert ran.exit_code != 0
    assert "No comment: comments are switched off." in ran.log, ran.log
    assert "comments are wanted on failure only" in ran.log
    # A mistake in `comment` is told, and does not redden a job whose gates passed.
    assert [one.message for one in ran.annotations if "sometimes" in one.message]
    results = {step.path[0]: step.result for step in ran.steps if step.stage == "Main" and len(step.path) == 1}
    expected = {"never": "success", "green": "success", "unknown": "success", "red": "failure"}
    assert {step: results[step] for step in expected} == expected
    assert [body.split()[2] for body in github.bodies()] == ["name=unknown", "name=red"]
