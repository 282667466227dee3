"""What a gate reads of files that a program of the change may have put there."""

import os
from pathlib import Path
from typing import Any, cast

import pytest

from gate.context import Context
from gate.ports import CannotRun


def _read(path: Path) -> bytes | None:
    # Of all its ports, reading uses none.
    return Context.read_bytes(cast("Any", None), path)


def test_a_file_is_read_and_one_that_is_not_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xff")
    assert _read(tmp_path / "a") == b"\xff"
    assert _read(tmp_path / "none") is None
    assert _read(tmp_path / "a" / "b") is None


@pytest.mark.parametrize("kind", ["pipe", "folder", "device", "loop"])
def test_what_is_no_file_is_told_and_holds_nothing_up(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "results.xml"
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "device":
            path.symlink_to("/dev/zero")
        case "loop":
            path.symlink_to(path)
    with pytest.raises(CannotRun, match=r"results\.xml"):
        _read(path)
