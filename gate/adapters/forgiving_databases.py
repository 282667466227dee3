"""Databases that are empty where the schema that was found for them could not be made. Chooses no schema."""

from collections.abc import Callable

from gate.domain.connection import Database
from gate.domain.exhibit import Exhibit, OutputTail
from gate.ports import CannotRun, Databases


class ForgivingDatabases(Databases):
    """Asks `full`; where a server was reached and the schema failed, asks `empty` from then on.

    `reached` tells whether the schema was begun. Only for a schema that nobody configured: what was found may be
    wrong, and the tests may make their own.
    """

    def __init__(
        self,
        *,
        full: Databases,
        empty: Callable[[], Databases],
        reached: Callable[[], bool],
        notice: Callable[[str], None],
    ) -> None:
        self._full = full
        self._make_empty = empty
        self._reached = reached
        self._notice = notice
        self._empty: Databases | None = None
        self._trouble = ""

    @property
    def schema_trouble(self) -> str:
        """Why the databases are empty, "" where they are not."""
        return self._trouble

    async def database(self, purpose: str) -> Database:
        """Return a fresh database for `purpose`.

        Raises:
            CannotRun: no server can be had.
        """
        if self._empty is None:
            try:
                return await self._full.database(purpose)
            except CannotRun as reason:
                if not self._reached():
                    raise
                self._give_up(reason)
        assert self._empty is not None
        return await self._empty.database(purpose)

    def _give_up(self, reason: CannotRun) -> None:
        if self._empty is None:
            self._empty = self._make_empty()
            self._trouble = reason.reason + _last_line(reason.exhibits)
            self._notice(f"{self._trouble}; the tests get an empty database")

    async def close(self) -> None:
        """Drop what was made, and stop what was started."""
        try:
            await self._full.close()
        finally:
            if self._empty is not None:
                await self._empty.close()


def _last_line(exhibits: tuple[Exhibit, ...]) -> str:
    lines = [line for exhibit in exhibits if isinstance(exhibit, OutputTail) for line in exhibit.text.splitlines()]
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return f": {last[:300]}" if last else ""
