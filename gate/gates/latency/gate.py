"""The gate: has the service loaded, and concludes. What that takes is imported when it runs."""

from typing import TYPE_CHECKING

from gate.context import Context
from gate.domain.result import Judgement
from gate.gates.latency.options import GATE_ID, LatencyOptions

if TYPE_CHECKING:
    from gate.gates.latency.evidence import LatencyEvidence


class LatencyGate:
    """Measures how long many users at once wait for the service."""

    id = GATE_ID
    title = "latency"
    help_url = "https://sre.google/sre-book/service-level-objectives/"
    requires: tuple[str, ...] = ()
    # Whatever runs beside it would be measured as well.
    after = ("lint", "unit-tests", "integration-tests", "coverage", "access-review")
    options = LatencyOptions

    async def collect(self, ctx: Context, options: LatencyOptions) -> "LatencyEvidence":
        """Run the service, and load it."""
        from gate.gates.latency.collecting import collect

        return await collect(ctx, options)

    def stuck_at(self, ctx: Context) -> str:
        """Nothing to tell: the load has a deadline of its own."""
        del ctx
        return ""

    def judge(self, evidence: "LatencyEvidence", options: LatencyOptions) -> Judgement:
        """Conclude from what was measured."""
        from gate.gates.latency.judging import judge_latency

        return judge_latency(evidence, options)
