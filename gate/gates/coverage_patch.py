"""Patch coverage: of the lines that the change added or altered and that can run, which ran? Pure.

What the project leaves out (`pragma: no cover`) is no part of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from fractions import Fraction

from gate.domain.exhibit import PATCH_COVERAGE, FileCoverage, line_ranges
from gate.domain.finding import Finding, Location, Severity
from gate.domain.measure import Measure, Threshold, floored
from gate.domain.patch import Patch
from gate.domain.wording import clipped, counted, enumerated

_MOST_FILES = 3
_MOST_RANGES = 4
_MOST_REASON = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchLimits:
    """The least percentage, None where any will do, and how many lines a change must have to be judged."""

    threshold: Fraction | None
    minimum: int


def with_patch(
    patch: Patch, files: Sequence[FileCoverage], executed: Mapping[str, frozenset[int]]
) -> tuple[FileCoverage, ...]:
    """Return the files with their lines of the change; `executed` are the lines that ran by the paths of `files`.

    A file that the coverage data never mentions is added, with nothing in it but those.
    """
    altered = {file.path: file for file in patch.files}
    shown = []
    for file in files:
        own = altered.pop(file.path, None)
        if own is None:
            shown.append(file)
            continue
        ran, missing = executed.get(file.path, frozenset()), frozenset(file.missing_lines)
        lines = tuple(line for line in own.lines if line in ran or line in missing)
        shown.append(replace(file, patch_lines=lines, patch_missing=tuple(line for line in lines if line in missing)))
    shown += [
        FileCoverage(path=file.path, covered=0, total=0, patch_lines=file.unmeasured, patch_missing=file.unmeasured)
        for file in altered.values()
        if file.unmeasured
    ]
    return tuple(sorted(shown, key=lambda file: file.path))


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchJudgement:
    """What is concluded: the measure, None where there is nothing to measure, and what is to be said of it.

    `is_known` tells whether it could be seen what was changed.
    """

    measure: Measure | None = None
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    is_known: bool = True


def judge_patch(
    gate: str,
    patch: Patch,
    files: Sequence[FileCoverage],
    limits: PatchLimits,
    unparsed: AbstractSet[str] = frozenset(),
) -> PatchJudgement:
    """Judge the lines of the change that `files` have; those of `unparsed` do not parse."""
    if patch.unknown:
        return PatchJudgement(reason=f"patch coverage is not known: {patch.unknown}", is_known=False)
    total, missing = (sum(len(lines[at]) for lines in map(_lines, files)) for at in (0, 1))
    if not total:
        return PatchJudgement(reason=_nothing_words(patch))
    is_judged = total >= limits.minimum
    limit = limits.threshold
    threshold = Threshold(value=limit, direction="at-least") if limit is not None and is_judged else None
    measure = Measure.ratio(PATCH_COVERAGE, total - missing, total, threshold=threshold)
    if measure.holds:
        few = f"the change has {counted(total, 'line')} that can run, fewer than {limits.minimum}: shown, not judged"
        return PatchJudgement(measure=measure, reason=few if limit is not None and not is_judged else "")
    short = "" if limit is None else f", {floored(measure.value)} % and not {floored(limit)} %"
    return PatchJudgement(
        measure=measure,
        reason=f"{total - missing:,} of {counted(total, 'line')} of the change ran{short}: "
        f"all but {_where(files, unparsed)}",
        findings=tuple(_findings(gate, files)),
    )


def _nothing_words(patch: Patch) -> str:
    if patch.nothing or not patch.files:
        return patch.nothing
    return "the change has no lines that can run"


def _lines(file: FileCoverage) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return file.patch_lines, file.patch_missing


def _findings(gate: str, files: Sequence[FileCoverage]) -> Iterable[Finding]:
    for file in files:
        for first, last in line_ranges(file.patch_missing):
            lines = f"line {first}" if first == last else f"lines {first} to {last}"
            yield Finding(
                gate=gate,
                rule_id="patch-not-covered",
                severity=Severity.WARNING,
                message=f"{lines} of the change did not run",
                location=Location(path=file.path, line=first, end_line=last),
            )


def _where(files: Sequence[FileCoverage], unparsed: AbstractSet[str]) -> str:
    """Name the files and lines, those with most of them first."""
    missing = sorted((file for file in files if file.patch_missing), key=lambda file: -len(file.patch_missing))
    said = [f"{file.path} {_ranges(file, unparsed)}" for file in missing[:_MOST_FILES]]
    said += [counted(len(missing) - _MOST_FILES, "more file")] if len(missing) > _MOST_FILES else []
    return clipped(enumerated(said), _MOST_REASON)


def _ranges(file: FileCoverage, unparsed: AbstractSet[str]) -> str:
    if file.path in unparsed:
        return "(does not parse)"
    if not file.total and len(file.patch_lines) == len(file.patch_missing):
        return "(no test imports it)"
    ranges = [str(first) if first == last else f"{first}–{last}" for first, last in line_ranges(file.patch_missing)]
    return "/".join([*ranges[:_MOST_RANGES], *(["…"] if len(ranges) > _MOST_RANGES else [])])
