"""Starts the service of the commit that the change is compared with, from that commit's files, beside the change's."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from gate.config.model import Config
from gate.context import Context
from gate.domain.project import Project
from gate.gates.access_review.curl import rendered_exchanges
from gate.gates.access_review.masking import Mask
from gate.gates.described_service import Reach, described_service
from gate.gates.latency.base_sources import LOCKS, MANIFEST, import_path, not_of_base, other_packages
from gate.gates.latency.loaded_service import LoadedService
from gate.gates.latency.session_making import SessionMaking
from gate.ports import CannotRun, ProjectEnvironment
from gate.revision_ports import Base

_PATH = "PYTHONPATH"


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedBase:
    """The base's service, and what a reader should know of it. `loading` is made for it as for the change's."""

    commit: Base
    loading: LoadedService
    notices: tuple[str, ...]


@asynccontextmanager
async def started_base(head: LoadedService, environment: ProjectEnvironment) -> AsyncIterator[StartedBase]:
    """Run the base's service until the block is left.

    Raises:
        CannotRun: it cannot be had, does not start, or is not the base's code.
    """
    if head.ctx.revisions is None:
        raise CannotRun("this run knows no revisions")
    commit = await head.ctx.revisions.base()
    head.ctx.doing(f"starting the base {commit.commit[:12]}, {commit.origin}")
    ctx = await _context_of(head, commit)
    async with AsyncExitStack() as stack:
        database = await ctx.database(environment)
        reach = Reach(anywhere=head.options.anywhere)
        described = await stack.enter_async_context(described_service(ctx, reach, database=database))
        if why := not_of_base(described.inventory, head.ctx.project.root, ctx.project.root):
            raise CannotRun(f"{why}: it would be compared with itself")
        env = ctx.child_environment(environment, database)
        making = SessionMaking(ctx=ctx, options=head.options, environment=environment, env=env, described=described)
        insight = None
        if database is not None and head.insight is not None and ctx.insights is not None:
            insight = await stack.enter_async_context(ctx.insights.insight(database))
        loading = LoadedService(
            ctx=ctx,
            options=head.options,
            load=head.load,
            described=described,
            making=making,
            insight=insight,
            env=env,
            untold=head.untold,
        )
        try:
            yield StartedBase(commit=commit, loading=loading, notices=_notices(head.ctx, ctx, commit))
        finally:
            people = making.people
            ctx.write_text(ctx.log, rendered_exchanges(people.accounts.caller.exchanges, Mask(people.secrets)))


async def _context_of(head: LoadedService, commit: Base) -> Context:
    """Return what the base is started with: its own files and database, and all else as the change has it."""
    ctx = head.ctx
    assert ctx.revisions is not None
    root = ctx.scratch_folder(f"{ctx.gate}-base")
    await ctx.revisions.export(commit.commit, root)
    files = ctx.files_below(root)
    folder = root / ctx.project.place
    inside = tuple(path.relative_to(folder).as_posix() for path in files if path.is_relative_to(folder))
    if not inside:
        raise CannotRun(f"it has no folder {ctx.project.place}")
    project = Project(root=root, folder=folder, files=inside)
    given = dict(ctx.config.env).get(_PATH, ctx.caller_environment.get(_PATH, ""))
    path = import_path(head.described.inventory, ctx.project.root, root, ctx.project.place, given)
    config = replace(ctx.config, env=(*_without_path(ctx.config), (_PATH, path)))
    return replace(
        ctx,
        gate=f"{ctx.gate}-base",
        project=project,
        config=config,
        databases=ctx.databases_of(project, config),
        doing=lambda what: ctx.doing(f"the base: {what}"),
    )


def _without_path(config: Config) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in config.env if pair[0] != _PATH)


def _notices(head: Context, base: Context, commit: Base) -> tuple[str, ...]:
    told = [f"compared with {commit.commit[:12]}, {commit.origin}"]
    if differing := other_packages(_package_files(head), _package_files(base)):
        told.append(f"{' and '.join(differing)} differ at the base, which was measured with this change's packages")
    return tuple(told)


def _package_files(ctx: Context) -> Mapping[str, bytes | None]:
    """Read what decides about packages: a project without a lock of its own has that of the repository."""
    own = {name: ctx.read_bytes(ctx.project.folder / name) for name in (*LOCKS, MANIFEST)}
    return {
        name: content if content is not None or name == MANIFEST else ctx.read_bytes(ctx.project.root / name)
        for name, content in own.items()
    }
