"""Databases that are empty where the schema that was found for them could not be made. Chooses no schema."""

import re
from collections.abc import Callable

from gate.domain.connection import Database
from gate.domain.exhibit import Exhibit, OutputTail
from gate.ports import CannotRun, Databases

# A Python exception, or what Alembic and programs of PostgreSQL say: `FAILED: No config file`, `psql: error: ...`.
_ERROR = re.compile(
    r"(?:[A-Za-z_]\w{0,60}\.){0,10}[A-Z]\w{0,60}(?:Error|Exception|Failure|NotFound|Exit)\b"
    r"|FAILED\b|\w{1,60}: error:|ERROR\b|Error:"
)


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
            self._trouble = reason.reason + _telling_line(reason.exhibits)
            self._notice(f"{self._trouble}; the tests get an empty database")

    async def close(self) -> None:
        """Drop what was made, and stop what was started."""
        try:
            await self._full.close()
        finally:
            if self._empty is not None:
                await self._empty.close()


def _telling_line(exhibits: tuple[Exhibit, ...]) -> str:
    """Return the last line that looks like an error's, else the last: tools print advice behind their errors."""
    texts = [exhibit.text for exhibit in exhibits if isinstance(exhibit, OutputTail)]
    lines = [line.strip() for text in texts for line in text.splitlines() if line.strip()]
    told = [line for line in lines if _ERROR.match(line)] or lines
    return f": {told[-1][:300]}" if told else ""
