"""A few of the requests that Locust's users sent, whole, so that they can be sent once more. Decides nothing.

Imports nothing but the standard library, works with Python 3.9. `examples-PID.jsonl` has a request a line: `name`,
`method`, `url`, `headers` and `body` (base64, null for none). It holds credentials: whoever calls gives a folder that
nobody else can read. The format is ours; `gate.gates.latency.locust_examples` reads it.
"""

import json
import os
from base64 import b64encode

_MOST_OF_A_KIND = 5
_MOST_KINDS = 200
_MOST_OF_A_BODY = 64 * 1024
_ERROR = 400


class Examples:
    """The file in `folder` of this process, which may have been forked after this was made."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.counts: "dict[str, int]" = {}

    def note(self, name: str, response: object) -> None:
        """Write down what was sent, where it was answered well, unless there is enough of its kind."""
        count = self.counts.get(name, 0)
        status = getattr(response, "status_code", None)
        if count >= _MOST_OF_A_KIND or not isinstance(status, int) or not 0 < status < _ERROR:
            return
        if not count and len(self.counts) >= _MOST_KINDS:
            return
        self.counts[name] = count + 1
        try:
            self._write(name, getattr(response, "request", None))
        except (AttributeError, TypeError, ValueError):
            # Another client than Locust's own.
            self.counts[name] = _MOST_OF_A_KIND

    def _write(self, name: str, request: object) -> None:
        # Of geventhttpclient's requests `url` is the path alone.
        url = getattr(request, "full_url", None) or getattr(request, "url", None)
        body = getattr(request, "body", None)
        body = body.encode() if isinstance(body, str) else body
        if not isinstance(url, str) or len(body or b"") > _MOST_OF_A_BODY:
            return
        headers = [[str(key), str(value)] for key, value in dict(request.headers).items()]  # type: ignore[attr-defined]
        line = json.dumps(
            {
                "name": name,
                "method": str(request.method),  # type: ignore[attr-defined]
                "url": url,
                "headers": headers,
                "body": None if body is None else b64encode(body).decode("ascii"),
            }
        )
        path = os.path.join(self.folder, f"examples-{os.getpid()}.jsonl")
        with open(path, "a", encoding="ascii") as file:
            file.write(line + "\n")
