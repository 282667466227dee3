"""What a gate and the process that plays its plan hand to each other: files in a folder that only this user may read.

The plan is believed. The result is read strictly: the process has spoken to a service that may be hostile.
"""

import json
import os
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from gate.adapters.load.record import MOST_ANSWERS, MOST_OF_AN_ANSWER, MOST_SAMPLES
from gate.domain.untrusted_json import Node, parse_untrusted
from gate.load_ports import LoadPlan, LoadResult, LoadStep, LoadUser, Samples
from gate.plain_file import open_to_read

_PLAN, _RESULT, _COLUMNS, _ANSWERS = "plan.json", "result.json", "columns", "answers"
_MOST_OF_A_RESULT = 4 * 1024 * 1024
_MOST_SECONDS = 10**6
_LAST_STATUS = 999


def write_plan(folder: Path, plan: LoadPlan) -> None:
    """Write a plan; its credentials are for the owner of the file alone. Sessions that many play are written once."""
    sessions: list[tuple[list[dict[str, Any]], list[dict[str, Any]]]] = []
    numbers: dict[tuple[int, int], int] = {}
    users = []
    for user in plan.users:
        # By identity: who plays the same steps was given the same tuples.
        key = id(user.before), id(user.steps)
        if key not in numbers:
            numbers[key] = len(sessions)
            sessions.append((list(map(asdict, user.before)), list(map(asdict, user.steps))))
        users.append((numbers[key], dict(user.values)))
    plain = {name: value for name, value in _fields(plan) if name != "users"}
    document = {"plan": plain, "sessions": sessions, "users": users}
    descriptor = os.open(folder / _PLAN, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(document, file)


def take_plan(folder: Path) -> LoadPlan:
    """Read a plan, and remove it: nobody needs its credentials a second time."""
    path = folder / _PLAN
    document = json.loads(path.read_text(encoding="ascii"))
    path.unlink()
    sessions = [(tuple(map(_step, before)), tuple(map(_step, steps))) for before, steps in document["sessions"]]
    users = tuple(
        LoadUser(before=sessions[number][0], steps=sessions[number][1], values=values)
        for number, values in document["users"]
    )
    return LoadPlan(users=users, **document["plan"])


def _fields(plan: LoadPlan) -> Iterator[tuple[str, Any]]:
    return ((name, getattr(plan, name)) for name in LoadPlan.__dataclass_fields__)


def _step(plain: dict[str, Any]) -> LoadStep:
    headers = tuple((name, value) for name, value in plain.pop("headers"))
    return LoadStep(headers=headers, expected=tuple(plain.pop("expected")), **plain)


def write_result(folder: Path, result: LoadResult) -> None:
    """Write a result: its columns as they lie in memory, one operation after another."""
    with (folder / _COLUMNS).open("wb") as file:
        for samples in result.samples:
            for kind, column in (("d", samples.starts), ("d", samples.seconds), ("H", samples.statuses)):
                array(kind, column).tofile(file)
    with (folder / _ANSWERS).open("wb") as file:
        for *_, body in result.answers:
            file.write(body)
    document = {
        "samples": [(samples.operation, len(samples.starts)) for samples in result.samples],
        "window": result.window,
        "lag_p99": result.lag_p99,
        "processor_share": result.processor_share,
        "processor_seconds": result.processor_seconds,
        "ended": result.ended,
        "trouble": result.trouble,
        "answers": [(operation, status, kind, len(body)) for operation, status, kind, body in result.answers],
        "unanswered": result.unanswered,
    }
    (folder / _RESULT).write_text(json.dumps(document), encoding="ascii")


def read_result(folder: Path) -> LoadResult:
    """Read a result.

    Raises:
        OSError: there is none.
        ValueError: it is none, or larger than the process may write.
    """
    with open_to_read(folder / _RESULT) as file:
        text = file.read(_MOST_OF_A_RESULT + 1)
    if len(text) > _MOST_OF_A_RESULT:
        raise ValueError("it is too large")
    node = parse_untrusted(text.decode("ascii"))
    with open_to_read(folder / _COLUMNS) as file:
        samples = tuple(_samples(file, node.member("samples").items()))
    with open_to_read(folder / _ANSWERS) as file:
        answers = tuple(_answers(file, node.member("answers").items(MOST_ANSWERS)))
    return LoadResult(
        samples=samples,
        window=_number(node, "window"),
        lag_p99=_number(node, "lag_p99"),
        processor_share=_number(node, "processor_share"),
        processor_seconds=_number(node, "processor_seconds"),
        ended=node.member("ended").text(),
        trouble=node.member("trouble").text(),
        answers=answers,
        unanswered=tuple(
            (why.text(), count.whole(1, MOST_SAMPLES))
            for why, count in (_entries(one, 2) for one in node.member("unanswered").items())
        ),
    )


def _number(node: Node, name: str) -> float:
    return float(node.member(name).decimal(0, _MOST_SECONDS))


def _entries(node: Node, count: int) -> list[Node]:
    entries = node.items(count)
    if len(entries) != count:
        node.fail(f"has not {count} entries")
    return entries


def _samples(file: BinaryIO, operations: Sequence[Node]) -> Iterator[Samples]:
    room = MOST_SAMPLES
    for one in operations:
        operation, number = _entries(one, 2)
        count = number.whole(0, room)
        room -= count
        starts, seconds, statuses = (_column(file, kind, count) for kind in "ddH")
        if not all(0 <= value <= _MOST_SECONDS for column in (starts, seconds) for value in column):
            one.fail("has a time that is none")
        if max(statuses, default=0) > _LAST_STATUS:
            one.fail("has a status that is none")
        yield Samples(operation=operation.text(), starts=starts, seconds=seconds, statuses=statuses)
    if file.read(1):
        raise ValueError("there are more samples than it says")


def _column(file: BinaryIO, kind: str, count: int) -> "array[Any]":
    column = array(kind)
    try:
        column.fromfile(file, count)
    except EOFError:
        raise ValueError("there are fewer samples than it says") from None
    return column


def _answers(file: BinaryIO, entries: Sequence[Node]) -> Iterator[tuple[str, int, str, bytes]]:
    for one in entries:
        operation, status, kind, size = _entries(one, 4)
        length = size.whole(0, MOST_OF_AN_ANSWER)
        body = file.read(length)
        if len(body) != length:
            one.fail("is not there")
        yield operation.text(), status.whole(1, _LAST_STATUS), kind.text(), body
