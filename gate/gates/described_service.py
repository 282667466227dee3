"""The project's service for the gates that ask it: started, or reached elsewhere, with the operations that it has."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from gate.context import Context
from gate.formats import UnreadableError
from gate.formats.openapi_document import Document, parse_document
from gate.formats.service_inventory import Inventory, parse_inventory
from gate.gates.access_review.operations import Subject, subjects_of
from gate.gates.access_review.reach import assignments_of, far_stores
from gate.gates.access_review.served_document import fetch_document
from gate.gates.running_service import running_service
from gate.ports import CannotRun, Database
from gate.service_ports import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where the service is: at `target`, or started here where that is ""; `anywhere`: also on another machine."""

    target: str = ""
    anywhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedService:
    """A service that runs, and what is known of its operations. `text` is its document as it stands, "" for none."""

    service: Service
    inventory: Inventory | None
    text: str
    document: Document
    subjects: tuple[Subject, ...]


@asynccontextmanager
async def described_service(
    ctx: Context, reach: Reach, *, database: Database | None = None, more: Mapping[str, str] | None = None
) -> AsyncIterator[DescribedService]:
    """Run the service, or reach it, and learn which operations it has, until the block is left.

    Raises:
        CannotRun: it cannot be had, would write to somebody's database, or has no operation.
    """
    if not reach.target and not reach.anywhere:
        refuse_far_stores(ctx, ctx.child_environment(await ctx.environment(), database, **(more or {})))
    async with _service(ctx, reach, database, more or {}) as service:
        inventory = _inventory(service)
        text = await _described(service, inventory)
        document = _document(text, inventory)
        subjects = subjects_of(document, inventory)
        if not subjects:
            reason = "the service has no operation: no route, and no document that names one"
            raise CannotRun(reason, ctx.tail(ctx.service_log))
        yield DescribedService(service=service, inventory=inventory, text=text, document=document, subjects=subjects)


def refuse_far_stores(ctx: Context, env: Mapping[str, str]) -> None:
    """Refuse to start a service that would write to somebody's database.

    Raises:
        CannotRun: the caller's own variables, or the project's `.env`, lead it to one on another machine.
    """
    given = {name: value for name, value in env.items() if ctx.caller_environment.get(name) == value}
    own = assignments_of(ctx.read_text(ctx.project.folder / ".env") or "")
    for name, host in far_stores({name: value for name, value in own.items() if name not in env} | given):
        raise CannotRun(
            f"{name} leads the service to {host[:200]}, and the gate writes whatever the service can: set "
            f'{name} to a store of this machine (`env = ["{name}=…"]`), or allow it: {ctx.gate}.anywhere = true'
        )


@asynccontextmanager
async def _service(
    ctx: Context, reach: Reach, database: Database | None, more: Mapping[str, str]
) -> AsyncIterator[Service]:
    if reach.target:
        if ctx.services is None:
            raise CannotRun("this run reaches no services")
        async with ctx.services.elsewhere(reach.target, anywhere=reach.anywhere) as service:
            yield service
        return
    async with running_service(ctx, database=database, more=more) as service:
        yield service


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
