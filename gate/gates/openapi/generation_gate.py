"""Only generates the document, for `quality-gate openapi --write`. Compares nothing."""

from gate.context import Context
from gate.domain.result import Artifact, Judgement, Outcome
from gate.gates.openapi.generation import generate, indented
from gate.gates.openapi.judging import GENERATED_PATH
from gate.gates.openapi.options import GATE_ID, OpenapiOptions
from gate.ports import CannotRun


class GenerationGate:
    """Stands in for the gate, with its id and its options."""

    id = GATE_ID
    title = "OpenAPI document"
    help_url = "https://spec.openapis.org/oas/latest.html"
    requires: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    options = OpenapiOptions

    async def collect(self, ctx: Context, options: OpenapiOptions) -> None:
        """Leave the document beside the report.

        Raises:
            CannotRun: there is none.
        """
        generated = await generate(ctx, options.generate)
        if not generated.text:
            raise CannotRun(generated.reason)
        ctx.write_text(ctx.folder / GENERATED_PATH, indented(generated.text))

    def stuck_at(self, ctx: Context) -> str:
        """Nothing to tell."""
        del ctx
        return ""

    def judge(self, evidence: None, options: OpenapiOptions) -> Judgement:
        """Say where it lies."""
        del evidence, options
        return Judgement(outcome=Outcome.PASSED, artifacts=(Artifact(title="generated document", path=GENERATED_PATH),))
