"""The answer to `gate.load_ports.LoadGenerator`: starts a process for each plan, and reads what it leaves."""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from gate.adapters.processes import ProcessRunner
from gate.formats import UnreadableError
from gate.last_output import output_tail
from gate.load_ports import LoadGenerator, LoadPlan, LoadResult
from gate.ports import CannotRun, Command

_ENGINE = "gate.adapters.load.engine"
# Beyond what the plan takes: its start, and writing what was measured.
_MARGIN_SECONDS = 60.0


class ProcessLoads(LoadGenerator):
    """Plays each plan in a process of its own, with this interpreter and `environment` as its whole environment."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._processes = ProcessRunner()

    async def play(self, plan: LoadPlan, scratch: Path) -> LoadResult:
        """Play a plan to its end.

        Raises:
            CannotRun: it cannot be played, or the process failed; with the end of its output.
        """
        # They import aiohttp, or what it is made of, which takes longer than the start of the whole command.
        from gate.adapters.load.exchange import read_result, write_plan
        from gate.adapters.load.play import BEFORE_SECONDS
        from gate.adapters.load.prepared import prepare

        try:
            prepare(plan)
        except UnreadableError as error:
            raise CannotRun(f"the load cannot be played: {error}") from None
        folder = Path(tempfile.mkdtemp(prefix="load-", dir=scratch))
        try:
            write_plan(folder, plan)
            window = plan.longest if plan.duration is None else plan.duration
            longest = BEFORE_SECONDS + plan.warm_up + window + plan.request_timeout + _MARGIN_SECONDS
            await self._played(folder, longest)
            try:
                return await asyncio.to_thread(read_result, folder)
            except (OSError, ValueError) as error:
                raise CannotRun(f"what the load generator wrote cannot be read: {error}") from None
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    async def _played(self, folder: Path, longest: float) -> None:
        argv = (sys.executable, "-I", "-m", _ENGINE, str(folder))
        command = Command(argv=argv, cwd=folder, env=self._environment, log=folder / "log")
        try:
            async with asyncio.timeout(longest):
                completed = await self._processes.run(command)
        except TimeoutError:
            raise CannotRun(f"the load generator did not end within {longest:.0f} s") from None
        if completed.returncode:
            tail = output_tail(completed.log, "the load generator's last output")
            raise CannotRun(f"the load generator {completed.ended}", tail)
