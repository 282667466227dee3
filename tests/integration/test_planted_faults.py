"""Each fault planted in the sample service turns exactly its gate red, with the finding at its line."""

import runpy
from pathlib import Path
from typing import Any

import pytest

from tests.testbed.repositories import working_copy

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
PLANT = runpy.run_path(str(ROOT / "tests" / "samples" / "faults" / "plant.py"), run_name="plant")
FAULTS: dict[str, Any] = PLANT["FAULTS"]
GATES = {"lint", "unit-tests", "integration-tests", "coverage"}


@pytest.mark.parametrize("name", FAULTS)
def test_exactly_its_gate_is_red(name: str, make_project: Any) -> None:
    project = make_project({})
    project.folder.rmdir()
    working_copy(ROOT / "sample_service", project.folder)
    fault = PLANT["plant"](name, project.folder)
    settings = [word for setting in fault.settings for word in ("--set", setting)]

    run = project.run(*settings)

    # What coverage is without the half that errored is not known: it is skipped, and says so.
    others = dict.fromkeys(GATES - {fault.gate}, "passed")
    if fault.outcome == "errored":
        others["coverage"] = "skipped"
    assert run.outcomes == others | {fault.gate: fault.outcome}, run.stdout
    assert run.exit_code == {"failed": 1, "errored": 3}[fault.outcome]
    assert fault.reason in run.reason(fault.gate)
    assert any(finding.startswith(fault.finding) for finding in run.findings(fault.gate)) or not fault.finding
