"""What a provider of PostgreSQL is. Starts nothing."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from gate.adapters.ledger import Ledger
from gate.adapters.postgres.versions import major_of
from gate.adapters.processes import ProcessRunner
from gate.domain.connection import Database
from gate.domain.exhibit import Exhibit


class PassedOver(Exception):
    """A provider has no server to give, for `reason`, a clause: `the embedded one is 18.6, not 16`.

    `lacking` are the extensions that it would have to have.
    """

    def __init__(self, reason: str, *exhibits: Exhibit, lacking: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.exhibits = exhibits
        self.lacking = lacking


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the configuration asks for. `patience` are the seconds to wait for a server that is given.

    `extensions` are those that the project's schema seems to create: a provider that has them is preferred.
    Beside each database there is one for each of the `endings`, which its name has there, and on a server of our own
    one for all, of each name in `named`.
    """

    setting: str
    version: str | None
    in_ci: bool
    patience: float = 30.0
    schema_seconds: float = 600.0
    extensions: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Where it is done. `say` is told what is waited for, `notice` what a reader of the report should know.

    In `cache` lies what the next run can use again; what this one makes is written down in `ledger`.
    """

    environment: Mapping[str, str]
    scratch: Path
    processes: ProcessRunner
    say: Callable[[str], None]
    notice: Callable[[str], None]
    cache: Path | None = None
    ledger: Ledger = field(default_factory=Ledger)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server that answers. Through `entry` databases are made; `stop` is None where it was given."""

    entry: Database
    stop: Callable[[], Awaitable[None]] | None = None


class Provider(Protocol):
    """A way to come by a server."""

    async def provide(self) -> Server:
        """Return a server that answers; leave nothing behind if cancelled.

        Raises:
            PassedOver: there is none this way; the next provider may be asked.
            CannotRun: there should be one, and it must not be replaced by another.
        """
        ...


def require_version(what: str, version: str, wanted: str | None) -> None:
    """Pass `what` over unless its major version is the wanted one.

    Raises:
        PassedOver: it is not.
    """
    if wanted is not None and major_of(version) != wanted:
        raise PassedOver(f"{what} is PostgreSQL {version}, not {wanted}")


def require_extensions(what: str, present: Collection[str], wanted: Sequence[str]) -> None:
    """Pass `what` over unless it has the wanted extensions.

    Raises:
        PassedOver: it lacks one.
    """
    lacking = [name for name in wanted if name not in present]
    if lacking:
        raise PassedOver(f"{what} has no extension {', '.join(lacking)}", lacking=tuple(lacking))
