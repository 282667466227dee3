"""What to cover next, where a gate is red for what did not run: error paths first, and what that would lift it to.

Plain text, not escaped. Knows no gate: a measure by its name, and what speaks of it in the exhibits.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from gate.domain.exhibit import ERROR_PATH_COVERAGE, PATCH_COVERAGE, ErrorPath, FileCoverage
from gate.domain.finding import Location
from gate.domain.measure import Measure, floored
from gate.domain.result import GateResult
from gate.domain.wording import clipped, counted, enumerated
from gate.render.exhibited import coverage_of
from gate.render.figures import range_words

_MOST_FILES = 3
_MOST_PATHS = 4
_MOST_RANGES = 4
_MOST_OF_A_TEST = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncovered:
    """Say `message`, then the places and what of them, then the `ending`."""

    message: str
    places: tuple[tuple[Location, str], ...]
    ending: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gain:
    """A path for errors, and what a test that takes it adds to the numerator of a measure."""

    file: FileCoverage
    path: ErrorPath
    lines: int
    counts: int


def uncovered(result: GateResult) -> Iterator[Uncovered]:
    """Say for each ratio that is too low what to cover, that of the change first."""
    red = [measure for measure in result.measures if _short_by(measure) > 0]
    files = [file for exhibit in coverage_of(result) for file in exhibit.files]
    for measure in sorted(red, key=lambda measure: measure.name != PATCH_COVERAGE):
        looked_at = _of_change(measure, files)
        if found := _of_error_paths(measure, looked_at) or _of_lines(measure, looked_at):
            yield found


def told_files(result: GateResult) -> Iterator[tuple[FileCoverage, tuple[ErrorPath, ...], tuple[int, ...]]]:
    """Give the files of a red gate, each with its paths for errors and the lines beside them that did not run.

    Where the change has too little coverage, its files come first; where only it has, nothing else is told.
    """
    red = [measure for measure in result.measures if not measure.holds]
    files = [file for exhibit in coverage_of(result) for file in exhibit.files] if red else []
    of_patch = any(file.patch_missing for file in files) and all(map(_is_by_change, red))
    if is_patch_red(result):
        files.sort(key=lambda file: -len(file.patch_missing))
    for file in files:
        lines = sorted(missing_of(file, of_patch=of_patch))
        paths = tuple(path for path in file.error_paths if not of_patch or _between(lines, path))
        beside = tuple(sorted({*lines} - {*file.error_lines}))
        if paths or beside:
            yield file, paths, beside


def is_patch_red(result: GateResult) -> bool:
    """Tell whether a gate is red for what the change did: too little of it ran, or a figure fell by it."""
    return any(_is_by_change(measure) and not measure.holds for measure in result.measures)


def _is_by_change(measure: Measure) -> bool:
    """Tell a figure of the change itself, or one whose only fault is that it fell."""
    return measure.name == PATCH_COVERAGE or (measure.has_fallen and measure.is_within)


def _of_change(measure: Measure, files: Sequence[FileCoverage]) -> Sequence[FileCoverage]:
    """Return what the change left out, where to cover that undoes the fall of a figure; else all that is missing."""
    if measure.name == PATCH_COVERAGE or not _is_by_change(measure):
        return files
    changed = [_changed_alone(file) for file in files if file.patch_missing]
    return changed if sum(len(file.missing_lines) for file in changed) >= _short_by(measure) else files


def _changed_alone(file: FileCoverage) -> FileCoverage:
    lines = sorted(file.patch_missing)
    paths = tuple(path for path in file.error_paths if _between(lines, path))
    return replace(file, missing_lines=file.patch_missing, missing_branches=(), error_paths=paths)


def missing_of(file: FileCoverage, *, of_patch: bool) -> tuple[int, ...]:
    """Return the lines of a file that did not run, or those of them that the change added or altered."""
    return file.patch_missing if of_patch else file.missing_lines


def _of_error_paths(measure: Measure, files: Sequence[FileCoverage]) -> Uncovered | None:
    """Name the paths for errors that add the most, no more of them than it takes."""
    chosen = _chosen(measure, files)
    if not chosen or measure.numerator is None or not measure.denominator:
        return None
    of_patch = " of the change" if measure.name == PATCH_COVERAGE else ""
    gained = sum(gain.counts for gain in chosen)
    if gained < _short_by(measure):
        message = f"cover {_more(measure, files)} to reach {_target_words(measure)}, the error paths{of_patch} first:"
        return Uncovered(message=message, places=tuple(_places(chosen)))
    lines = 0 if measure.name == ERROR_PATH_COVERAGE else sum(gain.lines for gain in chosen)
    what = counted(lines, "line") if lines else counted(len(chosen), "test")
    reached = Fraction(100 * min(measure.numerator + gained, measure.denominator), measure.denominator)
    return Uncovered(
        message=f"cover the error paths{of_patch} in",
        places=tuple(_places(chosen)),
        ending=f": {what} would lift {measure.name.replace('-', ' ')} to {floored(reached)} %",
    )


def _chosen(measure: Measure, files: Sequence[FileCoverage]) -> list["_Gain"]:
    gains = [gain for file in files for gain in _gains(measure, file)]
    gains.sort(key=lambda gain: (-gain.counts, gain.file.path, gain.path.line))
    chosen: list[_Gain] = []
    known: set[str] = set()
    for gain in gains:
        if len(chosen) == _MOST_PATHS or sum(one.counts for one in chosen) >= _short_by(measure):
            break
        if gain.file.path in known or len(known) < _MOST_FILES:
            chosen.append(gain)
            known.add(gain.file.path)
    return sorted(chosen, key=lambda gain: (gain.file.path, gain.path.line))


def _of_lines(measure: Measure, files: Sequence[FileCoverage]) -> Uncovered | None:
    of_patch = measure.name == PATCH_COVERAGE
    missing = [(file, lines) for file in files if (lines := missing_of(file, of_patch=of_patch))]
    if not missing or measure.name == ERROR_PATH_COVERAGE:
        return None
    missing.sort(key=lambda pair: -len(pair[1]))
    return Uncovered(
        message=f"cover {_more(measure, files)} to reach {_target_words(measure)}, starting with",
        places=tuple(
            (Location(path=file.path, line=lines[0]), range_words(lines, _MOST_RANGES))
            for file, lines in missing[:_MOST_FILES]
        ),
    )


def _more(measure: Measure, files: Sequence[FileCoverage]) -> str:
    """Say how much is missing: `6 more lines or branches`."""
    short = _short_by(measure)
    if measure.name == ERROR_PATH_COVERAGE:
        return counted(short, "more path")
    words = counted(short, "more line")
    if measure.name == PATCH_COVERAGE:
        return f"{words} of the change"
    if any(file.missing_branches and file.missing_lines for file in files):
        return f"{words} or {'branch' if short == 1 else 'branches'}"
    return words


def _gains(measure: Measure, file: FileCoverage) -> Iterator[_Gain]:
    """Give what each path for errors of a file adds to a measure: never more than one test of it does."""
    missing, patch = sorted(file.missing_lines), sorted(file.patch_missing)
    ends = sorted(end for _, end in file.missing_branches if end > 0)
    for path in file.error_paths:
        lines = _between(missing, path)
        if measure.name == PATCH_COVERAGE:
            lines = counts = _between(patch, path)
        elif measure.name == ERROR_PATH_COVERAGE:
            counts = 1
        else:
            # Of a path on the line of its condition, the branch alone is missing.
            counts = lines + (_between(ends, path) if lines else 1)
        if counts:
            yield _Gain(file=file, path=path, lines=lines, counts=counts)


def _between(lines: Sequence[int], path: ErrorPath) -> int:
    return bisect_right(lines, path.end_line) - bisect_left(lines, path.line)


def _places(chosen: Iterable[_Gain]) -> Iterator[tuple[Location, str]]:
    """Give each file once, at its first path, with the lines of all of them and the tests that reach them."""
    by_file: dict[str, list[ErrorPath]] = {}
    for gain in chosen:
        by_file.setdefault(gain.file.path, []).append(gain.path)
    for file, paths in by_file.items():
        words = enumerated(f"{_range(path)} ({clipped(path.test, _MOST_OF_A_TEST)})" for path in paths)
        yield Location(path=file, line=paths[0].line), words


def _range(path: ErrorPath) -> str:
    return str(path.line) if path.line == path.end_line else f"{path.line}–{path.end_line}"


def _target(measure: Measure) -> Fraction | None:
    """Return the percentage that a ratio has to reach, None where there is none."""
    targets = []
    if measure.threshold is not None and measure.threshold.direction == "at-least":
        targets.append(measure.threshold.value)
    if measure.has_fallen and measure.baseline is not None and measure.max_fall is not None:
        targets.append(measure.baseline - measure.max_fall)
    return max(targets, default=None)


def _target_words(measure: Measure) -> str:
    return f"{floored(_target(measure) or Fraction(0))} %"


def _short_by(measure: Measure) -> int:
    """Return how much of the denominator is missing to where a ratio has to be, 0 where nothing is."""
    target = _target(measure)
    if target is None or measure.holds or measure.numerator is None or measure.denominator is None:
        return 0
    wanted = target * measure.denominator / Fraction(100)
    return max(0, -((-wanted) // 1) - measure.numerator)
