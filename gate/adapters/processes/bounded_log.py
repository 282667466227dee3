"""A log file that what a program prints cannot make endless. Reads nothing back and interprets nothing."""

from collections import deque
from pathlib import Path

from gate.plain_file import open_to_write


class BoundedLog:
    """Appends to a file: the first `limit` bytes, a line that says how much was left out, the last `tail` bytes.

    The end is kept because test runners sum up there. Writing never raises: `failure` tells what went wrong.
    """

    def __init__(self, path: Path, *, limit: int, tail: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = open_to_write(path, append=True)
        self._left = limit
        self._tail_size = tail
        self._tail: deque[bytes] = deque()
        self._kept = 0
        self._dropped = 0
        self.failure: OSError | None = None

    def write(self, chunk: bytes) -> None:
        """Add what a program printed."""
        head, rest = chunk[: self._left], chunk[self._left :]
        self._left -= len(head)
        if head:
            self._put(head)
        if rest:
            self._keep_last(rest)

    def close(self) -> None:
        """Write the end, if some was held back, and close the file."""
        end = b"".join(self._tail)
        surplus = max(0, len(end) - self._tail_size)
        if dropped := self._dropped + surplus:
            self._put(b"\n[quality-gate: %d bytes of output are left out here]\n" % dropped)
        if end:
            self._put(end[surplus:])
        self._tail.clear()
        self._dropped = 0
        self._file.close()

    def _keep_last(self, chunk: bytes) -> None:
        self._tail.append(chunk)
        self._kept += len(chunk)
        while self._kept - len(self._tail[0]) >= self._tail_size:
            gone = len(self._tail.popleft())
            self._kept -= gone
            self._dropped += gone

    def _put(self, chunk: bytes) -> None:
        view = memoryview(chunk)
        while view and self.failure is None:
            try:
                view = view[self._file.write(view) :]
            except OSError as error:
                self.failure = error
