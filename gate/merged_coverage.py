"""Coverage of all shards together, judged by the judgement of one run. Reads what they left, and runs nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from gate.domain.joining import Part, join
from gate.domain.result import GateResult, Judgement, Outcome
from gate.formats import UnreadableError
from gate.formats.coverage_json import CoverageReport, parse_coverage
from gate.formats.coverage_union import CoverageUnion
from gate.formats.shard_notes import CoverageNote
from gate.gates import PARTED
from gate.gates.coverage_altered import joined_patch
from gate.gates.coverage_errors import ReadSource, no_source, read_sources
from gate.gates.coverage_judging import (
    GATE_ID,
    NO_TESTS,
    NOTHING_MEASURED,
    CoverageEvidence,
    any_ran,
    judge_coverage,
    not_known,
)
from gate.gates.coverage_options import CoverageOptions
from gate.gates.coverage_patch import with_patch
from gate.gates.coverage_sharding import REPORT
from gate.shard_folders import ShardFolder, may_have_run

# Writes the reports that people read, of the data in these folders: returns why there are none, or "".
ReportCoverage = Callable[[Sequence[ShardFolder], CoverageNote, CoverageReport], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedCoverage:
    """The judgement, coverage.py's report in JSON ("" where there is none), and what is worth saying."""

    judgement: Judgement
    text: str = ""
    notices: tuple[str, ...] = ()


def merge_coverage(
    shards: Sequence[ShardFolder],
    results: Mapping[str, GateResult],
    report_coverage: ReportCoverage,
    trouble: Sequence[str],
    read: ReadSource = no_source,
) -> MergedCoverage:
    """Judge coverage, given the results of the whole's suites; `trouble` says what is missing of the shards."""
    if trouble:
        return MergedCoverage(judgement=Judgement.errored("; ".join(trouble)))
    halves = [results[gate] for gate in PARTED if gate in results]
    if reason := not_known(halves):
        return MergedCoverage(judgement=Judgement.skipped(reason))
    parts = [
        Part(shard=one.shard, result=result)
        for one in shards
        if one.shard and one.report and (result := one.report.result(GATE_ID))
    ]
    if broken := [part for part in parts if part.result.outcome is Outcome.ERRORED]:
        return MergedCoverage(judgement=join(broken).judgement)
    if not any_ran(halves):
        named = any(note.named for one in shards if (note := one.run_note()))
        judgement = Judgement.errored(NOTHING_MEASURED) if named else Judgement.skipped(NO_TESTS)
        return MergedCoverage(judgement=judgement)
    try:
        return _of_union(shards, parts, report_coverage, read)
    except UnreadableError as error:
        return MergedCoverage(judgement=Judgement.errored(str(error)))


def _of_union(
    shards: Sequence[ShardFolder], parts: Sequence[Part], report_coverage: ReportCoverage, read: ReadSource
) -> MergedCoverage:
    union = CoverageUnion()
    notes: list[CoverageNote] = []
    measured: list[ShardFolder] = []
    silent: list[ShardFolder] = []
    for one in shards:
        content = one.content(REPORT)
        if content is not None:
            union.add(content.decode("utf-8", "replace"))
            notes.append(one.coverage_note() or _lost(one))
            measured.append(one)
        elif one.report and any(may_have_run(one.report.result(gate)) for gate in PARTED):
            silent.append(one)
    if not measured:
        # In all shards alike: there is no source, for instance.
        reasons = [part.result.reason for part in parts if part.result.outcome is Outcome.SKIPPED]
        return MergedCoverage(judgement=Judgement.skipped("; ".join(dict.fromkeys(reasons)) or NO_TESTS))
    for one in silent:
        _lost(one)
    if len({(one.own_threshold, one.own_precision, one.unread) for one in notes}) > 1:
        raise UnreadableError("the shards do not say the same of what the project asks of coverage")
    tests = tuple(dict.fromkeys(chain.from_iterable(note.tests for note in notes)))
    unparsed = {file.path: file for note in notes for file in note.unparsed}
    note = replace(
        notes[0], tests=tests, patch=joined_patch([note.patch for note in notes]), unparsed=(*unparsed.values(),)
    )
    report = parse_coverage(union.text())
    no_reports = report_coverage(measured, note, report)
    judgement = judge_coverage(_evidence(report, note, read), _options(shards))
    if not no_reports:
        return MergedCoverage(judgement=judgement)
    kept = tuple(artifact for artifact in judgement.artifacts if artifact.path.endswith(".json"))
    notice = f"coverage has no report in HTML, XML and text: {no_reports}"
    return MergedCoverage(judgement=replace(judgement, artifacts=kept), text=union.text(), notices=(notice,))


def _options(shards: Sequence[ShardFolder]) -> CoverageOptions:
    """Return those of the shards, which agree on them."""
    run = next((run for one in shards if (run := one.run_note())), None)
    if run is None:
        return CoverageOptions()
    given = CoverageOptions(
        threshold=run.threshold,
        patch_threshold=run.patch_threshold,
        max_fall=run.max_fall,
        error_path_threshold=run.error_path_threshold,
    )
    return given if run.patch_minimum is None else replace(given, patch_minimum=run.patch_minimum)


def _lost(one: ShardFolder) -> CoverageNote:
    raise UnreadableError(f"{one.shard.words if one.shard else 'a shard'} left no coverage data")


def _evidence(report: CoverageReport, note: CoverageNote, read: ReadSource) -> CoverageEvidence:
    tests, measured = frozenset(note.tests), {file.path for file in report.files}
    files = report.files if note.patch is None else with_patch(note.patch, report.files, report.executed)
    known = read_sources(files, report.executed, read, has_branches=bool(report.total_branches))
    return CoverageEvidence(
        report=report,
        files=known.files,
        error_paths=known.error_paths,
        patch=note.patch,
        unparsed=tuple(file for file in note.unparsed if file.path not in measured),
        tests=tuple(file for file in report.files if file.path in tests),
        own_threshold=note.own_threshold,
        own_precision=note.own_precision,
        unread=note.unread,
    )
