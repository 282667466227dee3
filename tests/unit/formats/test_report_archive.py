"""The zip of an artifact: one member is read, whatever else is in it, and nothing but a reason comes of the rest."""

from __future__ import annotations

import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.formats import UnreadableError
from gate.formats.report_archive import unpack_report
from tests.unit.zips import zipped

TEXT = b'{"schema_version": 1}'
MOST = 1_000_000
GOOD = zipped(("report.json", TEXT), ("logs/tests.log", b"..."))


def test_the_one_member_is_read_and_all_others_are_left_alone() -> None:
    slips = [("../../report.json", b"no"), ("/etc/report.json", b"no"), ("coverage/report.json", b"no")]
    assert unpack_report(zipped(*slips, ("report.json", TEXT), ("REPORT.JSON", b"no")), MOST) == TEXT
    assert unpack_report(zipped(("report.json", TEXT), method=zipfile.ZIP_STORED), MOST) == TEXT


def patched(content: bytes, *changes: tuple[bytes, int, bytes]) -> bytes:
    """Change bytes of every record that begins with a signature: (signature, offset in it, what to write)."""
    made = bytearray(content)
    for signature, offset, new in changes:
        at = made.find(signature)
        while at >= 0:
            made[at + offset : at + offset + len(new)] = new
            at = made.find(signature, at + 4)
    return bytes(made)


LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"
BOMB = zipped(("report.json", b" " * (MOST + 1)))
LYING = patched(BOMB, (CENTRAL, 24, struct.pack("<L", 10)), (LOCAL, 22, struct.pack("<L", 10)))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "not a zip", id="empty"),
        pytest.param(TEXT, "not a zip", id="the report itself"),
        pytest.param(GOOD[:-30], "not a zip", id="cut off"),
        pytest.param(zipped(("../report.json", TEXT)), "has no members named report.json", id="slip"),
        pytest.param(zipped(("report.json", TEXT), ("report.json", TEXT)), "has 2 members named", id="twice"),
        pytest.param(zipped(("report.json\0.png", TEXT)), "only looks like", id="nul"),
        pytest.param(zipped(("report.json", TEXT), ("report.json\0", TEXT)), "has 2 members named", id="nul beside"),
        pytest.param(BOMB, "of more than 1,000,000 bytes", id="bomb"),
        pytest.param(LYING, "not a zip", id="bomb that lies about its size"),
        pytest.param(patched(GOOD, (CENTRAL, 8, b"\x01"), (LOCAL, 6, b"\x01")), "encrypted", id="encrypted"),
        pytest.param(patched(GOOD, (CENTRAL, 8, b"\x40"), (LOCAL, 6, b"\x40")), "not a zip", id="strongly encrypted"),
        pytest.param(zipped(("report.json", TEXT), method=zipfile.ZIP_LZMA), "compressed by method 14", id="lzma"),
        pytest.param(patched(GOOD, (CENTRAL, 10, b"\x63"), (LOCAL, 8, b"\x63")), "by method 99", id="unknown method"),
        pytest.param(patched(GOOD, (CENTRAL, 16, b"\0\0\0\0")), "not a zip", id="wrong checksum"),
        pytest.param(patched(GOOD, (LOCAL, 30, b"evil00.json")), "not a zip", id="another name inside"),
        pytest.param(GOOD + CENTRAL * 50_001, "more than 50,000 members", id="members without end"),
    ],
)
def test_anything_else_is_refused_with_the_reason(content: bytes, words: str) -> None:
    with pytest.raises(UnreadableError, match=words):
        unpack_report(content, MOST)


@given(at=st.integers(0, len(GOOD) - 1), put=st.binary(min_size=1, max_size=6))
def test_whatever_is_broken_it_is_the_report_or_a_refusal(at: int, put: bytes) -> None:
    content = GOOD[:at] + put + GOOD[at + len(put) :]
    try:
        assert unpack_report(content, MOST) == TEXT
    except UnreadableError:
        return


def test_an_archive_with_many_members_is_still_read() -> None:
    members = [(f"coverage/html/{at}.html", b"") for at in range(2_000)]
    assert unpack_report(zipped(*members, ("report.json", TEXT)), MOST) == TEXT
