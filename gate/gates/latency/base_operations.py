"""Which operations can be compared: those that both services have, and that both answer. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from gate.gates.latency.evidence import BaseComparison
from gate.load_ports import LoadResult, LoadUser

_PARAMETER = re.compile(r"\{[^{}]*\}")


def names_at_base(head: Iterable[str], base: Iterable[str]) -> Mapping[str, str]:
    """Return for each operation of the change what the base calls it, those left out that the base has not.

    The name of a parameter is nobody's business: `GET /tasks/{id}` is `GET /tasks/{task_id}`.
    """
    by_shape = {_PARAMETER.sub("{}", name): name for name in base}
    pairs = ((name, by_shape.get(_PARAMETER.sub("{}", name))) for name in head)
    return {name: found for name, found in pairs if found is not None}


def with_only(players: Iterable[LoadUser], names: Collection[str]) -> tuple[LoadUser, ...]:
    """Return the users with those steps alone that are of the named operations; who has none is left out."""
    kept = [replace(one, steps=tuple(step for step in one.steps if step.operation in names)) for one in players]
    return tuple(one for one in kept if one.steps)


def renamed(players: Iterable[LoadUser], names: Mapping[str, str]) -> tuple[LoadUser, ...]:
    """Return the users with other names for their operations."""

    def named(user: LoadUser) -> LoadUser:
        steps = (replace(step, operation=names.get(step.operation, step.operation)) for step in user.steps)
        return replace(user, steps=tuple(steps))

    return tuple(map(named, players))


def unanswered(result: LoadResult) -> str:
    """Say that a service is gone: it answered less than half of what it was asked; "" where it did more."""
    statuses = [status for one in result.samples for status in one.statuses]
    silent = sum(1 for status in statuses if not status)
    if statuses and 2 * silent <= len(statuses):
        return ""
    why = next((words for words, _ in result.unanswered), result.trouble)
    return f"{silent:,} of {len(statuses):,} requests had no answer{why and f': {why}'}"


def comparable(
    measured: BaseComparison, errors: Fraction, expected: Mapping[str, Sequence[int]]
) -> tuple[BaseComparison, tuple[str, ...]]:
    """Leave out what more than `errors` percent of a side's requests to were no success; return why, too."""
    told = []
    sound = set()
    for name in dict.fromkeys(one.operation for result in measured.head for one in result.samples):
        sides = {"the base": measured.base, "the change": measured.head}
        failing = [side for side, rounds in sides.items() if _fails(name, rounds, errors, expected.get(name, ()))]
        if failing:
            told.append(f"{name} is not compared with the base: too many requests to {' and '.join(failing)} failed")
        else:
            sound.add(name)

    def restricted(rounds: Iterable[LoadResult]) -> tuple[LoadResult, ...]:
        return tuple(
            replace(one, samples=tuple(part for part in one.samples if part.operation in sound)) for one in rounds
        )

    return replace(measured, base=restricted(measured.base), head=restricted(measured.head)), tuple(told)


def _fails(name: str, rounds: Iterable[LoadResult], errors: Fraction, expected: Sequence[int]) -> bool:
    statuses = [status for one in rounds for part in one.samples if part.operation == name for status in part.statuses]
    failed = sum(1 for status in statuses if not 200 <= status < 400 and status not in expected)
    return not statuses or 100 * failed > errors * len(statuses)
