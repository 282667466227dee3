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
        {**use("failure", name="failure", comment="on-failure", **lint), "if": "always()"},
        {**use("unknown", name="unknown", comment="sometimes", **lint), "if": "always()"},
    )
    service.push({**SMALL, ".github/workflows/gate.yml": files})
    green = service.run(run_id=1)
    assert green.exit_code == 0, green.log
    assert "No comment: comments are switched off." in green.log
    assert "comments are wanted on failure only" in green.log
    # A mistake in `comment` is told, and does not redden a job whose gates passed.
    assert [one.message for one in green.annotations if "sometimes" in one.message]
    [body] = github.bodies()
    assert " name=unknown " in body

    service.push(UNUSED)
    red = service.run(run_id=2)
    assert red.exit_code != 0
    assert sorted(body.split()[2] for body in github.bodies()) == ["name=failure", "name=unknown"]
