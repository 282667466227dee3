"""What the command does when it fails itself."""

import argparse

import pytest

from gate import cli


def test_a_fault_of_our_own_is_told_line_by_line_and_none_of_them_is_a_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def faulty(_: argparse.Namespace) -> int:
        raise RuntimeError("no such name:\n::error file=a.py::all is well\n##[group]\x1b]0;title\x07")

    # No verb is known to fail so, or it would be mended.
    monkeypatch.setitem(cli._VERBS, "checklist", faulty)
    assert cli.main(["checklist"]) == cli.COULD_NOT_RUN
    told = capsys.readouterr().err
    assert "\n\\::error file=a.py::all is well\n##\\[group]" in told
    assert "\x1b" not in told
    assert told.endswith("please report it with the lines above\n")
