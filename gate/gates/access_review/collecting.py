"""Starts the service, makes those who ask, and has every operation reviewed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from secrets import token_hex

from gate.context import Context
from gate.domain.finding import Finding
from gate.formats.service_inventory import Inventory
from gate.gates.access_review.code_findings import code_findings
from gate.gates.access_review.convening import Convening
from gate.gates.access_review.deep import DeepAsking, deep_findings
from gate.gates.access_review.evidence import ReviewEvidence
from gate.gates.access_review.exhibits import render_proofs
from gate.gates.access_review.hooks import Hooks
from gate.gates.access_review.judging import DRAFT_PATH, PROOFS_PATH
from gate.gates.access_review.masking import without_secrets
from gate.gates.access_review.options import AccessReviewOptions
from gate.gates.access_review.policy import POLICY_FILE, Policy
from gate.gates.access_review.policy_draft import render_policy
from gate.gates.access_review.policy_file import PolicyError, parse_policy
from gate.gates.described_service import Reach, described_service
from gate.gates.seen_answers import ListeningClient, note_answers
from gate.ports import CannotRun


async def collect(ctx: Context, options: AccessReviewOptions) -> ReviewEvidence:
    """Run the service and ask it."""
    today = datetime.now(UTC).date()
    policy = _policy(ctx, options, today)
    environment = await ctx.environment()
    database = None if options.target else await ctx.database(environment)
    # With a secret that is known, an expired token can be made, which must be refused.
    given = {name for name, _ in ctx.config.env} | set(ctx.caller_environment) | set(ctx.discovery.variables)
    secrets = {name: token_hex(32) for name in ctx.discovery.own_secrets if name not in given}
    env = ctx.child_environment(environment, database, **secrets)
    reach = Reach(target=options.target, anywhere=options.anywhere)
    async with described_service(ctx, reach, database=database, more=secrets) as described:
        service, inventory, subjects = described.service, described.inventory, described.subjects
        paths = (one.operation.path for one in subjects)
        http = ListeningClient(service.http, paths, described.document.base_path)
        convening = Convening(
            ctx=ctx,
            options=options,
            http=http,
            document=described.document,
            subjects=subjects,
            policy=policy,
            hooks=Hooks(ctx=ctx, environment=environment, env=env),
            env=env,
            today=today,
        )
        try:
            evidence = await convening.evidence()
            deep: tuple[Finding, ...] = ()
            if options.deep:
                left_out = tuple(one.key for one in subjects if one.ends_identity)
                asking = DeepAsking(credentials=await convening.credentials(), left_out=left_out)
                deep = await deep_findings(ctx, environment, service, described.text, asking)
        except CannotRun as failure:
            if not service.trouble:
                raise
            raise CannotRun(f"{failure.reason}; {service.trouble}", *failure.exhibits) from None
        finally:
            note_answers(ctx, http.answers)
        trouble = service.trouble
    evidence = replace(
        evidence,
        framework=inventory.framework if inventory is not None else "",
        notices=(*evidence.notices, *_notices(inventory), *filter(None, (trouble,))),
        tool_findings=(*await code_findings(ctx, environment), *deep),
    )
    ctx.write_text(ctx.folder / DRAFT_PATH, render_policy(evidence))
    ctx.write_text(ctx.folder / PROOFS_PATH, render_proofs(evidence))
    return without_secrets(evidence)


def _policy(ctx: Context, options: AccessReviewOptions, today: date) -> Policy | None:
    path = ctx.project.folder / options.policy
    if not path.resolve().is_relative_to(ctx.project.root.resolve()):
        raise CannotRun(f"{options.policy} is a link out of the repository, which is not followed")
    content = ctx.read_text(path)
    if content is None:
        if options.policy != POLICY_FILE:
            raise CannotRun(f"there is no file {options.policy}, which the option `policy` names")
        return None
    try:
        return parse_policy(content, ctx.project.located(options.policy), today)
    except PolicyError as error:
        raise CannotRun(str(error), error.table) from None


def _notices(inventory: Inventory | None) -> tuple[str, ...]:
    """Say what of the service could not be looked into."""
    if inventory is None:
        return ()
    opaque = [f"what is mounted at {path} cannot be looked into, and was not asked" for path in inventory.opaque]
    sockets = [f"{path} is a WebSocket, and was not asked" for path in inventory.websockets]
    return tuple(filter(None, (inventory.trouble, *opaque, *sockets)))
