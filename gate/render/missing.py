"""Which lines and branches did not run, by file, error paths first. GitHub's Markdown; knows no gate."""

from collections.abc import Iterable, Sequence
from functools import partial

from gate.domain.exhibit import ErrorPath, FileCoverage, line_ranges
from gate.domain.finding import Location
from gate.domain.report import Report
from gate.domain.wording import clipped, counted
from gate.render.budget import Section
from gate.render.escape import code, link, quoting
from gate.render.exhibited import coverage_of
from gate.render.links import Links
from gate.render.markdown import Extent, listing
from gate.render.uncovered import is_patch_red

_MOST_RANGES = 20
_MOST_PATHS = 20
_MOST_OF_A_TEST = 200


def missing_lines(report: Report, ladder: Sequence[Extent], links: Links) -> Iterable[Section]:
    """Show each gate's lines and branches that did not run: the files with the most error paths among them first.

    Where too little of a change ran, its files stand before all others.
    """
    for result in report.results:
        files = [file for exhibit in coverage_of(result) for file in exhibit.files if _has_missing(file)]
        if files:
            of_patch = is_patch_red(result)
            files.sort(key=partial(_order, of_patch=of_patch))
            yield listing(_words(files), files, partial(_file, links, of_patch=of_patch), ladder, links)


def _order(file: FileCoverage, *, of_patch: bool) -> tuple[int, int, int, int, str]:
    changed = len(file.patch_missing) if of_patch else 0
    missing = (len(file.error_paths), len(file.missing_lines), len(file.missing_branches))
    return (-changed, -missing[0], -missing[1], -missing[2], file.path)


def _has_missing(file: FileCoverage) -> bool:
    return bool(file.missing_lines or file.missing_branches)


def _words(files: Sequence[FileCoverage]) -> str:
    lines = sum(len(file.missing_lines) for file in files)
    branches = sum(len(file.missing_branches) for file in files)
    what = counted(lines, "line") if lines else ""
    if branches:
        word = "branch" if branches == 1 else "branches"
        what = f"{what} and {branches:,} {word}" if what else f"{branches:,} {word}"
    of_errors = sum(len(file.error_lines) for file in files)
    some = counted(of_errors, "line") if branches else f"{of_errors:,} of them"
    of_which = f", {some} on error paths" if lines > 1 else ", on an error path"
    return f"{what} not covered in {counted(len(files), 'file')}{of_which if of_errors else ''}"


def _file(links: Links, file: FileCoverage, *, of_patch: bool) -> str:
    paths = [f"\n  - {_path(file, path, links)}" for path in file.error_paths[:_MOST_PATHS]]
    if len(file.error_paths) > _MOST_PATHS:
        paths.append(f"\n  - {counted(len(file.error_paths) - _MOST_PATHS, 'more error path')}")
    changed = _ranges(file.path, file.patch_missing, links) if of_patch and file.patch_missing else ""
    # What is told of the change, or with the error paths, is not told again.
    told = {*(file.error_lines if paths else ()), *(file.patch_missing if changed else ())}
    others = tuple(sorted({*file.missing_lines} - told))
    words = [f"of the change {changed}" if changed else "", _ranges(file.path, others, links), _branches(file)]
    rest = "; ".join(filter(None, words)) if changed else ", ".join(filter(None, words))
    if not paths:
        return f"{code(file.path)} {rest}"
    return f"{code(file.path)}{''.join(paths)}" + (f"\n  - {'' if changed else 'also '}{rest}" if rest else "")


def _path(file: FileCoverage, path: ErrorPath, links: Links) -> str:
    place = _range(file.path, path.line, path.end_line, links)
    return f"{place} no test in which {quoting(clipped(path.test, _MOST_OF_A_TEST))}"


def _ranges(path: str, lines: tuple[int, ...], links: Links) -> str:
    ranges = line_ranges(lines)
    words = [_range(path, first, last, links) for first, last in ranges[:_MOST_RANGES]]
    if len(ranges) > _MOST_RANGES:
        words.append(counted(len(ranges) - _MOST_RANGES, "more place"))
    return ", ".join(words)


def _branches(file: FileCoverage) -> str:
    if not file.missing_branches:
        return ""
    # coverage.py writes a jump out of a block as a negative line.
    jumps = [f"{start}→{end if end > 0 else 'exit'}" for start, end in file.missing_branches[:_MOST_RANGES]]
    more = len(file.missing_branches) - len(jumps)
    return "branches " + ", ".join(jumps) + (f" and {more:,} more" if more else "")


def _range(path: str, first: int, last: int, links: Links) -> str:
    label = str(first) if first == last else f"{first}–{last}"
    return link(label, links.line_url(Location(path=path, line=first, end_line=last)))
