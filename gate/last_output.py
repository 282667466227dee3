"""The end of what a program printed, which tells why it failed."""

from pathlib import Path

from gate.domain.exhibit import OutputTail
from gate.plain_file import open_to_read

_TAIL_BYTES = 8_000


def output_tail(log: Path, title: str = "last output") -> OutputTail:
    """Return the end of a log, whole lines only."""
    try:
        with open_to_read(log) as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _TAIL_BYTES))
            text = file.read(_TAIL_BYTES).decode("utf-8", "replace")
    except OSError:
        return OutputTail(title=title, text="")
    if size > _TAIL_BYTES:
        text = text.partition("\n")[2] or text
    return OutputTail(title=title, text=text)
