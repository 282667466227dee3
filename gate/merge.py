"""The verb `merge`: what several shards left becomes the report that one run of all tests would have given.

Runs nothing from the change and needs no checkout. What is missing or does not belong together is errored, never lost.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import PurePosixPath

from gate.comparing.known import without_known
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
from gate.shard_trouble import trouble_with


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The report of the whole, how long each test took, and coverage.py's report in JSON, "" where there is none.

    `partial` are the gates of which something is missing, or could not run.
    """

    report: Report
    durations: Mapping[str, float] = field(default_factory=dict)
    coverage: str = ""
    partial: frozenset[str] = frozenset()

    def weighed(self, weigh: Callable[[GateResult], GateResult]) -> tuple[GateResult, ...]:
        """Return the results as `weigh` sees them against the base's.

        Where all that is red is old, what is missing still makes the gate errored.
        """
        weighed = map(weigh, self.report.results)
        return tuple(
            replace(one, judgement=replace(one.judgement, outcome=Outcome.ERRORED))
            if one.gate in self.partial and one.outcome is Outcome.PASSED
            else one
            for one in weighed
        )


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
    merging = _Merging(shards=ordered, trouble=tuple(trouble_with(folders, ordered, here or Subject(), others)))
    gates = _gates(ordered)
    missing = {gate: merging.missing(gate) for gate in gates if gate in PARTED}
    results = {gate: merging.result(gate, missing.get(gate, ())) for gate in gates if gate != COVERAGE}
    judged = merge_coverage(ordered, results, report_coverage, merging.trouble, read)
    if COVERAGE in gates:
        results[COVERAGE] = merging.coverage(judged.judgement)
    if merging.trouble and not any(gate in IN_EVERY_SHARD for gate in gates):
        # No suite is there to say what is missing.
        missing = dict.fromkeys(gates, merging.trouble)
        results = {gate: join(merging.parts(gate), merging.trouble) for gate in gates}
    reports = [one.report for one in ordered if one.report is not None]
    changes = {report.change for report in reports if report.change is not None}
    notices = (
        *merging.trouble,
        *(["the shards do not agree on what was changed"] if len(changes) > 1 else []),
        *chain.from_iterable(report.notices for report in reports),
        *_differing_tools(reports),
    )
    report = Report(
        subject=subject,
        results=tuple(results[gate] for gate in gates),
        notices=tuple(dict.fromkeys((*notices, *judged.notices))),
        found=reports[0].found if reports else (),
        tool_versions=dict(chain.from_iterable(report.tool_versions.items() for report in reversed(reports))),
        interrupted=any(report.interrupted for report in reports),
        change=changes.pop() if len(changes) == 1 else None,
        policy=strictest(report.policy for report in reports),
        weakenings=tuple(dict.fromkeys(chain.from_iterable(report.weakenings for report in reports))),
    )
    partial = frozenset(gate for gate, clauses in missing.items() if clauses or merging.any_errored(gate))
    return Merged(report=report, durations=merging.durations(), coverage=judged.text, partial=partial)


def _gates(shards: Sequence[ShardFolder]) -> tuple[str, ...]:
    """Return the gates that any shard was to run, in the order of a report."""
    told = {result.gate for one in shards if one.report for result in one.report.results}
    return tuple(gate for gate in GATES if gate in (told or CHOSEN_AUTOMATICALLY))


def _subject(shards: Sequence[ShardFolder]) -> Subject:
    report = shards[0].report if shards else None
    return Subject() if report is None else replace(report.subject, shard=None, changed_only=False)


def _differing_tools(reports: Sequence[Report]) -> list[str]:
    versions: dict[str, dict[str, None]] = {}
    for report in reports:
        for tool, version in report.tool_versions.items():
            versions.setdefault(tool, {})[version] = None
    return [f"the shards ran with {tool} {', '.join(found)}" for tool, found in versions.items() if len(found) > 1]


def names_of(folders: Sequence[ShardFolder]) -> list[str]:
    """Return what the uses are called whose reports these are."""
    return sorted({one.report.subject.name for one in folders if one.report})


def configurations_of_base(folders: Sequence[ShardFolder]) -> Mapping[str, str]:
    """Return by gate the digest of the options that the base's configuration gives it; no run has one in doubt."""
    told: dict[str, str] = {}
    for gate, digest in chain.from_iterable(note.base for one in folders if (note := one.run_note()) is not None):
        told[gate] = digest if told.get(gate, digest) == digest else "in doubt"
    return told


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
                if gate in IN_EVERY_SHARD:
                    # A shard was not shown the base's report: what it says of it is made up.
                    result = without_known(result)
                parts.append(Part(shard=one.shard, result=result, artifacts=artifacts))
        return parts

    def missing(self, gate: str) -> tuple[str, ...]:
        """Say in clauses what is missing of a gate that is parted."""
        return *self.trouble, *self._disagreement(gate)

    def any_errored(self, gate: str) -> bool:
        """Whether it could not run in some shard."""
        return any(part.result.outcome is Outcome.ERRORED for part in self.parts(gate))

    def result(self, gate: str, missing: Sequence[str]) -> GateResult:
        """Return what a gate came to: what runs in the first shard as it was there, what is parted joined."""
        parts = self.parts(gate)
        if gate not in PARTED:
            first = [part for part in parts if part.shard.is_first]
            if first:
                return replace(
                    first[0].result, judgement=replace(first[0].result.judgement, artifacts=first[0].artifacts)
                )
            return errored(gate, "; ".join(self.trouble) or "the first shard did not run it")
        if not parts:
            return errored(gate, "; ".join(missing) or "no shard ran it")
        joined = join(parts, missing)
        tests = next((exhibit for exhibit in joined.exhibits if isinstance(exhibit, Tests)), None)
        if joined.outcome is Outcome.PASSED and tests is not None and not tests.ran:
            reason = all_skipped(tests)
            return replace(joined, judgement=(Judgement.errored if self.named else Judgement.skipped)(reason))
        return joined

    def coverage(self, judgement: Judgement) -> GateResult:
        """Return what coverage came to: what is judged of all shards, in the time that all of them took."""
        parts = self.parts(COVERAGE)
        frame = join(parts) if parts else errored(COVERAGE, "no shard ran it")
        return replace(frame, judgement=judgement)

    def durations(self) -> dict[str, float]:
        """Return how long each test took."""
        notes = [note for gate in PARTED for one in self.shards if (note := one.suite_note(gate)) is not None]
        return dict(chain.from_iterable(note.durations.items() for note in notes))

    def _disagreement(self, gate: str) -> list[str]:
        """Say that tests may be lost: the shards do not agree on who runs which."""
        # Also those that ran none: they may have met another collection.
        ran = [one for one in self.shards if one.report and not _is_errored(one.report.result(gate))]
        notes = [one.suite_note(gate) for one in ran]
        silent = [one.shard.words for one, note in zip(ran, notes, strict=True) if note is None and one.shard]
        agreed = {(note.collected, note.parting) for note in notes if note is not None}
        said = [f"{one.shard.words} has no result of it" for one in ran if one.shard and not one.has(gate)]
        said += [f"{shard} does not say which tests it took" for shard in silent if agreed]
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
