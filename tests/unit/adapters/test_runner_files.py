"""The runner's files, after code that found them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gate.adapters.runner_files import RunnerFiles


def environment(folder: Path) -> dict[str, str]:
    (folder / "env").write_bytes(b"")
    (folder / "event").write_bytes(b'{"number": 7}')
    return {"GITHUB_ENV": str(folder / "env"), "GITHUB_EVENT_PATH": str(folder / "event"), "GITHUB_STATE": ""}


def test_what_nobody_touched_is_left_alone(tmp_path: Path) -> None:
    files = RunnerFiles(environment(tmp_path))
    before = (tmp_path / "event").stat()
    assert files.restore() == ()
    assert (tmp_path / "event").stat() == before
    assert RunnerFiles({}).restore() == ()


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"BASH_ENV=/owned\n")


def link(path: Path) -> None:
    target = path.with_name("target")
    target.write_bytes(path.read_bytes() + b"more")
    path.unlink()
    path.symlink_to(target)


def folder(path: Path) -> None:
    path.unlink()
    (path / "deep").mkdir(parents=True)


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def blow_up(path: Path) -> None:
    # Reading it whole would end the run for want of memory.
    os.truncate(path, 2**40)


@pytest.mark.parametrize("change", [append, blow_up, link, folder, pipe, Path.unlink])
def test_whatever_was_done_to_them_is_undone(change: Callable[[Path], None], tmp_path: Path) -> None:
    files = RunnerFiles(environment(tmp_path))
    for name in ("env", "event"):
        change(tmp_path / name)
    assert files.restore() == ("GITHUB_ENV", "GITHUB_EVENT_PATH")
    assert not (tmp_path / "env").is_symlink()
    assert (tmp_path / "env").read_bytes() == b""
    assert (tmp_path / "event").read_bytes() == b'{"number": 7}'
    if change is link:
        assert (tmp_path / "target").read_bytes().endswith(b"more")


def test_the_mode_of_a_file_that_was_only_written_to_stays(tmp_path: Path) -> None:
    files = RunnerFiles(environment(tmp_path))
    (tmp_path / "env").chmod(0o600)
    append(tmp_path / "env")
    assert files.restore() == ("GITHUB_ENV",)
    assert (tmp_path / "env").stat().st_mode & 0o777 == 0o600


def test_what_was_no_file_before_is_none_of_its_business(tmp_path: Path) -> None:
    path = tmp_path / "path"
    files = RunnerFiles({"GITHUB_PATH": str(path), "GITHUB_ENV": os.devnull})
    append(path)
    assert files.restore() == ()
    assert Path(os.devnull).exists()


def test_what_was_undone_is_said_and_what_could_not_be_too(tmp_path: Path) -> None:
    path = tmp_path / "files" / "env"
    path.parent.mkdir()
    path.touch()
    files = RunnerFiles({"GITHUB_ENV": str(path)})
    assert not files.undo()
    append(path)
    assert files.undo() == "the code under test wrote to files of the runner, which was undone: GITHUB_ENV"
    path.unlink()
    path.parent.rmdir()
    path.parent.touch()
    assert "could not be undone" in files.undo()
