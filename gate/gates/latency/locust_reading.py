"""What a run of Locust has written, as the samples of a load. Pure; all of it is text from the change: never trusted.

The files are those of `gate/probes/load_with_locust.py` and its parts, whose format is ours.
"""

import json
import math
import re
import struct
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gate.formats import UnreadableError
from gate.load_ports import CountedWindow, LoadResult, Samples

_RECORD = struct.Struct("=Hhdd")
_LONGEST_TIME = 1e6
_HIGHEST_STATUS = 999
_MOST_NAMES = 1_001
_LONGEST_TEXT = 300
_MOST_WORDS = 5
_MOST_TIMES = 1_000
_MOST_COUNTED = 5_000_000
# How the exceptions of requests and of geventhttpclient, which Locust's clients raise, are written: by `repr`.
_STATUS = re.compile(r"\AHTTPError\(['\"](\d{3}) |\A\w*BadStatusCode\(.{0,400}code=(\d{3})\b", re.DOTALL)
_NO_ANSWER = re.compile(
    r"\A\w*(?:Connection|Timeout|TimedOut|timeout|Disconnected|gaierror|Retry|socket)\w*\(", re.ASCII
)
_FAILED = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class LocustRun:
    """A run: the load, and how many `users` there were at most.

    `begun`: users began to play. `error` and `where`: what the locustfile raised that ended it, and the project's line;
    `stray`: what it did that it may not. `notices` are sentences for the reader.
    """

    result: LoadResult
    users: int
    version: str
    begun: bool
    error: str
    where: str
    stray: str
    notices: tuple[str, ...]


@dataclass(slots=True)
class _Columns:
    starts: "array[float]" = field(default_factory=lambda: array("d"))
    seconds: "array[float]" = field(default_factory=lambda: array("d"))
    statuses: "array[int]" = field(default_factory=lambda: array("h"))


def parse_locust_run(files: Mapping[str, bytes], named: Callable[[str], str]) -> LocustRun:
    """Read the files of a run; `named` returns the operation that a request's name stands for.

    Raises:
        UnreadableError: they are not what the probe writes.
    """
    run = _object(files.get("run.json", b""))
    begin, end = _number(run, "begin"), _number(run, "end")
    window = max(end - begin, 0.0) if begin else 0.0
    processes = [_object(content) for name, content in sorted(files.items()) if name.startswith("process-")]
    columns: defaultdict[str, _Columns] = defaultdict(_Columns)
    for name, content in sorted(files.items()):
        if begin and name.startswith("requests-"):
            listing = files.get(f"names-{name.removeprefix('requests-').removesuffix('.bin')}.txt", b"")
            names = [named(one) for one in _names(listing)]
            _add(columns, content, names, begin, end)
    windows = tuple(_windows(files.get("reports.jsonl", b""), named, begin, window)) if begin else ()
    notices = tuple(_notices(run, processes, is_counted=bool(windows)))
    unanswered = sum(one.statuses.count(0) for one in columns.values())
    unanswered += sum(count for window in windows for status, count in window.failures if not status)
    is_measured = bool(windows) or any(one.starts for one in columns.values())
    return LocustRun(
        result=LoadResult(
            samples=tuple(_samples(name, one) for name, one in columns.items() if one.starts),
            windows=windows,
            window=window,
            lag_p99=max((_number(one, "lag") for one in processes), default=0.0),
            processor_share=max((_number(one, "busy") for one in processes), default=0.0),
            processor_seconds=math.fsum(_number(one, "processor") for one in processes),
            ended=_text(run, "ended"),
            unanswered=(("Locust had no answer", unanswered),) if unanswered else (),
            trouble="" if is_measured or not notices else notices[0],
        ),
        users=int(_number(run, "users")),
        version=_text(run, "version"),
        begun=run.get("started") is True,
        error=_text(run, "error"),
        where=_text(run, "where"),
        stray=next(filter(None, (_text(one, "trouble") for one in processes)), ""),
        notices=notices,
    )


def status_of_words(words: str) -> int:
    """Return the status that an exception tells, by its text: 0 for no answer, -1 where it does not tell."""
    found = _STATUS.match(words)
    if found:
        return int(found[1] or found[2])
    return 0 if _NO_ANSWER.match(words) else _FAILED


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise UnreadableError("what was written of the run of Locust cannot be read")
    return told


def _number(told: Mapping[str, Any], name: str) -> float:
    value = told.get(name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf
    return float(value) if is_number and value is not None and value < 1e12 else 0.0


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return value[:_LONGEST_TEXT] if isinstance(value, str) else ""


def _names(listing: bytes) -> list[str]:
    try:
        names = [json.loads(line) for line in listing.splitlines()[:_MOST_NAMES]]
    except (ValueError, RecursionError):
        raise UnreadableError("the names of Locust's requests cannot be read") from None
    return [str(name)[:_LONGEST_TEXT] for name in names]


def _add(columns: dict[str, _Columns], content: bytes, names: list[str], begin: float, end: float) -> None:
    """Add the requests that started in the timed window."""
    whole = len(content) - len(content) % _RECORD.size
    of_number = [columns[name] for name in names]
    for number, status, start, seconds in _RECORD.iter_unpack(memoryview(content)[:whole]):
        if not (number < len(names) and _FAILED <= status <= _HIGHEST_STATUS and 0 <= seconds < _LONGEST_TIME):
            raise UnreadableError("the requests that Locust sent cannot be read")
        if begin <= start < end:
            one = of_number[number]
            one.starts.append(start - begin)
            one.seconds.append(seconds)
            one.statuses.append(status)


def _samples(name: str, columns: _Columns) -> Samples:
    order = sorted(range(len(columns.starts)), key=columns.starts.__getitem__)
    return Samples(
        operation=name,
        starts=array("d", (columns.starts[at] for at in order)),
        seconds=array("d", (columns.seconds[at] for at in order)),
        statuses=array("h", (columns.statuses[at] for at in order)),
    )


def _windows(content: bytes, named: Callable[[str], str], begin: float, window: float) -> Iterator[CountedWindow]:
    """Return what workers counted from report to report."""
    left = _MOST_COUNTED
    for line in content.splitlines():
        report = _object(line)
        start, end = _number(report, "start") - begin, _number(report, "end") - begin
        failed: defaultdict[str, Counter[int]] = defaultdict(Counter)
        for name, words, count in _triples(report.get("failed")):
            failed[named(name)][status_of_words(words)] += count
        counted: defaultdict[str, Counter[float]] = defaultdict(Counter)
        for name, times in _pairs(report.get("times")):
            for time, count in _pairs(times):
                if not (_is_whole(count) and isinstance(time, int | float) and 0 <= time / 1000 < _LONGEST_TIME):
                    raise UnreadableError("what Locust's workers counted cannot be read")
                counted[named(str(name)[:_LONGEST_TEXT])][time / 1000] += count
        left -= sum(one.total() for one in counted.values())
        if left < 0 or not 0 <= start <= end:
            raise UnreadableError("what Locust's workers counted cannot be read")
        for name, one in counted.items():
            yield CountedWindow(
                operation=name,
                start=min(start, window),
                length=end - start,
                times=tuple(one.items()),
                failures=tuple(failed[name].items()),
            )


def _pairs(told: object) -> list[tuple[Any, Any]]:
    rows: list[Any] = told if isinstance(told, list) and len(told) <= _MOST_TIMES else [None]
    if not all(isinstance(row, list) and len(row) == 2 for row in rows):
        raise UnreadableError("what Locust's workers counted cannot be read")
    return [(row[0], row[1]) for row in rows]


def _triples(told: object) -> list[tuple[str, str, int]]:
    rows = told if isinstance(told, list) else []
    return [
        (row[0][:_LONGEST_TEXT], row[1][:_LONGEST_TEXT], row[2])
        for row in rows
        if isinstance(row, list) and len(row) == 3 and isinstance(row[0], str) and isinstance(row[1], str)
        if _is_whole(row[2])
    ]


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_COUNTED


def _notices(run: Mapping[str, Any], processes: Iterable[Mapping[str, Any]], *, is_counted: bool) -> Iterator[str]:
    failures, errors = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for one in processes:
        for name, words, count in _triples(one.get("failures")):
            failures[name, words] += count
        for words, where, count in _triples(one.get("errors")):
            errors[words, where] += count
    for (words, where), count in errors.most_common(_MOST_WORDS):
        yield f"the locustfile raised {words}{where and f' at {where}'} ({count:,} time{'s' * (count != 1)})"
    for (name, words), count in failures.most_common(_MOST_WORDS):
        yield f"{name} failed with {words} ({count:,} time{'s' * (count != 1)}, those before the timed window included)"
    if run.get("busy_at_end") is True:
        yield "at the end, users still waited for an answer, or were in a task, that did not end in time"
    status = _number(run, "status")
    if status and not run.get("error"):
        yield f"Locust exited with status {status:.0f}, by which the locustfile may judge in its own way"
    if is_counted:
        yield "times are those that Locust's workers report: whole milliseconds, and two digits above 100"
