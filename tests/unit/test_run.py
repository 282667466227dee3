"""What happens in which order when gates pass, fail, wait, hang, break or are interrupted."""

import asyncio
import errno
import os
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gate.config.model import Config
from gate.context import Context
from gate.domain.exhibit import OutputTail
from gate.domain.project import Project
from gate.domain.result import GateResult, Judgement, Outcome
from gate.plan import Plan
from gate.ports import CannotRun, Command, Completed, Environments, Processes, ProjectEnvironment, Terminal
from gate.run import Run


class SilentTerminal(Terminal):
    def __init__(self) -> None:
        self.said: list[str] = []

    def gate_started(self, gate: str, title: str) -> None:
        self.said.append(f"{gate} started")

    def gate_doing(self, gate: str, what: str) -> None:
        self.said.append(f"{gate} doing {what}")

    def gate_ended(self, gate: str, summary: str, mark: str, log: Path | None) -> None:
        self.said.append(f"{gate} {mark}")

    def notice(self, text: str) -> None:
        self.said.append(text)

    def close(self) -> None:
        return


class NoProcesses(Processes):
    async def run(self, command: Command) -> Completed:
        raise AssertionError(command)


class SlowEnvironments(Environments):
    async def ready(self) -> ProjectEnvironment:
        await asyncio.sleep(0.3)
        return ProjectEnvironment(python=Path("python"), path=(), source="", python_version="3.11.7")

    async def tool(self, name: str, version: str | None) -> Path:
        raise AssertionError(name)


PASSED = Judgement(outcome=Outcome.PASSED)
FAILED = Judgement(outcome=Outcome.FAILED)
Work = Callable[[Context], Awaitable[Judgement]]


def ends_as(judgement: Judgement) -> Work:
    async def work(ctx: Context) -> Judgement:
        return judgement

    return work


@dataclass(frozen=True)
class MadeUpGate:
    id: str
    work: Work
    requires: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    title: str = ""
    help_url: str = ""
    options: type = object

    async def collect(self, ctx: Context, options: Any) -> Judgement:
        return await self.work(ctx)

    def stuck_at(self, ctx: Context) -> str:
        return f"in the middle of {self.id}"

    def judge(self, evidence: Judgement, options: Any) -> Judgement:
        return evidence


@dataclass
class Bench:
    folder: Path
    terminal: SilentTerminal = field(default_factory=SilentTerminal)
    secrets: frozenset[str] = frozenset()

    def run(self, *gates: MadeUpGate, fail_fast: bool = False, timeout: int = 60) -> Run:
        def context_for(
            gate: Any, results: Mapping[str, GateResult], setting_up: Callable[[str], AbstractContextManager[None]]
        ) -> Context:
            return Context(
                gate=gate.id,
                named=True,
                planned=frozenset(each.id for each in gates),
                results=results,
                project=Project(root=self.folder, folder=self.folder, files=()),
                config=Config(),
                folder=self.folder,
                scratch=self.folder,
                caller_environment={},
                processes=NoProcesses(),
                environments=SlowEnvironments(),
                databases=None,
                setting_up=setting_up,
                used=lambda tool, version: None,
                given_secrets=self.secrets,
            )

        return Run(
            plan=Plan(gates=gates, named=True),
            options={gate.id: None for gate in gates},
            timeout=timeout,
            fail_fast=fail_fast,
            context_for=context_for,
            terminal=self.terminal,
        )

    def results(self, *gates: MadeUpGate, **more: Any) -> dict[str, GateResult]:
        results = asyncio.run(self.run(*gates, **more).results())
        return {result.gate: result for result in results}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    (tmp_path / "logs").mkdir()
    return Bench(tmp_path)


def test_gates_that_do_not_depend_on_one_another_run_side_by_side(bench: Bench) -> None:
    met = asyncio.Event()

    async def waits(ctx: Context) -> Judgement:
        await met.wait()
        return PASSED

    async def releases(ctx: Context) -> Judgement:
        met.set()
        return PASSED

    results = bench.results(MadeUpGate("a", waits), MadeUpGate("b", releases))
    assert [result.outcome for result in results.values()] == [Outcome.PASSED, Outcome.PASSED]
    assert list(results) == ["a", "b"]


def test_a_gate_sees_the_results_of_those_it_requires(bench: Bench) -> None:
    async def looks(ctx: Context) -> Judgement:
        return Judgement(outcome=Outcome.PASSED, reason=",".join(f"{k}={v.outcome}" for k, v in ctx.results.items()))

    results = bench.results(
        MadeUpGate("c", looks, requires=("a", "b", "absent")),
        MadeUpGate("a", ends_as(FAILED)),
        MadeUpGate("b", ends_as(PASSED)),
    )
    assert results["c"].reason == "a=failed,b=passed"
    assert bench.terminal.said.index("c started") > bench.terminal.said.index("a failed")


def test_a_gate_that_only_comes_after_others_begins_when_they_have_ended_however_they_did(bench: Bench) -> None:
    results = bench.results(
        MadeUpGate("c", ends_as(PASSED), after=("a", "absent")),
        MadeUpGate("a", ends_as(FAILED)),
    )
    assert results["c"].outcome is Outcome.PASSED
    assert bench.terminal.said.index("c started") > bench.terminal.said.index("a failed")


def test_what_a_gate_needs_and_cannot_have_makes_it_errored_with_the_proof(bench: Bench) -> None:
    proof = OutputTail(title="t", text="x")

    async def cannot(ctx: Context) -> Judgement:
        raise CannotRun("needs Python 3.14", proof)

    result = bench.results(MadeUpGate("a", cannot))["a"]
    assert (result.outcome, result.reason, result.exhibits) == (Outcome.ERRORED, "needs Python 3.14", (proof,))


def test_neither_reason_nor_proof_shows_a_secret_that_the_project_was_given(bench: Bench) -> None:
    async def cannot(ctx: Context) -> Judgement:
        raise CannotRun("the service said hunter-2", OutputTail(title="t", text="in hunter-2\n"))

    bench.secrets = frozenset({"hunter-2"})
    result = bench.results(MadeUpGate("a", cannot))["a"]
    assert (result.reason, result.exhibits) == ("the service said ***", (OutputTail(title="t", text="in ***\n"),))


def test_a_fault_of_our_own_is_errored_never_failed_and_its_traceback_is_kept(bench: Bench) -> None:
    async def breaks(ctx: Context) -> Judgement:
        raise KeyError("ours")

    result = bench.results(MadeUpGate("a", breaks))["a"]
    assert result.outcome is Outcome.ERRORED
    assert "internal error of Quality Gate" in result.reason
    assert "KeyError" in (bench.folder / "logs" / "a-fault.log").read_text()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EMFILE])
def test_what_the_machine_refuses_is_errored_and_no_fault_of_our_own(bench: Bench, number: int) -> None:
    async def refused(ctx: Context) -> Judgement:
        raise OSError(number, os.strerror(number), "a/file")

    result = bench.results(MadeUpGate("a", refused))["a"]
    assert result.outcome is Outcome.ERRORED
    assert result.reason == f"cannot run: {os.strerror(number)}: a/file"
    assert not (bench.folder / "logs" / "a-fault.log").exists()


def test_a_fault_whose_traceback_cannot_be_kept_still_ends_with_a_result(bench: Bench) -> None:
    async def breaks(ctx: Context) -> Judgement:
        raise KeyError("x")

    (bench.folder / "logs").rmdir()
    (bench.folder / "logs").write_text("in the way")
    results = bench.results(MadeUpGate("a", breaks), MadeUpGate("b", ends_as(PASSED)))
    assert [result.outcome for result in results.values()] == [Outcome.ERRORED, Outcome.PASSED]
    assert "internal error" in results["a"].reason


def test_a_clock_that_is_set_back_while_a_gate_runs_does_not_change_how_long_it_took(bench: Bench) -> None:
    times = iter(datetime(2026, 1, day, tzinfo=UTC) for day in range(31, 0, -1))

    async def waits(ctx: Context) -> Judgement:
        await asyncio.sleep(0.05)
        return PASSED

    run = bench.run(MadeUpGate("a", waits))
    run.now = lambda: next(times)
    [result] = asyncio.run(run.results())
    assert timedelta(seconds=0.05) <= result.duration < timedelta(seconds=30)


def test_a_gate_that_does_not_end_is_errored_with_its_last_output(bench: Bench) -> None:
    async def hangs(ctx: Context) -> Judgement:
        ctx.write_text(ctx.log, "the last thing it said\n")
        await asyncio.sleep(60)
        return PASSED

    result = bench.results(MadeUpGate("a", hangs), timeout=1)["a"]
    assert result.outcome is Outcome.ERRORED
    assert result.reason == "did not end within 1 s, stuck in the middle of a"
    assert result.exhibits == (OutputTail(title="last output", text="the last thing it said\n"),)


def test_a_time_out_inside_of_a_gate_is_not_the_gates_deadline(bench: Bench) -> None:
    async def times_out(ctx: Context) -> Judgement:
        raise TimeoutError("a socket's")

    result = bench.results(MadeUpGate("a", times_out))["a"]
    assert result.outcome is Outcome.ERRORED
    assert "internal error" in result.reason


def test_setting_up_does_not_count(bench: Bench) -> None:
    async def sets_up(ctx: Context) -> Judgement:
        for _ in range(5):
            await ctx.environment()
        return PASSED

    # 1.5 s of set-up under a deadline of 1 s
    result = bench.results(MadeUpGate("a", sets_up), timeout=1)["a"]
    assert result.outcome is Outcome.PASSED
    assert timedelta(seconds=1.4) < result.set_up <= result.duration
    assert "a doing installing the project" in bench.terminal.said


@pytest.mark.parametrize("first", [FAILED, Judgement.errored("broke")])
def test_fail_fast_stops_the_others(bench: Bench, first: Judgement) -> None:
    async def long(ctx: Context) -> Judgement:
        await asyncio.sleep(60)
        return PASSED

    results = bench.results(
        MadeUpGate("a", ends_as(first), title="the first"),
        MadeUpGate("b", long),
        MadeUpGate("c", ends_as(PASSED), requires=("b",)),
        fail_fast=True,
    )
    assert results["b"].outcome is results["c"].outcome is Outcome.SKIPPED
    assert results["b"].reason == "stopped, because the first did not pass (fail-fast)"


def test_without_fail_fast_the_others_go_on(bench: Bench) -> None:
    async def later(ctx: Context) -> Judgement:
        await asyncio.sleep(0.05)
        return PASSED

    results = bench.results(MadeUpGate("a", ends_as(FAILED)), MadeUpGate("b", later))
    assert results["b"].outcome is Outcome.PASSED


def test_an_interruption_stops_all_and_each_says_so(bench: Bench) -> None:
    cleaned: list[str] = []

    async def long(ctx: Context) -> Judgement:
        try:
            await asyncio.sleep(60)
        finally:
            cleaned.append(ctx.gate)
        return PASSED

    async def interrupted() -> tuple[GateResult, ...]:
        run = bench.run(MadeUpGate("a", long), MadeUpGate("b", long), MadeUpGate("c", long, requires=("a",)))
        loop = asyncio.get_running_loop()
        loop.call_later(0.05, run.interrupt, "SIGINT")
        loop.call_later(0.06, run.interrupt, "SIGTERM")
        return await run.results()

    results = asyncio.run(interrupted())
    assert {(result.outcome, result.reason) for result in results} == {(Outcome.ERRORED, "interrupted by SIGINT")}
    assert sorted(cleaned) == ["a", "b"]
