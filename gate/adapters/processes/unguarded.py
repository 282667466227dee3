"""A program followed from here, where there is no guard: macOS and Windows. A daemon may escape it."""

import asyncio
import os
import signal
from contextlib import suppress
from typing import Any

import psutil

from gate.adapters.processes.running import Launch, Running
from gate.ports import Completed


async def start_unguarded(launch: Launch) -> Running:
    """Start a program in a process group of its own.

    Raises:
        OSError, ValueError: it cannot be started.
    """
    more: dict[str, Any] = {}
    if launch.account:
        more = {"user": launch.account.uid, "group": launch.account.gid, "extra_groups": ()}
    return _Unguarded(launch, await launch.spawn(launch.command.argv, **more))


class _Unguarded(Running):
    async def stop(self) -> Completed:
        family: list[psutil.Process] = []
        if not self.ended:
            with suppress(psutil.Error):
                root = psutil.Process(self._transport.get_pid())
                family = [root, *root.children(recursive=True)]
        for process in family:
            with suppress(psutil.Error):
                process.send_signal(self._launch.stop_signal)
        await asyncio.wait([self._launch.output.exited], timeout=self._launch.grace)
        for process in family:
            with suppress(psutil.Error):
                process.kill()
        return await self.wait()

    def _end_leftovers(self) -> None:
        # Windows has no process groups of this kind.
        with suppress(AttributeError, ProcessLookupError, PermissionError):
            os.killpg(self._transport.get_pid(), signal.SIGKILL)

    def _status(self) -> int:
        return self._transport.get_returncode() or 0
