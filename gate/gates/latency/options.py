"""Options of the gate, and how its numbers and tables are read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from gate.config.options import BadValue, flag, one_of, option, percent, text
from gate.config.weaker import Weaker, along, changed, each, higher, limits_raised, lower, turned_off
from gate.gates.access_review.options import IdentityHook, examples, function, identities, target
from gate.gates.latency.session_steps import SessionStep, parse_steps

GATE_ID = "latency"
MOST_USERS = 1_000
FEWEST_SAMPLES = 1_000
_MOST_SAMPLES = 1_000_000
_MOST_ROWS = 10_000_000
_MOST_ENTRIES = 1_000
_DAY = 86_400
_MOST_WORKERS = 64
_TOO_LARGE = 10**9
_LOCUSTFILE = re.compile(r"[\w.][\w. /-]{0,200}\.py\Z")
_ADDRESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,250}(:[1-9]\d{0,4})?\Z")
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,6})?\Z", re.ASCII)


def whole(least: int, most: int, what: str) -> Callable[[object], int]:
    """Take a whole number of `what` in bounds."""

    def parse(value: object) -> int:
        number = _number(value)
        if number is None or number != int(number) or not least <= number <= most:
            raise BadValue(f"not a number of {what} from {least} to {most}", "a whole number without a unit")
        return int(number)

    return parse


def decimal(least: float, most: float, what: str, such_as: str) -> Callable[[object], float]:
    """Take a number of `what` in bounds, decimals included."""

    def parse(value: object) -> float:
        number = _number(value)
        if number is None or not least <= number <= most:
            raise BadValue(f"not a number of {what} from {least:g} to {most:g}", such_as)
        return number

    return parse


def _number(value: object) -> float | None:
    if isinstance(value, str):
        return float(value) if _NUMBER.match(value.strip()) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _TOO_LARGE:
        return None
    return float(value)


milliseconds = whole(1, 600_000, "milliseconds")


def limits(value: object) -> Mapping[str, int]:
    """Take a limit an operation."""
    if not isinstance(value, Mapping) or len(value) > _MOST_ENTRIES:
        raise BadValue("not a table of limits", 'milliseconds by operation: { "GET /tasks" = 300 }')
    for name in value:
        if not isinstance(name, str) or not name.strip():
            raise BadValue(f"{str(name)[:80]!r} is no operation", 'as the report names it: "GET /tasks/{task_id}"')
    return {name.strip(): milliseconds(one) for name, one in value.items()}


def locustfile(value: object) -> str:
    """Take a Python file of the project."""
    word = text(value)
    if not _LOCUSTFILE.match(word) or ".." in word.split("/"):
        raise BadValue("not a Python file of the project", '"load/locustfile.py"')
    return word


def address(value: object) -> str:
    """Take an address of this machine, with a port or without."""
    word = text(value)
    if not _ADDRESS.match(word):
        raise BadValue("not an address of this machine", '"10.0.0.5", "10.0.0.5:5557", or "0.0.0.0" for all it has')
    return word


def rows(value: object) -> int | Mapping[str, int]:
    """Take a number of rows for the tables that the session is about, or a number by table."""
    number = whole(1, _MOST_ROWS, "rows")
    if not isinstance(value, Mapping):
        return number(value)
    if not value or len(value) > _MOST_ENTRIES or not all(isinstance(name, str) and name.strip() for name in value):
        raise BadValue("not a table of rows", "a number, such as 100000, or { comments = 100000 }")
    return {name.strip(): number(one) for name, one in value.items()}


def _table(parse: Callable[[Any], object], help_text: str, weaker: Weaker | None = None) -> Any:  # noqa: ANN401 - as `option` has it
    return field(default_factory=dict, metadata=option(parse, None, help_text, weaker=weaker).metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyOptions:
    """Options of the gate. `think_time`, `duration`, `warm_up` and `longest` are in seconds, limits in milliseconds."""

    users: int = option(whole(1, MOST_USERS, "users"), 50, "how many play the session at the same time", weaker=lower)
    think_time: float = option(
        decimal(0, 600, "seconds", "such as 1 or 0.5"),
        1.0,
        "seconds that a user thinks after each answer",
        weaker=higher,
    )
    limit: int = option(
        milliseconds, 500, "milliseconds that 95 % of the requests of an operation must keep", weaker=higher
    )
    limits: Mapping[str, int] = _table(limits, "other limits, by operation", limits_raised)
    samples: int = option(
        whole(FEWEST_SAMPLES, _MOST_SAMPLES, "samples"),
        3_000,
        "how many requests of each operation are measured",
        weaker=lower,
    )
    duration: float | None = option(
        decimal(1, _DAY, "seconds", "such as 60"), None, "seconds to measure, instead of a number of samples"
    )
    rate: float | None = option(
        decimal(0.01, 100_000, "requests a second", "such as 200"),
        None,
        "requests a second that start when they are due, whoever is still waiting; nobody thinks then",
        weaker=lower,
    )
    errors: Fraction = option(
        percent, Fraction(1), "the largest share of requests that may fail, in percent", weaker=higher
    )
    inconclusive: str = option(
        one_of("error", "pass", "fail"),
        "error",
        "what it is where the measurement decides nothing, also the second one",
        weaker=along("pass", "error", "fail"),
    )
    warm_up: float = option(
        decimal(0, 3_600, "seconds", "such as 3"), 3.0, "seconds at the beginning that do not count"
    )
    longest: float | None = option(
        decimal(1, _DAY, "seconds", "such as 600"),
        None,
        "seconds that one measurement may take; default: by its samples",
    )
    rows: int | Mapping[str, int] | None = option(
        rows, None, "rows to which the tables are filled first: a number, or one for each table", weaker=each(lower)
    )
    queries: str = option(
        one_of("auto", "error", "warning"),
        "auto",
        "how a table that is read whole and a statement that is sent again and again weigh; "
        "auto: an error where `rows` or `fill` says how large the tables are",
        weaker=along("warning", "auto", "error"),
    )
    fill: str = option(text, "", "a command that fills the database, instead of `rows`", weaker=changed)
    session: tuple[SessionStep, ...] = option(
        parse_steps, (), "the requests that each user plays; default: what can safely be read", weaker=changed
    )
    before: tuple[SessionStep, ...] = option(parse_steps, (), "requests of each user before the first that counts")
    function: str = option(
        function, "", "a function that returns the steps of a user, such as load.sessions:session", weaker=changed
    )
    locustfile: str = option(
        locustfile, "", "a locustfile that Locust plays, instead: load/locustfile.py", weaker=changed
    )
    locust_workers: int = option(
        whole(0, _MOST_WORKERS, "workers"), 0, "processes in which Locust has its users, beside the one that leads them"
    )
    locust_expect: int = option(
        whole(0, _MOST_WORKERS, "workers"), 0, "Locust's workers that are started elsewhere, which are waited for"
    )
    locust_bind: str = option(address, "127.0.0.1", "the address at which Locust waits for them, with a port or not")
    accounts: int = option(whole(1, MOST_USERS, "accounts"), 10, "how many accounts are made, which the users share")
    compare: bool = option(flag, False, "also measure the base commit, in turn with the change", weaker=turned_off)
    slower: float = option(
        decimal(0, 10_000, "percent", "such as 25"),
        25.0,
        "by how many percent an operation's p95 may surely be longer than the base's",
        weaker=higher,
    )
    target: str = option(
        target, "", "the URL of a service that runs already, on this machine, to be loaded instead", weaker=changed
    )
    anywhere: bool = option(flag, False, "the target, or a store of the service, may be on another machine")
    identities: Mapping[str, IdentityHook] = _table(
        identities, "how users and roles are made; default: as for access-review"
    )
    examples: Mapping[str, Any] = _table(
        examples, "bodies and parameters that the service takes; default: as for access-review"
    )
