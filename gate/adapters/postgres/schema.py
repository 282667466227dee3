"""Makes the project's schema in an empty database: SQL files, then the project's command. Chooses neither."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector

import psycopg
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.pq.abc import PGconn, PGresult

from gate.adapters.postgres.session import Connection, first_line, in_session
from gate.adapters.postgres.sql_script import line_at, statement_lines, without_restrict
from gate.domain.connection import Database
from gate.domain.exhibit import OutputTail
from gate.last_output import output_tail
from gate.ports import CannotRun, Completed, Schema

_FAILED = (ExecStatus.FATAL_ERROR, ExecStatus.BAD_RESPONSE)
_COPIES = (ExecStatus.COPY_IN, ExecStatus.COPY_OUT, ExecStatus.COPY_BOTH)
_UNMADE = "the schema could not be made"


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaMaker:
    """Makes the schema that `schema` names. `seconds` is the deadline; `folder` the project's."""

    schema: Callable[[], Awaitable[Schema]]
    run_command: Callable[[Database], Awaitable[Completed]]
    folder: Path
    seconds: float
    say: Callable[[str], None]

    async def make(self, database: Database) -> None:
        """Make the schema.

        Raises:
            CannotRun: it could not be made; names the file and line, or the command, with its last output.
        """
        schema = await self.schema()
        try:
            async with asyncio.timeout(self.seconds):
                for path in schema.sql_files:
                    self.say(f"making the schema: {self._shown(path)}")
                    await self._run_file(database, path)
                if schema.command is not None:
                    self.say(f"making the schema: {schema.command}")
                    await self._run_command(database, schema.command)
        except TimeoutError as late:
            raise CannotRun(f"{_UNMADE} within {self.seconds:g} s") from late

    async def _run_file(self, database: Database, path: Path) -> None:
        name = self._shown(path)
        try:
            text = without_restrict((await asyncio.to_thread(path.read_bytes)).decode("utf-8-sig"))
        except OSError as error:
            raise CannotRun(f"{_UNMADE}: {name} cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise CannotRun(f"{_UNMADE}: {name} is not UTF-8") from error
        try:
            await in_session(database, lambda connection: _run_script(connection, text))
        except _ScriptError as error:
            place = f"{name}, line {error.line}" if error.line else name
            raise CannotRun(f"{_UNMADE}: {place}: {error.said}", OutputTail(title=place, text=error.details)) from error
        except psycopg.Error as error:
            raise CannotRun(f"{_UNMADE}: {name}: {first_line(error)}") from error

    async def _run_command(self, database: Database, command: str) -> None:
        completed = await self.run_command(database)
        if completed.returncode != 0:
            raise CannotRun(f"{_UNMADE}: `{command}` {completed.ended}", output_tail(completed.log, command))

    def _shown(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix() if path.is_relative_to(self.folder) else path.name


class _ScriptError(Exception):
    def __init__(self, line: int | None, said: str, details: str = "") -> None:
        super().__init__(said)
        self.line = line
        self.said = said
        self.details = details


def _run_script(connection: Connection, text: str) -> None:
    """Run a whole script by the simple protocol: one transaction, unless it says otherwise.

    libpq is asked directly, because only it tells how many statements went well before an error.
    """
    if "\0" in text:
        raise _ScriptError(line_at(text, text.index("\0") + 1), "it has a NUL character")
    pgconn = connection.pgconn
    pgconn.send_query(text.encode())
    done = 0
    error: _ScriptError | None = None
    try:
        while (result := _next_result(pgconn)) is not None:
            if result.status in _COPIES:
                connection.close()
                raise _ScriptError(_line_of(text, done), "COPY from or to the client is not possible here")
            if result.status in _FAILED:
                error = error or _error_in(text, done, result)
            done += 1
    except psycopg.OperationalError as lost:
        error = error or _ScriptError(_line_of(text, done), first_line(lost), str(lost))
    if error is not None:
        raise error


def _next_result(pgconn: PGconn) -> PGresult | None:
    """Wait for the next result without holding up other threads, which libpq itself would."""
    with DefaultSelector() as selector:
        selector.register(pgconn.socket, EVENT_READ)
        while pgconn.is_busy():
            selector.select()
            pgconn.consume_input()
    return pgconn.get_result()


def _error_in(text: str, done: int, result: PGresult) -> _ScriptError:
    position = result.error_field(DiagnosticField.STATEMENT_POSITION)
    line = line_at(text, int(position)) if position else _line_of(text, done)
    details = result.error_message.decode("utf-8", "replace").strip()
    primary = result.error_field(DiagnosticField.MESSAGE_PRIMARY)
    said = primary.decode("utf-8", "replace") if primary else details
    if said.endswith('at or near "\\"'):
        said += " (commands of psql are not SQL)"
    return _ScriptError(line, said, details)


def _line_of(text: str, statement: int) -> int | None:
    lines = statement_lines(text)
    return lines[statement] if statement < len(lines) else None
