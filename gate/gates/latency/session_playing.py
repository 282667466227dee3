"""Plays the steps of a session one at a time, as the load generator plays them for many: first, whether all work."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from secrets import token_hex

from gate.domain.http_message import HttpAnswer, HttpRequest
from gate.formats import UnreadableError
from gate.formats.json_place import parse_place, values_at
from gate.formats.request_template import (
    UNIQUE,
    encoding_of_body,
    in_header,
    in_target,
    parse_template,
)
from gate.gates.access_review.identifiers import told
from gate.load_ports import LoadStep, LoadUser
from gate.service_ports import HttpClient, Unanswered

_TOO_MANY_REQUESTS = 429


@dataclass(slots=True, kw_only=True)
class Player:
    """A user in the middle of a session: the values so far, and the cookies."""

    values: dict[str, str]
    _cookies: dict[str, str] = field(default_factory=dict)
    _unique: str = field(default_factory=lambda: f"c{token_hex(4)}")
    _count: "count[int]" = field(default_factory=count)

    def request(self, step: LoadStep) -> HttpRequest:
        """Return the request of a step.

        Raises:
            UnreadableError: a text of it is no template, or needs a value that there is not.
        """
        values = {**self.values, UNIQUE: f"{self._unique}x{next(self._count)}"}
        encode = encoding_of_body(step.headers, step.body)
        try:
            target = parse_template(step.target).filled(values, in_target)
            headers = tuple((name, parse_template(text).filled(values, in_header)) for name, text in step.headers)
            body = parse_template(step.body).filled(values, encode)
        except KeyError as missing:
            raise UnreadableError(f"there is no value for {{{missing.args[0]}}}") from None
        return HttpRequest(
            method=step.method,
            target=target,
            headers=self._with_cookies(headers),
            body=body.encode("utf-8", "replace") if body else None,
        )

    def _with_cookies(self, headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        """Add the cookies; what the service has set goes before what a step brings of the same name."""
        if not self._cookies:
            return headers
        own = "; ".join(value for name, value in headers if name.lower() == "cookie")
        pairs = dict(pair.strip().partition("=")[::2] for pair in own.split(";") if pair.strip())
        cookie = "; ".join(f"{name}={value}" for name, value in (pairs | self._cookies).items())
        return (*((name, value) for name, value in headers if name.lower() != "cookie"), ("Cookie", cookie))

    def learn(self, step: LoadStep, answer: HttpAnswer) -> None:
        """Keep what an answer gives: cookies, and the values that the step extracts.

        Raises:
            UnreadableError: there is no such value in it.
        """
        for header in answer.all_of("Set-Cookie"):
            name, equals, value = header.partition(";")[0].strip().partition("=")
            if equals:
                self._cookies[name] = value
        if step.extract:
            self.values.update(values_at(answer.body, {name: parse_place(at) for name, at in step.extract.items()}))


def is_well(step: LoadStep, status: int) -> bool:
    """Tell whether an answer is no error."""
    return 200 <= status < 400 or status in step.expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """How a session went when one user played it: why it did not work, "" where it did; seconds an answer took.

    `is_silent`: it did not work because there was no answer at all.
    """

    trouble: str = ""
    seconds: float = 0.0
    is_silent: bool = False


async def rehearsed(http: HttpClient, user: LoadUser) -> Rehearsal:
    """Play a user's whole session once, and say where it does not work."""
    player = Player(values=dict(user.values))
    seconds = []
    for step in (*user.before, *user.steps):
        try:
            answer = await http.send(player.request(step))
            if not is_well(step, answer.status):
                limited = ": the service limits how often it may be asked" * (answer.status == _TOO_MANY_REQUESTS)
                return Rehearsal(trouble=f"{step.operation} was answered {answer.status}{limited}{told(answer)}")
            if answer.cut:
                return Rehearsal(trouble=f"the answer of {step.operation} does not end, or is larger than 1 MiB")
            player.learn(step, answer)
        except Unanswered as silence:
            return Rehearsal(trouble=f"{step.operation} was not answered: {silence}", is_silent=True)
        except UnreadableError as error:
            return Rehearsal(trouble=f"{step.operation}: {error}")
        seconds.append(answer.seconds)
    return Rehearsal(seconds=sum(seconds) / len(seconds) if seconds else 0.0)


class Overheard(HttpClient):
    """Sends as `http` does, and keeps each answer until somebody asks for it."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http
        self._answers: defaultdict[HttpRequest, deque[HttpAnswer]] = defaultdict(deque)

    async def send(self, request: HttpRequest) -> HttpAnswer:
        """Send a request and keep its answer."""
        answer = await self._http.send(request)
        self._answers[request].append(answer)
        return answer

    async def pause(self, seconds: float) -> None:
        """Wait."""
        await self._http.pause(seconds)

    async def answer(self, request: HttpRequest) -> HttpAnswer:
        """Return the next answer that a request had; send it where it had none."""
        kept = self._answers[request]
        return kept.popleft() if kept else await self._http.send(request)


def values_of(facts: Mapping[str, object], names: Iterable[str]) -> dict[str, str]:
    """Return what is known of an account as values of a session."""
    return {name: str(facts[name]) for name in names if facts.get(name) is not None}
