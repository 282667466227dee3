"""A live line a gate with the time it has taken, drawn by rich on a terminal."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from gate.ports import Terminal
from gate.render.escape import console_line

_STYLES = {"passed": "green", "failed": "red", "errored": "yellow", "skipped": "dim"}


@dataclass(slots=True)
class _Line:
    title: str
    since: float
    doing: str = ""


@dataclass(slots=True)
class _Running:
    """Draws itself anew several times a second, so that the seconds move."""

    lines: dict[str, _Line] = field(default_factory=dict)
    spinner: Spinner = field(default_factory=lambda: Spinner("dots"))

    def __rich__(self) -> Table:
        table = Table.grid(padding=(0, 1))
        for line in self.lines.values():
            seconds = f"{time.monotonic() - line.since:.0f} s"
            table.add_row(self.spinner, Text(line.title), Text(seconds, style="dim"), Text(line.doing, style="dim"))
        return table


class LiveTable(Terminal):
    """Gates that run are drawn below; those that have ended stay above as lines."""

    def __init__(self, out: TextIO) -> None:
        self._console = Console(file=out, highlight=False)
        self._running = _Running()
        self._live = Live(self._running, console=self._console, refresh_per_second=8, transient=True)
        self._live.start()

    def gate_started(self, gate: str, title: str) -> None:
        """Add a line."""
        self._running.lines[gate] = _Line(title=title, since=time.monotonic())

    def gate_doing(self, gate: str, what: str) -> None:
        """Say beside the line what the gate waits for."""
        if gate in self._running.lines:
            self._running.lines[gate].doing = console_line(what)

    def gate_ended(self, gate: str, summary: str, mark: str, log: Path | None) -> None:
        """Move the line up, for good."""
        del log
        self._running.lines.pop(gate, None)
        self._console.print(Text(console_line(summary), style=_STYLES.get(mark, "")))

    def notice(self, text: str) -> None:
        """Print a line above."""
        self._console.print(Text(console_line(text), style="dim"))

    def close(self) -> None:
        """Stop drawing, and give the cursor back."""
        self._live.stop()
