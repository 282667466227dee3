"""Starts the service, and has it loaded by those who play the session."""

from contextlib import AsyncExitStack
from dataclasses import replace

from gate.context import Context
from gate.database_ports import Insight
from gate.gates.access_review.curl import rendered_exchanges
from gate.gates.access_review.masking import Mask
from gate.gates.described_service import DescribedService, Reach, described_service
from gate.gates.latency.base_contest import rival
from gate.gates.latency.evidence import LatencyEvidence
from gate.gates.latency.loading import Loading
from gate.gates.latency.locust_loading import LocustLoading
from gate.gates.latency.locust_options import refuse_contradictions_of_locust
from gate.gates.latency.options import LatencyOptions
from gate.gates.latency.samples_file import SAMPLES_PATH, render_samples
from gate.gates.latency.session_making import SessionMaking
from gate.gates.latency.sessions import misfits
from gate.ports import CannotRun, Database


async def collect(ctx: Context, options: LatencyOptions) -> LatencyEvidence:
    """Run the service, and load it."""
    if ctx.load is None:
        raise CannotRun("this run has nothing that makes a load")
    _refuse_contradictions(options)
    environment = await ctx.environment()
    database = None if options.target else await ctx.database(environment)
    if options.rows is not None and database is None:
        why = "a service that runs elsewhere has a database of its own" if options.target else "there is none"
        raise CannotRun(f"`rows` fills the gate's own PostgreSQL, and {why}: say how with `fill`, a command")
    env = ctx.child_environment(environment, database)
    reach = Reach(target=options.target, anywhere=options.anywhere)
    async with AsyncExitStack() as stack:
        described = await stack.enter_async_context(described_service(ctx, reach, database=database))
        making = SessionMaking(ctx=ctx, options=options, environment=environment, env=env, described=described)
        insight, untold = await _insight(ctx, options, database, stack)
        kind = LocustLoading if options.locustfile else Loading
        loading = kind(
            ctx=ctx,
            options=options,
            load=ctx.load,
            described=described,
            making=making,
            insight=insight,
            env=env,
            untold=untold,
        )
        if options.compare:
            loading.rival = await rival(loading, environment, stack)
        return await _evidence(loading, making, described)


def _refuse_contradictions(options: LatencyOptions) -> None:
    """Refuse what cannot be meant, before anything is started.

    Raises:
        CannotRun: options contradict each other, or a session needs a value that nothing gives.
    """
    if options.session and options.function:
        raise CannotRun("`session` and `function` both say what is played: keep one of them")
    if options.compare and options.target:
        raise CannotRun("`compare` starts the base's service beside the change's, and `target` runs elsewhere")
    if options.before and not options.session:
        raise CannotRun("`before` goes before the steps of a `session`, and there is none: write one")
    refuse_contradictions_of_locust(options)
    if wrong := misfits(options.before, options.session):
        raise CannotRun("; ".join(wrong))


async def _insight(
    ctx: Context, options: LatencyOptions, database: Database | None, stack: AsyncExitStack
) -> tuple[Insight | None, str]:
    """Look into the database; where that cannot be, say why.

    Raises:
        CannotRun: it cannot be, and its tables are to be filled.
    """
    if options.target:
        return None, "the service runs elsewhere, with a database of its own"
    if database is None or ctx.insights is None:
        return None, "the gate has no PostgreSQL for it"
    try:
        insight = await stack.enter_async_context(ctx.insights.insight(database))
    except CannotRun as trouble:
        if options.rows is not None:
            raise
        return None, trouble.reason
    return insight, insight.untold


async def _evidence(loading: Loading, making: SessionMaking, described: DescribedService) -> LatencyEvidence:
    """Load the service; whatever is told of that, no secret is."""
    ctx, people = loading.ctx, making.people
    try:
        evidence = await loading.evidence()
    except CannotRun as failure:
        reason = "; ".join(filter(None, (Mask(people.secrets)(failure.reason), described.service.trouble)))
        raise CannotRun(reason, *failure.exhibits) from None
    finally:
        ctx.write_text(ctx.log, rendered_exchanges(people.accounts.caller.exchanges, Mask(people.secrets)))
    ctx.write_text(ctx.folder / SAMPLES_PATH, render_samples(evidence.rounds))
    hide = Mask(people.secrets)
    rounds = tuple(replace(one, trouble=hide(one.trouble)) for one in evidence.rounds)
    notices = (*map(hide, evidence.notices), *filter(None, (described.service.trouble,)))
    silence, uncompared = hide(evidence.silence), hide(evidence.uncompared)
    return replace(evidence, rounds=rounds, silence=silence, uncompared=uncompared, notices=notices)
