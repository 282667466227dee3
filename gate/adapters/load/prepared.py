"""A plan made ready: templates are read once, and what needs no value is written once. Sends nothing."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from yarl import URL

from gate.formats import UnreadableError
from gate.formats.json_place import Place, parse_place
from gate.formats.request_template import (
    UNIQUE,
    Template,
    Values,
    encoding_of_body,
    in_header,
    in_target,
    parse_template,
)
from gate.load_ports import LoadPlan, LoadStep, LoadUser

# https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_TARGET = re.compile(r"[!-~]*\Z")
_NO_HEADER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")

Request = tuple[str, URL, list[tuple[str, str]], bytes | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedStep:
    """A step; `number` is that of its operation. `fixed` is its request where it needs no value."""

    number: int
    method: str
    origin: str
    target: Template
    headers: tuple[tuple[str, Template], ...]
    body: Template
    encode: Callable[[str], str]
    places: dict[str, Place]
    expected: frozenset[int]
    fixed: Request | None

    @property
    def names(self) -> frozenset[str]:
        """The values that it needs."""
        return self.target.names.union(self.body.names, *(template.names for _, template in self.headers))

    def request(self, values: Values) -> Request:
        """Return what is sent: method, address, headers and body."""
        if self.fixed is not None:
            return self.fixed
        url = URL(self.origin + self.target.filled(values, in_target), encoded=True)
        headers = [(name, template.filled(values, in_header)) for name, template in self.headers]
        body = self.body.filled(values, self.encode)
        return self.method, url, headers, body.encode("utf-8", "replace") if body else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedUser:
    """A user, ready to play."""

    before: tuple[PreparedStep, ...]
    steps: tuple[PreparedStep, ...]
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedPlan:
    """A plan, ready to be played. The first `measured` of `operations` are those of the steps that are timed."""

    plan: LoadPlan
    operations: tuple[str, ...]
    measured: int
    users: tuple[PreparedUser, ...]


def prepare(plan: LoadPlan) -> PreparedPlan:
    """Make a plan ready.

    Raises:
        UnreadableError: it cannot be played: there is nobody to play, a text is no template, a step needs a value that
            nothing gives before it, or would be sent elsewhere.
    """
    origin = _origin(plan.origin)
    if not plan.users or not all(user.steps for user in plan.users):
        raise UnreadableError("there is nobody who plays a step")
    timed = dict.fromkeys(step.operation for user in plan.users for step in user.steps)
    before = dict.fromkeys(step.operation for user in plan.users for step in user.before)
    operations = tuple(timed | before)
    preparation = _Preparation(origin, {name: number for number, name in enumerate(operations)})
    return PreparedPlan(
        plan=plan,
        operations=operations,
        measured=len(timed),
        users=tuple(preparation.user(user) for user in plan.users),
    )


def _origin(text: str) -> str:
    try:
        url = URL(text)
        usable = url.scheme in {"http", "https"} and url.host and url.user is None and not url.query_string
    except ValueError:
        usable = False
    if not usable:
        raise UnreadableError("the address of the service is none: it is written as http://127.0.0.1:8000")
    return text.rstrip("/")


class _Preparation:
    """Prepares users; most of them play the same steps, which are prepared once."""

    def __init__(self, origin: str, numbers: Mapping[str, int]) -> None:
        self._origin = origin
        self._numbers = numbers
        self._known: dict[int, tuple[tuple[LoadStep, ...], tuple[PreparedStep, ...]]] = {}

    def user(self, user: LoadUser) -> PreparedUser:
        """Prepare a user.

        Raises:
            UnreadableError: as `prepare`.
        """
        ready = PreparedUser(before=self._steps(user.before), steps=self._steps(user.steps), values=user.values)
        known = {UNIQUE, *user.values}
        for step, source in zip((*ready.before, *ready.steps), (*user.before, *user.steps), strict=True):
            if missing := step.names - known:
                raise UnreadableError(f"{source.operation} needs {{{min(missing)}}}, which nothing before it gives")
            known |= step.places.keys()
        return ready

    def _steps(self, steps: tuple[LoadStep, ...]) -> tuple[PreparedStep, ...]:
        # By identity: a step holds a mapping, which has no hash. The steps are kept, so that no id is used again.
        found = self._known.get(id(steps))
        if found is None:
            found = self._known[id(steps)] = (steps, tuple(map(self._step, steps)))
        return found[1]

    def _step(self, step: LoadStep) -> PreparedStep:
        try:
            return self._ready(step)
        except UnreadableError as error:
            raise UnreadableError(f"{step.operation}: {error}") from None

    def _ready(self, step: LoadStep) -> PreparedStep:
        target, body = parse_template(step.target), parse_template(step.body)
        headers = tuple((name, parse_template(value)) for name, value in step.headers)
        _check(step, target, headers)
        ready = PreparedStep(
            number=self._numbers[step.operation],
            method=step.method.upper(),
            origin=self._origin,
            target=target,
            headers=headers,
            body=body,
            encode=encoding_of_body(step.headers, step.body),
            places={name: parse_place(place) for name, place in step.extract.items()},
            expected=frozenset(step.expected),
            fixed=None,
        )
        return ready if ready.names else replace(ready, fixed=ready.request({}))


def _check(step: LoadStep, target: Template, headers: Iterable[tuple[str, Template]]) -> None:
    """Raise `UnreadableError` where a step would not be sent as it stands, or elsewhere."""
    if not _TOKEN.match(step.method):
        raise UnreadableError("its method is none")
    if not _literal(target).startswith("/") or not step.target.startswith("/") or not _TARGET.match(_literal(target)):
        raise UnreadableError("its target does not begin with a slash, or is not percent-encoded")
    for name, template in headers:
        if not _TOKEN.match(name) or _NO_HEADER.search(_literal(template)):
            raise UnreadableError("a header of it is none")


def _literal(template: Template) -> str:
    return "".join(before for before, _ in template.pieces) + template.rest
