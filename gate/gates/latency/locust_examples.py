"""A few of the requests that a locustfile's users sent, to be sent once more. Pure.

`quality_gate_examples` writes them. They are text from the change, never trusted: a line that is no request to the
service is passed over.
"""

import json
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from gate.domain.http_message import HttpRequest

_MOST_LINES = 5_000
_LONGEST_LINE = 200_000
_MOST_REQUESTS = 5
_METHOD = re.compile(r"[A-Z]{1,20}\Z", re.ASCII)
_TARGET = re.compile(r"/[!-~]{0,4000}\Z", re.ASCII)
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}\Z", re.ASCII)
_VALUE = re.compile(r"[\t -~]{0,8000}\Z", re.ASCII)
# Whoever sends a request says these anew; what is compressed would not be read.
_OF_A_CONNECTION = frozenset(
    {"host", "connection", "content-length", "accept-encoding", "transfer-encoding", "keep-alive", "te", "expect"}
)


def parse_examples(
    files: Mapping[str, bytes], named: Callable[[str], str], origin: str
) -> Mapping[str, tuple[HttpRequest, ...]]:
    """Return requests by operation, those that read first; `named` returns the operation of a request's name."""
    found: dict[str, list[HttpRequest]] = {}
    lines = [
        line for name, content in sorted(files.items()) if name.startswith("examples-") for line in _lines(content)
    ]
    for line in lines[:_MOST_LINES]:
        told = _object(line)
        request = _request(told, origin)
        name = told.get("name")
        if request is not None and isinstance(name, str):
            requests = found.setdefault(named(name[:300]), [])
            if len(requests) < _MOST_REQUESTS:
                requests.append(request)
    # What writes may take away what the others read.
    reading_first = sorted(found.items(), key=lambda pair: pair[1][0].method != "GET")
    return {name: tuple(requests) for name, requests in reading_first}


def _lines(content: bytes) -> list[bytes]:
    return [line for line in content.split(b"\n") if 0 < len(line) <= _LONGEST_LINE]


def _object(line: bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _request(told: Mapping[str, Any], origin: str) -> HttpRequest | None:
    try:
        url = urlsplit(told["url"])
        target = f"{url.path or '/'}{url.query and f'?{url.query}'}"
        headers = tuple((name, value) for name, value in told["headers"] if name.lower() not in _OF_A_CONNECTION)
        body = None if told["body"] is None else b64decode(told["body"], validate=True)
        is_sound = (
            f"{url.scheme}://{url.netloc}" == origin
            and _METHOD.match(told["method"])
            and _TARGET.match(target)
            and all(_NAME.match(name) and _VALUE.match(value) for name, value in headers)
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return HttpRequest(method=told["method"], target=target, headers=headers, body=body) if is_sound else None
