"""Which report of an earlier run is the one that was asked for, and that no packed one fills the memory."""

import gzip
from dataclasses import replace

import pytest

import gate.base_report
from gate.base_report import Wanted, unpacked, verified
from gate.domain.codec import encode_report
from gate.domain.report import Subject
from gate.report_file import UnreadableReportError
from tests.unit.render.reports import green

REPORT = replace(
    green(), subject=Subject(commit="b" * 40, repository="Acme/Service", name="api", project="api", run_id=7)
)
WANTED = Wanted(commit="b" * 40, name="api", repository="acme/service", project="api", run_id=7)


@pytest.mark.parametrize(
    "wanted",
    [WANTED, replace(WANTED, repository=""), replace(WANTED, project=None), replace(WANTED, run_id=None)],
    ids=["all of it", "any repository", "any project", "any run"],
)
def test_a_report_is_believed_where_it_is_what_was_asked_for(wanted: Wanted) -> None:
    assert verified(encode_report(REPORT).encode(), "it", wanted).subject == REPORT.subject


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (replace(WANTED, commit="c" * 40), "it is of another commit, 'bbbbbbbbbbbb'"),
        (replace(WANTED, repository="evil/service"), "it is of another repository, 'Acme/Service'"),
        (replace(WANTED, name=""), "it is of another use, with the name 'api'"),
        (replace(WANTED, project="."), "it is of another project, 'api'"),
        (replace(WANTED, run_id=8), "it is of another run"),
    ],
)
def test_a_report_of_something_else_is_refused_with_the_reason(wanted: Wanted, why: str) -> None:
    with pytest.raises(UnreadableReportError) as refused:
        verified(encode_report(REPORT).encode(), "it", wanted)
    assert str(refused.value) == why


def test_what_is_packed_is_read_as_far_as_a_report_may_be_large(monkeypatch: pytest.MonkeyPatch) -> None:
    # The real bound takes half a second to fill.
    monkeypatch.setattr(gate.base_report, "MAX_BYTES", 3_000_000)
    assert unpacked(gzip.compress(bytes(3_000_000)), "it") == bytes(3_000_000)
    with pytest.raises(UnreadableReportError, match="it is larger than 3000000 bytes"):
        unpacked(gzip.compress(bytes(3_000_001)), "it")


@pytest.mark.parametrize(
    "content", [b"{}", gzip.compress(b"{}", mtime=0)[:-9], gzip.compress(b"{}", mtime=0)[:-8] + bytes(8)]
)
def test_what_is_not_packed_or_cut_off_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableReportError, match="it is not packed with gzip"):
        unpacked(content, "it")
