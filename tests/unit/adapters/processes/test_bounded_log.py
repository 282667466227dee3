"""What is kept of a program's output."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.adapters.processes.bounded_log import BoundedLog


def test_short_output_is_kept_as_it_is_after_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "gate.log"
    for text in (b"one\n", b"\xff\x00two\n"):
        log = BoundedLog(path, limit=100, tail=10)
        log.write(text)
        log.close()
    assert path.read_bytes() == b"one\n\xff\x00two\n"


@given(chunks=st.lists(st.binary(max_size=40), max_size=30), limit=st.integers(0, 60), tail=st.integers(1, 60))
def test_head_and_tail_are_exact_and_the_gap_is_counted(
    tmp_path_factory: pytest.TempPathFactory, chunks: list[bytes], limit: int, tail: int
) -> None:
    path = tmp_path_factory.mktemp("log") / "log"
    log = BoundedLog(path, limit=limit, tail=tail)
    for chunk in chunks:
        log.write(chunk)
    log.close()
    printed = b"".join(chunks)
    left_out = len(printed) - limit - tail
    if left_out <= 0:
        assert path.read_bytes() == printed
    else:
        gap = b"\n[quality-gate: %d bytes of output are left out here]\n" % left_out
        assert path.read_bytes() == printed[:limit] + gap + printed[-tail:]
    assert log.failure is None


def test_endless_output_needs_bounded_memory_and_disk(tmp_path: Path) -> None:
    log = BoundedLog(tmp_path / "log", limit=1000, tail=100)
    for _ in range(10_000):
        log.write(b"x" * 500)
    log.write(b"the last words")
    log.close()
    text = (tmp_path / "log").read_bytes()
    assert len(text) < 1200
    assert text.endswith(b"xthe last words")
    assert re.search(rb"\[quality-gate: 4998914 bytes", text)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_full_disk_is_remembered_and_raises_nothing() -> None:
    log = BoundedLog(Path("/dev/full"), limit=10, tail=10)
    log.write(b"text")
    log.write(b"more text than the limit")
    log.close()
    assert log.failure is not None
    assert log.failure.strerror == "No space left on device"
