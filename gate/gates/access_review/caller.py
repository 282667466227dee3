"""Sends requests in somebody's name, and remembers what was sent and answered. Concludes nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode

from gate.domain.http_message import Headers, HttpAnswer, HttpRequest
from gate.formats.openapi_document import Operation
from gate.formats.request_body import encode
from gate.gates.access_review.answers import Json
from gate.gates.access_review.evidence import Exchange
from gate.ports import CannotRun
from gate.service_ports import HttpClient, Unanswered

_LONGEST_WAIT = 5.0
_MOST_WAITING = 30.0
# A service that answers nothing any more is not asked a thousand times.
_MOST_UNANSWERED = 12
_TOO_MANY_REQUESTS = 429


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What proves who asks: headers, and what is added to the query. `secrets` are texts that no report may show."""

    headers: Headers = ()
    query: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()

    @property
    def are_none(self) -> bool:
        """Whether nothing is shown."""
        return not self.headers and not self.query


NOTHING = Credentials()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """An operation with all that one request of it needs. `values` are its parameters by location and name."""

    operation: Operation
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    cookies: Mapping[str, Any] = field(default_factory=dict)
    body: Json = None


def request_of(call: Call, credentials: Credentials, base_path: str = "") -> HttpRequest:
    """Make the request of a call: every value is percent-encoded, so that none can change the path."""
    operation = call.operation
    path = operation.path
    for name, value in call.path.items():
        path = path.replace(f"{{{name}}}", quote(_text(value), safe=""))
    pairs = [pair for name, value in call.query.items() for pair in _pairs(name, value)]
    query = urlencode([*pairs, *credentials.query], errors="replace")
    headers = [(name, _header_text(value)) for name, value in call.headers.items()]
    cookies = "; ".join(f"{name}={quote(_text(value), safe='')}" for name, value in call.cookies.items())
    body = None
    if operation.body is not None and call.body is not None:
        body, media_type = encode(operation.body.media_type, call.body)
        headers.append(("Content-Type", media_type))
    for name, value in credentials.headers:
        if name.lower() == "cookie" and cookies:
            cookies = f"{cookies}; {value}"
        elif name.lower() == "cookie":
            cookies = value
        else:
            headers = [one for one in headers if one[0].lower() != name.lower()] + [(name, value)]
    if cookies:
        headers.append(("Cookie", cookies))
    target = f"{base_path}{path}" + (f"?{query}" if query else "")
    return HttpRequest(method=operation.method, target=target, headers=tuple(headers), body=body)


def _pairs(name: str, value: Json) -> Iterable[tuple[str, str]]:
    """Write a query parameter: a list is repeated, as OpenAPI's default style `form` has it."""
    return [(name, _text(one)) for one in value] if isinstance(value, list | tuple) else [(name, _text(value))]


def _text(value: Json) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    # Half of a surrogate pair, as JSON may have it, can stand in no request: it becomes a question mark.
    return "" if value is None else str(value).encode("utf-8", "replace").decode()


def _header_text(value: Json) -> str:
    return "".join(character for character in _text(value) if character.isprintable())


class Caller:
    """Sends, waits where the service asks for it, and keeps every exchange, the older ones without what was in them."""

    def __init__(self, http: HttpClient, base_path: str = "") -> None:
        self._http = http
        self._base_path = base_path
        self._unanswered = 0
        self._waited = 0.0
        self.sent = 0
        self.limited = 0
        self.exchanges: list[Exchange] = []
        self._emptied = 0

    def forget(self) -> None:
        """Keep of what was sent until now only how it was answered: a megabyte for each request is too much to keep."""
        for at in range(self._emptied, len(self.exchanges)):
            self.exchanges[at] = _without_content(self.exchanges[at])
        self._emptied = len(self.exchanges)

    async def call(self, who: str, purpose: str, call: Call, credentials: Credentials) -> Exchange:
        """Send a call in somebody's name; what cannot be written as a request at all has no answer."""
        try:
            request = request_of(call, credentials, self._base_path)
        except (ValueError, RecursionError):
            # Such as a number of thousands of digits.
            request = HttpRequest(method=call.operation.method, target=call.operation.path)
            exchange = Exchange(who=who, purpose=purpose, request=request, trouble="no such request can be written")
            self.exchanges.append(exchange)
            return exchange
        return await self.send(who, purpose, request)

    async def send(self, who: str, purpose: str, request: HttpRequest) -> Exchange:
        """Send a request.

        Raises:
            CannotRun: the service has answered nothing for a while, or refuses whoever asks often.
        """
        exchange = await self._once(who, purpose, request)
        tries = 0
        while exchange.answer is not None and exchange.answer.status == _TOO_MANY_REQUESTS and tries < 3:
            self.limited += 1
            tries += 1
            seconds = _asked_wait(exchange.answer)
            if seconds > _LONGEST_WAIT or self._waited + seconds > _MOST_WAITING:
                break
            self._waited += seconds
            await self._http.pause(seconds)
            exchange = await self._once(who, purpose, request)
        return exchange

    async def _once(self, who: str, purpose: str, request: HttpRequest) -> Exchange:
        answer: HttpAnswer | None = None
        trouble = ""
        self.sent += 1
        try:
            answer = await self._http.send(request)
            self._unanswered = 0
        except Unanswered as why:
            trouble = str(why)
            self._unanswered += 1
        exchange = Exchange(who=who, purpose=purpose, request=request, answer=answer, trouble=trouble)
        self.exchanges.append(exchange)
        if self._unanswered >= _MOST_UNANSWERED:
            raise CannotRun(f"the service did not answer {self._unanswered} requests one after another: {trouble}")
        return exchange


def _without_content(exchange: Exchange) -> Exchange:
    answer = exchange.answer
    return replace(
        exchange,
        request=replace(exchange.request, headers=(), body=None),
        answer=None if answer is None else HttpAnswer(status=answer.status),
    )


def _asked_wait(answer: HttpAnswer) -> float:
    """Return the seconds to wait; a date is not read, as a test's rate limit speaks of seconds."""
    told = answer.header("Retry-After").strip()
    return float(told) if told.isascii() and told.isdigit() and len(told) < 7 else 1.0
