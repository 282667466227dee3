"""Requests to GitHub's API: bounded in time, number and size; the token goes to no other origin.

Knows no endpoint. Never puts the token, or the text of an exception that may hold it, into what it raises.
Waits and limits follow https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from gate import __version__
from gate.adapters.http_answers import TRY_AGAIN, Answer, clean, reason_of, wait_of
from gate.adapters.patience import Clock, Patience
from gate.ports import LookAgain, Refused, ReportingTrouble

# github.com serves this version until March 2028; not every Enterprise Server knows its successor.
API_VERSION = "2022-11-28"
_REDIRECTS = (301, 302, 303, 307, 308)
_MAX_HOPS = 3
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of the conversation, in seconds and bytes.

    `patience` is the time after which no request is begun, counted from the first one; the last one may still
    take its own `connect` and `read`.
    """

    connect: float = 5.0
    read: float = 20.0
    patience: float = 60.0
    answer_bytes: int = 20_000_000


class Missing(ReportingTrouble):
    """What was asked for is not there (404, 410), or the token may not see it."""


class _Passing(Exception):
    """A failure that may pass; `wait` is what GitHub asks for, in seconds."""

    def __init__(self, sentence: str, wait: float | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.wait = wait


class _Bearer(requests.auth.AuthBase):
    """An explicit `auth`: without one, requests puts what `~/.netrc` has in place of the header."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class GitHubHttp:
    """Speaks HTTP with one origin and no other. Proxies and CA bundles come from the environment."""

    def __init__(self, *, token: str, base: str, limits: Limits | None = None, clock: Clock | None = None) -> None:
        """Take the token and the URL whose origin it may be sent to.

        Raises:
            ReportingTrouble: there is no token, or it cannot be one, or the URL is none.
        """
        if not token:
            raise ReportingTrouble("no token was given (input github-token)")
        if " " in token or not (token.isascii() and token.isprintable()):
            raise ReportingTrouble("the token has characters that no token of GitHub has")
        self._token = token
        self._origin = _origin(base)
        self._limits = limits or Limits()
        self._clock = clock or Clock()
        self._patience = Patience(self._limits.patience, self._clock)
        self._session = requests.Session()
        self._session.auth = _Bearer(token)
        self._session.headers.update(
            {
                "Accept": "application/vnd.github+json",
                "User-Agent": f"quality-gate/{__version__}",
                "X-GitHub-Api-Version": API_VERSION,
            }
        )

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def pause(self, seconds: float) -> None:
        """Wait, but not beyond the end of patience."""
        self._patience.pause(seconds)

    def read(self, url: str, params: Mapping[str, str] | None = None) -> Answer:
        """GET a document, trying again where that may help.

        Raises:
            ReportingTrouble: it cannot be had.
        """
        while True:
            try:
                return self._followed(url, params)
            except _Passing as failure:
                self._patience.wait(failure.sentence, failure.wait)

    def ask(self, url: str, document: Mapping[str, Any]) -> Answer:
        """POST a question that changes nothing (GraphQL), trying again where that may help.

        Raises:
            ReportingTrouble: there is no answer.
        """
        while True:
            try:
                return self._once("POST", url, json=document)
            except _Passing as failure:
                self._patience.wait(failure.sentence, failure.wait)

    def write(self, method: str, url: str, document: Mapping[str, Any] | None = None) -> Answer:
        """Send a change, once.

        Raises:
            LookAgain: after the due wait: it was not carried out, or that is unknown.
            ReportingTrouble: it cannot be carried out.
        """
        try:
            return self._once(method, url, json=document)
        except _Passing as failure:
            self._patience.wait(failure.sentence, failure.wait)
            raise LookAgain(failure.sentence) from None

    def locate(self, url: str) -> str:
        """Return where GitHub says that a stored file lies, trying again where that may help.

        Raises:
            ReportingTrouble: it does not say.
        """
        while True:
            try:
                location = self._once("GET", url).headers.get("location", "")
            except _Passing as failure:
                self._patience.wait(failure.sentence, failure.wait)
            else:
                if location:
                    return urljoin(url, location)
                raise ReportingTrouble("GitHub does not say where the file lies")

    def _followed(self, url: str, params: Mapping[str, str] | None) -> Answer:
        for _ in range(_MAX_HOPS + 1):
            answer = self._once("GET", url, params=params)
            if answer.status not in _REDIRECTS:
                return answer
            url, params = urljoin(url, answer.headers.get("location", "")), None
        raise ReportingTrouble(f"GitHub redirects more than {_MAX_HOPS} times")

    def _once(self, method: str, url: str, **content: Any) -> Answer:  # noqa: ANN401 - handed to requests
        if _origin(url) != self._origin:
            raise ReportingTrouble(f"the token is not sent to {clean(str(urlsplit(url).hostname))}, another server")
        self._patience.begin()
        what = f"{method} {clean(urlsplit(url).path)}"
        try:
            with self._session.request(
                method,
                url,
                timeout=(self._limits.connect, self._limits.read),
                allow_redirects=False,
                stream=True,
                **content,
            ) as response:
                answer = Answer(
                    status=response.status_code,
                    headers=response.headers,
                    body=self._body(response, what),
                    next_url=response.links.get("next", {}).get("url"),
                )
        except (requests.RequestException, urllib3.exceptions.HTTPError, UnicodeError) as error:
            raise _Passing(f"{_why(error, self._limits)} ({what})") from None
        except ValueError:
            # requests looks into the address of a redirect even where it is not to follow it.
            raise ReportingTrouble(f"GitHub's answer has an address that is none ({what})") from None
        return self._judged(answer, method, what)

    def _body(self, response: requests.Response, what: str) -> bytes:
        body = bytearray()
        until = self._clock.monotonic() + self._limits.read
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > self._limits.answer_bytes:
                raise ReportingTrouble(f"GitHub's answer is longer than {self._limits.answer_bytes} bytes ({what})")
            if self._clock.monotonic() > until:
                raise _Passing(f"GitHub's answer took longer than {self._limits.read:g} s ({what})")
        return bytes(body)

    def _judged(self, answer: Answer, method: str, what: str) -> Answer:
        status = answer.status
        reason = reason_of(answer, secret=self._token)
        said = f"GitHub answered {what} with status {status}" + (f": {reason}" if reason else "")
        wait = wait_of(answer, self._clock.wall())
        if wait is not None or status in TRY_AGAIN:
            raise _Passing(said, wait)
        if status in _REDIRECTS and method == "GET":
            self._patience.succeeded()
            return answer
        if status == 401:
            raise ReportingTrouble("GitHub does not accept the token (status 401): it is wrong or has expired")
        if status == 403:
            raise Refused(said, clean(answer.headers.get("x-accepted-github-permissions", "")))
        if status in (404, 410):
            raise Missing(said)
        if not 200 <= status < 300:
            raise ReportingTrouble(said)
        if status != 204 and answer.document is None:
            raise _Passing(f"GitHub's answer to {what} is not JSON")
        self._patience.succeeded()
        return answer


def _origin(url: str) -> tuple[str, str, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        port = None
    if port is None or not parts.hostname or parts.username is not None:
        raise ReportingTrouble("the address of GitHub's API is not an http or https URL")
    return parts.scheme, parts.hostname, port


def _why(error: Exception, limits: Limits) -> str:
    """Describe a failure by its kind: the text of the exception may hold a proxy's password."""
    kinds: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
        (requests.ConnectTimeout, f"GitHub could not be reached within {limits.connect:g} s"),
        ((requests.Timeout, urllib3.exceptions.TimeoutError), f"GitHub did not answer within {limits.read:g} s"),
        (requests.exceptions.SSLError, "GitHub's certificate cannot be verified (see REQUESTS_CA_BUNDLE)"),
        (requests.exceptions.ProxyError, "the proxy does not lead to GitHub"),
        (requests.ConnectionError, "the connection to GitHub failed"),
    )
    return next((text for kind, text in kinds if isinstance(error, kind)), "GitHub's answer broke off")
