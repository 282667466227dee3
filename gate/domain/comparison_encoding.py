"""What a run is compared with -> report.json; the mirror of `comparison_decoding`."""

from datetime import UTC
from typing import Any

from gate.domain.change import Change, ChangedFile
from gate.domain.comparison import Baseline, Comparison, PastRun, Slower, SuiteChange
from gate.domain.json_writing import Writing, number_of, seconds_of, within
from gate.domain.untrusted_json import MAX_WHOLE, REFUSED_NAMES
from gate.domain.weakening import Weakening

MOST_PAST_RUNS = 100


class ComparisonEncoder(Writing):
    """Writes the change, what it weakens, and how the run compares with those before it."""

    def change(self, change: Change) -> dict[str, Any]:
        """Write what was done to the files since the base."""
        return {
            "base": self.text(change.base),
            "origin": self.text(change.origin),
            "files": self.each(change.files, self.changed_file),
        }

    def changed_file(self, file: ChangedFile) -> dict[str, Any]:
        """Write what was done to one file, a hunk as four numbers."""
        encoded: dict[str, Any] = {"path": self.text(file.path), "status": str(file.status)}
        if file.old_path is not None:
            encoded["old_path"] = self.text(file.old_path)
        if file.is_binary:
            encoded["binary"] = True
        are_too_many = len(file.hunks) > self.most_items
        if file.lines_unknown or are_too_many:
            encoded["lines_unknown"] = True
        hunks = () if are_too_many else file.hunks
        return {**encoded, "hunks": [[one.old_start, one.old_lines, one.new_start, one.new_lines] for one in hunks]}

    def baseline(self, baseline: Baseline) -> dict[str, Any]:
        """Write what the run is compared with."""
        return {
            "commit": self.text(baseline.commit),
            "origin": self.text(baseline.origin),
            "source": self.text(baseline.source),
            "missing": self.text(baseline.missing),
        }

    def comparison(self, comparison: Comparison) -> dict[str, Any]:
        """Write how the run compares with the base's."""
        mended = comparison.mended_findings
        return {
            "suites": [self.suite(suite) for suite in comparison.suites[: self.most_items]],
            "slower": self.each(comparison.slower, self.slower),
            "mended_findings": {name: mended[name] for name in sorted(mended) if name not in REFUSED_NAMES},
        }

    def suite(self, suite: SuiteChange) -> dict[str, Any]:
        """Write what became of a gate's tests."""
        return {
            "gate": suite.gate,
            "before": suite.before,
            "now": suite.now,
            "added": suite.added,
            "removed": suite.removed,
            "newly_failing": self.each(suite.newly_failing, self.text),
            "failing_before": self.each(suite.failing_before, self.text),
            "mended": self.each(suite.mended, self.text),
            "removed_names": self.each(suite.removed_names, self.text),
        }

    def slower(self, slower: Slower) -> dict[str, Any]:
        """Write what takes longer."""
        return {
            "gate": slower.gate,
            "name": self.text(slower.name),
            "before": seconds_of(slower.before),
            "now": seconds_of(slower.now),
        }

    def past_run(self, run: PastRun) -> dict[str, Any]:
        """Write an earlier run."""
        started_at = run.started_at if run.started_at.tzinfo else run.started_at.replace(tzinfo=UTC)
        return {
            "commit": self.text(run.commit),
            "started_at": started_at.astimezone(UTC).isoformat(),
            "verdict": self.text(run.verdict),
            "seconds": seconds_of(run.seconds),
            "run_id": within(run.run_id, MAX_WHOLE),
            "coverage": None if run.coverage is None else number_of(run.coverage),
            "tests": run.tests,
            "outcomes": {gate: str(outcome) for gate, outcome in run.outcomes.items() if gate not in REFUSED_NAMES},
            "flaky": self.each(run.flaky, self.text),
        }

    def weakening(self, weakening: Weakening) -> dict[str, Any]:
        """Write one thing that the change weakens."""
        place = {name: value for name, value in self.location(weakening.location).items() if value is not None}
        return {"kind": str(weakening.kind), "message": self.text(weakening.message), **place}
