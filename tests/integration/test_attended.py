"""A program that speaks to whoever started us: signals reach it, and nothing of it is left."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gate.adapters.processes.attended import attend
from gate.ports import CannotRun

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="there is a guard on Linux only"),
]

ROOT = Path(__file__).parents[2]
ATTEND = """
import os, sys
from pathlib import Path
from gate.adapters.processes.attended import attend
sys.exit(attend(sys.argv[1:], cwd=Path.cwd(), env=dict(os.environ), account=None, patience=0.5) % 256)
"""


def start(folder: Path, script: str) -> "subprocess.Popen[str]":
    """Attend to a shell script in a process of its own, and wait until it is under way."""
    words = [sys.executable, "-c", ATTEND, "/bin/sh", "-c", f"{script}"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(words, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    while not (folder / "begun").exists():
        assert process.poll() is None
        time.sleep(0.01)
    return process


def test_its_status_is_ours_its_output_too_and_what_it_left_is_ended(tmp_path: Path) -> None:
    process = start(tmp_path, "echo told; sleep 600 & echo $! > left; touch begun; exit 7")
    told, _ = process.communicate(timeout=30)
    assert (process.returncode, told) == (7, "told\n")
    left = int((tmp_path / "left").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(left, 0)


def test_it_decides_itself_what_a_signal_means(tmp_path: Path) -> None:
    process = start(tmp_path, "trap 'echo stopped; exit 130' TERM; touch begun; sleep 600 & wait")
    process.send_signal(signal.SIGTERM)
    told, _ = process.communicate(timeout=30)
    assert (process.returncode, told) == (130, "stopped\n")


def test_one_that_does_not_stop_is_ended_after_a_while(tmp_path: Path) -> None:
    process = start(tmp_path, "trap '' TERM; touch begun; while :; do sleep 1; done")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 256 - signal.SIGKILL


def test_what_cannot_be_started_says_so(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="nothing-here cannot be started: No such file"):
        attend([str(tmp_path / "nothing-here")], cwd=tmp_path, env={}, account=None, patience=1)
