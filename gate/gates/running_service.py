"""The project's service, running for a gate; and why it does not run, told as for tests that cannot run."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from gate.context import Context
from gate.domain.exhibit import OutputTail
from gate.formats.causes import parse_cause_of_pytest
from gate.gates.suite_causes import read_facts
from gate.ports import CannotRun, Database
from gate.service_ports import Service

_MAKE_TABLES = Path(__file__).parents[1] / "probes" / "make_tables.py"


@asynccontextmanager
async def running_service(
    ctx: Context, *, app: str = "", database: Database | None = None, more: Mapping[str, str] | None = None
) -> AsyncIterator[Service]:
    """Run the service as `Context.service` does, on a database with its schema.

    Raises:
        CannotRun: it does not start; where its last words tell what it lacks, the reason says that.
    """
    trouble = await _with_schema(ctx, database, more or {}) or ctx.schema_trouble()
    async with AsyncExitStack() as stack:
        try:
            service = await stack.enter_async_context(ctx.service(app=app, database=database, more=more))
        except CannotRun as failure:
            raise await with_cause(ctx, failure, database) from None
        await _with_tables(ctx, app, database, more or {})
        yield replace(service, trouble=trouble)


async def _with_schema(ctx: Context, database: Database | None, more: Mapping[str, str]) -> str:
    """Make the schema that the tests would make themselves; say why that could not be.

    It is no end: many services make their tables as they start.
    """
    found = ctx.discovery.migration
    if database is None or found is None or not found.of_service:
        return ""
    log = ctx.folder / "logs" / "schema.log"
    env = ctx.child_environment(await ctx.environment(), database, **more)
    completed = await ctx.run("/bin/sh", "-c", found.of_service, env=env, log=log)
    if completed.returncode == 0:
        return ""
    last = [line for line in ctx.tail(log).text.splitlines() if line.strip()][-1:]
    said = f": {last[0].strip()[:300]}" if last else ""
    return f"the schema could not be made: `{found.of_service}` {completed.ended}{said}"


async def _with_tables(ctx: Context, app: str, database: Database | None, more: Mapping[str, str]) -> None:
    """Make the tables that SQLAlchemy knows, where neither a migration nor the service itself has made any.

    Tests often make them so, and what else does it, a document tells to people. Where that fails, nothing is lost.
    """
    environment = await ctx.environment()
    if database is None or "sqlalchemy" not in environment.packages:
        return
    env = {**ctx.child_environment(environment, database, **more), "PYTHONDONTWRITEBYTECODE": "1"}
    path = app or ctx.config.app or ctx.discovery.import_path
    await ctx.run(str(environment.python), str(_MAKE_TABLES), path, env=env, log=ctx.folder / "logs" / "schema.log")


async def with_cause(ctx: Context, failure: CannotRun, database: Database | None) -> CannotRun:
    """Return the failure with what the code lacks, where its last words tell that."""
    printed = "\n".join(exhibit.text for exhibit in failure.exhibits if isinstance(exhibit, OutputTail))
    if not printed:
        return failure
    facts = read_facts(ctx, await ctx.environment(), database, has_schema=ctx.discovery.migration is not None)
    cause = parse_cause_of_pytest(printed, facts)
    if cause is None:
        return failure
    advice = f" {cause.advice}" if cause.advice else ""
    return CannotRun(f"{failure.reason}: needs {cause.needs}.{advice}", *failure.exhibits)
