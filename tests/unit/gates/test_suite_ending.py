"""How a suite ended that pytest itself did not survive."""

from __future__ import annotations

import pytest

from gate.domain.exhibit import CaseOutcome, OutputTail, TestCase
from gate.domain.result import Outcome
from gate.gates.suite_ending import SuiteEvidence
from gate.gates.suite_options import UnitTestsOptions
from gate.gates.suites import UNIT_TESTS


@pytest.mark.parametrize("returncode", [0, 1])
def test_an_internal_error_of_pytest_is_errored_also_where_a_conftest_hides_its_status(returncode: int) -> None:
    evidence = SuiteEvidence(
        named=True,
        ended=f"exited with status {returncode}",
        returncode=returncode,
        cases=(
            TestCase(name="tests/test_a.py::test_a", outcome=CaseOutcome.PASSED, seconds=0.1),
            TestCase(name="pytest.internal", outcome=CaseOutcome.ERRORED, seconds=0.0, message="internal error"),
        ),
        selected=1,
        tail=OutputTail(title="last output", text=""),
    )
    judgement = UNIT_TESTS.judge(evidence, UnitTestsOptions())
    assert (judgement.outcome, judgement.reason) == (Outcome.ERRORED, "pytest had an internal error")
