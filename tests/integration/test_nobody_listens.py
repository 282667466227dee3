"""The command whose output goes nowhere: closed, to a reader that has gone, or to a full disk."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from gate.domain.codec import encode_report
from gate.domain.report import Report
from tests.integration.conftest import COMMAND
from tests.unit.render.reports import green, red

pytestmark = pytest.mark.integration


@pytest.fixture(params=["/dev/full", "closed", "a reader that has gone"])
def deaf(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def exit_code(where: str, *arguments: str | Path) -> int:
    shell = {"/dev/full": 'exec "$@" >/dev/full 2>&1', "closed": 'exec "$@" >&- 2>&-'}
    if where in shell:
        return subprocess.run(["sh", "-c", shell[where], "sh", COMMAND, *arguments], check=False, timeout=60).returncode
    reading, writing = os.pipe()
    os.close(reading)
    try:
        return subprocess.run([COMMAND, *arguments], stdout=writing, stderr=writing, check=False, timeout=60).returncode
    finally:
        os.close(writing)


@pytest.mark.parametrize(("report", "code"), [(green(), 0), (red(), 1)])
def test_the_verdict_is_the_same(deaf: str, tmp_path: Path, report: Report, code: int) -> None:
    (tmp_path / "report.json").write_text(encode_report(report))
    assert exit_code(deaf, "enforce", "--report", tmp_path) == code


def test_publishing_is_never_red(deaf: str, tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text(encode_report(red()))
    assert exit_code(deaf, "publish", "--report", tmp_path) == 0
