"""When a new value of an option makes the gate weaker than the old one, in words. Declared beside each option.

Each takes the option's name, the value in the base and the change's own, and yields what is weaker: `lowers
coverage.threshold from 95 to 80`. Values are shown only where they cannot be secrets.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from gate.domain.measure import floored
from gate.domain.wording import clipped

Value = Any  # what the option's `parse` makes
Weaker = Callable[[str, Value, Value], Iterator[str]]

_MOST_SHOWN = 80
_MOST_NAMED = 5
# With these, whoever sets them decides what pytest, coverage.py, ruff and Python itself look at.
_OF_TOOLS = ("PYTEST_", "COVERAGE_", "RUFF_", "PYTHONWARNINGS", "PYTHONOPTIMIZE", "PYTHONPATH", "PYTHONSTARTUP")


def lower(name: str, before: Value, after: Value) -> Iterator[str]:
    """Take a least that falls, or that is there no longer."""
    if before is not None and (after is None or after < before):
        yield f"lowers {name} from {shown(before)} to {shown(after)}" if after is not None else _dropped(name, before)


def lower_than(default: Fraction) -> Weaker:
    """Take a least that falls; None stands for what the project's own files say, else for `default`."""

    def weaker(name: str, before: Value, after: Value) -> Iterator[str]:
        if before is None and after is not None and after < default:
            yield f"sets {name} to {shown(after)}, below the default of {shown(default)}"
        elif after is None and before is not None and before > default:
            yield _dropped(name, before)
        elif before is not None and after is not None and after < before:
            yield f"lowers {name} from {shown(before)} to {shown(after)}"

    return weaker


def higher(name: str, before: Value, after: Value) -> Iterator[str]:
    """Take a most that rises, or that is there no longer."""
    if before is not None and (after is None or after > before):
        yield f"raises {name} from {shown(before)} to {shown(after)}" if after is not None else _dropped(name, before)


def turned_off(name: str, before: Value, after: Value) -> Iterator[str]:
    """Take a look that is no longer taken."""
    if before and not after:
        yield f"switches {name} off"


def becomes(*words: str) -> Weaker:
    """Take a value by which something is looked at no longer, such as `off`."""

    def weaker(name: str, before: Value, after: Value) -> Iterator[str]:
        if after in words and before != after:
            yield f"sets {name} to {shown(after)}"

    return weaker


def along(*ladder: str) -> Weaker:
    """Take a step down; `ladder` names the values from the weakest to the strictest."""

    def weaker(name: str, before: Value, after: Value) -> Iterator[str]:
        if before in ladder and after in ladder and ladder.index(after) < ladder.index(before):
            yield f"loosens {name} from {shown(before)} to {shown(after)}"

    return weaker


def fewer(name: str, before: Value, after: Value) -> Iterator[str]:
    """Take entries that are there no longer."""
    if gone := [one for one in before or () if one not in (after or ())]:
        yield f"takes {named(gone)} out of {name}"


def narrower(name: str, before: Value, after: Value) -> Iterator[str]:
    """Take paths of which fewer are looked at; () stands for all that is found."""
    if not before and after:
        yield f"narrows {name} to {named(after)}"
    elif gone := [one for one in before or () if not any(_lies_in(one, other) for other in after)] if after else []:
        yield f"takes {named(gone)} out of {name}"


def changed(name: str, before: Value, after: Value) -> Iterator[str]:
    """Take any other value: there is no direction, and yet it can hide what the gate would see."""
    if before != after:
        yield f"changes {name}"


def tools_told(name: str, before: Value, after: Value) -> Iterator[str]:
    """Take variables, in pairs with their values, that tell the tools what to look at."""
    known = dict(before)
    told = [one for one, value in dict(after).items() if one.startswith(_OF_TOOLS) and known.get(one) != value]
    if told:
        yield f"sets {named(told)} in {name}"


def each(weaker: Weaker) -> Weaker:
    """Take a table of values of which one is weaker; one that is gone is as by default."""

    def of_table(name: str, before: Value, after: Value) -> Iterator[str]:
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            for key in [one for one in before if one in after][:_MOST_NAMED]:
                yield from weaker(f"{name} of {shown(key)}", before[key], after[key])
            if gone := [one for one in before if one not in after]:
                yield f"takes {named(gone)} out of {name}"
        elif before and before != after:
            yield from weaker(name, before, after) if _are_numbers(before, after) else changed(name, before, after)

    return of_table


def limits_raised(name: str, before: Value, after: Value) -> Iterator[str]:
    """Take a table of exceptions from a limit: one that is new, higher or gone, for the limit itself may be higher."""
    if new := [one for one in after if one not in before]:
        yield f"adds {named(new)} to {name}"
    yield from each(higher)(name, before, after)


def named(names: Sequence[object] | Collection[object]) -> str:
    """List names in one line, the first of them."""
    first = ", ".join(shown(one) for one in list(names)[:_MOST_NAMED])
    return first if len(names) <= _MOST_NAMED else f"{first} and {len(names) - _MOST_NAMED} more"


def shown(value: object) -> str:
    """Write a value on one line, cut to what is read at a glance."""
    words = floored(value) if isinstance(value, Fraction) else f"{value:g}" if isinstance(value, float) else str(value)
    return clipped(" ".join(words.split()), _MOST_SHOWN)


def _dropped(name: str, before: object) -> str:
    return f"takes {name} away, which was {shown(before)}"


def _lies_in(path: str, folder: str) -> bool:
    outer = folder.strip("/").removeprefix("./")
    return outer in (".", "") or f"{path.strip('/').removeprefix('./')}/".startswith(f"{outer}/")


def _are_numbers(before: object, after: object) -> bool:
    return isinstance(before, int | float) and isinstance(after, int | float)
