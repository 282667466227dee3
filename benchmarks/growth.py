"""How time and memory of report, summary and comment grow from 1,000 to 300,000 tests; draws growth.svg.

The result compares a test of the most with a test of a hundredth of them, each beyond the cost of the fewest: at
most 1.5 times as long means that it grows no faster than the tests do.
"""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from comparison import PYTHON, ROOT, Arguments, Result, main, peak_megabytes, seconds_of
from made_evidence import make

LIMIT = 1.5
SIZES = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000)
_WIDTH, _HEIGHT, _EDGE = 640, 360, 60


def measure(arguments: Arguments) -> Sequence[Result]:
    """Measure every size, one after another and over again."""
    os.environ["PYTHONPATH"] = str(ROOT)
    sizes = SIZES[:5] if arguments.quick else SIZES
    with tempfile.TemporaryDirectory(prefix="quality-gate-benchmark-") as scratch:
        commands = {size: _command(Path(scratch) / str(size), size) for size in sizes}
        rounds = [{size: seconds_of(command) for size, command in commands.items()} for _ in range(arguments.runs)]
        seconds = {size: median(each[size] for each in rounds) for size in sizes}
        megabytes = {size: peak_megabytes(command) for size, command in commands.items()}
    if not arguments.quick:
        Path(__file__).with_name("growth.svg").write_text(drawn(seconds, megabytes), encoding="utf-8")
    few, some, most = sizes[0], sizes[-3], sizes[-1]
    of_some = (seconds[some] - seconds[few]) / (some - few)
    of_most = (seconds[most] - seconds[few]) / (most - few)
    return [
        Result(
            name=f"growth: a test of {most:,} against one of {some:,}",
            ratio=of_most / of_some,
            limit=LIMIT,
            ours_seconds=seconds[most],
            theirs_seconds=seconds[some],
            runs=arguments.runs,
            note=", ".join(f"{size:,}: {seconds[size]:.2f} s, {megabytes[size]:.0f} MB" for size in sizes),
        )
    ]


def _command(folder: Path, tests: int) -> tuple[str | Path, ...]:
    make(folder, tests=tests, junit_files=max(1, tests // 2_000), files=20)
    return (PYTHON, Path(__file__).with_name("report_ours.py"), folder, folder / "out")


def drawn(seconds: dict[int, float], megabytes: dict[int, float]) -> str:
    """Draw both curves over the number of tests, each axis from nothing."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        f'<path d="M{_EDGE} {_EDGE / 2}V{_HEIGHT - _EDGE}H{_WIDTH - _EDGE}V{_EDGE / 2}" fill="none" stroke="gray"/>',
        f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 15}" text-anchor="middle">tests</text>',
    ]
    lines += _curve(seconds, "#0550ae", "s", 10, "start", _EDGE - 8, "end")
    lines += _curve(megabytes, "#bc4c00", "MB", _WIDTH - 10, "end", _WIDTH - _EDGE + 8, "start")
    right = max(seconds)
    lines += [
        f'<text x="{_across(size, right):.0f}" y="{_HEIGHT - _EDGE + 18}" text-anchor="middle">{size:,}</text>'
        for size in sorted(seconds)[-3:]
    ]
    return "\n".join([*lines, "</svg>\n"])


def _curve(
    values: dict[int, float], colour: str, unit: str, at: float, anchor: str, mark: float, side: str
) -> list[str]:
    top, right = max(values.values()), max(values)
    points = [
        (_across(size, right), _HEIGHT - _EDGE - value / top * (_HEIGHT - 1.5 * _EDGE))
        for size, value in values.items()
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return [
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>',
        *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points),
        f'<text x="{at}" y="20" text-anchor="{anchor}" fill="{colour}">{unit}</text>',
        f'<text x="{mark}" y="{_EDGE / 2 + 4}" text-anchor="{side}" fill="{colour}">{top:.3g}</text>',
    ]


def _across(size: int, right: int) -> float:
    return _EDGE + size / right * (_WIDTH - 2 * _EDGE)


if __name__ == "__main__":
    main(measure, runs=3, quick_runs=1)
