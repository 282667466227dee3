"""What the code under test may have put in a file's place neither holds a run up nor is followed."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from gate.plain_file import open_to_read, open_to_write, read_plain, read_source

TREASURE = "gold"


def pipe(path: Path) -> None:
    os.mkfifo(path)


def pipe_with_a_reader(path: Path) -> None:
    os.mkfifo(path)
    READERS.append(os.open(path, os.O_RDONLY | os.O_NONBLOCK))


def link(path: Path) -> None:
    path.with_name("treasure").write_text(TREASURE)
    path.symlink_to(path.with_name("treasure"))


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def listener(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


READERS: list[int] = []


@pytest.mark.parametrize("put", [pipe, device, Path.mkdir, listener])
@pytest.mark.timeout(20)
def test_what_is_no_file_is_not_read(put: Callable[[Path], None], tmp_path: Path) -> None:
    put(tmp_path / "a.log")
    with (
        pytest.raises(OSError, match=r"no file|Is a directory|No such device"),
        open_to_read(tmp_path / "a.log") as file,
    ):
        file.read()


def test_a_file_is_read_up_to_what_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"1234")
    assert read_plain(tmp_path / "a.log", 4) == b"1234"
    with pytest.raises(OSError, match="it is larger than 3 bytes"):
        read_plain(tmp_path / "a.log", 3)


@pytest.mark.parametrize("append", [True, False])
@pytest.mark.parametrize("put", [pipe, pipe_with_a_reader, link, device, listener])
@pytest.mark.timeout(20)
def test_what_is_in_the_way_gives_way(put: Callable[[Path], None], append: bool, tmp_path: Path) -> None:
    put(tmp_path / "a.log")
    with open_to_write(tmp_path / "a.log", append=append) as file:
        file.write(b"mine")
    while READERS:
        os.close(READERS.pop())
    with open_to_read(tmp_path / "a.log") as file:
        assert file.read() == b"mine"
    treasure = tmp_path / "treasure"
    assert not treasure.exists() or treasure.read_text() == TREASURE


def test_a_file_that_is_there_is_added_to_or_replaced(tmp_path: Path) -> None:
    for append, content in ((True, b"one"), (True, b"onetwo"), (False, b"two")):
        with open_to_write(tmp_path / "a.log", append=append) as file:
            file.write(b"two" if content != b"one" else b"one")
        assert (tmp_path / "a.log").read_bytes() == content


def test_a_source_of_the_checkout_is_read(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "a.py").write_bytes(b"x = '\xff'\n")
    assert read_source(tmp_path, "app/a.py", 100) == "x = '\ufffd'\n"
    assert read_source(tmp_path, "app/a.py", 7) is None


@pytest.mark.parametrize(
    "path",
    [
        *("../a.py", "app/../../a.py", "/etc/a.py", ".git/a.py", "app/link.py", "linked/a.py", "pipe.py", "loop.py"),
        *("app", "no.py", "a\0.py", "x" * 300 + ".py", "app/secret.txt", ""),
    ],
)
def test_nothing_but_plain_sources_of_the_checkout_is_read(tmp_path: Path, path: str) -> None:
    """The path is told by data that the code under test may have written."""
    (tmp_path / "a.py").write_text(TREASURE)
    root = tmp_path / "checkout"
    for folder in (root / "app", root / ".git"):
        folder.mkdir(parents=True)
        (folder / "a.py").write_text(TREASURE)
    (root / "app" / "secret.txt").write_text(TREASURE)
    (root / "app" / "link.py").symlink_to(tmp_path / "a.py")
    (root / "linked").symlink_to(root / ".git")
    (root / "loop.py").symlink_to(root / "loop.py")
    os.mkfifo(root / "pipe.py")
    assert read_source(root, path, 100) is None
    assert read_source(root, str(tmp_path / "a.py"), 100) is None
