"""The verb `merge`: what several shards left becomes the report that one run of all tests would have given.

Runs nothing from the change and needs no checkout. What is missing or does not belong together is errored, never lost.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import PurePosixPath

from gate.domain.exhibit import Tests
from gate.domain.joining import Part, join
from gate.domain.report import Report, Subject
from gate.domain.result import Artifact, GateResult, Judgement, Outcome
from gate.domain.shard import Shard
from gate.domain.weakening import strictest
from gate.gates import CHOSEN_AUTOMATICALLY, GATES, IN_EVERY_SHARD, PARTED
from gate.gates.coverage_errors import ReadSource, no_source
from gate.gates.coverage_judging import GATE_ID as COVERAGE
from gate.gates.suite_ending import all_skipped
from gate.merged_coverage import ReportCoverage, merge_coverage
from gate.shard_folders import KEPT, ShardFolder

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The report of the whole, how long each test took, and coverage.py's report in JSON, "" where there is none."""

    report: Report
    durations: Mapping[str, float] = field(default_factory=dict)
    coverage: str = ""


def merge(
    folders: Sequence[ShardFolder],
    report_coverage: ReportCoverage,
    here: Subject | None = None,
    others: Sequence[str] = (),
    read: ReadSource = no_source,
) -> Merged:
    """Make one report of those of the shards; they must be of the run and the commit of `here`, where it says them.

    `others` are the names of all uses that left a report: told where none of these is to be merged. `read` gives the
    sources that were measured, where they are checked out.
    """
    shards = {one.shard: one for one in folders if one.shard is not None}
    ordered = tuple(shards[shard] for shard in sorted(shards))
    subject = _subject(ordered)
    problems = tuple(dict.fromkeys(chain.from_iterable(one.report.problems for one in folders if one.report)))
    if problems:
        return Merged(report=Report(subject=subject, problems=problems))
    merging = _Merging(shards=ordered, trouble=tuple(_trouble(folders, ordered, here or Subject(), others)))
    gates = _gates(ordered)
    results = {gate: merging.result(gate) for gate in gates if gate != COVERAGE}
    judged = merge_coverage(ordered, results, report_coverage, merging.trouble, read)
    if COVERAGE in gates:
        parts = merging.parts(COVERAGE)
        frame = join(parts) if parts else errored(COVERAGE, "no shard ran it")
        results[COVERAGE] = replace(frame, judgement=judged.judgement)
    if merging.trouble and not any(gate in IN_EVERY_SHARD for gate in gates):
        # No suite is there to say what is missing.
        results = {gate: join(merging.parts(gate), merging.trouble) for gate in gates}
    reports = [one.report for one in ordered if one.report is not None]
    notices = (*merging.trouble, *chain.from_iterable(report.notices for report in reports), *_differing_tools(reports))
    report = Report(
        subject=subject,
        results=tuple(results[gate] for gate in gates),
        notices=tuple(dict.fromkeys((*notices, *judged.notices))),
        found=reports[0].found if reports else (),
        tool_versions=dict(chain.from_iterable(report.tool_versions.items() for report in reversed(reports))),
        interrupted=any(report.interrupted for report in reports),
        change=next((report.change for report in reports if report.change is not None), None),
        policy=strictest(report.policy for report in reports),
        weakenings=tuple(dict.fromkeys(chain.from_iterable(report.weakenings for report in reports))),
    )
    durations = {test: seconds for gate in PARTED for took in merging.durations(gate) for test, seconds in took.items()}
    return Merged(report=report, durations=durations, coverage=judged.text)


def _gates(shards: Sequence[ShardFolder]) -> tuple[str, ...]:
    """Return the gates that any shard was to run, in the order of a report."""
    told = {result.gate for one in shards if one.report for result in one.report.results}
    return tuple(gate for gate in GATES if gate in (told or CHOSEN_AUTOMATICALLY))


def _subject(shards: Sequence[ShardFolder]) -> Subject:
    report = shards[0].report if shards else None
    return Subject() if report is None else replace(report.subject, shard=None)


def _differing_tools(reports: Sequence[Report]) -> list[str]:
    versions: dict[str, dict[str, None]] = {}
    for report in reports:
        for tool, version in report.tool_versions.items():
            versions.setdefault(tool, {})[version] = None
    return [f"the shards ran with {tool} {', '.join(found)}" for tool, found in versions.items() if len(found) > 1]


def names_of(folders: Sequence[ShardFolder]) -> list[str]:
    """Return what the uses are called whose reports these are."""
    return sorted({one.report.subject.name for one in folders if one.report})


def _trouble(
    folders: Sequence[ShardFolder], shards: Sequence[ShardFolder], here: Subject, others: Sequence[str]
) -> list[str]:
    """Say in clauses why the shards are not all there, or do not belong together."""
    if not folders:
        names = " and ".join(f"{name!r:.80}" for name in others[:_MOST_NAMED])
        return ["no shard left a report" + (f" under this name; there are those of {names}" if names else "")]
    said = [f"the report in {one.folder.name} cannot be read: {one.unreadable}" for one in folders if one.unreadable]
    said += [f"the report in {one.folder.name} is of no shard" for one in folders if one.report and not one.shard]
    totals = sorted({one.shard.total for one in shards if one.shard})
    if len(totals) > 1:
        return [*said, f"the shards say that there are {' and '.join(map(str, totals))} of them"]
    for total in totals:
        there = {one.shard.index for one in shards if one.shard}
        missing = [Shard(index=index, total=total) for index in range(1, total + 1) if index not in there]
        said += [f"{shard.words} left no report" for shard in missing[:_MOST_NAMED]]
        said += [f"{len(missing) - _MOST_NAMED} more shards left none"] if len(missing) > _MOST_NAMED else []
    counts = Counter(one.shard for one in folders if one.shard)
    said += [f"{shard.words} left {count} reports" for shard, count in sorted(counts.items()) if count > 1]
    return said + _differences(shards, here)


def _differences(shards: Sequence[ShardFolder], here: Subject) -> list[str]:
    """Say in what the shards differ that must be one."""
    subjects = [one.report.subject for one in shards if one.report]
    differing: dict[str, set[object]] = {
        "commits": {subject.commit for subject in subjects} | ({here.commit} if here.commit else set()),
        "runs": {subject.run_id for subject in subjects} | ({here.run_id} if here.run_id else set()),
        "repositories": {subject.repository for subject in subjects},
        "projects": {subject.project for subject in subjects},
        "uses": {subject.name for subject in subjects},
    }
    said = [f"the shards are of different {what}" for what, found in differing.items() if len(found) > 1]
    notes = [one.run_note() for one in shards]
    said += [
        f"{one.shard.words} did not end" for one, note in zip(shards, notes, strict=True) if note is None and one.shard
    ]
    told = {(note.configuration, note.named, note.threshold) for note in notes if note is not None}
    return [*said, *(["the shards were configured differently"] if len(told) > 1 else [])]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Merging:
    """The shards in their order, and what is wrong with them as a whole."""

    shards: tuple[ShardFolder, ...]
    trouble: tuple[str, ...]

    @property
    def named(self) -> bool:
        """Whether the user named the gates."""
        return any(note.named for one in self.shards if (note := one.run_note()) is not None)

    def parts(self, gate: str) -> list[Part]:
        parts = []
        for one in self.shards:
            result = one.report.result(gate) if one.report else None
            if one.shard is not None and result is not None:
                artifacts = tuple(map(_of_shard(one.shard), result.judgement.artifacts))
                parts.append(Part(shard=one.shard, result=result, artifacts=artifacts))
        return parts

    def result(self, gate: str) -> GateResult:
        """Return what a gate came to: what runs in the first shard as it was there, what is parted joined."""
        parts = self.parts(gate)
        if gate not in PARTED:
            first = [part for part in parts if part.shard.is_first]
            if first:
                return replace(
                    first[0].result, judgement=replace(first[0].result.judgement, artifacts=first[0].artifacts)
                )
            return errored(gate, "; ".join(self.trouble) or "the first shard did not run it")
        missing = (*self.trouble, *self._disagreement(gate))
        if not parts:
            return errored(gate, "; ".join(missing) or "no shard ran it")
        joined = join(parts, missing)
        tests = next((exhibit for exhibit in joined.exhibits if isinstance(exhibit, Tests)), None)
        if joined.outcome is Outcome.PASSED and tests is not None and not tests.ran:
            reason = all_skipped(tests)
            return replace(joined, judgement=(Judgement.errored if self.named else Judgement.skipped)(reason))
        return joined

    def durations(self, gate: str) -> list[dict[str, float]]:
        """Return how long the tests of a gate took, by shard."""
        return [note.durations for one in self.shards if (note := one.suite_note(gate)) is not None]

    def _disagreement(self, gate: str) -> list[str]:
        """Say that tests may be lost: the shards do not agree on who runs which."""
        # Also those that ran none: they may have met another collection.
        ran = [one for one in self.shards if one.report and not _is_errored(one.report.result(gate))]
        notes = [one.suite_note(gate) for one in ran]
        silent = [one.shard.words for one, note in zip(ran, notes, strict=True) if note is None and one.shard]
        agreed = {(note.collected, note.parting) for note in notes if note is not None}
        said = [f"{shard} does not say which tests it took" for shard in silent if agreed]
        if len(agreed) > 1:
            said.append(
                "the shards did not collect the same tests, or not the same durations: the names of parametrised tests "
                "must be the same every time"
            )
        return said


def _is_errored(result: GateResult | None) -> bool:
    return result is not None and result.outcome is Outcome.ERRORED


def errored(gate: str, reason: str) -> GateResult:
    """Make the result of a gate of which nothing is known."""
    return GateResult(
        gate=gate,
        title=GATES[gate].title,
        judgement=Judgement.errored(reason),
        started_at=datetime.now(UTC),
        duration=timedelta(),
    )


def file_of_shard(path: str, shard: Shard) -> str:
    """Return where the merge puts a file of a shard: `junit/unit-tests.xml` as `junit/unit-tests-shard-2.xml`."""
    plain = PurePosixPath(path)
    return str(plain.with_name(f"{plain.stem}-shard-{shard.index}{plain.suffix}"))


def _of_shard(shard: Shard) -> Callable[[Artifact], Artifact]:
    """Name what the merge has copied by the shard; other files are made anew."""
    return lambda artifact: (
        artifact
        if artifact.path.partition("/")[0] not in KEPT
        else Artifact(title=f"{artifact.title} of {shard.words}", path=file_of_shard(artifact.path, shard))
    )
