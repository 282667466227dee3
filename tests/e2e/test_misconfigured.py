"""A mistake in the configuration: every surface says where and what to write instead, and nothing ran."""

from __future__ import annotations

import json

import pytest

from tests.e2e.service import SMALL, Service, tell, use, workflow
from tests.fakes.github_api import FakeGitHub

pytestmark = pytest.mark.e2e

PYPROJECT = """\
[tool.quality-gate]
gates = ["lint", "unit-test"]

[tool.quality-gate.coverage]
treshold = 95
"""


def test_all_mistakes_are_told_at_once(service: Service, github: FakeGitHub) -> None:
    files = workflow(use(timeout="soon", set="lint.fromat=true"), tell(verdict="${{ steps.gate.outputs.verdict }}"))
    service.push({**SMALL, "pyproject.toml": PYPROJECT, ".github/workflows/gate.yml": files})
    ran = service.run()
    assert ran.exit_code != 0
    assert "exit status 2" in ran.log or "exitcode '2'" in ran.log, ran.log
    assert ran.step("gate/run").result == "success"
    assert ran.outputs["gate"]["after"]["verdict"] == "misconfigured"
    [body] = github.bodies()
    for told in (body, ran.summaries["gate"][0]):
        assert "misconfigured" in told
        for instead in ("unit-tests", "threshold", "format"):
            assert instead in told.replace("&#45;", "-")
        assert "timeout" in told.lower()
    assert "/pyproject.toml#L" in body
    places = [one.properties for one in ran.annotations if one.level == "error"]
    assert [one for one in places if {"file": "pyproject.toml", "line": "2"}.items() <= one.items()], places
    report = json.loads(ran.artifacts["quality-gate-report"]["report.json"])
    assert report["verdict"] == "misconfigured"
    assert report["results"] == []
