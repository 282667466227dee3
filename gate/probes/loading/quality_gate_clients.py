"""What Locust's own clients, HttpSession and FastHttpSession, do not tell by an event. Decides nothing.

Imports nothing but the standard library, works with Python 3.9.
"""

import functools
import time
from typing import Any, Callable
from urllib.parse import urlsplit

Method = Callable[..., Any]


def attended(request: Method, unanswered: "Callable[[object, object, float], None]", ended: type) -> Method:
    """Return a client's `request` that tells of each that was still not answered when its user was `ended`.

    Without that, a service that never answers would be one that is never asked.
    """

    @functools.wraps(request)
    def attending(session: Any, method: Any, url: Any, name: Any = None, *rest: Any, **named: Any) -> Any:
        start = time.time()
        try:
            return request(session, method, url, name, *rest, **named)
        except ended:  # type: ignore[misc]
            path = urlsplit(str(url)).path if "://" in str(url) else url
            unanswered(method, name or getattr(session, "request_name", None) or path, start)
            raise

    return attending


def guarded(build_url: Method, origin: str, stray: "Callable[[str], None]") -> Method:
    """Return a client's `_build_url` that calls `stray` for whoever is not the service at `origin`."""
    allowed = _server(origin)

    @functools.wraps(build_url)
    def guarding(session: Any, path: Any) -> Any:
        url = build_url(session, path)
        found = _server(str(url))
        if found != allowed:
            stray("{}://{}".format(*found))
        return url

    return guarding


def _server(url: str) -> "tuple[str, str]":
    """Return the scheme and the server of a URL, without who asks."""
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.rpartition("@")[2].lower()
