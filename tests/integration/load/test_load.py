"""Loads played by the real process: what it measures arrives, and nothing of it is left, however it ends."""

import asyncio
import os
import platform
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from gate.adapters.load.generator import ProcessLoads
from gate.load_ports import LoadPlan, LoadResult, LoadStep, LoadUser
from gate.ports import CannotRun
from tests.fakes.loaded_service import Asked, LoadedService, reply

pytestmark = pytest.mark.integration

# What plays is code of ours: it is measured there, too.
MEASURING = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_PROCESS")}
LOADS = ProcessLoads(MEASURING)
READ = LoadStep(operation="GET /tasks", method="GET", target="/tasks", headers=(("Authorization", "{token}"),))
LOGIN = LoadStep(operation="POST /login", method="POST", target="/login", extract={"token": "token"})
USER = LoadUser(before=(LOGIN,), steps=(READ,))
PLAN = LoadPlan(origin="", users=(USER,) * 5, think_time=0.01, samples=50, longest=30.0, warm_up=0.1)


async def answering(asked: Asked) -> bytes:
    return reply(200, {"token": "t"})


def with_service(work: Callable[[LoadPlan], Awaitable[LoadResult]]) -> tuple[LoadResult, list[Asked]]:
    async def run() -> tuple[LoadResult, list[Asked]]:
        service = LoadedService(answering)
        async with service.running() as origin:
            return await work(replace(PLAN, origin=origin)), service.heard

    return asyncio.run(run())


def engines() -> list[psutil.Process]:
    return [one for one in psutil.Process().children(recursive=True) if is_an_engine(one)]


def is_an_engine(process: psutil.Process) -> bool:
    # What other tests have started may be ending just now, or be dead and not yet waited for.
    with suppress(psutil.Error):
        return "gate.adapters.load.engine" in process.cmdline()
    return False


async def until_it_plays(scratch: Path) -> psutil.Process:
    while not any(scratch.glob("load-*/log")) or any(scratch.glob("load-*/plan.json")) or not engines():
        await asyncio.sleep(0.02)
    return engines()[-1]


def test_what_a_process_of_its_own_measured_arrives_and_its_plan_is_not_left(tmp_path: Path) -> None:
    result, heard = with_service(lambda plan: LOADS.play(plan, tmp_path))
    [samples] = result.samples
    assert (result.ended, result.trouble) == ("every operation has 50 samples", "")
    assert set(samples.statuses) == {200}
    assert 50 <= len(samples.seconds) == len(samples.starts) == len(samples.statuses) <= 55
    assert all(0 < seconds < 5 for seconds in samples.seconds)
    assert 0 < result.processor_seconds < result.window < 20
    assert ("GET /tasks", 200, "application/json", b'{"token": "t"}') in result.answers
    assert {one.headers["authorization"] for one in heard if one.method == "GET"} == {"t"}
    assert list(tmp_path.iterdir()) == []
    assert engines() == []


def test_who_is_cancelled_leaves_no_process_and_no_file(tmp_path: Path) -> None:
    async def cancelled(plan: LoadPlan) -> LoadResult:
        playing = asyncio.create_task(LOADS.play(replace(plan, samples=10**6), tmp_path))
        await until_it_plays(tmp_path)
        playing.cancel()
        return await playing

    with pytest.raises(asyncio.CancelledError):
        with_service(cancelled)
    assert engines() == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
def test_a_process_that_dies_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    async def killed(plan: LoadPlan) -> LoadResult:
        playing = asyncio.create_task(LOADS.play(replace(plan, samples=10**6), tmp_path))
        (await until_it_plays(tmp_path)).send_signal(signal.SIGKILL)
        return await playing

    with pytest.raises(CannotRun, match=r"the load generator was killed by signal 9 \(SIGKILL\)"):
        with_service(killed)
    assert list(tmp_path.iterdir()) == []


def test_a_plan_that_cannot_be_played_is_refused_before_a_process_starts(tmp_path: Path) -> None:
    plan = replace(PLAN, origin="http://127.0.0.1:1", users=(LoadUser(steps=(READ,)),))
    with pytest.raises(CannotRun, match=r"cannot be played: GET /tasks needs \{token\}"):
        asyncio.run(LOADS.play(plan, tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32" or platform.python_implementation() != "CPython", reason="without uvloop")
def test_it_runs_on_uvloop_where_that_can_be_had() -> None:
    import uvloop

    from gate.adapters.load.engine import loop_factory

    assert loop_factory() is uvloop.new_event_loop
