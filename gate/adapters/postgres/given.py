"""A server that somebody else runs: waited for, never started, stopped or replaced."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from gate.adapters.postgres.provider import PassedOver, Server, require_version
from gate.adapters.postgres.server_url import place_of
from gate.adapters.postgres.session import Refused, Unanswered, wait_for_version
from gate.domain.connection import Database
from gate.ports import CannotRun

# Where servers put their socket: Debian and Fedora, and PostgreSQL's own default.
_SOCKET_FOLDERS = ("/run/postgresql", "/var/run/postgresql", "/tmp")  # noqa: S108 - looked at, not written to


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenServer:
    """The server of a URL. It has `patience` seconds to let us in; if it `may_lack`, it is else passed over."""

    database: Database
    version: str | None
    patience: float
    may_lack: bool
    say: Callable[[str], None]

    async def provide(self) -> Server:
        """Wait until the server answers.

        Raises:
            PassedOver: it has another version; or it does not let us in and may lack.
            CannotRun: it does not answer, or does not let us in.
        """
        database = replace(self.database, host=self.database.host or usual_host(self.database.port))
        place = place_of(database)
        self.say(f"waiting for PostgreSQL on {place}")
        try:
            version = await wait_for_version(database, self.patience)
        except Unanswered as silence:
            reason = f"no PostgreSQL answered on {place} within {self.patience:g} s ({database.provider}): {silence}"
            if self.may_lack:
                raise PassedOver(reason) from silence
            raise CannotRun(reason) from silence
        except Refused as refusal:
            reason = f"PostgreSQL on {place} ({database.provider}) does not let {database.user!r} in: {refusal}"
            if self.may_lack:
                raise PassedOver(reason) from refusal
            raise CannotRun(reason) from refusal
        require_version(f"the server on {place} ({database.provider})", version, self.version)
        return Server(entry=replace(database, server_version=version))


def usual_host(port: int) -> str:
    """Return the folder of this machine's usual socket, else its loopback name."""
    folders = (folder for folder in _SOCKET_FOLDERS if Path(folder, f".s.PGSQL.{port}").exists())
    return next(folders, "localhost")
