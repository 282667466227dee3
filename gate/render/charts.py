"""How often which values were, and how they went over time, drawn in characters: GitHub shows no picture of a job.

GitHub's Markdown, by kind of exhibit; knows no gate.
"""

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import partial

from gate.domain.exhibit import Histogram, Series
from gate.domain.measure import Unit
from gate.domain.report import Report
from gate.domain.wording import clipped
from gate.render.budget import Section
from gate.render.escape import pre, text, visible
from gate.render.figures import unit_words
from gate.render.links import Links
from gate.render.markdown import Extent, and_more, shrinking

_MOST_OF_A_NAME = 300
_MOST_OF_A_LABEL = 60
_MOST_BUCKETS = 40
_MOST_MARKS = 20
_MOST_POINTS = 80
_WIDEST_BAR = 40
_EIGHTHS = " ▏▎▍▌▋▊▉"
_HEIGHTS = "▁▂▃▄▅▆▇█"


def histograms(report: Report, ladder: Sequence[Extent], links: Links) -> Iterable[Section]:
    """Show the histograms of each gate: a bar a bucket, and where the named values lie."""
    for result in report.results:
        for exhibit in result.exhibits:
            if isinstance(exhibit, Histogram) and exhibit.buckets:
                summary = f"{text(result.title)}: {text(clipped(exhibit.title, _MOST_OF_A_NAME))}"
                yield shrinking(summary, ladder, partial(_histogram, exhibit), links)


def series(report: Report, ladder: Sequence[Extent], links: Links) -> Iterable[Section]:
    """Show the series of each gate: a line of small columns each, between nought and the highest."""
    for result in report.results:
        for exhibit in result.exhibits:
            if isinstance(exhibit, Series) and any(points for _, points in exhibit.lines):
                summary = f"{text(result.title)}: {text(clipped(exhibit.title, _MOST_OF_A_NAME))}"
                most = max(extent.items for extent in ladder)
                yield shrinking(
                    summary, ladder, partial(_series, _lines(exhibit, most), len(exhibit.lines), links), links
                )


def _histogram(exhibit: Histogram, extent: Extent) -> str:
    buckets = _merged(exhibit.buckets, max(min(extent.items, _MOST_BUCKETS), 1))
    highest = max((count for _, count in buckets), default=0) or 1
    marks = sorted(exhibit.marks[:_MOST_MARKS], key=lambda mark: mark[1])
    rows: list[tuple[str, str, str, str]] = []
    before = -math.inf
    for at, (end, count) in enumerate(buckets):
        # What lies behind the last bucket is shown at a row of its own.
        here = [mark for mark in marks if before < mark[1] <= end]
        rows.append(
            (f"≤ {_figure(end, exhibit.unit)}", f"{count:,}", _bar(count / highest), _marked(here, exhibit.unit))
        )
        before = end
        if at == len(buckets) - 1 and (behind := [mark for mark in marks if mark[1] > end]):
            rows.append(("", "", "", _marked(behind, exhibit.unit)))
    widths = [max(len(row[at]) for row in rows) for at in range(2)]
    lines = (
        f"{row[0]:>{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:<{_WIDEST_BAR}}  {row[3]}".rstrip() for row in rows
    )
    return pre("\n".join(lines))


def _merged(buckets: Sequence[tuple[float, int]], most: int) -> list[tuple[float, int]]:
    together = -(-len(buckets) // most)
    groups = (buckets[at : at + together] for at in range(0, len(buckets), together))
    return [(group[-1][0], sum(count for _, count in group)) for group in groups]


def _bar(share: float) -> str:
    eighths = round(max(share, 0.0) * _WIDEST_BAR * 8)
    whole, rest = divmod(eighths or (1 if share > 0 else 0), 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")


def _marked(marks: Iterable[tuple[str, float]], unit: Unit) -> str:
    return ", ".join(f"{_label(name)} {_figure(value, unit)}" for name, value in marks)


def _label(name: str) -> str:
    return visible(clipped(" ".join(name.split()), _MOST_OF_A_LABEL))


def _lines(exhibit: Series, most: int) -> Sequence[str]:
    shown = [(_label(name), points) for name, points in exhibit.lines[:most] if points]
    width = max((len(name) for name, _ in shown), default=0)
    return [f"{name:<{width}}  {_sparkline(points, exhibit.unit)}" for name, points in shown]


def _series(lines: Sequence[str], number: int, links: Links, extent: Extent) -> str:
    shown = lines[: extent.items]
    return pre("\n".join(shown)) + and_more(number - len(shown), links)


def _sparkline(points: Sequence[tuple[float, float]], unit: Unit) -> str:
    together = -(-len(points) // _MOST_POINTS)
    # Of what stands in one column, the highest: that is what somebody looks for.
    values = [max(value for _, value in points[at : at + together]) for at in range(0, len(points), together)]
    highest = max(values)
    columns = "".join(_HEIGHTS[_height(value, highest)] for value in values)
    ends = f"{_figure(min(value for _, value in points), unit)} to {_figure(highest, unit)}"
    return f"{columns}  {ends}, from {points[0][0]:,.0f} s to {points[-1][0]:,.0f} s"


def _height(value: float, highest: float) -> int:
    return min(int(max(value, 0.0) / highest * len(_HEIGHTS)), len(_HEIGHTS) - 1) if highest > 0 else 0


def _figure(value: float, unit: Unit) -> str:
    # Without the digits that only a float has: a bucket that ends at 1,000 must not read as 1,001.
    return unit_words(Fraction(str(round(value, 6))), unit) if math.isfinite(value) else "∞"
