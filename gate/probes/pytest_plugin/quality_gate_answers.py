"""What the project's application answers while its tests run, written down for the gate `openapi`.

Imports nothing but the standard library and pytest, works with Python 3.9 and pytest 6, and decides nothing. It never
changes what a test sees: each message goes on as it came, and whatever goes wrong in here is nobody's business.
It knows Starlette's applications, and so FastAPI's: each answer is one line of JSON in a file of this process, in the
format of `gate.formats.seen_answers`.
"""

from __future__ import annotations

import functools
import os
import sys
from base64 import b64encode
from contextvars import ContextVar
from json import dumps
from typing import Any

import pytest

_MODULE = "starlette.applications"
_MOST_OF_A_BODY = 64 * 1024
_MOST_OF_A_KIND = 20
_MOST_BYTES = 16 * 1024 * 1024
_LONGEST_TEXT = 2000
_MARK = "quality_gate_watched"
# Tests may put others in their place.
_own_id, _open, _write = os.getpid, os.open, os.write

_inside: ContextVar[bool] = ContextVar("quality_gate_inside", default=False)


class Notes:
    """The file in `folder` that this process writes: a few answers of each kind."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.process = 0
        self.file = -1
        self.counts: dict[object, int] = {}
        self.left = _MOST_BYTES

    def wants(self, kind: object) -> bool:
        """Count an answer of a kind, and tell whether it is to be noted."""
        count = self.counts[kind] = self.counts.get(kind, 0) + 1
        return count <= _MOST_OF_A_KIND and self.left > 0

    def write(self, line: bytes) -> None:
        """Add a line, whole, whoever else writes: in a process that was forked to a file of its own."""
        if self.process != _own_id():
            self.process = _own_id()
            path = os.path.join(self.folder, "{}-{}.jsonl".format(self.process, id(self)))
            self.file = _open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self.left -= len(line)
        _write(self.file, line)


class Answer:
    """One answer on its way."""

    def __init__(self, application: object, scope: dict[str, Any], notes: Notes) -> None:
        self.application = application
        self.scope = scope
        self.notes = notes
        self.path = str(scope.get("path", ""))
        self.status = 0
        self.media_type = ""
        self.parts: list[bytes] = []
        self.size = 0
        self.wanted = False
        self.cut = False
        self.whole = False

    def take(self, message: dict[str, Any]) -> None:
        """Look at a message to the client: https://asgi.readthedocs.io/en/latest/specs/www.html#http."""
        kind = message.get("type")
        if kind == "http.response.start":
            self.begin(message)
        elif kind == "http.response.body":
            body = message.get("body", b"")
            self.whole = not message.get("more_body", False)
            if self.wanted and not self.cut:
                self.parts.append(bytes(body[: _MOST_OF_A_BODY + 1]))
                self.size += len(body)
                self.cut = self.size > _MOST_OF_A_BODY
        elif self.status:
            # Some other way in which a body is sent, such as the path of a file.
            self.cut = self.whole = True

    def begin(self, message: dict[str, Any]) -> None:
        """Note the status and the headers."""
        self.status = int(message["status"])
        for name, value in message.get("headers", ()):
            lower = bytes(name).lower()
            if lower == b"content-type":
                self.media_type = bytes(value).decode("latin-1")
            elif lower == b"content-encoding":
                self.cut = True
        # The router has been there by now.
        place = getattr(self.scope.get("route"), "path", None) or self.scope.get("endpoint") or self.path
        self.wanted = self.notes.wants((self.scope.get("method"), place, self.status))

    def note(self) -> None:
        """Write the answer down, once it is over."""
        if not self.wanted:
            return
        title = getattr(self.application, "title", "")
        line = dumps(
            {
                "method": str(self.scope.get("method", "")),
                "path": self.path[:_LONGEST_TEXT],
                "status": self.status,
                "media_type": self.media_type[:_LONGEST_TEXT],
                "body": b64encode(b"".join(self.parts)[:_MOST_OF_A_BODY]).decode("ascii"),
                "cut": self.cut or not self.whole,
                "application": title[:_LONGEST_TEXT] if isinstance(title, str) else "",
            }
        )
        self.notes.write(line.encode("ascii") + b"\n")


def watched(call: Any, notes: Notes) -> Any:
    """Return an application's `__call__` that notes what it answers; of one within another only the outer one's."""

    @functools.wraps(call)
    async def watching(self: Any, scope: Any, receive: Any, send: Any) -> None:
        if _inside.get() or scope.get("type") != "http":
            await call(self, scope, receive, send)
            return
        answer = Answer(self, scope, notes)

        async def noting(message: Any) -> None:
            try:
                answer.take(message)
            except Exception:  # noqa: BLE001
                answer.wanted = False
            await send(message)

        before = _inside.set(True)
        try:
            await call(self, scope, receive, noting)
        finally:
            try:
                _inside.reset(before)
                answer.note()
            except Exception:  # noqa: BLE001, S110
                pass

    setattr(watching, _MARK, True)
    return watching


class Watching:
    """Hooks that watch applications as soon as the project has imported Starlette; they never import it."""

    def __init__(self, folder: str) -> None:
        self.notes = Notes(folder)
        self.over = False

    def watch(self) -> None:
        """Watch from now on, where there is something to watch."""
        if self.over or _MODULE not in sys.modules:
            return
        self.over = True
        try:
            kind = sys.modules[_MODULE].Starlette
            if not hasattr(kind.__call__, _MARK):
                kind.__call__ = watched(kind.__call__, self.notes)
        except Exception:  # noqa: BLE001, S110
            pass

    def pytest_collection_finish(self) -> None:
        """Look once the tests are imported."""
        self.watch()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        """Look again: fixtures import, too."""
        self.watch()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_call(self) -> None:
        """Look again."""
        self.watch()
