"""The source of a file and what of it ran -> its paths for errors, and those that no test took. Reads no file.

A path is the smallest block that runs only when something goes wrong (`error_blocks`). It ran if any of its lines did;
one of which coverage.py tells nothing (`pragma: no cover`) does not count.
"""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gate.domain.exhibit import ErrorPath, FileCoverage
from gate.formats.error_blocks import ErrorBlock, Way, error_blocks
from gate.formats.error_words import ErrorWords
from gate.formats.python_tree import parse_tree

LARGEST_SOURCE = 2_000_000
_MOST_PATHS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPaths:
    """How many paths for errors a file has and how many ran; of the others, the outermost, by line.

    Nothing is known of a source that is not `readable`: no Python to this version, or too large.
    """

    total: int = 0
    ran: int = 0
    missing: tuple[ErrorPath, ...] = ()
    readable: bool = True


def parse_error_paths(source: str, file: FileCoverage, executed: Iterable[int], *, has_branches: bool) -> ErrorPaths:
    """Find the paths for errors.

    `executed` are the lines that ran; `has_branches`: branches were measured, so that a guard on one line can be told.
    """
    if len(source) > LARGEST_SOURCE:
        return ErrorPaths(readable=False)
    try:
        blocks = sorted(error_blocks(parse_tree(source.removeprefix("\ufeff"))), key=_outermost_first)
    # It is text of the change: whatever the parser says of it, it has no paths that could be told.
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ErrorPaths(readable=False)
    measured = _Measured.of(file, executed, has_branches=has_branches)
    words = ErrorWords(source)
    ran = total = told_to = 0
    missing: list[ErrorPath] = []
    for block in blocks[:_MOST_PATHS]:
        state = measured.has_run(block)
        total += state is not None
        ran += state is True
        first, last = measured.missing_extent(block) if state is False else (0, 0)
        if first > told_to:
            told_to = last
            path = ErrorPath(
                kind=block.kind, line=first, end_line=last, function=block.block.function, test=words.test_of(block)
            )
            missing.append(path)
    return ErrorPaths(total=total, ran=ran, missing=tuple(missing))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """What coverage.py tells of a file: `jumps` are the ends of the branches that were not taken, by their start."""

    executed: frozenset[int]
    missing: frozenset[int]
    jumps: Mapping[int, set[int]]
    has_branches: bool

    @classmethod
    def of(cls, file: FileCoverage, executed: Iterable[int], *, has_branches: bool) -> "_Measured":
        missing = frozenset(file.missing_lines)
        jumps: dict[int, set[int]] = {}
        for start, end in file.missing_branches:
            jumps.setdefault(start, set()).add(end)
        return cls(executed=frozenset(executed), missing=missing, jumps=jumps, has_branches=has_branches)

    def has_run(self, block: ErrorBlock) -> bool | None:
        """Tell whether a path ran, None where that cannot be known."""
        first, last = _extent(block)
        header = _header(block)
        if header is not None and first <= header[1]:
            return self._took(block, header[0])
        lines = range(first, last + 1)
        if any(line in self.executed for line in lines):
            return True
        return False if any(line in self.missing for line in lines) else None

    def missing_extent(self, block: ErrorBlock) -> tuple[int, int]:
        """Return the first and the last line of a path that did not run; an `except` is a part of its block."""
        first, last = _extent(block)
        owner = block.block.owner
        header = _header(block)
        if header is not None and first <= header[1]:
            return header[0], max(header[0], last) if header[0] in self.missing else header[0]
        if block.at is None and isinstance(owner, ast.ExceptHandler) and owner.lineno in self.missing:
            return (first if self.executed.intersection(range(owner.lineno, first)) else owner.lineno), last
        return first, last

    def _took(self, block: ErrorBlock, line: int) -> bool | None:
        """Tell whether a block that shares its line with the condition was entered: the branch says so."""
        if line in self.missing:
            return False
        after = block.block.after
        if line not in self.executed or not self.has_branches or after is None or block.block.way is not Way.HOLDS:
            return None
        past = range(_first_line(after), (after.end_lineno or after.lineno) + 1)
        return all(end in past for end in self.jumps.get(line, ()))


def _extent(block: ErrorBlock) -> tuple[int, int]:
    last = block.statements[-1]
    return min(map(_first_line, block.statements)), last.end_lineno or last.lineno


def _outermost_first(block: ErrorBlock) -> tuple[int, int]:
    first, last = _extent(block)
    return first, -last


def _first_line(statement: ast.stmt) -> int:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and statement.decorator_list:
        return statement.decorator_list[0].lineno
    return statement.lineno


def _header(block: ErrorBlock) -> tuple[int, int] | None:
    """Return the lines of the condition before a block, which run whether it holds or not; None where none is."""
    match block.block.owner:
        case ast.If(test=test) as owner if block.block.way is Way.HOLDS:
            return owner.lineno, test.end_lineno or test.lineno
        case ast.FunctionDef() | ast.AsyncFunctionDef() as function:
            return function.lineno, function.lineno
        case ast.For() | ast.AsyncFor() | ast.While() as loop if block.block.way is Way.TURN:
            head = loop.test if isinstance(loop, ast.While) else loop.iter
            return loop.lineno, head.end_lineno or head.lineno
        case ast.match_case(pattern=ast.MatchAs(pattern=None), guard=None):
            return None
        case ast.match_case(pattern=pattern, guard=guard):
            return pattern.lineno, (guard or pattern).end_lineno or pattern.lineno
    return None
