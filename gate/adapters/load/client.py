"""One user's connections and cookies. Sends what it is given to one service, and nothing of its own accord.

What it speaks to is hostile, and its own time counts as the service's: nothing is done here for each request that can
be done once.
"""

import errno

import aiohttp

from gate.adapters.load.prepared import Request

Answer = tuple[int, str, bytes, bool]
"""Status (0 where there was no answer), media type or why there was none, body, and whether that is whole."""

MOST_BODY = 4 * 1024 * 1024
"""The longest body that is kept, in bytes, where a step takes values from it."""

_LONGEST_LINE = 64 * 1024
# Servers close connections that rest: uvicorn after 5 s. Who closes them first never sends a request on one that has
# just been closed, which would be an error of the load and not of the service.
_KEPT_SECONDS = 4.0
# Of a body, its type is what the step says, or none. To skip a header costs time, also where there is none to skip.
_AS_GIVEN = ("Content-Type",)
_HEADERS = {"User-Agent": "quality-gate", "Accept-Encoding": "identity"}


class Client:
    """Speaks for a user. `seconds` is how long a request may take until its whole answer is there.

    Whoever speaks for the same user, as another tab of a browser, shares `cookies`.
    """

    def __init__(self, origin: str, seconds: float, cookies: aiohttp.CookieJar | None = None) -> None:
        # Cookies of a host that has no name, and those that are meant for TLS, which is in front of the service only.
        self.cookies = cookies or aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=origin)
        self._seconds = seconds
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEPT_SECONDS, ttl_dns_cache=None),
            cookie_jar=self.cookies,
            auto_decompress=False,
            headers=_HEADERS,
            # The threshold above which aiohttp rounds a time-out up to whole seconds.
            timeout=aiohttp.ClientTimeout(total=seconds, ceil_threshold=3600.0),
            max_line_size=_LONGEST_LINE,
            max_field_size=_LONGEST_LINE,
        )

    async def send(self, request: Request, keep: int) -> Answer:
        """Send a request and read its whole answer, of whose body the first `keep` bytes are kept."""
        method, url, headers, body = request
        try:
            answer = await self._session.request(
                method,
                url,
                headers=headers,
                data=body,
                skip_auto_headers=None if body is None else _AS_GIVEN,
                allow_redirects=False,
            )
            try:
                content, whole = await _body(answer.content, keep)
            except BaseException:
                answer.close()
                raise
        except TimeoutError:
            return 0, f"no whole answer in {self._seconds:g} s", b"", False
        except aiohttp.ClientConnectorError as error:
            refused = error.errno == errno.ECONNREFUSED
            return 0, "nobody listens" if refused else "no connection could be made", b"", False
        except (aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, ConnectionError):
            return 0, "the connection was closed", b"", False
        except (aiohttp.ClientError, ValueError, TypeError):
            return 0, "what was answered is no HTTP", b"", False
        return answer.status, answer.headers.get("Content-Type", ""), content, whole

    async def close(self) -> None:
        """Close every connection."""
        await self._session.close()


async def _body(content: aiohttp.StreamReader, keep: int) -> tuple[bytes, bool]:
    """Read a body to its end; return what is kept of it, and whether that is all."""
    first = await content.readany()
    if content.at_eof():
        return first[:keep], len(first) <= keep
    kept, size = bytearray(first[:keep]), len(first)
    while chunk := await content.readany():
        size += len(chunk)
        if len(kept) < keep:
            kept += chunk[: keep - len(kept)]
    return bytes(kept), size <= keep
