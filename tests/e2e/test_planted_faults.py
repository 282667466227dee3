"""Faults planted in the sample service, under the action: the right verdict, and where the fault is."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

from tests.e2e.service import ROOT, Service, files_of, tell, use, workflow
from tests.fakes.github_api import FakeGitHub

pytestmark = pytest.mark.e2e

PLANT = runpy.run_path(str(ROOT / "tests" / "samples" / "faults" / "plant.py"))


@pytest.mark.parametrize("name", ["unused-import"])
def test_a_planted_fault_reddens_the_job(name: str, service: Service, github: FakeGitHub, action: Path) -> None:
    outputs = tell(outcomes="${{ steps.gate.outputs.outcomes }}", verdict="${{ steps.gate.outputs.verdict }}")
    files = workflow(use(working_directory="sample_service"), outputs)
    sample = files_of(action / "sample_service", "sample_service/")
    service.push({**sample, ".github/workflows/gate.yml": files})
    fault = PLANT["plant"](name, service.repository.folder / "sample_service")
    service.push({})
    ran = service.run()
    assert ran.exit_code != 0
    told = ran.outputs["gate"]["after"]
    assert told["verdict"] == fault.verdict, ran.log
    red = {gate: outcome for gate, outcome in json.loads(told["outcomes"]).items() if outcome in ("failed", "errored")}
    # Coverage needs both halves of the suite: it cannot be judged where one of them could not run.
    assert red[fault.gate] == fault.outcome
    assert set(red) <= {fault.gate, "coverage"}
    [body] = github.bodies()
    if fault.finding:
        rule, _, place = fault.finding.partition(" ")
        path, _, line = place.partition(":")
        assert f"/sample_service/{path}#L{line}" in body
        assert rule in body
    if fault.reason:
        assert fault.reason in " ".join(body.split())
