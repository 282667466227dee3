"""Runs a command and leaves nothing behind: run as a program, by `supervised.py`.

As a child subreaper it inherits every process that the command leaves, in whatever session,
and kills all of them when the command ends, when the deadline passes, on SIGTERM,
and when standard input closes, which is when the process that started it is gone.

    supervisor.py SECONDS GRACE LEFT_BEHIND COMMAND...

SECONDS is the deadline (exit status 124), GRACE what a stopped command gets after SIGTERM;
LEFT_BEHIND receives the command lines of processes that outlived a command that ended by itself.
Imports nothing but the standard library.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

_SET_CHILD_SUBREAPER = 36  # prctl(2)
_TIMED_OUT = 124


def _descendants() -> list[int]:
    """Living processes below this one, from Linux's /proc."""
    found: list[int] = []
    parents = [os.getpid()]
    while parents:
        for children in Path(f"/proc/{parents.pop()}/task").glob("*/children"):
            try:
                pids = [int(pid) for pid in children.read_text().split()]
            except OSError:
                continue
            found += pids
            parents += pids
    return [pid for pid in found if not _is_zombie(pid)]


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _kill_all() -> None:
    until = time.monotonic() + 10
    while (pids := _descendants()) and time.monotonic() < until:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        _reap()
        time.sleep(0.01)
    _reap()


def _finish(child: subprocess.Popen[bytes], grace: float) -> None:
    """Ask the command to end, and give it `grace` seconds."""
    child.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(grace)


def main(arguments: list[str]) -> int:
    """Run the command of `arguments`; its exit status, or 124 at the deadline."""
    deadline = time.monotonic() + float(arguments[0])
    grace = float(arguments[1])
    left_behind = Path(arguments[2])
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda signum, _frame: asked.append(signum))
    child = subprocess.Popen(arguments[3:], stdin=subprocess.DEVNULL, start_new_session=True)
    status: int | None = None
    try:
        while (status := child.poll()) is None and not asked and time.monotonic() < deadline:
            if select.select([0], [], [], 0.02)[0] and not os.read(0, 4096):
                asked.append(signal.SIGHUP)
        if status is None:
            _finish(child, grace)
        else:
            _reap()
            left_behind.write_text(json.dumps([line for pid in _descendants() if (line := _command_line(pid))]))
    finally:
        _kill_all()
    if status is None:
        return 128 + signal.SIGTERM if asked else _TIMED_OUT
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
