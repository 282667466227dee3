"""The gate: has the service reviewed, and concludes. What that takes is imported when it runs."""

from typing import TYPE_CHECKING

from gate.context import Context
from gate.domain.finding import Severity
from gate.domain.result import Judgement
from gate.gates.access_review.options import GATE_ID, AccessReviewOptions

if TYPE_CHECKING:
    from gate.gates.access_review.evidence import ReviewEvidence


class AccessReviewGate:
    """Reviews who is let in where."""

    id = GATE_ID
    title = "access review"
    help_url = "https://owasp.org/API-Security/editions/2023/en/0x11-t10/"
    requires: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    options = AccessReviewOptions

    async def collect(self, ctx: Context, options: AccessReviewOptions) -> "ReviewEvidence":
        """Run the service and ask it."""
        from gate.gates.access_review.collecting import collect

        return await collect(ctx, options)

    def stuck_at(self, ctx: Context) -> str:
        """Nothing to tell: each request has a deadline of its own."""
        del ctx
        return ""

    def judge(self, evidence: "ReviewEvidence", options: AccessReviewOptions) -> Judgement:
        """Conclude from what was asked."""
        from gate.gates.access_review.judging import judge_review

        return judge_review(evidence, threshold=options.threshold, unbounded=Severity(options.unbounded))
