"""Which artifacts of a run hold reports."""

from __future__ import annotations

from gate.domain.finished_run import RunArtifact, report_artifacts


def artifact(name: str, at: int = 1, created_at: str = "2026-11-23T10:00:00Z") -> RunArtifact:
    return RunArtifact(artifact_id=at, name=name, size=1, created_at=created_at)


def names(*artifacts: RunArtifact) -> list[tuple[str, int]]:
    return [(one.name, one.artifact_id) for one in report_artifacts(artifacts)]


def test_reports_are_known_by_their_names_and_the_shortest_come_first() -> None:
    given = ["pytest-results", "quality-gate-report-orders", "quality-gate-reports", "coverage-report"]
    given += ["quality-gate-report-api", "quality-gate-report", "Quality-Gate-Report", "x-quality-gate-report"]
    assert [name for name, _ in names(*map(artifact, given))] == [
        "quality-gate-report",
        "quality-gate-report-api",
        "quality-gate-report-orders",
    ]


def test_of_several_attempts_the_newest_counts() -> None:
    old = artifact("quality-gate-report", 9, "2026-11-23T09:00:00Z")
    new = artifact("quality-gate-report", 3, "2026-11-23T10:00:00Z")
    newer = artifact("quality-gate-report", 4, "2026-11-23T10:00:00Z")
    assert names(old, new, newer) == names(newer, old, new) == [("quality-gate-report", 4)]


def test_what_shards_left_is_no_report_of_its_own() -> None:
    shards = [artifact(f"quality-gate-report{name}-shard-{at}-of-32") for name in ("", "-api") for at in range(1, 33)]
    assert names(*shards, artifact("quality-gate-report-api")) == [("quality-gate-report-api", 1)]
