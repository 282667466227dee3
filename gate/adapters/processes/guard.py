"""Runs one program on Linux so that nothing it starts outlives it, not even a daemon. Decides nothing else.

A program of its own, started by `gate.adapters.processes.guarded` with an isolated interpreter: it imports nothing of
the gate and nothing that has to be installed, and little else, since every program waits for it. It adopts what its
program leaves behind, ends all of it when the program ends, and ends the program when it is told to or when the process
that started it is gone.

    guard.py STATUS-FD PARENT GRACE-SECONDS SIGNAL UID GID PROGRAM [ARGUMENT …]

To STATUS-FD it writes `started PID`, then `ended STATUS` (negative: a signal) or `error ERRNO`, a line each.
"""

# ruff: noqa: PTH123, PTH208 - pathlib takes longer to import than all the rest
import ctypes
import os
import signal
import sys
import time

# https://man7.org/linux/man-pages/man2/prctl.2.html
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_TOLD_TO_STOP = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_WATCHED = {signal.SIGCHLD, *_TOLD_TO_STOP}
_POLL_SECONDS = 0.05
# What does not go within this time after SIGKILL (another user's, or stuck in the kernel) is given up.
_KILL_SECONDS = 5.0


def parse_parent(stat: str) -> int:
    """Return the parent in the text of `/proc/PID/stat`; the name in it may hold anything, brackets too."""
    return int(stat.rpartition(")")[2].split()[1])


def read_parents() -> dict[int, int]:
    """Return every process with its parent."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", errors="replace") as stat:
                    parents[int(name)] = parse_parent(stat.read())
            except (OSError, ValueError, IndexError):
                continue
    return parents


def descendants(ancestor: int, parents: dict[int, int]) -> set[int]:
    """Return all that descend from `ancestor`, without itself."""
    found: set[int] = set()
    generation = {ancestor}
    while generation:
        generation = {child for child, parent in parents.items() if parent in generation} - found - {ancestor}
        found |= generation
    return found


class Family:
    """The program and all that descends from it: everything below this process."""

    def __init__(self, program: int) -> None:
        self._program = program
        self.status: int | None = None

    def follow(self) -> None:
        """Wait until the program ends, or until this process is told to stop."""
        while self.status is None and signal.sigwait(_WATCHED) not in _TOLD_TO_STOP:
            self._reap()

    def end(self, stop_signal: int, grace: float) -> None:
        """Ask all that is left to stop, and kill what has not within `grace` seconds."""
        if not self._reap():
            return
        _send(stop_signal)
        self._wait(grace)
        deadline = time.monotonic() + _KILL_SECONDS
        while self._reap() and time.monotonic() < deadline:
            _send(signal.SIGKILL)
            signal.sigtimedwait({signal.SIGCHLD}, _POLL_SECONDS)

    def _wait(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while self._reap() and time.monotonic() < deadline:
            signal.sigtimedwait({signal.SIGCHLD}, _POLL_SECONDS)

    def _reap(self) -> bool:
        """Take note of all that has ended; tell whether anything is left."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            if pid == self._program:
                self.status = status


def _send(number: int) -> None:
    for pid in descendants(os.getpid(), read_parents()):
        try:
            os.kill(pid, number)
        except (ProcessLookupError, PermissionError):
            continue


def _prctl(option: int, argument: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, argument, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def _forget_coerced_locale() -> None:
    """Take back what Python itself adds to the environment: https://peps.python.org/pep-0538/."""
    with open("/proc/self/environ", "rb") as environ:
        if b"\0LC_CTYPE=" not in b"\0" + environ.read():
            os.environ.pop("LC_CTYPE", None)


def _become(program: list[str], guard: int, uid: int, gid: int) -> None:
    """Turn this process, fresh from a fork, into the program; `uid` -1 keeps the user."""
    os.setsid()
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
        # What was given up stays given up, whatever programs with a set-user-ID bit there are.
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    # After the change of user, which clears it.
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    for ignored_by_python in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(ignored_by_python, signal.SIG_DFL)
    if os.getppid() == guard:
        os.execvp(program[0], program)  # noqa: S606 - no shell is wanted


def _start(program: list[str], report: int, uid: int, gid: int) -> int:
    guard = os.getpid()
    child = os.fork()
    if child:
        return child
    try:
        _become(program, guard, uid, gid)
    except OSError as error:
        os.write(report, f"error {error.errno}\n".encode())
    finally:
        os._exit(127)


def main(arguments: list[str]) -> int:
    """Run the program of the command line to its end; return 0 whatever its status."""
    report, parent, grace, stop_signal, uid, gid, *program = arguments
    status_fd = int(report)
    os.set_inheritable(status_fd, False)
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    # Inherited as ignored, it would let the kernel throw the program's status away.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):
        return 0
    _forget_coerced_locale()
    child = _start(program, status_fd, int(uid), int(gid))
    os.write(status_fd, f"started {child}\n".encode())
    family = Family(child)
    family.follow()
    family.end(int(stop_signal), float(grace))
    if family.status is not None:
        os.write(status_fd, f"ended {os.waitstatus_to_exitcode(family.status)}\n".encode())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
