"""A program that was started, until it and all it started is gone. Does not choose how that is made sure."""

import asyncio
import shlex
import signal
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from gate.adapters.processes.bounded_log import BoundedLog
from gate.ports import CannotRun, Command, Completed

# How long to wait for the last output once every process that we know of is gone.
_DRAIN_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user of the machine, by number, as whom a program is to run."""

    uid: int
    gid: int


class Output(asyncio.SubprocessProtocol):
    """Keeps what a program prints, and tells when it has ended and when it has said all."""

    def __init__(self, log: BoundedLog) -> None:
        self._log = log
        loop = asyncio.get_running_loop()
        self.exited: asyncio.Future[None] = loop.create_future()
        self.drained: asyncio.Future[None] = loop.create_future()

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Keep what was printed."""
        del fd
        self._log.write(data)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        """Note that nobody is left who could print."""
        del fd, exc
        self.drained.set_result(None)

    def process_exited(self) -> None:
        """Note that the process has ended."""
        self.exited.set_result(None)

    def close(self) -> OSError | None:
        """Close the log; return what went wrong with it."""
        self._log.close()
        return self._log.failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """A program about to be started. `grace` are the seconds between `stop_signal` and SIGKILL."""

    command: Command
    output: Output
    account: Account | None
    stop_signal: signal.Signals
    grace: float

    @property
    def program(self) -> str:
        """The program's name, for a sentence."""
        return program_of(self.command)

    async def spawn(self, argv: Sequence[str], **more: Any) -> asyncio.SubprocessTransport:  # noqa: ANN401 - as asyncio
        """Start `argv` in the command's folder and environment.

        Raises:
            OSError, ValueError: it cannot be started.
        """
        transport, _ = await asyncio.get_running_loop().subprocess_exec(
            lambda: self.output,
            *argv,
            cwd=self.command.cwd,
            env=dict(self.command.env),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            **more,
        )
        return transport


class Running(ABC):
    """A program that was started. One of `wait` and `stop` must be awaited to its end."""

    def __init__(self, launch: Launch, transport: asyncio.SubprocessTransport) -> None:
        self._launch = launch
        self._transport = transport

    @property
    def ended(self) -> bool:
        """Whether it has ended by now."""
        return self._launch.output.exited.done()

    async def wait(self) -> Completed:
        """Wait for its end, and end what it has left behind.

        Raises:
            CannotRun: it could not be started after all, or its output could not be kept.
        """
        output = self._launch.output
        await asyncio.shield(output.exited)
        self._end_leftovers()
        with suppress(TimeoutError):
            async with asyncio.timeout(_DRAIN_SECONDS):
                await asyncio.shield(output.drained)
        self._transport.close()
        failure = output.close()
        if failure is not None:
            raise CannotRun(f"the output of {self._launch.program} could not be kept: {failure.strerror}")
        return Completed(returncode=self._status(), log=self._launch.command.log)

    @abstractmethod
    async def stop(self) -> Completed:
        """End it and all that it started; safe when it has ended by itself.

        Raises:
            CannotRun: as `wait`.
        """

    @abstractmethod
    def _end_leftovers(self) -> None: ...

    @abstractmethod
    def _status(self) -> int: ...


def program_of(command: Command) -> str:
    """Return the name of a command's program, for a sentence."""
    return shlex.quote(command.argv[0])[:200] if command.argv else "an empty command"
