"""The requests of Locust's users, written down by each process that has users. Decides nothing.

Imports nothing but the standard library, works with Python 3.9. `requests-PID.bin` has 20 bytes a request, in the
machine's order of bytes: the number of its name, its status, its start in seconds since the epoch, and the seconds that
it took. `names-PID.txt` has a name a line, as JSON. The format is ours; `gate.gates.latency.locust_reading` reads it.
"""

import json
import os
import re
import struct
import time
from typing import Any

_RECORD = struct.Struct("=Hhdd")
MOST_REQUESTS = 5_000_000
_MOST_NAMES = 1_000
_LONGEST_NAME = 300
_LONGEST_WORDS = 300
_MOST_WORDS = 200
_OK, _FAILED = 200, -1
_ERROR, _NO_STATUS = 400, 1000
# Who gives a request no name counts it by its path, and each object would be an operation of its own.
_ID = re.compile(r"(?<=/)(?:\d+|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9a-fA-F]{24,64})(?=/|\Z)")


def name_of(method: object, name: object) -> str:
    """Return the name under which a request is counted: of a path, neither its query nor the numbers in it."""
    text = str(name)
    if text.startswith("/"):
        text = _ID.sub("{}", text.partition("?")[0])
    return f"{method} {text}"[:_LONGEST_NAME]


def status_of(response: object, exception: object) -> int:
    """Return the status of a request: 0 for no answer, -1 for an answer that the locustfile does not take.

    An answer that it takes has a status that is no error, whatever the answer's own is.
    """
    told = getattr(response, "status_code", None)
    if not isinstance(told, int) or not 0 <= told < _NO_STATUS:
        told = None
    if exception is None:
        return told if told is not None and _OK <= told < _ERROR else _OK
    return _FAILED if told is None or _OK <= told < _ERROR else told


class Requests:
    """The files in `folder` of this process, which may have been forked after this was made."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.process = 0
        self.count = 0
        self.names: "dict[str, int]" = {}
        self.failures: "dict[tuple[str, str], int]" = {}

    def on_request(
        self,
        request_type: object = "",
        name: object = "",
        response_time: "float | None" = None,
        response: object = None,
        exception: object = None,
        start_time: object = None,
        **_more: object,
    ) -> None:
        """Write a request down; what tells no time, such as a message that was pushed, is none."""
        if response_time is None or self.count >= MOST_REQUESTS:
            return
        seconds = response_time / 1000
        start = start_time if isinstance(start_time, float) else time.time() - seconds
        called = name_of(request_type, name)
        self.add(called, status_of(response, exception), start, seconds)
        if exception is not None:
            count_words(self.failures, (called, repr(exception)[:_LONGEST_WORDS]))

    def add(self, name: str, status: int, start: float, seconds: float) -> None:
        """Write a request down."""
        if self.process != os.getpid():
            self.process = os.getpid()
            self.file = open(os.path.join(self.folder, f"requests-{self.process}.bin"), "wb")  # noqa: SIM115
            self.listing = open(  # noqa: SIM115
                os.path.join(self.folder, f"names-{self.process}.txt"), "w", encoding="ascii", buffering=1
            )
        if name not in self.names and len(self.names) >= _MOST_NAMES:
            name = "(other requests)"
        if name not in self.names:
            self.names[name] = len(self.names)
            self.listing.write(json.dumps(name) + "\n")
        self.count += 1
        self.file.write(_RECORD.pack(self.names[name], status, start, seconds))

    def flush(self) -> None:
        """Write what has not been written yet."""
        if self.process == os.getpid():
            self.file.flush()

    def close(self) -> None:
        """Write what has not been written yet, and no more."""
        if self.process == os.getpid():
            self.file.close()
            self.listing.close()


def count_words(counts: "dict[Any, int]", words: object) -> None:
    """Count what was told, as long as it is not always another."""
    if words in counts or len(counts) < _MOST_WORDS:
        counts[words] = counts.get(words, 0) + 1
