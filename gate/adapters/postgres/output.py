"""The end of what a program printed, to be shown. Interprets nothing."""

from pathlib import Path

from gate.domain.exhibit import OutputTail

_TAIL_BYTES = 8_000


def tail_of(log: Path, title: str) -> OutputTail:
    """Return the last output in `log`; empty where there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - _TAIL_BYTES))
            return OutputTail(title=title, text=file.read().decode("utf-8", "replace"))
    except FileNotFoundError:
        return OutputTail(title=title, text="")


def last_line(tail: OutputTail) -> str:
    """Return the last line that says something, cut to what fits a sentence."""
    lines = [line.strip() for line in tail.text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""
