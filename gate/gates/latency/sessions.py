"""Who plays what: the sessions of a load, as the load generator takes them. Sends nothing itself."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle, islice

from gate.formats.path_routes import Routes
from gate.gates.access_review.operations import Subject
from gate.gates.access_review.people import Identity
from gate.gates.latency.session_playing import values_of
from gate.gates.latency.session_steps import SessionStep, unknown_names
from gate.gates.latency.session_texts import escaped
from gate.load_ports import LoadStep, LoadUser

DOCUMENT = "the OpenAPI document"
FACTS = ("username", "email", "password", "id")
"""What a session may say of the account that plays it, beside `user`, the user's number."""
_CREDENTIALS = frozenset({"authorization", "cookie", "x-api-key", "x-auth-token"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """What is played. `players` differ from each other; more users play the same again, in turn.

    `source` says where it comes from: `the OpenAPI document`.
    """

    source: str
    players: tuple[LoadUser, ...]
    notices: tuple[str, ...] = field(default=())

    def users(self, number: int) -> tuple[LoadUser, ...]:
        """Return so many users."""
        shared = islice(cycle(self.players), number)
        return tuple(replace(one, values={**one.values, "user": str(at)}) for at, one in enumerate(shared))

    @property
    def operations(self) -> tuple[str, ...]:
        """The names of what is measured, in the order of the session."""
        return tuple(dict.fromkeys(step.operation for one in self.players for step in one.steps))

    @property
    def expected(self) -> Mapping[str, tuple[int, ...]]:
        """The statuses of each operation that are no error beside 2xx and 3xx."""
        found: dict[str, tuple[int, ...]] = {}
        for step in (step for one in self.players for step in one.steps if step.expected):
            found[step.operation] = tuple(dict.fromkeys((*found.get(step.operation, ()), *step.expected)))
        return found


def misfits(before: Sequence[SessionStep], steps: Sequence[SessionStep]) -> tuple[str, ...]:
    """Say which values of a session that somebody has written nothing gives."""
    return tuple(unknown_names(before, steps, ("unique", "user", *FACTS)))


def needs_somebody(steps: Iterable[SessionStep]) -> bool:
    """Tell whether a step goes in the name of an account: it says neither that it does not, nor whose it is."""
    return any(
        not step.anonymous and not any(name.lower() in _CREDENTIALS for name, _ in step.headers) for step in steps
    )


def namer(subjects: Iterable[Subject], base_path: str) -> Callable[[SessionStep], str]:
    """Return what names the operation of a step: as it says itself, else as the service's description names it."""
    paths: dict[str, list[str]] = {}
    for one in subjects:
        paths.setdefault(one.method, []).append(one.path)
    routes = {method: Routes(found, base_path) for method, found in paths.items()}

    def name(step: SessionStep) -> str:
        path = step.target.partition("?")[0]
        found = routes[step.method].match(path) if step.method in routes else None
        return step.operation or f"{step.method} {found.template if found is not None else path}"

    return name


def written_user(
    before: Iterable[SessionStep], steps: Iterable[SessionStep], who: Identity, name: Callable[[SessionStep], str]
) -> LoadUser:
    """Return the user who plays a session that somebody has written, in the name of an account."""
    return LoadUser(
        before=tuple(step.as_load(name(step), who.credentials) for step in before),
        steps=tuple(step.as_load(name(step), who.credentials) for step in steps),
        values={"user": "0", **values_of(who.facts, FACTS)},
    )


def plain_step(operation: str, target: str, headers: tuple[tuple[str, str], ...]) -> LoadStep:
    """Return a reading request as it stands, without a place for a value."""
    written = tuple((name, escaped(value)) for name, value in headers)
    return LoadStep(operation=operation, method="GET", target=escaped(target), headers=written)
