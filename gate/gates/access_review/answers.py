"""What an answer of the service says: its JSON, the identifier of a new object, whether something is shown in it.

Pure. Answers are hostile: nested without end, enormous, of any type.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gate.domain.http_message import HttpAnswer
from gate.gates.access_review.words import plain_name

Json = Any
"""A value of JSON, whatever it is."""

_DEEPEST = 12
_MOST_NODES = 20_000
# Fields that change by themselves: when something was last written, read or counted.
_VOLATILE = re.compile(
    r"(updated|modified|changed|seen|viewed|read|accessed|visited|synced|refreshed|edited)(_?(at|on|time|date))?$"
    r"|^(last|updated|modified)|(count|counter|views|visits|hits|etag|version|revision|nonce|csrf\w*|token|expires\w*"
    r"|request_?id|trace_?id|timestamp|time|now|server_?time|duration|elapsed\w*|uptime)$",
    re.IGNORECASE,
)


def json_of(answer: HttpAnswer | None) -> Json:
    """Return the answer's JSON, None where it is none."""
    if answer is None or not answer.body or answer.cut:
        return None
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None


def text_of(answer: HttpAnswer | None) -> str:
    """Return the answer's body as text."""
    return "" if answer is None else answer.body.decode("utf-8", "replace")


def is_success(answer: HttpAnswer | None) -> bool:
    """Tell an answer that says that it was done."""
    return answer is not None and 200 <= answer.status < 300


def nodes(value: Json, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Give every member of a JSON value with the names that lead to it, what is nearest to its top first."""
    queue: list[tuple[tuple[str, ...], Any]] = [(path, value)]
    for at, (names, inner) in enumerate(queue):
        yield names, inner
        if at > _MOST_NODES or len(names) >= _DEEPEST:
            continue
        if isinstance(inner, Mapping):
            queue.extend(((*names, str(name)), one) for name, one in inner.items())
        elif isinstance(inner, list):
            queue.extend(((*names, str(index)), one) for index, one in enumerate(inner[:1000]))


def first_named(value: Json, names: Iterable[str], *, deepest: int = 3) -> Json:
    """Return the first plain value under one of these names, by the order of names, then by depth; None if none."""
    found = [
        (plain_name(path[-1]), inner)
        for path, inner in nodes(value)
        if path and len(path) <= deepest and isinstance(inner, str | int) and not isinstance(inner, bool)
    ]
    for name in names:
        for one, inner in found:
            if one == plain_name(name) and inner != "":
                return inner
    return None


def element_with(value: Json, wanted: Json) -> Json:
    """Return the innermost object of a JSON value that has `wanted` as one of its plain values; None if none."""
    found = None
    for _, inner in nodes(value):
        if isinstance(inner, Mapping) and any(_is_same(one, wanted) for one in inner.values()):
            found = inner
    return found


def shows(answer: HttpAnswer | None, marker: str) -> bool:
    """Tell whether a text that only one object has stands in the answer."""
    return bool(marker) and marker in text_of(answer)


def _is_same(one: Json, other: Json) -> bool:
    return isinstance(one, str | int) and not isinstance(one, bool) and str(one) == str(other)


def changed_fields(before: Json, after: Json) -> tuple[str, ...]:
    """Return the names of the fields that differ, without those that change by themselves."""
    return tuple(sorted({name for name in _differences(before, after, "", 0) if not _VOLATILE.search(last_of(name))}))


def last_of(name: str) -> str:
    """Return the last part of a dotted name."""
    return name.rpartition(".")[2]


def _differences(before: Json, after: Json, at: str, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in {*before, *after}:
            inner = f"{at}.{name}" if at else str(name)
            if name not in before or name not in after:
                yield inner
            else:
                yield from _differences(before[name], after[name], inner, depth + 1)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for one, other in zip(before, after, strict=True):
            yield from _differences(one, other, at, depth + 1)
    elif before != after:
        yield at or "answer"
