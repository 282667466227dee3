"""Evidence of a large project -> report.json, summary.md, comment.md, by the gates' own parsers, judges and renderers.

Run as a script: `report_ours.py EVIDENCE OUT [junit]`; with `junit`, of the tests alone. Measures nothing.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gate.adapters.report_folder import write
from gate.cli import collect_rarely
from gate.domain.codec import encode_parts
from gate.domain.exhibit import TestCase
from gate.domain.project import Project
from gate.domain.report import Report, Subject
from gate.domain.result import GateResult, Judgement
from gate.formats.coverage_json import parse_coverage
from gate.formats.junit_xml import parse_junit
from gate.formats.ruff_output import parse_violations
from gate.gates.coverage import CoverageEvidence, CoverageGate, CoverageOptions
from gate.gates.lint import LintEvidence, LintGate, LintOptions
from gate.gates.suite_ending import SuiteEvidence
from gate.gates.suite_options import UnitTestsOptions
from gate.gates.suites import UNIT_TESTS
from gate.render.comment import render_comment
from gate.render.links import Links
from gate.render.summary import render_summary

_PROJECT = Project(root=Path("/project"), folder=Path("/project"), files=())
_LINKS = Links(repository="owner/service", commit="0" * 40)


def results(evidence: Path, *, only_tests: bool) -> Iterator[GateResult]:
    """Read the evidence and judge it."""
    if not only_tests:
        violations = parse_violations((evidence / "ruff.json").read_text(encoding="utf-8"))
        lint = LintGate()
        yield _result(lint.id, lint.judge(LintEvidence(violations=violations, version="0.17.6"), LintOptions()))
    cases = tuple(_cases(evidence))
    suite = SuiteEvidence(named=True, ended="exited with status 1", returncode=1, cases=cases, selected=len(cases))
    yield _result(UNIT_TESTS.id, UNIT_TESTS.judge(suite, UnitTestsOptions()))
    if not only_tests:
        report = parse_coverage((evidence / "coverage.json").read_text(encoding="utf-8"))
        coverage = CoverageGate()
        yield _result(
            coverage.id, coverage.judge(CoverageEvidence(report=report, files=report.files), CoverageOptions())
        )


def _cases(evidence: Path) -> Iterator[TestCase]:
    for path in sorted((evidence / "junit").glob("*.xml")):
        yield from parse_junit(path.read_bytes(), _PROJECT.located).cases


def _result(gate: str, judgement: Judgement) -> GateResult:
    started_at = datetime(2026, 11, 23, tzinfo=UTC)
    return GateResult(gate=gate, title=gate, judgement=judgement, started_at=started_at, duration=timedelta(seconds=38))


def main(evidence: Path, out: Path, *, only_tests: bool) -> None:
    """Write the three files."""
    report = Report(subject=Subject(name="service"), results=tuple(results(evidence, only_tests=only_tests)))
    write(out, "report.json", *encode_parts(report))
    write(out, "summary.md", render_summary(report, _LINKS))
    write(out, "comment.md", render_comment(report, _LINKS))


if __name__ == "__main__":
    collect_rarely()
    main(Path(sys.argv[1]), Path(sys.argv[2]), only_tests="junit" in sys.argv[3:])
