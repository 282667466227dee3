"""The answer to `gate.ports.Processes`. Interprets nothing that a program prints."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from typing import TypeVar

from gate.adapters.processes.bounded_log import BoundedLog
from gate.adapters.processes.guarded import start_guarded
from gate.adapters.processes.running import Account, Launch, Output, Running, program_of
from gate.adapters.processes.unguarded import start_unguarded
from gate.ports import CannotRun, Command, Completed, Processes

T = TypeVar("T")

_TAIL_BYTES = 256 * 1024
_ISOLATED = (sys.executable, "-I", "-S") if sys.platform == "linux" else ()


class ProcessRunner(Processes):
    """Runs each program in a session of its own, without input, its output in the command's log.

    `grace` is how many seconds a program has between SIGTERM and SIGKILL. Of its output `log_limit` bytes are
    kept, and the last that it printed. `interpreter` runs the guard; where it is empty, there is no guard.
    """

    def __init__(
        self, *, grace: float = 5.0, log_limit: int = 50_000_000, interpreter: Sequence[str] = _ISOLATED
    ) -> None:
        self._grace = grace
        self._log_limit = log_limit
        self._interpreter = tuple(interpreter)

    async def run(self, command: Command, *, account: Account | None = None) -> Completed:
        """Run to the end; if cancelled, everything that was started is gone before this returns.

        Raises:
            CannotRun: the program cannot be started at all, or its output not be kept.
        """
        # It may run before its start has returned here: who is cancelled in between has to stop it, too.
        starting = asyncio.ensure_future(self.start(command, account=account))
        try:
            return await (await asyncio.shield(starting)).wait()
        except asyncio.CancelledError:
            with suppress(CannotRun):
                await uninterrupted(_stopped(starting))
            raise

    async def start(
        self, command: Command, *, account: Account | None = None, stop_signal: signal.Signals = signal.SIGTERM
    ) -> Running:
        """Start a program and let it run. To stop it, `stop_signal` is sent to it and all its descendants.

        Raises:
            CannotRun: the program cannot be started.
        """
        if not command.cwd.is_dir():
            raise CannotRun(f"{program_of(command)} cannot be started: there is no folder {command.cwd}")
        if not command.argv:
            raise CannotRun("an empty command cannot be started")
        try:
            output = Output(BoundedLog(command.log, limit=self._log_limit, tail=_TAIL_BYTES))
        except OSError as error:
            raise CannotRun(f"the output of {program_of(command)} cannot be kept: {error}") from error
        launch = Launch(command=command, output=output, account=account, stop_signal=stop_signal, grace=self._grace)
        try:
            if self._interpreter:
                return await start_guarded(launch, self._interpreter)
            return await start_unguarded(launch)
        except (OSError, ValueError) as error:
            output.close()
            reason = getattr(error, "strerror", None) or error
            raise CannotRun(f"{program_of(command)} cannot be started: {reason}") from error
        except BaseException:
            output.close()
            raise


async def _stopped(starting: Awaitable[Running]) -> None:
    await (await starting).stop()


async def uninterrupted(work: Awaitable[T]) -> T:
    """Await `work` to its end, however often this task is cancelled meanwhile; only then be cancelled.

    Raises:
        CancelledError: this task was cancelled; what came of `work` is lost.
    """
    task = asyncio.ensure_future(work)
    cancelled = False
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        with suppress(Exception):
            task.result()
        raise asyncio.CancelledError
    return task.result()
