"""The verb `run`: gates side by side, each with a deadline, to a report. Knows ports, never adapters."""

import asyncio
import errno
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gate.config.options import digest_of
from gate.context import Context
from gate.domain.exhibit import OutputTail
from gate.domain.result import GateResult, Judgement, Outcome
from gate.gates.protocol import Gate
from gate.plan import Plan
from gate.ports import CannotRun, Terminal
from gate.render.console import render_result_line

_WORTH_SAYING = 0.2
_MAKES_OTHERS_STOP = (Outcome.FAILED, Outcome.ERRORED)
# A full disk, a spent quota, a read-only file system, no right, no more open files: none is a fault of our own.
_OF_THE_MACHINE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EMFILE, errno.ENFILE)

# What the composition root fills in of a gate's context: (gate, results so far, clock stopper) -> Context.
ContextMaker = Callable[[Gate, Mapping[str, GateResult], Callable[[str], AbstractContextManager[None]]], Context]


@dataclass(slots=True, kw_only=True)
class Run:
    """A run in progress. `interrupt` may be called from a signal handler of the same event loop."""

    plan: Plan
    options: Mapping[str, object]
    timeout: int
    fail_fast: bool
    context_for: ContextMaker
    terminal: Terminal
    # Sees a result against the base's, before anybody else sees it.
    weigh: Callable[[GateResult], GateResult] = lambda result: result
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    # The time of day may be set while a gate runs.
    seconds: Callable[[], float] = time.monotonic
    interrupted_by: str = ""
    _stopped_by: str = ""
    _tasks: dict[str, "asyncio.Task[GateResult]"] = field(default_factory=dict)
    _set_up: dict[str, float] = field(default_factory=dict)

    async def results(self) -> tuple[GateResult, ...]:
        """Run every gate of the plan to a result, whatever happens."""
        for gate in self.plan.gates:
            self._tasks[gate.id] = asyncio.create_task(self._result(gate), name=gate.id)
        return tuple(await asyncio.gather(*self._tasks.values()))

    def interrupt(self, signal_name: str) -> None:
        """Stop all gates; their results say so."""
        if self.interrupted_by:
            return
        self.interrupted_by = signal_name
        self._cancel()

    def so_far(self) -> tuple[GateResult, ...]:
        """Return what can be said now: the results there are, and of every other gate that it was stopped."""
        now = self.now()
        return tuple(
            task.result()
            if (task := self._tasks.get(gate.id)) is not None and task.done() and not task.cancelled()
            else GateResult(
                gate=gate.id,
                title=gate.title,
                judgement=self._of_stopped(),
                started_at=now,
                duration=timedelta(),
            )
            for gate in self.plan.gates
        )

    async def _result(self, gate: Gate) -> GateResult:
        started_at, began = self.now(), self.seconds()
        log: Path | None = None
        try:
            # Every task gets into its `try` before one can end and, failing fast, cancel the others.
            await asyncio.sleep(0)
            first = [name for name in (*gate.requires, *gate.after) if name in self._tasks]
            before = {name: await asyncio.shield(self._tasks[name]) for name in first}
            started_at, began = self.now(), self.seconds()
            self.terminal.gate_started(gate.id, gate.title)
            judgement, log = await self._judgement(gate, before)
        except asyncio.CancelledError:
            judgement = self._of_stopped()
        result = self.weigh(
            GateResult(
                gate=gate.id,
                title=gate.title,
                judgement=judgement,
                started_at=started_at,
                duration=timedelta(seconds=self.seconds() - began),
                set_up=timedelta(seconds=self._set_up.get(gate.id, 0)),
                configuration=digest_of(self.options[gate.id]),
            )
        )
        self.terminal.gate_ended(gate.id, render_result_line(result), result.outcome, log)
        if self.fail_fast and result.outcome in _MAKES_OTHERS_STOP and not self._stopped_by:
            self._stopped_by = gate.title
            self._cancel(all_but=gate.id)
        return result

    async def _judgement(self, gate: Gate, before: Mapping[str, GateResult]) -> tuple[Judgement, Path]:
        options = self.options[gate.id]
        deadline = asyncio.timeout(self.timeout)

        @contextmanager
        def setting_up(what: str) -> Iterator[None]:
            loop, left = asyncio.get_running_loop(), deadline.when()
            # What is ready at once is not worth a line.
            saying = loop.call_later(_WORTH_SAYING, self.terminal.gate_doing, gate.id, what)
            paused_at = loop.time()
            deadline.reschedule(None)
            try:
                yield
            finally:
                if left is not None and not deadline.expired():
                    deadline.reschedule(left + loop.time() - paused_at)
                self._set_up[gate.id] = self._set_up.get(gate.id, 0) + loop.time() - paused_at
                saying.cancel()
                self.terminal.gate_doing(gate.id, "")

        ctx = self.context_for(gate, before, setting_up)
        try:
            async with deadline:
                evidence = await gate.collect(ctx, options)
            return gate.judge(evidence, options), ctx.log
        except CannotRun as trouble:
            proof = (
                replace(one, text=ctx.shown(one.text)) if isinstance(one, OutputTail) else one
                for one in trouble.exhibits
            )
            return Judgement.errored(ctx.shown(trouble.reason), *proof), ctx.log
        except Exception as fault:  # noqa: BLE001 - our own fault must not look like the change's
            if isinstance(fault, TimeoutError) and deadline.expired():
                where = gate.stuck_at(ctx)
                reason = f"did not end within {self.timeout} s" + (f", stuck {where}" if where else "")
            else:
                reason = _reason_of(fault, gate, ctx)
            return _with_proof(reason, ctx), ctx.log

    def _of_stopped(self) -> Judgement:
        if self.interrupted_by:
            return Judgement.errored(f"interrupted by {self.interrupted_by}")
        return Judgement.skipped(f"stopped, because {self._stopped_by} did not pass (fail-fast)")

    def _cancel(self, *, all_but: str = "") -> None:
        for name, task in self._tasks.items():
            if name != all_but:
                task.cancel()


def _reason_of(fault: Exception, gate: Gate, ctx: Context) -> str:
    if isinstance(fault, OSError) and fault.errno in _OF_THE_MACHINE:
        return f"cannot run: {fault.strerror}" + (f": {fault.filename}" if fault.filename else "")
    with suppress(OSError):
        ctx.write_text(ctx.folder / "logs" / f"{gate.id}-fault.log", traceback.format_exc())
    return f"internal error of Quality Gate: {fault!r}"


def _with_proof(reason: str, ctx: Context) -> Judgement:
    try:
        return Judgement.errored(reason, ctx.tail())
    except OSError:
        return Judgement.errored(reason)
