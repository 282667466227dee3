"""Finds a value in a JSON answer by its place, such as `items[0].id`. The answer may be hostile; nothing is judged."""

import json
import re
from typing import Any

from gate.formats import UnreadableError

Place = tuple[str | int, ...]

_STEP = re.compile(r"\[(?P<index>\d{1,9})\]|(?P<dot>\.?)(?P<key>[^.\[\]]+)")
_LONGEST_VALUE = 16 * 1024


def parse_place(text: str) -> Place:
    """Read a place: keys behind dots, numbers in brackets; "" is the whole answer.

    Raises:
        UnreadableError: it is no such text.
    """
    place: list[str | int] = []
    position = 0
    while position < len(text):
        step = _STEP.match(text, position)
        # A dot stands between two, and nowhere else.
        if step is None or (step["key"] is not None and bool(step["dot"]) != bool(place)):
            raise UnreadableError(f"{text[:60]!r} is no place in a JSON answer: write it as items[0].id")
        place.append(int(step["index"]) if step["index"] else step["key"])
        position = step.end()
    return tuple(place)


def values_at(body: bytes, places: dict[str, Place]) -> dict[str, str]:
    """Return what stands at each place of a JSON text: a text as it is, a number or truth value as JSON writes it.

    Raises:
        UnreadableError: it is no JSON, or there is nothing of that kind at one of them.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableError("the answer is no JSON") from None
    return {name: _value_at(answer, place) for name, place in places.items()}


def _value_at(answer: Any, place: Place) -> str:  # noqa: ANN401 - as it was answered
    for step in place:
        if not _holds(answer, step):
            raise UnreadableError(f"the answer has no {written(place)}")
        try:
            answer = answer[step]
        except LookupError:
            raise UnreadableError(f"the answer has no {written(place)}") from None
    if not isinstance(answer, str | int | float):
        raise UnreadableError(f"{written(place) or 'the answer'} is neither a text nor a number")
    # Half of a surrogate pair is no text that could be sent on.
    text = answer.encode("utf-8", "replace").decode() if isinstance(answer, str) else json.dumps(answer)
    if len(text) > _LONGEST_VALUE:
        raise UnreadableError(f"{written(place) or 'the answer'} has more than {_LONGEST_VALUE // 1024} KiB")
    return text


def _holds(answer: object, step: str | int) -> bool:
    return isinstance(answer, list if isinstance(step, int) else dict)


def written(place: Place) -> str:
    """Write a place as `parse_place` reads it."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).removeprefix(".")
