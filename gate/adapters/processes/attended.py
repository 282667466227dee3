"""A program that speaks to whoever started us, under a guard. Blocks until it has ended, and keeps nothing it prints.

For a process that does nothing else meanwhile, such as the first of a container. It passes on the signals that it gets:
the program decides what they mean, and has a while for it before all that it started is ended.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

from gate.adapters.processes.guarded import GUARD
from gate.adapters.processes.running import Account
from gate.ports import CannotRun

# What the program has left behind, or did not end within `patience`, gets this long after SIGTERM.
_GRACE_SECONDS = 1.0
_PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def attend(argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], account: Account | None, patience: float) -> int:
    """Run a program to its end; nothing that it started is left. Returns its status, negative for a signal.

    `patience` are the seconds between a signal that was passed on and the end.

    Raises:
        CannotRun: it cannot be started.
    """
    attendance = _Attendance(patience)
    before = {number: signal.signal(number, attendance.pass_on) for number in _PASSED_ON}
    before[signal.SIGALRM] = signal.signal(signal.SIGALRM, attendance.lose_patience)
    try:
        return attendance.run(argv, cwd, env, account)
    except OSError as error:
        raise CannotRun(f"{argv[0]} cannot be started: {error.strerror}") from error
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


class _Attendance:
    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._guard: subprocess.Popen[bytes] | None = None
        self._program: int | None = None
        self._waiting: list[int] = []

    def run(self, argv: Sequence[str], cwd: Path, env: Mapping[str, str], account: Account | None) -> int:
        report, report_end = os.pipe()
        ids = (str(account.uid), str(account.gid)) if account else ("-1", "-1")
        options = (str(report_end), str(os.getpid()), str(_GRACE_SECONDS), str(int(signal.SIGTERM)), *ids)
        with os.fdopen(report, encoding="ascii") as told:
            try:
                self._guard = subprocess.Popen(  # noqa: S603 - what is run is the caller's choice
                    (sys.executable, "-I", "-S", str(GUARD), *options, *argv),
                    cwd=cwd,
                    env=dict(env),
                    stdin=subprocess.DEVNULL,
                    pass_fds=(report_end,),
                    start_new_session=True,
                )
            finally:
                os.close(report_end)
            try:
                ending = self._follow(told)
            finally:
                self._guard.wait()
        return ending if ending is not None else -signal.SIGKILL

    def _follow(self, lines: Iterable[str]) -> int | None:
        """Return the program's status, once its guard tells it."""
        for line in lines:
            word, _, number = line.partition(" ")
            if word == "error":
                raise OSError(int(number), os.strerror(int(number)))
            if word == "ended":
                self._program = None
                return int(number)
            self._program = int(number)
            for missed in self._waiting:
                self._send(missed)
        return None

    def pass_on(self, number: int, frame: FrameType | None) -> None:
        """Give a signal to the program."""
        del frame
        self._waiting.append(number)
        self._send(number)

    def _send(self, number: int) -> None:
        if self._program is not None:
            with suppress(ProcessLookupError):
                os.kill(self._program, number)
            signal.setitimer(signal.ITIMER_REAL, self._patience)

    def lose_patience(self, number: int, frame: FrameType | None) -> None:
        """End all that is left."""
        del number, frame
        if self._guard is not None:
            self._guard.terminate()
