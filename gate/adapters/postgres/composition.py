"""The setting `postgres` -> which providers are asked, in which order. Reads and starts nothing itself."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from gate.adapters.postgres.cluster import ClusterProvider
from gate.adapters.postgres.databases import PostgresDatabases, ServerSources
from gate.adapters.postgres.docker import DockerProvider
from gate.adapters.postgres.given import GivenServer
from gate.adapters.postgres.installations import folders_of_wheel, folders_on_machine
from gate.adapters.postgres.provider import Machine, Provider, Wanted
from gate.adapters.postgres.schema import SchemaMaker
from gate.adapters.postgres.server_url import BadUrlError, is_near, is_postgres_url, parse_server_url, place_of
from gate.domain.connection import Database
from gate.ports import CannotRun, Completed, Databases, Schema

_VARIABLE = "DATABASE_URL"
# Nobody starts a service at the side on a laptop while we wait, but `docker compose up` may just have returned.
_LAPTOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSchema:
    """What the databases get: the schema of the project in `folder`, whose command `command` runs on a database.

    `drivers` are the distributions that the project's environment holds, by normalised name.
    """

    folder: Path
    schema: Callable[[], Awaitable[Schema]]
    command: Callable[[Database], Awaitable[Completed]]
    drivers: Callable[[], Awaitable[Collection[str]]]


def postgres_databases(wanted: Wanted, machine: Machine, project: ProjectSchema) -> Databases:
    """Return the databases of a run; nothing is started before the first is asked for."""
    maker = SchemaMaker(
        schema=project.schema,
        run_command=project.command,
        folder=project.folder,
        seconds=wanted.schema_seconds,
        say=machine.say,
    )
    providers, reasons = providers_for(wanted, machine)
    anyway, _ = providers_for(replace(wanted, extensions=()), machine) if wanted.extensions else ([], [])
    return PostgresDatabases(
        sources=ServerSources(
            providers=providers,
            reasons=reasons,
            anyway=[provider for provider in anyway if isinstance(provider, ClusterProvider)],
            others={word: make(wanted, machine).extensions for word, make in _CLUSTERS.items()},
        ),
        maker=maker,
        drivers=project.drivers,
        notice=machine.notice,
        ledger=machine.ledger,
        endings=wanted.endings,
        named=wanted.named,
    )


def providers_for(wanted: Wanted, machine: Machine) -> tuple[list[Provider], list[str]]:
    """Return whom to ask, in this order, and why others are not asked."""
    if wanted.setting == "off":
        return [], ['it is off (postgres = "off")']
    by_word: dict[str, Callable[[Wanted, Machine], Provider]] = {**_CLUSTERS, "docker": _docker}
    if wanted.setting in by_word:
        return [by_word[wanted.setting](wanted, machine)], []
    if wanted.setting != "auto":
        return [_given(wanted, machine, wanted.setting, "given URL")], []
    own: list[Provider] = [_local(wanted, machine), _embedded(wanted, machine)]
    url = machine.environment.get(_VARIABLE, "").strip()
    reason = _why_not(url, wanted, machine)
    if url and reason is None:
        return [_given(wanted, machine, url, _VARIABLE), *own], []
    return own, [reason] if reason else []


def _why_not(url: str, wanted: Wanted, machine: Machine) -> str | None:
    """Say why the server of DATABASE_URL is not asked, where it is set and not asked."""
    if not url:
        return None
    if not is_postgres_url(url):
        return f"{_VARIABLE} is not a URL of PostgreSQL; passed over"
    try:
        database = parse_server_url(url, _VARIABLE, machine.environment)
    except BadUrlError:
        return None
    if wanted.in_ci or is_near(database.host):
        return None
    return (
        f"{_VARIABLE} names {place_of(database)}, which is another machine; passed over outside CI "
        f'(to insist, set postgres = "<its URL>")'
    )


def _given(wanted: Wanted, machine: Machine, url: str, word: str) -> Provider:
    try:
        database = parse_server_url(url, word, machine.environment)
    except BadUrlError as error:
        return _Misnamed(f"{word} is not the URL of a PostgreSQL server: {error}")
    may_lack = word == _VARIABLE and not wanted.in_ci
    return GivenServer(
        database=database,
        version=wanted.version,
        patience=min(wanted.patience, _LAPTOP_SECONDS) if may_lack else wanted.patience,
        may_lack=may_lack,
        say=machine.say,
    )


@dataclass(frozen=True, slots=True)
class _Misnamed:
    reason: str

    async def provide(self) -> NoReturn:
        raise CannotRun(self.reason)


def _local(wanted: Wanted, machine: Machine) -> ClusterProvider:
    return _cluster(wanted, machine, "local", "the local server", lambda: folders_on_machine(machine.environment))


def _embedded(wanted: Wanted, machine: Machine) -> ClusterProvider:
    return _cluster(wanted, machine, "embedded", "the embedded server", folders_of_wheel)


def _cluster(
    wanted: Wanted, machine: Machine, word: str, what: str, folders: Callable[[], Sequence[Path]]
) -> ClusterProvider:
    return ClusterProvider(word=word, what=what, folders=folders, wanted=wanted, machine=machine)


def _docker(wanted: Wanted, machine: Machine) -> Provider:
    return DockerProvider(wanted=wanted, machine=machine)


_CLUSTERS = {"local": _local, "embedded": _embedded}
