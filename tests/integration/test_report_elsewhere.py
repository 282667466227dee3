"""A report that has no place: said in one line, decided as little as possible."""

from __future__ import annotations

import fcntl
import os

import pytest

from tests.integration.conftest import MakeProject

pytestmark = pytest.mark.integration


def test_where_no_report_can_be_written_nothing_is_decided_and_a_line_says_what_to_give(
    make_project: MakeProject,
) -> None:
    run = make_project({"app.py": ""}).run("--out", "/proc/no-folder-of-ours")
    assert run.exit_code == 3
    assert "could not run: the report cannot be written, give another folder with --out" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_folder_that_another_run_is_writing_to_is_refused(make_project: MakeProject) -> None:
    project = make_project({"app.py": ""})
    project.out.mkdir()
    other = os.open(project.out, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    run = project.run()
    os.close(other)
    assert run.exit_code == 2
    assert "another run is writing to" in run.stderr
    assert list(project.out.iterdir()) == []
