"""Standard output and error that never end a run: nobody listening is no news of the project. Prints nothing."""

import io
import os
import sys
from typing import Any, TextIO


def forgive_deaf_streams() -> None:
    """Let writing to `sys.stdout` and `sys.stderr` succeed though they are closed, a broken pipe or a full disk.

    What an encoding lacks is spelled out.
    """
    sys.stdout = _forgiving(sys.stdout)
    sys.stderr = _forgiving(sys.stderr)


def width_of_output() -> int | None:
    """Return how many characters fit into a line of the terminal that is printed to; None where there is none."""
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or None if sys.stdout.isatty() else None
    except (OSError, ValueError):
        return None


def _forgiving(stream: TextIO | None) -> TextIO:
    # Python has None for a descriptor that was closed before it started.
    text = open(os.devnull, "w", encoding="utf-8") if stream is None else stream  # noqa: PTH123, SIM115 - as long as the process
    try:
        text.fileno()
    except OSError:
        return text  # not a file: somebody else's stream in our process
    buffer = io.BufferedWriter(_Forgiving(text))
    return io.TextIOWrapper(buffer, text.encoding, errors="backslashreplace", line_buffering=text.isatty())


class _Forgiving(io.RawIOBase):
    """The bytes below a text stream, which it keeps open."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def writable(self) -> bool:
        """It is."""
        return True

    def isatty(self) -> bool:
        """Tell what the stream below is."""
        return self._stream.isatty()

    def fileno(self) -> int:
        """Return the descriptor of the stream below."""
        return self._stream.fileno()

    def write(self, content: Any) -> int:  # noqa: ANN401 - whatever has a buffer
        """Write all of it, or as much as can be."""
        left = memoryview(content)
        try:
            while left:
                left = left[os.write(self.fileno(), left) :]
        except (OSError, ValueError):
            pass
        return len(content)
