"""The answer to `gate.service_ports.HttpClient`. Whom it speaks to is hostile: it sends nothing of its own accord."""

import asyncio
import errno
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gate.domain.http_message import Headers, HttpAnswer, HttpRequest
from gate.service_ports import HttpClient, Unanswered

if TYPE_CHECKING:
    import aiohttp

_AGENT = "quality-gate"
_TOO_MANY_REQUESTS = 429
_MOST_MOVES = 200
# Of the header: longer ones are no answer. Servers and proxies allow 8 KiB for one, most of them.
_LONGEST_LINE = 64 * 1024
# https://www.rfc-editor.org/rfc/rfc9110#section-4.1: a target is percent-encoded, so that it has no other characters.
_TARGET = re.compile(r"/[!-~]*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one request may take: `seconds` until its answer begins, `body_bytes`, and `body_seconds` to read those."""

    seconds: float = 10.0
    body_bytes: int = 1024 * 1024
    body_seconds: float = 3.0


@asynccontextmanager
async def service_client(
    origin: str, limits: Limits | None = None, *, moves: bool = False
) -> AsyncIterator[HttpClient]:
    """Give a client of the service at `origin`, and close what it opened.

    Where a service on this machine says that an address asks too often, one that `moves` asks from another one.
    """
    async with _session("") as session:
        yield ServiceClient(origin.rstrip("/"), session, limits or Limits(), moves=moves)


def _session(address: str) -> "aiohttp.ClientSession":
    # Its import takes longer than the start of the whole command.
    import aiohttp

    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(force_close=True, local_addr=(address, 0) if address else None),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        skip_auto_headers=("Accept-Encoding", "Content-Type", "User-Agent"),
        timeout=aiohttp.ClientTimeout(),
        max_line_size=_LONGEST_LINE,
        max_field_size=_LONGEST_LINE,
    )


class ServiceClient(HttpClient):
    """Sends each request on a connection of its own: what one leaves behind must not spoil the next."""

    def __init__(self, origin: str, session: "aiohttp.ClientSession", limits: Limits, *, moves: bool) -> None:
        self._origin = origin
        self._session = session
        self._limits = limits
        self._moves = _MOST_MOVES if moves else 0

    async def send(self, request: HttpRequest) -> HttpAnswer:
        """Send a request and return its answer.

        Raises:
            Unanswered: there was none, or the request cannot be sent at all.
        """
        answer = await self._answered(request, self._session)
        if answer.status != _TOO_MANY_REQUESTS or not self._moves:
            return answer
        self._moves -= 1
        async with _session(f"127.0.0.{2 + self._moves}") as elsewhere:
            # Not every system has more than one address of its own.
            with suppress(Unanswered):
                answer = await self._answered(request, elsewhere)
        if answer.status == _TOO_MANY_REQUESTS:
            self._moves = 0
        return answer

    async def _answered(self, request: HttpRequest, session: "aiohttp.ClientSession") -> HttpAnswer:
        import aiohttp

        if not _TARGET.match(request.target):
            raise Unanswered("the request cannot be sent: its target is not percent-encoded")
        try:
            return await self._sent(request, session)
        except TimeoutError:
            raise Unanswered(f"no answer in {self._limits.seconds:g} s") from None
        except aiohttp.ClientConnectorError as error:
            refused = error.errno == errno.ECONNREFUSED
            raise Unanswered("nobody listens there" if refused else "no connection could be made") from None
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, ConnectionError):
            raise Unanswered("the connection was closed") from None
        except aiohttp.ClientResponseError as error:
            raise Unanswered(f"what was answered is no HTTP: {' '.join(error.message.split())}"[:300]) from None
        except aiohttp.ClientError as error:
            raise Unanswered(f"no answer: {type(error).__name__}") from None
        except (ValueError, TypeError) as error:
            raise Unanswered(f"the request cannot be sent: {error}"[:300]) from None

    async def _sent(self, request: HttpRequest, session: "aiohttp.ClientSession") -> HttpAnswer:
        from yarl import URL

        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.timeout(self._limits.seconds) as deadline:
            answering = session.request(
                request.method,
                URL(self._origin + request.target, encoded=True),
                headers=_with_agent(request.headers),
                data=request.body,
                allow_redirects=False,
            )
            async with answering as answer:
                headers = tuple((_text(name), _text(value)) for name, value in answer.raw_headers)
                seconds = loop.time() - began
                deadline.reschedule(None)
                body, cut = await self._body(answer)
                if cut:
                    answer.close()
        return HttpAnswer(status=answer.status, headers=headers, body=body, cut=cut, seconds=seconds)

    async def _body(self, answer: "aiohttp.ClientResponse") -> tuple[bytes, bool]:
        """Return the body, or what there is of it, and whether it was cut."""
        import aiohttp

        body = bytearray()
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                while len(body) <= self._limits.body_bytes:
                    chunk = await answer.content.readany()
                    if not chunk:
                        return bytes(body), False
                    body += chunk
        except (TimeoutError, aiohttp.ClientError, ConnectionError, ValueError):
            # Who had the first half of an answer had an answer.
            return bytes(body[: self._limits.body_bytes]), True
        return bytes(body[: self._limits.body_bytes]), True

    async def pause(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


def _with_agent(headers: Headers) -> list[tuple[str, str]]:
    has_own = any(name.lower() == "user-agent" for name, _ in headers)
    return [*headers] if has_own else [("User-Agent", _AGENT), *headers]


def _text(value: bytes) -> str:
    """Return what stands in a header as text, whatever its bytes."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
