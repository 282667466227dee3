"""The gates, in the order in which a report shows them. A new gate is one line here."""

from gate.gates.access_review.gate import AccessReviewGate
from gate.gates.coverage import CoverageGate
from gate.gates.coverage_judging import GATE_ID as COVERAGE
from gate.gates.latency.gate import LatencyGate
from gate.gates.lint import LintGate
from gate.gates.openapi.gate import OpenapiGate
from gate.gates.protocol import Gate
from gate.gates.suites import INTEGRATION_TESTS, UNIT_TESTS

GATES: dict[str, Gate] = {
    gate.id: gate
    for gate in (
        LintGate(),
        UNIT_TESTS,
        INTEGRATION_TESTS,
        CoverageGate(),
        AccessReviewGate(),
        LatencyGate(),
        OpenapiGate(),
    )
}

# What runs in every shard, a part of it in each; the others run in the first.
PARTED = (UNIT_TESTS.id, INTEGRATION_TESTS.id)
IN_EVERY_SHARD = (*PARTED, COVERAGE)

# Run when the user names no gates.
CHOSEN_AUTOMATICALLY = ("lint", "unit-tests", "integration-tests", "coverage")
