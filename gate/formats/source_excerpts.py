"""The source of a file and the lines that did not run -> what stands there, with what is around. Reads no file."""

import re
from collections.abc import Iterable

from gate.domain.exhibit import Excerpt

MOST_OF_A_FILE = 256 * 1024
_AROUND = 3
_LONGEST_LINE = 400
_LINE_END = re.compile(r"\r\n|\r|\n")


def make_excerpts(source: str, lines: Iterable[int], most: int = MOST_OF_A_FILE) -> tuple[Excerpt, ...]:
    """Cut out `lines` and three lines around each, joined where they touch, until `most` characters are shown.

    Lines that the source does not have are passed over; of one that is very long the begin is shown.
    """
    wanted = sorted(set(lines))
    if not wanted or most <= 0:
        return ()
    there = _LINE_END.split(source)
    # What ends with a line end has no further line.
    if there[-1] == "":
        there.pop()
    excerpts: list[Excerpt] = []
    for first, last in _extents(wanted, len(there)):
        text = [line if len(line) <= _LONGEST_LINE else line[:_LONGEST_LINE] + "…" for line in there[first - 1 : last]]
        kept: list[str] = []
        for line in text:
            most -= len(line) + 1
            if most < 0:
                break
            kept.append(line)
        if kept:
            excerpts.append(Excerpt(start=first, text="\n".join(kept)))
        if most < 0:
            break
    return tuple(excerpts)


def _extents(wanted: list[int], number: int) -> list[tuple[int, int]]:
    """Return the first and last lines to be shown, where a source has `number` lines."""
    extents: list[tuple[int, int]] = []
    for line in wanted:
        if not 1 <= line <= number:
            continue
        first, last = max(1, line - _AROUND), min(number, line + _AROUND)
        if extents and first <= extents[-1][1] + 1:
            extents[-1] = (extents[-1][0], last)
        else:
            extents.append((first, last))
    return extents
