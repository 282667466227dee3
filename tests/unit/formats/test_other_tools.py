"""Reports that other tools, or other versions of ours, really wrote: read alike, or refused with a reason."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from gate.formats import UnreadableError
from gate.formats.coverage_json import parse_coverage
from gate.formats.junit_xml import parse_junit

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.mark.parametrize(
    ("name", "outcomes"),
    [
        ("node-20", {"passed": 1, "failed": 1, "skipped": 1}),
        ("nose2", {"passed": 1, "failed": 1, "errored": 1, "skipped": 1}),
        ("unittest-xml-reporting", {"passed": 1, "failed": 1, "errored": 1, "skipped": 1}),
        ("pytest-6-xunit2", {"passed": 1, "failed": 2, "skipped": 1}),
        ("pytest-7-legacy", {"passed": 1, "failed": 2, "skipped": 1}),
    ],
)
def test_results_are_counted_alike_whoever_wrote_them(name: str, outcomes: dict[str, int]) -> None:
    cases = parse_junit((SAMPLES / "junit" / "other_tools" / f"{name}.xml").read_bytes()).cases
    assert Counter(str(case.outcome) for case in cases) == outcomes


@pytest.mark.parametrize("name", ["node-20", "nose2", "unittest-xml-reporting", "pytest-6-xunit2"])
def test_results_that_break_off_anywhere_are_refused(name: str) -> None:
    content = (SAMPLES / "junit" / "other_tools" / f"{name}.xml").read_bytes().rstrip()
    for length in range(0, len(content) - 1, 7):
        with pytest.raises(UnreadableError):
            parse_junit(content[:length])


def test_coverage_of_an_older_version_is_read() -> None:
    report = parse_coverage((SAMPLES / "coverage" / "branches-6.5.0.json").read_text("utf-8"))
    assert (report.covered, report.total) == (5, 7)


@pytest.mark.parametrize("name", ["coverage/report-7.xml", "coverage/report-7.lcov", "junit/other_tools/nose2.xml"])
def test_another_report_in_the_place_of_coverages_is_refused(name: str) -> None:
    with pytest.raises(UnreadableError):
        parse_coverage((SAMPLES / name).read_text("utf-8"))


def test_another_report_in_the_place_of_the_results_is_refused() -> None:
    with pytest.raises(UnreadableError, match="its root is <coverage>"):
        parse_junit((SAMPLES / "coverage" / "report-7.xml").read_bytes())
