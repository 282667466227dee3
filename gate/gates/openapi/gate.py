"""The gate: has the documents compared, and concludes. What that takes is imported when it runs."""

from typing import TYPE_CHECKING

from gate.context import Context
from gate.domain.result import Judgement
from gate.gates.openapi.options import GATE_ID, OpenapiOptions

if TYPE_CHECKING:
    from gate.gates.openapi.evidence import OpenapiEvidence


class OpenapiGate:
    """Asks whether the API's description is up to date, valid, compatible, complete and true."""

    id = GATE_ID
    title = "OpenAPI"
    help_url = "https://spec.openapis.org/oas/latest.html"
    requires: tuple[str, ...] = ()
    # What they have seen shows whether the document is true.
    after: tuple[str, ...] = ("unit-tests", "integration-tests", "access-review", "latency")
    options = OpenapiOptions

    async def collect(self, ctx: Context, options: OpenapiOptions) -> "OpenapiEvidence":
        """Read, generate and compare the documents."""
        from gate.gates.openapi.collecting import collect

        return await collect(ctx, options)

    def stuck_at(self, ctx: Context) -> str:
        """Nothing to tell."""
        del ctx
        return ""

    def judge(self, evidence: "OpenapiEvidence", options: OpenapiOptions) -> Judgement:
        """Conclude from the documents."""
        from gate.gates.openapi.judging import judge_openapi

        return judge_openapi(evidence, options)
