"""What a provider of PostgreSQL is. Starts nothing."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from gate.adapters.postgres.versions import major_of
from gate.domain.connection import Database
from gate.domain.exhibit import Exhibit


class PassedOver(Exception):
    """A provider has no server to give, for `reason`, a clause: `the embedded one is 18.6, not 16`."""

    def __init__(self, reason: str, *exhibits: Exhibit) -> None:
        super().__init__(reason)
        self.reason = reason
        self.exhibits = exhibits


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
