"""A program under a guard (Linux): even daemons end with it, and all of it with us. Starts nothing else."""

import asyncio
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from gate.adapters.processes.running import Launch, Running
from gate.ports import CannotRun, Completed

GUARD = Path(__file__).with_name("guard.py")
# What the guard may take beyond the grace it was given: for killing, and for its own start.
_MARGIN_SECONDS = 10.0
_SAME_ACCOUNT = ("-1", "-1")


async def start_guarded(launch: Launch, interpreter: Sequence[str]) -> Running:
    """Start a program under a guard, which `interpreter` runs.

    Raises:
        OSError, ValueError: the guard cannot be started.
    """
    report, report_end = os.pipe()
    ids = (str(launch.account.uid), str(launch.account.gid)) if launch.account else _SAME_ACCOUNT
    options = (str(report_end), str(os.getpid()), str(launch.grace), str(int(launch.stop_signal)), *ids)
    try:
        argv = (*interpreter, str(GUARD), *options, *launch.command.argv)
        transport = await launch.spawn(argv, pass_fds=(report_end,))
    except BaseException:
        os.close(report)
        raise
    finally:
        os.close(report_end)
    return _Guarded(launch, transport, report)


class _Guarded(Running):
    def __init__(self, launch: Launch, transport: asyncio.SubprocessTransport, report: int) -> None:
        super().__init__(launch, transport)
        self._report: int | None = report
        self._told: dict[str, int] = {}

    async def stop(self) -> Completed:
        if not self.ended:
            self._transport.terminate()
            await asyncio.wait([self._launch.output.exited], timeout=self._launch.grace + _MARGIN_SECONDS)
        if not self.ended:
            self._transport.kill()
        return await self.wait()

    def _end_leftovers(self) -> None:
        if self._report is None:
            return
        lines = os.read(self._report, 4096).decode().splitlines()
        os.close(self._report)
        self._report = None
        self._told = {word: int(number) for word, _, number in (line.partition(" ") for line in lines)}
        if "started" in self._told and "ended" not in self._told:
            # The guard was killed and so is its program, by the kernel; what else is in its session is not.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._told["started"], signal.SIGKILL)

    def _status(self) -> int:
        if "error" in self._told:
            raise CannotRun(f"{self._launch.program} cannot be started: {os.strerror(self._told['error'])}")
        if "ended" in self._told:
            return self._told["ended"]
        status = self._transport.get_returncode() or 0
        if "started" not in self._told and status >= 0:
            raise CannotRun(f"{self._launch.program} cannot be started: its guard exited with status {status}")
        return min(status, 0) or -signal.SIGKILL
