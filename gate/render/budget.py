"""Fits a document into a limit: sections shrink from full to counts, and at last it is cut at a line.

Knows no surface and escapes nothing: it relies on hostile text having no `<` of its own.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace

COMMENT_LIMIT = 65_536
"""GitHub's limit of a comment's body, in characters."""
SUMMARY_LIMIT = 960 * 1024
"""Bytes of a job summary: GitHub's limit is 1 MiB a step; the rest is left for what the runner masks."""

_SEPARATOR = "\n\n"
_BLOCK_TAG = re.compile(r"<(/?)(details|pre)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a document in its variants, from full to smallest; an empty variant leaves it out."""

    variants: tuple[str, ...]


def characters(document: str) -> int:
    """Count as GitHub may count a comment: UTF-16 units, the most of the two ways to count characters."""
    return len(document) if document.isascii() else len(document.encode("utf-16-le", "surrogatepass")) // 2


def utf8_bytes(document: str) -> int:
    """Count as GitHub counts a job summary."""
    return len(document.encode())


def fit(sections: Sequence[Section], *, tail: str, limit: int, size: Callable[[str], int], elsewhere: str) -> str:
    """Join sections and `tail` by blank lines, so that `size` of the whole does not pass `limit`.

    The largest section shrinks first. What is cut at last is said, with `elsewhere`, where all of it is.
    """
    room = limit - size(tail) - len("\n\n\n")
    chosen = _chosen([[size(variant) for variant in section.variants] for section in sections], room)
    body = _SEPARATOR.join(
        filter(None, (section.variants[pick] for section, pick in zip(sections, chosen, strict=True)))
    )
    if size(body) > room:
        body = _cut(body, room, size, elsewhere)
    return f"{body}\n\n{tail}\n" if tail else f"{body}\n"


def _chosen(sizes: Sequence[Sequence[int]], room: int) -> list[int]:
    """Choose a variant of each section, so that all of them joined take no more than `room`, or as little as they can.

    A hostile report has as many sections as it likes: none is looked at more often than it has variants.
    """
    chosen = [0] * len(sizes)
    joined = sum(_with_separator(variants[0]) for variants in sizes) - len(_SEPARATOR)
    largest = [(-variants[0], at) for at, variants in enumerate(sizes) if len(variants) > 1]
    heapify(largest)
    while joined > room and largest:
        _, at = largest[0]
        before, after = sizes[at][chosen[at]], sizes[at][chosen[at] + 1]
        chosen[at] += 1
        joined += _with_separator(after) - _with_separator(before)
        if chosen[at] + 1 < len(sizes[at]):
            heapreplace(largest, (-after, at))
        else:
            heappop(largest)
    return chosen


def _with_separator(size: int) -> int:
    return size + len(_SEPARATOR) if size else 0


def _cut(body: str, room: int, size: Callable[[str], int], elsewhere: str) -> str:
    lines = body.split("\n")
    kept: list[str] = []
    used, opened = 0, list[str]()
    ending = _ending(opened, len(lines), elsewhere)
    for at, line in enumerate(lines):
        after = _still_open(opened, line)
        used += size(line) + 1
        candidate = _ending(after, len(lines) - at - 1, elsewhere)
        # One figure of slack for the count of lines, which has the most digits at the start.
        if used + size(candidate) + 20 > room:
            break
        kept.append(line)
        opened, ending = after, candidate
    return "\n".join(kept) + ending


def _still_open(opened: list[str], line: str) -> list[str]:
    opened = list(opened)
    for closing, tag in _BLOCK_TAG.findall(line):
        if closing:
            opened.pop()
        else:
            opened.append(tag)
    return opened


def _ending(opened: Sequence[str], left_out: int, elsewhere: str) -> str:
    closers = "".join("\n</pre>" if tag == "pre" else "\n\n</details>" for tag in reversed(opened))
    return f"{closers}\n\n{left_out:,} more lines did not fit here: {elsewhere}."
