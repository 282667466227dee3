"""Which paths for errors no test took: told of each file, counted over all, and judged where a threshold is set.

With it goes what the sources look like where they did not run, as each is read once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import PurePosixPath

from gate.domain.exhibit import ERROR_PATH_COVERAGE, ErrorPath, FileCoverage
from gate.domain.finding import Finding, Location, Severity
from gate.domain.measure import Measure, Threshold, floored
from gate.formats.error_paths import LARGEST_SOURCE, parse_error_paths
from gate.formats.source_excerpts import MOST_OF_A_FILE, make_excerpts
from gate.gates.coverage_scope import is_test

# Gives the source of a file by its path in the repository; None where there is none, or it has more bytes than told.
ReadSource = Callable[[str, int], str | None]


_MOST_SOURCE = 24_000_000
_MOST_EXCERPTS = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPathCount:
    """How many paths for errors there are and how many ran; `unread` measured files may have more."""

    ran: int = 0
    total: int = 0
    unread: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesRead:
    """The files as they were measured, with what their sources tell beside."""

    files: tuple[FileCoverage, ...]
    error_paths: ErrorPathCount


def no_source(path: str, most: int) -> None:
    """Read nothing: the sources are not here."""
    del path, most


def read_sources(
    files: Sequence[FileCoverage], executed: Mapping[str, frozenset[int]], read: ReadSource, *, has_branches: bool
) -> SourcesRead:
    """Add to each file its paths for errors that did not run, and excerpts; `executed` are by the paths of `files`.

    Tests have no such paths. What is too much to read or to show is left out, of files with the fewest missing lines.
    """
    told: dict[str, FileCoverage] = {}
    room, shown = _MOST_SOURCE, _MOST_EXCERPTS
    ran = total = unread = 0
    for file in sorted(files, key=lambda file: (-len(file.missing_lines), -len(file.missing_branches), file.path)):
        if not _is_of_project(file):
            continue
        source = read(file.path, min(room, LARGEST_SOURCE))
        if source is None:
            unread += 1
            continue
        room -= len(source)
        paths = parse_error_paths(source, file, executed.get(file.path, ()), has_branches=has_branches)
        ran, total, unread = ran + paths.ran, total + paths.total, unread + (not paths.readable)
        lines = {*file.missing_lines, *file.patch_missing, *(path.line for path in paths.missing)}
        excerpts = make_excerpts(source, lines, min(shown, MOST_OF_A_FILE))
        shown -= sum(len(excerpt.text) for excerpt in excerpts)
        told[file.path] = replace(file, error_paths=paths.missing, excerpts=excerpts)
    return SourcesRead(
        files=tuple(told.get(file.path, file) for file in files),
        error_paths=ErrorPathCount(ran=ran, total=total, unread=unread),
    )


def error_path_measure(count: ErrorPathCount, threshold: Fraction | None) -> Measure | None:
    """Return the share of the paths for errors that ran, None where there are none."""
    if not count.total:
        return None
    limit = None if threshold is None else Threshold(value=threshold, direction="at-least")
    return Measure.ratio(ERROR_PATH_COVERAGE, count.ran, count.total, threshold=limit)


def unknown_error_paths(count: ErrorPathCount, threshold: Fraction | None) -> str:
    """Say why the threshold cannot be judged, "" where it can or none is set."""
    if threshold is None or count.total or not count.unread:
        return ""
    return "cannot decide: the error paths are not known, as no source was read"


def words_of_error_paths(count: ErrorPathCount, measure: Measure | None) -> str:
    """Say that too few ran, and of how many files it is not known; "" where neither is so."""
    said = []
    if measure is not None and measure.threshold is not None and not measure.holds:
        limit = floored(measure.threshold.value)
        said.append(f"{count.ran:,} of {count.total:,} error paths ran, {floored(measure.value)} % and not {limit} %")
    if count.unread and measure is not None:
        files = "1 measured file" if count.unread == 1 else f"{count.unread:,} measured files"
        said.append(f"the error paths of {files} are not known")
    return "; ".join(said)


def error_path_findings(gate: str, files: Sequence[FileCoverage]) -> tuple[Finding, ...]:
    """Name each path for errors that no test took, and the test that would."""
    return tuple(_finding(gate, file, path) for file in files for path in file.error_paths)


def _finding(gate: str, file: FileCoverage, path: ErrorPath) -> Finding:
    return Finding(
        gate=gate,
        rule_id="error-path-not-covered",
        severity=Severity.WARNING,
        message=f"no test in which {path.test}",
        location=Location(path=file.path, line=path.line, end_line=path.end_line),
    )


def _is_of_project(file: FileCoverage) -> bool:
    path = PurePosixPath(file.path)
    return path.suffix == ".py" and not path.is_absolute() and not is_test(file.path)
