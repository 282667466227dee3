"""Patch coverage: of the lines that the change added or altered and that can run, which ran? Pure but for `read_patch`.

A statement counts once, however many of its lines were touched; tests are no part of it, and what the project leaves
out (`pragma: no cover`) neither.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

from gate.config.options import BadValue, percent
from gate.config.weaker import becomes, lower_than
from gate.context import Context
from gate.domain.change import Change
from gate.domain.exhibit import PATCH_COVERAGE, FileCoverage, line_ranges
from gate.domain.finding import Finding, Location, Severity
from gate.domain.measure import Measure, Threshold, floored
from gate.domain.patch import AlteredFile, Patch
from gate.domain.wording import clipped, counted
from gate.formats.logical_lines import statement_starts
from gate.gates.coverage_scope import is_test, lies_beside_source
from gate.ports import CannotRun

OFF: Literal["off"] = "off"
_DEFAULT = Fraction(80)
_MOST_FILES = 3
_MOST_RANGES = 4
_MOST_REASON = 400


def parse_threshold(value: object) -> Fraction | Literal["off"]:
    """Take a percentage, or `off`."""
    if isinstance(value, str) and value.strip() == OFF:
        return OFF
    try:
        return percent(value)
    except BadValue as bad:
        raise BadValue(bad.message, f"{bad.instead}, or {OFF!r}") from None


def weaker_threshold(name: str, before: object, after: object) -> Iterator[str]:
    """Take one that falls, or is off; by default it is that of the whole."""
    of_words = OFF in (before, after)
    yield from becomes(OFF)(name, before, after) if of_words else lower_than(_DEFAULT)(name, before, after)


async def read_patch(ctx: Context) -> Patch:
    """Return the statements of the project that the change touches."""
    try:
        change = await ctx.change()
    except CannotRun as reason:
        return Patch(unknown=reason.reason)
    untold = [file.path for file in change.files if file.lines_unknown and _is_python(file.path)]
    if untold:
        return Patch(unknown=f"nothing tells which lines of {_listed(untold)} were changed")
    return Patch(files=tuple(_altered(ctx, change)))


def _altered(ctx: Context, change: Change) -> Iterable[AlteredFile]:
    for file in change.files:
        lines = tuple(file.added_lines()) if _is_python(file.path) else ()
        if not lines or is_test(_in_project(ctx, file.path)):
            continue
        try:
            text = ctx.read_text(ctx.project.root / file.path)
        except CannotRun:
            text = None
        if text is not None:
            yield AlteredFile(path=file.path, lines=statement_starts(text, lines))


def may_be_unmeasured(ctx: Context, patch: Patch) -> list[str]:
    """Return the altered files that count also where no coverage data mentions them, by their paths in the project."""
    prefix = "" if ctx.project.place == "." else f"{ctx.project.place}/"
    own = (file.path.removeprefix(prefix) for file in patch.files if file.path.startswith(prefix))
    return [path for path in own if not lies_beside_source(path)]


def with_unmeasured(ctx: Context, patch: Patch, text: str | None) -> Patch:
    """Add which lines can run in files that the coverage data never mentions, as coverage.py told in JSON."""
    try:
        told = json.loads(text or "{}")
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        return patch
    found = {ctx.project.located(str(path)): _wholes(lines) for path, lines in told.items()}
    files = (
        replace(file, unmeasured=tuple(line for line in file.lines if line in found[file.path]))
        if file.path in found
        else file
        for file in patch.files
    )
    return replace(patch, files=tuple(files))


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchLimits:
    """The least percentage, None where any will do, and how many lines a change must have to be judged."""

    threshold: Fraction | None
    minimum: int


def named_in_unicode(patch: Patch | None) -> Patch | None:
    """Return the change without files whose names no JSON can hold, for the note of a shard."""
    if patch is None:
        return None
    return replace(patch, files=tuple(file for file in patch.files if file.path.isascii() or _is_unicode(file.path)))


def joined_patch(patches: Iterable[Patch | None]) -> Patch | None:
    """Return what all shards together know of the change, None where none has looked."""
    looked = [patch for patch in patches if patch is not None]
    known = [patch for patch in looked if not patch.unknown]
    if not known:
        return looked[0] if looked else None
    unmeasured = {file.path: file.unmeasured for patch in known for file in patch.files if file.unmeasured is not None}
    files = (replace(file, unmeasured=unmeasured.get(file.path)) for file in known[0].files)
    return replace(known[0], files=tuple(files))


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
    """What is concluded: the measure, None where there is nothing to measure, and what is to be said of it."""

    measure: Measure | None = None
    reason: str = ""
    findings: tuple[Finding, ...] = ()


def judge_patch(gate: str, patch: Patch, files: Sequence[FileCoverage], limits: PatchLimits) -> PatchJudgement:
    """Judge the lines of the change that `files` have."""
    if patch.unknown:
        return PatchJudgement(reason=f"patch coverage is not known: {patch.unknown}")
    total, missing = (sum(len(lines[at]) for lines in map(_lines, files)) for at in (0, 1))
    if not total:
        return PatchJudgement(reason="the change has no lines that can run")
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
        reason=f"{total - missing:,} of {counted(total, 'line')} of the change ran{short}: all but {_where(files)}",
        findings=tuple(_findings(gate, files)),
    )


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


def _where(files: Sequence[FileCoverage]) -> str:
    """Name the files and lines, those with most of them first."""
    missing = sorted((file for file in files if file.patch_missing), key=lambda file: -len(file.patch_missing))
    said = [f"{file.path} {_ranges(file)}" for file in missing[:_MOST_FILES]]
    said += [f"{len(missing) - _MOST_FILES} more files"] if len(missing) > _MOST_FILES else []
    text = " and ".join(filter(None, (", ".join(said[:-1]), said[-1])))
    return clipped(text, _MOST_REASON)


def _ranges(file: FileCoverage) -> str:
    if not file.total and len(file.patch_lines) == len(file.patch_missing):
        return "(no test imports it)"
    ranges = [str(first) if first == last else f"{first}–{last}" for first, last in line_ranges(file.patch_missing)]
    return "/".join([*ranges[:_MOST_RANGES], *(["…"] if len(ranges) > _MOST_RANGES else [])])


def _is_unicode(path: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in path)


def _is_python(path: str) -> bool:
    return path.endswith(".py")


def _in_project(ctx: Context, path: str) -> str:
    return path if ctx.project.place == "." else path.removeprefix(f"{ctx.project.place}/")


def _listed(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return f"{paths[0]:.200}{more}"


def _wholes(values: Any) -> frozenset[int]:  # noqa: ANN401
    return frozenset(value for value in values if type(value) is int) if isinstance(values, list) else frozenset()
