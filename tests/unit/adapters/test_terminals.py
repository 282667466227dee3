"""What a person, or a log, is shown while gates run."""

import io
from pathlib import Path

import pytest

from gate.adapters.live_table import LiveTable
from gate.adapters.terminals import GitHubLog, PlainLines, terminal_for


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "stream", "kind"),
    [
        ({"GITHUB_ACTIONS": "true"}, Tty(), GitHubLog),
        ({}, io.StringIO(), PlainLines),
        ({"CI": "true"}, Tty(), PlainLines),
        ({"TERM": "dumb"}, Tty(), PlainLines),
        ({"TERM": "xterm"}, Tty(), LiveTable),
    ],
)
def test_where_the_output_goes_decides(environment: dict[str, str], stream: io.StringIO, kind: type) -> None:
    terminal = terminal_for(environment, stream)
    terminal.close()
    assert type(terminal) is kind


def test_plain_lines_tell_what_happens_and_cannot_command() -> None:
    out = io.StringIO()
    terminal = PlainLines(out=out)
    terminal.gate_started("unit-tests", "unit tests")
    terminal.gate_doing("unit-tests", "waiting for PostgreSQL")
    terminal.gate_doing("unit-tests", "")
    terminal.gate_ended("lint", "lint failed: ::set-output name=a::b \x1b[31m", "failed", None)
    terminal.notice("::stop-commands::x")
    terminal.close()
    lines = out.getvalue().splitlines()
    assert lines[:2] == ["unit tests: running", "unit tests: waiting for PostgreSQL"]
    assert not any(line.startswith("::") for line in lines)
    assert "\x1b" not in out.getvalue()
    assert len(lines) == 4


def test_a_log_is_shown_between_fences_that_it_cannot_guess(tmp_path: Path) -> None:
    log = tmp_path / "unit-tests.log"
    log.write_bytes(b"::set-output name=a::b\n\xff\n")
    out = io.StringIO()
    terminal = GitHubLog(out=out)
    first = terminal.token
    terminal.gate_ended("unit-tests", "unit tests passed", "passed", log)
    lines = out.getvalue().splitlines()
    assert lines[1] == "::group::unit-tests: what its programs printed"
    assert lines[2] == f"::stop-commands::{first}"
    assert lines.index("::set-output name=a::b") < lines.index(f"::{first}::")
    assert lines[-1] == "::endgroup::"
    assert terminal.token != first


def test_a_long_log_is_cut_and_says_where_the_rest_is(tmp_path: Path) -> None:
    log = tmp_path / "unit-tests.log"
    log.write_bytes(b"x" * (600 * 1024))
    out = io.StringIO()
    GitHubLog(out=out).gate_ended("unit-tests", "done", "passed", log)
    assert f"({600 * 1024 - 512 * 1024} more bytes are in logs/unit-tests.log of the report)" in out.getvalue()


def test_a_gate_without_a_log_is_one_line(tmp_path: Path) -> None:
    out = io.StringIO()
    GitHubLog(out=out).gate_ended("lint", "lint skipped", "skipped", tmp_path / "absent.log")
    assert out.getvalue() == "lint skipped\n"


def test_the_live_table_draws_what_runs_and_keeps_what_has_ended() -> None:
    out = Tty()
    terminal = LiveTable(out)
    terminal.gate_started("unit-tests", "unit tests")
    terminal.gate_doing("unit-tests", "starting [bold]PostgreSQL[/bold]\x1b[2J")
    terminal.gate_doing("absent", "nothing")
    terminal._live.refresh()
    terminal.notice("a notice with [red]markup[/red]")
    terminal.gate_ended("unit-tests", "unit tests passed: 3 passed", "passed", None)
    terminal.close()
    drawn = out.getvalue()
    assert "starting [bold]PostgreSQL[/bold]" in drawn
    assert "a notice with [red]markup[/red]" in drawn
    assert "unit tests passed: 3 passed" in drawn
    assert "\x1b[2J" not in drawn
    assert drawn.rstrip().endswith("\x1b[?25h") or "\x1b[?25h" in drawn  # the cursor is back
