"""The gate: starts the service, makes those who ask, has every operation reviewed, and concludes."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from secrets import token_hex

from gate.context import Context
from gate.domain.finding import Finding, Severity
from gate.domain.result import Judgement
from gate.formats import UnreadableError
from gate.formats.openapi_document import Document, parse_document
from gate.formats.service_inventory import Inventory, parse_inventory
from gate.gates.access_review.code_findings import code_findings
from gate.gates.access_review.convening import Convening
from gate.gates.access_review.deep import DeepAsking, deep_findings
from gate.gates.access_review.evidence import ReviewEvidence
from gate.gates.access_review.exhibits import render_proofs
from gate.gates.access_review.hooks import Hooks
from gate.gates.access_review.judging import DRAFT_PATH, GATE_ID, PROOFS_PATH, judge_review
from gate.gates.access_review.masking import without_secrets
from gate.gates.access_review.operations import subjects_of
from gate.gates.access_review.options import AccessReviewOptions
from gate.gates.access_review.policy import POLICY_FILE, Policy
from gate.gates.access_review.policy_draft import render_policy
from gate.gates.access_review.policy_file import PolicyError, parse_policy
from gate.gates.access_review.reach import assignments_of, far_stores
from gate.gates.access_review.served_document import fetch_document
from gate.gates.running_service import running_service
from gate.ports import CannotRun, Database
from gate.service_ports import Service


class AccessReviewGate:
    """Reviews who is let in where."""

    id = GATE_ID
    title = "access review"
    help_url = "https://owasp.org/API-Security/editions/2023/en/0x11-t10/"
    requires: tuple[str, ...] = ()
    options = AccessReviewOptions

    async def collect(self, ctx: Context, options: AccessReviewOptions) -> ReviewEvidence:
        """Run the service and ask it."""
        today = datetime.now(UTC).date()
        policy = _policy(ctx, options, today)
        environment = await ctx.environment()
        database = None if options.target else await ctx.database(environment)
        # With a secret that is known, an expired token can be made, which must be refused.
        given = {name for name, _ in ctx.config.env} | set(ctx.caller_environment) | set(ctx.discovery.variables)
        secrets = {name: token_hex(32) for name in ctx.discovery.own_secrets if name not in given}
        env = ctx.child_environment(environment, database, **secrets)
        if not options.target and not options.anywhere:
            _refuse_far_stores(ctx, env)
        async with _service(ctx, options, database, secrets) as service:
            inventory = _inventory(service)
            described = await _described(service, inventory)
            document = _document(described, inventory)
            subjects = subjects_of(document, inventory)
            if not subjects:
                reason = "the service has no operation: no route, and no document that names one"
                raise CannotRun(reason, ctx.tail(ctx.service_log))
            convening = Convening(
                ctx=ctx,
                options=options,
                http=service.http,
                document=document,
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
                    deep = await deep_findings(ctx, environment, service, described, asking)
            except CannotRun as failure:
                if not service.trouble:
                    raise
                raise CannotRun(f"{failure.reason}; {service.trouble}", *failure.exhibits) from None
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

    def stuck_at(self, ctx: Context) -> str:
        """Nothing to tell: each request has a deadline of its own."""
        del ctx
        return ""

    def judge(self, evidence: ReviewEvidence, options: AccessReviewOptions) -> Judgement:
        """Conclude from what was asked."""
        return judge_review(evidence, threshold=options.threshold, unbounded=Severity(options.unbounded))


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


def _refuse_far_stores(ctx: Context, env: Mapping[str, str]) -> None:
    """Refuse to start a service that would write to somebody's database.

    Raises:
        CannotRun: the caller's own variables, or the project's `.env`, lead it to one on another machine.
    """
    given = {name: value for name, value in env.items() if ctx.caller_environment.get(name) == value}
    own = assignments_of(ctx.read_text(ctx.project.folder / ".env") or "")
    for name, host in far_stores({name: value for name, value in own.items() if name not in env} | given):
        raise CannotRun(
            f"{name} leads the service to {host[:200]}, and the review writes whatever the service can: set "
            f'{name} to a store of this machine (`env = ["{name}=…"]`), or allow it: access-review.anywhere = true'
        )


@asynccontextmanager
async def _service(
    ctx: Context, options: AccessReviewOptions, database: Database | None, secrets: Mapping[str, str]
) -> AsyncIterator[Service]:
    if options.target:
        if ctx.services is None:
            raise CannotRun("this run reaches no services")
        async with ctx.services.elsewhere(options.target, anywhere=options.anywhere) as service:
            yield service
        return
    async with running_service(ctx, database=database, more=secrets) as service:
        yield service


def _notices(inventory: Inventory | None) -> tuple[str, ...]:
    """Say what of the service could not be looked into."""
    if inventory is None:
        return ()
    opaque = [f"what is mounted at {path} cannot be looked into, and was not asked" for path in inventory.opaque]
    sockets = [f"{path} is a WebSocket, and was not asked" for path in inventory.websockets]
    return tuple(filter(None, (inventory.trouble, *opaque, *sockets)))


def _inventory(service: Service) -> Inventory | None:
    if not service.inventory:
        return None
    try:
        return parse_inventory(service.inventory)
    except UnreadableError as error:
        raise CannotRun(f"what the service knows of itself cannot be read: {error}") from None


async def _described(service: Service, inventory: Inventory | None) -> str:
    """Return the service's document: of the application itself, else as it is served; "" where there is none."""
    if inventory is None:
        return await fetch_document(service.http)
    return inventory.document or await fetch_document(service.http, inventory.served)


def _document(content: str, inventory: Inventory | None) -> Document:
    """Read the document; an application that tells its routes needs none."""
    if not content:
        if inventory is not None and inventory.routes:
            return parse_document('{"openapi": "3.1.0", "info": {"title": "", "version": ""}, "paths": {}}')
        raise CannotRun("no operation is known: the framework tells no routes, and no OpenAPI document is served")
    try:
        return parse_document(content)
    except UnreadableError as error:
        raise CannotRun(f"the service's OpenAPI document cannot be read: {error}") from None
