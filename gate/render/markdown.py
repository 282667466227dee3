"""Blocks of GitHub's Markdown: tables, lists, folds. Takes parts that are escaped already, and escapes nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gate.render.budget import Section
from gate.render.escape import link
from gate.render.links import Links

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much a variant of a section shows: how many items, and how many characters of output to each."""

    items: int
    output: int


FOR_COMMENT = (Extent(items=50, output=3_000), Extent(items=20, output=600), Extent(items=10, output=0))
FOR_SUMMARY = (Extent(items=500, output=12_000), Extent(items=200, output=3_000), *FOR_COMMENT)


def fixed(block: str) -> Section:
    """Make a section that does not shrink."""
    return Section(variants=(block,))


def shrinking(summary: str, ladder: Sequence[Extent], body: Callable[[Extent], str], links: Links) -> Section:
    """Make a folded section that shows less with each step of `ladder`, and at last only its summary."""
    folds = tuple(folded(summary, body(extent)) for extent in ladder)
    return Section(variants=(*folds, f"{summary}: see {report_link(links)}."))


def report_link(links: Links) -> str:
    """Name the report, linked where it can be downloaded."""
    return link("the report", links.artifact_url)


def folded(summary: str, body: str) -> str:
    """Fold `body` under `summary`. The blank lines make its Markdown count inside HTML."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Make a table; cells hold no line breaks."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def listing(
    summary: str,
    things: Sequence[Thing],
    render: Callable[[Thing], str],
    ladder: Sequence[Extent],
    links: Links,
    others: int = 0,
) -> Section:
    """Make a folded list of `things`, as many as each step of `ladder` shows; there are `others` that none does."""
    entries = [f"- {render(thing)}" for thing in things[: max(extent.items for extent in ladder)]]

    def body(extent: Extent) -> str:
        return "\n".join(entries[: extent.items]) + and_more(max(len(things) - extent.items, 0) + others, links)

    return shrinking(summary, ladder, body, links)


def and_more(number: int, links: Links) -> str:
    """Say how many were left out and where they are; nothing where none were."""
    return f"\n\n… and {number:,} more in {report_link(links)}." if number > 0 else ""
