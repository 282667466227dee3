"""Programs run, are stopped, and leave nothing behind."""

import asyncio
import functools
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, ParamSpec

import coverage
import psutil
import pytest

from gate.adapters.processes import Account, ProcessRunner, guard, uninterrupted
from gate.ports import CannotRun, Command

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(os.name != "posix", reason="these programs are POSIX shell scripts"),
]

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="there is a guard on Linux only")
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")

P = ParamSpec("P")


def in_event_loop(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Let pytest call a test that is a coroutine."""

    @functools.wraps(test)
    def called(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(test(*args, **kwargs))

    return called


def _measured_interpreter(tmp_path: Path) -> tuple[str, ...]:
    """Return an interpreter for the guard whose coverage counts, where coverage is measured."""
    current = coverage.Coverage.current()
    if current is None:
        return (sys.executable, "-I", "-S")
    settings = tmp_path / "coverage-of-guard.ini"
    settings.write_text(
        "[run]\nparallel = true\npatch = fork, execv, _exit\n"
        f"branch = {current.get_option('run:branch')}\n"
        f"data_file = {Path(str(current.get_option('run:data_file'))).absolute()}\n"
        f"include = {guard.__file__}\n"
    )
    return (sys.executable, "-m", "coverage", "run", f"--rcfile={settings}")


@pytest.fixture(params=[pytest.param("guarded", marks=ON_LINUX), "unguarded"])
def interpreter(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, ...]:
    return _measured_interpreter(tmp_path) if request.param == "guarded" else ()


def script(tmp_path: Path, text: str, *arguments: str, **env: str) -> Command:
    """Return a command that runs a Python script."""
    path = tmp_path / "program.py"
    path.write_text(textwrap.dedent(text))
    return Command(
        argv=(sys.executable, "-I", "-S", str(path), *arguments), cwd=tmp_path, env=env, log=tmp_path / "command.log"
    )


async def appears(path: Path) -> str:
    """Wait until a program has written a file, whole."""
    async with asyncio.timeout(60):
        while not (path.exists() and path.read_text().endswith("\n")):
            await asyncio.sleep(0.01)
    return path.read_text()


def alive(pid: int) -> bool:
    """Tell whether a process still runs; one that waits to be reaped does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def gone(pid: int) -> bool:
    """Wait for a process to be gone that init has to reap."""
    deadline = time.monotonic() + 20
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive(pid)


DAEMON = """
import os, sys, time, signal
def daemon():
    if os.fork():
        os.wait()
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for number in range(3, 64):
        try: os.close(number)
        except OSError: pass
    with open("daemon.pid", "w") as file: file.write(f"{os.getpid()}\\n")
    time.sleep(600)
    os._exit(0)
daemon()
while not os.path.exists("daemon.pid"): time.sleep(0.01)
"""

BACKGROUND = """
import os, time
if os.fork() == 0:
    with open("background.pid", "w") as file: file.write(f"{os.getpid()}\\n")
    time.sleep(600)
    os._exit(0)
while not os.path.exists("background.pid"): time.sleep(0.01)
"""


@in_event_loop
async def test_output_of_both_streams_and_status_are_kept(tmp_path: Path, interpreter: Sequence[str]) -> None:
    command = script(
        tmp_path,
        r"""
        import os, sys
        os.write(1, b"out \xff\n"); os.write(2, b"err\n"); os.write(1, repr(sys.stdin.read()).encode())
        os.write(1, repr((sorted(os.environ), os.getcwd() == os.path.dirname(os.path.abspath(__file__)))).encode())
        sys.exit(7)
        """,
        ONLY="this",
    )
    completed = await ProcessRunner(interpreter=interpreter).run(command)
    assert completed.returncode == 7
    assert completed.log.read_bytes().startswith(b"out \xff\nerr\n''(['")
    assert b"ONLY" in completed.log.read_bytes()
    assert completed.log.read_bytes().endswith(b"], True)")


@in_event_loop
async def test_a_program_gets_no_more_than_its_environment(tmp_path: Path, interpreter: Sequence[str]) -> None:
    command = Command(
        argv=("/usr/bin/env",), cwd=tmp_path, env={"A": "ö\n=", "QUALITY": ""}, log=tmp_path / "command.log"
    )
    # Measuring coverage would itself add a variable.
    await (ProcessRunner() if interpreter else ProcessRunner(interpreter=())).run(command)
    assert sorted(command.log.read_text()) == sorted("A=ö\n=\nQUALITY=\n")


@in_event_loop
async def test_death_by_signal_is_told(tmp_path: Path, interpreter: Sequence[str]) -> None:
    command = script(tmp_path, "import os; os.kill(os.getpid(), 9)")
    completed = await ProcessRunner(interpreter=interpreter).run(command)
    assert completed.ended == "was killed by signal 9 (SIGKILL)"


@in_event_loop
async def test_a_program_is_found_on_its_own_path(tmp_path: Path, interpreter: Sequence[str]) -> None:
    program = tmp_path / "bin" / "a tool"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho found\n")
    program.chmod(0o755)
    command = Command(argv=["a tool"], cwd=tmp_path, env={"PATH": str(program.parent)}, log=tmp_path / "log")
    # Without a guard, the standard library looks the program up in the given environment, too.
    assert (await ProcessRunner(interpreter=interpreter).run(command)).returncode == 0
    assert command.log.read_text() == "found\n"


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        (["no-such-program"], "no-such-program cannot be started: No such file or directory"),
        (["./not executable"], "'./not executable' cannot be started: Permission denied"),
        (["./not-a-program"], "./not-a-program cannot be started: Exec format error"),
        (["nul\0"], "'nul\0' cannot be started: embedded null byte"),
        ([], "an empty command cannot be started"),
    ],
    ids=["missing", "not-executable", "not-a-program", "nul", "empty"],
)
@in_event_loop
async def test_a_program_that_cannot_start_is_told(
    tmp_path: Path, interpreter: Sequence[str], argv: list[str], reason: str
) -> None:
    (tmp_path / "not executable").write_text("")
    (tmp_path / "not-a-program").write_bytes(b"\x7fELF")
    (tmp_path / "not-a-program").chmod(0o755)
    command = Command(argv=argv, cwd=tmp_path, env={"PATH": "/usr/bin"}, log=tmp_path / "log")
    with pytest.raises(CannotRun) as caught:
        await ProcessRunner(interpreter=interpreter).run(command)
    assert caught.value.reason == reason


@in_event_loop
async def test_a_missing_folder_or_log_is_told(tmp_path: Path, interpreter: Sequence[str]) -> None:
    runner = ProcessRunner(interpreter=interpreter)
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotRun, match="there is no folder"):
        await runner.run(Command(argv=["true"], cwd=tmp_path / "gone", env={}, log=tmp_path / "log"))
    with pytest.raises(CannotRun, match="the output of true cannot be kept"):
        await runner.run(Command(argv=["true"], cwd=tmp_path, env={}, log=tmp_path / "file" / "log"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@in_event_loop
async def test_output_that_cannot_be_kept_is_told(tmp_path: Path, interpreter: Sequence[str]) -> None:
    command = Command(argv=["/bin/echo", "text"], cwd=tmp_path, env={}, log=Path("/dev/full"))
    with pytest.raises(CannotRun, match="the output of /bin/echo could not be kept: No space left on device"):
        await ProcessRunner(interpreter=interpreter).run(command)


@in_event_loop
async def test_endless_output_is_bounded_and_keeps_its_end(tmp_path: Path, interpreter: Sequence[str]) -> None:
    command = script(
        tmp_path,
        """
        import os
        for _ in range(300): os.write(1, b"x" * 10_000)
        os.write(1, b"1 failed")
        """,
    )
    await ProcessRunner(interpreter=interpreter, log_limit=10_000).run(command)
    log = command.log.read_bytes()
    assert len(log) < 400_000
    assert b"bytes of output are left out here" in log
    assert log.endswith(b"x1 failed")


_CLEANS_UP = """
import signal, sys, time
def stop(*_):
    print("cleaned up", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
open("ready", "w").write("\\n")
time.sleep(600)
"""


@in_event_loop
async def test_cancelling_gives_time_to_clean_up(tmp_path: Path, interpreter: Sequence[str]) -> None:
    command = script(tmp_path, _CLEANS_UP)
    task = asyncio.create_task(ProcessRunner(interpreter=interpreter).run(command))
    await appears(tmp_path / "ready")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert command.log.read_text() == "cleaned up\n"


@in_event_loop
async def test_so_does_cancelling_before_we_know_that_it_has_started(tmp_path: Path) -> None:
    command = script(tmp_path, _CLEANS_UP)
    task = asyncio.create_task(ProcessRunner(interpreter=()).run(command))
    for _ in range(3):
        await asyncio.sleep(0)
    deadline = time.monotonic() + 60
    while not (tmp_path / "ready").is_file() or not (tmp_path / "ready").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)  # noqa: ASYNC251 - nothing else is to go on here meanwhile
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert command.log.read_text() == "cleaned up\n"


@in_event_loop
async def test_cancelling_kills_a_family_that_ignores_sigterm(tmp_path: Path, interpreter: Sequence[str]) -> None:
    command = script(
        tmp_path,
        """
        import os, signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        child = os.fork()
        if child == 0:
            os.setsid()
        else:
            open("pids", "w").write(f"{os.getpid()} {child}\\n")
        while True: time.sleep(1)
        """,
    )
    task = asyncio.create_task(ProcessRunner(interpreter=interpreter, grace=0.2).run(command))
    pids = [int(pid) for pid in (await appears(tmp_path / "pids")).split()]
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert all(gone(pid) for pid in pids)


@in_event_loop
async def test_what_stays_in_the_background_is_killed(tmp_path: Path, interpreter: Sequence[str]) -> None:
    command = script(tmp_path, BACKGROUND)
    completed = await ProcessRunner(interpreter=interpreter).run(command)
    assert completed.returncode == 0
    assert gone(int((tmp_path / "background.pid").read_text()))


@ON_LINUX
@in_event_loop
async def test_a_daemon_ends_with_its_program(tmp_path: Path) -> None:
    command = script(tmp_path, DAEMON)
    completed = await ProcessRunner(interpreter=_measured_interpreter(tmp_path), grace=0.2).run(command)
    assert completed.returncode == 0
    assert not alive(int((tmp_path / "daemon.pid").read_text()))


@ON_LINUX
@in_event_loop
async def test_a_daemon_ends_when_the_run_is_cancelled(tmp_path: Path) -> None:
    command = script(tmp_path, DAEMON + "time.sleep(600)")
    task = asyncio.create_task(ProcessRunner(interpreter=_measured_interpreter(tmp_path), grace=0.2).run(command))
    pid = int(await appears(tmp_path / "daemon.pid"))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not alive(pid)


@ON_LINUX
@in_event_loop
async def test_killing_the_guard_kills_its_program(tmp_path: Path) -> None:
    command = script(
        tmp_path,
        BACKGROUND
        + """
import signal
open("own.pid", "w").write(f"{os.getpid()}\\n")
os.kill(os.getppid(), signal.SIGKILL)
time.sleep(600)
""",
    )
    completed = await ProcessRunner().run(command)
    assert completed.ended == "was killed by signal 9 (SIGKILL)"
    assert gone(int((tmp_path / "background.pid").read_text()))
    assert gone(int((tmp_path / "own.pid").read_text()))


@ON_LINUX
@in_event_loop
async def test_a_guard_that_does_not_react_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Waiting out the real margin would only make the test slow.
    monkeypatch.setattr("gate.adapters.processes.guarded._MARGIN_SECONDS", 0.2)
    command = script(
        tmp_path,
        """
        import os, signal, time
        os.kill(os.getppid(), signal.SIGSTOP)
        open("own.pid", "w").write(f"{os.getpid()}\\n")
        time.sleep(600)
        """,
    )
    running = await ProcessRunner(grace=0.1).start(command)
    pid = int(await appears(tmp_path / "own.pid"))
    completed = await running.stop()
    assert completed.returncode == -signal.SIGKILL
    assert gone(pid)


@ON_LINUX
@in_event_loop
async def test_an_interpreter_that_cannot_guard_is_told(tmp_path: Path) -> None:
    command = Command(argv=["true"], cwd=tmp_path, env={}, log=tmp_path / "log")
    with pytest.raises(CannotRun, match="true cannot be started: its guard exited with status 1"):
        await ProcessRunner(interpreter=("/bin/false",)).run(command)


@ON_LINUX
def test_nothing_is_left_when_this_process_is_killed(tmp_path: Path) -> None:
    command = script(tmp_path, DAEMON + "time.sleep(600)")
    killed = subprocess.Popen(
        [
            sys.executable,
            "-c",
            textwrap.dedent(
                f"""
                import asyncio
                from pathlib import Path
                from gate.adapters.processes import ProcessRunner
                from gate.ports import Command
                asyncio.run(ProcessRunner(grace=0.2).run(Command(
                    argv={list(command.argv)!r}, cwd=Path({str(tmp_path)!r}), env={{}}, log=Path({str(command.log)!r})
                )))
                """
            ),
        ]
    )
    try:
        pid = int(asyncio.run(appears(tmp_path / "daemon.pid")))
    finally:
        killed.kill()
        killed.wait()
    assert gone(pid)


@AS_ROOT
@in_event_loop
async def test_a_program_runs_as_another_user(tmp_path: Path, interpreter: Sequence[str]) -> None:
    command = Command(argv=["/usr/bin/id"], cwd=tmp_path, env={"PATH": "/usr/bin"}, log=tmp_path / "log")
    runner = ProcessRunner(interpreter=interpreter)
    await runner.run(command, account=Account(uid=12345, gid=54321))
    assert command.log.read_text() == "uid=12345 gid=54321 groups=54321\n"


@in_event_loop
async def test_stop_is_safe_after_the_end(tmp_path: Path, interpreter: Sequence[str]) -> None:
    command = Command(argv=["/bin/sh", "-c", "exit 3"], cwd=tmp_path, env={}, log=tmp_path / "log")
    running = await ProcessRunner(interpreter=interpreter).start(command)
    assert (await running.wait()).returncode == 3
    assert running.ended
    assert (await running.stop()).returncode == 3


@in_event_loop
async def test_a_program_can_be_asked_with_a_signal_of_its_own(tmp_path: Path, interpreter: Sequence[str]) -> None:
    command = script(
        tmp_path,
        """
        import signal, sys, time
        signal.signal(signal.SIGQUIT, lambda *_: sys.exit(42))
        open("ready", "w").write("\\n")
        time.sleep(600)
        """,
    )
    running = await ProcessRunner(interpreter=interpreter).start(command, stop_signal=signal.SIGQUIT)
    await appears(tmp_path / "ready")
    assert (await running.stop()).returncode == 42


@in_event_loop
async def test_programs_run_side_by_side(tmp_path: Path, interpreter: Sequence[str]) -> None:
    runner = ProcessRunner(interpreter=interpreter)

    def waiting(mine: str, other: str) -> Command:
        text = f": > {mine}; until [ -e {other} ]; do sleep 0.02; done"
        return Command(argv=["/bin/sh", "-c", text], cwd=tmp_path, env={"PATH": "/usr/bin:/bin"}, log=tmp_path / mine)

    async with asyncio.timeout(60):
        done = await asyncio.gather(runner.run(waiting("a", "b")), runner.run(waiting("b", "a")))
    assert [completed.returncode for completed in done] == [0, 0]


@pytest.mark.parametrize("fails", [False, True])
def test_uninterrupted_work_ends_although_cancelled(*, fails: bool) -> None:
    ended = []

    async def work() -> None:
        await asyncio.sleep(0.05)
        ended.append(True)
        if fails:
            raise ValueError

    async def cancelled_thrice() -> None:
        task = asyncio.create_task(uninterrupted(work()))
        for _ in range(3):
            await asyncio.sleep(0)
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled_thrice())
    assert ended == [True]
