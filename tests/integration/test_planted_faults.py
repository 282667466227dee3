"""Each fault planted in the sample service turns exactly its gate red, with the finding at its line.

Faults of different gates are planted together: that of one gate must not show at another, where everything that is
found is accounted for by the fault of that gate. `tests/e2e/test_planted_faults.py` plants single ones.
"""

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
TOGETHER = (
    ("hang", "no-tests"),
    ("unused-import", "failing-unit-test", "untested-error-path"),
    ("pytest-killed", "fails-on-postgresql"),
    ("not-collected", "broken-migration"),
)


def test_every_fault_is_planted_once() -> None:
    assert sorted(name for names in TOGETHER for name in names) == sorted(FAULTS)


@pytest.mark.parametrize("names", TOGETHER, ids=" and ".join)
def test_exactly_its_gate_is_red(names: tuple[str, ...], make_project: Any) -> None:
    project = make_project({})
    project.folder.rmdir()
    working_copy(ROOT / "sample_service", project.folder)
    faults = [PLANT["plant"](name, project.folder) for name in names]
    settings = [word for fault in faults for setting in fault.settings for word in ("--set", setting)]

    run = project.run(*settings)

    red = {fault.gate: fault.outcome for fault in faults}
    assert len(red) == len(faults), "no two of the same gate"
    others = dict.fromkeys(GATES - {*red}, "passed")
    # What coverage is without the half that errored is not known: it is skipped, and says so.
    if "errored" in red.values():
        others["coverage"] = "skipped"
    assert run.outcomes == others | red, run.stdout
    assert run.exit_code == (1 if "failed" in red.values() else 3)
    for fault in faults:
        assert fault.reason in run.reason(fault.gate)
        found = run.findings(fault.gate)
        assert found or not fault.finding
        assert [finding for finding in found if not finding.startswith(fault.finding)] == []
    for gate in others:
        assert run.findings(gate) == []
