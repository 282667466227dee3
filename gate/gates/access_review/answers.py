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
_DEEPEST_OF_ALL = 64
_MOST_NODES = 20_000
_MOST_MEMBERS = 500
_RANK_OF_ELEMENTS = 3
_IDENTIFIERS = frozenset({"id", "uuid", "pk", "guid", "slug"})
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
        value = json.loads(answer.body)
        if b"\\u" in answer.body or b"\xed" in answer.body:
            # Half of a surrogate pair can stand in no request: it becomes a question mark.
            value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return None if _is_deep(value, answer.body) else value


def _is_deep(value: Json, body: bytes) -> bool:
    """Tell a value that is nested deeper than any answer is: whoever follows it would come to no end."""
    if body.count(b"[") + body.count(b"{") <= _DEEPEST_OF_ALL:
        return False
    level = [value]
    for _ in range(_DEEPEST_OF_ALL):
        containers = [one for one in level if isinstance(one, dict | list)]
        level = [inner for one in containers for inner in (one.values() if isinstance(one, dict) else one)]
        if not level:
            return False
    return True


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


def plain_members(value: Json) -> dict[str, Any]:
    """Return the plain members of an answer, those nearest to its top first, but of no list."""
    found: dict[str, Any] = {}
    for path, inner in nodes(value):
        if path and not any(part.isdigit() for part in path) and not isinstance(inner, Mapping):
            found.setdefault(path[-1], inner)
            if len(found) >= _MOST_MEMBERS:
                break
    return found


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


def shows_nothing(value: Json) -> bool:
    """Tell an answer of which nothing can be learned: an empty one, or an empty page, `{"items": [], "total": 0}`."""
    if not value:
        return True
    members = [inner for _, inner in nodes(value)]
    lists = [inner for inner in members if isinstance(inner, list)]
    return bool(lists) and not any(lists) and not any(isinstance(inner, str) for inner in members)


def without_echo(value: Json, sent: bytes | None) -> Json:
    """Return an answer's JSON without the parts that are the request itself: what is only sent back was not done."""
    try:
        whole = json.loads(sent or b"null")
    except (ValueError, RecursionError):
        whole = None
    return _without(value, whole, 0) if isinstance(whole, Mapping) and whole else value


def _without(value: Json, whole: Json, depth: int) -> Json:
    if value == whole:
        return None
    if depth > _DEEPEST:
        return value
    if isinstance(value, Mapping):
        return {name: _without(inner, whole, depth + 1) for name, inner in value.items()}
    return [_without(inner, whole, depth + 1) for inner in value] if isinstance(value, list) else value


def element_with(value: Json, wanted: Json) -> Json:
    """Return the innermost object of a JSON value that has `wanted` as one of its plain values; None if none.

    One that is identified by it comes first: `{"id": 7, "priority": 1}` is not 1; of those the outermost element of a
    list: in `[{"id": 1, "owner": {"id": 1}}]` that is not its owner.
    """
    found, rank = None, 0
    for path, inner in nodes(value):
        if isinstance(inner, Mapping) and (names := [name for name, one in inner.items() if _is_same(one, wanted)]):
            is_identified = any(plain_name(str(name)) in _IDENTIFIERS for name in names)
            own = 1 + is_identified + (is_identified and path[-1:] != () and path[-1].isdigit())
            if own > rank or own == rank < _RANK_OF_ELEMENTS:
                found, rank = inner, own
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
