"""Start programs so that nothing of them outlives the test: bounded in time, with all their descendants."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.testbed.leaving_out import PartMissing

_SUPERVISOR = Path(__file__).with_name("supervisor.py")
_TIMED_OUT = 124
_FOREVER = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A program that has ended. `left_behind` are command lines of processes that it did not wait for."""

    exit_code: int
    stdout: str
    stderr: str
    seconds: float
    timed_out: bool
    left_behind: tuple[str, ...]


def run_supervised(
    command: Sequence[str],
    *,
    timeout: float,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    grace: float = 5.0,
) -> Ended:
    """Run `command` to its end or for `timeout` seconds, then kill whatever it started and left."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        report = Path(temporary, "left-behind.json")
        with Path(temporary, "stdout").open("w+b") as out, Path(temporary, "stderr").open("w+b") as err:
            process = subprocess.Popen(
                _supervise(command, timeout, grace, report),
                stdin=subprocess.PIPE,  # its end tells the supervisor that we are gone
                stdout=out,
                stderr=err,
                cwd=folder,
                env=None if environment is None else dict(environment),
            )
            with process:
                exit_code = process.wait(timeout + grace + 30)
            seconds = time.monotonic() - begun
            out.seek(0)
            err.seek(0)
            return Ended(
                exit_code=exit_code,
                stdout=out.read().decode(errors="replace"),
                stderr=err.read().decode(errors="replace"),
                seconds=seconds,
                timed_out=exit_code == _TIMED_OUT and seconds >= timeout,
                left_behind=tuple(json.loads(report.read_text())) if report.exists() else (),
            )


class Daemon:
    """A program that runs until `stop()`; also as a context manager."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        grace: float = 5.0,
    ) -> None:
        self._log = log
        self._grace = grace
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                _supervise(command, _FOREVER, grace, Path("/dev/null")),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                env=None if environment is None else dict(environment),
            )

    @property
    def ended(self) -> bool:
        """Whether the program is no longer there."""
        return self._process.poll() is not None

    def last_words(self) -> str:
        """The end of what it printed."""
        return self._log.read_text(errors="replace")[-1500:]

    def stop(self) -> None:
        """Ask it to end, then kill it and all it started."""
        if self._process.stdin and not self._process.stdin.closed:
            self._process.stdin.close()
        self._process.wait(self._grace + 30)

    def __enter__(self) -> Daemon:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _supervise(command: Sequence[str], timeout: float, grace: float, report: Path) -> list[str]:
    if not sys.platform.startswith("linux"):
        raise PartMissing("the testbed's supervisor needs Linux")
    return [sys.executable, "-I", str(_SUPERVISOR), str(timeout), str(grace), str(report), *command]
