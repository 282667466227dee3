"""Texts, places and lists of a report, cut to what a page can hold. What is left out is noted, never silent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from gate.domain.finding import Location
from gate.domain.wording import clipped
from gate.render.escape import visible, web_address
from gate.render.links import Links

MOST_OF_A_LINE = 500
MOST_OF_A_BLOCK = 20_000

Entry = TypeVar("Entry")


def line_of(value: str, most: int = MOST_OF_A_LINE) -> str:
    """Return a text for one line: what cannot be seen is spelt out."""
    return visible(clipped(" ".join(value.split("\n")), most))


def block_of(value: str, most: int = MOST_OF_A_BLOCK) -> str:
    """Return a text of several lines, its begin where it is too long."""
    return visible(clipped(value.replace("\r\n", "\n"), most), keep="\n\t")


def end_of(value: str, most: int = MOST_OF_A_BLOCK) -> str:
    """Return a text of several lines, its end where it is too long."""
    return block_of(value if len(value) <= most else "…" + value[1 - most :], most)


@lru_cache(maxsize=1024)
def address_of(url: str) -> str:
    """Return a web address that is safe to link to, or nothing."""
    return web_address(url) or ""


@dataclass(slots=True, kw_only=True)
class Telling:
    """What is told of a report: every path once, and what was left out.

    `room` is how many characters there are still for long texts, all together.
    """

    links: Links
    room: int = 12_000_000
    left_out: dict[str, int] = field(default_factory=dict)
    _paths: dict[str, int] = field(default_factory=dict)

    def path(self, path: str) -> int:
        """Return the number of a path."""
        return self._paths.setdefault(path, len(self._paths))

    def place(self, location: Location | None) -> tuple[int, int]:
        """Return the number of a path and the line; -1 and 0 where there is none."""
        return (-1, 0) if location is None else (self.path(location.path), location.line or 0)

    def paths(self) -> Iterator[tuple[str, str]]:
        """Yield every path in the order of their numbers, and its page at the commit."""
        for path in self._paths:
            yield line_of(path), self.links.line_url(Location(path=path))

    def most(self, entries: Sequence[Entry], most: int, noun: str) -> Sequence[Entry]:
        """Return at most the first `most` entries; note how many are left out."""
        if len(entries) > most:
            self.left_out[noun] = self.left_out.get(noun, 0) + len(entries) - most
            return entries[:most]
        return entries

    def long(self, text: str, noun: str) -> str:
        """Return a long text, already cut, while there is room for such texts; else nothing."""
        if len(text) > self.room:
            self.left_out[noun] = self.left_out.get(noun, 0) + 1
            return ""
        self.room -= len(text)
        return text

    def omissions(self) -> list[str]:
        """Say what was left out."""
        return [f"{number:,} {noun} left out of this page" for noun, number in self.left_out.items()]
