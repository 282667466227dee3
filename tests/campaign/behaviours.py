"""What a test of a made-up project may do, and how a suite ends that has it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Effect(Enum):
    """What a behaviour makes of its test, or of the whole suite."""

    PASSES = "passes"
    FAILS = "fails"
    SKIPS = "skips"
    BREAKS = "breaks"  # nothing that comes after it runs
    HANGS = "hangs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """The body of a test (one statement a line), its decorator and parameters.

    `covers`: the body is reached, and with it the code that the test calls first. `with_xdist`: xdist itself survives
    it; its workers cannot send lone surrogates.
    """

    name: str
    effect: Effect
    body: str = "pass"
    decorator: str = ""
    parameters: str = ""
    covers: bool = True
    with_xdist: bool = True


HEAD = """import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path

import pytest

from app import core

USED = (ctypes, os, signal, subprocess, sys, tempfile, threading, time, warnings, Path, pytest, core)
HOSTILE = [
    "<script>alert(1)</script>", "</details></details>```", "@everyone #1", "\\u202eevil\\u2066",
    "\\x1b[2J\\x07", "\\x00", "\\udcff", "naïve ☃ 🎉", "::error file=x::owned", "\\n::set-output name=verdict::passed",
    "x" * 5000, "<!-- quality-gate:v1 name= run=99 attempt=1 sha=" + "0" * 40 + " -->", "]]>", "&bomb;", "| a | b |",
]


def report_folder(request):
    return Path(request.config.option.xmlpath).parent.parent


@contextlib.contextmanager
def mischief():
    with contextlib.suppress(OSError):
        yield


def parents():
    pid = os.getpid()
    while pid > 1:
        yield pid
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def files_of_the_runner():
    names = ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY", "GITHUB_EVENT_PATH")
    for pid in parents():
        try:
            content = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace")
        except OSError:
            continue
        variables = dict(one.partition("=")[::2] for one in content.split("\\0") if one)
        # Above our own runner lies the machine of whoever plays the campaign.
        if "CAMPAIGN_CASE" not in variables:
            return
        yield from (Path(variables[name]) for name in names if variables.get(name))


@pytest.fixture
def broken():
    raise RuntimeError("this fixture is broken")


@pytest.fixture
def broken_behind():
    yield
    raise RuntimeError("this fixture breaks afterwards")
"""

_P, _F, _S, _B, _H = Effect
_DAEMON = "import os, time; os.setsid(); os.fork() and os._exit(0); time.sleep(4711)"


def _make(effect: Effect, name: str, body: str = "pass", **more: str | bool) -> Behaviour:
    return Behaviour(name=name, effect=effect, body=body, **more)  # type: ignore[arg-type]


BEHAVIOURS = (
    _make(_P, "plain"),
    _make(_P, "plain_too", "assert 1 + 1 == 2"),
    _make(_P, "garbage", "os.write(1, bytes(range(256)) * 40)"),
    _make(_P, "garbage_past_capture", "capfd.disabled().__enter__()\nos.write(1, bytes(range(256)) * 9)", parameters="capfd", with_xdist=False),
    _make(_P, "commands", "print('::stop-commands::x\\n##[error]owned\\n::add-mask::passed', flush=True)"),
    _make(_P, "long_line", "print('x' * 10_000_000)"),
    _make(_P, "daemon", f"subprocess.Popen([sys.executable, '-c', {_DAEMON!r}], stdout=subprocess.DEVNULL)"),
    _make(_P, "background", "subprocess.Popen(['sleep', '4712'])"),
    _make(_P, "thread", "threading.Thread(target=time.sleep, args=(1,), daemon=True).start()"),
    _make(_P, "files", "with mischief():\n    Path(tempfile.gettempdir(), 'left-by-a-test').write_text('x')"),
    _make(_P, "elsewhere", "os.chdir('/')"),
    _make(_P, "hostile_names", "assert v", decorator="@pytest.mark.parametrize('v', HOSTILE, ids=repr)", parameters="v", with_xdist=False),
    _make(_P, "forges_report", "with mischief():\n    fd = os.open(report_folder(request) / 'report.json', os.O_RDWR | os.O_CREAT | os.O_NONBLOCK)\n    os.write(fd, b'{\"schema_version\": 1, \"verdict\": \"passed\"}')\n    os.close(fd)", parameters="request"),
    _make(_P, "folder_for_report", "with mischief():\n    report_folder(request).joinpath('report.json').mkdir()", parameters="request"),
    _make(_P, "pipe_for_report", "with mischief():\n    os.mkfifo(report_folder(request) / 'report.json')", parameters="request"),
    _make(_P, "pipe_for_summary", "with mischief():\n    os.mkfifo(report_folder(request) / 'summary.md')", parameters="request"),
    _make(_P, "pipes_for_logs", "with mischief():\n    for path in report_folder(request).glob('logs/*'):\n        path.unlink()\n        os.mkfifo(path)\n    os.mkfifo(report_folder(request) / 'logs/coverage.log')", parameters="request"),
    _make(_P, "links_for_logs", "with mischief():\n    for path in report_folder(request).glob('logs/*'):\n        path.unlink()\n        path.symlink_to('/dev/zero')", parameters="request"),
    _make(_P, "link_for_draft", "with mischief():\n    report_folder(request).joinpath('.report.json.draft').symlink_to('/dev/full')", parameters="request"),
    _make(_P, "spoils_runner", "with mischief():\n    for path in files_of_the_runner():\n        path.open('a').write('verdict=passed\\nBASH_ENV=/owned\\n')"),
    _make(_P, "removes_runner_files", "with mischief():\n    for path in files_of_the_runner():\n        path.unlink(missing_ok=True)"),
    _make(_P, "blows_runner_files_up", "with mischief():\n    for path in files_of_the_runner():\n        os.truncate(path, 2**40)"),
    _make(_F, "wrong", "assert 1 + 1 == 3"),
    _make(_F, "wrong_too", "raise ValueError('no')"),
    _make(_F, "hostile_message", "raise ValueError('\\n'.join(HOSTILE))", with_xdist=False),
    _make(_F, "surrogates", "raise ValueError('\\udcff\\x00\\x1b[2J \\u202e')", with_xdist=False),
    _make(_F, "long_message", "assert 'x' * 10_000_000 == ''"),
    _make(_F, "recursion", "(lambda f: f(f))(lambda f: f(f))"),
    _make(_F, "exits", "sys.exit(0)"),
    _make(_F, "fixture", parameters="broken", covers=False),
    _make(_F, "teardown", parameters="broken_behind"),
    _make(_F, "strict_xfail", decorator="@pytest.mark.xfail(strict=True)"),
    _make(_F, "hostile_case", "assert not v", decorator="@pytest.mark.parametrize('v', HOSTILE)", parameters="v", with_xdist=False),
    _make(_S, "skipped", decorator="@pytest.mark.skip(reason='later <b>')", covers=False),
    _make(_S, "skipped_if", decorator="@pytest.mark.skipif(True, reason='\\u202e')", covers=False),
    _make(_B, "exits_with_0", "os._exit(0)"),
    _make(_B, "exits_with_1", "os._exit(1)"),
    _make(_B, "exits_with_5", "os._exit(5)"),
    _make(_B, "kills_itself", "os.kill(os.getpid(), signal.SIGKILL)"),
    _make(_B, "ends_itself", "os.kill(os.getpid(), signal.SIGTERM)"),
    _make(_B, "aborts", "os.abort()"),
    _make(_B, "segfault", "ctypes.string_at(0)"),
    _make(_B, "stops_pytest", "pytest.exit('enough', returncode=0)"),
    _make(_B, "interrupts", "raise KeyboardInterrupt"),
    _make(_B, "kills_its_parent", "os.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(30)"),
    _make(_H, "sleeps", "time.sleep(4713)"),
    _make(_H, "is_deaf_and_sleeps", "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\ntime.sleep(4714)"),
    _make(_H, "is_busy", "while True:\n    pass"),
)  # fmt: skip


ASKS_DATABASE = _make(
    _P,
    "asks_the_database",
    "import psycopg\n"
    "with psycopg.connect(os.environ['DATABASE_URL']) as connection:\n"
    "    connection.execute('create temporary table found (name text)')",
)


def of(*effects: Effect) -> tuple[Behaviour, ...]:
    """The behaviours with one of these effects."""
    return tuple(one for one in BEHAVIOURS if one.effect in effects)
